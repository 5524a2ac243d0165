#include "test.h"

#include "rules/cs.h"

/* vultron.md section 3: state, then event>next for each event allowed. */
static const char *const table[] = {
	"vfdpxa V>Vfdpxa P>vfdPxa X>vfdpXa A>vfdpxA",
	"Vfdpxa F>VFdpxa P>VfdPxa X>VfdpXa A>VfdpxA",
	"vfdpxA V>VfdpxA P>vfdPxA X>vfdpXA",
	"VFdpxa D>VFDpxa P>VFdPxa X>VFdpXa A>VFdpxA",
	"VfdPxa F>VFdPxa X>VfdPXa A>VfdPxA",
	"VfdpxA F>VFdpxA P>VfdPxA X>VfdpXA",
	"VFDpxa P>VFDPxa X>VFDpXa A>VFDpxA",
	"VFdPxa D>VFDPxa X>VFdPXa A>VFdPxA",
	"VFdpxA D>VFDpxA P>VFdPxA X>VFdpXA",
	"VfdPXa F>VFdPXa A>VfdPXA",
	"VfdPxA F>VFdPxA X>VfdPXA",
	"VFDPxa X>VFDPXa A>VFDPxA",
	"VFDpxA P>VFDPxA X>VFDpXA",
	"VFdPXa D>VFDPXa A>VFdPXA",
	"VFdPxA D>VFDPxA X>VFdPXA",
	"vfdPxa V>VfdPxa",
	"vfdpXa P>vfdPXa",
	"VfdpXa P>VfdPXa",
	"vfdPXa V>VfdPXa",
	"vfdPxA V>VfdPxA",
	"vfdpXA P>vfdPXA",
	"VFdpXa P>VFdPXa",
	"VfdpXA P>VfdPXA",
	"vfdPXA V>VfdPXA",
	"VFDpXa P>VFDPXa",
	"VFdpXA P>VFdPXA",
	"VfdPXA F>VFdPXA",
	"VFDPXa A>VFDPXA",
	"VFDPxA X>VFDPXA",
	"VFDpXA P>VFDPXA",
	"VFdPXA D>VFDPXA",
	"VFDPXA",
};

static const char events[] = "VFDPXA";

static unsigned
state_of(const char *text, size_t len)
{
	unsigned state = 99;
	assert_true(cs_parse((struct str){ text, len }, &state));
	return state;
}

/* V-13 V-34b */
static void
the_table_has_32_states_and_58_transitions(void **state)
{
	(void)state;
	size_t transitions = 0;
	for (size_t row = 0; row < COUNT(table); row++) {
		unsigned from = state_of(table[row], 6);
		for (size_t event = 0; event < CS_EVENTS; event++) {
			char want[4] = { ' ', events[event], '>', '\0' };
			const char *hit = strstr(table[row], want);
			unsigned to = 99;
			struct err err = { 0 };
			bool ok =
			    cs_step(from, (enum cs_event)event, &to, &err);
			assert_int_equal(ok, hit != NULL);
			if (hit == NULL) {
				assert_int_equal(to, 99);
				assert_int_equal(err.kind, ERR_CONFLICT);
				continue;
			}
			assert_int_equal(to, state_of(hit + 3, 6));
			transitions++;
		}
	}
	assert_int_equal(COUNT(table), 32);
	assert_int_equal(transitions, 58);
	size_t states = 0;
	for (unsigned all = 0; all < 64; all++)
		states += cs_is_state(all);
	assert_int_equal(states, 32);
}

/* Makes the n-th ordering of the six events. */
static void
ordering(size_t n, enum cs_event ret[CS_EVENTS])
{
	enum cs_event left[CS_EVENTS];
	for (size_t i = 0; i < CS_EVENTS; i++)
		left[i] = (enum cs_event)i;
	for (size_t i = 0; i < CS_EVENTS; i++) {
		size_t many = CS_EVENTS - i;
		size_t pick = n % many;
		n /= many;
		ret[i] = left[pick];
		left[pick] = left[many - 1];
	}
}

/* V-13 V-34h */
static void
of_720_orderings_70_are_histories(void **state)
{
	(void)state;
	size_t accepted = 0, refused = 0;
	for (size_t n = 0; n < 720; n++) {
		enum cs_event history[CS_EVENTS];
		ordering(n, history);
		unsigned end = 99;
		struct err err = { 0 };
		if (cs_replay(history, CS_EVENTS, &end, &err)) {
			assert_int_equal(end, CS_VFD | CS_PXA);
			accepted++;
			continue;
		}
		assert_int_equal(end, 99);
		assert_true(strncmp(err.text, "event ", 6) == 0);
		refused++;
	}
	assert_int_equal(accepted, 70);
	assert_int_equal(refused, 650);
}

