#include "test.h"

#include "formats/rst.h"
#include "value/value.h"

#include <string.h>

static json_t *
read_back(const char *text)
{
	struct err err = { 0 };
	json_t *section = NULL;
	if (!rst_read(str_of(text), &section, &err))
		fail_msg("%s", err.text);
	return section;
}

static const json_t *
entry_at(const json_t *section, size_t at)
{
	const json_t *entries = json_object_get(section, "entries");
	assert_true(at < json_array_size(entries));
	return json_array_get(entries, at);
}

struct old {
	const char *text;
	size_t entries;
	size_t unread;
	const char *kind;
	struct {
		const char *cve, *key, *value;
	} facts[4];
};

/* P-44: every shape of earlier release notes and of the page */
static const struct old OLD[] = {
	/* 1.14.0: prose, id in parentheses */
	{ "Security Vulnerability Related\n"
	  "******************************\n\n"
	  "The following security vulnerabilities (CVEs) were addressed in "
	  "this release:\n\n"
	  "* The shell DNS command can cause unpredictable results due to "
	  "misuse of stack\n  variables.\n  (CVE-2017-14201)\n"
	  "* We also addressed these CVEs for the x86 port:\n\n"
	  "  - Bounds Check Bypass (CVE-2017-5753)\n",
	    2, 1, "notes-bullet",
	    { { "CVE-2017-14201", "title",
		  "The shell DNS command can cause unpredictable results due "
		  "to misuse of stack variables." },
		{ "CVE-2017-5753", "title", "Bounds Check Bypass" } } },
	/* 2.3.0: slashes in the date */
	{ "The following CVEs are addressed by this release:\n\n"
	  "* CVE-2020-10022: UpdateHub Module Copies a Variable-Sized Hash "
	  "String\n  into a fixed-size array.\n"
	  "* CVE-2020-10062: Under embargo until 2020/05/25\n"
	  "* CVE-2020-10063: Under embargo until 2020/05/25\n\n"
	  "More detailed information can be found in:\n"
	  "https://docs.zephyrproject.org/latest/security/"
	  "vulnerabilities.html\n",
	    3, 0, "notes-bullet",
	    { { "CVE-2020-10022", "title",
		  "UpdateHub Module Copies a Variable-Sized Hash String into "
		  "a fixed-size array." },
		{ "CVE-2020-10062", "embargo_until", "2020-05-25" },
		{ "CVE-2020-10063", "embargo_until", "2020-05-25" } } },
	/* 3.5.0: a link without a title */
	{ "* CVE-2023-3725 `Zephyr project bug tracker GHSA-2g3m-p6c7-8rr3\n"
	  "  <https://github.com/zephyrproject-rtos/zephyr/security/"
	  "advisories/GHSA-2g3m-p6c7-8rr3>`_\n\n"
	  "* CVE-2023-4424: Under embargo until 2023-11-01\n"
	  "* CVE-2023-5139: Under embargo until 2023-10-25\n",
	    3, 0, "notes-bullet",
	    { { "CVE-2023-3725", "title",
		  "Zephyr project bug tracker GHSA-2g3m-p6c7-8rr3" },
		{ "CVE-2023-3725", "url",
		    "https://github.com/zephyrproject-rtos/zephyr/security/"
		    "advisories/GHSA-2g3m-p6c7-8rr3" },
		{ "CVE-2023-5139", "embargo_until", "2023-10-25" } } },
	/* 4.3.0 and 4.5.0 draft: the :cve: role, with and without colon */
	{ "* :cve:`2025-9408`: Under embargo until 2025-11-10\n"
	  "* :cve:`2025-59438` `Padding oracle through timing of cipher error "
	  "reporting\n  <https://mbed-tls.readthedocs.io/x>`_\n"
	  "* :cve:`2026-8718` Under embargo until 2026-08-08\n\n"
	  "* :cve:`2026-9263` Under embargo until 2026-06-28\n",
	    4, 0, "notes-bullet",
	    { { "CVE-2025-9408", "embargo_until", "2025-11-10" },
		{ "CVE-2025-59438", "title",
		    "Padding oracle through timing of cipher error "
		    "reporting" },
		{ "CVE-2026-8718", "embargo_until", "2026-08-08" },
		{ "CVE-2026-9263", "embargo_until", "2026-06-28" } } },
	/* 4.4.2: subsections */
	{ ".. _zephyr_4.4.2:\n\nZephyr 4.4.2\n############\n\n"
	  "This is a bugfix release for Zephyr 4.4.1.\n\n"
	  "Security Vulnerability Related\n"
	  "******************************\n\n"
	  ":cve:`2026-7007`\n================\n\n"
	  "Division by zero in Zephyr ext2 superblock parsing allows DoS via "
	  "crafted filesystem image\n\n"
	  "The check in ``ext2_impl.c`` is missing.\n\n"
	  "- `Zephyr project bug tracker GHSA-wrf2-79mm-cvw5\n"
	  "  <https://github.com/zephyrproject-rtos/zephyr/security/"
	  "advisories/GHSA-wrf2-79mm-cvw5>`_\n\n"
	  ":cve:`2026-9728`\n================\n\n"
	  "Under embargo until 2026-08-23\n",
	    2, 0, "notes-subsection",
	    { { "CVE-2026-7007", "title",
		  "Division by zero in Zephyr ext2 superblock parsing allows "
		  "DoS via crafted filesystem image" },
		{ "CVE-2026-9728", "embargo_until", "2026-08-23" } } },
	/* 3.7.3: a field after the link */
	{ "* :cve:`2026-2411` `Bluetooth GATT notify/indicate enforces the "
	  "wrong\n  attribute's permissions, bypassing "
	  "encryption/authentication\n  requirements on characteristic "
	  "values\n  <https://github.com/zephyrproject-rtos/zephyr/security/"
	  "advisories/GHSA-4w3r-v9q9-4462>`_\n\n"
	  "  Impacts: >= 2.6.0, <= 4.4.1\n",
	    1, 0, "notes-bullet",
	    { { "CVE-2026-2411", "impacts", ">= 2.6.0, <= 4.4.1" } } },
	/* the page */
	{ ".. _vulnerabilities_2025:\n\nCVE-2025\n########\n\n"
	  ":cve:`2025-1673`\n----------------\n\n"
	  "Out of bounds read when calling crc16_ansi and strlen in "
	  "dns_validate_msg\n\n"
	  "A malicious or malformed DNS packet without a payload can cause an "
	  "out-of-bounds\nread, resulting in a crash (denial of service) or "
	  "an incorrect computation.\n\n"
	  "- `Zephyr project bug tracker GHSA-jjhx-rrh4-j8mx\n"
	  "  <https://github.com/zephyrproject-rtos/zephyr/security/"
	  "advisories/GHSA-jjhx-rrh4-j8mx>`_\n\n"
	  "This has been fixed in main for v4.1.0\n\n"
	  "- `PR 82072 fix for main\n"
	  "  <https://github.com/zephyrproject-rtos/zephyr/pull/82072>`_\n\n"
	  "- `PR 82289 fix for 4.0\n"
	  "  <https://github.com/zephyrproject-rtos/zephyr/pull/82289>`_\n\n"
	  ":cve:`2026-8718`\n----------------\n\n"
	  "Under embargo until 2026-08-08\n",
	    2, 0, "page",
	    { { "CVE-2025-1673", "fixed", "main for v4.1.0" },
		{ "CVE-2025-1673", "title",
		    "Out of bounds read when calling crc16_ansi and strlen in "
		    "dns_validate_msg" },
		{ "CVE-2026-8718", "embargo_until", "2026-08-08" } } },
	/* 2020: explicit ids, several releases, a sentence instead of a fix */
	{ "CVE-2020-10065\n--------------\n\nMissing size checks\n\n"
	  "This has been fixed in releases v1.14.2, v2.2.0, and v2.1.1.\n\n"
	  "- `PR23460 fix for 1.14.x\n  <https://example.org/pull/23460>`_\n\n"
	  "- `commit 11b7a37d for v2.3\n  <https://example.org/c>`_\n\n"
	  "- This issue has not been fixed.\n\n"
	  "CVE-2020-10136\n--------------\n",
	    2, 0, "page",
	    { { "CVE-2020-10065", "fixed",
		"releases v1.14.2, v2.2.0, and v2.1.1." } } },
};

