/*
 * The public advisory as one JSON value: the machine-readable twin of the
 * advisory page, and the value the page is made from. Carries only what may
 * be public: credits by consent, computed scores and ranges.
 */
#ifndef FOREWARN_ADVISORY_H
#define FOREWARN_ADVISORY_H

#include "formats/document.h"

/*
 * New value {format: "forewarn-advisory-1", id, url, project, cves, title,
 * description (Markdown as typed), description_text, impact, workaround,
 * solution, component, cwe {id, name}, cvss31 and cvss40 {vector, score,
 * severity}, severity (the word of 4.0, else of 3.1), credits, ranges,
 * impacts, fixes, references, disclosed_at, updated_at, revisions, rejected}.
 * Errors, ERR_INVALID with the field: no id, title or url, a vector, weakness
 * or range that does not parse.
 */
MUST bool advisory_value(const json_t *document, json_t **ret, struct err *err);

/* Appends that value as a document. Same errors. */
MUST bool advisory_write(
    const json_t *document, struct buf *out, struct err *err);

#endif
