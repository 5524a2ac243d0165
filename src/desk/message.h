/*
 * The message ledger of a case (V-23): who said which Vultron code to whom, in
 * order, each row holding the hash of the one before. Codes are data for the
 * evidence, never text for people (V-24).
 */
#ifndef FOREWARN_DESK_MESSAGE_H
#define FOREWARN_DESK_MESSAGE_H

#include "desk/case.h"

/*
 * Appends one message about the case's present revision. from and to are ids
 * of participant rows, 0 for everybody in the case. ERR_SYSTEM for a code that
 * rules/message.h does not know.
 */
MUST bool case_says(struct ask *ask, const struct casefile *file,
    const char *code, int64_t from, int64_t to, struct err *err);

/*
 * Follows the chain of a case. *ret_broken is the number of the first row that
 * does not fit, 0 when the chain is whole.
 */
MUST bool case_messages_check(struct ask *ask, const struct casefile *file,
    int64_t *ret_broken, struct err *err);

#endif
