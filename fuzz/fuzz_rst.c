/*
 * Any text as a file of notes: the reader stands it. As the description of a
 * case: what is written reads back the same, or is refused.
 */
#include "fuzz.h"

#include "formats/rst.h"
#include "value/value.h"

#include <assert.h>

#define INPUT_MAX 4096

static void
describe(struct str input)
{
	AUTO(value) json_t *document = json_object();
	AUTO(value) json_t *entries = json_array();
	AUTO(value) json_t *entry = NULL;
	AUTO(buf) struct buf out = BUF(LIMIT_DOCUMENT);
	json_t *text = json_stringn(input.ptr, input.len);
	if (text == NULL)
		return;
	value_set(document, "description", text);
	value_set_text(document, "title", "title");
	value_set_text(document, "url", "https://example.org/FW-1");
	value_set_text(document, "disclosed_at", "2026-12-01T15:00:00Z");
	if (!rst_entry(document, "CVE-1900-0001", "page", &entry, NULL))
		return;
	(void)json_array_append(entries, entry);
	AUTO(value) json_t *section = rst_section("page", 0, entries);
	assert(rst_write(section, &out, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str input = { (const char *)bytes, size };
	AUTO(value) json_t *section = NULL;
	AUTO(value) json_t *found = NULL;

	if (size > INPUT_MAX || !rst_read(input, &section, NULL))
		return 0;
	found = rst_placeholders(input);
	if (!json_is_array(found))
		abort();
	describe(input);
	return 0;
}
