/*
 * Making responses: body, type and the header set every answer carries. What
 * a page may do is a table here, not a matter of each page.
 */
#ifndef FOREWARN_WEB_REPLY_H
#define FOREWARN_WEB_REPLY_H

#include "core/str.h"

#include <jansson.h>
#include <microhttpd.h>
#include <stdbool.h>

enum reply_kind {
	REPLY_PAGE,   /* our own pages with forms */
	REPLY_REPORT, /* pages showing report text: nothing may be sent (I-38)
		       */
	REPLY_FILE,   /* public files and assets */
	REPLY_DATA,   /* JSON and downloads */
};

/* Adds the defending headers of this kind. NULL reply is allowed. */
void reply_defend(struct MHD_Response *reply, enum reply_kind kind);

/* Adds one header; a NULL reply is left alone. */
void reply_header(
    struct MHD_Response *reply, const char *name, const char *text);

/* What every dynamic answer carries: defended, no-store, HSTS if secure. */
void reply_dress(struct MHD_Response *reply, enum reply_kind kind,
    const char *type, bool secure);

/*
 * A dynamic answer that takes over body's bytes: defended, no-store, with
 * HSTS if secure. NULL when memory is out or body failed.
 */
struct MHD_Response *reply_new(
    struct buf *body, enum reply_kind kind, const char *type, bool secure);

/* The same for a JSON value. */
struct MHD_Response *reply_json(const json_t *value, bool secure);

#endif