static const json_t *
entry_find(const json_t *section, const char *cve)
{
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(section, "entries"), i,
	    entry) if (strcmp(value_text(entry, "cve"), cve) == 0) return entry;
	fail_msg("%s was not read", cve);
	return NULL;
}

static void
earlier_shapes_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(OLD); i++) {
		AUTO(value) json_t *section = read_back(OLD[i].text);
		const json_t *entries = json_object_get(section, "entries");
		assert_int_equal(json_array_size(entries), OLD[i].entries);
		assert_string_equal(value_text(section, "kind"), OLD[i].kind);
		/* P-45: what is not understood is listed */
		size_t unread =
		    json_array_size(json_object_get(section, "unread"));
		assert_int_equal(unread, OLD[i].unread);
		for (size_t k = 0; k < 4 && OLD[i].facts[k].cve; k++)
			assert_string_equal(
			    value_text(entry_find(section, OLD[i].facts[k].cve),
				OLD[i].facts[k].key),
			    OLD[i].facts[k].value);
	}
}

/* P-44: what is read can be written and reads back equal */
static void
earlier_shapes_go_round(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(OLD); i++) {
		AUTO(value) json_t *section = read_back(OLD[i].text);
		AUTO(value)
		json_t *sorted =
		    rst_section(OLD[i].kind, (int)value_int(section, "year", 0),
			json_object_get(section, "entries"));
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		AUTO(buf) struct buf again = BUF(LIMIT_DOCUMENT);
		struct err err = { 0 };
		if (!rst_write(sorted, &out, &err))
			fail_msg("%zu: %s", i, err.text);
		AUTO(value) json_t *back = read_back(buf_text(&out));
		assert_true(json_equal(json_object_get(back, "entries"),
		    json_object_get(sorted, "entries")));
		assert_true(rst_write(sorted, &again, &err));
		assert_string_equal(buf_text(&out), buf_text(&again));
	}
}

