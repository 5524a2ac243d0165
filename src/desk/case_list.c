/* case.list and case.inbox: the cases the asker may see, in order of need. */
#include "desk/account.h"
#include "desk/case_parts.h"

#include "core/utf8.h"
#include "core/when.h"
#include "rules/embargo.h"

#include <stdlib.h>
#include <string.h>

#define BRIEF 400 /* bytes of a text in a list */

struct listing {
	struct ask *ask;
	struct row_deadline_next *dues; /* soonest first */
	size_t due_count;
	struct row_cve_given *ids;
	size_t id_count;
	struct row_fix_of_line *on_line; /* cases of the line asked for */
	size_t on_line_count;
	json_t *rows;
};

static bool
read_all(struct listing *list, struct err *err)
{
	struct ask *ask = list->ask;
	return q_deadline_next(
		   ask->db, ask->arena, &list->dues, &list->due_count, err) &&
	       q_cve_given(
		   ask->db, ask->arena, &list->ids, &list->id_count, err) &&
	       (!ask_has(ask, "line") ||
		   q_fix_of_line(ask->db, ask->pass, ask->arena,
		       ask_text(ask, "line"), &list->on_line,
		       &list->on_line_count, err));
}

static const struct row_deadline_next *
next_due(const struct listing *list, int64_t case_id)
{
	for (size_t i = 0; i < list->due_count; i++)
		if (list->dues[i].object_id == case_id)
			return &list->dues[i];
	return NULL;
}

static json_t *
ids_value(const struct listing *list, int64_t case_id)
{
	json_t *ids = json_array();
	for (size_t i = 0; i < list->id_count; i++)
		if (list->ids[i].case_id == case_id)
			(void)json_array_append_new(
			    ids, json_string(list->ids[i].id));
	return ids;
}

static void
add_due(const struct listing *list, int64_t case_id, json_t *value)
{
	const struct row_deadline_next *due = next_due(list, case_id);
	value_set(value, "due",
	    due == NULL ? NULL
			: case_deadline(list->ask, due->kind, due->due_at,
			      due->warn_at, 0));
}

/* What every reader of a list row gets: his sections decide (P-19). */
static json_t *
row_value(
    const struct listing *list, const struct casefile *file, unsigned relations)
{
	struct ask *ask = list->ask;
	const struct row_case_by_number *row = &file->row;
	unsigned seen = access_sections(ask->actor, relations);
	enum em em = EM_NONE;
	json_t *value = json_object();
	if (!em_find(str_of(row->em), &em))
		em = EM_NONE;
	value_set_text(value, "number", row->number);
	value_set_int(value, "revision", row->revision);
	value_set_when(value, "embargo_ends_at", row->embargo_ends_at);
	value_set_bool(value, "embargoed",
	    embargo_is_on(
		row->decided_at != 0, em, file->state == MACHINE_PUBLIC));
	if ((seen & SECTION_TEXT) != 0) {
		value_set_text(value, "title", value_text(file->body, "title"));
		value_set_text(
		    value, "component", value_text(file->body, "component"));
		value_set(value, "severity", case_severity(file->body));
	}
	if ((seen & SECTION_STATE) != 0) {
		value_set_text(value, "state", machine_name(file->state));
		value_set_text(value, "label", machine_label(file->state));
		value_set_when(value, "received_at", row->received_at);
		value_set_when(value, "changed_at", row->changed_at);
		value_set_text(
		    value, "priority", value_text(file->body, "priority"));
		value_set_text(
		    value, "domain", value_text(file->body, "domain"));
		value_set_text(
		    value, "assignee", account_name(ask, row->assignee_id));
		value_set(value, "cves", ids_value(list, row->id));
		add_due(list, row->id, value);
	}
	return value;
}

static bool
is_state_asked(const struct ask *ask, const char *state)
{
	const json_t *states = json_object_get(ask->args, "state");
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)(uintptr_t)states, i, one)
	{
		if (strcmp(json_string_value(one), state) == 0)
			return true;
	}
	return json_array_size(states) == 0;
}

static bool
is_on_line(const struct listing *list, int64_t case_id)
{
	for (size_t i = 0; i < list->on_line_count; i++)
		if (list->on_line[i].case_id == case_id)
			return true;
	return !ask_has(list->ask, "line");
}

/* Only what the reader sees of a row can be found in it. */
static bool
has_text(const struct ask *ask, const json_t *value)
{
	static const char *const looked[] = { "number", "title", "component",
		"assignee", "domain" };
	const char *text = ask_text(ask, "text");
	size_t i;
	json_t *id;
	if (text[0] == '\0')
		return true;
	for (size_t k = 0; k < COUNT(looked); k++)
		if (strcasestr(value_text(value, looked[k]), text) != NULL)
			return true;
	json_array_foreach(json_object_get(value, "cves"), i, id)
	{
		if (strcasestr(json_string_value(id), text) != NULL)
			return true;
	}
	return false;
}

static bool
is_due(const struct ask *ask, const json_t *value)
{
	int64_t days = ask_int(ask, "due", 0);
	int64_t at = value_when(json_object_get(value, "due"), "at");
	if (days == 0)
		return true;
	return at != 0 && at <= ask->now + days * WHEN_DAY;
}

