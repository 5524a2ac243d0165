/* A backup is whole, found broken when it is, and loads into either engine. */
#include "dbtest.h"

#include "store/backup.h"
#include "store/engine.h"
#include "store/ledger.h"
#include "store/statements.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS "embargoed words"

struct fixture {
	struct dbtest t;
	struct vault *vault;
	struct vault_settings settings;
	char key[128];
	int file; /* the backup */
};

static void
entry_add(struct fixture *f, const char *object)
{
	AUTO(value) json_t *detail = json_pack("{s:s}", "why", WORDS);
	struct ledger_entry entry = { .at = 5,
		.actor_kind = "system",
		.op = "test",
		.object = object,
		.outcome = "ok",
		.detail = detail };
	ok(&f->t, ledger_append(f->t.db, f->vault, &entry, &f->t.err));
}

/* Rows with every kind of value, NULL and a hostile text among them. */
static void
fill(struct fixture *f)
{
	struct row_counter_next next;
	int64_t key = 0;
	ok(&f->t, db_begin(f->t.db, &f->t.err));
	for (int i = 0; i < 300; i++)
		entry_add(f, i % 2 == 0 ? "case 42" : "'; \xf0\x9f\x90\x9b\n");
	ok(&f->t, vault_key_new(f->vault, "case", 3, &key, &f->t.err));
	ok(&f->t, vault_destroy_key(f->vault, key, 4, &f->t.err));
	for (int i = 0; i < 3; i++)
		ok(&f->t, q_counter_next(f->t.db, f->t.arena, "case-1900",
			      &next, &f->t.err));
	ok(&f->t, q_setting_put(f->t.db, "empty", "", 1, NULL, &f->t.err));
	ok(&f->t, db_commit(f->t.db, &f->t.err));
}

static void
begin(struct fixture *f)
{
	dbtest_begin(&f->t, &store_schema);
	(void)snprintf(f->key, sizeof(f->key), "%s/master.key", f->t.dir);
	f->settings = (struct vault_settings){ f->key, true, false };
	f->vault = NULL;
	ok(&f->t, vault_load(&f->settings, &f->vault, &f->t.err));
	ok(&f->t, vault_attach(f->vault, f->t.db, 1, &f->t.err));
	fill(f);
	f->file = memfd_create("backup", MFD_CLOEXEC);
	assert_true(f->file >= 0);
}

static void
end(struct fixture *f)
{
	(void)close(f->file);
	vault_free(f->vault);
	dbtest_end(&f->t);
}

/* Opens a fresh SQLite file beside the database under test. */
static struct db *
other_open(struct fixture *f, const char *name)
{
	char path[160];
	struct db *db = NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", f->t.dir, name);
	struct db_settings settings = { "sqlite", path, 0 };
	ok(&f->t, db_open(&settings, &db, &f->t.err));
	return db;
}

static void
content_check(struct fixture *f, struct db *db)
{
	struct ledger_head head = { 0 };
	struct row_setting_get setting;
	struct row_audit_page *rows = NULL;
	size_t count = 0;
	AUTO(value) json_t *detail = NULL;
	AUTO(vault) struct vault *vault = NULL;
	ok(&f->t, vault_load(&f->settings, &vault, &f->t.err));
	ok(&f->t, vault_attach(vault, db, 9, &f->t.err));
	ok(&f->t, ledger_verify(db, NULL, &head, &f->t.err));
	assert_int_equal(head.seq, 300);
	ok(&f->t, q_audit_page(db, f->t.arena, 298, &rows, &count, &f->t.err));
	assert_int_equal(count, 2);
	ok(&f->t, ledger_detail(vault, 300, rows[1].body, f->t.arena, &detail,
		      &f->t.err));
	assert_string_equal(value_text(detail, "why"), WORDS);
	ok(&f->t, q_setting_get(db, f->t.arena, "empty", &setting, &f->t.err));
	assert_string_equal(setting.value, "");
}

static void
goes_to_the_other_engine_and_back(void **state)
{
	(void)state;
	struct fixture f;
	struct backup_info info = { 0 };
	struct backup_info again = { 0 };
	begin(&f);
	ok(&f.t, backup_write(f.t.db, f.vault, f.file, 7, &info, &f.t.err));
	assert_int_equal(info.tables, store_schema.tables_count);
	assert_true(info.rows >= 304);
	ok(&f.t, backup_verify(f.vault, f.file, &again, &f.t.err));
	assert_int_equal(again.rows, info.rows);
	assert_int_equal(again.bytes, info.bytes);
	assert_int_equal(again.bytes, lseek(f.file, 0, SEEK_END));

	AUTO(db) struct db *other = other_open(&f, "other.db");
	ok(&f.t, backup_restore(other, f.vault, f.file, 8, &again, &f.t.err));
	content_check(&f, other);
	refused(&f.t, ERR_CONFLICT,
	    backup_restore(other, f.vault, f.file, 8, &again, &f.t.err));
	refused(&f.t, ERR_CONFLICT,
	    backup_restore(f.t.db, f.vault, f.file, 8, &again, &f.t.err));

	int back = memfd_create("back", MFD_CLOEXEC);
	ok(&f.t, backup_write(other, f.vault, back, 7, &again, &f.t.err));
	assert_int_equal(again.rows, info.rows);
	if (dbtest_postgres())
		ok(&f.t, db_script(f.t.db,
			     "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
			     &f.t.err));
	AUTO(db)
	struct db *third =
	    dbtest_postgres() ? dbtest_open(&f.t) : other_open(&f, "third.db");
	ok(&f.t, backup_restore(third, f.vault, back, 8, &again, &f.t.err));
	content_check(&f, third);
	(void)close(back);
	end(&f);
}

