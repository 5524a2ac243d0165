#include "desk/clocks.h"

#include "core/when.h"
#include "desk/consent.h"
#include "desk/deadline.h"
#include "desk/dispatch.h"
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
	{ "reminders", WHEN_MINUTE, OP_today_show, deadline_remind },
};

_Static_assert(COUNT(works) <= CLOCKS_MOST, "raise CLOCKS_MOST");

bool
clocks_run(struct house *house, struct clocks *clocks, struct err *err)
{
	bool all = true;
	for (size_t i = 0; i < COUNT(works); i++) {
		struct err fault = { 0 };
		if (clock_ticks() < clocks->next[i])
			continue;
		clocks->next[i] = clock_ticks() + works[i].period;
		if (dispatch_system(
			house, works[i].op, works[i].work, NULL, &fault))
			continue;
		err_in(&fault, "%s", works[i].name);
		if (all)
			*err = fault;
		all = false;
	}
	return all;
}