/* V-34a: rows vfd Vfd VFd VFD, columns V F D. */
static void
vfd_pairs_are_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[] = { "vfdx--", "Vfd-x-", "VFd--x",
		"VFD---" };
	for (size_t row = 0; row < COUNT(rows); row++)
		for (size_t event = 0; event < CS_EVENTS; event++) {
			unsigned to = 99, from = state_of(rows[row], 3);
			bool want = event < 3 && rows[row][3 + event] == 'x';
			struct err err;
			assert_int_equal(
			    cs_step_vfd(from, (enum cs_event)event, &to, &err),
			    want);
			assert_int_equal(to, want ? from | 1u << event : 99);
		}
}

/* V-34a: columns P X A. */
static void
pxa_pairs_are_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[] = { "pxaxxx", "Pxa-xx", "pXax--",
		"pxAxx-", "PXa--x", "PxA-x-", "pXAx--", "PXA---" };
	for (size_t row = 0; row < COUNT(rows); row++)
		for (size_t event = 0; event < CS_EVENTS; event++) {
			unsigned to = 99, from = state_of(rows[row], 3);
			bool want = event >= 3 && rows[row][event] == 'x';
			struct err err;
			assert_int_equal(
			    cs_step_pxa(from, (enum cs_event)event, &to, &err),
			    want);
			assert_int_equal(to, want ? from | 1u << event : 99);
		}
}

/* V-15 V-34f */
static void
recording_never_rests_in_a_transient_state(void **state)
{
	(void)state;
	static const struct {
		const char *from;
		enum cs_event event;
		const char *events, *to;
	} rows[] = {
		{ "Vfdpxa", CS_EVENT_X, "XP", "VfdPXa" },
		{ "vfdpxa", CS_EVENT_X, "XPV", "VfdPXa" },
		{ "vfdpxa", CS_EVENT_P, "PV", "VfdPxa" },
		{ "vfdpxa", CS_EVENT_A, "A", "vfdpxA" },
		{ "VFdpxa", CS_EVENT_P, "P", "VFdPxa" },
		{ "VFdPxa", CS_EVENT_X, "X", "VFdPXa" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum cs_event got[3];
		size_t count = 0;
		unsigned to = 0;
		char text[CS_TEXT];
		struct err err;
		assert_true(cs_record(state_of(rows[i].from, 6), rows[i].event,
		    got, &count, &to, &err));
		assert_int_equal(count, strlen(rows[i].events));
		for (size_t at = 0; at < count; at++)
			assert_int_equal(events[got[at]], rows[i].events[at]);
		assert_string_equal(cs_print(to, text), rows[i].to);
	}
	enum cs_event got[3];
	size_t count = 9;
	unsigned to = 9;
	struct err err;
	assert_false(cs_record(
	    state_of("VfdPxa", 6), CS_EVENT_P, got, &count, &to, &err));
	assert_int_equal(count, 9);
}

/* V-15 */
static void
random_walks_reach_no_impossible_state(void **state)
{
	(void)state;
	uint32_t seed = 7;
	for (size_t walk = 0; walk < 3000; walk++) {
		unsigned at = 0;
		for (size_t step = 0; step < 24; step++) {
			seed = seed * 1664525u + 1013904223u;
			enum cs_event got[3];
			size_t count = 0;
			unsigned before = at;
			struct err err;
			if (!cs_record(at,
				(enum cs_event)((seed >> 16) % CS_EVENTS), got,
				&count, &at, &err)) {
				assert_int_equal(at, before);
				continue;
			}
			assert_true(cs_is_state(at));
			assert_int_equal(at & before, before);
			assert_false((at & CS_X) != 0 && (at & CS_P) == 0);
			assert_false((at & CS_P) != 0 && (at & CS_V) == 0);
		}
	}
}

static void
only_possible_states_are_read(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "v", "vFd", "VfD", "vfD",
		"vFdpxa", "VfDpxa", "vfdpx", "vfdpxa ", "pxaVFD", "PAX",
		"VFDpxaa", "xpa" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		unsigned got = 77;
		assert_false(cs_parse(str_of(wrong[i]), &got));
		assert_int_equal(got, 77);
	}
	for (unsigned all = 0; all < 64; all++) {
		char text[CS_TEXT];
		unsigned got = 77;
		assert_int_equal(cs_parse(str_of(cs_print(all, text)), &got),
		    cs_is_state(all));
	}
	char text[CS_TEXT];
	assert_string_equal(cs_print_vfd(CS_V | CS_P, text), "Vfd");
	assert_string_equal(cs_print_pxa(CS_V | CS_P, text), "Pxa");
	assert_int_equal(state_of("pXA", 3), CS_X | CS_A);
}

