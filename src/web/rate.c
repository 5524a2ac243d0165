#include "web/rate.h"

#include "core/limits.h"

#include <arpa/inet.h>
#include <string.h>

#define COST (INT64_C(1000000) * LIMIT_HTTP_RATE_SECONDS)

static uint64_t
address_hash(uint64_t seed, const char *address)
{
	unsigned char bytes[16] = { 0 };
	uint64_t hash = UINT64_C(14695981039346656037) ^ seed;
	if (inet_pton(AF_INET6, address, bytes) == 1)
		memset(bytes + 8, 0, 8);
	else
		(void)inet_pton(AF_INET, address, bytes);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return hash;
}

bool
rate_take(struct rate *rate, const char *address, int64_t ticks)
{
	uint64_t hash = address_hash(rate->seed, address);
	unsigned at = (unsigned)(hash >> 32) % RATE_BUCKETS;
	if (rate->buckets[at].address != hash) {
		rate->buckets[at].address = hash;
		rate->buckets[at].full_at = ticks;
	}
	int64_t full_at = rate->buckets[at].full_at;
	if (full_at < ticks)
		full_at = ticks;
	if (full_at - ticks > COST * (LIMIT_HTTP_RATE_BURST - 1))
		return false;
	rate->buckets[at].full_at = full_at + COST;
	return true;
}
