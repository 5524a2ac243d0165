#include "test.h"

#include "core/when.h"
#include "formats/advisory.h"
#include "formats/atom.h"
#include "formats/cve_record.h"
#include "formats/markdown.h"
#include "formats/rst.h"
#include "value/value.h"

#include <string.h>

#define FEED "https://advisories.example.org/feed.atom"

#define CASE                                                                   \
	"{\"project\":{\"name\":\"Example\",\"vendor\":\"v\",\"product\":"     \
	"\"p\",\"org_id\":\"00000000-0000-4000-8000-000000000001\","           \
	"\"base_url\":\"https://advisories.example.org\",\"tag_authority\":"   \
	"\"example.org,2026\"},\"id\":\"FW-1\",\"cves\":[\"CVE-1900-0001\"],"  \
	"\"title\":\"t\",\"description\":\"d\",\"cwe\":\"CWE-125\","           \
	"\"url\":\"https://advisories.example.org/FW-1\",\"credits\":["        \
	"{\"name\":\"Quiet Finder\",\"consented\":false},"                     \
	"{\"name\":\"First Finder\",\"consented\":true}],\"affected\":["       \
	"{\"line\":\"4.3\",\"introduced\":\"3.6.0\",\"fixed\":\"4.3.5\"},"     \
	"{\"line\":\"3.7\",\"introduced\":\"3.6.0\",\"fixed\":\"3.7.3\"}],"    \
	"\"disclosed_at\":\"2026-11-20T15:00:00Z\"}"

static json_t *
json(const char *text)
{
	struct err err = { 0 };
	json_t *value = NULL;
	if (!value_parse(str_of(text), LIMIT_DOCUMENT, &value, &err))
		fail_msg("%s", err.text);
	return value;
}

static bool
feed_write(
    const json_t *document, const char *url, struct buf *out, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	(void)json_array_append_new(list, json_deep_copy(document));
	return atom_write(json_object_get(document, "project"), list, url,
	    WHEN_SECOND, out, err);
}

