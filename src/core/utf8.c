#include "core/utf8.h"

/* Length of the sequence at text (at most len bytes), or 0 if not valid. */
static size_t
sequence_len(const unsigned char *text, size_t len)
{
	if (len == 0)
		return 0;
	unsigned char lead = text[0];
	if (lead < 0x80)
		return 1;
	size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	if (lead < 0xc2 || lead > 0xf4 || len < want)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((lead == 0xe0 && text[1] < 0xa0) ||
	    (lead == 0xed && text[1] > 0x9f) ||
	    (lead == 0xf0 && text[1] < 0x90) ||
	    (lead == 0xf4 && text[1] > 0x8f))
		return 0;
	return want;
}

size_t
utf8_prefix(const char *text, size_t len)
{
	size_t pos = 0;
	while (pos < len) {
		size_t step =
		    sequence_len((const unsigned char *)text + pos, len - pos);
		if (step == 0)
			break;
		pos += step;
	}
	return pos;
}

bool
utf8_is_valid(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0')
			return false;
	return utf8_prefix(text, len) == len;
}

size_t
utf8_count(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

uint32_t
utf8_next(const char *text, size_t len, size_t *pos)
{
	if (*pos >= len)
		return 0;
	const unsigned char *at = (const unsigned char *)text + *pos;
	size_t step = sequence_len(at, len - *pos);
	if (step <= 1) {
		*pos += 1;
		return at[0];
	}
	uint32_t point = at[0] & (0x7fu >> step);
	for (size_t i = 1; i < step; i++)
		point = point << 6 | (at[i] & 0x3fu);
	*pos += step;
	return point;
}

/* Inclusive ranges, ascending. */
static const struct {
	uint32_t first, last;
} unsafe_ranges[] = {
	{ 0x0000, 0x001f },
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x061c, 0x061c },
	{ 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xd800, 0xf8ff },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xe0000, 0xe0fff },
	{ 0xf0000, 0x10ffff },
};

bool
utf8_is_unsafe(uint32_t point)
{
	if (point >= 0x20 && point < 0x7f)
		return false; /* nearly all text: no walk */
	for (size_t i = 0; i < COUNT(unsafe_ranges); i++)
		if (point >= unsafe_ranges[i].first &&
		    point <= unsafe_ranges[i].last)
			return true;
	return false;
}

void
utf8_show(struct buf *out, const char *text, size_t len, bool keep_lines)
{
	size_t pos = 0;
	while (pos < len) {
		const unsigned char *at = (const unsigned char *)text + pos;
		size_t start = pos;
		if (sequence_len(at, len - pos) == 0) {
			buf_printf(out, "<0x%02x>", at[0]);
			pos++;
			continue;
		}
		uint32_t point = utf8_next(text, len, &pos);
		bool line = keep_lines && (point == '\n' || point == '\t');
		if (utf8_is_unsafe(point) && !line)
			buf_printf(out, "<U+%04X>", point);
		else
			buf_add(out, text + start, pos - start);
	}
}
