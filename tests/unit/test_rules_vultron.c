#include "test.h"

#include "rules/vultron.h"

#include "core/when.h"

/* Row per state: the letter each event leads to, '-' refused. V-34a */
static void
rm_pairs_are_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[RM_STATES] = {
		/* receive validate invalidate accept defer close */
		[RM_START] = "R-----",
		[RM_RECEIVED] = "-VI---",
		[RM_INVALID] = "-V---C",
		[RM_VALID] = "---AD-",
		[RM_ACCEPTED] = "----DC",
		[RM_DEFERRED] = "---A-C",
		[RM_CLOSED] = "------",
	};
	size_t edges = 0;
	for (size_t from = 0; from < RM_STATES; from++)
		for (size_t event = 0; event < RM_EVENTS; event++) {
			enum rm to = RM_START;
			struct err err = { 0 };
			bool ok = rm_step(
			    (enum rm)from, (enum rm_event)event, &to, &err);
			assert_int_equal(ok, rows[from][event] != '-');
			if (!ok) {
				assert_int_equal(err.kind, ERR_CONFLICT);
				assert_int_equal(to, RM_START);
				continue;
			}
			edges++;
			assert_int_equal(rm_name(to)[0], rows[from][event]);
		}
	assert_int_equal(edges, 11);
}

/* V-02 V-03 V-34a */
static void
a_valid_report_is_deferred_before_it_is_closed(void **state)
{
	(void)state;
	enum rm at = RM_VALID;
	struct err err;
	assert_false(rm_step(at, RM_CLOSE, &at, &err));
	assert_false(rm_step(at, RM_INVALIDATE, &at, &err));
	assert_true(rm_step(at, RM_DEFER, &at, &err));
	assert_true(rm_step(at, RM_CLOSE, &at, &err));
	assert_int_equal(at, RM_CLOSED);
}

/* V-06 */
static void
statements_jump_forward_never_back(void **state)
{
	(void)state;
	static const struct {
		enum rm from, to;
		bool ok, skipped;
	} rows[] = {
		{ RM_START, RM_RECEIVED, true, false },
		{ RM_START, RM_ACCEPTED, true, true },
		{ RM_RECEIVED, RM_CLOSED, true, true },
		{ RM_INVALID, RM_VALID, true, false },
		{ RM_ACCEPTED, RM_DEFERRED, true, false },
		{ RM_ACCEPTED, RM_ACCEPTED, true, false },
		{ RM_ACCEPTED, RM_VALID, false, false },
		{ RM_CLOSED, RM_ACCEPTED, false, false },
		{ RM_VALID, RM_RECEIVED, false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool skipped = false;
		struct err err;
		assert_int_equal(
		    rm_state_claimed(rows[i].from, rows[i].to, &skipped, &err),
		    rows[i].ok);
		assert_int_equal(skipped, rows[i].skipped);
	}
}

/* V-07 V-34a */
static void
em_pairs_are_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[EM_STATES] = {
		/* propose reject accept terminate */
		[EM_NONE] = "P---",
		[EM_PROPOSED] = "PNA-",
		[EM_ACTIVE] = "R--X",
		[EM_REVISE] = "RAAX",
		[EM_EXITED] = "----",
	};
	size_t edges = 0;
	for (size_t from = 0; from < EM_STATES; from++)
		for (size_t event = 0; event < EM_EVENTS; event++) {
			enum em to = EM_NONE;
			struct err err = { 0 };
			bool ok = em_step(
			    (enum em)from, (enum em_event)event, &to, &err);
			assert_int_equal(ok, rows[from][event] != '-');
			if (!ok) {
				assert_int_equal(err.kind, ERR_CONFLICT);
				continue;
			}
			edges++;
			assert_int_equal(em_name(to)[0], rows[from][event]);
		}
	/* reject and accept from revise lead to one state: 10 edges. */
	assert_int_equal(edges, 10);
	assert_true(em_in_force(EM_ACTIVE) && em_in_force(EM_REVISE));
	assert_false(em_in_force(EM_NONE) || em_in_force(EM_PROPOSED) ||
		     em_in_force(EM_EXITED));
}

/* V-09 */
static void
the_shortest_proposal_comes_first(void **state)
{
	(void)state;
	static const int64_t ends[] = { 30, 10, 20, 10 };
	assert_int_equal(em_shortest(ends, COUNT(ends)), 1);
	assert_int_equal(em_shortest(ends, 1), 0);
}

/* V-34a */
static void
pec_pairs_are_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[PEC_STATES] = {
		/* invite accept decline revise reset */
		[PEC_NO_EMBARGO] = "isd-n",
		[PEC_INVITED] = "-sd-n",
		[PEC_SIGNATORY] = "---ln",
		[PEC_LAPSED] = "isd-n",
		[PEC_DECLINED] = "i---n",
	};
	for (size_t from = 0; from < PEC_STATES; from++)
		for (size_t event = 0; event < PEC_EVENTS; event++) {
			enum pec to = PEC_NO_EMBARGO;
			struct err err = { 0 };
			bool ok = pec_step(
			    (enum pec)from, (enum pec_event)event, &to, &err);
			assert_int_equal(ok, rows[from][event] != '-');
			if (ok)
				assert_int_equal(
				    pec_name(to)[0], rows[from][event]);
			else
				assert_int_equal(err.kind, ERR_CONFLICT);
		}
}

