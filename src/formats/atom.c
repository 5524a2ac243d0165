#include "formats/atom.h"

#include "core/utf8.h"
#include "core/when.h"
#include "formats/markdown.h"
#include "value/value.h"

#include <string.h>

void
atom_escape(struct buf *out, const char *text, bool keep_lines)
{
	AUTO(buf) struct buf shown = BUF(LIMIT_DOCUMENT);
	if (keep_lines)
		utf8_show(&shown, text, strlen(text), true);
	else
		document_line(&shown, text);
	for (size_t i = 0; i < shown.len; i++) {
		switch (shown.ptr[i]) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		default:
			buf_putc(out, shown.ptr[i]);
		}
	}
	out->failed = out->failed || shown.failed;
}

/* <name>text</name> on its own line. */
static void
element(struct buf *out, const char *indent, const char *name, const char *text)
{
	buf_printf(out, "%s<%s>", indent, name);
	atom_escape(out, text, false);
	buf_printf(out, "</%s>\n", name);
}

/* An authority "example.org,2026" and a path of harmless characters. */
static bool
tag_check(const char *authority, const char *id, struct err *err)
{
	static const char *const safe = "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789.-_";
	size_t host = strspn(authority, safe);
	if (host == 0 || authority[host] != ',' ||
	    strspn(authority + host + 1, "0123456789-") !=
		strlen(authority + host + 1))
		return err_set(err, ERR_INVALID, "tag_authority",
		    "tag_authority is written example.org,2026");
	if (id[0] == '\0' || strspn(id, safe) != strlen(id))
		return err_set(err, ERR_INVALID, "id",
		    "an advisory id has letters, digits, '.', '-' and '_'");
	return true;
}

static int64_t
entry_updated(const json_t *advisory)
{
	int64_t updated = value_when(advisory, "updated_at");
	return updated != 0 ? updated : value_when(advisory, "disclosed_at");
}

static void
time_element(
    struct buf *out, const char *indent, const char *name, int64_t when)
{
	char text[WHEN_TEXT];
	element(out, indent, name, when_print(when, text));
}

static bool
summary_write(struct buf *out, const json_t *advisory, struct err *err)
{
	AUTO(value) json_t *blocks = NULL;
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	if (!markdown_blocks(value_text(advisory, "description"), "description",
		&blocks, err))
		return false;
	markdown_plain(&text, blocks);
	if (text.len == 0)
		return true;
	buf_puts(out, "    <summary type=\"text\">");
	atom_escape(out, buf_text(&text), true);
	buf_puts(out, "</summary>\n");
	return true;
}

static void
categories_write(struct buf *out, const json_t *advisory)
{
	size_t i;
	json_t *cve;
	json_array_foreach(json_object_get(advisory, "cves"), i, cve)
	{
		const char *id = json_string_value(cve);
		if (id != NULL && document_cve_is_valid(id))
			buf_printf(out, "    <category term=\"%s\"/>\n", id);
	}
}

static bool
entry_write(const char *authority, const json_t *advisory, struct buf *out,
    struct err *err)
{
	const char *url = NULL, *id = value_text(advisory, "id");
	if (!tag_check(authority, id, err) ||
	    !document_url(advisory, "url", &url, err))
		return false;
	if (!document_has(advisory, "title"))
		return err_set(
		    err, ERR_INVALID, "title", "advisory %s has no title", id);
	if (value_when(advisory, "disclosed_at") == 0)
		return err_set(err, ERR_INVALID, "disclosed_at",
		    "advisory %s is not disclosed", id);
	buf_puts(out, "  <entry>\n");
	buf_printf(out, "    <id>tag:%s:advisory/%s</id>\n", authority, id);
	element(out, "    ", "title", value_text(advisory, "title"));
	buf_puts(out, "    <link rel=\"alternate\" href=\"");
	atom_escape(out, url, false);
	buf_puts(out, "\"/>\n");
	time_element(
	    out, "    ", "published", value_when(advisory, "disclosed_at"));
	time_element(out, "    ", "updated", entry_updated(advisory));
	categories_write(out, advisory);
	if (!summary_write(out, advisory, err))
		return false;
	buf_puts(out, "  </entry>\n");
	return true;
}

static void
head_write(const json_t *project, const char *feed_url, int64_t updated,
    struct buf *out)
{
	AUTO(buf) struct buf title = BUF(1024);
	buf_printf(
	    &title, "%s security advisories", value_text(project, "name"));
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		      "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	buf_printf(out, "  <id>tag:%s:feed</id>\n",
	    value_text(project, "tag_authority"));
	element(out, "  ", "title", buf_text(&title));
	buf_puts(out, "  <link rel=\"self\" href=\"");
	atom_escape(out, feed_url, false);
	buf_puts(out, "\"/>\n  <link rel=\"alternate\" href=\"");
	atom_escape(out, value_text(project, "base_url"), false);
	buf_puts(out, "\"/>\n");
	time_element(out, "  ", "updated", updated);
	buf_puts(out, "  <author>\n");
	element(out, "    ", "name", value_text(project, "name"));
	buf_puts(out, "  </author>\n");
}

bool
atom_write(const json_t *project, const json_t *advisories,
    const char *feed_url, int64_t fallback, struct buf *out, struct err *err)
{
	const char *authority = value_text(project, "tag_authority");
	const char *base = NULL;
	if (!document_has(project, "name"))
		return err_set(err, ERR_INVALID, "name", "project has no name");
	if (!document_url(project, "base_url", &base, err) ||
	    !tag_check(authority, "feed", err))
		return false;
	if (!document_url_is_safe(feed_url))
		return err_set(err, ERR_INVALID, "feed_url",
		    "a feed's own address is an https address");
	int64_t updated = 0;
	size_t i;
	json_t *advisory;
	json_array_foreach(advisories, i, advisory)
	{
		int64_t when = entry_updated(advisory);
		updated = when > updated ? when : updated;
	}
	head_write(project, feed_url, updated == 0 ? fallback : updated, out);
	json_array_foreach(
	    advisories, i, advisory) if (!entry_write(authority, advisory, out,
					     err)) return false;
	buf_puts(out, "</feed>\n");
	return !out->failed ||
	       err_set(err, ERR_LIMIT, NULL, "the feed is too long");
}
