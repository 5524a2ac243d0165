#include "desk/message.h"

#include "rules/message.h"

#include <sodium.h>
#include <string.h>

#define HASH crypto_hash_sha256_BYTES

/* SHA-256 over the hash before and the fields as text, one per line. */
static void
hash_row(const struct row_message_list *row, unsigned char ret[HASH])
{
	AUTO(buf) struct buf text = BUF(1024);
	crypto_hash_sha256_state state;
	buf_printf(&text, "%lld\n%lld\n%s\n%lld\n%lld\n%lld\n",
	    (long long)row->number, (long long)row->at, row->code,
	    (long long)row->from_id, (long long)row->to_id,
	    (long long)row->revision);
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(
	    &state, (const unsigned char *)row->prev.ptr, row->prev.len);
	crypto_hash_sha256_update(
	    &state, (const unsigned char *)buf_text(&text), text.len);
	crypto_hash_sha256_final(&state, ret);
}

/* The row before the next one; a case without messages gives number 0. */
static bool
find_last(struct ask *ask, int64_t case_id, struct row_message_last *ret,
    struct err *err)
{
	static const char zeros[HASH];
	if (q_message_last(ask->db, ask->pass, ask->arena, case_id, ret, err))
		return true;
	if (err->kind != ERR_MISSING)
		return false;
	*err = (struct err){ 0 };
	*ret = (struct row_message_last){ .hash = { zeros, HASH } };
	return true;
}

bool
case_says(struct ask *ask, const struct casefile *file, const char *code,
    int64_t from, int64_t to, struct err *err)
{
	struct row_message_last last;
	unsigned char hash[HASH];
	int64_t count;
	if (message_find(str_of(code)) == NULL)
		return err_set(
		    err, ERR_SYSTEM, NULL, "there is no message %s", code);
	if (!find_last(ask, file->row.id, &last, err))
		return false;
	const struct row_message_list row = { .number = last.number + 1,
		.at = ask->now,
		.code = code,
		.from_id = from,
		.to_id = to,
		.revision = file->row.revision,
		.prev = last.hash };
	hash_row(&row, hash);
	return q_message_insert(ask->db, ask->pass, file->row.id, row.number,
	    row.at, code, from, to, row.revision, row.prev,
	    (struct str){ (const char *)hash, HASH }, &count, err);
}

static const char *
hex_of(struct ask *ask, struct str bytes)
{
	size_t room = 2 * bytes.len + 1;
	char *hex = arena_get(ask->arena, room);
	return hex == NULL ? ""
			   : sodium_bin2hex(hex, room,
				 (const unsigned char *)bytes.ptr, bytes.len);
}

static json_t *
row_value(struct ask *ask, const struct row_message_list *row)
{
	json_t *value = json_object();
	value_set_int(value, "number", row->number);
	value_set_when(value, "at", row->at);
	value_set_text(value, "code", row->code);
	value_set_int(value, "from", row->from_id);
	value_set_int(value, "to", row->to_id);
	value_set_int(value, "revision", row->revision);
	value_set_text(value, "prev", hex_of(ask, row->prev));
	value_set_text(value, "hash", hex_of(ask, row->hash));
	return value;
}

static bool
participants_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_participant_find *rows;
	size_t count;
	if (!q_participant_list(ask->db, ask->pass, ask->arena, file->row.id,
		&rows, &count, err))
		return false;
	*ret = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
		    *ret, json_pack("{s:I, s:s, s:I}", "id",
			      (json_int_t)rows[i].id, "kind", rows[i].kind,
			      "ref", (json_int_t)rows[i].ref_id));
	return true;
}

bool
do_case_ledger(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *people = NULL;
	struct row_message_list *rows;
	size_t count;
	int64_t broken;
	if (!case_open(ask, &file, err) ||
	    !case_messages_check(ask, &file, &broken, err) ||
	    !participants_value(ask, &file, &people, err) ||
	    !q_message_list(ask->db, ask->pass, ask->arena, file.row.id, &rows,
		&count, err))
		return false;
	json_t *messages = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(messages, row_value(ask, &rows[i]));
	*ret = json_pack("{s:s, s:b, s:I, s:O, s:o}", "case", file.row.number,
	    "whole", broken == 0, "broken", (json_int_t)broken, "participants",
	    people, "messages", messages);
	return true;
}

bool
case_messages_check(struct ask *ask, const struct casefile *file,
    int64_t *ret_broken, struct err *err)
{
	struct row_message_list *rows;
	size_t count;
	static const char zeros[HASH];
	struct str prev = { zeros, HASH };
	int64_t broken = 0;
	if (!q_message_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	for (size_t i = 0; i < count && broken == 0; i++) {
		unsigned char hash[HASH];
		hash_row(&rows[i], hash);
		if (rows[i].number != (int64_t)i + 1 ||
		    !str_is(rows[i].prev, prev) ||
		    !str_is(
			rows[i].hash, (struct str){ (const char *)hash, HASH }))
			broken = rows[i].number;
		prev = rows[i].hash;
	}
	*ret_broken = broken;
	return true;
}