static void
holds_no_sealed_word(void **state)
{
	(void)state;
	struct fixture f;
	struct backup_info info = { 0 };
	begin(&f);
	ok(&f.t, backup_write(f.t.db, f.vault, f.file, 7, &info, &f.t.err));
	char *bytes =
	    mmap(NULL, (size_t)info.bytes, PROT_READ, MAP_SHARED, f.file, 0);
	assert_true(bytes != MAP_FAILED);
	assert_non_null(memmem(bytes, (size_t)info.bytes, "case-1900", 9));
	assert_null(
	    memmem(bytes, (size_t)info.bytes, WORDS, sizeof(WORDS) - 1));
	(void)munmap(bytes, (size_t)info.bytes);
	end(&f);
}

/* Every cut and a flipped bit at every place tried is found and named. */
static void
damage_is_found(void **state)
{
	(void)state;
	struct fixture f;
	struct backup_info info = { 0 };
	struct backup_info none = { 0 };
	begin(&f);
	ok(&f.t, backup_write(f.t.db, f.vault, f.file, 7, &info, &f.t.err));
	for (int64_t at = 0; at < info.bytes; at += at < 400 ? 1 : 997) {
		unsigned char byte = 0;
		assert_int_equal(pread(f.file, &byte, 1, at), 1);
		byte ^= 0x10;
		assert_int_equal(pwrite(f.file, &byte, 1, at), 1);
		refused(&f.t, ERR_INVALID,
		    backup_verify(f.vault, f.file, &none, &f.t.err));
		assert_non_null(strstr(f.t.err.text, "offset"));
		byte ^= 0x10;
		assert_int_equal(pwrite(f.file, &byte, 1, at), 1);
	}
	assert_int_equal(pwrite(f.file, "x", 1, info.bytes), 1);
	refused(
	    &f.t, ERR_INVALID, backup_verify(f.vault, f.file, &none, &f.t.err));
	for (int64_t len = info.bytes - 1; len > 0; len -= 1009) {
		assert_int_equal(ftruncate(f.file, len), 0);
		refused(&f.t, ERR_INVALID,
		    backup_verify(f.vault, f.file, &none, &f.t.err));
	}
	AUTO(db) struct db *other = other_open(&f, "other.db");
	refused(&f.t, ERR_INVALID,
	    backup_restore(other, f.vault, f.file, 8, &none, &f.t.err));
	int64_t number = -1;
	ok(&f.t, db_schema_number(other, &number, &f.t.err));
	assert_int_equal(number, 0);
	end(&f);
}

static void
needs_its_master_key(void **state)
{
	(void)state;
	struct fixture f;
	struct backup_info info = { 0 };
	char path[160];
	begin(&f);
	ok(&f.t, backup_write(f.t.db, f.vault, f.file, 7, &info, &f.t.err));
	(void)snprintf(path, sizeof(path), "%s/second.key", f.t.dir);
	struct vault_settings settings = { path, true, false };
	AUTO(vault) struct vault *stranger = NULL;
	ok(&f.t, vault_load(&settings, &stranger, &f.t.err));
	refused(&f.t, ERR_INVALID,
	    backup_verify(stranger, f.file, &info, &f.t.err));
	assert_non_null(strstr(f.t.err.text, "another master key"));
	end(&f);
}

/* A child backs up into a pipe that stays full until we wrote a row. */
static pid_t
backup_in_child(struct fixture *f, const int pipe_ends[2])
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child != 0)
		return child;
	struct backup_info info = { 0 };
	(void)close(pipe_ends[0]);
	struct db *db = dbtest_open(&f->t);
	bool done =
	    backup_write(db, f->vault, pipe_ends[1], 7, &info, &f->t.err);
	_exit(done ? 0 : 1);
}

static void
writers_go_on_meanwhile(void **state)
{
	(void)state;
	struct fixture f;
	struct backup_info info = { 0 };
	int ends[2];
	char bytes[4096];
	int status = 0;
	begin(&f);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 4096);
	pid_t child = backup_in_child(&f, ends);
	(void)close(ends[1]);
	ssize_t got = read(ends[0], bytes, sizeof(bytes));
	ok(&f.t, db_begin(f.t.db, &f.t.err)); /* nobody waits */
	entry_add(&f, "case 43");
	ok(&f.t, db_commit(f.t.db, &f.t.err));
	for (; got > 0; got = read(ends[0], bytes, sizeof(bytes)))
		assert_int_equal(write(f.file, bytes, (size_t)got), got);
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	AUTO(db) struct db *other = other_open(&f, "other.db");
	ok(&f.t, backup_restore(other, f.vault, f.file, 8, &info, &f.t.err));
	content_check(&f, other); /* as it was before that row */
	end(&f);
}

/* /dev/full refuses every byte. */
static void
a_full_disk_is_told(void **state)
{
	(void)state;
	struct fixture f;
	struct backup_info info = { 0 };
	begin(&f);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(full >= 0);
	refused(&f.t, ERR_RETRY,
	    backup_write(f.t.db, f.vault, full, 7, &info, &f.t.err));
	assert_non_null(strstr(f.t.err.text, "disk of the backup is full"));
	(void)close(full);
	assert_false(db_in_transaction(f.t.db));
	ok(&f.t, backup_write(f.t.db, f.vault, f.file, 7, &info, &f.t.err));
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_to_the_other_engine_and_back),
		cmocka_unit_test(holds_no_sealed_word),
		cmocka_unit_test(damage_is_found),
		cmocka_unit_test(needs_its_master_key),
		cmocka_unit_test(writers_go_on_meanwhile),
		cmocka_unit_test(a_full_disk_is_told),
	};
	return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
