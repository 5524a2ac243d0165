/* Sealed text, its keys and their files. */
#include "dbtest.h"

#include "store/engine.h"
#include "store/master.h"
#include "store/statements.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT "embargoed words"

struct fixture {
	struct dbtest t;
	struct vault *vault;
	struct vault_settings settings;
	char path[128];
};

static void
begin(struct fixture *f)
{
	dbtest_begin(&f->t, &store_schema);
	(void)snprintf(f->path, sizeof(f->path), "%s/master.key", f->t.dir);
	f->settings = (struct vault_settings){ f->path, true, false };
	f->vault = NULL;
	ok(&f->t, vault_load(&f->settings, &f->vault, &f->t.err));
	ok(&f->t, vault_attach(f->vault, f->t.db, 1, &f->t.err));
}

static void
end(struct fixture *f)
{
	vault_free(f->vault);
	dbtest_end(&f->t);
}

/* A vault that has cached nothing. */
static void
again(struct fixture *f)
{
	vault_free(f->vault);
	f->vault = NULL;
	ok(&f->t, vault_load(&f->settings, &f->vault, &f->t.err));
	ok(&f->t, vault_attach(f->vault, f->t.db, 2, &f->t.err));
}

static int64_t
key_new(struct fixture *f, const char *scope)
{
	int64_t key = 0;
	ok(&f->t, vault_key_new(f->vault, scope, 1, &key, &f->t.err));
	return key;
}

static struct str
seal(struct fixture *f, int64_t key, const char *place, int64_t row)
{
	struct str sealed = { 0 };
	ok(&f->t, vault_seal(f->vault, key, place, row, STR(TEXT), f->t.arena,
		      &sealed, &f->t.err));
	return sealed;
}

static bool
opens(struct fixture *f, int64_t key, const char *place, int64_t row,
    struct str sealed)
{
	struct str text = { 0 };
	if (!vault_open(f->vault, key, place, row, sealed, f->t.arena, &text,
		&f->t.err))
		return false;
	assert_true(str_eq(text, TEXT));
	return true;
}

static void
sealed_text_is_bound(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	int64_t a = key_new(&f, "case");
	int64_t b = key_new(&f, "case");
	struct str sealed = seal(&f, a, "cases.body", 7);
	struct str twice = seal(&f, a, "cases.body", 7);
	assert_false(str_is(sealed, twice));
	assert_null(memmem(sealed.ptr, sealed.len, TEXT, 5));
	again(&f);
	ok(&f.t, opens(&f, a, "cases.body", 7, sealed));
	refused(&f.t, ERR_SYSTEM, opens(&f, a, "cases.body", 8, sealed));
	refused(&f.t, ERR_SYSTEM, opens(&f, a, "cases.other", 7, sealed));
	refused(&f.t, ERR_SYSTEM, opens(&f, b, "cases.body", 7, sealed));
	refused(&f.t, ERR_MISSING, opens(&f, 12345, "cases.body", 7, sealed));
	refused(&f.t, ERR_MISSING, opens(&f, 0, "cases.body", 7, sealed));
	end(&f);
}

static void
every_byte_counts(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	int64_t key = key_new(&f, "case");
	struct str sealed = seal(&f, key, "cases.body", 7);
	for (size_t i = 0; i < sealed.len; i++) {
		char *bytes = arena_copy(f.t.arena, sealed.ptr, sealed.len);
		bytes[i] ^= 1;
		refused(&f.t, ERR_SYSTEM,
		    opens(&f, key, "cases.body", 7,
			(struct str){ bytes, sealed.len }));
		refused(&f.t, ERR_SYSTEM,
		    opens(&f, key, "cases.body", 7,
			(struct str){ sealed.ptr, i }));
	}
	end(&f);
}

