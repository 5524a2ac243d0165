/*
 * What an engine must do for db.c. State is the engine's own. Errors are
 * already in the house's kinds; a text names the remedy.
 */
#ifndef FOREWARN_STORE_ENGINE_H
#define FOREWARN_STORE_ENGINE_H

#include "store/db.h"

/* Slot of a statement that is prepared, used once and forgotten. */
#define DB_SLOT_NONE SIZE_MAX

struct db_engine {
	const char *name;
	bool (*open)(
	    const struct db_settings *settings, void **ret, struct err *err);
	void (*close)(void *state);
	/* Also opens a lost connection again. */
	bool (*begin)(void *state, bool write, struct err *err);
	/* Runs SQL without parameters or rows. */
	bool (*script)(void *state, const char *sql, struct err *err);
	/* Runs a statement; row may be NULL; *changes is always written. */
	bool (*run)(void *state, const struct db_statement *statement,
	    const struct db_value *params, db_row_fn *row, void *context,
	    int64_t *changes, struct err *err);
	/* Checks count and types of parameters and columns. */
	bool (*check)(
	    void *state, const struct db_statement *statement, struct err *err);
	bool (*health)(void *state, struct err *err);
	const char *(*version)(void *state);
	const char *(*schema)(const struct db_migration *migration);
};

extern const struct db_engine sqlite_engine;
extern const struct db_engine postgres_engine;

/*
 * Prepares the statement and compares what the engine says of its columns
 * with the declaration. For the test that walks all statements.
 */
MUST bool db_check(
    struct db *db, const struct db_statement *statement, struct err *err);

/* Runs SQL without parameters or rows: migrations and restore. */
MUST bool db_script(struct db *db, const char *sql, struct err *err);

#endif
