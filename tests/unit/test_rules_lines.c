#include "test.h"

#include "rules/lines.h"

#include "core/when.h"

static int64_t
day(const char *text)
{
	int64_t when = 0;
	if (text[0] != '\0')
		assert_true(when_parse(str_of(text), true, &when));
	return when;
}

/* process.md section 8, with both published ends of 3.7. */
static const struct {
	const char *name;
	enum lines_kind kind;
	const char *first, *eol, *from, *to;
} published[] = {
	{ "3.5", LINES_STABLE, "", "2024-07-31", "", "" },
	{ "3.7", LINES_LTS, "2024-07-26", "2027-01-26", "", "2026-01-10" },
	{ "4.4", LINES_STABLE, "2026-04-14", "2027-04-12", "", "" },
	{ "main", LINES_MAIN, "", "", "", "" },
	{ "3.7", LINES_LTS, "2024-07-26", "2029-07-27", "2026-01-10", "" },
	{ "4.3", LINES_STABLE, "2025-11-14", "2026-10-15", "", "" },
	{ "2.7", LINES_LTS, "", "2025-01-26", "", "" },
	{ "1.14", LINES_LTS, "", "2022-01-01", "", "" },
};

static void
load(struct lines_row rows[COUNT(published)])
{
	for (size_t i = 0; i < COUNT(published); i++)
		rows[i] =
		    (struct lines_row){ published[i].name, published[i].kind,
			    day(published[i].first), day(published[i].eol),
			    day(published[i].from), day(published[i].to) };
}

/* P-33 P-34 P-48 P-65 */
static void
required_branches_are_those_of_the_day(void **state)
{
	(void)state;
	struct lines_row rows[COUNT(published)];
	load(rows);
	static const struct {
		const char *landed, *lines;
	} cases[] = {
		{ "2021-06-01", "main 3.5 2.7 1.14 " },
		{ "2022-01-01T23:59:59Z", "main 3.5 2.7 1.14 " },
		{ "2022-01-02", "main 3.5 2.7 " },
		{ "2024-07-25", "main 3.5 2.7 " },
		{ "2024-07-26", "main 3.7 3.5 2.7 " },
		{ "2024-08-01", "main 3.7 2.7 " },
		{ "2025-12-24", "main 4.3 3.7 " },
		{ "2026-07-01", "main 4.4 4.3 3.7 " },
		{ "2026-10-15T12:00:00Z", "main 4.4 4.3 3.7 " },
		{ "2026-10-16", "main 4.4 3.7 " },
		{ "2027-06-01", "main 3.7 " },
		{ "2029-07-28", "main " },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct lines_row *found[LINES_MAX];
		size_t count = lines_required(
		    rows, COUNT(rows), day(cases[i].landed), found);
		AUTO(buf) struct buf out = BUF(200);
		for (size_t at = 0; at < count; at++)
			buf_printf(&out, "%s ", found[at]->name);
		assert_string_equal(buf_text(&out), cases[i].lines);
	}
}

/* P-33 P-65: an end edited later does not rewrite what was required. */
static void
the_history_of_an_end_is_kept(void **state)
{
	(void)state;
	struct lines_row rows[COUNT(published)];
	load(rows);
	const struct lines_row *before =
	    lines_find(rows, COUNT(rows), STR("3.7"), day("2026-01-09"));
	const struct lines_row *after =
	    lines_find(rows, COUNT(rows), STR("3.7"), day("2026-01-10"));
	assert_int_equal(before->eol_at, day("2027-01-26"));
	assert_int_equal(after->eol_at, day("2029-07-27"));
	assert_null(lines_find(rows, COUNT(rows), STR("9.9"), 0));
	/* Had the end never been moved, 3.7 would be over in June 2027. */
	rows[1].valid_to = 0;
	const struct lines_row *found[LINES_MAX];
	assert_int_equal(lines_required(rows, 4, day("2027-06-01"), found), 1);
}

