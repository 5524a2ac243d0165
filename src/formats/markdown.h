/*
 * Markdown (CommonMark) reduced to plain blocks, for documents that carry
 * text and no HTML. A blocks value is an array of objects:
 *   {"kind": "text" | "item", "spans": ["text", {"code": "foo()"}, ...]}
 *   {"kind": "code", "text": "lines\n..."}
 * Text spans are one line each, cleaned by document_line except that a blank
 * at their ends stays. Disadvantage: emphasis, headings and nesting of lists
 * are lost; a link becomes its text and, when different, the address in
 * parentheses; raw HTML and images are dropped.
 */
#ifndef FOREWARN_MARKDOWN_H
#define FOREWARN_MARKDOWN_H

#include "formats/document.h"

/* New blocks value; text longer than LIMIT_MARKDOWN is ERR_LIMIT. */
MUST bool markdown_blocks(
    const char *text, const char *field, json_t **ret, struct err *err);

/*
 * Appends blocks as plain text: paragraphs separated by an empty line, items
 * begin with "- ", code as it is.
 */
void markdown_plain(struct buf *out, const json_t *blocks);

#endif
