#include "rules/leak.h"

/* A blank stands for a run of blanks, "-", "_" and line breaks, or nothing. */
static const char *const words[] = {
	"CVE-",
	"GHSA-",
	"vulnerab",
	"security fix",
	"exploit",
	"embargo",
};

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool
is_gap(char byte)
{
	return strchr(" \t\r\n-_/.", byte) != NULL && byte != '\0';
}

/* Length of the match of word at the beginning of text, or 0. */
static size_t
match(struct str text, const char *word)
{
	size_t at = 0;
	for (const char *next = word; *next != '\0'; next++) {
		if (*next == ' ') {
			while (at < text.len && is_gap(text.ptr[at]))
				at++;
			continue;
		}
		if (at >= text.len || lower(text.ptr[at]) != lower(*next))
			return 0;
		at++;
	}
	return at;
}

/* The longest word that begins here; its length in *len. */
static const char *
word_at(struct str text, const char *prefix, size_t *len)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		*len = match(text, words[i]);
		if (*len > 0)
			return words[i];
	}
	*len = prefix != NULL ? match(text, prefix) : 0;
	return *len > 0 ? prefix : NULL;
}

size_t
leak_scan(struct str text, const char *prefix, struct leak ret[LEAK_HITS])
{
	size_t count = 0, line = 1;
	for (size_t at = 0; at < text.len && count < LEAK_HITS; at++) {
		size_t len = 0;
		struct str rest = { text.ptr + at, text.len - at };
		const char *word = word_at(rest, prefix, &len);
		if (word != NULL)
			ret[count++] = (struct leak){ word, at, len, line };
		line += text.ptr[at] == '\n';
	}
	return count;
}

bool
leak_is_clean(struct str text, const char *prefix)
{
	struct leak hits[LEAK_HITS];
	return leak_scan(text, prefix, hits) == 0;
}
