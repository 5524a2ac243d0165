#include "formats/rst.h"

#include "core/num.h"
#include "core/utf8.h"
#include "formats/rst_text.h"
#include "value/value.h"

#include <string.h>

#define CODE_INDENT 3
#define EMBARGO_DATE 10

/* Sentences of earlier files that carry nothing. */
static const char *const IDLE[] = { "The following",
	"More detailed information can be found in:", "This is a " };

struct reader {
	struct str rest;
	json_t *section, *entries, *unread;
	json_t *entry; /* borrowed from entries; NULL before the first */
	bool bullet;   /* entry is a bullet */
	bool fixed;    /* its fixes begin */
};

/* A paragraph, heading or list item: lines joined with blanks. */
struct chunk {
	struct buf raw;
	struct str second; /* second line, for headings */
	size_t indent, lines;
};

static struct str
skip(struct str text, size_t count)
{
	return (struct str){ text.ptr + count, text.len - count };
}

static size_t
indent_of(struct str line)
{
	size_t indent = 0;
	while (indent < line.len && line.ptr[indent] == ' ')
		indent++;
	return indent;
}

static struct str
line_trim(struct str line)
{
	line = skip(line, indent_of(line));
	while (line.len > 0 && strchr(" \r", line.ptr[line.len - 1]) != NULL)
		line.len--;
	return line;
}

static bool
is_bullet(struct str line)
{
	return str_starts(line, "* ") || str_starts(line, "- ");
}

/* Fills chunk with the next run of lines; false at the end of the text. */
static bool
chunk_next(struct reader *reader, struct chunk *chunk)
{
	chunk->raw.len = 0;
	chunk->lines = 0;
	while (reader->rest.ptr != NULL) {
		struct str before = reader->rest;
		struct str whole = str_cut(&reader->rest, '\n');
		struct str line = line_trim(whole);
		if (line.len == 0 && chunk->lines == 0)
			continue;
		if (line.len == 0)
			break;
		if (chunk->lines > 0 && is_bullet(line)) {
			reader->rest = before;
			break;
		}
		if (chunk->lines == 0)
			chunk->indent = indent_of(whole);
		if (chunk->lines == 1)
			chunk->second = line;
		if (chunk->lines > 0)
			buf_putc(&chunk->raw, ' ');
		buf_add(&chunk->raw, line.ptr, line.len);
		chunk->lines++;
	}
	return chunk->lines > 0;
}

static void
unread_add(struct reader *reader, struct str raw)
{
	(void)json_array_append_new(
	    reader->unread, json_stringn(raw.ptr, raw.len));
}

static void
text_set(json_t *object, const char *key, struct str raw)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	rst_unescape(&text, raw);
	value_set_text(object, key, buf_text(&text));
}

static void
text_append(json_t *list, struct str raw)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	rst_unescape(&text, raw);
	(void)json_array_append_new(list, json_string(buf_text(&text)));
}

/* "2025-1673" of 4 and 4 to 19 digits at the front; 0 when it is not. */
static size_t
digits_length(struct str text)
{
	size_t len = 0;
	int64_t year = 0;
	while (len < text.len && len < 25 &&
	       (len == 4 ? text.ptr[len] == '-'
			 : text.ptr[len] >= '0' && text.ptr[len] <= '9'))
		len++;
	bool good = len >= 9 && len <= 24 &&
		    num_digits((struct str){ text.ptr, 4 }, 4, &year);
	return good ? len : 0;
}

/* Cuts ":cve:`2025-1673`" or "CVE-2025-1673" off the front of *text. */
static bool
id_cut(struct str *text, char cve[32])
{
	bool role = str_starts(*text, ":cve:`");
	if (!role && !str_starts(*text, "CVE-"))
		return false;
	struct str digits = skip(*text, role ? 6 : 4);
	size_t len = digits_length(digits);
	if (len == 0)
		return false;
	(void)snprintf(cve, 32, "CVE-%.*s", (int)len, digits.ptr);
	*text = skip(digits, len);
	if (role && str_starts(*text, "`"))
		*text = skip(*text, 1);
	return document_cve_is_valid(cve);
}