/* The filter by state tells the state: it is for those who may see it. */
static bool
is_wanted(const struct listing *list, const struct row_case_by_number *row,
    unsigned relations)
{
	const struct ask *ask = list->ask;
	bool knows =
	    (access_sections(ask->actor, relations) & SECTION_STATE) != 0;
	if (ask_has(ask, "state") &&
	    (!knows || !is_state_asked(ask, row->state)))
		return false;
	return is_on_line(list, row->id);
}

static bool
add_case(struct ask *ask, const struct row_case_by_number *row, void *context,
    struct err *err)
{
	struct listing *list = context;
	AUTO(casefile) struct casefile file = { 0 };
	unsigned relations;
	enum machine_state state;
	if (!case_relations(ask, row, &relations, err))
		return false;
	if (!machine_find(str_of(row->state), &state) ||
	    !access_may(ask->actor, OP_case_show, state, relations) ||
	    !is_wanted(list, row, relations))
		return true;
	if (!case_unseal(ask, row, &file, err))
		return false;
	AUTO(value) json_t *value = row_value(list, &file, relations);
	if (has_text(ask, value) && is_due(ask, value))
		(void)json_array_append(list->rows, value);
	return true;
}

/* Order of need ----------------------------------------------------------- */

/* Closed ones last, then by what is due first, then the newest. */
static int64_t
rank_of(const json_t *row)
{
	int64_t due = value_when(json_object_get(row, "due"), "at");
	const char *state = value_text(row, "state");
	bool closed =
	    strcmp(state, "public") == 0 || strcmp(state, "rejected") == 0;
	if (closed)
		return WHEN_MAX - value_when(row, "changed_at") / 1000;
	return due != 0 ? due : WHEN_MAX / 2;
}

static int
compare_rows(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a;
	const json_t *y = *(json_t *const *)b;
	int64_t p = rank_of(x), q = rank_of(y);
	int64_t waits = value_int(x, "waits", 0) - value_int(y, "waits", 0);
	if (waits != 0)
		return waits < 0 ? -1 : 1;
	if (p != q)
		return p < q ? -1 : 1;
	int64_t order = value_int(x, "rank", 0) - value_int(y, "rank", 0);
	if (order != 0)
		return order < 0 ? -1 : 1;
	return strcmp(value_text(x, "number"), value_text(y, "number"));
}

static bool
sort_rows(struct ask *ask, json_t *rows, struct err *err)
{
	size_t count = json_array_size(rows), i;
	json_t **order = arena_get(ask->arena, (count + 1) * sizeof(*order));
	json_t *row;
	if (order == NULL)
		return err_set(err, ERR_LIMIT, NULL, "too many cases");
	json_array_foreach(rows, i, row) order[i] = json_incref(row);
	qsort(order, count, sizeof(*order), compare_rows);
	(void)json_array_clear(rows);
	for (i = 0; i < count; i++)
		(void)json_array_append_new(rows, order[i]);
	return true;
}

bool
do_case_list(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *rows = json_array();
	struct listing list = { .ask = ask, .rows = rows };
	if (!read_all(&list, err) || !case_each(ask, add_case, &list, err))
		return false;
	if (!sort_rows(ask, rows, err))
		return false;
	*ret = json_pack("{s:O}", "cases", rows);
	return true;
}

/* Inbox ------------------------------------------------------------------- */

/* The beginning of a long text: a list must fit into one answer. */
static json_t *
brief(const char *text)
{
	size_t len = strlen(text);
	if (len > BRIEF)
		len = utf8_prefix(text, BRIEF);
	return json_stringn(text, len);
}

static void
add_report(const struct casefile *file, json_t *value)
{
	const json_t *body = file->body;
	const json_t *report = json_object_get(body, "report");
	static const char *const told[] = { "component", "version",
		"reproduced", "ai_help", "exploited" };
	for (size_t i = 0; i < COUNT(told); i++)
		value_set_text(value, told[i], value_text(report, told[i]));
	value_set(value, "impact", brief(value_text(report, "impact")));
	value_set(value, "missing",
	    json_incref(json_object_get(body, "needs_information")));
	value_set(value, "files",
	    json_integer(
		(json_int_t)json_array_size(json_object_get(report, "files"))));
	value_set_int(value, "rank", value_int(body, "rank", 0));
	value_set_bool(value, "capped", value_true(body, "capped"));
	value_set_bool(value, "paused", value_true(body, "paused"));
	value_set_int(value, "waits",
	    value_true(body, "capped") || value_true(body, "paused"));
	value_set_bool(value, "asked",
	    value_when(body, "asked_at") > value_when(body, "answered_at"));
	value_set_bool(value, "answered",
	    value_when(body, "answered_at") > value_when(body, "asked_at"));
}

static bool
add_waiting(struct ask *ask, const struct row_case_by_number *row,
    void *context, struct err *err)
{
	struct listing *list = context;
	AUTO(casefile) struct casefile file = { 0 };
	bool waits =
	    strcmp(row->state, "new") == 0 || strcmp(row->state, "triage") == 0;
	if (!waits)
		return true;
	if (!case_unseal(ask, row, &file, err))
		return false;
	json_t *value = row_value(list, &file, REL_ANY);
	add_report(&file, value);
	(void)json_array_append_new(list->rows, value);
	return true;
}

bool
do_case_inbox(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *rows = json_array();
	struct listing list = { .ask = ask, .rows = rows };
	if (!read_all(&list, err) || !case_each(ask, add_waiting, &list, err))
		return false;
	if (!sort_rows(ask, rows, err))
		return false;
	*ret = json_pack("{s:O}", "reports", rows);
	return true;
}
