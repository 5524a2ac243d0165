/*
 * The HTTP engine: libmicrohttpd without threads, driven by the process's
 * loop. It accepts, caps and times connections, refuses what RFC 9112 says a
 * server should refuse (guard.h), feeds bodies to form.h, and hands whole
 * requests to the front, which replies at once or later. Deadlines are
 * absolute: a client that sends a byte now and then is cut all the same.
 * Disadvantages: HTTP/1.1 without TLS only; a proxy in front does those.
 */
#ifndef FOREWARN_WEB_HTTP_H
#define FOREWARN_WEB_HTTP_H

#include "core/err.h"
#include "core/str.h"
#include "web/form.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;

enum request_state {
	REQUEST_NEW,     /* headers are here, the body may follow */
	REQUEST_BODY,    /* the body is coming in */
	REQUEST_WAITING, /* suspended until request_reply */
	REQUEST_REPLIED,
};

struct request {
	struct http *http;
	struct MHD_Connection *connection;
	enum request_state state;
	char *path;         /* as sent, not decoded */
	struct str query;   /* behind the "?", not decoded */
	const char *method; /* GET for HEAD */
	char address[64];   /* the visitor's, not the proxy's */
	struct form *form;  /* NULL: no body wanted; the engine frees it */
	uint64_t id;        /* names the request to the front; 0 = none */
	void *data;         /* the front's */
	size_t swallowed;   /* bytes that came after the refusal */
	int status;
	struct MHD_Response *reply;
	bool shared; /* the reply stays somebody else's */
};

struct http_front {
	void *context;
	/*
	 * Headers are complete. Replies, or sets request->form to take a
	 * body, or leaves both for `ready`.
	 */
	void (*begin)(void *context, struct request *request);
	/* All is here. Replies now, or later from outside. */
	void (*ready)(void *context, struct request *request);
	/* Replies with the error page of this status; err may be NULL. */
	void (*fail)(void *context, struct request *request, int status,
	    const struct err *err);
	/* The request ends: forget it and free data. */
	void (*gone)(void *context, struct request *request);
};

/*
 * trusted is the proxy whose X-Forwarded-For is believed, "" for none; it is
 * copied. front is borrowed. Errors: ERR_SYSTEM.
 */
MUST bool http_new(const struct http_front *front, const char *trusted,
    struct http **ret, struct err *err);

/* To be polled for reading. */
int http_fd(const struct http *http);

/* Takes waiting connections of a listening socket, caps applied. */
void http_accept(struct http *http, int listener);

/* Works on what is ready and ends what is late; call after each poll. */
void http_run(struct http *http);

/* Milliseconds until http_run must be called again. */
int http_timeout(const struct http *http);

/* Number of open connections. */
size_t http_connections(const struct http *http);

/* Value of a request header, or NULL. Borrowed. */
const char *request_header(const struct request *request, const char *name);

/* Value of a cookie, or NULL. Borrowed. */
const char *request_cookie(const struct request *request, const char *name);

/* True if the headers announce a body. */
bool request_has_body(const struct request *request);

/*
 * Replies once; a second reply is dropped. Takes reply unless it is NULL,
 * which means memory was out and the connection is cut.
 */
void request_reply(
    struct request *request, int status, struct MHD_Response *reply);

/*
 * Replies, from within `ready` only, with a response that stays the caller's
 * and may be sent many times.
 */
void request_share(
    struct request *request, int status, struct MHD_Response *reply);

/* Ends all connections; NULL is allowed. */
void http_free(struct http *http);

#endif
