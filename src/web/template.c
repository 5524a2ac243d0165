#include "web/template.h"

#include "core/utf8.h"
#include "core/when.h"
#include "value/value.h"

#include <inttypes.h>

const struct template *
template_find(const char *name)
{
	for (const struct template *row = templates; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

static const char *
entity_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
put_escaped(struct buf *out, const char *text, size_t len)
{
	size_t done = 0;
	for (size_t i = 0; i < len; i++) {
		const char *entity = entity_of(text[i]);
		if (entity == NULL)
			continue;
		buf_add(out, text + done, i - done);
		buf_puts(out, entity);
		done = i + 1;
	}
	buf_add(out, text + done, len - done);
}

/* Escapes, with every invisible or reordering character made visible. */
static void
put_visible(
    struct buf *out, struct str text, const char *before, const char *after)
{
	size_t pos = 0, done = 0;
	while (pos < text.len) {
		size_t start = pos;
		uint32_t point = utf8_next(text.ptr, text.len, &pos);
		if (!utf8_is_unsafe(point) || point == '\n' || point == '\t' ||
		    point == '\r')
			continue;
		put_escaped(out, text.ptr + done, start - done);
		buf_printf(out, "%sU+%04X%s", before, point, after);
		done = pos;
	}
	put_escaped(out, text.ptr + done, text.len - done);
}

static bool
is_unreserved(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
	       byte == '.' || byte == '~';
}

static void
put_percent(struct buf *out, struct str text, const char *keep)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		bool kept = byte != '\0' && strchr(keep, byte) != NULL;
		if (byte == '&' && kept)
			buf_puts(out, "&amp;");
		else if (kept || is_unreserved(byte))
			buf_putc(out, (char)byte);
		else
			buf_printf(out, "%%%02X", byte);
	}
}

/* "." and ".." as a whole piece would climb; nothing legitimate needs them. */
static void
put_part(struct buf *out, struct str text)
{
	if (str_eq(text, ".") || str_eq(text, ".."))
		buf_puts(out, text.len == 1 ? "%252E" : "%252E%252E");
	else
		put_percent(out, text, "");
}

