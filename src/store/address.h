/*
 * The address of a PostgreSQL server as libpq parameters, with the host's
 * name resolved, so that a jailed process can connect again.
 */
#ifndef FOREWARN_STORE_ADDRESS_H
#define FOREWARN_STORE_ADDRESS_H

#include "core/err.h"

#define ADDRESS_PARAMS 64
#define ADDRESS_TEXT 1024

struct address {
	const char *keys[ADDRESS_PARAMS + 1]; /* ended by NULL */
	const char *values[ADDRESS_PARAMS + 1];
	size_t count;
	void *parsed; /* libpq's own */
	char host[ADDRESS_TEXT];
	char hostaddr[ADDRESS_TEXT];
	char port[ADDRESS_TEXT];
};

/*
 * Parses and resolves. ERR_INVALID: not an address. ERR_RETRY: the host's name
 * is not found now. The url may hold a password: no error text shows it.
 */
MUST bool address_resolve(
    const char *url, struct address *ret, struct err *err);

/* Frees what address_resolve filled. */
void address_free(struct address *address);

#endif