#define V_ 1u
#define VF 3u
#define VFD 7u

/* V-29 V-30 */
static void
summary_needs_all_required_branches(void **state)
{
	(void)state;
	static const struct {
		struct cs_branch branches[5];
		size_t count;
		bool aware;
		unsigned pxa;
		const char *letters;
		size_t fixed, to_fix;
	} rows[] = {
		{ { { 0 } }, 0, false, 0, "vfdpxa", 0, 0 },
		{ { { 0 } }, 0, true, 0, "Vfdpxa", 0, 0 },
		{ { { VF, true, false, false }, { V_, true, false, false } }, 2,
		    true, 0, "Vfdpxa", 1, 2 },
		{ { { VF, true, false, false }, { VFD, true, false, false } },
		    2, true, CS_P, "VFdPxa", 2, 2 },
		{ { { VFD, true, false, false }, { VFD, true, false, false } },
		    2, true, CS_P | CS_X, "VFDPXa", 2, 2 },
		{ { { VF, true, false, false }, { 0, true, true, false },
		      { V_, true, false, true } },
		    3, true, 0, "VFdpxa", 1, 1 },
		{ { { VF, true, false, false }, { V_, false, false, false } },
		    2, true, 0, "VFdpxa", 1, 1 },
		{ { { V_, false, false, false } }, 1, true, 0, "Vfdpxa", 0, 0 },
		{ { { 0, true, true, false } }, 1, true, 0, "VFDpxa", 0, 0 },
		{ { { VFD, true, false, false }, { VFD, true, false, false },
		      { VF, true, false, false }, { V_, true, false, false },
		      { V_, true, false, false } },
		    5, true, 0, "Vfdpxa", 3, 5 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cs_summary sum = cs_summary_of(rows[i].branches,
		    rows[i].count, rows[i].aware, rows[i].pxa);
		char text[CS_TEXT];
		assert_string_equal(cs_print(sum.state, text), rows[i].letters);
		assert_int_equal(sum.fixed, rows[i].fixed);
		assert_int_equal(sum.to_fix, rows[i].to_fix);
		assert_true(cs_is_state(sum.state));
	}
}

/* V-32 */
static void
next_actions_follow_the_patterns(void **state)
{
	(void)state;
	static const struct {
		const char *state;
		unsigned role;
		const char *names;
	} rows[] = {
		{ "vfdpxa", CS_REPORTER,
		    "watch notify-vendor hold-exploit negotiate " },
		{ "vfdpxa", CS_VENDOR, "watch hold-exploit negotiate " },
		{ "Vfdpxa", CS_VENDOR,
		    "watch make-fix hold-exploit negotiate " },
		{ "VFdpxa", CS_VENDOR, "watch negotiate release " },
		{ "VFdpxa", CS_MAKER, "watch negotiate " },
		{ "VFdPxa", CS_MAKER, "end-embargo deploy raise " },
		{ "VFdPxa", CS_VENDOR, "end-embargo promote raise " },
		{ "VfdPxa", CS_COORDINATOR, "end-embargo mitigate raise " },
		{ "VfdpXa", CS_MAKER, "end-embargo publish raise " },
		{ "VfdpxA", CS_MAKER, "end-embargo publish raise " },
		{ "VFDpxa", CS_REPORTER, "watch publish-reference " },
		{ "VFDPxa", CS_REPORTER, "end-embargo close " },
		{ "VFDPXA", CS_VENDOR, "end-embargo close " },
		{ "VfdPXA", CS_VENDOR, "end-embargo make-fix mitigate raise " },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cs_action *found[CS_ACTIONS];
		size_t count =
		    cs_next(state_of(rows[i].state, 6), rows[i].role, found);
		AUTO(buf) struct buf names = BUF(400);
		for (size_t at = 0; at < count; at++)
			buf_printf(&names, "%s ", found[at]->name);
		assert_string_equal(buf_text(&names), rows[i].names);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_32_states_and_58_transitions),
		cmocka_unit_test(of_720_orderings_70_are_histories),
		cmocka_unit_test(vfd_pairs_are_as_tabled),
		cmocka_unit_test(pxa_pairs_are_as_tabled),
		cmocka_unit_test(recording_never_rests_in_a_transient_state),
		cmocka_unit_test(random_walks_reach_no_impossible_state),
		cmocka_unit_test(only_possible_states_are_read),
		cmocka_unit_test(summary_needs_all_required_branches),
		cmocka_unit_test(next_actions_follow_the_patterns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
