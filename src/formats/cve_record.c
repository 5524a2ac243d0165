#include "formats/cve_record.h"

#include "core/utf8.h"
#include "formats/impacts.h"
#include "formats/markdown.h"
#include "severity/cvss.h"
#include "severity/cwe.h"
#include "value/value.h"

#include <string.h>

#define TITLE_MAX 256
#define TEXT_MAX 4096
#define REFERENCES_MAX 512
#define COMMIT_LEN 40

/* Credit types of the schema; anything else is written as "other". */
static const char *const CREDITS[] = { "finder", "reporter", "analyst",
	"coordinator", "remediation developer", "remediation reviewer",
	"remediation verifier", "tool", "sponsor", "other" };

/* Events of the document that stand in the record's timeline. */
static const struct {
	const char *key, *text;
} TIMELINE[] = {
	{ "received_at", "Reported" },
	{ "disclosed_at", "Disclosed" },
};

static json_t *
english(const char *text)
{
	json_t *value = json_object();
	value_set_text(value, "lang", "en");
	value_set_text(value, "value", text);
	return value;
}

static void
list_set(json_t *object, const char *key, json_t *only)
{
	json_t *list = json_array();
	(void)json_array_append_new(list, only);
	value_set(object, key, list);
}

static bool
length_check(const char *field, const char *text, size_t max, struct err *err)
{
	if (str_trim(str_of(text)).len == 0)
		return err_set(err, ERR_INVALID, field, "%s is empty", field);
	if (utf8_count(text, strlen(text)) > max)
		return err_set(err, ERR_INVALID, field,
		    "%s is longer than the %zu characters of a CVE record",
		    field, max);
	return true;
}

/* Markdown of a field as plain text in an English text object. */
static bool
text_read(
    const json_t *document, const char *field, json_t **ret, struct err *err)
{
	AUTO(value) json_t *blocks = NULL;
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	if (!markdown_blocks(value_text(document, field), field, &blocks, err))
		return false;
	markdown_plain(&text, blocks);
	if (!length_check(field, buf_text(&text), TEXT_MAX, err))
		return false;
	*ret = english(buf_text(&text));
	return true;
}

static bool
optional_add(json_t *cna, const char *key, const json_t *document,
    const char *field, struct err *err)
{
	json_t *text = NULL;
	if (!document_has(document, field))
		return true;
	if (!text_read(document, field, &text, err))
		return false;
	list_set(cna, key, text);
	return true;
}

/* Title and description; no credited name may stand in them. */
static bool
words_add(json_t *cna, const json_t *document, struct err *err)
{
	AUTO(buf) struct buf title = BUF(LIMIT_MARKDOWN);
	document_line(&title, value_text(document, "title"));
	if (!length_check("title", buf_text(&title), TITLE_MAX, err))
		return false;
	AUTO(value) json_t *text = NULL;
	AUTO(value) json_t *credits = document_credits(document);
	if (!text_read(document, "description", &text, err))
		return false;
	size_t i;
	json_t *credit;
	json_array_foreach(credits, i,
	    credit) if (strstr(value_text(text, "value"),
			    value_text(credit, "name")) !=
			NULL) return err_set(err, ERR_INVALID, "description",
	    "a credited name stands in the description; "
	    "credits have their own field");
	value_set_text(cna, "title", buf_text(&title));
	list_set(cna, "descriptions", json_incref(text));
	return optional_add(cna, "workarounds", document, "workaround", err) &&
	       optional_add(cna, "solutions", document, "solution", err);
}

static bool
is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

static json_t *
version_entry(const char *type, const char *from, const char *below)
{
	json_t *entry = json_object();
	value_set_text(entry, "version", from);
	value_set_text(entry, "status", "affected");
	value_set_text(entry, "versionType", type);
	value_set_text(entry, "lessThan", below[0] == '\0' ? "*" : below);
	return entry;
}

static json_t *
versions_semver(const json_t *ranges)
{
	json_t *list = json_array();
	size_t i;
	json_t *range;
	json_array_foreach(ranges, i, range)(void) json_array_append_new(
	    list, version_entry("semver", value_text(range, "introduced"),
		      value_text(range, "fixed")));
	return list;
}

