/* Facts of a case → document value. */
#include "publish/publish.h"

#include "formats/version.h"
#include "value/value.h"

#include <ctype.h>
#include <string.h>

#define TEXT_MOST 4096

static void
keep(json_t *to, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);
	value_set(to, key, json_is_null(value) ? NULL : json_incref(value));
}

static void
set_print(json_t *object, const char *key, const char *before, const char *text,
    const char *after)
{
	AUTO(buf) struct buf out = BUF(TEXT_MOST);
	buf_printf(&out, "%s%s%s", before, text, after);
	value_set_text(object, key, buf_text(&out));
}

/* Host and port of an address, the authority of tag: addresses. */
static struct str
host_of(const char *url)
{
	const char *host = strstr(url, "://");
	host = host == NULL ? url : host + 3;
	return (struct str){ host, strcspn(host, "/:") };
}

json_t *
publish_project(const json_t *settings, const json_t *policy)
{
	const json_t *cna = json_object_get(policy, "cna");
	const char *base = value_text(settings, "base_url");
	struct str host = host_of(base);
	json_t *project = json_object();
	keep(project, policy, "name");
	value_set_text(project, "vendor", value_text(cna, "vendor"));
	value_set_text(project, "product", value_text(cna, "product"));
	value_set_text(project, "cna", value_text(cna, "short_name"));
	value_set_text(project, "org_id", value_text(cna, "org_id"));
	value_set_text(project, "repo_url", value_text(policy, "repository"));
	value_set_text(project, "about", value_text(policy, "about"));
	keep(project, policy, "contact");
	if (strncmp(base, "http://", 7) == 0)
		set_print(project, "base_url", "https://", base + 7, "");
	else
		value_set_text(project, "base_url", base);
	AUTO(buf) struct buf authority = BUF(TEXT_MOST);
	buf_printf(&authority, "%.*s,2026", (int)host.len, host.ptr);
	value_set_text(project, "tag_authority", buf_text(&authority));
	return project;
}

/* "v4.4.2" as "4.4.2"; NULL when it is no version. */
static const char *
version_of(const char *text, char version[VERSION_TEXT])
{
	struct version parsed;
	if (text[0] == '\0' || !version_parse(str_of(text), &parsed))
		return NULL;
	return version_print(&parsed, version);
}

/* What the world reads: merged is fixed, in review is pending. */
static const char *
public_disposition(const char *disposition)
{
	if (strcmp(disposition, "merged") == 0)
		return "fixed";
	return strcmp(disposition, "in-review") == 0 ? "pending" : disposition;
}

static void
add_affected(json_t *list, const json_t *fix, const char *introduced)
{
	char first[VERSION_TEXT], fixed[VERSION_TEXT];
	const char *own = version_of(value_text(fix, "introduced"), first);
	const char *word = public_disposition(value_text(fix, "disposition"));
	bool is_fixed = strcmp(word, "fixed") == 0;
	if (strcmp(word, "not-affected") == 0)
		return;
	json_t *row = json_object();
	value_set_text(row, "line", value_text(fix, "line"));
	value_set_text(row, "introduced",
	    own != NULL             ? own
	    : introduced[0] != '\0' ? introduced
				    : "0");
	value_set_text(row, "fixed",
	    is_fixed ? version_of(value_text(fix, "tag"), fixed) : NULL);
	if (is_fixed)
		keep(row, fix, "commit");
	value_set_text(row, "fixed_commit", value_text(row, "commit"));
	(void)json_object_del(row, "commit");
	(void)json_array_append_new(list, row);
}

static json_t *
affected_of(const json_t *facts)
{
	char text[VERSION_TEXT] = "";
	const json_t *body = json_object_get(facts, "body");
	const char *introduced =
	    version_of(value_text(body, "introduced"), text);
	json_t *list = json_array();
	size_t i;
	json_t *fix;
	json_array_foreach(json_object_get(facts, "fixes"), i, fix)
	    add_affected(list, fix, introduced == NULL ? "" : introduced);
	return list;
}

