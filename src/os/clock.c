#include "os/clock.h"

#include <time.h>

static int64_t
read_clock(clockid_t which)
{
	struct timespec now = { 0 };
	(void)clock_gettime(which, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_now(const struct clock *clock)
{
	return read_clock(CLOCK_REALTIME) + clock->offset;
}

int64_t
clock_ticks(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
