/* Deadlines as rows (P-12, I-39): computed by rules/calendar, stored here. */
#ifndef FOREWARN_DESK_DEADLINE_H
#define FOREWARN_DESK_DEADLINE_H

#include "desk/case.h"

/*
 * Recomputes the deadline rows of a case from its instants and the policy.
 * Called by case_save; nobody else writes these rows for cases.
 */
MUST bool deadline_refresh(
    struct ask *ask, const struct casefile *file, struct err *err);

#endif