static void
placeholders_are_found_in_every_shape(void **state)
{
	(void)state;
	static const struct {
		const char *text, *cve, *date;
	} cases[] = {
		{ "* CVE-2020-10062: Under embargo until 2020/05/25",
		    "CVE-2020-10062", "2020-05-25" },
		{ "* :cve:`2025-9408`: Under embargo until 2025-11-10\n",
		    "CVE-2025-9408", "2025-11-10" },
		{ "x :cve:`2026-8718` Under embargo until 2026-08-08",
		    "CVE-2026-8718", "2026-08-08" },
		{ ":cve:`2026-8718`\n----------------\n\n"
		  "Under embargo until 2026-08-08\n",
		    "CVE-2026-8718", "2026-08-08" },
		{ "CVE-2026-12345678\n=====\nUnder embargo until 2026-08-08",
		    "CVE-2026-12345678", "2026-08-08" },
		{ "CVE-2026-123: Under embargo until 2026-08-08", NULL, NULL },
		{ "CVE-2026-1234: under embargo until 2026-08-08", NULL, NULL },
		{ "CVE-2026-1234: Under embargo until soon", NULL, NULL },
		{ "CVE-2026-1234: Under embargo until 2026-8-08", NULL, NULL },
		{ "CVE-2026-1234 is Under embargo until 2026-08-08", NULL,
		    NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(value)
		json_t *found = rst_placeholders(str_of(cases[i].text));
		assert_int_equal(
		    json_array_size(found), cases[i].cve == NULL ? 0 : 1);
		if (cases[i].cve == NULL)
			continue;
		const json_t *first = json_array_get(found, 0);
		assert_string_equal(value_text(first, "cve"), cases[i].cve);
		assert_string_equal(
		    value_text(first, "embargo_until"), cases[i].date);
	}
}

/* A case that is not disclosed, with everything filled in. */
#define SECRET                                                                 \
	"{\"project\":{\"name\":\"Example\"},\"id\":\"FW-1\",\"title\":"       \
	"\"secret title\",\"description\":\"secret\",\"url\":"                 \
	"\"https://advisories.example.org/FW-1\",\"affected\":[{\"line\":"     \
	"\"main\",\"introduced\":\"0\",\"fixed\":\"1.0.0\"}],"                 \
	"\"embargo_until\":\"2026-12-01T15:00:00Z\"}"

static json_t *
json(const char *text)
{
	struct err err = { 0 };
	json_t *value = NULL;
	if (!value_parse(str_of(text), LIMIT_DOCUMENT, &value, &err))
		fail_msg("%s", err.text);
	return value;
}

/* P-41 P-13: id, sentence and UTC date, nothing else */
static void
placeholders_say_nothing_more(void **state)
{
	(void)state;
	static const char *const kinds[][2] = {
		{ "notes-bullet",
		    "Security Vulnerability Related\n"
		    "******************************\n\n"
		    "* :cve:`1900-0001`: Under embargo until 2026-12-01\n" },
		{ "notes-subsection", "Security Vulnerability Related\n"
				      "******************************\n\n"
				      ":cve:`1900-0001`\n================\n\n"
				      "Under embargo until 2026-12-01\n" },
		{ "page", ":cve:`1900-0001`\n----------------\n\n"
			  "Under embargo until 2026-12-01\n" },
	};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(SECRET);
		AUTO(value) json_t *entries = json_array();
		AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
		json_t *entry = NULL;
		assert_true(rst_entry(
		    document, "CVE-1900-0001", kinds[i][0], &entry, &err));
		(void)json_array_append_new(entries, entry);
		AUTO(value)
		json_t *section = rst_section(kinds[i][0], 0, entries);
		assert_true(rst_write(section, &out, &err));
		assert_string_equal(buf_text(&out), kinds[i][1]);
	}
}