static void
values_round_trip(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	int64_t key = key_new(&f, "case");
	struct str sealed = { 0 };
	AUTO(value) json_t *value = json_pack("{s:s,s:n}", "a", TEXT, "b");
	AUTO(value) json_t *found = NULL;
	ok(&f.t, vault_seal_value(f.vault, key, "cases.body", 1, value,
		     f.t.arena, &sealed, &f.t.err));
	ok(&f.t, vault_open_value(f.vault, key, "cases.body", 1, sealed,
		     f.t.arena, &found, &f.t.err));
	assert_true(json_equal(value, found));
	end(&f);
}

static void
destroyed_is_gone(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	int64_t key = key_new(&f, "case");
	struct str sealed = seal(&f, key, "cases.body", 7);
	ok(&f.t, opens(&f, key, "cases.body", 7, sealed));
	ok(&f.t, vault_destroy_key(f.vault, key, 9, &f.t.err));
	refused(&f.t, ERR_MISSING, opens(&f, key, "cases.body", 7, sealed));
	refused(
	    &f.t, ERR_MISSING, vault_destroy_key(f.vault, key, 9, &f.t.err));
	refused(&f.t, ERR_DENIED,
	    vault_destroy_key(f.vault, vault_house(f.vault), 9, &f.t.err));
	end(&f);
}

/* Swapping the wrapped bytes of two rows opens neither. */
static void
wrapped_keys_are_bound(void **state)
{
	(void)state;
	struct fixture f;
	struct row_vault_key_get row;
	begin(&f);
	int64_t a = key_new(&f, "case");
	int64_t b = key_new(&f, "case");
	struct str sealed = seal(&f, a, "cases.body", 7);
	ok(&f.t, q_vault_key_get(f.t.db, f.t.arena, b, &row, &f.t.err));
	ok(&f.t, q_vault_key_wrap(f.t.db, a, row.wrapped, NULL, &f.t.err));
	again(&f);
	refused(&f.t, ERR_SYSTEM, opens(&f, a, "cases.body", 7, sealed));
	end(&f);
}

static void
more_keys_than_cache(void **state)
{
	(void)state;
	struct fixture f;
	int64_t keys[100];
	struct str sealed[100];
	begin(&f);
	ok(&f.t, db_begin(f.t.db, &f.t.err));
	for (size_t i = 0; i < COUNT(keys); i++) {
		keys[i] = key_new(&f, "case");
		sealed[i] = seal(&f, keys[i], "cases.body", 1);
	}
	ok(&f.t, db_commit(f.t.db, &f.t.err));
	for (size_t i = 0; i < COUNT(keys); i++)
		ok(&f.t, opens(&f, keys[i], "cases.body", 1, sealed[i]));
	end(&f);
}

static void
tags_and_hashes(void **state)
{
	(void)state;
	struct fixture f;
	unsigned char a[VAULT_HASH] = { 0 };
	unsigned char b[VAULT_HASH] = { 0 };
	begin(&f);
	vault_tag(f.vault, "account.email", STR("a@example.org"), a);
	again(&f);
	vault_tag(f.vault, "account.email", STR("a@example.org"), b);
	assert_memory_equal(a, b, VAULT_TAG);
	vault_tag(f.vault, "maker.alias", STR("a@example.org"), b);
	assert_memory_not_equal(a, b, VAULT_TAG);
	vault_tag(f.vault, "account.emai", STR("la@example.org"), b);
	assert_memory_not_equal(a, b, VAULT_TAG);
	vault_hash(f.vault, "session", STR("token"), a);
	vault_hash(f.vault, "link", STR("token"), b);
	assert_memory_not_equal(a, b, VAULT_HASH);
	end(&f);
}

