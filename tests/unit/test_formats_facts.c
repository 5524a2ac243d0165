#include "test.h"

#include "core/when.h"
#include "formats/cve_record.h"
#include "formats/impacts.h"
#include "formats/securitytxt.h"
#include "formats/version.h"
#include "value/value.h"

#include <string.h>

static json_t *
json(const char *text)
{
	struct err err = { 0 };
	json_t *value = NULL;
	if (!value_parse(str_of(text), LIMIT_DOCUMENT, &value, &err))
		fail_msg("%s", err.text);
	return value;
}

static void
versions_parse_and_order_by_number(void **state)
{
	(void)state;
	static const char *const ordered[] = { "v1.14.0", "2.7.0-rc1",
		"v2.7.0-rc2", "v2.7.0-rc10", "2.7", "v2.7.6", "3.7-branch",
		"v3.7.1", "v3.10.0", "v10.0.0" };
	for (size_t i = 0; i + 1 < COUNT(ordered); i++) {
		struct version a, b;
		assert_true(version_parse(str_of(ordered[i]), &a));
		assert_true(version_parse(str_of(ordered[i + 1]), &b));
		assert_true(version_compare(&a, &b) < 0);
		assert_true(version_compare(&b, &a) > 0);
		assert_int_equal(version_compare(&a, &a), 0);
	}
	static const char *const refused[] = { "", "v", "4", "4.", "4.1.",
		"4.1.0.1", "4.01", "v4.1.0-rc", "v4.1.0-rc0", "v4.1-beta",
		"-1.2", "4.1.100000", " 4.1", "main", "4..1", "vv4.1" };
	struct version version = { .major = 77 };
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_false(version_parse(str_of(refused[i]), &version));
	assert_int_equal(version.major, 77);
	char text[VERSION_TEXT];
	assert_true(version_parse(STR("v4.1.0-rc2"), &version));
	assert_string_equal(version_print(&version, text), "4.1.0-rc2");
}

/* P-48 */
static void
lines_order_main_first_then_newest(void **state)
{
	(void)state;
	static const char *const ordered[] = { "main", "v4.4-branch", "4.3",
		"3.7", "2.7.1", "2.7", "collab", "other" };
	for (size_t i = 0; i < COUNT(ordered); i++)
		for (size_t k = 0; k < COUNT(ordered); k++) {
			int order =
			    version_line_compare(ordered[i], ordered[k]);
			assert_int_equal(order < 0, i < k);
			assert_int_equal(order > 0, i > k);
		}
}

struct impact {
	const char *affected, *text;
};

/* P-42 P-67 */
static const struct impact IMPACTS[] = {
	{ "[{\"line\":\"main\",\"introduced\":\"2.6.0\",\"fixed\":\"4.5.0\"}]",
	    ">= 2.6.0, < 4.5.0" },
	{ "[{\"line\":\"main\",\"introduced\":\"0\",\"fixed\":\"4.5.0\"}]",
	    "< 4.5.0" },
	{ "[{\"line\":\"main\",\"introduced\":\"0\",\"fixed\":null}]",
	    "all releases" },
	{ "[{\"line\":\"main\",\"introduced\":\"v4.4.0\"}]", ">= 4.4.0" },
	/* one introduction for all lines: nothing fixed is covered */
	{ "[{\"line\":\"main\",\"introduced\":\"3.6.0\",\"fixed\":\"4.5.0\"},"
	  "{\"line\":\"4.4\",\"introduced\":\"3.6.0\",\"fixed\":\"4.4.2\"},"
	  "{\"line\":\"4.3\",\"introduced\":\"3.6.0\",\"fixed\":\"4.3.5\"},"
	  "{\"line\":\"3.7\",\"introduced\":\"3.6.0\",\"fixed\":\"3.7.3\"}]",
	    ">= 3.6.0, < 3.7.3; >= 3.8.0, < 4.3.5; >= 4.4.0, < 4.4.2" },
	/* an open line in the middle */
	{ "[{\"line\":\"4.2\",\"introduced\":\"4.1.0\"},"
	  "{\"line\":\"4.3\",\"introduced\":\"4.1.0\",\"fixed\":\"4.3.1\"}]",
	    ">= 4.1.0, < 4.3.1" },
	{ "[{\"line\":\"4.0\",\"introduced\":\"4.0.1\"},"
	  "{\"line\":\"4.3\",\"introduced\":\"4.3.0\",\"fixed\":\"4.3.1\"}]",
	    ">= 4.0.1, < 4.1.0; >= 4.3.0, < 4.3.1" },
};

