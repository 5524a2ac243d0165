/* Transactions, errors, hostile bytes and migrations, on both engines. */
#include "dbtest.h"

#include "sample.h"
#include "store/engine.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct str no_bytes = { 0 };
static const struct pass *const pass = (const struct pass *)"a pass";

static bool
thing(struct dbtest *t, int64_t id, const char *name)
{
	return q_thing_add(
	    t->db, id, name, NULL, 0, false, 0, no_bytes, NULL, &t->err);
}

static int64_t
things(struct dbtest *t)
{
	struct row_thing_count row = { .many = -1 };
	ok(t, q_thing_count(t->db, t->arena, &row, &t->err));
	return row.many;
}

static void
hostile_bytes(void **state)
{
	(void)state;
	static const char text[] =
	    "'; DROP TABLE thing; --\" \\ % _ $1 \x7f \xe2\x80\xae \xf0\x9f\x90"
	    "\x9b\n\r\t\x01";
	char bytes[256];
	struct row_thing_get row = { 0 };
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	struct str body = { bytes, sizeof(bytes) };
	ok(&t, q_thing_add(t.db, INT64_MAX, text, text, INT64_MIN, true, -1,
		   body, NULL, &t.err));
	ok(&t, q_thing_get(t.db, t.arena, INT64_MAX, &row, &t.err));
	assert_int_equal(row.id, INT64_MAX);
	assert_string_equal(row.name, text);
	assert_string_equal(row.note, text);
	assert_true(row.size == INT64_MIN);
	assert_true(row.done);
	assert_int_equal(row.at, -1);
	assert_true(str_is(row.body, body));
	refused(&t, ERR_INVALID, thing(&t, 2, "\xff\xfe"));
	refused(&t, ERR_SYSTEM, thing(&t, 2, NULL));
	assert_int_equal(things(&t), 1);
	dbtest_end(&t);
}

static void
nothing_and_empty_differ(void **state)
{
	(void)state;
	struct row_thing_get row = { 0 };
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, thing(&t, 1, "bare"));
	ok(&t, q_thing_get(t.db, t.arena, 1, &row, &t.err));
	assert_null(row.note);
	assert_null(row.body.ptr);
	assert_int_equal(row.size, 0);
	ok(&t,
	    q_thing_add(t.db, 2, "", "", 0, false, 0, STR(""), NULL, &t.err));
	ok(&t, q_thing_get(t.db, t.arena, 2, &row, &t.err));
	assert_string_equal(row.note, "");
	assert_non_null(row.body.ptr);
	assert_int_equal(row.body.len, 0);
	struct row_thing_wrong wrong = { .note = "kept" };
	refused(
	    &t, ERR_SYSTEM, q_thing_wrong(t.db, t.arena, 1, &wrong, &t.err));
	assert_string_equal(wrong.note, "kept");
	refused(&t, ERR_MISSING, q_thing_get(t.db, t.arena, 3, &row, &t.err));
	dbtest_end(&t);
}

static void
lists_have_ceilings(void **state)
{
	(void)state;
	struct row_thing_get *rows = NULL;
	size_t count = 7;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, q_thing_list(t.db, t.arena, &rows, &count, &t.err));
	assert_int_equal(count, 0);
	ok(&t, thing(&t, 1, "b"));
	ok(&t, thing(&t, 2, "a"));
	ok(&t, thing(&t, 3, "B"));
	ok(&t, q_thing_list(t.db, t.arena, &rows, &count, &t.err));
	assert_int_equal(count, 3);
	assert_string_equal(rows[0].name, "B"); /* bytes, not a language */
	assert_string_equal(rows[2].name, "b");
	ok(&t, thing(&t, 4, "c"));
	refused(
	    &t, ERR_LIMIT, q_thing_list(t.db, t.arena, &rows, &count, &t.err));
	assert_int_equal(things(&t), 4); /* the connection goes on */
	dbtest_end(&t);
}

static void
transactions(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	refused(&t, ERR_SYSTEM, db_commit(t.db, &t.err));
	ok(&t, db_begin(t.db, &t.err));
	refused(&t, ERR_SYSTEM, db_begin(t.db, &t.err)); /* not nested */
	ok(&t, thing(&t, 1, "kept"));
	ok(&t, db_commit(t.db, &t.err));
	ok(&t, db_begin(t.db, &t.err));
	ok(&t, thing(&t, 2, "forgotten"));
	db_rollback(t.db);
	db_rollback(t.db);
	assert_false(db_in_transaction(t.db));
	assert_int_equal(things(&t), 1);
	ok(&t, db_begin_read(t.db, &t.err));
	assert_int_equal(things(&t), 1);
	refused(&t, ERR_SYSTEM, thing(&t, 3, "only reading"));
	db_rollback(t.db);
	ok(&t, thing(&t, 3, "writing again"));
	dbtest_end(&t);
}

