/* Works of the clock about makers; rows of clocks.c. */
#ifndef FOREWARN_DESK_MAKER_CLOCK_H
#define FOREWARN_DESK_MAKER_CLOCK_H

#include "desk/ask.h"

/*
 * Challenges twice a year with reminders, silence -> unreachable, reviews
 * asked ahead, lapse at the date, bounces.
 */
MUST bool makers_tick(struct ask *ask, void *context, struct err *err);

/* Reminders of notices that nobody acknowledged. */
MUST bool notices_chase(struct ask *ask, void *context, struct err *err);

/* The regular mail that lists stand behind a log-in (P-26). */
MUST bool notices_periodic(struct ask *ask, void *context, struct err *err);

#endif
