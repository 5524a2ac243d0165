#include "desk/ask.h"

#include "store/statements.h"

#include <stdarg.h>

const char *
ask_text(const struct ask *ask, const char *name)
{
	return value_text(ask->args, name);
}

int64_t
ask_int(const struct ask *ask, const char *name, int64_t fallback)
{
	return value_int(ask->args, name, fallback);
}

bool
ask_true(const struct ask *ask, const char *name)
{
	return value_true(ask->args, name);
}

int64_t
ask_when(const struct ask *ask, const char *name)
{
	return value_when(ask->args, name);
}

bool
ask_has(const struct ask *ask, const char *name)
{
	return json_object_get(ask->args, name) != NULL;
}

const json_t *
ask_policy_value(const struct ask *ask, const char *path)
{
	const json_t *at = ask->house->policy;
	struct str rest = str_of(path);
	while (rest.ptr != NULL && at != NULL) {
		struct str part = str_cut(&rest, '.');
		at = json_object_getn(at, part.ptr, part.len);
	}
	return at;
}

const char *
ask_policy(const struct ask *ask, const char *path)
{
	const char *text = json_string_value(ask_policy_value(ask, path));
	return text == NULL ? "" : text;
}

int64_t
ask_policy_int(const struct ask *ask, const char *path, int64_t fallback)
{
	const json_t *number = ask_policy_value(ask, path);
	return json_is_integer(number) ? json_integer_value(number) : fallback;
}

const char *
ask_setting(const struct ask *ask, const char *name)
{
	return value_text(ask->house->settings, name);
}

bool
ask_count(struct ask *ask, const char *name, int64_t *ret, struct err *err)
{
	struct row_counter_next row;
	if (!q_counter_next(ask->db, ask->arena, name, &row, err))
		return false;
	*ret = row.value;
	return true;
}

bool
ask_seal(struct ask *ask, int64_t key_id, const char *place, int64_t row,
    const json_t *value, struct str *ret, struct err *err)
{
	return vault_seal_value(
	    ask->vault, key_id, place, row, value, ask->arena, ret, err);
}

bool
ask_unseal(struct ask *ask, int64_t key_id, const char *place, int64_t row,
    struct str sealed, json_t **ret, struct err *err)
{
	return vault_open_value(
	    ask->vault, key_id, place, row, sealed, ask->arena, ret, err);
}

int64_t
ask_house_key(const struct ask *ask)
{
	return vault_house(ask->vault);
}

struct str
ask_tag(struct ask *ask, const char *place, const char *text)
{
	unsigned char tag[VAULT_TAG];
	vault_tag(ask->vault, place, str_of(text), tag);
	return (struct str){ arena_copy(ask->arena, tag, sizeof(tag)),
		sizeof(tag) };
}

struct str
ask_hash(struct ask *ask, const char *purpose, const char *text)
{
	unsigned char hash[VAULT_HASH];
	vault_hash(ask->vault, purpose, str_of(text), hash);
	return (struct str){ arena_copy(ask->arena, hash, sizeof(hash)),
		sizeof(hash) };
}

const char *
ask_print(struct ask *ask, const char *fmt, ...)
{
	va_list values;
	va_start(values, fmt);
	char *made = NULL;
	int len = vasprintf(&made, fmt, values);
	va_end(values);
	const char *copy =
	    len < 0 ? NULL : arena_copy(ask->arena, made, (size_t)len);
	free(made);
	return copy == NULL ? "" : copy;
}
