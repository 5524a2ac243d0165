/* The chain shows every change. */
#include "dbtest.h"

#include "store/engine.h"
#include "store/ledger.h"
#include "store/statements.h"

struct fixture {
	struct dbtest t;
	struct vault *vault;
};

static bool
add(struct fixture *f, int64_t at, const json_t *detail)
{
	struct ledger_entry entry = { .at = at,
		.actor_kind = "account",
		.actor_id = 7,
		.op = "case.show",
		.object = "case 42",
		.outcome = "ok",
		.detail = detail };
	return ledger_append(f->t.db, f->vault, &entry, &f->t.err);
}

static void
begin(struct fixture *f, int rows)
{
	char path[128];
	dbtest_begin(&f->t, &store_schema);
	(void)snprintf(path, sizeof(path), "%s/master.key", f->t.dir);
	struct vault_settings settings = { path, true, false };
	f->vault = NULL;
	ok(&f->t, vault_load(&settings, &f->vault, &f->t.err));
	ok(&f->t, vault_attach(f->vault, f->t.db, 1, &f->t.err));
	ok(&f->t, db_begin(f->t.db, &f->t.err));
	for (int i = 0; i < rows; i++)
		ok(&f->t, add(f, i, NULL));
	ok(&f->t, db_commit(f->t.db, &f->t.err));
}

static void
end(struct fixture *f)
{
	vault_free(f->vault);
	dbtest_end(&f->t);
}

static void
grows_and_verifies(void **state)
{
	(void)state;
	struct ledger_head head = { .seq = -1 };
	struct fixture f;
	begin(&f, 0);
	ok(&f.t, ledger_verify(f.t.db, NULL, &head, &f.t.err));
	assert_int_equal(head.seq, 0);
	refused(&f.t, ERR_SYSTEM, add(&f, 1, NULL)); /* no transaction */
	ok(&f.t, db_begin(f.t.db, &f.t.err));
	for (int i = 0; i < 1100; i++)
		ok(&f.t, add(&f, i, NULL));
	ok(&f.t, db_commit(f.t.db, &f.t.err));
	ok(&f.t, ledger_verify(f.t.db, NULL, &head, &f.t.err));
	assert_int_equal(head.seq, 1100);
	struct ledger_head known = head;
	ok(&f.t, db_begin(f.t.db, &f.t.err));
	ok(&f.t, add(&f, 0, NULL));
	ok(&f.t, db_commit(f.t.db, &f.t.err));
	ok(&f.t, ledger_verify(f.t.db, &known, &head, &f.t.err));
	end(&f);
}

static void
details_are_sealed(void **state)
{
	(void)state;
	struct fixture f;
	struct row_audit_page *rows = NULL;
	size_t count = 0;
	begin(&f, 1);
	AUTO(value) json_t *detail = json_pack("{s:s}", "why", "embargoed");
	AUTO(value) json_t *found = NULL;
	ok(&f.t, db_begin(f.t.db, &f.t.err));
	ok(&f.t, add(&f, 1, detail));
	ok(&f.t, db_commit(f.t.db, &f.t.err));
	ok(&f.t, q_audit_page(f.t.db, f.t.arena, 0, &rows, &count, &f.t.err));
	assert_int_equal(count, 2);
	refused(&f.t, ERR_MISSING,
	    ledger_detail(
		f.vault, 1, rows[0].body, f.t.arena, &found, &f.t.err));
	assert_null(memmem(rows[1].body.ptr, rows[1].body.len, "embargo", 7));
	ok(&f.t, ledger_detail(
		     f.vault, 2, rows[1].body, f.t.arena, &found, &f.t.err));
	assert_true(json_equal(detail, found));
	end(&f);
}

static void
damage_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *sql;
		const char *text;
	} cases[] = {
		{ "UPDATE audit SET op = 'x' WHERE seq = 3",
		    "row 3: it was changed" },
		{ "UPDATE audit SET at = at + 1 WHERE seq = 1",
		    "row 1: it was changed" },
		{ "UPDATE audit SET actor_id = 0 WHERE seq = 5",
		    "row 5: it was changed" },
		{ "UPDATE audit SET object = 'case 42o', outcome = 'k' WHERE "
		  "seq = 2",
		    "row 2: it was changed" },
		{ "UPDATE audit SET prev = hash WHERE seq = 4",
		    "row 4: it does not follow" },
		{ "UPDATE audit SET hash = prev WHERE seq = 4",
		    "row 4: it was changed" },
		{ "DELETE FROM audit WHERE seq = 2", "row 2: it is missing" },
		{ "DELETE FROM audit WHERE seq = 1", "row 1: it is missing" },
		{ "DELETE FROM audit WHERE seq > 3", "row 4: it and what" },
	};
	struct fixture f;
	struct ledger_head known;
	struct ledger_head head;
	begin(&f, 5);
	ok(&f.t, ledger_verify(f.t.db, NULL, &known, &f.t.err));
	for (size_t i = 0; i < COUNT(cases); i++) {
		ok(&f.t, db_begin(f.t.db, &f.t.err));
		ok(&f.t, db_script(f.t.db, cases[i].sql, &f.t.err));
		refused(&f.t, ERR_SYSTEM,
		    ledger_verify(f.t.db, &known, &head, &f.t.err));
		if (strstr(f.t.err.text, cases[i].text) == NULL)
			fail_msg("%s: %s", cases[i].sql, f.t.err.text);
		db_rollback(f.t.db);
	}
	ok(&f.t, ledger_verify(f.t.db, &known, &head, &f.t.err));
	end(&f);
}

/* A chain written anew is sound, but not the one whose head was kept. */
static void
another_chain_is_seen(void **state)
{
	(void)state;
	struct fixture f;
	struct ledger_head known;
	struct ledger_head head;
	begin(&f, 5);
	ok(&f.t, ledger_head_get(f.t.db, &known, &f.t.err));
	ok(&f.t, db_begin(f.t.db, &f.t.err));
	ok(&f.t, db_script(f.t.db, "DELETE FROM audit", &f.t.err));
	for (int i = 0; i < 6; i++)
		ok(&f.t, add(&f, 99, NULL));
	ok(&f.t, db_commit(f.t.db, &f.t.err));
	ok(&f.t, ledger_verify(f.t.db, NULL, &head, &f.t.err));
	refused(
	    &f.t, ERR_SYSTEM, ledger_verify(f.t.db, &known, &head, &f.t.err));
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_verifies),
		cmocka_unit_test(details_are_sealed),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(another_chain_is_seen),
	};
	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
