/*
 * Buckets of tokens per address for the few forms a stranger may send. A
 * fixed table: under a flood from many addresses old buckets are forgotten,
 * so it slows one sender down and is no defence against thousands.
 */
#ifndef FOREWARN_WEB_RATE_H
#define FOREWARN_WEB_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define RATE_BUCKETS 4096

struct rate {
	struct {
		uint64_t address;
		int64_t full_at; /* ticks when the bucket is full again */
	} buckets[RATE_BUCKETS];
	uint64_t seed;
};

/*
 * Takes one token of this address (an IPv6 address counts as its /64) at
 * ticks; false when there is none left.
 */
bool rate_take(struct rate *rate, const char *address, int64_t ticks);

#endif
