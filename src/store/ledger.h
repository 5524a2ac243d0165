/*
 * The audit ledger: who did or read what, when, with which outcome. Rows are
 * only appended, and each carries the hash of the one before, so that a
 * changed, removed or inserted row shows. Details are sealed.
 * Disadvantage: who can write the database can cut off the newest rows, or
 * write the whole chain anew; only a head kept elsewhere shows that.
 */
#ifndef FOREWARN_STORE_LEDGER_H
#define FOREWARN_STORE_LEDGER_H

#include "store/vault.h"

#define LEDGER_HASH 32

struct ledger_entry {
	int64_t at;
	const char *actor_kind; /* "account", "reporter", "system", ... */
	int64_t actor_id;       /* 0: none */
	const char *op;         /* name of the operation */
	const char *object;     /* "case 42"; never secret text */
	const char *outcome;    /* "ok", or the kind of error */
	const json_t *detail;   /* sealed; NULL for none */
	int64_t key_id;         /* seals the detail; 0: the house's key */
};

/* The newest row, to publish or to keep elsewhere. seq 0: an empty ledger. */
struct ledger_head {
	int64_t seq;
	unsigned char hash[LEDGER_HASH];
};

/*
 * Appends in the caller's transaction, which must be open: the act and its
 * entry are kept together or not at all. ERR_RETRY: another process appended
 * at the same time.
 */
MUST bool ledger_append(struct db *db, struct vault *vault,
    const struct ledger_entry *entry, struct err *err);

/* Opens the detail of row seq as stored in its body. Caller owns *ret. */
MUST bool ledger_detail(struct vault *vault, int64_t seq, struct str body,
    struct arena *arena, json_t **ret, struct err *err);

/* The newest row. */
MUST bool ledger_head_get(
    struct db *db, struct ledger_head *ret, struct err *err);

/*
 * Walks the whole chain in bounded memory. ERR_SYSTEM names the first broken
 * row. known (may be NULL) is a head from earlier: it must still be there.
 * *ret is the head now.
 */
MUST bool ledger_verify(struct db *db, const struct ledger_head *known,
    struct ledger_head *ret, struct err *err);

#endif
