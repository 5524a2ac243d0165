#include "test.h"

#include "rules/calendar.h"

#include "core/when.h"
#include "value/value.h"

#define T0 (INT64_C(20000) * WHEN_DAY)
#define DAY(n) (T0 + (n)*WHEN_DAY)
#define HOUR(n) (T0 + (n)*WHEN_HOUR)

/* The row of one kind now; false when there is none. */
static bool
row(const char *object, const char *name, const struct calendar_facts *facts,
    int64_t now, struct calendar_row *ret)
{
	struct calendar_row rows[CALENDAR_RULES];
	size_t count =
	    calendar_rows(calendar_rules(), object, facts, now, rows);
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].rule->name, name) == 0) {
			*ret = rows[i];
			return true;
		}
	return false;
}

static void
the_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < CALENDAR_RULES; i++) {
		const struct calendar_rule *rule = &calendar_rules()[i];
		assert_non_null(rule->name);
		assert_true(rule->after > 0);
		assert_true(rule->start != CALENDAR_NEVER);
		assert_non_null(rule->who);
		assert_non_null(rule->source);
		for (size_t w = 0; w < CALENDAR_WARNINGS; w++)
			assert_true(rule->warn[w] <= rule->after);
		for (size_t other = 0; other < i; other++)
			assert_string_not_equal(
			    rule->name, calendar_rules()[other].name);
	}
}

/* P-03 P-04 P-12 I-39 */
static void
case_clocks_start_and_end_as_tabled(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum calendar_event start, done;
		int64_t hours;
	} rows[] = {
		{ "acknowledge", CALENDAR_RECEIVED, CALENDAR_ACKNOWLEDGED,
		    168 },
		{ "analyse", CALENDAR_RECEIVED, CALENDAR_ANALYSED, 168 },
		{ "respond", CALENDAR_RECEIVED, CALENDAR_ACKNOWLEDGED, 336 },
		{ "decide_embargo", CALENDAR_TRIAGED, CALENDAR_DECIDED, 336 },
		{ "notice_t1", CALENDAR_ASSIGNED, CALENDAR_ALERTED, 48 },
		{ "list", CALENDAR_LISTED, CALENDAR_DISCLOSED, 336 },
		{ "fix", CALENDAR_RECEIVED, CALENDAR_FIX_AVAILABLE, 720 },
		{ "makers", CALENDAR_FIX_AVAILABLE, CALENDAR_DISCLOSED, 1440 },
		{ "disclose", CALENDAR_RECEIVED, CALENDAR_DISCLOSED, 2160 },
		{ "maximum", CALENDAR_RECEIVED, CALENDAR_DISCLOSED, 2160 },
		{ "reporter_answer", CALENDAR_ASKED, CALENDAR_ANSWERED, 720 },
		{ "will_assign", CALENDAR_ASSIGN_ASKED,
		    CALENDAR_ASSIGN_ANSWERED, 72 },
		{ "cve_record", CALENDAR_DISCLOSED, CALENDAR_CVE_PUBLISHED,
		    24 },
		{ "cve_record_latest", CALENDAR_DISCLOSED,
		    CALENDAR_CVE_PUBLISHED, 72 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct calendar_facts facts = { .embargoed = true };
		struct calendar_row got;
		assert_false(row("case", rows[i].name, &facts, T0, &got));
		facts.at[rows[i].start] = T0;
		assert_true(row("case", rows[i].name, &facts, T0, &got));
		assert_int_equal(got.due_at, HOUR(rows[i].hours));
		assert_int_equal(got.state, CALENDAR_WAITING);
		assert_true(row("case", rows[i].name, &facts,
		    HOUR(rows[i].hours) + 1, &got));
		assert_int_equal(got.state, CALENDAR_LATE);
		facts.at[rows[i].done] = HOUR(2);
		assert_true(row("case", rows[i].name, &facts, DAY(999), &got));
		assert_int_equal(got.state, CALENDAR_DONE);
		assert_int_equal(got.done_at, HOUR(2));
		assert_int_equal(got.next_warn, 0);
	}
}

