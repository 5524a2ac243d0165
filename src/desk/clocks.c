#include "desk/clocks.h"

#include "core/when.h"
#include "desk/consent.h"
#include "desk/deadline.h"
#include "desk/disclose.h"
#include "desk/dispatch.h"
#include "desk/maker_clock.h"
#include "desk/reporter_clock.h"
#include "store/statements.h"

#define ATTEMPTS_KEPT WHEN_DAY

static bool
forget_attempts(struct ask *ask, void *context, struct err *err)
{
	(void)context;
	int64_t count;
	return q_attempt_expire(
	    ask->db, ask->real_now - ATTEMPTS_KEPT, &count, err);
}

static const struct {
	const char *name;
	int64_t period; /* µs of machine time */
	enum op_id op;  /* under whose name it acts */
	system_work *work;
} works[] = {
	{ "attempts", WHEN_HOUR, OP_session_open, forget_attempts },
	{ "consents", WHEN_MINUTE, OP_embargo_consent, consent_veto },
	{ "answers", WHEN_HOUR, OP_case_move, reports_close },
	{ "planned", WHEN_HOUR, OP_case_ask, reports_planned },
	{ "forgotten", WHEN_HOUR, OP_case_note, reports_escalate },
	{ "periodic", WHEN_MINUTE, OP_notice_send, notices_periodic },
	{ "reminders", WHEN_MINUTE, OP_today_show, deadline_remind },
	{ "makers", WHEN_MINUTE, OP_maker_challenge, makers_tick },
	{ "chasers", WHEN_MINUTE, OP_notice_send, notices_chase },
};

/* Works that need many transactions, so that a cut keeps what was done. */
static const struct {
	const char *name;
	int64_t period;
	bool (*run)(struct house *house, struct err *err);
} long_works[] = {
	{ "disclosure", WHEN_SECOND, act_turn },
	{ "site", WHEN_DAY, site_write_all },
};

_Static_assert(
    COUNT(works) + COUNT(long_works) <= CLOCKS_MOST, "raise CLOCKS_MOST");

/* True when it is this work's turn; its next one is then set. */
static bool
turn_of(struct clocks *clocks, size_t place, int64_t period)
{
	if (clock_ticks() < clocks->next[place])
		return false;
	clocks->next[place] = clock_ticks() + period;
	return true;
}

static bool
keep_first(bool all, struct err *err, struct err *fault, const char *name)
{
	err_in(fault, "%s", name);
	if (all)
		*err = *fault;
	return false;
}

bool
clocks_run(struct house *house, struct clocks *clocks, struct err *err)
{
	bool all = true;
	for (size_t i = 0; i < COUNT(works); i++) {
		struct err fault = { 0 };
		if (turn_of(clocks, i, works[i].period) &&
		    !dispatch_system(
			house, works[i].op, works[i].work, NULL, &fault))
			all = keep_first(all, err, &fault, works[i].name);
	}
	for (size_t i = 0; i < COUNT(long_works); i++) {
		struct err fault = { 0 };
		if (turn_of(clocks, COUNT(works) + i, long_works[i].period) &&
		    !long_works[i].run(house, &fault))
			all = keep_first(all, err, &fault, long_works[i].name);
	}
	return all;
}
