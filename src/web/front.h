/*
 * The front: from a request to an operation, from its answer to a page, a
 * redirect or JSON. Knows routes, templates, sessions and forms; asks the
 * desk through `ask` and is told the answer by front_answer, in any order.
 * It decides nothing about rights: the desk does.
 */
#ifndef FOREWARN_WEB_FRONT_H
#define FOREWARN_WEB_FRONT_H

#include "core/err.h"
#include "web/http.h"
#include "web/session.h"

#include <jansson.h>
#include <stdbool.h>

struct front;

struct front_settings {
	struct session_settings session;
	json_t *project; /* shown to templates; borrowed */
	const char *api_title;
	int site; /* directory of the public site, or -1; taken */
	void *context;
	/* Sends a request to the desk; false when the desk is not there. */
	bool (*ask)(void *context, const json_t *message, const int *fds,
	    size_t nfds, struct err *err);
	/* The instant now, µs. */
	int64_t (*now)(void *context);
};

/* Errors: ERR_SYSTEM. */
MUST bool front_new(
    const struct front_settings *settings, struct front **ret, struct err *err);

/* What http_new wants. */
const struct http_front *front_calls(const struct front *front);

/*
 * The desk's answer; one for a request that is gone is dropped. file: bytes
 * beside it to be downloaded, or -1; taken over.
 */
void front_answer(struct front *front, const json_t *answer, int file);

/* The desk is gone: every waiting request gets a 503. */
void front_desk_gone(struct front *front);

/* Number of requests that wait for the desk. */
size_t front_waiting(const struct front *front);

/* NULL is allowed; no request may be left. */
void front_free(struct front *front);

#endif
