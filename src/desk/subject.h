/* What a request is about, and how the asker stands to it. */
#ifndef FOREWARN_DESK_SUBJECT_H
#define FOREWARN_DESK_SUBJECT_H

#include "desk/case.h"

/*
 * Finds the case or maker named by the arguments and the actor's relations to
 * it, for the access decision. May add ROLE_REPORTER to the actor when a
 * private link fits. Errors: ERR_MISSING.
 */
MUST bool subject_find(
    struct ask *ask, struct actor *actor, struct subject *ret, struct err *err);

#endif
