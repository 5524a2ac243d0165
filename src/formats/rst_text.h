/* Inline text of reStructuredText, shared by the files of rst only. */
#ifndef FOREWARN_RST_TEXT_H
#define FOREWARN_RST_TEXT_H

#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

/* In raw text: a blank that is no place to break, and generated markup. */
#define RST_HOLD '\x01'
#define RST_MARKUP '\x02'

#define RST_COLUMNS 80

/* Paragraphs of ours begin with these words; others get an escape. */
extern const char *const RST_FIXED;
extern const char *const RST_BRANCH;
extern const char *const RST_IMPACTS;
extern const char *const RST_CREDIT;
extern const char *const RST_EMBARGO;

/* Appends text, escaped; `more` are further characters to escape. */
void rst_escape(struct buf *raw, const char *text, const char *more);

/* Appends spans of markdown.h as raw inline text. */
void rst_spans(struct buf *raw, const json_t *spans);

/*
 * Appends raw text wrapped at 80 columns and a newline. first stands before
 * the first line, rest before the others; plain says that the paragraph is
 * text from outside, not one of ours.
 */
void rst_wrap(struct buf *out, const char *raw, const char *first,
    const char *rest, bool plain);

/* New spans of raw inline text whose lines were joined. */
json_t *rst_spans_read(struct str raw);

/* Appends raw inline text without escapes and markup of literals. */
void rst_unescape(struct buf *out, struct str raw);

/*
 * Spans as rst can carry them: literals it cannot write become text, and
 * neighbouring texts become one. New value.
 */
json_t *rst_spans_fit(const json_t *spans);

#endif