static void
feeds_refuse_what_is_not_public(void **state)
{
	(void)state;
	static const struct {
		const char *object, *key, *json, *field;
	} cases[] = {
		{ "project", "name", "null", "name" },
		{ "project", "base_url", "\"http://example.org\"", "base_url" },
		{ "project", "tag_authority", "\"example.org\"",
		    "tag_authority" },
		{ "project", "tag_authority", "\"e x,2026\"", "tag_authority" },
		{ "project", "tag_authority", "\"example.org,2026<\"",
		    "tag_authority" },
		{ NULL, "id", "\"a b\"", "id" },
		{ NULL, "id", "null", "id" },
		{ NULL, "title", "null", "title" },
		{ NULL, "url", "\"javascript:x\"", "url" },
		{ NULL, "disclosed_at", "null", "disclosed_at" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(CASE);
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		assert_true(feed_write(document, FEED, &out, &err));
		json_t *object =
		    cases[i].object == NULL
			? document
			: json_object_get(document, cases[i].object);
		value_set(object, cases[i].key,
		    json_loads(cases[i].json, JSON_DECODE_ANY, NULL));
		assert_false(feed_write(document, FEED, &out, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
	}
	struct err err = { 0 };
	AUTO(value) json_t *document = json(CASE);
	AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
	assert_false(feed_write(document, "feed.atom", &out, &err));
	assert_string_equal(err.field, "feed_url");
}

/* F-43: an empty feed is a feed; updated is the newest entry's */
static void
feeds_say_when_they_changed(void **state)
{
	(void)state;
	struct err err = { 0 };
	AUTO(value) json_t *document = json(CASE);
	AUTO(value) json_t *none = json_array();
	AUTO(buf) struct buf empty = BUF(LIMIT_DOCUMENT);
	AUTO(buf) struct buf full = BUF(LIMIT_DOCUMENT);
	assert_true(atom_write(json_object_get(document, "project"), none, FEED,
	    WHEN_SECOND, &empty, &err));
	assert_non_null(strstr(
	    buf_text(&empty), "<updated>1970-01-01T00:00:01Z</updated>"));
	assert_true(feed_write(document, FEED, &full, &err));
	assert_non_null(strstr(
	    buf_text(&full), "  <updated>2026-11-20T15:00:00Z</updated>"));
	assert_non_null(strstr(
	    buf_text(&full), "<id>tag:example.org,2026:advisory/FW-1</id>"));
}

static void
advisories_refuse_wrong_facts(void **state)
{
	(void)state;
	static const char *const cases[][3] = {
		{ "id", "null", "title" },
		{ "title", "\"\"", "title" },
		{ "url", "\"http://example.org/\"", "url" },
		{ "cwe", "\"CWE-4\"", "cwe" },
		{ "cvss31", "\"CVSS:3.1/AV:N\"", "cvss31" },
		{ "cvss40", "\"7.5\"", "cvss" },
		{ "affected", "[{\"introduced\":\"x\"}]", "affected" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(CASE);
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		value_set(document, cases[i][0],
		    json_loads(cases[i][1], JSON_DECODE_ANY, NULL));
		assert_false(advisory_write(document, &out, &err));
		assert_string_equal(err.field, cases[i][2]);
		assert_int_equal(out.len, 0);
	}
}

/* F-41: the documents of one case imply the same releases */
static void
documents_agree_on_the_releases(void **state)
{
	(void)state;
	struct err err = { 0 };
	AUTO(value) json_t *document = json(CASE);
	AUTO(value) json_t *cna = NULL;
	AUTO(value) json_t *advisory = NULL;
	AUTO(value) json_t *entry = NULL;
	assert_true(
	    cve_record_container(document, "CVE-1900-0001", &cna, &err));
	assert_true(advisory_value(document, &advisory, &err));
	assert_true(
	    rst_entry(document, "CVE-1900-0001", "notes-bullet", &entry, &err));
	assert_string_equal(
	    value_text(advisory, "impacts"), value_text(entry, "impacts"));
	const json_t *versions = json_object_get(
	    json_array_get(json_object_get(cna, "affected"), 0), "versions");
	const json_t *ranges = json_object_get(advisory, "ranges");
	assert_int_equal(json_array_size(versions), json_array_size(ranges));
	size_t i;
	json_t *range;
	json_array_foreach(ranges, i, range)
	{
		const json_t *version = json_array_get(versions, i);
		assert_string_equal(value_text(version, "version"),
		    value_text(range, "introduced"));
		assert_string_equal(value_text(version, "lessThan"),
		    value_text(range, "fixed"));
	}
}

/* P-47: a name stands nowhere without consent */
static void
names_need_consent(void **state)
{
	(void)state;
	struct err err = { 0 };
	AUTO(value) json_t *document = json(CASE);
	AUTO(buf) struct buf all = BUF(LIMIT_DOCUMENT);
	AUTO(value) json_t *entry = NULL;
	assert_true(cve_record_write(document, "CVE-1900-0001", &all, &err));
	assert_true(advisory_write(document, &all, &err));
	assert_true(rst_entry(document, "CVE-1900-0001", "page", &entry, &err));
	value_print(&all, entry);
	assert_true(feed_write(document, FEED, &all, &err));
	assert_non_null(strstr(buf_text(&all), "First Finder"));
	assert_null(strstr(buf_text(&all), "Quiet"));
}

static void
markdown_becomes_plain_text(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "", "" },
		{ "one\ntwo  \nthree", "one two three" },
		{ "a\n\nb", "a\n\nb" },
		{ "# Head\n\n*em* **strong** `co de`",
		    "Head\n\nem strong co de" },
		{ "- a\n- b\n  - c\n\nend", "- a\n- b\n- c\n\nend" },
		{ "1. a\n2. b", "- a\n- b" },
		{ "```\nx  y\n\nz\n```", "x  y\n\nz" },
		{ "<script>alert(1)</script>\n\na <b>c</b>", "a c" },
		{ "[t](https://example.org/x)", "t (https://example.org/x)" },
		{ "[t](javascript:x)", "t" },
		{ "<https://example.org/x>", "https://example.org/x" },
		{ "![alt](https://example.org/i.png)", "alt" },
		{ "> quoted", "quoted" },
		{ "&lt;b&gt; &amp;", "<b> &" },
		{ "a\xe2\x80\xae"
		  "b",
		    "a<U+202E>b" },
		{ "a `b` c`d`", "a b cd" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *blocks = NULL;
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		assert_true(
		    markdown_blocks(cases[i][0], "text", &blocks, &err));
		markdown_plain(&out, blocks);
		assert_string_equal(buf_text(&out), cases[i][1]);
	}
}

static void
markdown_has_a_ceiling(void **state)
{
	(void)state;
	struct err err = { 0 };
	json_t *blocks = NULL;
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN + 1);
	for (size_t i = 0; i <= LIMIT_MARKDOWN; i++)
		buf_putc(&text, '>');
	assert_false(markdown_blocks(buf_text(&text), "impact", &blocks, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.field, "impact");
	text.ptr[LIMIT_MARKDOWN] = '\0';
	assert_true(markdown_blocks(buf_text(&text), "impact", &blocks, &err));
	value_auto(&blocks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feeds_refuse_what_is_not_public),
		cmocka_unit_test(feeds_say_when_they_changed),
		cmocka_unit_test(advisories_refuse_wrong_facts),
		cmocka_unit_test(documents_agree_on_the_releases),
		cmocka_unit_test(names_need_consent),
		cmocka_unit_test(markdown_becomes_plain_text),
		cmocka_unit_test(markdown_has_a_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
