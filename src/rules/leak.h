/*
 * Give-away words (P-31): what must not stand in a commit subject or body, a
 * branch name, a pull request title or a linked issue while the case is under
 * embargo. Plain ASCII scan without regard to case. Disadvantage: it knows
 * words, not meanings; a clean scan proves little, and "exploit" in an honest
 * sentence is a hit as well.
 */
#ifndef FOREWARN_LEAK_H
#define FOREWARN_LEAK_H

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct leak {
	const char *word; /* name of the pattern, for example "CVE-" */
	size_t at;        /* byte offset of the hit */
	size_t len;       /* bytes of the hit */
	size_t line;      /* 1 for the first line */
};

/* Most hits one scan reports. */
#define LEAK_HITS 64

/*
 * Scans text: "CVE-" and "GHSA-" ids, the project's own advisory prefix
 * (NULL or "" for none), "vulnerab", "security fix" (also with "-", "_" or
 * line break between), "exploit", "embargo". Hits in text order; returns how
 * many, at most LEAK_HITS.
 */
size_t leak_scan(
    struct str text, const char *prefix, struct leak ret[LEAK_HITS]);

/* True when nothing was found. */
bool leak_is_clean(struct str text, const char *prefix);

#endif
