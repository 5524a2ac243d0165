/*
 * What the compiled templates call: the only way a value becomes HTML. Each
 * expression names the static context tools/templates.py found for it, and
 * template_put escapes for exactly that context. Values of the wrong type and
 * missing values render empty. Syntax: docs/templates.md. Disadvantage: the
 * look of a page is fixed when the program is built.
 */
#ifndef FOREWARN_WEB_TEMPLATE_H
#define FOREWARN_WEB_TEMPLATE_H

#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

enum template_context {
	IN_TEXT,  /* between tags: invisible characters are shown */
	IN_ATTR,  /* quoted attribute, title: invisible characters are shown */
	IN_VALUE, /* value="": faithful, for forms that are sent back */
	IN_AREA,  /* textarea: faithful, a first newline survives */
	IN_URL,   /* a whole address: allowed schemes and /paths only */
	IN_PART,  /* a piece of an address: percent-encoded */
};

struct template
{
	const char *name;
	void (*page)(struct buf * out, const json_t *value);
};

/* All pages, ended by a NULL name; made by tools/templates.py. */
extern const struct template templates[];

/* The page of this name, or NULL. */
const struct template *template_find(const char *name);

/* Appends text, a number or a truth, escaped for the context. */
void template_put(
    struct buf *out, enum template_context context, const json_t *value);

/* Appends plain text, escaped for the context. */
void template_puts(
    struct buf *out, enum template_context context, struct str text);

/* Conditions: missing, null, false, 0, "", [] and {} are not true. */
bool template_true(const json_t *value);

/* True if the value is this text. */
bool template_is(const json_t *value, const char *text);

/* True if the value is this integer. */
bool template_is_number(const json_t *value, int number);

/* True if both are there and equal. */
bool template_same(const json_t *a, const json_t *b);

/* True if the array has this text, or the object this key. */
bool template_has(const json_t *value, const char *text);

/* First place of an object for json_object_iter_value; NULL when empty. */
void *template_first(const json_t *object);

/* The place after `at`; NULL at the end. */
void *template_next(const json_t *object, void *at);

/* |date: an instant or a date as "2026-12-01". */
void template_date(struct buf *out, const json_t *value);

/* |when: an instant for people, in text within <time>. */
void template_when(
    struct buf *out, enum template_context context, const json_t *value);

/* |left: distance of an instant from now, "in 3 days" or "2 hours late". */
void template_left(struct buf *out, const json_t *value, const json_t *now);

/* |count: members of an array or object; an integer is itself. */
void template_count(struct buf *out, const json_t *value);

/* |size: bytes for people, "12 KiB". */
void template_size(struct buf *out, const json_t *value);

/* |words: text with spaces for underscores. */
void template_words(
    struct buf *out, enum template_context context, const json_t *value);

/* |join: an array's members with argument, escaped already, between them. */
void template_join(struct buf *out, enum template_context context,
    const json_t *value, const char *argument);

/* |lines: text with <br> for line ends. */
void template_lines(struct buf *out, const json_t *value);

/* |json: indented JSON, escaped for text. */
void template_json(struct buf *out, const json_t *value);

/*
 * Markdown of at most LIMIT_MARKDOWN bytes; longer text is shown as it is.
 * Only paragraphs, headings as strong text, lists, quotes, code and emphasis
 * become HTML; a link is its text with the target behind it, an image is its
 * description, raw HTML is shown as text (I-31). Nothing in it can load or
 * lead anywhere.
 */
void template_markdown(struct buf *out, const json_t *value);

#endif
