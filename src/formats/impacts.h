/*
 * The sentence "Impacts: >= 2.6.0, <= 4.4.1" and its ranges, computed from
 * the affected lines of a case and never typed (process.md P-42).
 */
#ifndef FOREWARN_IMPACTS_H
#define FOREWARN_IMPACTS_H

#include "formats/document.h"

/*
 * Appends the ranges of document.affected, oldest first, joined by "; ":
 * ">= 2.6.0, < 3.7.3; >= 4.0.0, < 4.4.2", "< 3.7.3" when the beginning is "0",
 * ">= 4.4.0" when there is no fix. Errors, ERR_INVALID, field "affected": no
 * range, or a version that cannot be ordered.
 */
MUST bool impacts_print(
    const json_t *document, struct buf *out, struct err *err);

/*
 * New array of {introduced, fixed, introduced_commit, fixed_commit} objects,
 * oldest first, versions printed without "v", fixed null when open. Rows may
 * all name the release that brought the fault in: a row begins at earliest
 * after the line of the row before it, an open row that is not the last ends
 * with its line and joins the next when that begins there, and a row left
 * without any release is dropped, so that no range covers a release fixed on an
 * older line. Same errors.
 */
MUST bool impacts_ranges(const json_t *document, json_t **ret, struct err *err);

#endif