/* I-39: day 3, 5, 7, then daily. */
static void
reminders_come_in_order(void **state)
{
	(void)state;
	static const struct {
		int64_t now, next;
		enum calendar_state state;
	} rows[] = {
		{ 0, 72, CALENDAR_WAITING },
		{ 71, 72, CALENDAR_WAITING },
		{ 72, 120, CALENDAR_SOON },
		{ 121, 168, CALENDAR_SOON },
		{ 168, 192, CALENDAR_SOON },
		{ 169, 192, CALENDAR_LATE },
		{ 192, 216, CALENDAR_LATE },
	};
	struct calendar_facts facts = { .at = { [CALENDAR_RECEIVED] = T0 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct calendar_row got;
		assert_true(row(
		    "case", "acknowledge", &facts, HOUR(rows[i].now), &got));
		assert_int_equal(got.state, rows[i].state);
		assert_int_equal(
		    got.next_warn, rows[i].next == 0 ? 0 : HOUR(rows[i].next));
	}
}

/* P-63 P-13 */
static void
an_embargo_end_replaces_the_90_days_and_alarms_hourly(void **state)
{
	(void)state;
	struct calendar_facts facts = { .at = { [CALENDAR_RECEIVED] = T0,
					    [CALENDAR_EMBARGO_END] = DAY(40) },
		.embargoed = true };
	struct calendar_row got;
	assert_true(row("case", "disclose", &facts, DAY(20), &got));
	assert_int_equal(got.due_at, DAY(40));
	assert_int_equal(got.next_warn, DAY(26));
	assert_true(row("case", "disclose", &facts, DAY(39), &got));
	assert_int_equal(got.state, CALENDAR_SOON);
	assert_true(
	    row("case", "disclose", &facts, DAY(40) + WHEN_MINUTE, &got));
	assert_int_equal(got.state, CALENDAR_LATE);
	assert_int_equal(got.next_warn, DAY(40) + WHEN_HOUR);
	facts.at[CALENDAR_EMBARGO_END] = DAY(120); /* by quorum */
	assert_true(row("case", "disclose", &facts, DAY(100), &got));
	assert_int_equal(got.due_at, DAY(120));
	assert_true(row("case", "maximum", &facts, DAY(100), &got));
	assert_int_equal(got.state, CALENDAR_LATE);
}

/* process.md section 3: from the fix, at latest day 30. */
static void
the_makers_60_days_begin_by_day_30(void **state)
{
	(void)state;
	static const struct {
		int64_t fix, due;
	} rows[] = { { 0, 90 }, { 10, 70 }, { 30, 90 }, { 50, 90 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct calendar_facts facts = {
			.at = { [CALENDAR_RECEIVED] = T0 }, .embargoed = true
		};
		if (rows[i].fix != 0)
			facts.at[CALENDAR_FIX_AVAILABLE] = DAY(rows[i].fix);
		struct calendar_row got;
		assert_true(row("case", "makers", &facts, T0, &got));
		assert_int_equal(got.due_at, DAY(rows[i].due));
	}
}

/* I-10 */
static void
a_pause_moves_the_seven_days_only(void **state)
{
	(void)state;
	static const struct {
		int64_t received;
		bool never;
		int64_t due;
	} rows[] = {
		{ 0, false, 7 },   /* before the pause */
		{ 1, false, 27 },  /* as it begins */
		{ 19, false, 27 }, /* in it */
		{ 20, false, 27 }, /* as it ends */
		{ 25, false, 32 }, /* after it */
		{ 5, true, 12 },   /* exploited: never paused */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct calendar_facts facts = { .pause_from = DAY(1),
			.pause_until = DAY(20),
			.never_paused = rows[i].never };
		facts.at[CALENDAR_RECEIVED] = DAY(rows[i].received);
		struct calendar_row got;
		assert_true(row("case", "acknowledge", &facts, T0, &got));
		assert_int_equal(got.due_at, DAY(rows[i].due));
		assert_true(row("case", "analyse", &facts, T0, &got));
		assert_int_equal(got.due_at, DAY(rows[i].due));
		assert_true(row("case", "respond", &facts, T0, &got));
		assert_int_equal(got.due_at, DAY(rows[i].received + 14));
		assert_true(row("case", "disclose", &facts, T0, &got));
		assert_int_equal(got.due_at, DAY(rows[i].received + 90));
	}
}

/* I-39 */
static void
the_next_meeting_may_be_earlier_never_later(void **state)
{
	(void)state;
	struct calendar_facts facts = {
		.at = { [CALENDAR_TRIAGED] = T0, [CALENDAR_MEETING] = DAY(6) }
	};
	struct calendar_row got;
	assert_true(row("case", "decide_embargo", &facts, T0, &got));
	assert_int_equal(got.due_at, DAY(6));
	facts.at[CALENDAR_MEETING] = DAY(20);
	assert_true(row("case", "decide_embargo", &facts, T0, &got));
	assert_int_equal(got.due_at, DAY(14));
}

/* I-14: a new question opens the row again. */
static void
a_question_asked_again_is_open_again(void **state)
{
	(void)state;
	struct calendar_facts facts = { .at = { [CALENDAR_ASKED] = DAY(9),
					    [CALENDAR_ANSWERED] = DAY(4) } };
	struct calendar_row got;
	assert_true(row("case", "reporter_answer", &facts, DAY(10), &got));
	assert_int_equal(got.done_at, 0);
	assert_int_equal(got.due_at, DAY(39));
}

static void
closed_and_open_cases_are_not_chased(void **state)
{
	(void)state;
	struct calendar_facts facts = { .at = {
					    [CALENDAR_RECEIVED] = T0,
					    [CALENDAR_ACKNOWLEDGED] = DAY(1),
					    [CALENDAR_ASSIGNED] = DAY(2),
					} };
	struct calendar_row got;
	assert_false(row("case", "notice_t1", &facts, DAY(3), &got));
	assert_false(row("case", "makers", &facts, DAY(3), &got));
	assert_true(row("case", "fix", &facts, DAY(3), &got));
	facts.at[CALENDAR_CLOSED] = DAY(3);
	assert_false(row("case", "fix", &facts, DAY(4), &got));
	assert_true(row("case", "acknowledge", &facts, DAY(4), &got));
}

/* R-12 R-13 R-21 R-23 R-26 R-27 */
static void
maker_clocks(void **state)
{
	(void)state;
	static const struct {
		const char *object, *name;
		enum calendar_event start, done;
		int64_t days, warn;
	} rows[] = {
		{ "maker", "application", CALENDAR_SUBMITTED,
		    CALENDAR_MAKER_DECIDED, 30, 20 },
		{ "maker", "review", CALENDAR_REVIEWED, CALENDAR_NEVER, 365,
		    335 },
		{ "maker", "challenge", CALENDAR_CHALLENGED,
		    CALENDAR_CHALLENGE_ANSWERED, 7, 3 },
		{ "maker", "unreachable", CALENDAR_UNREACHABLE,
		    CALENDAR_CHALLENGE_ANSWERED, 14, 7 },
		{ "maker", "suspension", CALENDAR_SUSPENDED, CALENDAR_SETTLED,
		    14, 10 },
		{ "notice", "statement", CALENDAR_NOTIFIED, CALENDAR_STATED, 14,
		    3 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct calendar_facts facts = { 0 };
		facts.at[rows[i].start] = T0;
		struct calendar_row got;
		assert_true(
		    row(rows[i].object, rows[i].name, &facts, T0, &got));
		assert_int_equal(got.due_at, DAY(rows[i].days));
		assert_int_equal(got.next_warn, DAY(rows[i].warn));
		if (rows[i].done == CALENDAR_NEVER)
			continue;
		facts.at[rows[i].done] = DAY(1);
		assert_true(
		    row(rows[i].object, rows[i].name, &facts, DAY(2), &got));
		assert_int_equal(got.state, CALENDAR_DONE);
	}
	struct calendar_facts facts = { .at = { [CALENDAR_REVIEWED] = T0,
					    [CALENDAR_REVIEW_AT] = DAY(180) } };
	struct calendar_row got;
	assert_true(row("maker", "review", &facts, T0, &got));
	assert_int_equal(got.due_at, DAY(180));
	facts.at[CALENDAR_REVIEW_AT] = DAY(700); /* never beyond 12 months */
	assert_true(row("maker", "review", &facts, T0, &got));
	assert_int_equal(got.due_at, DAY(365));
}

static void
rows_come_by_due_instant(void **state)
{
	(void)state;
	struct calendar_facts facts = { .embargoed = true };
	for (size_t i = 1; i < CALENDAR_EVENTS; i++)
		facts.at[i] = T0 + (int64_t)(i * 7 % 31) * WHEN_DAY;
	facts.at[CALENDAR_CLOSED] = 0;
	struct calendar_row rows[CALENDAR_RULES];
	size_t count =
	    calendar_rows(calendar_rules(), "case", &facts, DAY(50), rows);
	assert_true(count > 10);
	for (size_t i = 1; i < count; i++)
		assert_true(rows[i - 1].due_at <= rows[i].due_at);
}

static const char own_policy[] =
    "{\"limits\":[{\"name\":\"fix\",\"days\":14,\"hours\":0,"
    "\"warn\":[\"1\",2],\"ahead\":true,\"remind\":\"lead\"},"
    "{\"name\":\"will_assign\",\"hours\":24}]}";

/* P-01 P-12 */
static void
the_policy_sets_lengths_and_persons(void **state)
{
	(void)state;
	struct calendar_rule rules[CALENDAR_RULES];
	struct err err;
	assert_true(calendar_rules_of(NULL, rules, &err));
	assert_memory_equal(rules, calendar_rules(), sizeof(rules));
	AUTO(value) json_t *policy = NULL;
	assert_true(value_parse(str_of(own_policy), 400, &policy, &err));
	assert_true(calendar_rules_of(policy, rules, &err));
	struct calendar_facts facts = { .at = { [CALENDAR_RECEIVED] = T0 } };
	struct calendar_row rows[CALENDAR_RULES];
	size_t count = calendar_rows(rules, "case", &facts, DAY(8), rows);
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].rule->name, "fix") == 0) {
			assert_int_equal(rows[i].due_at, DAY(14));
			assert_int_equal(rows[i].next_warn, DAY(12));
			assert_string_equal(rows[i].rule->who, "lead");
			return;
		}
	fail();
}

