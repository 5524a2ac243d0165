#include "formats/rst_text.h"

#include "core/limits.h"
#include "value/value.h"

#include <string.h>

const char *const RST_FIXED = "This has been fixed in ";
const char *const RST_BRANCH = "Branch ";
const char *const RST_IMPACTS = "Impacts: ";
const char *const RST_CREDIT = "Reported by ";
const char *const RST_EMBARGO = "Under embargo until ";

static bool
is_punctuation(char byte)
{
	return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') ||
	       (byte >= '[' && byte <= '`') || (byte >= '{' && byte <= '~');
}

static bool
is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A colon inside a word could make it an address; only https may be one. */
static bool
colon_needs_escape(const char *text, size_t at)
{
	static const char blanks[] = " \t\n";
	if (at == 0 || text[at + 1] == '\0' ||
	    strchr(blanks, text[at + 1]) != NULL ||
	    strchr(blanks, text[at - 1]) != NULL)
		return false;
	bool https = at >= 5 && memcmp(text + at - 5, "https", 5) == 0 &&
		     strncmp(text + at, "://", 3) == 0;
	return !https || (at > 5 && is_letter(text[at - 6]));
}

void
rst_escape(struct buf *raw, const char *text, const char *more)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (strchr("\\`*_|@", text[i]) != NULL ||
		    strchr(more, text[i]) != NULL ||
		    (text[i] == ':' && colon_needs_escape(text, i)))
			buf_putc(raw, '\\');
		buf_putc(raw, text[i]);
	}
}

/* A literal needs a blank or "\ " where it touches other characters. */
static void
literal_write(struct buf *raw, const char *code)
{
	char before = raw->len == 0 ? ' ' : raw->ptr[raw->len - 1];
	bool open = before == '(' && is_letter(code[0]);
	if (before != ' ' && before != RST_HOLD && !open)
		buf_printf(raw, "\\%c", RST_HOLD);
	buf_printf(raw, "%c``", RST_MARKUP);
	for (; *code != '\0'; code++)
		buf_putc(raw, *code == ' ' ? RST_HOLD : *code);
	buf_puts(raw, "``");
}

void
rst_spans(struct buf *raw, const json_t *spans)
{
	size_t i;
	json_t *span;
	bool after = false;
	json_array_foreach(spans, i, span)
	{
		const char *text = json_string_value(span);
		if (text == NULL) {
			literal_write(raw, value_text(span, "code"));
			after = true;
			continue;
		}
		if (after && strchr(" .,;:!?)", text[0]) == NULL)
			buf_printf(raw, "\\%c", RST_HOLD);
		rst_escape(raw, text, "");
		after = false;
	}
}

/* "1." "(iv)" "a)" "#.": would begin a numbered list. */
static bool
is_enumerator(struct str word)
{
	if (word.len > 0 && word.ptr[0] == '(')
		word = (struct str){ word.ptr + 1, word.len - 1 };
	if (word.len < 2 || strchr(".)", word.ptr[word.len - 1]) == NULL)
		return false;
	size_t len = word.len - 1, digits = 0, roman = 0;
	for (size_t i = 0; i < len; i++) {
		digits += word.ptr[i] >= '0' && word.ptr[i] <= '9';
		roman += strchr("ivxlcdmIVXLCDM", word.ptr[i]) != NULL;
	}
	return digits == len || roman == len || len == 1;
}

static bool
is_marked(const char *raw)
{
	const char *const ours[] = { RST_FIXED, RST_BRANCH, RST_IMPACTS,
		RST_CREDIT, RST_EMBARGO };
	for (size_t i = 0; i < COUNT(ours); i++)
		if (strncmp(raw, ours[i], strlen(ours[i]) - 1) == 0)
			return true;
	return false;
}

/* True if a line may not begin with this word as it is. */
static bool
word_needs_escape(struct str word, bool first)
{
	char begin = word.len == 0 ? ' ' : word.ptr[0];
	if (first && is_enumerator(word))
		return true;
	if (begin == '\\' || !is_punctuation(begin))
		return false;
	bool opener = begin == '(' || begin == '"' || begin == '\'';
	return !opener || word.len < 2 || !is_letter(word.ptr[1]);
}

