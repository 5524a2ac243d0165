#include "mail/compose.h"

#include "core/limits.h"
#include "core/utf8.h"
#include "core/when.h"
#include "mail/address.h"
#include "value/value.h"

#include <gmime/gmime.h>
#include <pthread.h>

/* What a mail may say; the check of each text and whether it must be there. */
static const struct {
	const char *key;
	size_t max;
	bool required;
	bool address;
} fields[] = {
	{ "from", LIMIT_ADDRESS, true, true },
	{ "to", LIMIT_ADDRESS, true, true },
	{ "reply_to", LIMIT_ADDRESS, false, true },
	{ "from_name", LIMIT_MAIL_SUBJECT, false, false },
	{ "subject", LIMIT_MAIL, true, false },
	{ "text", LIMIT_MAIL, true, false },
	{ "message_id", LIMIT_ADDRESS, true, false },
	{ "date", WHEN_TEXT, true, false },
};

static void
object_auto(void *object)
{
	if (*(GObject **)object != NULL)
		g_object_unref(*(GObject **)object);
}

static bool
field_is_known(const char *key)
{
	for (size_t i = 0; i < COUNT(fields); i++)
		if (strcmp(fields[i].key, key) == 0)
			return true;
	return false;
}

static bool
field_check(const json_t *mail, size_t row, struct err *err)
{
	const char *key = fields[row].key;
	const json_t *value = json_object_get(mail, key);
	if (value == NULL || json_is_null(value)) {
		if (!fields[row].required)
			return true;
		return err_set(err, ERR_INVALID, key, "the mail lacks %s", key);
	}
	if (!json_is_string(value))
		return err_set(err, ERR_INVALID, key, "%s must be text", key);
	struct str text = { json_string_value(value),
		json_string_length(value) };
	if (text.len > fields[row].max)
		return err_set(err, ERR_LIMIT, key,
		    "%s has %zu bytes; at most %zu are allowed", key, text.len,
		    fields[row].max);
	return !fields[row].address || address_check(text, key, err);
}

static bool
fields_check(const json_t *mail, struct err *err)
{
	if (!json_is_object(mail))
		return err_set(
		    err, ERR_INVALID, "mail", "the mail must be an object");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)mail, key, value)
	{
		if (!field_is_known(key))
			return err_set(err, ERR_INVALID, "mail",
			    "the mail has a field nobody knows");
	}
	for (size_t i = 0; i < COUNT(fields); i++)
		if (!field_check(mail, i, err))
			return false;
	return true;
}

/*
 * Message-ID without its angle brackets: "left@right" of visible ASCII, with
 * no bracket, space, comma, quote or backslash (RFC 5322 section 3.6.4, only
 * the dot-atom form).
 */
static bool
id_read(const char *text, struct buf *ret, struct err *err)
{
	struct str id = str_of(text);
	if (id.len > 2 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>') {
		id.ptr++;
		id.len -= 2;
	}
	struct err why;
	if (!address_check(id, "message_id", &why))
		return err_set(err, ERR_INVALID, "message_id",
		    "the message id must look like <unique@example.org>");
	buf_add(ret, id.ptr, id.len);
	return true;
}

/*
 * One visible line of at most LIMIT_MAIL_SUBJECT bytes. A space parts "=?": a
 * person who types an RFC 2047 word wants its hidden bytes decoded by readers,
 * and GMime would leave it as it is.
 */
static void
line_show(const char *text, struct buf *ret)
{
	AUTO(buf) struct buf shown = BUF(LIMIT_MAIL);
	size_t len = strlen(text);
	bool cut = len > LIMIT_MAIL_SUBJECT;
	if (cut)
		len = utf8_prefix(text, LIMIT_MAIL_SUBJECT);
	utf8_show(&shown, text, len, false);
	for (size_t i = 0; i < shown.len; i++) {
		if (i > 0 && shown.ptr[i] == '?' && shown.ptr[i - 1] == '=')
			buf_putc(ret, ' ');
		buf_putc(ret, shown.ptr[i]);
	}
	if (cut)
		buf_puts(ret, "\xe2\x80\xa6");
}