static bool
url_is_allowed(struct str text)
{
	static const char *const schemes[] = { "https://", "http://",
		"mailto:" };
	if (text.len == 0)
		return false;
	if (text.ptr[0] == '#' || text.ptr[0] == '?')
		return true;
	if (text.ptr[0] == '/')
		return text.len == 1 ||
		       (text.ptr[1] != '/' && text.ptr[1] != '\\');
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (text.len > strlen(schemes[i]) &&
		    strncasecmp(text.ptr, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

static void
put_url(struct buf *out, struct str text)
{
	if (!url_is_allowed(text))
		buf_puts(out, "#unsafe");
	else
		put_percent(out, text, "/?#[]@!$&()*+,;=:%");
}

void
template_puts(struct buf *out, enum template_context context, struct str text)
{
	switch (context) {
	case IN_TEXT:
		put_visible(out, text, "<span class=\"unsafe\">", "</span>");
		break;
	case IN_ATTR:
		put_visible(out, text, "&lt;", "&gt;");
		break;
	case IN_AREA:
		if (str_starts(text, "\n") || str_starts(text, "\r"))
			buf_putc(out, '\n');
		put_escaped(out, text.ptr, text.len);
		break;
	case IN_VALUE:
		put_escaped(out, text.ptr, text.len);
		break;
	case IN_URL:
		put_url(out, text);
		break;
	case IN_PART:
		put_part(out, text);
		break;
	}
}

static struct str
text_of(const json_t *value)
{
	return (
	    struct str){ json_string_value(value), json_string_length(value) };
}

void
template_put(
    struct buf *out, enum template_context context, const json_t *value)
{
	if (json_is_string(value)) {
		template_puts(out, context, text_of(value));
	} else if (json_is_number(value)) {
		AUTO(buf) struct buf text = BUF(64);
		value_print(&text, value);
		template_puts(out, context, str_of(buf_text(&text)));
	} else if (json_is_boolean(value)) {
		bool truth = json_is_true(value);
		bool people = context == IN_TEXT || context == IN_ATTR;
		buf_puts(out, people ? (truth ? "yes" : "no")
				     : (truth ? "true" : "false"));
	}
}

bool
template_true(const json_t *value)
{
	if (value == NULL)
		return false;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return json_object_size(value) > 0;
	case JSON_ARRAY:
		return json_array_size(value) > 0;
	case JSON_STRING:
		return json_string_length(value) > 0;
	case JSON_INTEGER:
		return json_integer_value(value) != 0;
	case JSON_REAL:
		return json_real_value(value) < 0 || json_real_value(value) > 0;
	case JSON_TRUE:
		return true;
	case JSON_FALSE:
	case JSON_NULL:
		break;
	}
	return false;
}

bool
template_is(const json_t *value, const char *text)
{
	return json_is_string(value) && str_eq(text_of(value), text);
}

bool
template_is_number(const json_t *value, int number)
{
	return json_is_integer(value) && json_integer_value(value) == number;
}

bool
template_same(const json_t *a, const json_t *b)
{
	return a != NULL && b != NULL && json_equal(a, b);
}

bool
template_has(const json_t *value, const char *text)
{
	if (text == NULL)
		return false;
	if (json_is_object(value))
		return json_object_get(value, text) != NULL;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (template_is(json_array_get(value, i), text))
			return true;
	return false;
}

/* jansson's iterators want a mutable object but change nothing. */
void *
template_first(const json_t *object)
{
	return json_object_iter((json_t *)(uintptr_t)object);
}

void *
template_next(const json_t *object, void *at)
{
	return json_object_iter_next((json_t *)(uintptr_t)object, at);
}

/* The instant a value holds: RFC 3339 text or a bare date; 0 if none. */
static int64_t
when_of(const json_t *value)
{
	int64_t when = 0;
	if (!json_is_string(value) || !when_parse(text_of(value), true, &when))
		return 0;
	return when;
}

void
template_date(struct buf *out, const json_t *value)
{
	char text[WHEN_TEXT];
	int64_t when = when_of(value);
	if (when != 0)
		buf_puts(out, when_date(when, text));
}

void
template_when(
    struct buf *out, enum template_context context, const json_t *value)
{
	char machine[WHEN_TEXT], human[WHEN_TEXT];
	int64_t when = when_of(value);
	if (when == 0)
		return;
	if (context == IN_TEXT)
		buf_printf(out, "<time datetime=\"%s\">%s</time>",
		    when_print(when, machine), when_human(when, human));
	else
		buf_puts(out, when_human(when, human));
}

void
template_left(struct buf *out, const json_t *value, const json_t *now)
{
	static const struct {
		int64_t from, unit;
		const char *name;
	} steps[] = {
		{ 2 * WHEN_DAY, WHEN_DAY, "day" },
		{ 2 * WHEN_HOUR, WHEN_HOUR, "hour" },
		{ 0, WHEN_MINUTE, "minute" },
	};
	int64_t when = when_of(value), today = when_of(now);
	if (when == 0 || today == 0)
		return;
	int64_t left = when >= today ? when - today : today - when;
	size_t step = 0;
	while (left < steps[step].from)
		step++;
	int64_t count = left / steps[step].unit;
	buf_printf(out, "%s%" PRId64 " %s%s%s", when >= today ? "in " : "",
	    count, steps[step].name, count == 1 ? "" : "s",
	    when >= today ? "" : " late");
}

void
template_count(struct buf *out, const json_t *value)
{
	size_t count = json_is_object(value) ? json_object_size(value)
					     : json_array_size(value);
	if (json_is_integer(value))
		template_put(out, IN_ATTR, value);
	else
		buf_printf(out, "%zu", count);
}

void
template_size(struct buf *out, const json_t *value)
{
	int64_t size = json_integer_value(value);
	if (!json_is_integer(value))
		return;
	if (size < 10240)
		buf_printf(out, "%" PRId64 " bytes", size);
	else if (size < 10485760)
		buf_printf(out, "%" PRId64 " KiB", size / 1024);
	else
		buf_printf(out, "%" PRId64 " MiB", size / 1048576);
}

void
template_words(
    struct buf *out, enum template_context context, const json_t *value)
{
	struct str rest = text_of(value);
	bool first = true;
	while (rest.ptr != NULL) {
		struct str word = str_cut(&rest, '_');
		if (!first)
			buf_putc(out, ' ');
		template_puts(out, context, word);
		first = false;
	}
}

void
template_join(struct buf *out, enum template_context context,
    const json_t *value, const char *argument)
{
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (i > 0)
			buf_puts(out, argument);
		template_put(out, context, json_array_get(value, i));
	}
}

void
template_lines(struct buf *out, const json_t *value)
{
	struct str rest = text_of(value);
	bool first = true;
	while (rest.ptr != NULL) {
		struct str line = str_cut(&rest, '\n');
		if (!first)
			buf_puts(out, "<br>\n");
		template_puts(out, IN_TEXT, line);
		first = false;
	}
}

void
template_json(struct buf *out, const json_t *value)
{
	AUTO(buf) struct buf text = BUF(LIMIT_PAGE);
	if (value == NULL)
		return;
	value_pretty(&text, value);
	if (text.failed)
		out->failed = true;
	template_puts(out, IN_TEXT, (struct str){ text.ptr, text.len });
}