/* Number at the end of a pull request's address; 0 when there is none. */
static int64_t
pr_number(const char *url)
{
	size_t end = strlen(url), at = end;
	while (at > 0 && isdigit((unsigned char)url[at - 1]))
		at--;
	return end - at == 0 || end - at > 9 ? 0 : strtoll(url + at, NULL, 10);
}

static json_t *
fixes_of(const json_t *facts)
{
	static const char *const kept[] = { "line", "kind", "commit", "tag",
		"reason" };
	json_t *list = json_array();
	size_t i;
	json_t *fix;
	json_array_foreach(json_object_get(facts, "fixes"), i, fix)
	{
		json_t *row = json_object();
		const char *pr = value_text(fix, "pr");
		for (size_t k = 0; k < COUNT(kept); k++)
			value_set_text(row, kept[k], value_text(fix, kept[k]));
		value_set_text(row, "disposition",
		    public_disposition(value_text(fix, "disposition")));
		value_set_text(row, "pr_url", pr);
		if (pr_number(pr) > 0)
			value_set_int(row, "pr", pr_number(pr));
		(void)json_array_append_new(list, row);
	}
	return list;
}

/* A name only by consent, and only the name consented to (P-47). */
static json_t *
credits_of(const json_t *body)
{
	const json_t *credit = json_object_get(body, "credit");
	const char *name = value_text(credit, "name");
	json_t *list = json_array();
	if (strcmp(value_text(credit, "choice"), "name") == 0 &&
	    name[0] != '\0')
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:b}", "name", name, "role",
			      "finder", "consented", 1));
	return list;
}

/* Where an advisory that was taken over stood first. */
static json_t *
references_of(const json_t *body)
{
	const char *url = value_text(body, "reference");
	json_t *list = json_array();
	if (url[0] != '\0')
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:[s]}", "url", url, "text",
			      "First publication", "tags", "vendor-advisory"));
	return list;
}

/* "Update to 4.4.2 or 3.7.3." from the fixed tags, newest line first. */
static void
set_solution(json_t *document)
{
	AUTO(buf) struct buf text = BUF(TEXT_MOST);
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(document, "affected"), i, row)
	{
		const char *fixed = value_text(row, "fixed");
		if (fixed[0] != '\0')
			buf_printf(&text, "%s%s",
			    text.len == 0 ? "Update to " : " or ", fixed);
	}
	if (text.len > 0)
		buf_puts(&text, ".");
	value_set_text(document, "solution", buf_text(&text));
}

static void
set_cwe(json_t *document, const json_t *body)
{
	json_t *cwe = json_object_get(body, "cwe");
	char text[24] = "";
	if (json_is_integer(cwe))
		(void)snprintf(
		    text, sizeof(text), "CWE-%d", (int)json_integer_value(cwe));
	value_set_text(document, "cwe",
	    json_is_string(cwe) ? json_string_value(cwe) : text);
}

json_t *
publish_document(const json_t *facts, const json_t *project)
{
	static const char *const kept[] = { "cves", "received_at",
		"embargo_until", "disclosed_at", "updated_at", "revisions" };
	static const char *const texts[] = { "title", "description", "impact",
		"workaround", "component", "cvss31", "cvss40" };
	const json_t *body = json_object_get(facts, "body");
	const char *number = value_text(facts, "number");
	json_t *document = json_object();
	value_set(document, "project", json_deep_copy(project));
	value_set_text(document, "id", number);
	AUTO(buf) struct buf url = BUF(TEXT_MOST);
	buf_printf(&url, "%s/advisory/%s.html", value_text(project, "base_url"),
	    number);
	value_set_text(document, "url", buf_text(&url));
	for (size_t i = 0; i < COUNT(kept); i++)
		keep(document, facts, kept[i]);
	for (size_t i = 0; i < COUNT(texts); i++)
		value_set_text(document, texts[i], value_text(body, texts[i]));
	set_cwe(document, body);
	value_set(document, "credits", credits_of(body));
	value_set(document, "affected", affected_of(facts));
	value_set(document, "fixes", fixes_of(facts));
	value_set(document, "references", references_of(body));
	set_solution(document);
	return document;
}