/* The body with LF lines, everything unsafe visible, a final newline. */
static void
text_show(const char *text, struct buf *ret)
{
	struct str rest = str_of(text);
	while (rest.ptr != NULL) {
		struct str line = str_cut(&rest, '\n');
		if (rest.ptr != NULL && line.len > 0 &&
		    line.ptr[line.len - 1] == '\r')
			line.len--;
		utf8_show(ret, line.ptr, line.len, true);
		if (rest.ptr != NULL || line.len > 0)
			buf_putc(ret, '\n');
	}
}

static void
head_set(GMimeMessage *message, const json_t *mail, const char *id)
{
	AUTO(buf) struct buf name = BUF(LIMIT_MAIL);
	AUTO(buf) struct buf subject = BUF(LIMIT_MAIL);
	line_show(value_text(mail, "from_name"), &name);
	line_show(value_text(mail, "subject"), &subject);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM,
	    name.len > 0 ? buf_text(&name) : NULL, value_text(mail, "from"));
	g_mime_message_add_mailbox(
	    message, GMIME_ADDRESS_TYPE_TO, NULL, value_text(mail, "to"));
	if (value_text(mail, "reply_to")[0] != '\0')
		g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO,
		    NULL, value_text(mail, "reply_to"));
	g_mime_message_set_subject(message, buf_text(&subject), "utf-8");
	g_mime_message_set_message_id(message, id);
	GDateTime *date = g_date_time_new_from_unix_utc(
	    value_when(mail, "date") / WHEN_SECOND);
	g_mime_message_set_date(message, date);
	g_date_time_unref(date);
	g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted",
	    "auto-generated", "us-ascii");
}

static void
body_set(GMimeMessage *message, const struct buf *text)
{
	__attribute__((cleanup(object_auto))) GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer(buf_text(text), text->len);
	__attribute__((cleanup(object_auto))) GMimeDataWrapper *content =
	    g_mime_data_wrapper_new_with_stream(
		stream, GMIME_CONTENT_ENCODING_DEFAULT);
	__attribute__((cleanup(object_auto))) GMimePart *part =
	    g_mime_part_new_with_type("text", "plain");
	g_mime_object_set_content_type_parameter(
	    GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(
	    part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
}

static void
message_write(GMimeMessage *message, struct buf *out)
{
	__attribute__((cleanup(object_auto))) GMimeStream *stream =
	    g_mime_stream_mem_new();
	GMimeFormatOptions *format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(
	    format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	g_mime_format_options_free(format);
	const GByteArray *bytes =
	    g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	buf_add(out, bytes->data, bytes->len);
}

bool
compose_mail(const json_t *mail, struct buf *out, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	AUTO(buf) struct buf id = BUF(LIMIT_ADDRESS);
	AUTO(buf) struct buf text = BUF(LIMIT_MAIL);
	if (!fields_check(mail, err) ||
	    !id_read(value_text(mail, "message_id"), &id, err))
		return false;
	if (value_when(mail, "date") == 0)
		return err_set(err, ERR_INVALID, "date",
		    "the date must be like 2026-12-01T15:00:00Z");
	text_show(value_text(mail, "text"), &text);
	if (text.failed)
		return err_set(err, ERR_LIMIT, "text",
		    "the text is larger than a mail may be");
	pthread_once(&once, g_mime_init);
	__attribute__((cleanup(object_auto))) GMimeMessage *message =
	    g_mime_message_new(TRUE);
	head_set(message, mail, buf_text(&id));
	body_set(message, &text);
	AUTO(buf) struct buf bytes = BUF(LIMIT_MAIL);
	message_write(message, &bytes);
	if (bytes.failed || bytes.len > out->max - out->len)
		return err_set(err, ERR_LIMIT, "text",
		    "the text is larger than a mail may be");
	buf_add(out, bytes.ptr, bytes.len);
	return true;
}
