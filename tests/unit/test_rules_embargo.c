#include "test.h"

#include "rules/embargo.h"

#include "core/when.h"
#include "rules/cs.h"
#include "value/value.h"

#define DAY(n) (INT64_C(20000) * WHEN_DAY + (n)*WHEN_DAY)

static const struct embargo_policy policy = { 4, 90, false };

static const char *const four[] = { "Ada", "Ben", "Cyd", "Dan" };
static const char *const twice[] = { "Ada", "Ben", "Cyd", " ada ", "BEN" };
static const char *const blanks[] = { "Ada", "Ben", "Cyd", "", "  " };

static struct embargo_decision
decision(void)
{
	return (struct embargo_decision){ .meeting_at = DAY(3),
		.attendees = four,
		.count = COUNT(four),
		.severity = "high",
		.exploitability = "remote",
		.reason = "no fix yet",
		.embargo = true,
		.ends_at = DAY(60) };
}

/* P-15 */
static void
a_decision_needs_distinct_attendees(void **state)
{
	(void)state;
	static const struct {
		const char *const *names;
		size_t count, distinct;
		bool ok;
	} rows[] = {
		{ four, 4, 4, true },
		{ four, 3, 3, false },
		{ twice, 5, 3, false },
		{ blanks, 5, 3, false },
		{ NULL, 0, 0, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct embargo_decision what = decision();
		what.attendees = rows[i].names;
		what.count = rows[i].count;
		struct err err = { 0 };
		assert_int_equal(
		    embargo_attendees(rows[i].names, rows[i].count),
		    rows[i].distinct);
		assert_int_equal(
		    embargo_check(policy, DAY(0), DAY(5), &what, &err),
		    rows[i].ok);
		if (!rows[i].ok)
			assert_string_equal(err.field, "attendees");
	}
}

/* P-15 P-14 */
static void
a_decision_needs_all_its_parts(void **state)
{
	(void)state;
	struct embargo_decision rows[9];
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = decision();
	static const char *const fields[] = { "", "meeting_at", "meeting_at",
		"severity", "exploitability", "reason", "ends_at", "ends_at",
		"" };
	rows[1].meeting_at = DAY(-1);
	rows[2].meeting_at = DAY(6);
	rows[3].severity = " ";
	rows[4].exploitability = NULL;
	rows[5].reason = "";
	rows[6].ends_at = DAY(5);
	rows[7].embargo = false;
	rows[8].ends_at = DAY(120); /* beyond the maximum, but by quorum */
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		bool ok = embargo_check(policy, DAY(0), DAY(5), &rows[i], &err);
		assert_int_equal(ok, fields[i][0] == '\0');
		assert_string_equal(err.field, fields[i]);
	}
	struct embargo_decision none = decision();
	struct err err;
	none.embargo = false;
	none.ends_at = 0;
	assert_true(embargo_check(policy, DAY(0), DAY(5), &none, &err));
}

/* P-13 */
static void
ends_are_instants_not_dates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
	} rows[] = { { "2026-12-01T15:00:00Z", true },
		{ "2026-12-01T15:00:00+02:00", true }, { "2026-12-01", false },
		{ "2026-12-01T15:00:00", false }, { "tomorrow", false },
		{ "", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t when = 5;
		struct err err = { 0 };
		assert_int_equal(
		    embargo_parse_end(str_of(rows[i].text), &when, &err),
		    rows[i].ok);
		assert_int_equal(when == 5, !rows[i].ok);
	}
}

/* P-14 P-18 */
static void
moves_beyond_the_maximum_need_a_quorum(void **state)
{
	(void)state;
	struct embargo_decision quorum = decision();
	quorum.ends_at = DAY(120);
	struct embargo_decision few = quorum;
	few.count = 3;
	struct embargo_decision other = quorum;
	other.ends_at = DAY(110);
	const struct {
		enum em em;
		struct embargo_move move;
		enum err_kind kind;
	} rows[] = {
		{ EM_ACTIVE, { DAY(60), DAY(80), "slow", NULL }, ERR_NONE },
		{ EM_ACTIVE, { DAY(60), DAY(90), "slow", NULL }, ERR_NONE },
		{ EM_REVISE, { DAY(60), DAY(40), "early", NULL }, ERR_NONE },
		{ EM_PROPOSED, { DAY(60), DAY(40), "early", NULL }, ERR_NONE },
		{ EM_ACTIVE, { DAY(60), DAY(90) + 1, "slow", NULL },
		    ERR_DENIED },
		{ EM_ACTIVE, { DAY(60), DAY(120), "slow", &quorum }, ERR_NONE },
		{ EM_ACTIVE, { DAY(60), DAY(120), "slow", &few }, ERR_INVALID },
		{ EM_ACTIVE, { DAY(60), DAY(120), "slow", &other },
		    ERR_DENIED },
		{ EM_ACTIVE, { DAY(60), DAY(80), "", NULL }, ERR_INVALID },
		{ EM_ACTIVE, { DAY(60), DAY(60), "why", NULL }, ERR_INVALID },
		{ EM_ACTIVE, { DAY(60), DAY(5), "why", NULL }, ERR_INVALID },
		{ EM_ACTIVE, { DAY(60), INT64_MAX, "why", NULL }, ERR_INVALID },
		{ EM_NONE, { DAY(60), DAY(80), "why", NULL }, ERR_CONFLICT },
		{ EM_EXITED, { DAY(60), DAY(80), "why", NULL }, ERR_CONFLICT },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		bool ok = embargo_move_check(
		    policy, rows[i].em, DAY(0), DAY(5), &rows[i].move, &err);
		assert_int_equal(ok, rows[i].kind == ERR_NONE);
		assert_int_equal(err.kind, rows[i].kind);
	}
}

