/*
 * Entries of many cases sorted into the files that hold them: one page of
 * vulnerabilities per year of the CVE id (P-46), one file of release notes per
 * line with a section per release (P-40), each in the shape of its line (P-39).
 */
#ifndef FOREWARN_PUBLISH_SHELVES_H
#define FOREWARN_PUBLISH_SHELVES_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

/* Room for "v99999.99999.99999". */
#define SHELVES_RELEASE 64

/* Empty shelves; shapes (borrowed): {"4.4": "subsection"}, bullets else. */
json_t *shelves_new(const json_t *shapes);

/* Puts every entry of a disclosed document where it belongs. */
MUST bool shelves_add(json_t *shelves, const json_t *document, struct err *err);

/*
 * Puts the placeholder of an embargoed fix {cve, embargo_until, line, tag}:
 * id and date, nothing else (P-41). Twice the same is once.
 */
MUST bool shelves_hold(json_t *shelves, const json_t *row, struct err *err);

/*
 * Writes vulnerabilities/YEAR.rst, vulnerabilities.rst (this year) and
 * notes/LINE.rst below dir; name is the project's, for the headings.
 */
MUST bool shelves_write(const json_t *shelves, int dir, const char *name,
    int this_year, struct err *err);

/*
 * The section of one release: new text, "" when it has no entry. kind is
 * "notes-bullet" or "notes-subsection"; entries are documents and rows as
 * above.
 */
MUST bool shelves_section(const char *kind, const json_t *documents,
    const json_t *held, struct buf *out, struct err *err);

/* The release a tag counts for: "v4.4.0-rc2" gives "v4.4.0". */
MUST bool shelves_release(const char *tag, char ret[SHELVES_RELEASE]);

/* The line whose notes list it: "main" and "v4.4.0" give "4.4". */
void shelves_line(
    const char *line, const char *release, char ret[SHELVES_RELEASE]);

#endif
