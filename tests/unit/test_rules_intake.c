#include "test.h"

#include "rules/intake.h"

#include "core/when.h"
#include "rules/cross.h"
#include "value/value.h"

/* I-03 */
static void
missing_things_are_named(void **state)
{
	(void)state;
	static const struct {
		struct intake_report report;
		const char *missing;
	} rows[] = {
		{ { "dns", "4.4", "crash", "send it", NULL }, "" },
		{ { "dns", "4.4", "crash", NULL, "dns.c:10" }, "" },
		{ { "dns", "4.4", "crash", " ", "\n" }, "steps " },
		{ { "", "4.4", "crash", "send it", NULL }, "component " },
		{ { "dns", NULL, "\t", "send it", NULL }, "version impact " },
		{ { 0 }, "component version impact steps " },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *missing[INTAKE_ITEMS];
		size_t count = intake_missing(&rows[i].report, missing);
		AUTO(buf) struct buf out = BUF(200);
		for (size_t at = 0; at < count; at++)
			buf_printf(&out, "%s ", missing[at]);
		assert_string_equal(buf_text(&out), rows[i].missing);
	}
}

/* I-04 */
static void
both_declarations_are_mandatory(void **state)
{
	(void)state;
	static const struct {
		const char *reproduced, *where, *ai, *field;
	} rows[] = {
		{ "yes", "a board", "no", "" },
		{ "no", "", "partly", "" },
		{ "no", "", "mostly", "" },
		{ "", "", "no", "reproduced" },
		{ "maybe", "", "no", "reproduced" },
		{ "yes", " ", "no", "reproduced_on" },
		{ "yes", "a board", "", "ai" },
		{ "yes", "a board", "yes", "ai" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		bool ok = intake_declared(str_of(rows[i].reproduced),
		    str_of(rows[i].where), str_of(rows[i].ai), &err);
		assert_int_equal(ok, rows[i].field[0] == '\0');
		assert_string_equal(err.field, rows[i].field);
	}
	assert_true(intake_rank(STR("yes"), STR("mostly")) <
		    intake_rank(STR("no"), STR("no")));
	assert_true(intake_rank(STR("yes"), STR("no")) <
		    intake_rank(STR("yes"), STR("partly")));
}

/* I-11 */
static void
capped_reports_are_queued_not_dropped(void **state)
{
	(void)state;
	static const struct {
		struct intake_counts counts;
		const char *cap;
	} rows[] = {
		{ { 0 }, "" },
		{ { 19, 199, 599, 19, 1, true }, "" },
		{ { 20, 0, 0, 0, 1, true }, "per_address_day" },
		{ { 20, 0, 0, 0, 0, false }, "per_address_day" },
		{ { 0, 200, 200, 0, 1, true }, "per_day" },
		{ { 0, 0, 600, 0, 1, false }, "per_week" },
		{ { 0, 0, 0, 3, 0, true }, "open_per_new_reporter" },
		{ { 0, 0, 0, 2, 0, true }, "" },
		{ { 0, 0, 0, 20, 1, true }, "open_per_reporter" },
		{ { 0, 0, 0, 99, 0, false }, "" },
	};
	struct intake_caps caps = intake_caps_of(NULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *cap = NULL;
		enum intake_place place =
		    intake_cap(caps, &rows[i].counts, &cap);
		assert_string_equal(cap, rows[i].cap);
		assert_int_equal(place,
		    rows[i].cap[0] == '\0' ? INTAKE_ACCEPT : INTAKE_QUEUE);
	}
	AUTO(value)
	json_t *policy =
	    json_pack("{s:{s:i}}", "intake", "open_per_new_reporter", 1);
	assert_int_equal(intake_caps_of(policy).new_open, 1);
	assert_int_equal(intake_caps_of(policy).address_day, 20);
}

/* I-10 */
static void
a_pause_has_an_end_and_exceptions(void **state)
{
	(void)state;
	static const struct {
		int64_t from, until, ended, now;
		bool paused;
	} rows[] = {
		{ 0, 0, 0, 50, false },
		{ 10, 90, 0, 9, false },
		{ 10, 90, 0, 10, true },
		{ 10, 90, 0, 89, true },
		{ 10, 90, 0, 90, false },
		{ 10, 90, 40, 39, true },
		{ 10, 90, 40, 40, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(intake_is_paused(rows[i].from, rows[i].until,
				     rows[i].ended, rows[i].now),
		    rows[i].paused);
	static const struct {
		struct intake_sender sender;
		bool never;
	} senders[] = {
		{ { 0 }, false },
		{ { .open_case = true }, true },
		{ { .exploited = true }, true },
		{ { .maker = true }, true },
		{ { .cna_csirt = true }, true },
	};
	for (size_t i = 0; i < COUNT(senders); i++)
		assert_int_equal(
		    intake_never_paused(&senders[i].sender), senders[i].never);
}

/* I-10 */
static void
a_pause_needs_reason_notice_and_end(void **state)
{
	(void)state;
	static const struct {
		const char *reason, *notice;
		int64_t days;
		const char *field;
	} rows[] = {
		{ "flood", "back soon", 30, "" },
		{ "", "back soon", 30, "reason" },
		{ "flood", " ", 30, "notice" },
		{ "flood", "back soon", 0, "until" },
		{ "flood", "back soon", 93, "until" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		bool ok = intake_pause_check(str_of(rows[i].reason),
		    str_of(rows[i].notice), WHEN_DAY,
		    WHEN_DAY + rows[i].days * WHEN_DAY, &err);
		assert_int_equal(ok, rows[i].field[0] == '\0');
		assert_string_equal(err.field, rows[i].field);
	}
}

/* V-26: each class leads to a pair of the table. */
static void
classes_lead_to_a_state_and_rm(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum machine_state state;
		const char *rm;
	} rows[INTAKE_CLASSES] = {
		{ "valid", MACHINE_ASSIGNED, "A" },
		{ "defense-in-depth", MACHINE_REJECTED, "D" },
		{ "info-only", MACHINE_REJECTED, "I" },
		{ "invalid", MACHINE_REJECTED, "I" },
		{ "probable-duplicate", MACHINE_REJECTED, "D" },
		{ "fix-already-public", MACHINE_TRIAGE, "V" },
		{ "upstream", MACHINE_ASSIGNED, "A" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct intake_class *got =
		    intake_class_find(str_of(rows[i].name));
		assert_ptr_equal(got, &intake_classes()[i]);
		assert_int_equal(got->state, rows[i].state);
		assert_string_equal(rm_name(got->rm), rows[i].rm);
		assert_true(cross_pair(got->state, got->rm));
	}
	assert_null(intake_class_find(STR("VALID")));
	assert_null(intake_class_find(STR("")));
}

/* I-13 I-17 */
static void
two_persons_agree_on_n10_and_n11(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		int64_t first, second;
		bool ok;
	} rows[] = {
		{ "N1", 5, 0, true },
		{ "", 5, 0, true },
		{ "N10", 5, 0, false },
		{ "N10", 5, 5, false },
		{ "N10", 5, 6, true },
		{ "N11", 5, 5, false },
		{ "N11", 5, 6, true },
		{ "N12", 5, 0, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		assert_int_equal(intake_reject_check(str_of(rows[i].id),
				     rows[i].first, rows[i].second, &err),
		    rows[i].ok);
	}
	assert_false(intake_offers_block(2));
	assert_true(intake_offers_block(3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_things_are_named),
		cmocka_unit_test(both_declarations_are_mandatory),
		cmocka_unit_test(capped_reports_are_queued_not_dropped),
		cmocka_unit_test(a_pause_has_an_end_and_exceptions),
		cmocka_unit_test(a_pause_needs_reason_notice_and_end),
		cmocka_unit_test(classes_lead_to_a_state_and_rm),
		cmocka_unit_test(two_persons_agree_on_n10_and_n11),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
