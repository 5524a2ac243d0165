/*
 * What libmicrohttpd lets through and RFC 9112 says to refuse. Runs before
 * anything else looks at a request.
 */
#ifndef FOREWARN_WEB_GUARD_H
#define FOREWARN_WEB_GUARD_H

#include "core/err.h"

#include <microhttpd.h>
#include <stdbool.h>

/*
 * Errors, all ERR_INVALID: no Host or several, repeated Content-Length or
 * Transfer-Encoding, both together, an encoding that is not "chunked", a
 * length that is not digits, a header name that is no token, control
 * characters in a value, folded lines, lines that do not end with CR LF.
 */
MUST bool guard_check(
    struct MHD_Connection *connection, const char *version, struct err *err);

#endif
