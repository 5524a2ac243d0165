#include "test.h"

#include "severity/cwe.h"

#include <string.h>

static void
known_weaknesses_are_found(void **state)
{
	(void)state;
	assert_string_equal(cwe_find(125)->name, "Out-of-bounds Read");
	assert_int_equal(cwe_find(125)->usage, CWE_ALLOWED);
	assert_int_equal(cwe_find(20)->usage, CWE_DISCOURAGED);
	assert_int_equal(cwe_find(119)->usage, CWE_DISCOURAGED);
	assert_null(cwe_find(0));
	assert_null(cwe_find(4));
	assert_null(cwe_find(99999));
	assert_string_equal(cwe_usage_name(CWE_REVIEW), "review");
}

static void
parse_refuses_what_is_no_weakness(void **state)
{
	(void)state;
	static const char *const refused[][2] = {
		{ "", "is written" },
		{ "125", "is written" },
		{ "cwe-125", "is written" },
		{ "CWE-0125", "is written" },
		{ "CWE-", "is written" },
		{ "CWE-4", "not in the list" },
		{ "CWE-99999", "not in the list" },
		{ "CWE-365", "must not be used" },
	};
	const struct cwe *cwe = NULL;
	struct err err = { 0 };
	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_false(cwe_parse(str_of(refused[i][0]), &cwe, &err));
		assert_string_equal(err.field, "cwe");
		assert_non_null(strstr(err.text, refused[i][1]));
		assert_null(cwe);
	}
	assert_true(cwe_parse(STR("CWE-787"), &cwe, &err));
	assert_string_equal(cwe->name, "Out-of-bounds Write");
}

static void
search_finds_numbers_and_words(void **state)
{
	(void)state;
	static const struct {
		const char *query;
		int first;
	} cases[] = {
		{ "125", 125 },
		{ "CWE-787", 787 },
		{ "cwe-416", 416 },
		{ "use after free", 416 },
		{ "BOUNDS out write", 787 },
		{ "365", 365 },
	};
	const struct cwe *found[10];
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t count = cwe_search(str_of(cases[i].query), found, 10);
		assert_true(count >= 1 && count <= 10);
		assert_int_equal(found[0]->id, cases[i].first);
	}
	assert_int_equal(cwe_search(STR("12"), found, 10), 10);
	assert_int_equal(cwe_search(STR("12"), found, 0), 0);
	assert_int_equal(cwe_search(STR("no such words"), found, 10), 0);
	size_t count = cwe_search(STR(""), found, 10);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(found[i]->usage, CWE_ALLOWED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_weaknesses_are_found),
		cmocka_unit_test(parse_refuses_what_is_no_weakness),
		cmocka_unit_test(search_finds_numbers_and_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