/* P-48 */
static void
order_is_main_then_newest_first(void **state)
{
	(void)state;
	static const char *const sorted[] = { "main", "4.10", "4.9", "4.4.1",
		"4.4", "4", "1.14", "1.9", "develop", "topic" };
	for (size_t a = 0; a < COUNT(sorted); a++)
		for (size_t b = 0; b < COUNT(sorted); b++) {
			int got =
			    lines_compare(str_of(sorted[a]), str_of(sorted[b]));
			assert_int_equal(
			    (got > 0) - (got < 0), (a > b) - (a < b));
		}
}

static const struct {
	struct lines_branch branch;
	const char *field;
} branches_tried[] = {
	{ { .line = "4.4" }, "disposition" },
	{ { .line = "4.4",
	      .disposition = LINES_FIXED,
	      .commit = "0123abc",
	      .pr = "82072" },
	    "" },
	{ { .line = "4.4", .disposition = LINES_FIXED, .pr = "82072" },
	    "commit" },
	{ { .line = "4.4",
	      .disposition = LINES_FIXED,
	      .commit = "0123ab",
	      .pr = "82072" },
	    "commit" },
	{ { .line = "4.4",
	      .disposition = LINES_FIXED,
	      .commit = "0123abz",
	      .pr = "82072" },
	    "commit" },
	{ { .line = "4.4",
	      .disposition = LINES_FIXED,
	      .commit = "0123abc",
	      .pr = " " },
	    "pr" },
	{ { .line = "3.7",
	      .disposition = LINES_NOT_AFFECTED,
	      .reason = "code is newer",
	      .introduced = "0123abcd" },
	    "" },
	{ { .line = "3.7",
	      .disposition = LINES_NOT_AFFECTED,
	      .introduced = "0123abcd" },
	    "reason" },
	{ { .line = "3.7",
	      .disposition = LINES_NOT_AFFECTED,
	      .reason = "code is newer" },
	    "introduced" },
	{ { .line = "2.7", .disposition = LINES_WONT_FIX_EOL }, "" },
	{ { .line = "2.7",
	      .disposition = LINES_WONT_FIX_EOL,
	      .supported = true },
	    "disposition" },
	{ { .line = "4.3",
	      .disposition = LINES_WONT_FIX_OTHER,
	      .reason = "API change" },
	    "" },
	{ { .line = "4.3", .disposition = LINES_WONT_FIX_OTHER }, "reason" },
	{ { .line = "4.3",
	      .disposition = LINES_PENDING,
	      .owner = "a",
	      .due_at = 9,
	      .accepted_by = "b" },
	    "" },
	{ { .line = "4.3",
	      .disposition = LINES_PENDING,
	      .due_at = 9,
	      .accepted_by = "b" },
	    "owner" },
	{ { .line = "4.3",
	      .disposition = LINES_PENDING,
	      .owner = "a",
	      .accepted_by = "b" },
	    "due_at" },
	{ { .line = "4.3",
	      .disposition = LINES_PENDING,
	      .owner = "a",
	      .due_at = 9 },
	    "accepted_by" },
};

/* P-35 */
static void
each_disposition_needs_its_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(branches_tried); i++) {
		struct err err = { 0 };
		bool ok = lines_check(&branches_tried[i].branch, &err);
		assert_int_equal(ok, branches_tried[i].field[0] == '\0');
		assert_string_equal(err.field, branches_tried[i].field);
	}
}

