/* Starting another program of ours with nothing but what it is given. */
#ifndef FOREWARN_OS_SPAWN_H
#define FOREWARN_OS_SPAWN_H

#include "core/err.h"

#include <stddef.h>
#include <sys/types.h>

#define SPAWN_FDS 16

struct spawn {
	const char *path;        /* program file */
	const char *const *argv; /* ends with NULL */
	const char *const *env;  /* ends with NULL; NULL = empty */
	const int *fds;          /* become 3, 4, … in the program */
	size_t nfds;             /* at most SPAWN_FDS */
};

/*
 * fork and exec. The program has standard input from /dev/null, our standard
 * output and error, the given descriptors, no other ones, default signal
 * handlers and an empty signal mask. Errors: ERR_MISSING (no such program),
 * ERR_SYSTEM; also when only the exec failed, no child is left then.
 */
MUST bool spawn_start(const struct spawn *spawn, pid_t *ret, struct err *err);

#endif
