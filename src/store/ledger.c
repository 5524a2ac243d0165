#include "store/ledger.h"

#include "store/statements.h"

#include <sodium.h>

#define PLACE "audit.body"
#define KEY_BYTES 8
#define PAGE_ARENA (64u << 20)

static void
number_put(unsigned char out[8], uint64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(number >> (8 * i));
}

static uint64_t
number_get(const char *bytes)
{
	uint64_t number = 0;
	for (int i = 7; i >= 0; i--)
		number = number << 8 | (unsigned char)bytes[i];
	return number;
}

static void
hash_number(crypto_generichash_state *state, int64_t number)
{
	unsigned char bytes[8];
	number_put(bytes, (uint64_t)number);
	(void)crypto_generichash_update(state, bytes, sizeof(bytes));
}

/* Length and bytes; length -1 for an absent one. */
static void
hash_bytes(crypto_generichash_state *state, struct str bytes)
{
	hash_number(state, bytes.ptr == NULL ? -1 : (int64_t)bytes.len);
	(void)crypto_generichash_update(
	    state, (const unsigned char *)bytes.ptr, bytes.len);
}

/* BLAKE2b-256 of a row without its own hash, each field with its length. */
static void
row_hash(const struct row_audit_page *row, unsigned char ret[LEDGER_HASH])
{
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, NULL, 0, LEDGER_HASH);
	hash_bytes(&state, STR("forewarn ledger 1"));
	hash_bytes(&state, row->prev);
	hash_number(&state, row->seq);
	hash_number(&state, row->at);
	hash_bytes(&state, str_of(row->actor_kind));
	hash_number(&state, row->actor_id);
	hash_bytes(&state, str_of(row->op));
	hash_bytes(&state, str_of(row->object));
	hash_bytes(&state, str_of(row->outcome));
	hash_bytes(&state, row->body);
	(void)crypto_generichash_final(&state, ret, LEDGER_HASH);
}

/* Key id and sealed text, so that the row says which key opens it. */
static bool
detail_seal(struct vault *vault, const struct ledger_entry *entry, int64_t seq,
    struct arena *arena, struct str *ret, struct err *err)
{
	struct str sealed = { 0 };
	int64_t key = entry->key_id == 0 ? vault_house(vault) : entry->key_id;
	if (entry->detail == NULL)
		return true;
	if (!vault_seal_value(
		vault, key, PLACE, seq, entry->detail, arena, &sealed, err))
		return false;
	char *bytes = arena_get(arena, sealed.len + KEY_BYTES);
	if (bytes == NULL)
		return err_set(err, ERR_LIMIT, NULL, "the detail is too large");
	number_put((unsigned char *)bytes, (uint64_t)key);
	memcpy(bytes + KEY_BYTES, sealed.ptr, sealed.len);
	*ret = (struct str){ bytes, sealed.len + KEY_BYTES };
	return true;
}

bool
ledger_detail(struct vault *vault, int64_t seq, struct str body,
    struct arena *arena, json_t **ret, struct err *err)
{
	if (body.len < KEY_BYTES)
		return err_set(
		    err, ERR_MISSING, NULL, "the entry has no detail");
	struct str sealed = { body.ptr + KEY_BYTES, body.len - KEY_BYTES };
	return vault_open_value(vault, (int64_t)number_get(body.ptr), PLACE,
	    seq, sealed, arena, ret, err);
}

bool
ledger_head_get(struct db *db, struct ledger_head *ret, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(65536);
	struct row_audit_last last;
	struct err why = { 0 };
	if (arena == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (q_audit_last(db, arena, &last, &why)) {
		if (last.hash.len != LEDGER_HASH)
			return err_set(err, ERR_SYSTEM, NULL,
			    "the ledger's row %lld is broken: it has no hash",
			    (long long)last.seq);
		ret->seq = last.seq;
		memcpy(ret->hash, last.hash.ptr, LEDGER_HASH);
		return true;
	}
	if (why.kind == ERR_MISSING) {
		*ret = (struct ledger_head){ 0 };
		return true;
	}
	if (err != NULL)
		*err = why;
	return false;
}

static bool
row_add(struct db *db, const struct row_audit_page *row, struct err *err)
{
	unsigned char hash[LEDGER_HASH];
	row_hash(row, hash);
	if (q_audit_add(db, row->seq, row->at, row->actor_kind, row->actor_id,
		row->op, row->object, row->outcome, row->body, row->prev,
		(struct str){ (const char *)hash, LEDGER_HASH }, NULL, err))
		return true;
	if (err != NULL && err->kind == ERR_CONFLICT)
		err->kind = ERR_RETRY;
	return false;
}

bool
ledger_append(struct db *db, struct vault *vault,
    const struct ledger_entry *entry, struct err *err)
{
	struct ledger_head head;
	struct str body = { 0 };
	if (!db_in_transaction(db))
		return err_set(err, ERR_SYSTEM, NULL,
		    "an entry of the ledger needs the act's transaction");
	AUTO(arena) struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	if (arena == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (!ledger_head_get(db, &head, err) ||
	    !detail_seal(vault, entry, head.seq + 1, arena, &body, err))
		return false;
	struct row_audit_page row = { .seq = head.seq + 1,
		.at = entry->at,
		.actor_kind = entry->actor_kind,
		.actor_id = entry->actor_id,
		.op = entry->op,
		.object = entry->object,
		.outcome = entry->outcome,
		.body = body,
		.prev = { (const char *)head.hash, LEDGER_HASH } };
	return row_add(db, &row, err);
}

static bool
broken(int64_t seq, const char *how, struct err *err)
{
	return err_set(err, ERR_SYSTEM, NULL,
	    "the ledger is broken at row "
	    "%lld: %s",
	    (long long)seq, how);
}

static bool
row_verify(const struct row_audit_page *row, const struct ledger_head *known,
    struct ledger_head *head, struct err *err)
{
	unsigned char hash[LEDGER_HASH];
	if (row->seq != head->seq + 1)
		return broken(head->seq + 1, "it is missing", err);
	if (row->prev.len != LEDGER_HASH ||
	    memcmp(row->prev.ptr, head->hash, LEDGER_HASH) != 0)
		return broken(
		    row->seq, "it does not follow the row before it", err);
	row_hash(row, hash);
	if (row->hash.len != LEDGER_HASH ||
	    memcmp(row->hash.ptr, hash, LEDGER_HASH) != 0)
		return broken(row->seq, "it was changed", err);
	if (known != NULL && known->seq == row->seq &&
	    memcmp(known->hash, hash, LEDGER_HASH) != 0)
		return broken(
		    row->seq, "it is not the row that was the head then", err);
	head->seq = row->seq;
	memcpy(head->hash, hash, LEDGER_HASH);
	return true;
}

/* One page; *more is false at the end. */
static bool
page_verify(struct db *db, const struct ledger_head *known,
    struct ledger_head *head, bool *more, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(PAGE_ARENA);
	struct row_audit_page *rows = NULL;
	size_t count = 0;
	if (arena == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (!q_audit_page(db, arena, head->seq, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!row_verify(&rows[i], known, head, err))
			return false;
	*more = count > 0;
	return true;
}

bool
ledger_verify(struct db *db, const struct ledger_head *known,
    struct ledger_head *ret, struct err *err)
{
	struct ledger_head head = { 0 };
	bool more = true;
	while (more)
		if (!page_verify(db, known, &head, &more, err))
			return false;
	if (known != NULL && known->seq > head.seq)
		return broken(
		    head.seq + 1, "it and what followed were cut off", err);
	*ret = head;
	return true;
}
