#include "test.h"

#include "rules/cross.h"
#include "rules/message.h"

/* X1 V-20 V-34c */
static void
x1_embargo_events_need_nothing_public(void **state)
{
	(void)state;
	static const struct {
		enum em em;
		enum em_event event;
		unsigned pxa;
		enum cross_verdict verdict;
		enum em_event answer;
	} rows[] = {
		{ EM_NONE, EM_PROPOSE, 0, CROSS_ALLOW, 0 },
		{ EM_PROPOSED, EM_ACCEPT, 0, CROSS_ALLOW, 0 },
		{ EM_NONE, EM_PROPOSE, CS_P, CROSS_REFUSE, EM_REJECT },
		{ EM_PROPOSED, EM_ACCEPT, CS_A, CROSS_REFUSE, EM_REJECT },
		{ EM_ACTIVE, EM_PROPOSE, CS_A, CROSS_REFUSE, EM_TERMINATE },
		{ EM_REVISE, EM_ACCEPT, CS_P | CS_X, CROSS_REFUSE,
		    EM_TERMINATE },
		{ EM_PROPOSED, EM_REJECT, CS_P, CROSS_ALLOW, 0 },
		{ EM_ACTIVE, EM_TERMINATE, CS_X, CROSS_ALLOW, 0 },
		{ EM_ACTIVE, EM_PROPOSE, CS_V | CS_F, CROSS_ALLOW, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cross got =
		    cross_embargo(rows[i].em, rows[i].event, rows[i].pxa);
		assert_int_equal(got.verdict, rows[i].verdict);
		assert_string_equal(got.rule, "X1");
		assert_int_equal(got.answers, got.verdict == CROSS_REFUSE);
		if (got.answers)
			assert_int_equal(got.event, rows[i].answer);
	}
}

/* X2 V-20 V-21 V-34c V-34f */
static void
x2_public_facts_end_the_embargo(void **state)
{
	(void)state;
	for (size_t em = 0; em < EM_STATES; em++)
		for (unsigned facts = 0; facts < 8; facts++) {
			unsigned pxa = facts << 3;
			struct cross got = cross_facts((enum em)em, pxa);
			bool shall = (pxa & (CS_P | CS_X)) != 0;
			bool bound = em == EM_PROPOSED || em == EM_ACTIVE ||
				     em == EM_REVISE;
			enum cross_verdict want =
			    !bound || pxa == 0
				? CROSS_ALLOW
				: (shall ? CROSS_ACT : CROSS_PROPOSE);
			assert_int_equal(got.verdict, want);
			if (want == CROSS_ALLOW)
				continue;
			enum em to = EM_NONE;
			struct err err;
			assert_true(em_step((enum em)em, got.event, &to, &err));
			assert_int_equal(
			    to, em == EM_PROPOSED ? EM_NONE : EM_EXITED);
		}
}

/* X3 V-34c */
static void
x3_a_fix_needs_an_accepted_report(void **state)
{
	(void)state;
	for (size_t rm = 0; rm < RM_STATES; rm++)
		assert_int_equal(cross_fix_ready((enum rm)rm).verdict,
		    strchr("ADC", rm_name((enum rm)rm)[0]) != NULL
			? CROSS_ALLOW
			: CROSS_REFUSE);
}

/* X4 X5 V-31 V-34c */
static void
x4_x5_viability_of_an_embargo(void **state)
{
	(void)state;
	static const struct {
		const char *state;
		enum cross_verdict start;
	} rows[] = {
		{ "vfdpxa", CROSS_ALLOW },
		{ "Vfdpxa", CROSS_ALLOW },
		{ "VFdpxa", CROSS_CAUTION },
		{ "VFDpxa", CROSS_PROPOSE },
		{ "VfdPxa", CROSS_REFUSE },
		{ "VfdpxA", CROSS_REFUSE },
		{ "VFDPXA", CROSS_REFUSE },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned at = 0;
		assert_true(cs_parse(str_of(rows[i].state), &at));
		assert_int_equal(cross_start(at).verdict, rows[i].start);
	}
	assert_int_equal(cross_keep(EM_ACTIVE, CS_V).verdict, CROSS_ALLOW);
	assert_int_equal(cross_keep(EM_ACTIVE, CS_VFD).verdict, CROSS_CAUTION);
	assert_int_equal(cross_keep(EM_ACTIVE, CS_V | CS_P).verdict, CROSS_ACT);
}

/* X6 X8 X9 V-04 V-34c */
static void
x6_x8_x9_people(void **state)
{
	(void)state;
	for (size_t pec = 0; pec < PEC_STATES; pec++) {
		assert_int_equal(
		    cross_share(true, RM_ACCEPTED, (enum pec)pec).verdict,
		    pec == PEC_SIGNATORY ? CROSS_ALLOW : CROSS_REFUSE);
		assert_int_equal(
		    cross_share(false, RM_ACCEPTED, (enum pec)pec).verdict,
		    CROSS_ALLOW);
	}
	assert_string_equal(
	    cross_share(false, RM_VALID, PEC_SIGNATORY).rule, "V-04");
	static const struct {
		enum em em;
		size_t ready, vendors;
		enum cross_verdict verdict;
	} rows[] = {
		{ EM_ACTIVE, 3, 5, CROSS_PROPOSE },
		{ EM_ACTIVE, 2, 5, CROSS_REFUSE },
		{ EM_ACTIVE, 6, 5, CROSS_REFUSE },
		{ EM_PROPOSED, 5, 5, CROSS_REFUSE },
		{ EM_EXITED, 5, 5, CROSS_REFUSE },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(cross_early_end(rows[i].em, rows[i].ready,
				     rows[i].vendors, 3)
				     .verdict,
		    rows[i].verdict);
	assert_int_equal(cross_early_notice(true).verdict, CROSS_REFUSE);
	assert_int_equal(cross_early_notice(false).verdict, CROSS_ALLOW);
}

/* X7 V-34d */
static void
x7_merged_cases_end_with_the_earliest(void **state)
{
	(void)state;
	assert_int_equal(cross_merged_end(5, 9), 5);
	assert_int_equal(cross_merged_end(9, 5), 5);
	assert_int_equal(cross_merged_end(0, 9), 9);
	assert_int_equal(cross_merged_end(9, 0), 9);
	assert_int_equal(cross_merged_end(0, 0), 0);
	assert_int_equal(cross_split_end(7), 7);
}

/* V-26: rows issue states, columns S R I V A D C. */
static const char *const pairs[MACHINE_STATES] = {
	[MACHINE_INIT] = "x------",
	[MACHINE_NEW] = "-x-----",
	[MACHINE_TRIAGE] = "-xxx-x-",
	[MACHINE_REJECTED] = "--x--xx",
	[MACHINE_ASSIGNED] = "----x--",
	[MACHINE_REVIEW] = "----x--",
	[MACHINE_ACCEPTED] = "----x--",
	[MACHINE_PUBLIC] = "----x-x",
};

/* V-26 */
static void
pairs_outside_the_table_are_refused(void **state)
{
	(void)state;
	for (size_t at = 0; at < MACHINE_STATES; at++)
		for (size_t rm = 0; rm < RM_STATES; rm++)
			assert_int_equal(
			    cross_pair((enum machine_state)at, (enum rm)rm),
			    pairs[at][rm] == 'x');
}

/* V-26 V-02 V-03 */
static void
issue_steps_write_their_rm_events(void **state)
{
	(void)state;
	static const struct {
		enum machine_state from, to;
		enum rm rm;
		enum cross_class class;
		const char *end; /* "" refused */
		size_t count;
	} rows[] = {
		{ MACHINE_INIT, MACHINE_NEW, RM_START, 0, "R", 1 },
		{ MACHINE_NEW, MACHINE_TRIAGE, RM_RECEIVED, 0, "R", 0 },
		{ MACHINE_TRIAGE, MACHINE_ASSIGNED, RM_RECEIVED, 0, "A", 2 },
		{ MACHINE_TRIAGE, MACHINE_ASSIGNED, RM_VALID, 0, "A", 1 },
		{ MACHINE_TRIAGE, MACHINE_ASSIGNED, RM_INVALID, 0, "A", 2 },
		{ MACHINE_TRIAGE, MACHINE_ASSIGNED, RM_DEFERRED, 0, "A", 1 },
		{ MACHINE_TRIAGE, MACHINE_REJECTED, RM_RECEIVED, CROSS_NO_ISSUE,
		    "I", 1 },
		{ MACHINE_TRIAGE, MACHINE_REJECTED, RM_RECEIVED,
		    CROSS_TRUE_REPORT, "D", 2 },
		{ MACHINE_TRIAGE, MACHINE_REJECTED, RM_INVALID,
		    CROSS_TRUE_REPORT, "D", 2 },
		{ MACHINE_TRIAGE, MACHINE_REJECTED, RM_INVALID, CROSS_NO_ISSUE,
		    "I", 0 },
		{ MACHINE_TRIAGE, MACHINE_REJECTED, RM_VALID, CROSS_NO_ISSUE,
		    "D", 1 },
		{ MACHINE_REVIEW, MACHINE_REJECTED, RM_ACCEPTED, CROSS_NO_ISSUE,
		    "D", 1 },
		{ MACHINE_REJECTED, MACHINE_TRIAGE, RM_INVALID, 0, "I", 0 },
		{ MACHINE_REJECTED, MACHINE_TRIAGE, RM_DEFERRED, 0, "D", 0 },
		{ MACHINE_REJECTED, MACHINE_TRIAGE, RM_CLOSED, 0, "", 0 },
		{ MACHINE_ASSIGNED, MACHINE_REVIEW, RM_ACCEPTED, 0, "A", 0 },
		{ MACHINE_ACCEPTED, MACHINE_PUBLIC, RM_ACCEPTED, 0, "A", 0 },
		{ MACHINE_ASSIGNED, MACHINE_REVIEW, RM_VALID, 0, "", 0 },
		{ MACHINE_TRIAGE, MACHINE_ASSIGNED, RM_CLOSED, 0, "", 0 },
		{ MACHINE_ASSIGNED, MACHINE_REJECTED, RM_ACCEPTED, 0, "", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum rm_event events[CROSS_RM_EVENTS];
		size_t count = 9;
		enum rm end = RM_START;
		struct err err = { 0 };
		bool ok = cross_move(rows[i].from, rows[i].to, rows[i].rm,
		    rows[i].class, events, &count, &end, &err);
		assert_int_equal(ok, rows[i].end[0] != '\0');
		if (!ok) {
			assert_int_equal(err.kind, ERR_CONFLICT);
			assert_int_equal(count, 9);
			continue;
		}
		assert_string_equal(rm_name(end), rows[i].end);
		assert_int_equal(count, rows[i].count);
	}
}

/* V-26: no walk over the edges leaves the table. */
static void
random_walks_keep_to_the_pairs(void **state)
{
	(void)state;
	uint32_t seed = 3;
	for (size_t walk = 0; walk < 2000; walk++) {
		enum machine_state at = MACHINE_INIT;
		enum rm rm = RM_START;
		for (size_t step = 0; step < 30; step++) {
			enum machine_state next[MACHINE_EDGES];
			size_t ways = machine_next(at, next);
			if (ways == 0)
				break;
			seed = seed * 1664525u + 1013904223u;
			enum machine_state to = next[(seed >> 16) % ways];
			enum rm_event events[CROSS_RM_EVENTS];
			size_t count = 0;
			struct err err;
			assert_true(cross_move(at, to, rm,
			    (seed >> 8) % 2 == 0 ? CROSS_TRUE_REPORT
						 : CROSS_NO_ISSUE,
			    events, &count, &rm, &err));
			at = to;
			assert_int_equal(pairs[at][rm], 'x');
		}
	}
}

/* V-24 */
static void
every_step_has_its_message(void **state)
{
	(void)state;
	for (size_t from = 0; from < RM_STATES; from++)
		for (size_t event = 0; event < RM_EVENTS; event++) {
			enum rm to;
			struct err err;
			if (event == RM_RECEIVE ||
			    !rm_step(
				(enum rm)from, (enum rm_event)event, &to, &err))
				continue;
			const char *code = message_from_rm((enum rm)from, to);
			assert_non_null(code);
			assert_int_equal(code[0], 'R');
			assert_int_equal(code[1], rm_name(to)[0]);
		}
	for (size_t from = 0; from < EM_STATES; from++)
		for (size_t event = 0; event < EM_EVENTS; event++) {
			enum em to = EM_NONE;
			struct err err;
			bool ok = em_step(
			    (enum em)from, (enum em_event)event, &to, &err);
			const char *code = message_from_em(
			    (enum em)from, (enum em_event)event, to);
			assert_int_equal(code != NULL, ok);
		}
	/* Published wrongly as {R, V}: RI is sent from R only. */
	assert_null(message_from_rm(RM_VALID, RM_INVALID));
	assert_string_equal(
	    message_from_em(EM_REVISE, EM_REJECT, EM_ACTIVE), "EJ");
	assert_string_equal(
	    message_from_em(EM_REVISE, EM_ACCEPT, EM_ACTIVE), "EC");
}

/* V-04 V-24 */
static void
receiving_moves_only_what_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < MESSAGES; i++) {
		const struct message *row = &message_all()[i];
		struct str code = str_of(row->code);
		assert_ptr_equal(message_find(code), row);
		assert_true(
		    row->ack[0] == '\0' || message_find(str_of(row->ack)));
		enum rm_event event;
		assert_int_equal(message_moves_rm(code, RM_START, &event),
		    str_eq(code, "RS"));
		assert_false(message_moves_rm(code, RM_VALID, &event));
		enum cs_event fact;
		assert_int_equal(message_sets_fact(code, &fact),
		    str_eq(code, "CP") || str_eq(code, "CX") ||
			str_eq(code, "CA"));
	}
	enum cs_event fact = CS_EVENT_V;
	assert_true(message_sets_fact(STR("CA"), &fact));
	assert_int_equal(fact, CS_EVENT_A);
	assert_null(message_find(STR("XX")));
	assert_true(message_may_submit(RM_ACCEPTED));
	assert_false(message_may_submit(RM_VALID));
	assert_true(message_is_ignored(RM_CLOSED));
	assert_false(message_is_ignored(RM_DEFERRED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x1_embargo_events_need_nothing_public),
		cmocka_unit_test(x2_public_facts_end_the_embargo),
		cmocka_unit_test(x3_a_fix_needs_an_accepted_report),
		cmocka_unit_test(x4_x5_viability_of_an_embargo),
		cmocka_unit_test(x6_x8_x9_people),
		cmocka_unit_test(x7_merged_cases_end_with_the_earliest),
		cmocka_unit_test(pairs_outside_the_table_are_refused),
		cmocka_unit_test(issue_steps_write_their_rm_events),
		cmocka_unit_test(random_walks_keep_to_the_pairs),
		cmocka_unit_test(every_step_has_its_message),
		cmocka_unit_test(receiving_moves_only_what_the_table_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
