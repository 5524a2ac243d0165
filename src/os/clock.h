/*
 * All that is Linux: clock, random, files, log, starting programs, jails. One
 * header per noun; each function names the system call it stands for where
 * that matters. The room never logs by itself and never exits. Disadvantage:
 * it is Linux only, kernel 5.19 or later for the required sandbox.
 */
#ifndef FOREWARN_OS_CLOCK_H
#define FOREWARN_OS_CLOCK_H

#include <stdint.h>

/*
 * The clock a process hands to whatever needs the time. offset is added to
 * the machine's time; it is not 0 only in a rehearsal.
 */
struct clock {
	int64_t offset; /* µs */
};

/* The instant now, µs since 1970 UTC (core/when.h), with the offset. */
int64_t clock_now(const struct clock *clock);

/* µs of a clock that never jumps, for time-outs; its zero means nothing. */
int64_t clock_ticks(void);

#endif
