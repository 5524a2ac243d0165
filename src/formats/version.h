/*
 * Release versions as in tags vX.Y.Z and vX.Y.Z-rcN, and names of lines X.Y.
 * Ordered by number; a release candidate comes before its release.
 */
#ifndef FOREWARN_VERSION_H
#define FOREWARN_VERSION_H

#include "core/compiler.h"
#include "core/str.h"

#include <stdbool.h>

#define VERSION_TEXT 48

struct version {
	int major, minor, patch;
	int rc; /* 0 = the release itself */
};

/*
 * Parses "v4.1.0-rc2", "4.1.0", "4.1" or "4.1-branch"; a leading "v" and a
 * missing patch number (0) are allowed. Numbers are at most 99999.
 */
MUST bool version_parse(struct str text, struct version *ret);

/* Below 0, 0 or above 0, like strcmp. */
int version_compare(const struct version *a, const struct version *b);

/*
 * Orders names of branches and tags for lists: "main" first, then newest
 * first, then what is no version in byte order (process.md P-48).
 */
int version_line_compare(const char *a, const char *b);

/* "4.1.0" or "4.1.0-rc2", never a "v". Returns text. */
const char *version_print(
    const struct version *version, char text[VERSION_TEXT]);

#endif
