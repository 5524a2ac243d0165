#include "test.h"

#include "rules/cveid.h"

static void
only_one_spelling_is_an_id(void **state)
{
	(void)state;
	static const char *const good[] = { "CVE-1900-0001", "CVE-2026-1000",
		"CVE-2026-12345", "CVE-2026-0000", "CVE-1999-9999999",
		"CVE-2026-1234567890123456789" };
	static const char *const bad[] = { "", "CVE", "CVE-", "CVE-2026",
		"CVE-2026-", "CVE-2026-123", "CVE-2026-01234", "cve-2026-1000",
		"CVE-26-1000", "CVE-2026-1000 ", " CVE-2026-1000",
		"CVE-2026-10a0", "CVE-2026-1000-", "CVE-2026--1000",
		"CVE-2026-12345678901234567890", "CVE-2026-9999999999999999999",
		"CVE-1899-1000", "CVE-2026-+100", "CVE-2026-\xd9\xa1\xd9\xa2" };
	for (size_t i = 0; i < COUNT(good); i++) {
		struct cveid id;
		struct err err;
		char text[CVEID_TEXT];
		assert_true(cveid_parse(str_of(good[i]), &id, &err));
		assert_string_equal(cveid_print(id, text), good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct cveid id = { .year = 7 };
		struct err err = { 0 };
		assert_false(cveid_parse(str_of(bad[i]), &id, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(id.year, 7);
	}
}

static void
ranges_run_upwards_within_a_year(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t count;
		enum err_kind kind;
	} rows[] = {
		{ "CVE-2026-1000..1049", 50, ERR_NONE },
		{ "CVE-2026-1000..CVE-2026-1049", 50, ERR_NONE },
		{ "CVE-2026-1000", 1, ERR_NONE },
		{ "CVE-2026-9998..10001", 4, ERR_NONE },
		{ "CVE-2026-0000..9999", 10000, ERR_NONE },
		{ "CVE-2026-0000..10000", 0, ERR_LIMIT },
		{ "CVE-2026-1049..1000", 0, ERR_INVALID },
		{ "CVE-2026-1000..CVE-2027-1049", 0, ERR_INVALID },
		{ "CVE-2026-1000..", 0, ERR_INVALID },
		{ "CVE-2026-1000..49", 0, ERR_INVALID },
		{ "CVE-2026-1000...1049", 0, ERR_INVALID },
		{ "..1049", 0, ERR_INVALID },
		{ "", 0, ERR_INVALID },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cveid first;
		int64_t count = 0;
		struct err err = { 0 };
		bool ok = cveid_parse_range(
		    str_of(rows[i].text), &first, &count, &err);
		assert_int_equal(ok, rows[i].kind == ERR_NONE);
		assert_int_equal(count, rows[i].count);
		assert_int_equal(err.kind, rows[i].kind);
	}
	char text[CVEID_TEXT];
	struct cveid first = { 2026, 9998, 4 };
	assert_string_equal(
	    cveid_print(cveid_plus(first, 2), text), "CVE-2026-10000");
	assert_int_equal(cveid_plus(first, 2).digits, 5);
}

/* P-46 */
static void
order_is_by_year_then_number(void **state)
{
	(void)state;
	static const char *const sorted[] = { "CVE-2017-14201", "CVE-2020-9999",
		"CVE-2020-10022", "CVE-2026-2411", "CVE-2026-10634" };
	for (size_t a = 0; a < COUNT(sorted); a++)
		for (size_t b = 0; b < COUNT(sorted); b++) {
			struct cveid x, y;
			struct err err;
			assert_true(cveid_parse(str_of(sorted[a]), &x, &err));
			assert_true(cveid_parse(str_of(sorted[b]), &y, &err));
			int want = (a > b) - (a < b);
			assert_int_equal(cveid_compare(x, y), want);
		}
}

static void
states_move_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[CVEID_STATES] = { "-x-x", "t-xx", "---x",
		"--x-" };
	for (size_t from = 0; from < CVEID_STATES; from++)
		for (size_t to = 0; to < CVEID_STATES; to++) {
			struct err err = { 0 };
			char cell = rows[from][to];
			assert_int_equal(cveid_move((enum cveid_state)from,
					     (enum cveid_state)to, false, &err),
			    cell != '-');
			assert_int_equal(cveid_move((enum cveid_state)from,
					     (enum cveid_state)to, true, &err),
			    cell == 'x');
		}
	for (size_t i = 0; i < CVEID_STATES; i++) {
		enum cveid_state got;
		assert_true(cveid_state_find(
		    str_of(cveid_state_name((enum cveid_state)i)), &got));
		assert_int_equal(got, i);
	}
	enum cveid_state got;
	assert_false(cveid_state_find(STR("assigned"), &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one_spelling_is_an_id),
		cmocka_unit_test(ranges_run_upwards_within_a_year),
		cmocka_unit_test(order_is_by_year_then_number),
		cmocka_unit_test(states_move_as_tabled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
