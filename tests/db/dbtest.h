/* What the database tests share: a fresh database on either engine. */
#ifndef FOREWARN_TEST_DBTEST_H
#define FOREWARN_TEST_DBTEST_H

#include "../unit/test.h"

#include "store/db.h"

struct dbtest {
	char dir[64];  /* scratch directory, removed at the end */
	char path[96]; /* of the SQLite file */
	struct db *db;
	struct arena *arena;
	struct err err;
};

/* True when this run is on PostgreSQL. */
bool dbtest_postgres(void);

/* Opens what the environment names. */
struct db *dbtest_open(struct dbtest *t);

/* Opens SQLite or PostgreSQL anew, emptied, with the schema. */
void dbtest_begin(struct dbtest *t, const struct db_schema *schema);

/* Closes and removes. */
void dbtest_end(struct dbtest *t);

/* Fails the test with the error's text unless done. */
#define ok(t, done)                                                            \
	do {                                                                   \
		if (!(done))                                                   \
			fail_msg("%s: %s", #done, (t)->err.text);              \
	} while (0)

/* The call must fail with this kind. */
#define refused(t, wanted, done)                                               \
	do {                                                                   \
		if (done)                                                      \
			fail_msg("%s was not refused", #done);                 \
		if ((t)->err.kind != (wanted))                                 \
			fail_msg("%s: %s: %s", #done,                          \
			    err_kind_name((t)->err.kind), (t)->err.text);      \
	} while (0)

#endif
