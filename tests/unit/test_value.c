#include "test.h"

#include "value/value.h"

static void
parse_refuses_what_is_not_strict_json(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"",
		"{",
		"{\"a\":1,\"a\":2}",
		"\"\xff\"",
		"\"\\ud800\"",
		"\"a\\u0000b\"",
		"[01]",
		"[NaN]",
		"{} {}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
		"]]"
		"]]]",
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct err err = { 0 };
		json_t *value = NULL;
		assert_false(
		    value_parse(str_of(refused[i]), 1000, &value, &err));
		assert_null(value);
		assert_true(err.text[0] != '\0');
	}
	struct err err = { 0 };
	json_t *value = NULL;
	assert_false(value_parse(STR("[1,2]"), 4, &value, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void
print_keeps_order_and_short_numbers(void **state)
{
	(void)state;
	struct err err;
	AUTO(value) json_t *value = NULL;
	assert_true(value_parse(
	    STR("{\"b\":9.8,\"a\":\"\\u00fc\"}"), 100, &value, &err));
	AUTO(buf) struct buf out = BUF(100);
	value_print(&out, value);
	assert_string_equal(buf_text(&out), "{\"b\":9.8,\"a\":\"\xc3\xbc\"}");
}

static void
getters_answer_for_what_is_not_there(void **state)
{
	(void)state;
	AUTO(value) json_t *value = json_object();
	value_set_text(value, "empty", "");
	value_set_when(value, "at", INT64_C(1764601200000000));
	value_set_bool(value, "yes", true);
	assert_true(json_is_null(json_object_get(value, "empty")));
	assert_string_equal(value_text(value, "empty"), "");
	assert_string_equal(value_text(value, "at"), "2025-12-01T15:00:00Z");
	assert_int_equal(value_when(value, "at"), INT64_C(1764601200000000));
	assert_int_equal(value_int(value, "none", 7), 7);
	assert_true(value_true(value, "yes"));
	assert_false(value_true(value, "at"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_refuses_what_is_not_strict_json),
		cmocka_unit_test(print_keeps_order_and_short_numbers),
		cmocka_unit_test(getters_answer_for_what_is_not_there),
	};
	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
