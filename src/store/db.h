/*
 * One SQL text on two databases: SQLite (default) and PostgreSQL.
 *
 * Statements are written in src/store/sql and become typed functions q_NAME
 * in store/statements.h (tools/sqlgen.py). A statement on guarded rows takes
 * a pass, which only rules/access can make: no query without the actor. One
 * connection, one transaction at a time, no threads. A statement that fails
 * dooms its transaction on both engines (db_savepoint limits the damage).
 * Disadvantage: a whole answer is in memory; long lists must be paged.
 */
#ifndef FOREWARN_STORE_DB_H
#define FOREWARN_STORE_DB_H

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct pass; /* proof of an access decision; only rules/access makes one */

struct db_settings {
	const char *url;  /* "sqlite", or "postgresql://user@host/name" */
	const char *path; /* SQLite: the file, or ":memory:" for none */
	int64_t max_size; /* SQLite: ceiling in bytes, 0 = none */
};

enum db_type { DB_INT, DB_TIME, DB_TEXT, DB_BLOB, DB_BOOL };
/* DB_COPY: as DB_EXEC, but a value's own `null` says whether it is NULL. */
enum db_kind { DB_ONE, DB_MANY, DB_EXEC, DB_INSERT, DB_COPY };

/* A parameter, a result column or a table column. */
struct db_field {
	const char *name;
	enum db_type type;
	bool nullable;
	size_t offset; /* of a result column in its row struct */
};

struct db_statement {
	const char *name;
	const char *sql;
	enum db_kind kind;
	bool guarded;
	size_t max; /* rows; one more is ERR_LIMIT */
	const struct db_field *params;
	size_t params_count;
	const struct db_field *columns;
	size_t columns_count;
	size_t row_size;
	size_t slot; /* place in the cache of prepared statements */
};

struct db_migration {
	int64_t number;
	const char *checksum;
	const char *sqlite;
	const char *postgres;
};

struct db_table {
	const char *name;
	const struct db_field *columns;
	size_t columns_count;
};

/* What tools/sqlgen.py made of one set of migrations and statements. */
struct db_schema {
	const struct db_statement *statements;
	size_t statements_count;
	const struct db_migration *migrations;
	size_t migrations_count;
	const struct db_table *tables;
	size_t tables_count;
};

/* One value on its way in or out; borrowed bytes. */
struct db_value {
	enum db_type type;
	bool null;
	int64_t number;
	struct str bytes;
};

/*
 * Opens the database, creating a missing SQLite file with mode 0600. A host
 * name is resolved here, so that reconnecting needs no resolver in a jail.
 * Errors: ERR_INVALID (address), ERR_RETRY (not reachable), ERR_SYSTEM.
 */
MUST bool db_open(
    const struct db_settings *settings, struct db **ret, struct err *err);

/* Rolls back what is open and closes; NULL is allowed. */
void db_close(struct db *db);

/* For AUTO(db). */
void db_auto(struct db **db);

/* "sqlite" or "postgresql". */
const char *db_engine_name(const struct db *db);

/*
 * Begins a writing transaction (SQLite IMMEDIATE, PostgreSQL SERIALIZABLE). A
 * lost connection is opened again first. Nested: ERR_SYSTEM. Errors:
 * ERR_RETRY (busy, connection).
 */
MUST bool db_begin(struct db *db, struct err *err);

/* Begins a reading transaction: one consistent view; writing is refused. */
MUST bool db_begin_read(struct db *db, struct err *err);

/*
 * Ends the transaction. On failure everything is rolled back. After a failed
 * statement the answer is that statement's kind of error. ERR_RETRY: doing the
 * whole transaction again may work.
 */
MUST bool db_commit(struct db *db, struct err *err);

/* Forgets the transaction; harmless outside of one. */
void db_rollback(struct db *db);

/* True between db_begin and its commit or rollback. */
bool db_in_transaction(const struct db *db);

/* Marks a point inside a transaction; not nested. */
MUST bool db_savepoint(struct db *db, struct err *err);

/* Keeps what was done since db_savepoint; refused after a failed statement. */
MUST bool db_release(struct db *db, struct err *err);

/* Undoes what was done since db_savepoint, a failed statement included. */
MUST bool db_undo(struct db *db, struct err *err);

/* A new row id: random, 1 to 2^53 - 1 so that JSON holds it exactly. */
int64_t db_id_new(void);

/*
 * State for the status page. ERR_RETRY or ERR_SYSTEM with the text for the
 * administrator when a write would fail now (disk full, read-only, gone).
 * Inside a transaction it is always true.
 */
MUST bool db_health(struct db *db, struct err *err);

/* Version of the engine ("3.40.1", "15.20"); "" when it is not known. */
const char *db_version(const struct db *db);

/*
 * Brings the schema to its newest number, each migration in one transaction.
 * Refuses ERR_SYSTEM when the database is newer than the program or an
 * applied migration differs from the embedded one.
 */
MUST bool db_migrate(struct db *db, const struct db_schema *schema, int64_t now,
    struct err *err);

/* As db_migrate, but stops after migration `number` (restore of a backup). */
MUST bool db_migrate_to(struct db *db, const struct db_schema *schema,
    int64_t number, int64_t now, struct err *err);

/* Number of the last migration in the database; 0 when it is empty. */
MUST bool db_schema_number(struct db *db, int64_t *ret, struct err *err);

/*
 * What the generated functions call. params has statement->params_count
 * values. In a nullable parameter the number 0, a NULL text and a blob with
 * ptr NULL store NULL; elsewhere a NULL text is ERR_SYSTEM. Text must be
 * valid UTF-8 (ERR_INVALID). ERR_DENIED: a guarded statement without a pass.
 */
MUST bool db_one(struct db *db, const struct db_statement *statement,
    const struct pass *pass, struct arena *arena, const struct db_value *params,
    void *ret, struct err *err);

/* As db_one; *ret is an array of *count rows in the arena. */
MUST bool db_many(struct db *db, const struct db_statement *statement,
    const struct pass *pass, struct arena *arena, const struct db_value *params,
    void **ret, size_t *count, struct err *err);

/* As db_one without rows; *ret (may be NULL) is the number changed. */
MUST bool db_exec(struct db *db, const struct db_statement *statement,
    const struct pass *pass, const struct db_value *params, int64_t *ret,
    struct err *err);

/* Given each row of db_each as values that live until it returns. */
typedef bool db_row_fn(
    void *context, const struct db_value *cells, struct err *err);

/*
 * Streams the rows of a statement, one at a time, in bounded memory. The
 * function must not use the database. For backup; not for guarded use.
 */
MUST bool db_each(struct db *db, const struct db_statement *statement,
    const struct db_value *params, db_row_fn *row, void *context,
    struct err *err);

/* Values of parameters, by type. */
struct db_value db_int(int64_t number);
struct db_value db_time(int64_t when);
struct db_value db_bool(bool truth);
struct db_value db_text(const char *text);
struct db_value db_blob(struct str bytes);

#endif