static void
a_wrong_policy_is_refused_whole(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"{\"limits\":[{\"name\":\"fiks\",\"days\":3}]}",
		"{\"limits\":[{\"days\":3}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":0}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":-1}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":4000}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":\"3\"}]}",
		"{\"limits\":[{\"name\":\"fix\",\"hours\":99999999999}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":3,\"warn\":[1,2,3,4,5]"
		"}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":3,\"warn\":[0]}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":3,\"warn\":3}]}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":3,\"warn\":[\"-1\"]}]"
		"}",
		"{\"limits\":[{\"name\":\"fix\",\"days\":3,\"warn\":["
		"9999999999]}]}",
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *policy = NULL;
		assert_true(value_parse(str_of(wrong[i]), 200, &policy, &err));
		struct calendar_rule rules[CALENDAR_RULES] = { 0 };
		assert_false(calendar_rules_of(policy, rules, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_null(rules[0].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(case_clocks_start_and_end_as_tabled),
		cmocka_unit_test(reminders_come_in_order),
		cmocka_unit_test(
		    an_embargo_end_replaces_the_90_days_and_alarms_hourly),
		cmocka_unit_test(the_makers_60_days_begin_by_day_30),
		cmocka_unit_test(a_pause_moves_the_seven_days_only),
		cmocka_unit_test(the_next_meeting_may_be_earlier_never_later),
		cmocka_unit_test(a_question_asked_again_is_open_again),
		cmocka_unit_test(closed_and_open_cases_are_not_chased),
		cmocka_unit_test(maker_clocks),
		cmocka_unit_test(rows_come_by_due_instant),
		cmocka_unit_test(the_policy_sets_lengths_and_persons),
		cmocka_unit_test(a_wrong_policy_is_refused_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
