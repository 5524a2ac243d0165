#include "dbtest.h"

#include "store/engine.h"

#include <dirent.h>
#include <unistd.h>

bool
dbtest_postgres(void)
{
	return getenv("FOREWARN_TEST_DATABASE") != NULL;
}

struct db *
dbtest_open(struct dbtest *t)
{
	const char *url = getenv("FOREWARN_TEST_DATABASE");
	struct db_settings settings = { .url = url == NULL ? "sqlite" : url,
		.path = t->path };
	struct db *db = NULL;
	ok(t, db_open(&settings, &db, &t->err));
	return db;
}

void
dbtest_begin(struct dbtest *t, const struct db_schema *schema)
{
	*t = (struct dbtest){ .dir = "/tmp/forewarn-db.XXXXXX" };
	assert_non_null(mkdtemp(t->dir));
	(void)snprintf(t->path, sizeof(t->path), "%s/forewarn.db", t->dir);
	t->arena = arena_new(LIMIT_REQUEST_ARENA);
	assert_non_null(t->arena);
	t->db = dbtest_open(t);
	if (dbtest_postgres())
		ok(t, db_script(t->db,
			  "SET client_min_messages = warning;"
			  "DROP SCHEMA IF EXISTS public CASCADE;"
			  "CREATE SCHEMA public",
			  &t->err));
	if (schema != NULL)
		ok(t, db_migrate(t->db, schema, 1, &t->err));
}

void
dbtest_end(struct dbtest *t)
{
	db_close(t->db);
	arena_free(t->arena);
	DIR *dir = opendir(t->dir);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	(void)closedir(dir);
	assert_int_equal(rmdir(t->dir), 0);
}
