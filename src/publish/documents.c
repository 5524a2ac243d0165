/* Document value → the bytes of every document of one case. */
#include "core/when.h"
#include "formats/advisory.h"
#include "formats/atom.h"
#include "formats/cve_record.h"
#include "formats/rst.h"
#include "formats/securitytxt.h"
#include "publish/publish.h"
#include "value/value.h"
#include "web/template.h"

#include <string.h>

#define PATH_MOST 256
#define TXT_DAYS 180

static bool
add(json_t *list, const char *name, const char *title, const char *path,
    const char *type, const struct buf *text, struct err *err)
{
	if (text->failed)
		return err_set(
		    err, ERR_LIMIT, NULL, "%s is too long to publish", title);
	json_t *row = json_object();
	value_set_text(row, "name", name);
	value_set_text(row, "title", title);
	value_set_text(row, "path", path);
	value_set_text(row, "type", type);
	value_set_text(row, "text", buf_text(text));
	(void)json_array_append_new(list, row);
	return true;
}

/* A page of the public site: the same for everybody, at every time. */
static bool
print_page(const char *name, const json_t *project, const char *path,
    json_t *page, struct buf *out, struct err *err)
{
	const struct template *template = template_find(name);
	AUTO(value) json_t *all = json_object();
	value_set(all, "page", page);
	value_set(all, "project", json_deep_copy(project));
	value_set_text(all, "path", path);
	value_set_int(all, "status", 200);
	if (template == NULL)
		return err_set(
		    err, ERR_SYSTEM, NULL, "there is no template %s", name);
	template->page(out, all);
	return !out->failed ||
	       err_set(err, ERR_LIMIT, NULL, "the page %s is too long", path);
}

static bool
add_advisory(json_t *list, const json_t *document, struct err *err)
{
	AUTO(buf) struct buf page = BUF(LIMIT_PAGE);
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	const char *id = value_text(document, "id");
	char path[PATH_MOST], json_path[PATH_MOST];
	json_t *value = NULL;
	(void)snprintf(path, sizeof(path), "advisory/%.200s.html", id);
	(void)snprintf(
	    json_path, sizeof(json_path), "advisory/%.200s.json", id);
	if (!advisory_value(document, &value, err))
		return false;
	value_set(value, "json_path", json_sprintf("/%s", json_path));
	if (!print_page("advisory", json_object_get(document, "project"), path,
		value, &page, err) ||
	    !advisory_write(document, &text, err))
		return false;
	return add(list, "html", "Advisory page", path, "text/html", &page,
		   err) &&
	       add(list, "json", "Advisory, machine-readable", json_path,
		   "application/json", &text, err);
}

static bool
add_record(
    json_t *list, const json_t *document, const char *cve, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	char path[PATH_MOST];
	(void)snprintf(path, sizeof(path), "cve/%.60s.json", cve);
	return cve_record_write(document, cve, &text, err) &&
	       add(list, cve, "CVE record", path, "application/json", &text,
		   err);
}

/* One entry alone, as a section, for reading; the files hold them all. */
static bool
add_entry(json_t *list, const json_t *document, const char *cve,
    const char *kind, const char *title, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	AUTO(value) json_t *entries = json_array();
	json_t *entry = NULL;
	if (!rst_entry(document, cve, kind, &entry, err))
		return false;
	(void)json_array_append_new(entries, entry);
	AUTO(value) json_t *section = rst_section(kind, 0, entries);
	return rst_write(section, &text, err) &&
	       add(list, kind, title, NULL, "text/x-rst", &text, err);
}

bool
publish_documents(const json_t *document, json_t **ret, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	size_t i;
	json_t *cve;
	if (!add_advisory(list, document, err))
		return false;
	json_array_foreach(json_object_get(document, "cves"), i, cve)
	{
		const char *id = json_string_value(cve);
		if (!add_record(list, document, id, err) ||
		    !add_entry(list, document, id, "page",
			"Entry of the vulnerabilities page", err) ||
		    !add_entry(list, document, id, "notes-bullet",
			"Entry of release notes, as a bullet", err) ||
		    !add_entry(list, document, id, "notes-subsection",
			"Entry of release notes, as a subsection", err))
			return false;
	}
	*ret = json_incref(list);
	return true;
}

/* The same document on a fixed day, so that waiting changes nothing. */
static json_t *
without_days(const json_t *document)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)document);
	value_set(copy, "disclosed_at",
	    json_incref(json_object_get(document, "received_at")));
	value_set(copy, "updated_at", NULL);
	value_set(copy, "embargo_until", NULL);
	value_set(copy, "revisions", json_array());
	return copy;
}

bool
publish_canon(const json_t *document, struct buf *out, struct err *err)
{
	AUTO(value) json_t *copy = without_days(document);
	size_t i;
	json_t *cve;
	if (!advisory_write(copy, out, err))
		return false;
	json_array_foreach(json_object_get(copy, "cves"), i, cve)
	{
		AUTO(value) json_t *list = json_array();
		const char *id = json_string_value(cve);
		if (!cve_record_write(copy, id, out, err) ||
		    !add_entry(list, copy, id, "page", "page", err) ||
		    !add_entry(list, copy, id, "notes-bullet", "notes", err))
			return false;
		document_print(out, list);
	}
	return !out->failed || err_set(err, ERR_LIMIT, NULL,
				   "the documents are too long to publish");
}

bool
publish_stored(const json_t *document, json_t **ret, struct err *err)
{
	json_t *value = NULL;
	if (!advisory_value(document, &value, err))
		return false;
	value_set(value, "document", json_deep_copy(document));
	*ret = value;
	return true;
}

bool
publish_front(
    const json_t *project, const json_t *page, struct buf *out, struct err *err)
{
	return print_page(
	    "front", project, "/", json_deep_copy(page), out, err);
}

bool
publish_feed(const json_t *project, const json_t *documents, int64_t fallback,
    struct buf *out, struct err *err)
{
	AUTO(buf) struct buf url = BUF(LIMIT_HTTP_URI);
	buf_printf(&url, "%s/atom.xml", value_text(project, "base_url"));
	return atom_write(
	    project, documents, buf_text(&url), fallback, out, err);
}

static void
contact_add(
    json_t *contact, const char *key, const char *before, const char *text)
{
	json_t *list = json_object_get(contact, key);
	if (list == NULL) {
		list = json_array();
		value_set(contact, key, list);
	}
	if (text[0] != '\0')
		(void)json_array_append_new(
		    list, json_sprintf("%s%s", before, text));
}

bool
publish_securitytxt(const json_t *project, const json_t *policy, int64_t now,
    struct buf *out, struct err *err)
{
	const json_t *reach = json_object_get(policy, "contact");
	const char *base = value_text(project, "base_url");
	AUTO(value) json_t *contact = json_object();
	AUTO(buf) struct buf url = BUF(LIMIT_HTTP_URI);
	int64_t since = now - now % (30 * WHEN_DAY);
	buf_printf(&url, "%s/report", base);
	contact_add(contact, "contacts", "", buf_text(&url));
	contact_add(contact, "contacts", "mailto:", value_text(reach, "mail"));
	contact_add(contact, "canonical", base, "/.well-known/security.txt");
	contact_add(contact, "policy", base, "/policy");
	contact_add(contact, "policy", "", value_text(reach, "policy_url"));
	if (json_is_array(json_object_get(reach, "languages")))
		value_set(contact, "languages",
		    json_incref(json_object_get(reach, "languages")));
	return securitytxt_write(
	    contact, now, since + TXT_DAYS * WHEN_DAY, out, err);
}
