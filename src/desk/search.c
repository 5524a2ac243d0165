#include "desk/search.h"

#include "store/statements.h"

#include <ctype.h>
#include <string.h>

#define WORDS_MOST 8
#define FOUND_MOST 100
#define SUMMARY_BYTES 240

struct words {
	const char *word[WORDS_MOST];
	size_t count;
};

static bool
is_word_byte(char byte)
{
	unsigned char c = (unsigned char)byte;
	return isalnum(c) || c >= 0x80 || c == '-' || c == '_' || c == '.' ||
	       c == '/';
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static const char *
lower_copy(struct ask *ask, const char *text, size_t len)
{
	char *copy = arena_copy(ask->arena, text, len);
	if (copy == NULL)
		return "";
	for (char *at = copy; *at != '\0'; at++)
		*at = lower(*at);
	return copy;
}

static void
split_words(struct ask *ask, const char *text, struct words *ret)
{
	while (*text != '\0' && ret->count < WORDS_MOST) {
		size_t len = 0;
		while (*text != '\0' && !is_word_byte(*text))
			text++;
		while (text[len] != '\0' && is_word_byte(text[len]))
			len++;
		if (len > 0)
			ret->word[ret->count++] = lower_copy(ask, text, len);
		text += len;
	}
}

/* The word the database looks for: it may lower ASCII only, as we do. */
static const char *
first_plain(const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *at = words->word[i];
		while (*at != '\0' && (unsigned char)*at < 0x80)
			at++;
		if (*at == '\0')
			return words->word[i];
	}
	return "";
}

/* What can be searched for, in one lower-case text. */
static const char *
haystack(struct ask *ask, const json_t *advisory)
{
	static const char *const fields[] = { "id", "title", "component",
		"description_text", "description", "impact", "severity" };
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	size_t i;
	json_t *cve;
	for (size_t f = 0; f < COUNT(fields); f++)
		buf_printf(&text, "%s\n", value_text(advisory, fields[f]));
	json_array_foreach(json_object_get(advisory, "cves"), i, cve)
	    buf_printf(&text, "%s\n", json_string_value(cve));
	buf_puts(&text, value_text(json_object_get(advisory, "cwe"), "id"));
	return lower_copy(ask, buf_text(&text), text.len);
}

static bool
has_words(struct ask *ask, const json_t *advisory, const struct words *words)
{
	if (words->count == 0)
		return true;
	const char *text = haystack(ask, advisory);
	for (size_t i = 0; i < words->count; i++)
		if (strstr(text, words->word[i]) == NULL)
			return false;
	return true;
}

/* The first line of the description, cut at a blank when it is long. */
static const char *
summary_of(struct ask *ask, const json_t *advisory)
{
	const char *text = value_text(advisory, "description_text");
	size_t len = strcspn(text, "\n");
	if (len <= SUMMARY_BYTES)
		return ask_print(ask, "%.*s", (int)len, text);
	len = SUMMARY_BYTES;
	while (len > 0 && text[len] != ' ')
		len--;
	return len == 0 ? "" : ask_print(ask, "%.*s …", (int)len, text);
}

static json_t *
row_value(struct ask *ask, const json_t *advisory)
{
	static const char *const same[] = { "id", "title", "cves", "component",
		"severity", "updated_at" };
	static const char *const scores[] = { "cvss31", "cvss40" };
	json_t *row = json_object();
	for (size_t i = 0; i < COUNT(same); i++)
		value_set(row, same[i],
		    json_incref(json_object_get(advisory, same[i])));
	for (size_t i = 0; i < COUNT(scores); i++) {
		json_t *score = json_object_get(
		    json_object_get(advisory, scores[i]), "score");
		if (score != NULL)
			value_set(row, "score", json_incref(score));
	}
	value_set(
	    row, "at", json_incref(json_object_get(advisory, "disclosed_at")));
	value_set_text(row, "summary", summary_of(ask, advisory));
	value_set_bool(row, "rejected",
	    json_is_object(json_object_get(advisory, "rejected")));
	return row;
}

static bool
fill_list(struct ask *ask, const struct row_advisory_find *rows, size_t count,
    const struct words *words, size_t most, json_t *value, struct err *err)
{
	json_t *list = json_array();
	value_set(value, "advisories", list);
	for (size_t i = 0; i < count; i++) {
		AUTO(value) json_t *advisory = NULL;
		if (!value_parse(
			str_of(rows[i].value), LIMIT_DOCUMENT, &advisory, err))
			return false;
		if (!has_words(ask, advisory, words))
			continue;
		if (json_array_size(list) < most)
			(void)json_array_append_new(
			    list, row_value(ask, advisory));
		else
			value_set_bool(value, "more", true);
	}
	return true;
}

bool
search_value(struct ask *ask, const char *text, size_t most, json_t **ret,
    struct err *err)
{
	AUTO(value) json_t *value = json_object();
	struct words words = { .count = 0 };
	struct row_advisory_find *rows;
	size_t count;
	split_words(ask, text, &words);
	const char *pattern = ask_print(ask, "%%%s%%", first_plain(&words));
	if (!q_advisory_find(
		ask->db, ask->arena, pattern, FOUND_MOST, &rows, &count, err))
		return false;
	value_set_text(value, "text", text);
	value_set_bool(value, "more", count == FOUND_MOST);
	if (!fill_list(ask, rows, count, &words, most, value, err))
		return false;
	*ret = json_incref(value);
	return true;
}

bool
do_advisory_search(struct ask *ask, json_t **ret, struct err *err)
{
	return search_value(ask, ask_text(ask, "text"), FOUND_MOST, ret, err);
}
