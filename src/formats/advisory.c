#include "formats/advisory.h"

#include "formats/impacts.h"
#include "formats/markdown.h"
#include "severity/cvss.h"
#include "severity/cwe.h"
#include "value/value.h"

#include <string.h>

/* Texts copied as they are. */
static const char *const TEXTS[] = { "id", "url", "description", "impact",
	"workaround", "solution", "component" };

/* What is public of one fix. */
static const char *const FIX_TEXTS[] = { "line", "disposition", "commit",
	"pr_url", "tag", "reason" };

static bool
score_add(json_t *advisory, const json_t *document, const char *field,
    struct err *err)
{
	struct cvss cvss;
	char text[CVSS_TEXT];
	if (!document_has(document, field))
		return true;
	if (!cvss_parse(str_of(value_text(document, field)), &cvss, err))
		return false;
	int score = cvss_base_score(&cvss);
	json_t *value = json_object();
	value_set_text(value, "vector", cvss_print(&cvss, text));
	value_set(value, "score", json_real(score / 10.0));
	value_set_text(value, "severity", cvss_severity(score));
	value_set(advisory, field, value);
	value_set_text(advisory, "severity", cvss_severity(score));
	return true;
}

static bool
weakness_add(json_t *advisory, const json_t *document, struct err *err)
{
	const struct cwe *cwe = NULL;
	if (!document_has(document, "cwe"))
		return true;
	if (!cwe_parse(str_of(value_text(document, "cwe")), &cwe, err))
		return false;
	json_t *value = json_object();
	value_set_text(value, "id", value_text(document, "cwe"));
	value_set_text(value, "name", cwe->name);
	value_set(advisory, "cwe", value);
	return true;
}

static bool
ranges_add(json_t *advisory, const json_t *document, struct err *err)
{
	json_t *ranges = NULL;
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN);
	if (json_array_size(json_object_get(document, "affected")) == 0)
		return true;
	if (!impacts_ranges(document, &ranges, err))
		return false;
	value_set(advisory, "ranges", ranges);
	if (!impacts_print(document, &text, err))
		return false;
	value_set_text(advisory, "impacts", buf_text(&text));
	return true;
}

static json_t *
fixes_value(const json_t *document)
{
	AUTO(value) json_t *fixes = document_fixes(document);
	json_t *list = json_array();
	size_t i;
	json_t *fix;
	json_array_foreach(fixes, i, fix)
	{
		json_t *row = json_object();
		for (size_t k = 0; k < COUNT(FIX_TEXTS); k++)
			value_set_text(
			    row, FIX_TEXTS[k], value_text(fix, FIX_TEXTS[k]));
		if (!document_url_is_safe(value_text(fix, "pr_url")))
			value_set(row, "pr_url", NULL);
		(void)json_array_append_new(list, row);
	}
	return list;
}

static bool
words_add(json_t *advisory, const json_t *document, struct err *err)
{
	AUTO(value) json_t *blocks = NULL;
	AUTO(buf) struct buf title = BUF(LIMIT_MARKDOWN);
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	if (!markdown_blocks(value_text(document, "description"), "description",
		&blocks, err))
		return false;
	for (size_t i = 0; i < COUNT(TEXTS); i++)
		value_set_text(
		    advisory, TEXTS[i], value_text(document, TEXTS[i]));
	document_line(&title, value_text(document, "title"));
	value_set_text(advisory, "title", buf_text(&title));
	markdown_plain(&text, blocks);
	value_set_text(advisory, "description_text", buf_text(&text));
	return true;
}

/* Only addresses that are safe to follow. */
static json_t *
references_value(const json_t *document)
{
	json_t *list = json_array();
	size_t i;
	json_t *reference;
	json_array_foreach(
	    json_object_get(document, "references"), i, reference)
	{
		if (document_url_is_safe(value_text(reference, "url")))
			(void)json_array_append(list, reference);
	}
	return list;
}

static void
lists_add(json_t *advisory, const json_t *document)
{
	static const char *const copies[] = { "cves", "references", "revisions",
		"rejected" };
	static const char *const times[] = { "disclosed_at", "updated_at" };
	for (size_t i = 0; i < COUNT(copies); i++)
		value_set(advisory, copies[i],
		    json_deep_copy(json_object_get(document, copies[i])));
	for (size_t i = 0; i < COUNT(times); i++)
		value_set_when(
		    advisory, times[i], value_when(document, times[i]));
	value_set(advisory, "credits", document_credits(document));
	value_set(advisory, "fixes", fixes_value(document));
	value_set(advisory, "references", references_value(document));
	value_set_text(advisory, "project",
	    value_text(json_object_get(document, "project"), "name"));
}

bool
advisory_value(const json_t *document, json_t **ret, struct err *err)
{
	const char *url = NULL;
	if (!document_has(document, "id") || !document_has(document, "title"))
		return err_set(err, ERR_INVALID, "title",
		    "an advisory needs an id and a title");
	if (!document_url(document, "url", &url, err))
		return false;
	AUTO(value) json_t *advisory = json_object();
	value_set_text(advisory, "format", "forewarn-advisory-1");
	if (!words_add(advisory, document, err) ||
	    !weakness_add(advisory, document, err) ||
	    !score_add(advisory, document, "cvss31", err) ||
	    !score_add(advisory, document, "cvss40", err) ||
	    !ranges_add(advisory, document, err))
		return false;
	lists_add(advisory, document);
	*ret = json_incref(advisory);
	return true;
}

bool
advisory_write(const json_t *document, struct buf *out, struct err *err)
{
	AUTO(value) json_t *advisory = NULL;
	if (!advisory_value(document, &advisory, err))
		return false;
	document_print(out, advisory);
	return !out->failed ||
	       err_set(err, ERR_LIMIT, NULL, "the advisory is too long");
}
