#include "test.h"

#include "core/arena.h"
#include "core/err.h"
#include "core/num.h"
#include "core/str.h"
#include "core/utf8.h"
#include "core/when.h"

static void
when_reads_only_real_instants(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *printed; /* NULL: refused */
	} cases[] = {
		{ "2026-12-01T15:00:00Z", "2026-12-01T15:00:00Z" },
		{ "2026-12-01T15:00:00+02:00", "2026-12-01T13:00:00Z" },
		{ "2024-02-29T00:00:00.123456Z", "2024-02-29T00:00:00Z" },
		{ "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
		{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z" },
		{ "2023-02-29T00:00:00Z", NULL },
		{ "2026-12-01", NULL },
		{ "2026-12-01T15:00:00", NULL },
		{ "2026-12-01T24:00:00Z", NULL },
		{ "2026-12-01T15:00:60Z", NULL },
		{ "2026-13-01T15:00:00Z", NULL },
		{ "1969-12-31T23:59:59Z", NULL },
		{ "1970-01-01T00:00:00+01:00", NULL },
		{ "2026-12-01T15:00:00Zx", NULL },
		{ "2026-12-01T15:00:00.1234567Z", NULL },
		{ "2026-12-01T15:00:00.Z", NULL },
		{ "2026-12-01T15:00:00+0200", NULL },
		{ "2026-12-01T15:00:00+24:00", NULL },
		{ "2026-12-01T15:00:00+02:60", NULL },
		{ "2026-12-01T15:00:00-05:30", "2026-12-01T20:30:00Z" },
		{ "2026-12-01 15:00:00Z", "2026-12-01T15:00:00Z" },
		{ "2026-00-01T15:00:00Z", NULL },
		{ "2026-04-31T15:00:00Z", NULL },
		{ "2026-12-00T15:00:00Z", NULL },
		{ "2026-12-01T15:60:00Z", NULL },
		{ "2100-02-29T00:00:00Z", NULL },
		{ "2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z" },
		{ "10000-01-01T00:00:00Z", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t when = -7;
		char text[WHEN_TEXT];
		bool ok = when_parse(str_of(cases[i].text), false, &when);
		assert_int_equal(ok, cases[i].printed != NULL);
		if (ok)
			assert_string_equal(
			    when_print(when, text), cases[i].printed);
		else
			assert_int_equal(when, -7);
	}
}

static void
when_prints_dates_people_and_years(void **state)
{
	(void)state;
	int64_t when = 0;
	char text[WHEN_TEXT];
	assert_true(when_parse(STR("2026-08-23"), true, &when));
	assert_string_equal(when_date(when, text), "2026-08-23");
	assert_string_equal(when_human(when, text), "2026-08-23 00:00 UTC");
	assert_int_equal(when_year(when), 2026);
}

static void
num_refuses_what_is_not_a_number_within_bounds(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-5", true, -5 },
		{ "42", true, 42 },
		{ "100", true, 100 },
		{ "101", false, 0 },
		{ "-6", false, 0 },
		{ "007", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "0x1", false, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = 0;
		bool ok = num_parse(str_of(cases[i].text), -5, 100, &value);
		assert_int_equal(ok, cases[i].ok);
		assert_int_equal(value, cases[i].value);
	}
}

static void
utf8_shows_what_would_deceive(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "plain", "plain" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\x1b[31m", "<U+001B>[31m" },
		{ "a\xe2\x80\xae"
		  "b",
		    "a<U+202E>b" },
		{ "a\xe2\x80\x8b"
		  "b",
		    "a<U+200B>b" },
		{ "\xff\xc0\xaf", "<0xff><0xc0><0xaf>" },
		{ "a\nb", "a<U+000A>b" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) struct buf out = BUF(1000);
		struct str text = str_of(cases[i].text);
		utf8_show(&out, text.ptr, text.len, false);
		assert_string_equal(buf_text(&out), cases[i].shown);
	}
	assert_false(utf8_is_valid("a\0b", 3));
	assert_false(utf8_is_valid("\xed\xa0\x80", 3));
	assert_true(utf8_is_valid("\xf0\x9f\x94\x92", 4));
	assert_int_equal(utf8_count("\xf0\x9f\x94\x92"
				    "a",
			     5),
	    2);
}

static void
buf_stops_at_its_ceiling(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = BUF(5);
	buf_puts(&out, "abc");
	assert_false(out.failed);
	buf_puts(&out, "def");
	assert_true(out.failed);
	assert_string_equal(buf_text(&out), "abc");
	buf_free(&out);
	buf_printf(&out, "%d", 12345);
	assert_string_equal(buf_text(&out), "12345");
}

static void
arena_stops_at_its_ceiling(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1000);
	assert_string_equal(arena_printf(arena, "x=%d", 7), "x=7");
	assert_string_equal(arena_copy(arena, "abc", 2), "ab");
	assert_null(arena_get(arena, 1000));
	assert_true(arena_failed(arena));
	assert_null(arena_get(arena, SIZE_MAX));
}

static void
arena_grows_by_blocks(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(4u << 20);
	for (unsigned i = 0; i < 100; i++) {
		unsigned char *memory = arena_get(arena, 30000);
		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		assert_int_equal(memory[0] | memory[29999], 0);
		memset(memory, 0xff, 30000);
	}
	assert_non_null(arena_get(arena, 500000));
	assert_false(arena_failed(arena));
	assert_null(arena_printf(arena, "%*d", 4 << 20, 1));
	assert_true(arena_failed(arena));
	arena_free(NULL);
}

static void
buf_takes_bytes_and_nothing(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = BUF(1u << 20);
	assert_string_equal(buf_text(&out), "");
	buf_puts(&out, NULL);
	buf_add(&out, "", 0);
	assert_int_equal(out.len, 0);
	for (int i = 0; i < 10000; i++)
		buf_putc(&out, 'x');
	assert_int_equal(strlen(buf_text(&out)), 10000);
	buf_printf(&out, "%*d", 2 << 20, 1);
	assert_true(out.failed);
	assert_int_equal(out.len, 10000);
}

static void
str_compares_bytes(void **state)
{
	(void)state;
	assert_int_equal(str_of(NULL).len, 0);
	assert_true(str_is(STR("a\0b"), STR("a\0b")));
	assert_false(str_is(STR("a\0b"), STR("a\0c")));
	assert_false(str_is(STR("ab"), STR("abc")));
	assert_true(str_starts(STR("abc"), "ab"));
	assert_true(str_starts(STR("abc"), ""));
	assert_false(str_starts(STR("a"), "ab"));
	assert_int_equal(str_trim(STR(" \t ")).len, 0);
}

static void
str_cut_walks_a_list(void **state)
{
	(void)state;
	struct str rest = STR("a,,b");
	assert_true(str_eq(str_cut(&rest, ','), "a"));
	assert_true(str_eq(str_cut(&rest, ','), ""));
	assert_true(str_eq(str_cut(&rest, ','), "b"));
	assert_null(rest.ptr);
	assert_true(str_eq(str_trim(STR(" \tx y\n")), "x y"));
}

static void
err_text_is_cut_at_a_whole_character(void **state)
{
	(void)state;
	struct err err = { 0 };
	char text[LIMIT_ERR_TEXT * 2];
	memset(text, 'a', sizeof(text));
	memcpy(text + LIMIT_ERR_TEXT - 2, "\xc3\xbc", 2);
	text[sizeof(text) - 1] = '\0';
	assert_false(err_set(&err, ERR_LIMIT, "f", "%s", text));
	assert_true(utf8_is_valid(err.text, strlen(err.text)));
	assert_int_equal(err_kind_find(err_kind_name(err.kind)), ERR_LIMIT);
	assert_false(err_set(&err, ERR_INVALID, NULL, "two"));
	assert_false(err_in(&err, "line %d", 1));
	assert_string_equal(err.text, "line 1: two");
	assert_false(err_set(NULL, ERR_LIMIT, NULL, "nobody asks"));
	assert_false(err_in(NULL, "nobody"));
	assert_int_equal(err_kind_find("no such kind"), ERR_SYSTEM);
	for (enum err_kind kind = ERR_NONE; kind <= ERR_SYSTEM; kind++)
		assert_int_equal(err_kind_find(err_kind_name(kind)), kind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_reads_only_real_instants),
		cmocka_unit_test(when_prints_dates_people_and_years),
		cmocka_unit_test(
		    num_refuses_what_is_not_a_number_within_bounds),
		cmocka_unit_test(utf8_shows_what_would_deceive),
		cmocka_unit_test(buf_stops_at_its_ceiling),
		cmocka_unit_test(arena_stops_at_its_ceiling),
		cmocka_unit_test(arena_grows_by_blocks),
		cmocka_unit_test(buf_takes_bytes_and_nothing),
		cmocka_unit_test(str_compares_bytes),
		cmocka_unit_test(str_cut_walks_a_list),
		cmocka_unit_test(err_text_is_cut_at_a_whole_character),
	};
	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
