/* Text: what is shown is safe to show, what is printed reads back the same. */
#include "fuzz.h"

#include "core/num.h"
#include "core/str.h"
#include "core/utf8.h"
#include "core/when.h"

#include <assert.h>

/* Nothing unsafe is left after utf8_show. */
static void
check_shown(struct str input)
{
	AUTO(buf) struct buf out = BUF(16u << 20);
	size_t pos = 0;
	utf8_show(&out, input.ptr, input.len, false);
	assert(utf8_is_valid(out.ptr, out.len));
	for (uint32_t point; (point = utf8_next(out.ptr, out.len, &pos)) != 0;)
		assert(!utf8_is_unsafe(point));
}

/* An accepted instant prints to a text that means the same second. */
static void
check_instant(struct str input)
{
	int64_t when = 0, again = 0;
	char text[WHEN_TEXT];
	if (!when_parse(input, true, &when))
		return;
	bool read = when_parse(str_of(when_print(when, text)), false, &again);
	assert(read && again == when - when % 1000000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str input = { (const char *)bytes, size };
	int64_t number = 0;

	if (size == 0)
		return 0;
	check_shown(input);
	check_instant(input);
	if (num_parse(input, -1000, 1000, &number))
		assert(number >= -1000 && number <= 1000);
	return 0;
}