/* Only ranges whose fix is a known commit. */
static json_t *
versions_git(const json_t *ranges)
{
	json_t *list = json_array();
	size_t i;
	json_t *range;
	json_array_foreach(ranges, i, range)
	{
		const char *from = value_text(range, "introduced_commit");
		const char *fixed = value_text(range, "fixed_commit");
		if (!is_hex(fixed, COMMIT_LEN))
			continue;
		bool known = is_hex(from, COMMIT_LEN);
		(void)json_array_append_new(
		    list, version_entry("git", known ? from : "0", fixed));
	}
	return list;
}

static void
routines_add(json_t *product, const json_t *document)
{
	const json_t *names = json_object_get(document, "program_routines");
	if (json_array_size(names) == 0)
		return;
	json_t *list = json_array();
	size_t i;
	json_t *name;
	json_array_foreach(names, i, name)
	{
		json_t *routine = json_object();
		value_set_text(routine, "name", json_string_value(name));
		(void)json_array_append_new(list, routine);
	}
	value_set(product, "programRoutines", list);
}

static void
product_copy(json_t *product, const char *key, const json_t *list)
{
	if (json_array_size(list) > 0)
		value_set(product, key, json_deep_copy(list));
}

/* One affected[] block; takes versions. */
static json_t *
product_new(const json_t *document, json_t *versions)
{
	const json_t *project = json_object_get(document, "project");
	json_t *product = json_object();
	static const char *const keys[][2] = { { "vendor", "vendor" },
		{ "product", "product" }, { "repo", "repo_url" },
		{ "collectionURL", "collection_url" },
		{ "packageName", "package" } };
	for (size_t i = 0; i < COUNT(keys); i++)
		if (document_has(project, keys[i][1]))
			value_set_text(product, keys[i][0],
			    value_text(project, keys[i][1]));
	product_copy(product, "modules", json_object_get(document, "modules"));
	product_copy(product, "programFiles",
	    json_object_get(document, "program_files"));
	routines_add(product, document);
	value_set_text(product, "defaultStatus", "unaffected");
	value_set(product, "versions", versions);
	return product;
}

static bool
affected_add(json_t *cna, const json_t *document, struct err *err)
{
	const json_t *project = json_object_get(document, "project");
	AUTO(value) json_t *ranges = NULL;
	if (!document_has(project, "vendor") ||
	    !document_has(project, "product"))
		return err_set(err, ERR_INVALID, "project",
		    "a CVE record needs the project's vendor and product");
	if (!impacts_ranges(document, &ranges, err))
		return false;
	if (json_array_size(ranges) == 0)
		return err_set(err, ERR_INVALID, "affected",
		    "no release is affected; there is nothing to publish");
	json_t *list = json_array();
	value_set(cna, "affected", list);
	(void)json_array_append_new(
	    list, product_new(document, versions_semver(ranges)));
	json_t *git = versions_git(ranges);
	if (json_array_size(git) > 0)
		(void)json_array_append_new(list, product_new(document, git));
	else
		json_decref(git);
	return true;
}

static bool
weakness_add(json_t *cna, const json_t *document, struct err *err)
{
	const struct cwe *cwe = NULL;
	if (!cwe_parse(str_of(value_text(document, "cwe")), &cwe, err))
		return false;
	char text[256];
	json_t *description = json_object(), *type = json_object();
	(void)snprintf(text, sizeof(text), "CWE-%d %s", cwe->id, cwe->name);
	value_set_text(description, "lang", "en");
	value_set_text(description, "type", "CWE");
	value_set_text(description, "cweId", value_text(document, "cwe"));
	value_set_text(description, "description", text);
	list_set(type, "descriptions", description);
	list_set(cna, "problemTypes", type);
	return true;
}

/* The metric object of one vector; the score is computed from it. */
static bool
metric_add(json_t *metrics, const json_t *document, const char *field,
    const char *key, enum cvss_version version, struct err *err)
{
	struct cvss cvss;
	char text[CVSS_TEXT];
	if (!document_has(document, field))
		return true;
	if (!cvss_parse(str_of(value_text(document, field)), &cvss, err))
		return false;
	if (cvss.version != version)
		return err_set(err, ERR_INVALID, field,
		    "%s holds a vector of CVSS %s", field,
		    cvss_version_name(cvss.version));
	int score = cvss_base_score(&cvss);
	json_t *score_value = json_object(), *metric = json_object();
	value_set_text(score_value, "version", cvss_version_name(version));
	value_set_text(score_value, "vectorString", cvss_print(&cvss, text));
	value_set(score_value, "baseScore", json_real(score / 10.0));
	value_set_text(score_value, "baseSeverity", cvss_severity(score));
	value_set_text(metric, "format", "CVSS");
	list_set(metric, "scenarios", english("GENERAL"));
	value_set(metric, key, score_value);
	(void)json_array_append_new(metrics, metric);
	return true;
}

