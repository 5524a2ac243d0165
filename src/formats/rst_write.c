#include "formats/rst.h"

#include "formats/rst_text.h"
#include "value/value.h"

#include <string.h>

#define NOTES_HEADING "Security Vulnerability Related"

static void
underline(struct buf *out, size_t len, char mark)
{
	for (size_t i = 0; i < len; i++)
		buf_putc(out, mark);
	buf_putc(out, '\n');
}

static void
paragraph(struct buf *out, const char *marker, const char *text)
{
	AUTO(buf) struct buf raw = BUF(LIMIT_DOCUMENT);
	if (text[0] == '\0')
		return;
	buf_puts(&raw, marker);
	rst_escape(&raw, text, "");
	rst_wrap(out, buf_text(&raw), "", "", marker[0] == '\0');
	buf_putc(out, '\n');
}

/*
 * A name used before for another address must be anonymous, or
 * reStructuredText resolves neither.
 */
static bool
name_is_taken(json_t *names, const char *text, const char *url)
{
	AUTO(buf) struct buf name = BUF(LIMIT_DOCUMENT);
	for (; *text != '\0'; text++)
		buf_putc(&name,
		    *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text);
	const char *known = value_text(names, buf_text(&name));
	if (known[0] != '\0')
		return strcmp(known, url) != 0;
	value_set_text(names, buf_text(&name), url);
	return false;
}

/* An address that ends with "_" would be read as a reference. */
static void
link_close(struct buf *out, json_t *names, const char *text, const char *url)
{
	size_t len = strlen(url);
	bool reference = len > 0 && url[len - 1] == '_';
	buf_printf(out, "  <%.*s%s>`_%s\n", (int)(reference ? len - 1 : len),
	    url, reference ? "\\_" : "",
	    name_is_taken(names, text, url) ? "_" : "");
}

static void
links_write(struct buf *out, json_t *names, const json_t *links)
{
	size_t i;
	json_t *item;
	json_array_foreach(links, i, item)
	{
		AUTO(buf) struct buf raw = BUF(LIMIT_DOCUMENT);
		buf_printf(&raw, "%c`", RST_MARKUP);
		rst_escape(&raw, value_text(item, "text"), "<>");
		rst_wrap(out, buf_text(&raw), "- ", "  ", false);
		link_close(out, names, value_text(item, "text"),
		    value_text(item, "url"));
		buf_putc(out, '\n');
	}
}

