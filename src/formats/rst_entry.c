#include "formats/rst.h"

#include "core/when.h"
#include "formats/impacts.h"
#include "formats/markdown.h"
#include "formats/rst_text.h"
#include "value/value.h"

#include <string.h>

static const char *const KINDS[] = { "notes-bullet", "notes-subsection",
	"page" };

/* Sentence of a line without a fix; NULL for a fixed one (P-35, P-48). */
static const struct {
	const char *disposition, *sentence;
} DISPOSITIONS[] = {
	{ "not-affected", "not affected" },
	{ "wont-fix-eol", "not fixed, out of support" },
	{ "wont-fix-other", "not fixed" },
	{ "pending", "fix pending" },
};

static json_t *
entry_new(const char *cve)
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
	return entry;
}

static void
line_set(json_t *object, const char *key, const char *text)
{
	AUTO(buf) struct buf line = BUF(LIMIT_MARKDOWN * 4);
	document_line(&line, text);
	value_set_text(object, key, buf_text(&line));
}

static void
link_add(json_t *list, const char *text, const char *url)
{
	if (!document_url_is_safe(url))
		return;
	json_t *item = json_object();
	line_set(item, "text", text);
	if (!document_has(item, "text"))
		value_set_text(item, "text", url);
	value_set_text(item, "url", url);
	(void)json_array_append_new(list, item);
}

/* Code lines without tabs and without blanks at their ends. */
static json_t *
code_fit(const json_t *block)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	struct str rest = str_of(value_text(block, "text"));
	size_t kept = 0;
	while (rest.ptr != NULL) {
		struct str line = str_cut(&rest, '\n');
		for (size_t i = 0; i < line.len; i++)
			buf_puts(&text, line.ptr[i] == '\t'
					    ? "        "
					    : (char[2]){ line.ptr[i] });
		while (text.len > kept && text.ptr[text.len - 1] == ' ')
			text.ptr[--text.len] = '\0';
		if (rest.ptr != NULL && text.len > 0)
			buf_putc(&text, '\n');
		kept = text.len;
	}
	while (text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.ptr[--text.len] = '\0';
	json_t *fit = json_object();
	value_set_text(fit, "kind", "code");
	value_set_text(fit, "text", buf_text(&text));
	return fit;
}

static bool
blocks_add(
    json_t *list, const json_t *document, const char *field, struct err *err)
{
	AUTO(value) json_t *blocks = NULL;
	if (!markdown_blocks(value_text(document, field), field, &blocks, err))
		return false;
	size_t i;
	json_t *block;
	json_array_foreach(blocks, i, block)
	{
		const char *kind = value_text(block, "kind");
		if (strcmp(kind, "code") == 0) {
			(void)json_array_append_new(list, code_fit(block));
			continue;
		}
		json_t *fit = json_object();
		value_set_text(fit, "kind", kind);
		value_set(fit, "spans",
		    rst_spans_fit(json_object_get(block, "spans")));
		(void)json_array_append_new(list, fit);
	}
	return true;
}

static void
references_add(json_t *links, const json_t *document)
{
	size_t i;
	json_t *reference;
	json_array_foreach(json_object_get(document, "references"), i,
	    reference) link_add(links, value_text(reference, "text"),
	    value_text(reference, "url"));
}

static void
note_add(json_t *notes, const json_t *fix)
{
	const char *disposition = value_text(fix, "disposition");
	const char *reason = value_text(fix, "reason");
	for (size_t i = 0; i < COUNT(DISPOSITIONS); i++) {
		if (strcmp(disposition, DISPOSITIONS[i].disposition) != 0)
			continue;
		AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN);
		AUTO(buf) struct buf line = BUF(LIMIT_MARKDOWN);
		buf_printf(&text, "%s: %s%s%s.", value_text(fix, "line"),
		    DISPOSITIONS[i].sentence, reason[0] == '\0' ? "" : ": ",
		    reason);
		document_line(&line, buf_text(&text));
		(void)json_array_append_new(
		    notes, json_string(buf_text(&line)));
	}
}

