/* One request in the front; shared by front.c, page.c and api.c only. */
#ifndef FOREWARN_WEB_VISIT_H
#define FOREWARN_WEB_VISIT_H

#include "ops/ops.h"
#include "value/value.h"
#include "web/front.h"
#include "web/rate.h"
#include "web/route.h"

#define FRONT_SLOTS 1024 /* requests at the desk at once, a power of two */

struct visit {
	const struct route *route;
	const struct op *op; /* what was asked last; NULL = nothing */
	bool api;
	bool back;                /* a page is shown again after an error */
	const struct route *page; /* the GET row whose template is shown */
	json_t *args;             /* pieces of the path */
	json_t *form;             /* what was typed or asked; no secrets */
	struct err err;
};

struct front {
	struct front_settings settings;
	struct http_front calls;
	struct site *site;
	struct rate rate;
	json_t *openapi;
	uint64_t serial;
	struct request *waiting[FRONT_SLOTS];
	size_t nwaiting;
};

/* HTTP status of an error kind. */
int visit_status(enum err_kind kind);

/*
 * Asks the desk; with an error the request is answered. args become the
 * message's.
 */
void visit_ask(struct front *front, struct request *request,
    const struct op *op, json_t *args);

/* Replies with a page that says what went wrong. */
void page_fail(struct front *front, struct request *request, int status,
    const struct err *err);

/* Begins a page or form whose body is complete. */
void page_ready(struct front *front, struct request *request);

/* Shows a template with this value. me may be NULL. */
void page_show(struct front *front, struct request *request, int status,
    const char *name, const json_t *value, const json_t *me);

/* The desk answered a page or form. */
void page_answer(
    struct front *front, struct request *request, const json_t *answer);

/*
 * Replies with a download {"name", "base64"}, or with the bytes of the file
 * fd (taken over, -1 = none): never shown, always saved (I-33).
 */
void file_send(
    struct front *front, struct request *request, const json_t *value, int fd);

/* Begins an API call; the path begins with /api/. */
void api_ready(struct front *front, struct request *request);

/* The desk answered an API call. */
void api_answer(
    struct front *front, struct request *request, const json_t *answer);

/* Replies {"error":…}. */
void api_fail(struct front *front, struct request *request, int status,
    const struct err *err);

#endif