static void
impacts_are_computed_from_ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(IMPACTS); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json_object();
		AUTO(buf) struct buf out = BUF(1000);
		value_set(document, "affected", json(IMPACTS[i].affected));
		if (!impacts_print(document, &out, &err))
			fail_msg("%s", err.text);
		assert_string_equal(buf_text(&out), IMPACTS[i].text);
	}
}

static void
impacts_refuse_what_has_no_order(void **state)
{
	(void)state;
	static const struct impact refused[] = {
		{ "[]", "no affected release" },
		{ "[{\"introduced\":\"*\"}]", "introduced must be" },
		{ "[{\"introduced\":\"\"}]", "introduced must be" },
		{ "[{\"introduced\":\"1.0.0\",\"fixed\":\"unspecified\"}]",
		    "fixed must be" },
		{ "[{\"introduced\":\"2.0.0\",\"fixed\":\"1.0.0\"}]",
		    "not after" },
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json_object();
		AUTO(buf) struct buf out = BUF(1000);
		value_set(document, "affected", json(refused[i].affected));
		assert_false(impacts_print(document, &out, &err));
		assert_string_equal(err.field, "affected");
		assert_non_null(strstr(err.text, refused[i].text));
	}
}

/* P-46 */
static void
cve_ids_order_by_number(void **state)
{
	(void)state;
	static const char *const ordered[] = { "CVE-1900-0999", "CVE-1900-9999",
		"CVE-1900-10000", "CVE-1901-0001",
		"CVE-2026-1234567890123456789" };
	for (size_t i = 0; i + 1 < COUNT(ordered); i++) {
		assert_true(document_cve_is_valid(ordered[i]));
		assert_true(
		    document_cve_compare(ordered[i], ordered[i + 1]) < 0);
		assert_true(
		    document_cve_compare(ordered[i + 1], ordered[i]) > 0);
	}
	static const char *const refused[] = { "", "CVE", "CVE-2026-123",
		"CVE-2026-12345678901234567890", "cve-2026-1234", "CVE-26-1234",
		"CVE-2026-12a4", "CVE-2026-1234 ", "CVE-1899-1234",
		"CVE-2026-01234" };
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_false(document_cve_is_valid(refused[i]));
}

static void
addresses_are_https_and_printable(void **state)
{
	(void)state;
	assert_true(document_url_is_safe("https://example.org/a?b=1&c=2#d"));
	static const char *const refused[] = { "", "https://",
		"http://example.org/", "javascript:alert(1)",
		"https://example.org/a b", "https://example.org/\"x",
		"https://example.org/<x", "https://example.org/`x",
		"https://example.org/\nx", "https://example.org/\xc3\xbc" };
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_false(document_url_is_safe(refused[i]));
}

#define GOOD_RECORD                                                            \
	"{\"project\":{\"vendor\":\"v\",\"product\":\"p\",\"org_id\":"         \
	"\"00000000-0000-4000-8000-000000000001\"},\"title\":\"t\","           \
	"\"description\":\"d\",\"cwe\":\"CWE-125\",\"affected\":[{\"line\":"   \
	"\"main\",\"introduced\":\"0\",\"fixed\":\"1.0.0\"}],\"url\":"         \
	"\"https://advisories.example.org/1\",\"credits\":[{\"name\":"         \
	"\"First Finder\",\"consented\":true}]}"

struct gate {
	const char *key, *json, *field, *says;
};

/* C-27: each gate refuses */
static const struct gate GATES[] = {
	{ "description", "\" \"", "description", "is empty" },
	{ "description", "null", "description", "is empty" },
	{ "description", "\"found by First Finder\"", "description",
	    "credited name" },
	{ "title", "\"\"", "title", "is empty" },
	{ "cwe", "null", "cwe", "CWE-125" },
	{ "cwe", "\"CWE-4\"", "cwe", "not in the list" },
	{ "affected", "[]", "affected", "no affected release" },
	{ "url", "null", "url", "https address" },
	{ "url", "\"http://example.org/x\"", "url", "https address" },
	{ "cvss31", "\"CVSS:3.1/AV:N\"", "cvss31", "AC" },
	{ "cvss40", "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"",
	    "cvss40", "CVSS 3.1" },
	{ "project", "{}", "project", "org_id" },
	{ "project", "{\"org_id\":\"00000000-0000-4000-8000-000000000001\"}",
	    "project", "vendor" },
	{ "rejected", "{\"reason\":\"\"}", "reason", "is empty" },
	{ "rejected", "{\"reason\":\"r\",\"replaced_by\":[\"x\"]}",
	    "replaced_by", "CVE ids" },
};