static void
failure_dooms(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, thing(&t, 1, "one"));
	ok(&t, db_begin(t.db, &t.err));
	ok(&t, thing(&t, 2, "two"));
	refused(&t, ERR_CONFLICT, thing(&t, 3, "one"));
	refused(&t, ERR_CONFLICT, thing(&t, 4, "four"));
	refused(&t, ERR_CONFLICT, db_commit(t.db, &t.err));
	assert_false(db_in_transaction(t.db));
	assert_int_equal(things(&t), 1);
	dbtest_end(&t);
}

static void
savepoints(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	refused(&t, ERR_SYSTEM, db_savepoint(t.db, &t.err));
	ok(&t, db_begin(t.db, &t.err));
	refused(&t, ERR_SYSTEM, db_undo(t.db, &t.err));
	ok(&t, thing(&t, 1, "one"));
	ok(&t, db_savepoint(t.db, &t.err));
	refused(&t, ERR_SYSTEM, db_savepoint(t.db, &t.err));
	refused(&t, ERR_CONFLICT, thing(&t, 1, "again"));
	refused(&t, ERR_CONFLICT, db_release(t.db, &t.err));
	ok(&t, db_undo(t.db, &t.err));
	ok(&t, db_savepoint(t.db, &t.err));
	ok(&t, thing(&t, 2, "two"));
	ok(&t, db_release(t.db, &t.err));
	ok(&t, db_commit(t.db, &t.err));
	assert_int_equal(things(&t), 2);
	dbtest_end(&t);
}

static void
conflicts(void **state)
{
	(void)state;
	struct row_thing_put row = { 0 };
	int64_t changed = -1;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, q_thing_put(t.db, t.arena, 1, "one", &row, &t.err));
	assert_int_equal(row.id, 1);
	refused(&t, ERR_CONFLICT,
	    q_thing_put(t.db, t.arena, 2, "one", &row, &t.err));
	refused(&t, ERR_CONFLICT, thing(&t, 1, "other"));
	refused(&t, ERR_CONFLICT, q_part_add(t.db, pass, 1, 99, NULL, &t.err));
	ok(&t, q_thing_grow(t.db, 1, 5, &changed, &t.err));
	assert_int_equal(changed, 1);
	ok(&t, q_thing_grow(t.db, 9, 5, &changed, &t.err));
	assert_int_equal(changed, 0);
	dbtest_end(&t);
}

static void
guarded_needs_pass(void **state)
{
	(void)state;
	struct row_part_get row = { 0 };
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, thing(&t, 1, "one"));
	refused(&t, ERR_DENIED, q_part_add(t.db, NULL, 1, 1, NULL, &t.err));
	ok(&t, q_part_add(t.db, pass, 1, 1, NULL, &t.err));
	refused(
	    &t, ERR_DENIED, q_part_get(t.db, NULL, t.arena, 1, &row, &t.err));
	ok(&t, q_part_get(t.db, pass, t.arena, 1, &row, &t.err));
	dbtest_end(&t);
}

static void
two_connections(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, thing(&t, 1, "one"));
	AUTO(db) struct db *other = dbtest_open(&t);
	ok(&t, db_begin(t.db, &t.err));
	ok(&t, q_thing_grow(t.db, 1, 5, NULL, &t.err));
	struct row_thing_get row = { 0 };
	ok(&t, q_thing_get(other, t.arena, 1, &row, &t.err));
	assert_int_equal(row.size, 0); /* not before the commit */
	ok(&t, db_commit(t.db, &t.err));
	ok(&t, q_thing_get(other, t.arena, 1, &row, &t.err));
	assert_int_equal(row.size, 5);
	dbtest_end(&t);
}

