/* JSON in: what is printed and read again must print the same. */
#include "fuzz.h"

#include "value/value.h"

#include <assert.h>

#define PRINTED_MAX (64u << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	AUTO(value) json_t *first = NULL;
	AUTO(value) json_t *second = NULL;
	AUTO(buf) struct buf once = BUF(PRINTED_MAX);
	AUTO(buf) struct buf twice = BUF(PRINTED_MAX);
	struct str input = { (const char *)bytes, size };

	if (!value_parse(input, 1u << 20, &first, NULL))
		return 0;
	value_print(&once, first);
	struct str text = { once.ptr, once.len };
	/* The largest reals round up past the range: refused, not changed. */
	if (!value_parse(text, PRINTED_MAX, &second, NULL))
		return 0;
	value_print(&twice, second);
	assert(str_is(text, (struct str){ twice.ptr, twice.len }));
	return 0;
}
