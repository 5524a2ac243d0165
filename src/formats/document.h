/*
 * Documents: one case value in, bytes of one document type out, and nothing
 * else; no file here decides, logs or asks for the time. Every writer is
 * deterministic (formats.md F-04): same value, same bytes. Disadvantage: the
 * writers trust the case value to be true; they check only its shape.
 */
#ifndef FOREWARN_DOCUMENT_H
#define FOREWARN_DOCUMENT_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

/*
 * The case document value, one JSON object (absent = null; all instants are
 * RFC 3339 UTC text; lists keep the order they shall be printed in):
 *
 *   project      {name, vendor, product, cna (short name), org_id (uuid),
 *                 repo_url, base_url, tag_authority ("example.org,2026"),
 *                 package?, collection_url?}
 *   id           advisory id, for example "FW-2026-0001"
 *   url          public address of the advisory
 *   cves         ["CVE-1900-0001", ...]
 *   title        one line
 *   description  Markdown        impact, workaround, solution   Markdown
 *   component    "net/ip"        modules, program_files, program_routines  []
 *   cwe          "CWE-125"       cvss31, cvss40  vectors (scores computed)
 *   credits      [{name, role, consented}]   role as in CVE: "finder", ...
 *   affected     [{line, introduced, fixed, introduced_commit, fixed_commit}]
 *                  tags without "v"; introduced "0" = from the beginning;
 *                  fixed null = no fix on that line yet
 *   fixes        [{line, kind, disposition, commit, pr, pr_url, tag, reason}]
 *                  line "main" or "4.1"; disposition fixed, not-affected,
 *                  wont-fix-eol, wont-fix-other, pending
 *   references   [{url, text, tags: []}]
 *   unsupported  true: only releases out of support are affected
 *   received_at, disclosed_at, embargo_until, updated_at   instants
 *   revisions    [{revision, at, why}]  oldest first
 *   rejected     {reason, replaced_by: []} when the ids are withdrawn
 */

/*
 * Appends JSON with sorted keys, two blanks of indent and one final newline
 * (formats.md F-04).
 */
void document_print(struct buf *out, const json_t *value);

/*
 * Text for one line: controls, bidirectional and invisible characters made
 * visible, every run of white space one blank, none at the ends.
 */
void document_line(struct buf *out, const char *text);

/*
 * True for an https address of at most 2048 bytes of printable ASCII without
 * blanks, quotes, angle brackets, backquotes or backslashes.
 */
bool document_url_is_safe(const char *url);

/* True for CVE-YYYY-N with 4 to 19 digits. */
bool document_cve_is_valid(const char *cve);

/* Orders CVE ids by year, then number, as process.md P-46 wants pages. */
int document_cve_compare(const char *a, const char *b);

/* True if the object has a non-empty text at key. */
bool document_has(const json_t *object, const char *key);

/* Sets *ret to the URL at key, or refuses with that field name. */
MUST bool document_url(
    const json_t *object, const char *key, const char **ret, struct err *err);

/*
 * New array of document.fixes in the fixed order of process.md P-48: main,
 * then branches newest first; equal lines keep their order.
 */
json_t *document_fixes(const json_t *document);

/* New array of {name, role} of the credits that consented, names cleaned. */
json_t *document_credits(const json_t *document);

#endif
