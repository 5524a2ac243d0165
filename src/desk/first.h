/* The first start: settings of this database, and the first administrator. */
#ifndef FOREWARN_DESK_FIRST_H
#define FOREWARN_DESK_FIRST_H

#include "desk/ask.h"

/*
 * Records a policy that changed (P-01) and, when there is no account yet, makes
 * the first one for settings.admin with the role admin. ret_link is then the
 * one-time address to print, otherwise NULL; it lives in arena.
 */
MUST bool first_start(struct house *house, struct arena *arena,
    const char **ret_link, struct err *err);

/* Reads the rehearsal's clock offset into house->clock. */
MUST bool first_clock(struct house *house, struct err *err);

#endif
