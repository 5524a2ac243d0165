/* The embargo calendar: how many end in which week: calendar.show. */
#include "core/when.h"
#include "desk/line.h"
#include "desk/terms.h"

#include <string.h>

#define WEEK (7 * WHEN_DAY)
#define WEEKS_MOST 104
#define WISE 20 /* ends in one week that a team can publish with care */

struct week {
	int64_t ends, releases;
};

struct calendar {
	struct ask *ask;
	int64_t monday; /* of this week, 00:00 UTC */
	int64_t weeks;
	struct week rows[WEEKS_MOST];
	json_t *ends, *overdue, *releases;
};

/* 1970-01-01 was a Thursday. */
static int64_t
monday_of(int64_t when)
{
	int64_t days = when / WHEN_DAY;
	return (days - (days + 3) % 7) * WHEN_DAY;
}

/* ISO 8601: the week belongs to the year of its Thursday. */
static const char *
week_name(struct ask *ask, int64_t monday)
{
	char text[WHEN_TEXT];
	int64_t thursday = monday + 3 * WHEN_DAY;
	int year = when_year(thursday);
	int64_t first = 0;
	(void)snprintf(text, sizeof(text), "%d-01-01", year);
	if (!when_parse(str_of(text), true, &first))
		return "";
	return ask_print(ask, "W%02d", (int)((thursday - first) / WEEK) + 1);
}

/* Index of the week of an instant, or -1. */
static int64_t
week_of(const struct calendar *calendar, int64_t when)
{
	if (when < calendar->monday)
		return -1;
	int64_t week = (when - calendar->monday) / WEEK;
	return week < calendar->weeks ? week : -1;
}

static void
insert_by(json_t *list, const char *key, json_t *item)
{
	size_t at = json_array_size(list);
	const char *when = value_text(item, key);
	while (at > 0 &&
	       strcmp(value_text(json_array_get(list, at - 1), key), when) > 0)
		at--;
	(void)json_array_insert_new(list, at, item);
}

static bool
add_end(struct ask *ask, struct calendar *calendar,
    const struct row_case_by_number *row, unsigned relations, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	bool over = row->embargo_ends_at <= ask->now;
	int64_t week = week_of(calendar, row->embargo_ends_at);
	if (!over && week < 0)
		return true;
	if (!case_unseal(ask, row, &file, err))
		return false;
	unsigned sections = access_sections(ask->actor, relations);
	json_t *item = json_object();
	value_set_text(item, "case", row->number);
	value_set_text(item, "title",
	    (sections & SECTION_TEXT) != 0 ? value_text(file.body, "title")
					   : NULL);
	value_set_text(item, "state", machine_name(file.state));
	value_set_text(item, "em", em_label(terms_em(&file)));
	value_set_when(item, "ends_at", row->embargo_ends_at);
	value_set_bool(item, "late", over);
	value_set_bool(
	    item, "soon", !over && row->embargo_ends_at < ask->now + WEEK);
	value_set_bool(item, "moving", terms_em(&file) == EM_REVISE);
	if (week >= 0)
		calendar->rows[week].ends++;
	insert_by(over ? calendar->overdue : calendar->ends, "ends_at", item);
	return true;
}

static bool
add_case(struct ask *ask, const struct row_case_by_number *row, void *context,
    struct err *err)
{
	enum machine_state state;
	enum em em;
	unsigned relations;
	if (!em_find(str_of(row->em), &em) || !em_in_force(em) ||
	    row->disclosed_at != 0 || !machine_find(str_of(row->state), &state))
		return true;
	if (!case_relations(ask, row, &relations, err))
		return false;
	return !access_may(ask->actor, OP_case_show, state, relations) ||
	       add_end(ask, context, row, relations, err);
}

static bool
add_cases(struct calendar *calendar, struct err *err)
{
	return case_each(calendar->ask, add_case, calendar, err);
}

static void
add_release(
    struct calendar *calendar, const char *what, const char *line, int64_t when)
{
	int64_t week = week_of(calendar, when);
	if (when == 0 || week < 0)
		return;
	json_t *item = json_pack("{s:s, s:s}", "what", what, "line", line);
	value_set_when(item, "at", when);
	calendar->rows[week].releases++;
	insert_by(calendar->releases, "at", item);
}

/* Tags made this week, first releases to come, ends of life. */
static bool
add_releases(struct calendar *calendar, struct err *err)
{
	struct ask *ask = calendar->ask;
	struct line_book book;
	struct row_release_all *tags;
	size_t count;
	if (!line_book(ask, &book, err) ||
	    !q_release_all(ask->db, ask->arena, &tags, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		add_release(calendar, ask_print(ask, "tag %s", tags[i].tag),
		    tags[i].line, tags[i].released_at);
	for (size_t i = 0; i < book.count; i++) {
		const struct row_line_all *row = &book.rows[i];
		if (line_at(&book, row->name, ask->now) != row)
			continue;
		add_release(calendar, "first release", row->name,
		    row->first_release_at);
		add_release(calendar, "end of life", row->name, row->eol_at);
	}
	return true;
}

static json_t *
weeks_value(struct calendar *calendar, int64_t *ret_most)
{
	json_t *weeks = json_array();
	int64_t most = 1;
	int64_t wise =
	    ask_policy_int(calendar->ask, "disclosures_per_week", WISE);
	for (int64_t i = 0; i < calendar->weeks; i++) {
		const struct week *row = &calendar->rows[i];
		int64_t monday = calendar->monday + i * WEEK;
		json_t *week = json_object();
		value_set_text(week, "week", week_name(calendar->ask, monday));
		value_set_when(week, "from", monday);
		value_set_int(week, "ends", row->ends);
		value_set_int(week, "releases", row->releases);
		value_set_bool(week, "now", i == 0);
		value_set_bool(week, "over", row->ends > wise);
		most = row->ends > most ? row->ends : most;
		(void)json_array_append_new(weeks, week);
	}
	*ret_most = most;
	return weeks;
}

bool
do_calendar_show(struct ask *ask, json_t **ret, struct err *err)
{
	struct calendar calendar = { .ask = ask,
		.monday = monday_of(ask->now),
		.weeks = ask_int(ask, "weeks", 16) };
	int64_t most;
	AUTO(value) json_t *value = json_object();
	value_set(value, "ends", calendar.ends = json_array());
	value_set(value, "overdue", calendar.overdue = json_array());
	value_set(value, "releases", calendar.releases = json_array());
	if (!add_cases(&calendar, err) || !add_releases(&calendar, err))
		return false;
	value_set(value, "weeks", weeks_value(&calendar, &most));
	value_set_int(value, "most", most);
	*ret = json_incref(value);
	return true;
}