/* P-35: the gate of E10. */
static void
every_required_branch_must_answer(void **state)
{
	(void)state;
	struct lines_row rows[COUNT(published)];
	load(rows);
	const struct lines_row *required[LINES_MAX];
	size_t count =
	    lines_required(rows, COUNT(rows), day("2026-07-01"), required);
	struct lines_branch branches[] = {
		{ .line = "main",
		    .disposition = LINES_FIXED,
		    .commit = "0123abc",
		    .pr = "1" },
		{ .line = "3.7",
		    .disposition = LINES_WONT_FIX_OTHER,
		    .reason = "r" },
		{ .line = "4.4",
		    .disposition = LINES_FIXED,
		    .commit = "0123abd",
		    .pr = "2" },
		{ .line = "4.3",
		    .disposition = LINES_FIXED,
		    .commit = "0123abe",
		    .pr = "3" },
	};
	struct err err = { 0 };
	assert_true(lines_check_all(required, count, branches, 4, &err));
	assert_false(lines_check_all(required, count, branches, 3, &err));
	assert_non_null(strstr(err.text, "4.3"));
	branches[1].disposition = LINES_EMPTY;
	assert_false(lines_check_all(required, count, branches, 4, &err));
	assert_non_null(strstr(err.text, "3.7"));
}

static void
tags_are_read_and_ordered(void **state)
{
	(void)state;
	static const char *const sorted[] = { "v1.14.1", "v2.7.6", "v4.4.0-rc1",
		"v4.4.0-rc2", "v4.4.0", "4.4.1", "v4.10.0" };
	for (size_t a = 0; a < COUNT(sorted); a++)
		for (size_t b = 0; b < COUNT(sorted); b++) {
			struct lines_tag x, y;
			assert_true(lines_parse_tag(str_of(sorted[a]), &x));
			assert_true(lines_parse_tag(str_of(sorted[b]), &y));
			assert_int_equal(
			    lines_compare_tags(x, y), (a > b) - (a < b));
		}
	static const char *const bad[] = { "", "v", "v4", "v4.4", "v4.4.0.1",
		"v4.4.x", "v4.4.0-rc", "v4.4.0-rc0", "v4.4.0-beta1", "w4.4.0",
		"v4.04.0", "v4.4.0-", "v4..0" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct lines_tag tag;
		assert_false(lines_parse_tag(str_of(bad[i]), &tag));
	}
}

/* P-40 P-74 */
static void
the_first_tag_decides_the_section(void **state)
{
	(void)state;
	static const struct lines_release releases[] = {
		{ "v4.4.2", "4.4", true },
		{ "v4.4.1", "4.4", true },
		{ "v4.4.0", "4.4", false },
		{ "v4.5.0", "4.5", true },
		{ "v4.5.0-rc2", "4.5", true },
		{ "v4.5.0-rc1", "4.5", false },
		{ "v3.7.2", "3.7", false },
		{ "nightly", "4.3", true },
	};
	static const struct {
		const char *line, *section;
	} rows[] = { { "4.4", "4.4.1" }, { "4.5", "4.5.0" },
		{ "main", "4.5.0" }, { "3.7", "" }, { "4.3", "" },
		{ "2.7", "" } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		char section[LINES_SECTION] = "";
		assert_int_equal(lines_section(releases, COUNT(releases),
				     rows[i].line, section),
		    rows[i].section[0] != '\0');
		assert_string_equal(section, rows[i].section);
	}
}

static void
words_are_found_again(void **state)
{
	(void)state;
	for (size_t i = LINES_FIXED; i < LINES_DISPOSITIONS; i++) {
		enum lines_disposition got = LINES_EMPTY;
		assert_true(lines_disposition_find(
		    str_of(lines_disposition_name((enum lines_disposition)i)),
		    &got));
		assert_int_equal(got, i);
	}
	enum lines_disposition got = LINES_FIXED;
	assert_false(lines_disposition_find(STR(""), &got));
	assert_false(lines_disposition_find(STR("wont-fix"), &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(required_branches_are_those_of_the_day),
		cmocka_unit_test(the_history_of_an_end_is_kept),
		cmocka_unit_test(order_is_main_then_newest_first),
		cmocka_unit_test(each_disposition_needs_its_fields),
		cmocka_unit_test(every_required_branch_must_answer),
		cmocka_unit_test(tags_are_read_and_ordered),
		cmocka_unit_test(the_first_tag_decides_the_section),
		cmocka_unit_test(words_are_found_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
