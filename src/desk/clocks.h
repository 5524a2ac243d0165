/*
 * What the service does by itself as time goes by: one table of works in
 * clocks.c, each with its period. A work that fails is tried again at its next
 * turn and reported; the others go on.
 */
#ifndef FOREWARN_DESK_CLOCKS_H
#define FOREWARN_DESK_CLOCKS_H

#include "desk/ask.h"

#define CLOCKS_MOST 16

struct clocks {
	int64_t next[CLOCKS_MOST]; /* clock_ticks of each work's next turn */
};

/*
 * Runs every work whose turn it is. Returns false, with the first failure in
 * err, if one failed; the process logs it and goes on.
 */
MUST bool clocks_run(
    struct house *house, struct clocks *clocks, struct err *err);

#endif