/* Columns of a word as it will be printed. */
static size_t
word_width(struct str word)
{
	size_t width = 0;
	for (size_t i = 0; i < word.len; i++)
		width += word.ptr[i] != RST_MARKUP &&
			 ((unsigned char)word.ptr[i] & 0xc0) != 0x80;
	return width;
}

static void
word_write(struct buf *out, struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] == RST_HOLD)
			buf_putc(out, ' ');
		else if (word.ptr[i] != RST_MARKUP)
			buf_putc(out, word.ptr[i]);
}

void
rst_wrap(struct buf *out, const char *raw, const char *first, const char *rest,
    bool plain)
{
	struct str left = str_of(raw);
	size_t column = strlen(first), len = left.len;
	bool colons = len >= 2 && strcmp(raw + len - 2, "::") == 0;
	bool begin = true, line_begin = true;
	buf_puts(out, first);
	if (colons)
		left.len -= 1;
	while (left.ptr != NULL) {
		struct str word = str_cut(&left, ' ');
		size_t width = word_width(word);
		if (!begin && column + 1 + width > RST_COLUMNS) {
			buf_printf(out, "\n%s", rest);
			column = strlen(rest);
			line_begin = true;
		} else if (!begin) {
			buf_putc(out, ' ');
			column++;
		}
		bool escape = line_begin && word_needs_escape(word, begin);
		if (escape || (begin && plain && is_marked(raw))) {
			buf_putc(out, '\\');
			column++;
		}
		word_write(out, word);
		column += width;
		begin = line_begin = false;
	}
	buf_puts(out, colons ? "\\:\n" : "\n");
}

static void
span_text_add(json_t *spans, struct buf *text)
{
	if (text->len > 0)
		(void)json_array_append_new(spans, json_string(buf_text(text)));
	buf_free(text);
}

/* Length of a literal at raw with both marks, or 0. */
static size_t
literal_length(struct str raw)
{
	if (!str_starts(raw, "``"))
		return 0;
	for (size_t i = 3; i + 1 < raw.len; i++)
		if (raw.ptr[i] == '`' && raw.ptr[i + 1] == '`')
			return i + 2;
	return 0;
}

json_t *
rst_spans_read(struct str raw)
{
	json_t *spans = json_array();
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	size_t i = 0;
	while (i < raw.len) {
		struct str rest = { raw.ptr + i, raw.len - i };
		size_t literal = literal_length(rest);
		if (literal > 0) {
			span_text_add(spans, &text);
			json_t *span = json_object();
			value_set(span, "code",
			    json_stringn(rest.ptr + 2, literal - 4));
			(void)json_array_append_new(spans, span);
			i += literal;
		} else if (rest.ptr[0] == '\\' && rest.len > 1) {
			if (rest.ptr[1] != ' ')
				buf_putc(&text, rest.ptr[1]);
			i += 2;
		} else {
			buf_putc(&text, rest.ptr[0]);
			i++;
		}
	}
	span_text_add(spans, &text);
	return spans;
}

void
rst_unescape(struct buf *out, struct str raw)
{
	AUTO(value) json_t *spans = rst_spans_read(raw);
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span)
	{
		const char *text = json_string_value(span);
		buf_puts(out, text != NULL ? text : value_text(span, "code"));
	}
}

static bool
literal_fits(const char *code)
{
	size_t len = strlen(code);
	return len > 0 && code[0] != ' ' && code[len - 1] != ' ' &&
	       code[len - 1] != '\\' && strchr(code, '`') == NULL;
}

json_t *
rst_spans_fit(const json_t *spans)
{
	json_t *fit = json_array();
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span)
	{
		const char *plain = json_string_value(span);
		const char *code = value_text(span, "code");
		if (plain == NULL && literal_fits(code)) {
			span_text_add(fit, &text);
			(void)json_array_append(fit, span);
		} else {
			buf_puts(&text, plain != NULL ? plain : code);
		}
	}
	span_text_add(fit, &text);
	return fit;
}
