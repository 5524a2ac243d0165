/*
 * Files of src/web/static, compiled in. The address carries a hash of the
 * content, so a browser may keep it for ever.
 */
#ifndef FOREWARN_WEB_ASSET_H
#define FOREWARN_WEB_ASSET_H

#include <stddef.h>

struct asset {
	const char *path; /* "/static/style.0123456789abcdef.css" */
	const char *type; /* content type */
	const unsigned char *body;
	size_t len;
};

/* All assets, ended by a NULL path. */
extern const struct asset assets[];

#endif
