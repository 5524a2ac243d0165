/*
 * From the facts of a case to what the world reads: facts → one document
 * value → bytes of every public document → files below the site directory.
 * Whoever calls decides when; nothing here asks for the time or a database,
 * so the whole site can be made again from what is stored, byte for byte.
 * Disadvantage: every file is written whole, there is no incremental change.
 */
#ifndef FOREWARN_PUBLISH_H
#define FOREWARN_PUBLISH_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The project of a document value (formats/document.h) from settings and
 * policy. Public addresses are https: an http base_url is named as https.
 */
json_t *publish_project(const json_t *settings, const json_t *policy);

/*
 * The document value of a case. facts (borrowed):
 *   number       case number, which is the advisory id
 *   body         texts of the case as typed: title, description, impact,
 *                workaround, component, cvss31, cvss40, cwe, severity,
 *                introduced, credit {choice, name}
 *   cves         ids
 *   fixes        [{line, kind, disposition, commit, pr (URL), tag, reason,
 *                introduced}]
 *   received_at, embargo_until, disclosed_at, updated_at, revisions
 * Affected ranges come from introduced and the first fixed tag of each line,
 * never from typed ranges (P-42, P-67).
 */
json_t *publish_document(const json_t *facts, const json_t *project);

/*
 * Every document of one disclosed case as it would stand on the site: new
 * array of {name, title, path, type, text}. Errors: those of the formats, with
 * the field at fault; nothing is half-made.
 */
MUST bool publish_documents(
    const json_t *document, json_t **ret, struct err *err);

/*
 * Appends what is the same for these documents whenever they are published:
 * the texts without instants and addresses of one day, for a digest (P-71).
 */
MUST bool publish_canon(
    const json_t *document, struct buf *out, struct err *err);

/*
 * What is kept of a published document: the advisory (formats/advisory.h) and,
 * as "document", the document value it was made from.
 */
MUST bool publish_stored(const json_t *document, json_t **ret, struct err *err);

/* The front page from its value, see desk/search.h. */
MUST bool publish_front(const json_t *project, const json_t *page,
    struct buf *out, struct err *err);

/*
 * The Atom feed of these document values, newest first; fallback is the date
 * of an empty one.
 */
MUST bool publish_feed(const json_t *project, const json_t *documents,
    int64_t fallback, struct buf *out, struct err *err);

/* security.txt for this policy, good for 180 days from the month of now. */
MUST bool publish_securitytxt(const json_t *project, const json_t *policy,
    int64_t now, struct buf *out, struct err *err);

/*
 * Writes one public file and its .gz beside it, each at once; bytes that are
 * there already are left alone. path is relative to dir.
 */
MUST bool publish_file(
    int dir, const char *path, struct str bytes, struct err *err);

/*
 * Removes what writes that were cut off left behind (".new-…"); nobody else may
 * be writing below dir meanwhile.
 */
MUST bool publish_sweep(int dir, struct err *err);

/*
 * Writes the files of publish_documents that begin with prefix ("advisory/",
 * "cve/", "" for all); those without a path are for reading only.
 */
MUST bool publish_files(
    int dir, const json_t *documents, const char *prefix, struct err *err);

#endif