static void
file_put(const char *path, const char *bytes, size_t len, mode_t mode)
{
	(void)unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void
master_files(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		mode_t mode;
		bool credential;
		bool good;
	} cases[] = {
		{ HEX, 0600, false, true },
		{ HEX "\n", 0400, false, true },
		{ "0123456789abcdef0123456789abcdef", 0600, false, true },
		{ HEX "\n", 0440, true, true },
		{ HEX "\n", 0640, false, false },
		{ HEX "\n", 0604, false, false },
		{ HEX "\n", 0444, true, false },
		{ HEX "\n\n", 0600, false, false },
		{ HEX "0", 0600, false, false },
		{ "", 0600, false, false },
		{ "short", 0600, false, false },
		{ "0001020304050607080g0a0b0c0d0e0f"
		  "101112131415161718191a1b1c1d1e1f",
		    0600, false, false },
	};
	struct fixture f;
	char other[160];
	begin(&f);
	(void)snprintf(other, sizeof(other), "%s/other.key", f.t.dir);
	struct vault_settings settings = { other, false, false };
	AUTO(vault) struct vault *none = NULL;
	refused(&f.t, ERR_SYSTEM, vault_load(&settings, &none, &f.t.err));
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(vault) struct vault *v = NULL;
		file_put(other, cases[i].bytes, strlen(cases[i].bytes),
		    cases[i].mode);
		settings.credential = cases[i].credential;
		if (vault_load(&settings, &v, &f.t.err) != cases[i].good)
			fail_msg("case %zu: %s", i, f.t.err.text);
	}
	/* a good key, but of another database */
	AUTO(vault) struct vault *v = NULL;
	file_put(other, HEX, 64, 0600);
	ok(&f.t, vault_load(&settings, &v, &f.t.err));
	refused(&f.t, ERR_SYSTEM, vault_attach(v, f.t.db, 1, &f.t.err));
	refused(&f.t, ERR_CONFLICT, vault_create_master(other, &f.t.err));
	struct stat found;
	assert_int_equal(stat(f.path, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
	end(&f);
}

static void
die_at(void *context, const char *step)
{
	if (strcmp(context, step) == 0)
		_exit(42);
}

/* Rekeys in a child process that dies after a step; NULL: it does not. */
static void
rekey_in_child(struct fixture *f, const char *step)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct db *db = dbtest_open(&f->t);
		struct err err = { 0 };
		char name[16];
		(void)snprintf(
		    name, sizeof(name), "%s", step == NULL ? "" : step);
		bool done =
		    vault_rekey_steps(&f->settings, db, 3, die_at, name, &err);
		_exit(done ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), step == NULL ? 0 : 42);
}

static void
rekey_survives_death(void **state)
{
	(void)state;
	static const char *const steps[] = { "made", "wrapped", "committed",
		NULL };
	struct fixture f;
	unsigned char before[MASTER_SIZE];
	unsigned char after[MASTER_SIZE];
	unsigned char tag[2][VAULT_TAG];
	bool found = false;
	begin(&f);
	int64_t key = key_new(&f, "case");
	struct str sealed = seal(&f, key, "cases.body", 7);
	vault_tag(f.vault, "p", STR("x"), tag[0]);
	ok(&f.t, master_read(f.path, false, before, &found, &f.t.err));
	for (size_t i = 0; i < COUNT(steps); i++) {
		rekey_in_child(&f, steps[i]);
		again(&f);
		ok(&f.t, opens(&f, key, "cases.body", 7, sealed));
		/* a key made in between is not lost either */
		int64_t more = key_new(&f, "case");
		struct str also = seal(&f, more, "cases.body", 1);
		again(&f);
		ok(&f.t, opens(&f, more, "cases.body", 1, also));
	}
	ok(&f.t, master_read(f.path, false, after, &found, &f.t.err));
	assert_memory_not_equal(before, after, sizeof(before));
	vault_tag(f.vault, "p", STR("x"), tag[1]);
	assert_memory_equal(tag[0], tag[1], VAULT_TAG);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealed_text_is_bound),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(values_round_trip),
		cmocka_unit_test(destroyed_is_gone),
		cmocka_unit_test(wrapped_keys_are_bound),
		cmocka_unit_test(more_keys_than_cache),
		cmocka_unit_test(tags_and_hashes),
		cmocka_unit_test(master_files),
		cmocka_unit_test(rekey_survives_death),
	};
	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
