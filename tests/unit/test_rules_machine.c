#include "test.h"

#include "rules/machine.h"

#include "value/value.h"

#define ALL_NEEDS ((1u << MACHINE_NEEDS) - 1)

/* Row: from; column: to. Written down apart from the table under test. */
static const char allowed[MACHINE_STATES][MACHINE_STATES + 1] = {
	/*                 iNTRAVCP */
	[MACHINE_INIT] = "-x------",
	[MACHINE_NEW] = "--x-----",
	[MACHINE_TRIAGE] = "---xx---",
	[MACHINE_REJECTED] = "--x-----",
	[MACHINE_ASSIGNED] = "-----x--",
	[MACHINE_REVIEW] = "---xx-x-",
	[MACHINE_ACCEPTED] = "-------x",
	[MACHINE_PUBLIC] = "--------",
};

/* P-05 */
static void
exactly_ten_of_56_pairs_are_edges(void **state)
{
	(void)state;
	size_t yes = 0, no = 0;
	for (size_t from = 0; from < MACHINE_STATES; from++) {
		for (size_t to = MACHINE_NEW; to < MACHINE_STATES; to++) {
			struct err err = { 0 };
			bool ok = machine_check((enum machine_state)from,
			    (enum machine_state)to, ALL_NEEDS, false, &err);
			assert_int_equal(ok, allowed[from][to] == 'x');
			if (ok) {
				yes++;
				continue;
			}
			no++;
			assert_int_equal(err.kind, ERR_CONFLICT);
			assert_string_equal(err.field, "to");
		}
	}
	assert_int_equal(yes, 10);
	assert_int_equal(no, 46);
}

/* P-05 */
static void
edges_are_named_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < MACHINE_EDGES; i++) {
		char name[8];
		snprintf(name, sizeof(name), "E%zu", i + 1);
		const struct machine_edge *edge = &machine_edges()[i];
		assert_string_equal(edge->name, name);
		assert_ptr_equal(machine_edge(edge->from, edge->to), edge);
		assert_true(edge->needs != 0 && edge->needs <= ALL_NEEDS);
	}
}

/* P-05 P-08 */
static void
each_gate_names_what_is_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < MACHINE_EDGES; i++) {
		const struct machine_edge *edge = &machine_edges()[i];
		for (unsigned need = 0; need < MACHINE_NEEDS; need++) {
			unsigned have = ALL_NEEDS & ~(1u << need);
			struct err err = { 0 };
			bool needed = (edge->needs & (1u << need)) != 0;
			bool ok = machine_check(
			    edge->from, edge->to, have, false, &err);
			assert_int_equal(ok, !needed);
			if (ok)
				continue;
			assert_int_equal(err.kind, ERR_INVALID);
			assert_string_equal(err.field,
			    machine_need_name((enum machine_need)need));
		}
	}
}

/* P-08 */
static void
rejecting_an_assigned_case_is_two_edges(void **state)
{
	(void)state;
	struct err err;
	unsigned have = MACHINE_BIT(MACHINE_NEED_REASON_CODE) |
			MACHINE_BIT(MACHINE_NEED_REASON) |
			MACHINE_BIT(MACHINE_NEED_TOLD);
	assert_null(machine_edge(MACHINE_ASSIGNED, MACHINE_REJECTED));
	assert_false(
	    machine_check(MACHINE_ASSIGNED, MACHINE_REVIEW, have, false, &err));
	assert_true(
	    machine_check(MACHINE_ASSIGNED, MACHINE_REVIEW, have, true, &err));
	assert_true(
	    machine_check(MACHINE_REVIEW, MACHINE_REJECTED, have, true, &err));
	assert_false(
	    machine_check(MACHINE_REVIEW, MACHINE_ACCEPTED, have, true, &err));
}