static bool
metrics_add(json_t *cna, const json_t *document, struct err *err)
{
	AUTO(value) json_t *metrics = json_array();
	if (!metric_add(
		metrics, document, "cvss40", "cvssV4_0", CVSS_40, err) ||
	    !metric_add(metrics, document, "cvss31", "cvssV3_1", CVSS_31, err))
		return false;
	if (json_array_size(metrics) > 0)
		value_set(cna, "metrics", json_incref(metrics));
	return true;
}

static bool
reference_is_known(const json_t *references, const char *url)
{
	size_t i;
	json_t *reference;
	json_array_foreach(references, i,
	    reference) if (strcmp(value_text(reference, "url"), url) ==
			   0) return true;
	return false;
}

/* Adds an address once; tag may be NULL. */
static void
reference_add(json_t *references, const char *url, const char *tag)
{
	if (!document_url_is_safe(url) ||
	    json_array_size(references) >= REFERENCES_MAX ||
	    reference_is_known(references, url))
		return;
	json_t *reference = json_object();
	value_set_text(reference, "url", url);
	if (tag != NULL)
		list_set(reference, "tags", json_string(tag));
	(void)json_array_append_new(references, reference);
}

/* Fix commits, then pull requests, main first (cve-services.md C-20). */
static void
references_of_fixes(json_t *references, const json_t *document)
{
	const char *repo =
	    value_text(json_object_get(document, "project"), "repo_url");
	AUTO(value) json_t *fixes = document_fixes(document);
	size_t i;
	json_t *fix;
	json_array_foreach(fixes, i, fix)
	{
		AUTO(buf) struct buf url = BUF(2048);
		const char *commit = value_text(fix, "commit");
		buf_printf(&url, "%s/commit/%s", repo, commit);
		if (is_hex(commit, COMMIT_LEN))
			reference_add(references, buf_text(&url), "patch");
	}
	json_array_foreach(fixes, i, fix)
	    reference_add(references, value_text(fix, "pr_url"), "patch");
}

/* Own advisory first, fixes, then what else is known (C-20). */
static bool
references_add(json_t *cna, const json_t *document, struct err *err)
{
	const char *url = NULL;
	if (!document_url(document, "url", &url, err))
		return false;
	json_t *references = json_array();
	value_set(cna, "references", references);
	reference_add(references, url, "vendor-advisory");
	references_of_fixes(references, document);
	size_t i;
	json_t *other;
	json_array_foreach(json_object_get(document, "references"), i, other)
	{
		size_t count = json_array_size(references);
		reference_add(references, value_text(other, "url"), NULL);
		const json_t *tags = json_object_get(other, "tags");
		if (json_array_size(references) > count &&
		    json_array_size(tags) > 0)
			value_set(json_array_get(references, count), "tags",
			    json_deep_copy(tags));
	}
	return true;
}

static void
credits_add(json_t *cna, const json_t *document)
{
	AUTO(value) json_t *named = document_credits(document);
	json_t *credits = json_array();
	size_t i;
	json_t *name;
	json_array_foreach(named, i, name)
	{
		const char *role = value_text(name, "role");
		const char *type = role[0] == '\0' ? "finder" : "other";
		for (size_t k = 0; k < COUNT(CREDITS); k++)
			if (strcmp(role, CREDITS[k]) == 0)
				type = CREDITS[k];
		json_t *credit = english(value_text(name, "name"));
		value_set_text(credit, "type", type);
		(void)json_array_append_new(credits, credit);
	}
	if (json_array_size(credits) > 0)
		value_set(cna, "credits", credits);
	else
		json_decref(credits);
}

static void
times_add(json_t *cna, const json_t *document)
{
	json_t *timeline = json_array();
	for (size_t i = 0; i < COUNT(TIMELINE); i++) {
		int64_t when = value_when(document, TIMELINE[i].key);
		if (when == 0)
			continue;
		json_t *event = english(TIMELINE[i].text);
		value_set_when(event, "time", when);
		(void)json_array_append_new(timeline, event);
	}
	if (json_array_size(timeline) > 0)
		value_set(cna, "timeline", timeline);
	else
		json_decref(timeline);
	int64_t disclosed = value_when(document, "disclosed_at");
	if (disclosed != 0)
		value_set_when(cna, "datePublic", disclosed);
}

