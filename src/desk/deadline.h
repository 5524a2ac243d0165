/*
 * Deadlines as rows (P-12, I-39): computed by rules/calendar, stored here, so
 * that a list of what is due and the reminders are one query each. Cases only;
 * makers' dates are columns of their own rows (maker_clock.c).
 */
#ifndef FOREWARN_DESK_DEADLINE_H
#define FOREWARN_DESK_DEADLINE_H

#include "desk/case.h"
#include "rules/calendar.h"

/* Everything the calendar asks of a case. */
MUST bool deadline_facts(struct ask *ask, const struct casefile *file,
    struct calendar_facts *ret, struct err *err);

/*
 * Recomputes the deadline rows of a case from its instants and the policy.
 * Called by case_save; nobody else writes these rows for cases.
 */
MUST bool deadline_refresh(
    struct ask *ask, const struct casefile *file, struct err *err);

/*
 * The rule behind a stored kind, also for kinds the policy does not know:
 * "backport:4.4" and "end_decision". False when there is none any more.
 */
bool deadline_rule(
    struct ask *ask, const char *kind, struct calendar_rule *ret);

/* What people read for a stored kind: "Backport to 4.4". From the arena. */
const char *deadline_label(struct ask *ask, const char *kind);

/* When to remind next of a row that was just reminded of; 0 for never. */
int64_t deadline_next(struct ask *ask, const char *kind, int64_t due_at);

/*
 * Sends the reminders that are due, and the hourly alarm of an embargo that
 * is over and neither published nor moved (P-63). A clock work.
 */
MUST bool deadline_remind(struct ask *ask, void *context, struct err *err);

#endif
