/*
 * Reports that may be the same one (I-18): shared three-letter pieces of the
 * titles, the same component, the same proof of concept or file. Shown with
 * its reasons; a person decides.
 */
#include "desk/case_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PIECES 256
#define SHOWN 5
#define LEAST 30 /* points from which a report is shown */

struct pieces {
	uint32_t list[PIECES];
	size_t count;
};

struct alike {
	int score;
	json_t *why;
	const struct row_case_by_number *row;
};

static int
compare_pieces(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* Sorted, each once; everything but letters and digits separates words. */
static void
cut(const char *text, struct pieces *ret)
{
	uint32_t last = 0x202020;
	size_t count = 0, kept = 0;
	for (; *text != '\0' && count < PIECES; text++) {
		unsigned char byte = (unsigned char)*text;
		uint32_t c = ' ';
		if (isalnum(byte) || byte > 127)
			c = (uint32_t)tolower(byte);
		if (c == ' ' && (last & 0xff) == ' ')
			continue;
		last = (last << 8 | c) & 0xffffff;
		ret->list[count++] = last;
	}
	qsort(ret->list, count, sizeof(ret->list[0]), compare_pieces);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || ret->list[i] != ret->list[i - 1])
			ret->list[kept++] = ret->list[i];
	ret->count = kept;
}

/* Shared pieces in percent of both (Dice). */
static int
resemblance(const struct pieces *a, const struct pieces *b)
{
	size_t i = 0, j = 0, same = 0;
	while (i < a->count && j < b->count) {
		if (a->list[i] == b->list[j]) {
			same++;
			i++;
			j++;
		} else if (a->list[i] < b->list[j]) {
			i++;
		} else {
			j++;
		}
	}
	size_t all = a->count + b->count;
	return all == 0 ? 0 : (int)(200 * same / all);
}

static bool
same_text(const json_t *a, const json_t *b, const char *key)
{
	const char *text = value_text(a, key);
	return text[0] != '\0' && strcasecmp(text, value_text(b, key)) == 0;
}

static bool
same_file(const json_t *a, const json_t *b)
{
	size_t i, j;
	json_t *x, *y;
	json_array_foreach(json_object_get(a, "files"), i, x)
	    json_array_foreach(json_object_get(b, "files"), j,
		y) if (same_text(x, y, "sha256")) return true;
	return false;
}

static void
add_point(struct alike *alike, bool is, int points, const char *why)
{
	if (!is)
		return;
	alike->score += points;
	(void)json_array_append_new(alike->why, json_string(why));
}

static void
weigh(const json_t *own, const json_t *other, struct alike *alike)
{
	struct pieces a, b;
	const json_t *x = json_object_get(own, "report");
	const json_t *y = json_object_get(other, "report");
	cut(value_text(x, "title"), &a);
	cut(value_text(y, "title"), &b);
	int title = resemblance(&a, &b);
	add_point(alike, title >= 35, title * 6 / 10, "similar title");
	add_point(alike, same_text(x, y, "component"), 25, "same component");
	add_point(alike, same_text(x, y, "poc"), 50, "same proof of concept");
	add_point(alike, same_file(x, y), 50, "same file");
	if (alike->score > 100)
		alike->score = 100;
}

static json_t *
alike_value(const struct alike *alike, const json_t *body)
{
	json_t *value = json_object();
	value_set_text(value, "number", alike->row->number);
	value_set_text(value, "state", alike->row->state);
	value_set_text(value, "title", value_text(body, "title"));
	value_set_int(value, "score", alike->score);
	value_set(value, "why", json_incref(alike->why));
	return value;
}

/* Best first; what falls behind the fifth place is forgotten. */
static void
insert_sorted(json_t *list, json_t *value)
{
	size_t at = 0;
	int64_t score = value_int(value, "score", 0);
	while (at < json_array_size(list) &&
	       value_int(json_array_get(list, at), "score", 0) >= score)
		at++;
	(void)json_array_insert_new(list, at, value);
	if (json_array_size(list) > SHOWN)
		(void)json_array_remove(list, SHOWN);
}

/* Seen means: the case, its title and its report (never hint otherwise). */
static bool
is_seen(struct ask *ask, const struct row_case_by_number *row, bool *ret,
    struct err *err)
{
	unsigned relations;
	enum machine_state state;
	unsigned need = SECTION_TEXT | SECTION_REPORT;
	if (!case_relations(ask, row, &relations, err))
		return false;
	*ret = machine_find(str_of(row->state), &state) &&
	       access_may(ask->actor, OP_case_show, state, relations) &&
	       (access_sections(ask->actor, relations) & need) == need;
	return true;
}

struct looking {
	const struct casefile *file; /* to which others are compared */
	json_t *list;
};

static bool
look_at(struct ask *ask, const struct row_case_by_number *row, void *context,
    struct err *err)
{
	const struct looking *looking = context;
	const struct casefile *file = looking->file;
	AUTO(casefile) struct casefile other = { 0 };
	AUTO(value) json_t *why = json_array();
	struct alike alike = { .row = row, .why = why };
	bool seen;
	if (row->id == file->row.id)
		return true;
	if (!is_seen(ask, row, &seen, err))
		return false;
	if (!seen)
		return true;
	if (!case_unseal(ask, row, &other, err))
		return false;
	weigh(file->body, other.body, &alike);
	if (alike.score >= LEAST)
		insert_sorted(looking->list, alike_value(&alike, other.body));
	return true;
}

bool
case_alike(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	struct looking looking = { file, list };
	if (!case_each(ask, look_at, &looking, err))
		return false;
	*ret = json_incref(list);
	return true;
}