/* One line per pull request per branch in the fixed order (P-48). */
static void
fixes_add(json_t *entry, const json_t *document)
{
	AUTO(value) json_t *fixes = document_fixes(document);
	json_t *links = json_object_get(entry, "fixes");
	size_t i;
	json_t *fix;
	json_array_foreach(fixes, i, fix)
	{
		AUTO(buf) struct buf text = BUF(1024);
		const char *line = value_text(fix, "line");
		note_add(json_object_get(entry, "notes"), fix);
		if (strcmp(value_text(fix, "disposition"), "fixed") != 0)
			continue;
		if (strcmp(line, "main") == 0 && document_has(fix, "tag")) {
			buf_printf(
			    &text, "main for %s", value_text(fix, "tag"));
			line_set(entry, "fixed", buf_text(&text));
			buf_free(&text);
		}
		buf_printf(&text, "PR %d fix for %s",
		    (int)value_int(fix, "pr", 0), line);
		link_add(links, buf_text(&text), value_text(fix, "pr_url"));
	}
}

static void
credit_add(json_t *entry, const json_t *document)
{
	AUTO(value) json_t *names = document_credits(document);
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN);
	size_t i, count = json_array_size(names);
	json_t *name;
	json_array_foreach(names, i, name) buf_printf(&text, "%s%s",
	    i == 0          ? ""
	    : i + 1 < count ? ", "
			    : " and ",
	    value_text(name, "name"));
	if (text.len > 0) {
		buf_putc(&text, '.');
		value_set_text(entry, "credit", buf_text(&text));
	}
}

static bool
impacts_add(json_t *entry, const json_t *document, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN);
	if (!impacts_print(document, &text, err))
		return false;
	value_set_text(entry, "impacts", buf_text(&text));
	return true;
}

/* Id, sentence and date, and nothing else (P-41). */
static bool
placeholder_fill(json_t *entry, const json_t *document, struct err *err)
{
	char date[WHEN_TEXT];
	int64_t until = value_when(document, "embargo_until");
	if (until == 0)
		return err_set(err, ERR_INVALID, "embargo_until",
		    "an entry under embargo needs the embargo's end");
	value_set_text(entry, "embargo_until", when_date(until, date));
	return true;
}

static bool
disclosed_fill(
    json_t *entry, const json_t *document, const char *kind, struct err *err)
{
	const char *url = NULL;
	line_set(entry, "title", value_text(document, "title"));
	if (!document_has(entry, "title"))
		return err_set(err, ERR_INVALID, "title", "%s has no title",
		    value_text(entry, "cve"));
	if (!document_url(document, "url", &url, err))
		return false;
	json_t *links = json_object_get(entry, "links");
	if (strcmp(kind, "page") != 0 && !impacts_add(entry, document, err))
		return false;
	if (strcmp(kind, "notes-bullet") == 0) {
		value_set_text(entry, "url", url);
		return true;
	}
	AUTO(buf) struct buf text = BUF(512);
	buf_printf(&text, "%s advisory %s",
	    value_text(json_object_get(document, "project"), "name"),
	    value_text(document, "id"));
	link_add(links, buf_text(&text), url);
	references_add(links, document);
	if (strcmp(kind, "page") == 0) {
		fixes_add(entry, document);
		credit_add(entry, document);
	}
	return blocks_add(
	    json_object_get(entry, "blocks"), document, "description", err);
}

bool
rst_entry(const json_t *document, const char *cve, const char *kind,
    json_t **ret, struct err *err)
{
	bool known = false;
	for (size_t i = 0; i < COUNT(KINDS); i++)
		known = known || strcmp(kind, KINDS[i]) == 0;
	if (!known)
		return err_set(err, ERR_INVALID, "kind",
		    "kind is notes-bullet, notes-subsection or page");
	if (!document_cve_is_valid(cve))
		return err_set(err, ERR_INVALID, "cves",
		    "a CVE id is written CVE-, year, number");
	AUTO(value) json_t *entry = entry_new(cve);
	bool open = value_when(document, "disclosed_at") == 0;
	bool filled = open ? placeholder_fill(entry, document, err)
			   : disclosed_fill(entry, document, kind, err);
	if (!filled)
		return false;
	*ret = json_incref(entry);
	return true;
}

json_t *
rst_section(const char *kind, int year, const json_t *entries)
{
	json_t *section = json_object(), *sorted = json_array();
	size_t i;
	json_t *entry;
	value_set_text(section, "kind", kind);
	value_set(section, "year", year == 0 ? NULL : json_integer(year));
	value_set(section, "entries", sorted);
	json_array_foreach(entries, i, entry)
	{
		const char *cve = value_text(entry, "cve");
		size_t at = json_array_size(sorted);
		while (at > 0 && document_cve_compare(cve,
				     value_text(json_array_get(sorted, at - 1),
					 "cve")) < 0)
			at--;
		(void)json_array_insert(sorted, at, entry);
	}
	return section;
}
