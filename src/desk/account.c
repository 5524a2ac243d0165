#include "desk/account.h"

#include "core/when.h"
#include "desk/link.h"

#define PLACE_BODY "account.body"
#define SETUP_DAYS 7

static bool
unseal(struct ask *ask, const struct row_account_by_id *row,
    struct account *ret, struct err *err)
{
	struct account account = { .row = *row };
	if (!ask_unseal(ask, row->key_id, PLACE_BODY, row->id, row->body,
		&account.body, err))
		return false;
	*ret = account;
	return true;
}

bool
account_open(struct ask *ask, int64_t id, struct account *ret, struct err *err)
{
	struct row_account_by_id row;
	return q_account_by_id(ask->db, ask->arena, id, &row, err) &&
	       unseal(ask, &row, ret, err);
}

bool
account_find(
    struct ask *ask, const char *email, struct account *ret, struct err *err)
{
	struct row_account_by_id row;
	return q_account_by_email(ask->db, ask->arena,
		   ask_tag(ask, "email", email), &row, err) &&
	       unseal(ask, &row, ret, err);
}

bool
account_save(struct ask *ask, struct account *account, struct err *err)
{
	const struct row_account_by_id *row = &account->row;
	struct str sealed;
	int64_t count;
	if (!ask_seal(ask, row->key_id, PLACE_BODY, row->id, account->body,
		&sealed, err))
		return false;
	return q_account_update(ask->db, row->id, row->state, row->roles,
	    sealed, row->password, ask->now, &count, err);
}

void
account_auto(struct account *account)
{
	json_decref(account->body);
	account->body = NULL;
}

static bool
refuse_taken(struct ask *ask, const char *email, struct err *err)
{
	AUTO(account) struct account taken = { 0 };
	struct err missing = { 0 };
	if (account_find(ask, email, &taken, &missing))
		return err_set(err, ERR_CONFLICT, "email",
		    "this address has an account already; change its roles "
		    "instead");
	if (missing.kind != ERR_MISSING)
		return err_set(err, missing.kind, NULL, "%s", missing.text);
	return true;
}

bool
account_create(struct ask *ask, const json_t *about, const char *roles,
    int64_t *ret_id, const char **ret_link, struct err *err)
{
	const char *email = value_text(about, "email");
	int64_t id = db_id_new();
	int64_t key_id, count;
	struct str sealed;
	if (!refuse_taken(ask, email, err) ||
	    !vault_key_new(ask->vault, "account", ask->now, &key_id, err) ||
	    !ask_seal(ask, key_id, PLACE_BODY, id, about, &sealed, err))
		return false;
	if (!q_account_insert(ask->db, id, ask_tag(ask, "email", email),
		"invited", roles, key_id, sealed, ask->now, &count, err) ||
	    !link_new(ask, "setup", id, ask->real_now + SETUP_DAYS * WHEN_DAY,
		ret_link, err))
		return false;
	*ret_id = id;
	return true;
}

const char *
account_link(struct ask *ask, const char *path, const char *secret)
{
	const char *text = arena_printf(
	    ask->arena, "%s%s%s", ask_setting(ask, "base_url"), path, secret);
	return text == NULL ? "" : text;
}

const char *
account_name(struct ask *ask, int64_t id)
{
	AUTO(account) struct account account = { 0 };
	if (id == 0 || !account_open(ask, id, &account, NULL))
		return "";
	const char *name = value_text(account.body, "name");
	const char *copy = arena_copy(ask->arena, name, strlen(name));
	return copy == NULL ? "" : copy;
}

static json_t *
words_value(const char *words)
{
	json_t *list = json_array();
	struct str rest = str_of(words);
	while (rest.ptr != NULL) {
		struct str word = str_cut(&rest, ' ');
		if (word.len > 0)
			(void)json_array_append_new(
			    list, json_stringn(word.ptr, word.len));
	}
	return list;
}

json_t *
account_value(const struct account *account)
{
	json_t *value = json_object();
	static const char *const shown[] = { "name", "email", "employer",
		"areas", "lines" };
	value_set_int(value, "account", account->row.id);
	for (size_t i = 0; i < COUNT(shown); i++)
		value_set(value, shown[i],
		    json_incref(json_object_get(account->body, shown[i])));
	value_set(value, "roles", words_value(account->row.roles));
	value_set_text(value, "state", account->row.state);
	value_set_when(value, "created_at", account->row.created_at);
	return value;
}