/* P-07 */
static void
roles_come_from_the_policy_or_the_default(void **state)
{
	(void)state;
	static const char *const roles[] = { "team", "assignee", "observer",
		"reporter", "maintainer", "maker", "public", "" };
	static const char *const expected[MACHINE_EDGES] = {
		"t--r--p-",
		"t-------",
		"t-------",
		"t-------",
		"t-------",
		"ta------",
		"ta------",
		"t-o-----",
		"t-------",
		"t-------",
	};
	for (size_t i = 0; i < MACHINE_EDGES; i++)
		for (size_t role = 0; role < COUNT(roles); role++)
			assert_int_equal(machine_role_may(&machine_edges()[i],
					     NULL, roles[role]),
			    expected[i][role] != '-');
	AUTO(value)
	json_t *policy = json_pack(
	    "{s:{s:[s,s],s:[]}}", "edges", "E5", "maintainer", "admin", "E4");
	const struct machine_edge *assign =
	    machine_edge(MACHINE_TRIAGE, MACHINE_ASSIGNED);
	const struct machine_edge *reopen =
	    machine_edge(MACHINE_REJECTED, MACHINE_TRIAGE);
	assert_true(machine_role_may(assign, policy, "maintainer"));
	assert_false(machine_role_may(assign, policy, "team"));
	assert_false(machine_role_may(reopen, policy, "team"));
}

static void
names_are_found_again(void **state)
{
	(void)state;
	for (size_t i = MACHINE_NEW; i < MACHINE_STATES; i++) {
		enum machine_state found = MACHINE_INIT;
		assert_true(machine_find(
		    str_of(machine_name((enum machine_state)i)), &found));
		assert_int_equal(found, i);
	}
	static const char *const wrong[] = { "", "init", "New", "release",
		"triage " };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		enum machine_state found = MACHINE_PUBLIC;
		assert_false(machine_find(str_of(wrong[i]), &found));
		assert_int_equal(found, MACHINE_PUBLIC);
	}
}

/* I-26 */
static void
reporters_read_plain_words(void **state)
{
	(void)state;
	static const struct {
		enum machine_state state;
		bool question, duplicate;
		const char *label;
	} rows[] = {
		{ MACHINE_NEW, false, false, "received" },
		{ MACHINE_TRIAGE, false, false, "being analysed" },
		{ MACHINE_TRIAGE, true, false, "need your answer" },
		{ MACHINE_ASSIGNED, false, false, "accepted, fix in work" },
		{ MACHINE_REVIEW, false, false, "accepted, fix in work" },
		{ MACHINE_REVIEW, true, false, "need your answer" },
		{ MACHINE_ACCEPTED, false, false,
		    "fixed, waiting for disclosure" },
		{ MACHINE_PUBLIC, true, false, "published" },
		{ MACHINE_REJECTED, true, false, "not accepted" },
		{ MACHINE_REJECTED, false, true, "duplicate" },
		{ MACHINE_TRIAGE, false, true, "being analysed" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(machine_word(rows[i].state,
					rows[i].question, rows[i].duplicate)
					->label,
		    rows[i].label);
}

/* P-05 */
static void
random_walks_stay_on_edges(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (size_t walk = 0; walk < 2000; walk++) {
		enum machine_state at = MACHINE_INIT;
		for (size_t step = 0; step < 40; step++) {
			seed = seed * 1664525u + 1013904223u;
			enum machine_state to =
			    (enum machine_state)(seed >> 16) % MACHINE_STATES;
			struct err err;
			if (!machine_check(at, to, ALL_NEEDS, false, &err))
				continue;
			assert_int_equal(allowed[at][to], 'x');
			at = to;
		}
		enum machine_state next[MACHINE_EDGES];
		size_t ways = machine_next(at, next);
		assert_int_equal(ways == 0, at == MACHINE_PUBLIC);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_ten_of_56_pairs_are_edges),
		cmocka_unit_test(edges_are_named_in_order),
		cmocka_unit_test(each_gate_names_what_is_missing),
		cmocka_unit_test(rejecting_an_assigned_case_is_two_edges),
		cmocka_unit_test(roles_come_from_the_policy_or_the_default),
		cmocka_unit_test(names_are_found_again),
		cmocka_unit_test(reporters_read_plain_words),
		cmocka_unit_test(random_walks_stay_on_edges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