static void
cve_gates_refuse_and_name_the_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(GATES); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(GOOD_RECORD);
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		assert_true(
		    cve_record_write(document, "CVE-1900-0001", &out, &err));
		size_t before = out.len;
		(void)json_object_set_new(document, GATES[i].key,
		    json_loads(GATES[i].json, JSON_DECODE_ANY, NULL));
		assert_false(
		    cve_record_write(document, "CVE-1900-0001", &out, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(err.field, GATES[i].field);
		assert_non_null(strstr(err.text, GATES[i].says));
		assert_int_equal(out.len, before);
	}
	struct err err = { 0 };
	AUTO(value) json_t *document = json(GOOD_RECORD), *cna = NULL;
	assert_false(cve_record_container(document, "CVE-1", &cna, &err));
	assert_string_equal(err.field, "cves");
}

static void
texts_longer_than_a_record_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *field;
		size_t max;
	} cases[] = { { "title", 256 }, { "description", 4096 } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(GOOD_RECORD), *cna = NULL;
		AUTO(buf) struct buf text = BUF(5000);
		for (size_t k = 0; k <= cases[i].max; k++)
			buf_putc(&text, 'a');
		value_set_text(document, cases[i].field, buf_text(&text));
		assert_false(cve_record_container(
		    document, "CVE-1900-0001", &cna, &err));
		assert_string_equal(err.field, cases[i].field);
		text.ptr[cases[i].max] = '\0';
		value_set_text(document, cases[i].field, buf_text(&text));
		assert_true(cve_record_container(
		    document, "CVE-1900-0001", &cna, &err));
	}
}

#define CONTACT                                                                \
	"{\"contacts\":[\"mailto:security@example.org\","                      \
	"\"https://advisories.example.org/report\"],\"languages\":[\"en\","    \
	"\"de\"],\"policy\":[\"https://advisories.example.org/policy\"],"      \
	"\"canonical\":[\"https://advisories.example.org/.well-known/"         \
	"security.txt\"]}"

static void
securitytxt_has_its_fields(void **state)
{
	(void)state;
	struct err err = { 0 };
	AUTO(value) json_t *contact = json(CONTACT);
	AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
	int64_t now = INT64_C(1767225600) * WHEN_SECOND;
	assert_true(
	    securitytxt_write(contact, now, now + WHEN_DAY, &out, &err));
	assert_string_equal(buf_text(&out),
	    "Contact: mailto:security@example.org\n"
	    "Contact: https://advisories.example.org/report\n"
	    "Policy: https://advisories.example.org/policy\n"
	    "Canonical: https://advisories.example.org/.well-known/"
	    "security.txt\n"
	    "Preferred-Languages: en, de\n"
	    "Expires: 2026-01-02T00:00:00Z\n");
	assert_false(securitytxt_write(contact, now, now, &out, &err));
	assert_false(
	    securitytxt_write(contact, now, now + 366 * WHEN_DAY, &out, &err));
	assert_string_equal(err.field, "expires");
}

static void
securitytxt_refuses_injected_lines(void **state)
{
	(void)state;
	static const char *const refused[][2] = {
		{ "contacts", "[]" },
		{ "contacts", "[\"security@example.org\"]" },
		{ "contacts", "[\"mailto:\"]" },
		{ "contacts", "[\"mailto:a@example.org\\nExpires: x\"]" },
		{ "contacts", "[7]" },
		{ "policy", "[\"mailto:a@example.org\"]" },
		{ "languages", "[\"en\\nContact\"]" },
		{ "languages", "[\"e\"]" },
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *contact = json(CONTACT);
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		value_set(contact, refused[i][0], json(refused[i][1]));
		assert_false(securitytxt_write(contact, 1, 2, &out, &err));
		assert_string_equal(err.field, refused[i][0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_parse_and_order_by_number),
		cmocka_unit_test(lines_order_main_first_then_newest),
		cmocka_unit_test(impacts_are_computed_from_ranges),
		cmocka_unit_test(impacts_refuse_what_has_no_order),
		cmocka_unit_test(cve_ids_order_by_number),
		cmocka_unit_test(addresses_are_https_and_printable),
		cmocka_unit_test(cve_gates_refuse_and_name_the_field),
		cmocka_unit_test(texts_longer_than_a_record_are_refused),
		cmocka_unit_test(securitytxt_has_its_fields),
		cmocka_unit_test(securitytxt_refuses_injected_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
