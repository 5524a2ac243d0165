/*
 * One consistent file of the whole database, made while the service runs, and
 * loadable into either engine. Sealed text stays sealed, so the file needs the
 * master key of its day. Each frame carries a keyed hash that depends on all
 * before it: a changed, missing or added byte is found, and where.
 * Disadvantage: a whole copy each time; clear columns stand in clear.
 */
#ifndef FOREWARN_STORE_BACKUP_H
#define FOREWARN_STORE_BACKUP_H

#include "store/vault.h"

/*
 * Format: the 16 bytes FOREWARN-BACKUP1, then frames: u32 length of payload
 * (little-endian), payload, 16 bytes of keyed BLAKE2b over the hash before,
 * the length and the payload. First byte of a payload: H header, T table, E
 * end (JSON follows), R row (per column: 0 absent | 1 and i64 | 2 and u32
 * length and text | 3 and u32 length and bytes).
 */

struct backup_info {
	int64_t schema; /* number of its last migration */
	int64_t created_at;
	int64_t tables;
	int64_t rows;
	int64_t bytes;
	char engine[16]; /* it came from */
};

/*
 * Writes a backup to fd (file or pipe) in one reading transaction, in bounded
 * memory. Other processes go on writing meanwhile. Errors: ERR_RETRY (disk
 * full, connection), ERR_SYSTEM. A file left by a failure does not verify.
 */
MUST bool backup_write(struct db *db, const struct vault *vault, int fd,
    int64_t now, struct backup_info *ret, struct err *err);

/*
 * Reads a backup file from its beginning and checks every byte. ERR_INVALID
 * names the offset, and the table and row, of what is broken.
 */
MUST bool backup_verify(const struct vault *vault, int fd,
    struct backup_info *ret, struct err *err);

/*
 * Verifies the file, then loads it into an empty database in one transaction.
 * ERR_CONFLICT: the database is not empty. ERR_INVALID: as backup_verify, or
 * the file is of a newer schema. Migrate afterwards.
 */
MUST bool backup_restore(struct db *db, const struct vault *vault, int fd,
    int64_t now, struct backup_info *ret, struct err *err);

#endif
