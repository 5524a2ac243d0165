/* Embargo of a case, as far as other rooms of the desk need it. */
#ifndef FOREWARN_DESK_EMBARGO_H
#define FOREWARN_DESK_EMBARGO_H

#include "desk/case.h"

/*
 * Records a participant's own answer to numbered terms: kind "reporter" (ref
 * 0), "maker" or "member" (ref: maker id). An acceptance of terms that stand no
 * more becomes an invitation to the present ones. Writes consent, message and
 * event; the case row is not touched. Errors: ERR_MISSING when he takes no
 * part, ERR_CONFLICT when there is nothing to answer.
 */
MUST bool embargo_participant_answer(struct ask *ask,
    const struct casefile *file, const char *kind, int64_t ref, int64_t number,
    bool accept, struct err *err);

/*
 * Invites a maker ("maker" or "member") or the reporter to keep the embargo;
 * what he may be told waits until he accepts (X6).
 */
MUST bool embargo_invite(struct ask *ask, const struct casefile *file,
    const char *kind, int64_t ref, struct err *err);

#endif
