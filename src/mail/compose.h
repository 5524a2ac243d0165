/*
 * Mail: values to RFC 5322 bytes (compose, by GMime) and those bytes to a
 * relay (smtp, by libcurl). One plain text part, never HTML, one recipient per
 * message so that nobody learns who else was told. Text from people cannot
 * become a header: addresses are checked, subjects made visible and encoded.
 * Disadvantages: no attachments yet; addresses are ASCII only; GLib aborts
 * when memory is out, so this room lives in a process that may die.
 */
#ifndef FOREWARN_COMPOSE_H
#define FOREWARN_COMPOSE_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>

/*
 * Appends to out the message described by mail, an object of exactly these
 * texts: from, to, subject, text, message_id, date (RFC 3339), and optional
 * from_name and reply_to (null counts as absent). Lines end in CRLF, bytes are
 * ASCII, the body is quoted-printable UTF-8. Unsafe characters in subject, name
 * and text are written visibly (utf8_show); a subject past LIMIT_MAIL_SUBJECT
 * bytes is cut. Errors: ERR_INVALID naming the field, ERR_LIMIT when the
 * message is larger than out or LIMIT_MAIL allows.
 */
MUST bool compose_mail(const json_t *mail, struct buf *out, struct err *err);

#endif
