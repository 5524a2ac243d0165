/*
 * reStructuredText of release notes and of the vulnerabilities page, written
 * and read back (process.md sections 9 and 10). What is written is parsed
 * again before it is handed out; a text that does not come back the same is
 * an error, never a proposal (P-43). Disadvantage: the reader knows these two
 * pages only, it is no reStructuredText parser; what it does not understand
 * it lists, it does not guess (P-45).
 */
#ifndef FOREWARN_RST_H
#define FOREWARN_RST_H

#include "formats/document.h"

/*
 * A section value, what a whole file holds of ours:
 *   kind     "notes-bullet" | "notes-subsection" | "page" (P-39)
 *   year     page only: 2026, or null for no year heading
 *   entries  sorted by CVE id (P-46), each
 *     {cve, embargo_until ("2026-08-08", then all else is empty: P-41), title,
 *      url (notes-bullet: where the title links to), blocks (see markdown.h),
 *      links [{text, url}], fixed ("main for v4.1.0"), fixes [{text, url}],
 *      notes [text], impacts, credit}
 *   unread   only from the reader: raw blocks it did not understand
 */

/*
 * New entry of this CVE id for a section of this kind. A document that is not
 * disclosed becomes the placeholder and needs embargo_until. Errors,
 * ERR_INVALID with the field: cves, title, url, embargo_until, affected, kind.
 */
MUST bool rst_entry(const json_t *document, const char *cve, const char *kind,
    json_t **ret, struct err *err);

/* New section value of these entries (borrowed), sorted; year 0 = none. */
json_t *rst_section(const char *kind, int year, const json_t *entries);

/*
 * Appends the section, wrapped at 80 columns, and proves that it reads back
 * equal. Errors: ERR_INVALID, field "rst", naming the entry.
 */
MUST bool rst_write(const json_t *section, struct buf *out, struct err *err);

/*
 * Reads what rst_write wrote, and the shapes of earlier release notes and
 * pages. Errors: ERR_LIMIT, ERR_INVALID (not UTF-8).
 */
MUST bool rst_read(struct str text, json_t **ret, struct err *err);

/*
 * New array of {cve, embargo_until} of every placeholder in any text, in the
 * order they stand (the pattern of process.md section 10).
 */
json_t *rst_placeholders(struct str text);

#endif
