/*
 * Sealed text. Each scope (a case, a maker, an account, the house) has its own
 * key, wrapped by the master key, which lives in a file outside the database.
 * A stolen database or backup reveals nothing; destroying a key destroys all
 * that was sealed under it. What is sealed is bound to its column, row and
 * key, so it cannot be moved. XChaCha20-Poly1305, BLAKE2b (libsodium).
 * Disadvantage: sealed columns cannot be searched, only compared by tag, and
 * lengths show; a running process may hold a key that another destroyed.
 */
#ifndef FOREWARN_STORE_VAULT_H
#define FOREWARN_STORE_VAULT_H

#include "store/db.h"
#include "value/value.h"

#define VAULT_TAG 16
#define VAULT_HASH 32

struct vault;

struct vault_settings {
	const char *path; /* 32 raw bytes, or 64 hex digits and a newline */
	bool create;      /* make the file when it is missing */
	bool credential;  /* systemd made it: its group bits are an ACL mask */
};

/*
 * Writes a new random master key to path, mode 0600, whole or not at all.
 * ERR_CONFLICT when the file is there already.
 */
MUST bool vault_create_master(const char *path, struct err *err);

/*
 * Reads the master key, and beside it path.new if a rekeying was interrupted.
 * Refuses a file that others may read (ERR_SYSTEM, with the remedy). Do this
 * before the jail. vault_free for the result.
 */
MUST bool vault_load(
    const struct vault_settings *settings, struct vault **ret, struct err *err);

/*
 * Joins the vault to its migrated database and makes the house's own key at
 * the first start, in a transaction of its own. ERR_SYSTEM when the master
 * key is not the one of this database. db must outlive the vault.
 */
MUST bool vault_attach(
    struct vault *vault, struct db *db, int64_t now, struct err *err);

/* Wipes and frees; NULL is allowed. */
void vault_free(struct vault *vault);

/* For AUTO(vault). */
void vault_auto(struct vault **vault);

/* Makes a key for a scope, in the caller's transaction. */
MUST bool vault_key_new(struct vault *vault, const char *scope, int64_t now,
    int64_t *ret, struct err *err);

/* Id of the house's own key, for what belongs to no other scope. */
int64_t vault_house(const struct vault *vault);

/* Destroys a key and with it all it sealed. ERR_MISSING: no living key. */
MUST bool vault_destroy_key(
    struct vault *vault, int64_t key_id, int64_t now, struct err *err);

/*
 * Seals bytes for one place ("table.column") and row. *ret is in the arena.
 * Errors: ERR_MISSING (key destroyed or unknown), ERR_LIMIT (arena).
 */
MUST bool vault_seal(struct vault *vault, int64_t key_id, const char *place,
    int64_t row, struct str bytes, struct arena *arena, struct str *ret,
    struct err *err);

/*
 * Opens what vault_seal made for the same key, place and row. ERR_SYSTEM: it
 * was altered or moved. ERR_MISSING: its key was destroyed.
 */
MUST bool vault_open(struct vault *vault, int64_t key_id, const char *place,
    int64_t row, struct str sealed, struct arena *arena, struct str *ret,
    struct err *err);

/* vault_seal of a JSON value. */
MUST bool vault_seal_value(struct vault *vault, int64_t key_id,
    const char *place, int64_t row, const json_t *value, struct arena *arena,
    struct str *ret, struct err *err);

/* vault_open of a JSON value; the caller owns *ret (AUTO(value)). */
MUST bool vault_open_value(struct vault *vault, int64_t key_id,
    const char *place, int64_t row, struct str sealed, struct arena *arena,
    json_t **ret, struct err *err);

/*
 * Keyed hash for equality look-ups of secret text; the caller has normalised
 * it. The same text has another tag in another place. After vault_attach.
 */
void vault_tag(const struct vault *vault, const char *place, struct str text,
    unsigned char ret[VAULT_TAG]);

/* Keyed hash of a token (session, API token, link), by purpose. */
void vault_hash(const struct vault *vault, const char *purpose,
    struct str token, unsigned char ret[VAULT_HASH]);

/*
 * Key for one use outside of the database (backup), made from the master key
 * itself, so that it is known before there is a database. use: 1 and up.
 */
void vault_master_key(
    const struct vault *vault, uint64_t use, unsigned char ret[32]);

/*
 * Gives the database a new master key: makes path.new, wraps all keys anew in
 * one transaction, then puts the new file in place and leaves the old one as
 * path.old, which older backups need. Killed anywhere, it can be called again;
 * until it is done both keys are accepted. Run it while the service is down.
 */
MUST bool vault_rekey(const struct vault_settings *settings, struct db *db,
    int64_t now, struct err *err);

#endif
