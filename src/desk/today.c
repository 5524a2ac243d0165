/* What is due, as a time line: today.show. */
#include "core/when.h"
#include "desk/deadline.h"
#include "desk/terms.h"

#include <string.h>

#define TICKS 6
#define SOON (7 * WHEN_DAY)

/* The page under construction. */
struct today {
	struct ask *ask;
	int64_t days, until, start; /* start: midnight of today */
	json_t *lanes, *days_list, *late;
	int64_t late_count, soon_count, open, embargoed, fresh;
};

/* One case as this reader sees it, or not at all. */
struct seen {
	int64_t id;
	bool visible;
	unsigned sections;
	struct casefile file;
};

static int64_t
midnight(int64_t when)
{
	return when - when % WHEN_DAY;
}

/* Days ahead: whole weeks that divide evenly into at most TICKS parts. */
static int64_t
whole_weeks(int64_t days, int64_t *ret_step)
{
	int64_t weeks = (days + 6) / 7;
	int64_t step = (weeks + TICKS - 1) / TICKS;
	*ret_step = step * 7;
	return (weeks + step - 1) / step * step * 7;
}

static const char *
short_date(struct ask *ask, int64_t when)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[WHEN_TEXT];
	const char *date = when_date(when, text);
	int month = (date[5] - '0') * 10 + date[6] - '0';
	int day = (date[8] - '0') * 10 + date[9] - '0';
	return ask_print(ask, "%d %.3s", day, months + 3 * (month - 1));
}

static json_t *
ticks_value(struct today *today, int64_t step)
{
	json_t *ticks = json_array();
	for (int64_t day = 0; day <= today->days; day += step)
		(void)json_array_append_new(ticks,
		    json_string(
			short_date(today->ask, today->start + day * WHEN_DAY)));
	return ticks;
}

/* "M0 0v2M7 0v2": one line per week. */
static const char *
grid_path(struct today *today)
{
	AUTO(buf) struct buf path = BUF(4096);
	for (int64_t day = 0; day <= today->days; day += 7)
		buf_printf(&path, "M%lld 0v2", (long long)day);
	const char *copy =
	    arena_copy(today->ask->arena, buf_text(&path), path.len);
	return copy == NULL ? "" : copy;
}

/* What a release manager is told of (P-19): his branches and the end. */
static bool
is_told(unsigned sections, const char *kind)
{
	if ((sections & (SECTION_STATE | SECTION_NOTES)) != 0)
		return true;
	return (sections & SECTION_FIX) != 0 &&
	       (strncmp(kind, "backport:", 9) == 0 ||
		   strcmp(kind, "fix") == 0 || strcmp(kind, "disclose") == 0);
}

/* What is kept of a case must not live in the arena it was read into. */
static void
keep_case(struct today *today, struct seen *seen)
{
	struct casefile *file = &seen->file;
	const struct row_case_by_number kept = {
		.id = file->row.id,
		.number = ask_print(today->ask, "%s", file->row.number),
		.state = machine_name(file->state),
		.em = em_name(terms_em(file)),
	};
	file->row = kept;
}

static bool
look_at_case(
    struct today *today, int64_t id, struct seen *seen, struct err *err)
{
	AUTO(arena) struct arena *room = arena_new(LIMIT_REQUEST_ARENA);
	struct ask inner = *today->ask;
	struct ask *ask = &inner;
	struct row_case_by_number row;
	struct seen fresh = { .id = id };
	unsigned relations;
	enum machine_state state;
	casefile_auto(&seen->file);
	if (room == NULL)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	ask->arena = room;
	if (!q_case_by_id(ask->db, ask->pass, room, id, &row, err) ||
	    !case_relations(ask, &row, &relations, err))
		return false;
	fresh.sections = access_sections(ask->actor, relations);
	fresh.visible = machine_find(str_of(row.state), &state) &&
			access_may(ask->actor, OP_case_show, state, relations);
	if (fresh.visible && !case_unseal(ask, &row, &fresh.file, err))
		return false;
	if (fresh.visible)
		keep_case(today, &fresh);
	*seen = fresh;
	return true;
}

static json_t *
lane_for(struct today *today, const char *kind)
{
	size_t i;
	json_t *lane;
	bool backport = strncmp(kind, "backport:", 9) == 0;
	const char *name =
	    backport ? "Backports" : deadline_label(today->ask, kind);
	json_array_foreach(today->lanes, i, lane)
	{
		if (strcmp(value_text(lane, "name"), name) == 0)
			return json_object_get(lane, "items");
	}
	lane = json_pack("{s:s, s:[]}", "name", name, "items");
	(void)json_array_append_new(today->lanes, lane);
	return json_object_get(lane, "items");
}

/* The list of one day; rows come by object, so days are found again. */
static json_t *
day_for(struct today *today, int64_t due_at)
{
	char wanted[WHEN_TEXT];
	size_t at = 0;
	(void)when_print(midnight(due_at), wanted);
	for (; at < json_array_size(today->days_list); at++) {
		json_t *day = json_array_get(today->days_list, at);
		int order = strcmp(value_text(day, "at"), wanted);
		if (order == 0)
			return json_object_get(day, "items");
		if (order > 0)
			break;
	}
	json_t *day = json_pack("{s:s, s:[]}", "at", wanted, "items");
	value_set_bool(day, "soon", midnight(due_at) < today->ask->now + SOON);
	value_set_bool(day, "today", midnight(due_at) == today->start);
	(void)json_array_insert_new(today->days_list, at, day);
	return json_object_get(day, "items");
}