static void
migrations(void **state)
{
	(void)state;
	int64_t number = -1;
	struct dbtest t;
	dbtest_begin(&t, NULL);
	ok(&t, db_schema_number(t.db, &number, &t.err));
	assert_int_equal(number, 0);
	ok(&t, db_migrate(t.db, &sample_schema, 5, &t.err));
	ok(&t, db_migrate(t.db, &sample_schema, 6, &t.err));
	ok(&t, db_schema_number(t.db, &number, &t.err));
	assert_int_equal(number, 1);

	struct db_migration list[2] = { sample_schema.migrations[0],
		{ 2, "second", "CREATE TABLE b (id INTEGER); bad",
		    "CREATE TABLE b (id BIGINT); bad" } };
	struct db_schema schema = { .migrations = list, .migrations_count = 2 };
	refused(&t, ERR_SYSTEM, db_migrate(t.db, &schema, 7, &t.err));
	ok(&t, db_schema_number(t.db, &number, &t.err));
	assert_int_equal(number, 1); /* nothing half-made */
	list[1].sqlite = list[1].postgres = "CREATE TABLE b (id BIGINT)";
	ok(&t, db_migrate(t.db, &schema, 8, &t.err));

	refused(&t, ERR_SYSTEM, db_migrate(t.db, &sample_schema, 9, &t.err));
	assert_non_null(strstr(t.err.text, "newer program"));
	list[0].checksum = "altered";
	refused(&t, ERR_SYSTEM, db_migrate(t.db, &schema, 9, &t.err));
	assert_non_null(strstr(t.err.text, "another build"));
	dbtest_end(&t);
}

/* Two that read the same and write: one of them is told to try again. */
static void
writers_collide(void **state)
{
	(void)state;
	struct row_thing_count row = { 0 };
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	AUTO(db) struct db *other = dbtest_open(&t);
	ok(&t, db_begin(t.db, &t.err));
	if (!dbtest_postgres()) { /* SQLite lets one writer in at a time */
		refused(&t, ERR_RETRY, db_begin(other, &t.err));
		dbtest_end(&t);
		return;
	}
	ok(&t, db_begin(other, &t.err));
	ok(&t, q_thing_count(t.db, t.arena, &row, &t.err));
	ok(&t, q_thing_count(other, t.arena, &row, &t.err));
	ok(&t, thing(&t, 1, "one"));
	bool second = q_thing_add(
	    other, 2, "two", NULL, 0, false, 0, no_bytes, NULL, &t.err);
	ok(&t, db_commit(t.db, &t.err));
	refused(&t, ERR_RETRY, second && db_commit(other, &t.err));
	db_rollback(other);
	assert_int_equal(things(&t), 1);
	dbtest_end(&t);
}

/* Ends all other connections to the server, as a restart does. */
static void
server_cut(struct dbtest *t)
{
	AUTO(db) struct db *other = dbtest_open(t);
	ok(t,
	    db_script(other,
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
		"WHERE pid <> pg_backend_pid() AND application_name = "
		"'forewarn'",
		&t->err));
}

static void
postgres_gone_and_back(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, thing(&t, 1, "one"));
	server_cut(&t);
	ok(&t, db_begin(t.db, &t.err)); /* not even noticed */
	ok(&t, thing(&t, 2, "two"));
	server_cut(&t);
	refused(&t, ERR_RETRY, thing(&t, 3, "three"));
	refused(&t, ERR_RETRY, thing(&t, 4, "not outside of it"));
	refused(&t, ERR_RETRY, db_commit(t.db, &t.err));
	ok(&t, db_begin(t.db, &t.err));
	assert_int_equal(things(&t), 1);
	ok(&t, thing(&t, 2, "two"));
	server_cut(&t);
	refused(&t, ERR_RETRY, db_commit(t.db, &t.err));
	ok(&t, db_health(t.db, &t.err));
	assert_int_equal(things(&t), 1);
	server_cut(&t);
	struct row_thing_count row = { 0 };
	refused(&t, ERR_RETRY, q_thing_count(t.db, t.arena, &row, &t.err));
	ok(&t, q_thing_count(t.db, t.arena, &row, &t.err));
	dbtest_end(&t);
}

static void
sqlite_disk_full(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	struct db_settings small = { "sqlite", t.path, 256 << 10 };
	AUTO(db) struct db *db = NULL;
	char *bytes = arena_get(t.arena, 1 << 20);
	struct str body = { bytes, 1 << 20 };
	ok(&t, db_open(&small, &db, &t.err));
	ok(&t, db_begin(db, &t.err));
	ok(&t, q_thing_add(
		   db, 1, "small", NULL, 0, false, 0, no_bytes, NULL, &t.err));
	refused(&t, ERR_RETRY,
	    q_thing_add(db, 2, "large", NULL, 0, false, 0, body, NULL, &t.err));
	assert_non_null(strstr(t.err.text, "disk is full"));
	refused(&t, ERR_RETRY, db_commit(db, &t.err));
	assert_int_equal(things(&t), 0); /* nothing half-written */
	ok(&t, thing(&t, 3, "room again"));
	dbtest_end(&t);
}