static void
entries_without_their_facts_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *key, *json, *cve, *kind, *field;
	} cases[] = {
		{ "x", "1", "CVE-1", "page", "cves" },
		{ "x", "1", "CVE-1900-0001", "table", "kind" },
		{ "embargo_until", "null", "CVE-1900-0001", "page",
		    "embargo_until" },
		{ "title", "\" \\n\"", "CVE-1900-0001", "disclosed", "title" },
		{ "url", "null", "CVE-1900-0001", "disclosed", "url" },
		{ "affected", "[]", "CVE-1900-0001", "disclosed", "affected" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(SECRET);
		json_t *entry = NULL;
		const char *kind = cases[i].kind;
		(void)json_object_set_new(document, cases[i].key,
		    json_loads(cases[i].json, JSON_DECODE_ANY, NULL));
		if (strcmp(kind, "disclosed") == 0) {
			kind = "notes-bullet";
			value_set_text(
			    document, "disclosed_at", "2026-12-01T15:00:00Z");
		}
		assert_false(
		    rst_entry(document, cases[i].cve, kind, &entry, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
		assert_null(entry);
	}
}

/* P-46 */
static void
sections_are_sorted_by_number(void **state)
{
	(void)state;
	AUTO(value)
	json_t *entries =
	    json("[{\"cve\":\"CVE-1901-1000\"},{\"cve\":\"CVE-1900-10000\"},"
		 "{\"cve\":\"CVE-1900-9999\"}]");
	AUTO(value) json_t *section = rst_section("page", 0, entries);
	assert_string_equal(
	    value_text(entry_at(section, 0), "cve"), "CVE-1900-9999");
	assert_string_equal(
	    value_text(entry_at(section, 2), "cve"), "CVE-1901-1000");
}

/* Text made of what reStructuredText reads as markup, from a seed. */
static void
text_pick(struct buf *out, uint64_t seed, size_t words)
{
	static const char *const pieces[] = { "`", "``", "*", "**", "_", "__",
		"|", "\\", "::", ":", ".. ", "- ", "* ", "1. ", "(i) ", ">>> ",
		"====", "----", "+--+", "<x>", ":cve:`1900-0001`", "word",
		"Impacts: ", "Branch ", "Under embargo until 2026-01-01",
		"This has been fixed in ", "Reported by ", " ", "  ", "\n",
		"\n\n", "a", "http://x", "mailto:a@b", "[1]_", "\xe2\x80\xae",
		"\xc2\xa0", "\xc3\xbc", "\t", "    ", "```", "#", "~~~", "&lt;",
		"![a](b)", "[t](https://example.org/a_)" };
	for (size_t i = 0; i < words; i++) {
		seed = seed * UINT64_C(6364136223846793005) +
		       UINT64_C(1442695040888963407);
		buf_puts(out, pieces[(seed >> 33) % COUNT(pieces)]);
	}
}

/* P-43: whatever the text, it reads back the same */
static void
hostile_texts_go_round(void **state)
{
	(void)state;
	static const char *const kinds[] = { "notes-bullet", "notes-subsection",
		"page" };
	for (uint64_t seed = 1; seed < 6000; seed++) {
		struct err err = { 0 };
		AUTO(value) json_t *document = json(SECRET);
		AUTO(value) json_t *entries = json_array();
		AUTO(buf)
		struct buf title = BUF(10000), text = BUF(10000),
			   out = BUF(LIMIT_DOCUMENT);
		json_t *entry = NULL;
		buf_puts(&title, "t");
		text_pick(&title, seed * 77, 6);
		text_pick(&text, seed * 31, 40);
		value_set_text(
		    document, "disclosed_at", "2026-12-01T15:00:00Z");
		value_set_text(
		    document, "title", buf_text(&title) + (seed % 2));
		value_set_text(document, "description", buf_text(&text));
		const char *kind = kinds[seed % COUNT(kinds)];
		if (!rst_entry(document, "CVE-1900-0001", kind, &entry, &err)) {
			assert_string_equal(err.field, "title");
			continue;
		}
		(void)json_array_append_new(entries, entry);
		AUTO(value) json_t *section = rst_section(kind, 0, entries);
		if (!rst_write(section, &out, &err)) {
			AUTO(buf) struct buf shown = BUF(LIMIT_DOCUMENT);
			value_print(&shown, section);
			fail_msg(
			    "%d: %s %s", (int)seed, err.text, buf_text(&shown));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(earlier_shapes_are_read),
		cmocka_unit_test(earlier_shapes_go_round),
		cmocka_unit_test(placeholders_are_found_in_every_shape),
		cmocka_unit_test(placeholders_say_nothing_more),
		cmocka_unit_test(entries_without_their_facts_are_refused),
		cmocka_unit_test(sections_are_sorted_by_number),
		cmocka_unit_test(hostile_texts_go_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