static bool
uuid_is_valid(const char *text)
{
	if (strlen(text) != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text[i] != '-'
			 : strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	}
	return true;
}

static bool
provider_add(json_t *cna, const json_t *document, struct err *err)
{
	const json_t *project = json_object_get(document, "project");
	if (!uuid_is_valid(value_text(project, "org_id")))
		return err_set(err, ERR_INVALID, "project",
		    "org_id must be the CNA's UUID in lower case");
	json_t *provider = json_object();
	value_set_text(provider, "orgId", value_text(project, "org_id"));
	if (document_has(project, "cna"))
		value_set_text(
		    provider, "shortName", value_text(project, "cna"));
	if (value_when(document, "updated_at") != 0)
		value_set_when(provider, "dateUpdated",
		    value_when(document, "updated_at"));
	value_set(cna, "providerMetadata", provider);
	return true;
}

static void
source_add(json_t *cna, const json_t *document)
{
	json_t *source = json_object(), *generator = json_object();
	if (document_has(document, "id"))
		value_set_text(source, "advisory", value_text(document, "id"));
	value_set_text(source, "discovery", "UNKNOWN");
	value_set(cna, "source", source);
	value_set_text(generator, "engine", "forewarn");
	value_set(cna, "x_generator", generator);
	if (value_true(document, "unsupported"))
		list_set(cna, "tags", json_string("unsupported-when-assigned"));
}

static bool
rejected_fill(json_t *cna, const json_t *rejected, struct err *err)
{
	json_t *text = NULL;
	if (!text_read(rejected, "reason", &text, err))
		return false;
	list_set(cna, "rejectedReasons", text);
	const json_t *others = json_object_get(rejected, "replaced_by");
	size_t i;
	json_t *other;
	json_array_foreach(others, i,
	    other) if (!json_is_string(other) ||
		       !document_cve_is_valid(
			   json_string_value(other))) return err_set(err,
	    ERR_INVALID, "replaced_by", "replaced_by must hold CVE ids");
	if (json_array_size(others) > 0)
		value_set(cna, "replacedBy", json_deep_copy(others));
	return true;
}

static bool
published_fill(json_t *cna, const json_t *document, struct err *err)
{
	if (!words_add(cna, document, err) ||
	    !affected_add(cna, document, err) ||
	    !weakness_add(cna, document, err) ||
	    !metrics_add(cna, document, err) ||
	    !references_add(cna, document, err))
		return false;
	credits_add(cna, document);
	times_add(cna, document);
	source_add(cna, document);
	return true;
}

bool
cve_record_container(
    const json_t *document, const char *cve, json_t **ret, struct err *err)
{
	const json_t *rejected = json_object_get(document, "rejected");
	if (!document_cve_is_valid(cve))
		return err_set(err, ERR_INVALID, "cves",
		    "a CVE id is written CVE-, year, number");
	AUTO(value) json_t *cna = json_object();
	if (!provider_add(cna, document, err))
		return false;
	bool filled = json_is_object(rejected)
			  ? rejected_fill(cna, rejected, err)
			  : published_fill(cna, document, err);
	if (!filled)
		return false;
	*ret = json_incref(cna);
	return true;
}

bool
cve_record_write(
    const json_t *document, const char *cve, struct buf *out, struct err *err)
{
	const json_t *project = json_object_get(document, "project");
	bool rejected = json_is_object(json_object_get(document, "rejected"));
	json_t *cna = NULL;
	if (!cve_record_container(document, cve, &cna, err))
		return false;
	AUTO(value) json_t *record = json_object();
	json_t *metadata = json_object(), *containers = json_object();
	value_set_text(metadata, "cveId", cve);
	value_set_text(
	    metadata, "assignerOrgId", value_text(project, "org_id"));
	if (document_has(project, "cna"))
		value_set_text(
		    metadata, "assignerShortName", value_text(project, "cna"));
	value_set_text(metadata, "state", rejected ? "REJECTED" : "PUBLISHED");
	int64_t disclosed = value_when(document, "disclosed_at");
	if (disclosed != 0)
		value_set_when(metadata, "datePublished", disclosed);
	value_set(containers, "cna", cna);
	value_set_text(record, "dataType", "CVE_RECORD");
	value_set_text(record, "dataVersion", "5.1");
	value_set(record, "cveMetadata", metadata);
	value_set(record, "containers", containers);
	document_print(out, record);
	return !out->failed ||
	       err_set(err, ERR_LIMIT, NULL, "the CVE record is too long");
}