/* What the server says of its troubles becomes a kind and a remedy. */
static void
postgres_troubles(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		enum err_kind kind;
		const char *text;
	} cases[] = {
		{ "53100", ERR_RETRY, "disk is full" },
		{ "53300", ERR_RETRY, "max_connections" },
		{ "53200", ERR_RETRY, "out of resources" },
		{ "57P01", ERR_RETRY, "shutting down" },
		{ "57014", ERR_RETRY, "took too long" },
		{ "58030", ERR_RETRY, "its disk" },
		{ "40001", ERR_RETRY, "try again" },
		{ "40P01", ERR_RETRY, "try again" },
		{ "55P03", ERR_RETRY, "busy" },
		{ "23505", ERR_CONFLICT, "there is such a row" },
		{ "23503", ERR_CONFLICT, "is not there" },
		{ "25006", ERR_SYSTEM, "read-only" },
		{ "42501", ERR_SYSTEM, "lacks a right" },
		{ "22021", ERR_INVALID, "UTF-8" },
		{ "XX000", ERR_SYSTEM, "XX000" },
	};
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char sql[128];
		(void)snprintf(sql, sizeof(sql),
		    "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '%s'; END $$",
		    cases[i].code);
		ok(&t, db_begin(t.db, &t.err));
		refused(&t, cases[i].kind, db_script(t.db, sql, &t.err));
		assert_non_null(strstr(t.err.text, cases[i].text));
		refused(&t, cases[i].kind, db_commit(t.db, &t.err));
	}
	dbtest_end(&t);
}

/* Writes until the disk refuses, in a child whose files may not grow. */
static int
child_fill(struct dbtest *t)
{
	struct rlimit limit = { 300 << 10, 300 << 10 };
	char *bytes = arena_get(t->arena, 1 << 20);
	struct str body = { bytes, 1 << 20 };
	(void)signal(SIGXFSZ, SIG_IGN);
	struct db *db = dbtest_open(t);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || !db_begin(db, &t->err) ||
	    !q_thing_add(
		db, 1, "small", NULL, 0, false, 0, no_bytes, NULL, &t->err))
		return 1;
	bool added =
	    q_thing_add(db, 2, "large", NULL, 0, false, 0, body, NULL, &t->err);
	if ((added && db_commit(db, &t->err)) || t->err.kind != ERR_RETRY)
		return 2;
	db_rollback(db);
	if (!q_thing_add(
		db, 3, "fits", NULL, 0, false, 0, no_bytes, NULL, &t->err))
		return 3;
	db_close(db);
	return 0;
}

static void
sqlite_file_cannot_grow(void **state)
{
	(void)state;
	int status = 0;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(child_fill(&t));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(things(&t), 1);
	dbtest_end(&t);
}

/* A disk of 2 MiB of our own; needs the right to mount. */
static bool
disk_mount(const struct dbtest *t)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", t->dir, "tmpfs", 0, "size=2m") == 0;
}