/* P-18 V-34e */
static void
the_old_end_is_in_force_until_the_new_is_accepted(void **state)
{
	(void)state;
	enum em em = EM_ACTIVE;
	struct err err;
	assert_true(em_step(em, EM_PROPOSE, &em, &err));
	assert_int_equal(embargo_end(em, DAY(60)), DAY(60));
	assert_true(em_step(em, EM_REJECT, &em, &err));
	assert_int_equal(embargo_end(em, DAY(60)), DAY(60));
	assert_int_equal(embargo_end(EM_PROPOSED, DAY(60)), 0);
	assert_int_equal(embargo_end(EM_EXITED, DAY(60)), 0);
}

/* P-16 P-63 */
static void
undecided_means_embargoed(void **state)
{
	(void)state;
	static const struct {
		bool decided;
		enum em em;
		bool disclosed, on, over; /* over: one day after the end */
	} rows[] = {
		{ false, EM_NONE, false, true, false },
		{ true, EM_NONE, false, false, true },
		{ false, EM_PROPOSED, false, true, false },
		{ true, EM_PROPOSED, false, true, false },
		{ true, EM_ACTIVE, false, true, true },
		{ true, EM_REVISE, false, true, true },
		{ true, EM_EXITED, false, false, true },
		{ true, EM_ACTIVE, true, false, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(embargo_is_on(rows[i].decided, rows[i].em,
				     rows[i].disclosed),
		    rows[i].on);
		assert_int_equal(embargo_is_over(rows[i].decided, rows[i].em,
				     DAY(60), DAY(61)),
		    rows[i].over);
	}
	assert_false(embargo_is_over(true, EM_ACTIVE, DAY(60), DAY(59)));
	assert_true(embargo_is_overdue(EM_ACTIVE, DAY(60), DAY(60)));
	assert_false(embargo_is_overdue(EM_ACTIVE, DAY(60), DAY(60) - 1));
	assert_false(embargo_is_overdue(EM_EXITED, DAY(60), DAY(61)));
	assert_false(embargo_is_overdue(EM_ACTIVE, 0, DAY(61)));
}

/* P-12 V-22 */
static void
numbers_come_from_the_policy(void **state)
{
	(void)state;
	struct embargo_policy usual = embargo_policy_of(NULL);
	assert_int_equal(usual.quorum, 4);
	assert_int_equal(usual.maximum_days, 90);
	assert_false(usual.public_fix_counts_as_p);
	AUTO(value)
	json_t *value = json_pack("{s:i,s:i,s:b}", "quorum", 2, "maximum_days",
	    14, "public_fix_counts_as_P", 1);
	struct embargo_policy own = embargo_policy_of(value);
	assert_int_equal(own.quorum, 2);
	assert_true(own.public_fix_counts_as_p);
	assert_int_equal(embargo_maximum(own, DAY(0)), DAY(14));
}

/* V-21 */
static void
ends_have_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < EMBARGO_REASONS; i++) {
		const struct embargo_reason *reason = &embargo_reasons()[i];
		assert_ptr_equal(
		    embargo_reason_find(str_of(reason->name)), reason);
	}
	assert_null(embargo_reason_find(STR("bored")));
	assert_null(embargo_reason_of(CS_V));
	assert_string_equal(embargo_reason_of(CS_P)->name, "public");
	assert_string_equal(embargo_reason_of(CS_P | CS_X)->name, "exploit");
	assert_string_equal(embargo_reason_of(CS_A)->name, "attacks");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decision_needs_distinct_attendees),
		cmocka_unit_test(a_decision_needs_all_its_parts),
		cmocka_unit_test(ends_are_instants_not_dates),
		cmocka_unit_test(moves_beyond_the_maximum_need_a_quorum),
		cmocka_unit_test(
		    the_old_end_is_in_force_until_the_new_is_accepted),
		cmocka_unit_test(undecided_means_embargoed),
		cmocka_unit_test(numbers_come_from_the_policy),
		cmocka_unit_test(ends_have_reasons),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
