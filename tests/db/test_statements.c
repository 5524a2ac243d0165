/*
 * Every statement of the product is prepared and executed on the engine at
 * hand, with typed empty arguments, and its columns are what it declares.
 */
#include "dbtest.h"

#include "store/engine.h"
#include "store/statements.h"

static bool
row_ignore(void *context, const struct db_value *cells, struct err *err)
{
	(void)context;
	(void)cells;
	(void)err;
	return true;
}

/* Zero, the empty text and the empty blob: storable in any column. */
static struct db_value
empty_of(enum db_type type)
{
	if (type == DB_TEXT)
		return db_text("");
	if (type == DB_BLOB)
		return db_blob(str_of(""));
	return (struct db_value){ .type = type };
}

static void
statement_try(struct dbtest *t, const struct db_statement *found)
{
	struct db_statement statement = *found;
	struct db_value params[64] = { 0 };
	statement.guarded = false; /* what is tested here is the SQL */
	assert_true(statement.params_count <= COUNT(params));
	for (size_t i = 0; i < statement.params_count; i++)
		params[i] = empty_of(statement.params[i].type);
	ok(t, db_begin(t->db, &t->err));
	if (!db_check(t->db, found, &t->err) ||
	    !db_each(t->db, &statement, params, row_ignore, NULL, &t->err))
		fail_msg("%s", t->err.text);
	db_rollback(t->db);
}

static void
all_statements(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &store_schema);
	assert_true(store_schema.statements_count > 0);
	for (size_t i = 0; i < store_schema.statements_count; i++)
		statement_try(&t, &store_schema.statements[i]);
	dbtest_end(&t);
}

static void
all_tables(void **state)
{
	(void)state;
	struct dbtest t;
	dbtest_begin(&t, &store_schema);
	for (size_t i = 0; i < store_schema.tables_count; i++) {
		const struct db_table *table = &store_schema.tables[i];
		char sql[128];
		(void)snprintf(
		    sql, sizeof(sql), "SELECT * FROM %s", table->name);
		struct db_statement statement = { .name = table->name,
			.sql = sql,
			.columns = table->columns,
			.columns_count = table->columns_count,
			.slot = DB_SLOT_NONE };
		ok(&t, db_check(t.db, &statement, &t.err));
	}
	dbtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_statements),
		cmocka_unit_test(all_tables),
	};
	return cmocka_run_group_tests_name("statements", tests, NULL, NULL);
}