static void
sqlite_real_disk(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, NULL);
	if (!disk_mount(&t)) {
		print_message("# no right to mount a disk: not tried\n");
		dbtest_end(&t);
		return;
	}
	db_close(t.db);
	t.db = dbtest_open(&t);
	char *bytes = arena_get(t.arena, 1 << 20);
	struct str body = { bytes, 1 << 20 };
	ok(&t, db_migrate(t.db, &sample_schema, 1, &t.err));
	ok(&t, thing(&t, 1, "one"));
	refused(&t, ERR_RETRY, db_health(t.db, &t.err)); /* nearly full */
	assert_non_null(strstr(t.err.text, "disk is full"));
	bool added = true;
	for (int64_t i = 2; added && i < 9; i++)
		added = q_thing_add(t.db, i, i % 2 == 0 ? "even" : "odd", NULL,
		    0, false, 0, body, NULL, &t.err);
	assert_int_equal(t.err.kind, ERR_RETRY);
	assert_non_null(strstr(t.err.text, "disk is full"));
	int64_t kept = things(&t);
	db_close(t.db);
	assert_int_equal(
	    mount(NULL, t.dir, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	struct db_settings settings = { "sqlite", t.path, 0 };
	t.db = NULL;
	if (db_open(&settings, &t.db, &t.err)) {
		refused(&t, ERR_SYSTEM, thing(&t, 10, "ten"));
		refused(&t, ERR_SYSTEM, db_health(t.db, &t.err));
	}
	assert_int_equal(t.err.kind, ERR_SYSTEM);
	print_message("# read-only: %s\n", t.err.text);
	db_close(t.db);
	assert_int_equal(mount(NULL, t.dir, NULL, MS_REMOUNT, NULL), 0);
	t.db = dbtest_open(&t);
	assert_int_equal(things(&t), kept); /* back, and nothing lost */
	db_close(t.db);
	t.db = NULL;
	assert_int_equal(umount2(t.dir, MNT_DETACH), 0);
	dbtest_end(&t);
}

static void
sqlite_file(void **state)
{
	(void)state;
	struct stat found;
	struct dbtest t;
	dbtest_begin(&t, &sample_schema);
	ok(&t, db_health(t.db, &t.err));
	assert_int_equal(stat(t.path, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
	assert_int_equal(unlink(t.path), 0);
	refused(&t, ERR_SYSTEM, db_health(t.db, &t.err));
	assert_non_null(strstr(t.err.text, "is gone"));
	dbtest_end(&t);
}

static void
bad_settings(void **state)
{
	(void)state;
	static const struct {
		struct db_settings settings;
		enum err_kind kind;
	} cases[] = {
		{ { .url = "" }, ERR_INVALID },
		{ { .url = "mysql://x" }, ERR_INVALID },
		{ { .url = "sqlite" }, ERR_INVALID },
		{ { .url = "sqlite", .path = "/nowhere/x.db" }, ERR_SYSTEM },
		{ { .url = "sqlite", .path = "/tmp" }, ERR_SYSTEM },
		{ { .url = "postgresql://u:secret@[x/y" }, ERR_INVALID },
		{ { .url = "postgresql://u:secret@127.0.0.1:1/x" }, ERR_RETRY },
		{ { .url = "postgresql://u:secret@host.invalid/x" },
		    ERR_RETRY },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct db *db = NULL;
		struct err err = { 0 };
		assert_false(db_open(&cases[i].settings, &db, &err));
		assert_int_equal(err.kind, cases[i].kind);
		assert_null(db);
		assert_null(strstr(err.text, "secret"));
	}
}

static const struct CMUnitTest sqlite_tests[] = {
	cmocka_unit_test(hostile_bytes),
	cmocka_unit_test(nothing_and_empty_differ),
	cmocka_unit_test(lists_have_ceilings),
	cmocka_unit_test(transactions),
	cmocka_unit_test(failure_dooms),
	cmocka_unit_test(savepoints),
	cmocka_unit_test(conflicts),
	cmocka_unit_test(guarded_needs_pass),
	cmocka_unit_test(two_connections),
	cmocka_unit_test(migrations),
	cmocka_unit_test(writers_collide),
	cmocka_unit_test(bad_settings),
	cmocka_unit_test(sqlite_disk_full),
	cmocka_unit_test(sqlite_file_cannot_grow),
	cmocka_unit_test(sqlite_real_disk),
	cmocka_unit_test(sqlite_file),
};

static const struct CMUnitTest postgres_tests[] = {
	cmocka_unit_test(hostile_bytes),
	cmocka_unit_test(nothing_and_empty_differ),
	cmocka_unit_test(lists_have_ceilings),
	cmocka_unit_test(transactions),
	cmocka_unit_test(failure_dooms),
	cmocka_unit_test(savepoints),
	cmocka_unit_test(conflicts),
	cmocka_unit_test(guarded_needs_pass),
	cmocka_unit_test(two_connections),
	cmocka_unit_test(migrations),
	cmocka_unit_test(writers_collide),
	cmocka_unit_test(bad_settings),
	cmocka_unit_test(postgres_gone_and_back),
	cmocka_unit_test(postgres_troubles),
};

int
main(void)
{
	if (dbtest_postgres())
		return cmocka_run_group_tests_name(
		    "db", postgres_tests, NULL, NULL);
	return cmocka_run_group_tests_name("db", sqlite_tests, NULL, NULL);
}