/* "2026-08-08" or "2026/08/08" at the front, printed with dashes. */
static bool
date_read(struct str text, char date[EMBARGO_DATE + 1])
{
	int64_t part = 0;
	if (text.len < EMBARGO_DATE)
		return false;
	memcpy(date, text.ptr, EMBARGO_DATE);
	date[EMBARGO_DATE] = '\0';
	for (size_t i = 4; i < EMBARGO_DATE; i += 3) {
		if (date[i] != '-' && date[i] != '/')
			return false;
		date[i] = '-';
	}
	return num_digits((struct str){ date, 4 }, 4, &part) &&
	       num_digits((struct str){ date + 5, 2 }, 2, &part) &&
	       num_digits((struct str){ date + 8, 2 }, 2, &part);
}

static bool
embargo_read(struct reader *reader, struct str raw)
{
	char date[EMBARGO_DATE + 1];
	if (!str_starts(raw, RST_EMBARGO) ||
	    !date_read(skip(raw, strlen(RST_EMBARGO)), date))
		return false;
	value_set_text(reader->entry, "embargo_until", date);
	return true;
}

static void
entry_begin(struct reader *reader, const char *cve, const char *kind)
{
	static const char *const texts[] = { "embargo_until", "title", "url",
		"fixed", "impacts", "credit" };
	static const char *const lists[] = { "blocks", "links", "fixes",
		"notes" };
	json_t *entry = json_object();
	value_set_text(entry, "cve", cve);
	for (size_t i = 0; i < COUNT(texts); i++)
		value_set(entry, texts[i], NULL);
	for (size_t i = 0; i < COUNT(lists); i++)
		value_set(entry, lists[i], json_array());
	(void)json_array_append_new(reader->entries, entry);
	if (!document_has(reader->section, "kind"))
		value_set_text(reader->section, "kind", kind);
	reader->entry = entry;
	reader->bullet = strcmp(kind, "notes-bullet") == 0;
	reader->fixed = false;
}

/* "`text <address>`_" or "__": false when it is not exactly that. */
static bool
link_read(struct str raw, struct str *text, struct str *url)
{
	if (raw.len > 4 && memcmp(raw.ptr + raw.len - 4, ">`__", 4) == 0)
		raw.len--;
	if (!str_starts(raw, "`") || str_starts(raw, "``") || raw.len < 6 ||
	    memcmp(raw.ptr + raw.len - 3, ">`_", 3) != 0)
		return false;
	size_t at = raw.len - 3;
	while (at > 1 && raw.ptr[at] != '<')
		at--;
	if (raw.ptr[at] != '<' || raw.ptr[at - 1] == '\\')
		return false;
	*url = (struct str){ raw.ptr + at + 1, raw.len - at - 4 };
	*text = str_trim((struct str){ raw.ptr + 1, at - 1 });
	return true;
}

static void
link_add(struct reader *reader, struct str raw)
{
	struct str text, url;
	if (!link_read(raw, &text, &url)) {
		unread_add(reader, raw);
		return;
	}
	bool fix = reader->fixed || str_starts(text, "PR") ||
		   str_starts(text, "commit ");
	json_t *item = json_object();
	text_set(item, "text", text);
	text_set(item, "url", url);
	(void)json_array_append_new(
	    json_object_get(reader->entry, fix ? "fixes" : "links"), item);
}

static void
block_add(struct reader *reader, const char *kind, struct str raw)
{
	json_t *block = json_object();
	value_set_text(block, "kind", kind);
	value_set(block, "spans", rst_spans_read(raw));
	(void)json_array_append_new(
	    json_object_get(reader->entry, "blocks"), block);
}

/* "(CVE-2017-14201)" at the end of a bullet of the oldest shape. */
static bool
tail_read(struct reader *reader, struct str body)
{
	char cve[32];
	size_t at = body.len;
	while (at > 0 && body.ptr[at - 1] != '(')
		at--;
	struct str id = skip(body, at);
	if (at == 0 || !id_cut(&id, cve) || !str_eq(id, ")"))
		return false;
	entry_begin(reader, cve, "notes-bullet");
	text_set(
	    reader->entry, "title", str_trim((struct str){ body.ptr, at - 1 }));
	return true;
}

