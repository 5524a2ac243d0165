/*
 * UTF-8 (RFC 3629), and making text safe to look at. Text from outside is
 * validated once; control, bidirectional and invisible characters are made
 * visible before a log, a terminal or a mail header sees them.
 */
#ifndef FOREWARN_UTF8_H
#define FOREWARN_UTF8_H

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the longest valid prefix of len bytes; == len means valid. */
size_t utf8_prefix(const char *text, size_t len);

/* True if all len bytes are valid UTF-8 without NUL. */
bool utf8_is_valid(const char *text, size_t len);

/* Number of code points in valid UTF-8. */
size_t utf8_count(const char *text, size_t len);

/*
 * Reads one code point of valid UTF-8 at *pos and moves *pos past it. Returns
 * 0 at the end.
 */
uint32_t utf8_next(const char *text, size_t len, size_t *pos);

/*
 * True for what must never reach a terminal or a header as it is: C0 and C1
 * controls, bidirectional formatting (UAX #9), zero-width and other default
 * ignorable characters, line and paragraph separators, tags.
 */
bool utf8_is_unsafe(uint32_t point);

/*
 * Appends text with every unsafe code point and every invalid byte written as
 * <U+202E> or <0x80>. keep_lines leaves newline and tab as they are.
 */
void utf8_show(struct buf *out, const char *text, size_t len, bool keep_lines);

#endif
