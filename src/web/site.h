/*
 * The public site: files below one directory, read-only, beside the built-in
 * assets. Small files stay in memory and are looked at again after a second.
 * No folder listings, no symbolic links, no dot files but /.well-known.
 */
#ifndef FOREWARN_WEB_SITE_H
#define FOREWARN_WEB_SITE_H

#include "core/err.h"
#include "web/http.h"

#include <stdbool.h>

struct site;

/* Takes dir, an open directory, or -1 for none. Errors: ERR_SYSTEM. */
MUST bool site_new(int dir, struct site **ret, struct err *err);

/*
 * Replies if path (as sent, not decoded) names a file; false, and no reply,
 * when there is none.
 */
bool site_reply(struct site *site, struct request *request);

/* Frees the cache and closes the directory; NULL is allowed. */
void site_free(struct site *site);

/*
 * Decodes and checks a request path: every piece is UTF-8 without control
 * characters, is neither empty nor begins with a dot (".well-known" may), and
 * holds no slash after decoding. A path that ends with "/" gets
 * "index.html". The result has no leading slash.
 */
MUST bool site_path(const char *path, struct buf *ret);

#endif