static bool
bullet_entry_read(struct reader *reader, struct str body)
{
	char cve[32];
	struct str rest = body, text, url;
	if (!id_cut(&rest, cve))
		return tail_read(reader, body);
	entry_begin(reader, cve, "notes-bullet");
	if (str_starts(rest, ":"))
		rest = skip(rest, 1);
	rest = str_trim(rest);
	if (embargo_read(reader, rest))
		return true;
	if (link_read(rest, &text, &url)) {
		text_set(reader->entry, "title", text);
		text_set(reader->entry, "url", url);
		return true;
	}
	text_set(reader->entry, "title", rest);
	return true;
}

static void
bullet_read(struct reader *reader, struct str body)
{
	bool outside = reader->entry == NULL || reader->bullet;
	if (outside) {
		if (!bullet_entry_read(reader, body))
			unread_add(reader, body);
	} else if (str_starts(body, "`") && !str_starts(body, "``")) {
		link_add(reader, body);
	} else {
		block_add(reader, "item", body);
	}
}

/* Reads raw after a marker into key; false when it has another marker. */
static bool
marked_read(struct reader *reader, struct str raw)
{
	static const struct {
		const char *const *marker;
		const char *key;
	} markers[] = { { &RST_FIXED, "fixed" }, { &RST_IMPACTS, "impacts" },
		{ &RST_CREDIT, "credit" }, { &RST_BRANCH, "notes" } };
	for (size_t i = 0; i < COUNT(markers); i++) {
		if (!str_starts(raw, *markers[i].marker))
			continue;
		struct str rest = skip(raw, strlen(*markers[i].marker));
		json_t *list = json_object_get(reader->entry, markers[i].key);
		if (json_is_array(list))
			text_append(list, rest);
		else
			text_set(reader->entry, markers[i].key, rest);
		reader->fixed = reader->fixed || i == 0;
		return true;
	}
	return false;
}

static bool
is_idle(struct str raw)
{
	for (size_t i = 0; i < COUNT(IDLE); i++)
		if (str_starts(raw, IDLE[i]))
			return true;
	return false;
}

static void
paragraph_read(struct reader *reader, struct str raw, size_t indent)
{
	if (reader->entry == NULL || (reader->bullet && indent == 0)) {
		if (!is_idle(raw))
			unread_add(reader, raw);
		return;
	}
	if (embargo_read(reader, raw) || marked_read(reader, raw))
		return;
	if (reader->bullet)
		unread_add(reader, raw);
	else if (!document_has(reader->entry, "title"))
		text_set(reader->entry, "title", raw);
	else if (raw.len > 0)
		block_add(reader, "text", raw);
}

static bool
is_underline(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] != line.ptr[0])
			return false;
	return line.len > 1 && strchr("-=#*~^", line.ptr[0]) != NULL;
}

static void
heading_read(struct reader *reader, struct str raw, char mark)
{
	char cve[32];
	reader->entry = NULL;
	if (id_cut(&raw, cve))
		entry_begin(
		    reader, cve, mark == '=' ? "notes-subsection" : "page");
}

/* ".. _vulnerabilities_2025:" gives the year; other labels say nothing. */
static void
label_read(struct reader *reader, struct str raw)
{
	static const char label[] = ".. _vulnerabilities_";
	int64_t year = 0;
	if (!str_starts(raw, label))
		return;
	struct str digits = skip(raw, sizeof(label) - 1);
	if (digits.len == 5 &&
	    num_digits((struct str){ digits.ptr, 4 }, 4, &year))
		value_set_int(reader->section, "year", year);
}

