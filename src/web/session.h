/*
 * Who a request claims to be, and whether a form came from our own page. The
 * cookie and the bearer token go to the desk unread; only their form is
 * checked here. A form needs a same-origin request (Sec-Fetch-Site, Origin)
 * and the CSRF token, a keyed hash of the session.
 */
#ifndef FOREWARN_WEB_SESSION_H
#define FOREWARN_WEB_SESSION_H

#include "core/err.h"
#include "web/http.h"

#include <stdbool.h>

#define SESSION_CSRF 65 /* hexadecimal and the NUL */

struct session_settings {
	unsigned char key[32];
	const char *base_url; /* "https://host", without a final slash */
	bool secure;          /* base_url is https */
};

/* Sets the key from 64 hex digits; anything else gives a random key. */
void session_key(struct session_settings *settings, const char *hex);

/* The session of the cookie, or NULL. Borrowed from the request. */
const char *session_of(
    const struct session_settings *settings, const struct request *request);

/* The bearer token of Authorization, or NULL. Borrowed. */
const char *session_token(const struct request *request);

/* The token a page of this session (NULL: a visitor) carries. */
const char *session_csrf(const struct session_settings *settings,
    const char *session, char text[SESSION_CSRF]);

/* Errors: ERR_DENIED, when the request did not come from our pages. */
MUST bool session_check_origin(const struct session_settings *settings,
    const struct request *request, struct err *err);

/* Errors: ERR_DENIED, when the token is not the session's. */
MUST bool session_check_csrf(const struct session_settings *settings,
    const char *session, const char *token, struct err *err);

/* Adds the Set-Cookie for a new session; NULL or "" removes the cookie. */
void session_set(const struct session_settings *settings,
    struct MHD_Response *reply, const char *session);

#endif
