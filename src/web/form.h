/*
 * What a visitor sends in a body: urlencoded or multipart forms, or JSON. The
 * body is fed as it arrives; files go to sealed memory files and never to
 * memory of ours. Every limit is in core/limits.h. Stricter than the
 * standards: no preamble, no nested parts, no character set but UTF-8, and a
 * form that breaks a rule is refused as a whole.
 */
#ifndef FOREWARN_WEB_FORM_H
#define FOREWARN_WEB_FORM_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

struct form;

/*
 * A reader for this Content-Type. Errors: ERR_INVALID (a type we do not take,
 * no or bad boundary), ERR_SYSTEM. The caller frees it with form_free.
 */
MUST bool form_new(struct str type, struct form **ret, struct err *err);

/* Takes the next bytes. Errors: ERR_INVALID, ERR_LIMIT; then drop the form. */
MUST bool form_feed(
    struct form *form, const char *bytes, size_t len, struct err *err);

/*
 * Ends the body. *fields is an object of text, or list of text for a repeated
 * name; files stand under their name as [{"name","size"}]. For a JSON body it
 * is that JSON. The caller owns it. Errors: as form_feed.
 */
MUST bool form_finish(struct form *form, json_t **fields, struct err *err);

/* True if the body was JSON. */
bool form_is_json(const struct form *form);

/* The sealed files in the order of the fields; they stay the form's. */
size_t form_files(const struct form *form, const int **fds);

/* Closes the files and wipes the text; NULL is allowed. */
void form_free(struct form *form);

/*
 * Adds the fields of "a=b&c=d" to an object. Errors: ERR_INVALID (bad escape,
 * not UTF-8, bad name), ERR_LIMIT (too many fields).
 */
MUST bool form_read_query(struct str text, json_t *fields, struct err *err);

/*
 * Appends text with %XX decoded, and + as space when plus is set. Errors:
 * ERR_INVALID (bad escape, NUL, not UTF-8), ERR_LIMIT (beyond out's ceiling).
 */
MUST bool form_unescape(
    struct str text, bool plus, struct buf *out, struct err *err);

#endif