/* The indented lines after "::", without their indent. */
static void
code_read(struct reader *reader)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	while (reader->rest.ptr != NULL) {
		struct str before = reader->rest;
		struct str line = str_cut(&reader->rest, '\n');
		size_t indent = indent_of(line);
		if (indent < line.len && indent < CODE_INDENT) {
			reader->rest = before;
			break;
		}
		if (indent < line.len)
			line = skip(line, CODE_INDENT);
		else
			line.len = 0;
		buf_add(&text, line.ptr, line.len);
		buf_putc(&text, '\n');
	}
	while (text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.ptr[--text.len] = '\0';
	size_t lead = strspn(buf_text(&text), "\n");
	if (reader->entry == NULL || text.len == lead)
		return;
	json_t *block = json_object();
	value_set_text(block, "kind", "code");
	value_set_text(block, "text", buf_text(&text) + lead);
	(void)json_array_append_new(
	    json_object_get(reader->entry, "blocks"), block);
}

static void
chunk_read(struct reader *reader, const struct chunk *chunk)
{
	struct str raw = { buf_text(&chunk->raw), chunk->raw.len };
	if (chunk->lines == 2 && is_underline(chunk->second)) {
		struct str title = { raw.ptr, raw.len - chunk->second.len - 1 };
		heading_read(reader, title, chunk->second.ptr[0]);
		return;
	}
	if (str_starts(raw, ".. ")) {
		label_read(reader, raw);
		return;
	}
	bool code = raw.len >= 2 && memcmp(raw.ptr + raw.len - 2, "::", 2) == 0;
	if (code)
		raw.len -= raw.len == 2 ? 2 : 1;
	if (is_bullet(raw))
		bullet_read(reader, str_trim(skip(raw, 2)));
	else if (raw.len > 0)
		paragraph_read(reader, raw, chunk->indent);
	if (code)
		code_read(reader);
}

bool
rst_read(struct str text, json_t **ret, struct err *err)
{
	if (text.len > LIMIT_DOCUMENT)
		return err_set(err, ERR_LIMIT, "rst", "the text is too long");
	if (!utf8_is_valid(text.ptr, text.len))
		return err_set(
		    err, ERR_INVALID, "rst", "the text is not UTF-8");
	AUTO(value) json_t *unread = json_array();
	struct reader reader = { .rest = text,
		.section = json_object(),
		.entries = json_array(),
		.unread = unread };
	struct chunk chunk = { .raw = BUF(LIMIT_DOCUMENT) };
	value_set(reader.section, "kind", NULL);
	value_set(reader.section, "year", NULL);
	value_set(reader.section, "entries", reader.entries);
	while (chunk_next(&reader, &chunk))
		chunk_read(&reader, &chunk);
	buf_free(&chunk.raw);
	if (json_array_size(unread) > 0)
		value_set(reader.section, "unread", json_incref(unread));
	*ret = reader.section;
	return true;
}

static struct str
blanks_skip(struct str rest)
{
	while (rest.len > 0 && strchr(" \t\r\n", rest.ptr[0]) != NULL &&
	       rest.ptr[0] != '\0')
		rest = skip(rest, 1);
	return rest;
}

/* What may stand between an id and the sentence: `?:?\s*, an underline. */
static struct str
gap_skip(struct str rest)
{
	if (str_starts(rest, "`"))
		rest = skip(rest, 1);
	if (str_starts(rest, ":"))
		rest = skip(rest, 1);
	rest = blanks_skip(rest);
	size_t line = 0;
	while (
	    line < rest.len && (rest.ptr[line] == '-' || rest.ptr[line] == '='))
		line++;
	if (line > 0 && line < rest.len && rest.ptr[line] == '\n')
		rest = blanks_skip(skip(rest, line));
	return rest;
}

static bool
placeholder_read(struct str rest, const char *cve, json_t *list)
{
	char date[EMBARGO_DATE + 1];
	rest = gap_skip(rest);
	if (!str_starts(rest, RST_EMBARGO) ||
	    !date_read(skip(rest, strlen(RST_EMBARGO)), date))
		return false;
	json_t *found = json_object();
	value_set_text(found, "cve", cve);
	value_set_text(found, "embargo_until", date);
	(void)json_array_append_new(list, found);
	return true;
}

json_t *
rst_placeholders(struct str text)
{
	char cve[32];
	json_t *list = json_array();
	while (text.len > 0) {
		struct str rest = text;
		if (id_cut(&rest, cve)) {
			(void)placeholder_read(rest, cve, list);
			text = rest;
		} else {
			text = skip(text, 1);
		}
	}
	return list;
}
