/* Every writer over every sample; FOREWARN_GOLDEN=write regenerates. */
#include "test.h"

#include "core/when.h"
#include "formats/advisory.h"
#include "formats/atom.h"
#include "formats/cve_record.h"
#include "formats/rst.h"
#include "value/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FALLBACK (INT64_C(1767225600) * WHEN_SECOND)
#define FEED "https://advisories.example.org/feed.atom"

static void
file_read(const char *name, struct buf *out)
{
	char path[4096], chunk[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", getenv("GOLDEN_DIR"), name);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return;
	size_t len;
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(out, chunk, len);
	(void)fclose(file);
}

static void
file_write(const char *name, const struct buf *bytes)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", getenv("GOLDEN_DIR"), name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes->ptr, 1, bytes->len, file), bytes->len);
	assert_int_equal(fclose(file), 0);
}

static json_t *
sample_read(const char *sample)
{
	char name[64];
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	struct err err = { 0 };
	json_t *value = NULL;
	(void)snprintf(name, sizeof(name), "%s.json", sample);
	file_read(name, &text);
	if (!value_parse((struct str){ text.ptr, text.len }, LIMIT_DOCUMENT,
		&value, &err))
		fail_msg("%s: %s", name, err.text);
	return value;
}

static void
golden_check(const char *sample, const char *suffix, const struct buf *bytes)
{
	char name[64];
	const char *mode = getenv("FOREWARN_GOLDEN");
	AUTO(buf) struct buf golden = BUF(LIMIT_DOCUMENT);
	(void)snprintf(name, sizeof(name), "%s.%s", sample, suffix);
	if (mode != NULL && strcmp(mode, "write") == 0)
		file_write(name, bytes);
	file_read(name, &golden);
	assert_string_equal(buf_text(bytes), buf_text(&golden));
	assert_true(golden.len > 0);
}

typedef bool writer_fn(
    const json_t *document, struct buf *out, struct err *err);

static bool
write_cve(const json_t *document, struct buf *out, struct err *err)
{
	const json_t *cves = json_object_get(document, "cves");
	return cve_record_write(
	    document, json_string_value(json_array_get(cves, 0)), out, err);
}

static bool
write_atom(const json_t *document, struct buf *out, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	assert_int_equal(
	    json_array_append_new(list, json_deep_copy(document)), 0);
	return atom_write(json_object_get(document, "project"), list, FEED,
	    FALLBACK, out, err);
}

/* The sample's entry, and the placeholder it was before, in one section. */
static bool
write_rst(
    const json_t *document, const char *kind, struct buf *out, struct err *err)
{
	AUTO(value) json_t *early = json_deep_copy(document);
	AUTO(value) json_t *entries = json_array();
	json_t *entry = NULL;
	if (!rst_entry(document, "CVE-1900-10001", kind, &entry, err))
		return false;
	(void)json_array_append_new(entries, entry);
	value_set(early, "disclosed_at", NULL);
	if (!rst_entry(early, "CVE-1900-9998", kind, &entry, err))
		return false;
	(void)json_array_append_new(entries, entry);
	AUTO(value)
	json_t *section =
	    rst_section(kind, strcmp(kind, "page") == 0 ? 1900 : 0, entries);
	return rst_write(section, out, err);
}

static bool
write_bullet(const json_t *document, struct buf *out, struct err *err)
{
	return write_rst(document, "notes-bullet", out, err);
}

static bool
write_subsection(const json_t *document, struct buf *out, struct err *err)
{
	return write_rst(document, "notes-subsection", out, err);
}

static bool
write_page(const json_t *document, struct buf *out, struct err *err)
{
	return write_rst(document, "page", out, err);
}

static const struct {
	const char *suffix;
	writer_fn *write;
	bool open; /* not for rejected ids */
} WRITERS[] = {
	{ "cve.json", write_cve, false },
	{ "advisory.json", advisory_write, false },
	{ "atom.xml", write_atom, false },
	{ "notes-bullet.rst", write_bullet, true },
	{ "notes-subsection.rst", write_subsection, true },
	{ "page.rst", write_page, true },
};

static const char *const SAMPLES[] = { "full", "hostile", "rejected" };

/* F-04 */
static void
every_document_is_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(SAMPLES); i++) {
		AUTO(value) json_t *document = sample_read(SAMPLES[i]);
		for (size_t k = 0; k < COUNT(WRITERS); k++) {
			bool gone = document_has(
			    json_object_get(document, "rejected"), "reason");
			if (gone && WRITERS[k].open)
				continue;
			AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
			AUTO(buf) struct buf again = BUF(LIMIT_DOCUMENT);
			struct err err = { 0 };
			if (!WRITERS[k].write(document, &out, &err))
				fail_msg("%s %s: %s %s", SAMPLES[i],
				    WRITERS[k].suffix, err.field, err.text);
			golden_check(SAMPLES[i], WRITERS[k].suffix, &out);
			assert_true(WRITERS[k].write(document, &again, &err));
			assert_string_equal(buf_text(&out), buf_text(&again));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_is_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