/* Inside a day and among what is late: by instant. */
static void
insert_by_due(json_t *list, json_t *item)
{
	size_t at = json_array_size(list);
	const char *due = value_text(item, "due");
	while (at > 0 &&
	       strcmp(value_text(json_array_get(list, at - 1), "due"), due) > 0)
		at--;
	(void)json_array_insert_new(list, at, item);
}

static void
add_item(struct today *today, const struct row_deadline_open *row, json_t *item,
    bool embargo)
{
	int64_t now = today->ask->now;
	bool late = row->due_at < now;
	bool soon = !late && row->due_at < now + SOON;
	int64_t day =
	    late ? 0 : (midnight(row->due_at) - today->start) / WHEN_DAY;
	today->late_count += late;
	today->soon_count += soon;
	value_set_text(item, "kind", row->kind);
	value_set_text(item, "what", deadline_label(today->ask, row->kind));
	value_set_when(item, "due", row->due_at);
	value_set_bool(item, "late", late);
	value_set_bool(item, "soon", soon);
	value_set_bool(item, "embargo", embargo);
	if (day <= today->days)
		(void)json_array_append_new(lane_for(today, row->kind),
		    json_pack("{s:I, s:s}", "day", (json_int_t)day, "kind",
			late      ? "late"
			: embargo ? "embargo"
			: soon    ? "soon"
				  : ""));
	insert_by_due(late ? today->late : day_for(today, row->due_at), item);
}

static void
add_case_row(struct today *today, const struct row_deadline_open *row,
    const struct seen *seen)
{
	json_t *item = json_object();
	const struct casefile *file = &seen->file;
	bool embargo =
	    strcmp(row->kind, "disclose") == 0 && em_in_force(terms_em(file));
	value_set_text(item, "case", file->row.number);
	value_set_text(item, "title",
	    (seen->sections & SECTION_TEXT) != 0
		? value_text(file->body, "title")
		: NULL);
	value_set_text(item, "href",
	    ask_print(today->ask, "/desk/case/%s", file->row.number));
	add_item(today, row, item, embargo);
}

static void
add_maker_row(struct today *today, const struct row_deadline_open *row)
{
	json_t *item = json_object();
	value_set_text(item, "case", NULL);
	value_set_text(item, "title", "a maker of products");
	value_set_text(item, "href",
	    ask_print(
		today->ask, "/desk/maker/%lld", (long long)row->object_id));
	add_item(today, row, item, false);
}

static bool
add_rows(struct today *today, struct err *err)
{
	struct ask *ask = today->ask;
	struct row_deadline_open *rows;
	struct seen seen = { 0 };
	size_t count;
	bool makers =
	    access_may(ask->actor, OP_maker_list, MACHINE_INIT, REL_ANY);
	if (!q_deadline_open(
		ask->db, ask->arena, today->until, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].object, "maker") == 0 && makers)
			add_maker_row(today, &rows[i]);
		if (strcmp(rows[i].object, "case") != 0)
			continue;
		if (seen.id != rows[i].object_id &&
		    !look_at_case(today, rows[i].object_id, &seen, err)) {
			casefile_auto(&seen.file);
			return false;
		}
		if (seen.visible && is_told(seen.sections, rows[i].kind))
			add_case_row(today, &rows[i], &seen);
	}
	casefile_auto(&seen.file);
	return true;
}

static bool
count_case(struct ask *ask, const struct row_case_by_number *row, void *context,
    struct err *err)
{
	struct today *today = context;
	enum machine_state state;
	enum em em = EM_NONE;
	unsigned relations;
	if (!machine_find(str_of(row->state), &state) ||
	    state == MACHINE_PUBLIC || state == MACHINE_REJECTED)
		return true;
	if (!case_relations(ask, row, &relations, err))
		return false;
	if (!access_may(ask->actor, OP_case_show, state, relations))
		return true;
	if (!em_find(str_of(row->em), &em))
		em = EM_NONE;
	today->open++;
	today->fresh += state == MACHINE_NEW;
	today->embargoed += em_in_force(em);
	return true;
}

/* Numbers of the day, over the cases this reader may see. */
static bool
count_cases(struct today *today, struct err *err)
{
	return case_each(today->ask, count_case, today, err);
}

static json_t *
tile(const char *name, int64_t number, const char *kind)
{
	return json_pack("{s:s, s:I, s:s}", "name", name, "number",
	    (json_int_t)number, "kind", number > 0 ? kind : "");
}

static json_t *
tiles_value(const struct today *today)
{
	return json_pack("[o, o, o, o, o]",
	    tile("late", today->late_count, "is-bad"),
	    tile("due within 7 days", today->soon_count, "is-warn"),
	    tile("new reports", today->fresh, "is-info"),
	    tile("open cases", today->open, ""),
	    tile("embargoes in force", today->embargoed, ""));
}

bool
do_today_show(struct ask *ask, json_t **ret, struct err *err)
{
	int64_t step;
	struct today today = { .ask = ask, .start = midnight(ask->now) };
	today.days = whole_weeks(ask_int(ask, "days", 30), &step);
	today.until = today.start + (today.days + 1) * WHEN_DAY - 1;
	AUTO(value) json_t *value = json_object();
	value_set(value, "lanes", today.lanes = json_array());
	value_set(value, "late", today.late = json_array());
	value_set(value, "by_day", today.days_list = json_array());
	if (!add_rows(&today, err) || !count_cases(&today, err))
		return false;
	value_set_int(value, "days", today.days);
	value_set_text(value, "grid", grid_path(&today));
	value_set(value, "ticks", ticks_value(&today, step));
	value_set(value, "tiles", tiles_value(&today));
	*ret = json_incref(value);
	return true;
}