/* V-19 */
static void
silence_declines_when_its_time_has_passed(void **state)
{
	(void)state;
	assert_int_equal(pec_now(PEC_INVITED, 100, 100), PEC_INVITED);
	assert_int_equal(pec_now(PEC_INVITED, 100, 101), PEC_DECLINED);
	assert_int_equal(pec_now(PEC_INVITED, 0, 101), PEC_INVITED);
	assert_int_equal(pec_now(PEC_SIGNATORY, 100, 999), PEC_SIGNATORY);
	assert_int_equal(pec_now(PEC_LAPSED, 100, 999), PEC_LAPSED);
	assert_int_equal(pec_accepts(2, 2), PEC_HONOUR);
	assert_int_equal(pec_accepts(2, 3), PEC_INVITE_AGAIN);
}

/* V-19 */
static void
answer_windows_have_a_floor_and_a_default(void **state)
{
	(void)state;
	int64_t at = 1000 * WHEN_DAY;
	static const struct {
		int64_t wanted_hours, got_hours;
	} rows[] = { { 0, 168 }, { 1, 48 }, { 48, 48 }, { 47, 48 },
		{ 500, 500 }, { -5, 48 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t wanted = rows[i].wanted_hours == 0
				     ? 0
				     : at + rows[i].wanted_hours * WHEN_HOUR;
		assert_int_equal(pec_answer_by(PEC_WINDOW, at, wanted),
		    at + rows[i].got_hours * WHEN_HOUR);
	}
}

/* V-18 V-34e */
static void
embargo_steps_reach_every_participant(void **state)
{
	(void)state;
	static const struct {
		enum em from, to;
		enum pec state;
		int event; /* -1: none */
	} rows[] = {
		{ EM_ACTIVE, EM_REVISE, PEC_SIGNATORY, PEC_REVISE },
		{ EM_ACTIVE, EM_REVISE, PEC_INVITED, -1 },
		{ EM_REVISE, EM_REVISE, PEC_LAPSED, -1 },
		{ EM_REVISE, EM_EXITED, PEC_LAPSED, PEC_RESET },
		{ EM_ACTIVE, EM_EXITED, PEC_DECLINED, PEC_RESET },
		{ EM_PROPOSED, EM_NONE, PEC_INVITED, PEC_RESET },
		{ EM_NONE, EM_PROPOSED, PEC_NO_EMBARGO, -1 },
		{ EM_PROPOSED, EM_ACTIVE, PEC_SIGNATORY, -1 },
		{ EM_REVISE, EM_ACTIVE, PEC_LAPSED, -1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum pec_event event = PEC_INVITE;
		bool fires = pec_from_em(
		    rows[i].from, rows[i].to, rows[i].state, &event);
		assert_int_equal(fires, rows[i].event >= 0);
		if (fires)
			assert_int_equal((int)event, rows[i].event);
	}
	assert_int_equal(pec_after_rejection(1, 1), PEC_ACCEPT);
	assert_int_equal(pec_after_rejection(0, 1), PEC_INVITE);
}

/* V-17 */
static void
only_signatories_receive(void **state)
{
	(void)state;
	for (size_t i = 0; i < PEC_STATES; i++)
		assert_int_equal(
		    pec_may_receive((enum pec)i), i == PEC_SIGNATORY);
}

static void
names_are_found_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < RM_STATES; i++) {
		enum rm got = RM_START;
		assert_true(rm_find(str_of(rm_name((enum rm)i)), &got));
		assert_int_equal(got, i);
		assert_true(rm_label(got)[0] != '\0');
	}
	for (size_t i = 0; i < EM_STATES; i++) {
		enum em got = EM_NONE;
		assert_true(em_find(str_of(em_name((enum em)i)), &got));
		assert_int_equal(got, i);
		assert_true(em_label(got)[0] != '\0');
	}
	for (size_t i = 0; i < PEC_STATES; i++) {
		enum pec got = PEC_NO_EMBARGO;
		assert_true(pec_find(str_of(pec_name((enum pec)i)), &got));
		assert_int_equal(got, i);
	}
	enum rm rm;
	enum em em;
	enum pec pec;
	assert_false(rm_find(STR("X"), &rm));
	assert_false(em_find(STR("n"), &em));
	assert_false(pec_find(STR(""), &pec));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rm_pairs_are_as_tabled),
		cmocka_unit_test(
		    a_valid_report_is_deferred_before_it_is_closed),
		cmocka_unit_test(statements_jump_forward_never_back),
		cmocka_unit_test(em_pairs_are_as_tabled),
		cmocka_unit_test(the_shortest_proposal_comes_first),
		cmocka_unit_test(pec_pairs_are_as_tabled),
		cmocka_unit_test(silence_declines_when_its_time_has_passed),
		cmocka_unit_test(answer_windows_have_a_floor_and_a_default),
		cmocka_unit_test(embargo_steps_reach_every_participant),
		cmocka_unit_test(only_signatories_receive),
		cmocka_unit_test(names_are_found_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