static void
code_write(struct buf *out, const char *text)
{
	struct str rest = str_of(text);
	buf_puts(out, "::\n\n");
	while (rest.ptr != NULL) {
		struct str line = str_cut(&rest, '\n');
		buf_puts(out, line.len > 0 ? "   " : "");
		buf_add(out, line.ptr, line.len);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
}

static void
blocks_write(struct buf *out, const json_t *blocks)
{
	size_t i;
	json_t *block;
	json_array_foreach(blocks, i, block)
	{
		const char *kind = value_text(block, "kind");
		bool item = strcmp(kind, "item") == 0;
		if (strcmp(kind, "code") == 0) {
			code_write(out, value_text(block, "text"));
			continue;
		}
		AUTO(buf) struct buf raw = BUF(LIMIT_DOCUMENT);
		rst_spans(&raw, json_object_get(block, "spans"));
		rst_wrap(out, buf_text(&raw), item ? "- " : "",
		    item ? "  " : "", true);
		buf_putc(out, '\n');
	}
}

static void
notes_write(struct buf *out, const json_t *notes)
{
	size_t i;
	json_t *note;
	json_array_foreach(notes, i, note)
	    paragraph(out, RST_BRANCH, json_string_value(note));
}

/* The id without "CVE-", as the role :cve: wants it. */
static const char *
cve_digits(const json_t *entry)
{
	const char *cve = value_text(entry, "cve");
	return str_starts(str_of(cve), "CVE-") ? cve + 4 : cve;
}

static void
subsection_write(struct buf *out, json_t *names, const json_t *entry, char mark)
{
	const char *digits = cve_digits(entry);
	buf_printf(out, ":cve:`%s`\n", digits);
	underline(out, strlen(digits) + 7, mark);
	buf_putc(out, '\n');
	if (document_has(entry, "embargo_until")) {
		buf_printf(out, "%s%s\n\n", RST_EMBARGO,
		    value_text(entry, "embargo_until"));
		return;
	}
	paragraph(out, "", value_text(entry, "title"));
	blocks_write(out, json_object_get(entry, "blocks"));
	links_write(out, names, json_object_get(entry, "links"));
	paragraph(out, RST_FIXED, value_text(entry, "fixed"));
	links_write(out, names, json_object_get(entry, "fixes"));
	notes_write(out, json_object_get(entry, "notes"));
	paragraph(out, RST_IMPACTS, value_text(entry, "impacts"));
	paragraph(out, RST_CREDIT, value_text(entry, "credit"));
}

static void
bullet_write(struct buf *out, json_t *names, const json_t *entry)
{
	AUTO(buf) struct buf first = BUF(128);
	AUTO(buf) struct buf raw = BUF(LIMIT_DOCUMENT);
	buf_printf(&first, "* :cve:`%s`", cve_digits(entry));
	if (document_has(entry, "embargo_until")) {
		buf_printf(out, "%s: %s%s\n\n", buf_text(&first), RST_EMBARGO,
		    value_text(entry, "embargo_until"));
		return;
	}
	bool linked = document_has(entry, "url");
	buf_puts(&first, linked ? " `" : ": ");
	buf_putc(&raw, RST_MARKUP);
	rst_escape(&raw, value_text(entry, "title"), linked ? "<>" : "");
	rst_wrap(out, buf_text(&raw), buf_text(&first), "  ", false);
	if (linked)
		link_close(out, names, value_text(entry, "title"),
		    value_text(entry, "url"));
	buf_putc(out, '\n');
	if (document_has(entry, "impacts"))
		buf_printf(out, "  %s%s\n\n", RST_IMPACTS,
		    value_text(entry, "impacts"));
}

static void
head_write(struct buf *out, const json_t *section)
{
	int64_t year = value_int(section, "year", 0);
	if (strcmp(value_text(section, "kind"), "page") != 0) {
		buf_puts(out, NOTES_HEADING "\n");
		underline(out, strlen(NOTES_HEADING), '*');
		buf_putc(out, '\n');
	} else if (year != 0) {
		buf_printf(out, ".. _vulnerabilities_%d:\n\nCVE-%d\n",
		    (int)year, (int)year);
		underline(out, 8, '#');
		buf_putc(out, '\n');
	}
}

/* Names the first entry that did not come back. */
static bool
back_check(const json_t *section, const json_t *back, struct err *err)
{
	const json_t *sent = json_object_get(section, "entries");
	const json_t *read = json_object_get(back, "entries");
	size_t i;
	json_t *entry;
	json_array_foreach(sent, i,
	    entry) if (!json_equal(entry,
			   json_array_get(read, i))) return err_set(err,
	    ERR_INVALID, "rst",
	    "%s cannot be written as reStructuredText that reads "
	    "back the same; simplify its text",
	    value_text(entry, "cve"));
	if (json_array_size(sent) != json_array_size(read) ||
	    !json_equal(json_object_get(section, "year"),
		json_object_get(back, "year")) ||
	    json_object_get(back, "unread") != NULL)
		return err_set(err, ERR_INVALID, "rst",
		    "the section does not read back the same");
	return true;
}

bool
rst_write(const json_t *section, struct buf *out, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	AUTO(value) json_t *back = NULL, *names = json_object();
	const char *kind = value_text(section, "kind");
	size_t i;
	json_t *entry;
	head_write(&text, section);
	json_array_foreach(json_object_get(section, "entries"), i, entry)
	{
		if (strcmp(kind, "notes-bullet") == 0)
			bullet_write(&text, names, entry);
		else
			subsection_write(&text, names, entry,
			    strcmp(kind, "page") == 0 ? '-' : '=');
	}
	while (text.len > 1 && text.ptr[text.len - 2] == '\n')
		text.ptr[--text.len] = '\0';
	if (text.failed)
		return err_set(err, ERR_LIMIT, "rst", "the text is too long");
	if (!rst_read((struct str){ buf_text(&text), text.len }, &back, err) ||
	    !back_check(section, back, err))
		return false;
	buf_add(out, text.ptr, text.len);
	return true;
}
