#include "desk/intake.h"

#include "core/when.h"
#include "desk/account.h"
#include "desk/deadline.h"

bool
intake_pause_at(struct ask *ask, int64_t at, struct row_pause_at *ret,
    bool *ret_there, struct err *err)
{
	*ret_there = true;
	if (q_pause_at(ask->db, ask->arena, at, ret, err))
		return true;
	if (err->kind != ERR_MISSING)
		return false;
	*err = (struct err){ 0 };
	*ret = (struct row_pause_at){ 0 };
	*ret_there = false;
	return true;
}

int64_t
intake_pause_end(const struct row_pause_at *pause)
{
	return pause->ended_at != 0 ? pause->ended_at : pause->until_at;
}

bool
intake_pause_value(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_pause_at pause;
	bool there;
	if (!intake_pause_at(ask, ask->now, &pause, &there, err))
		return false;
	if (!there) {
		*ret = json_null();
		return true;
	}
	*ret = json_object();
	value_set_when(*ret, "from", pause.from_at);
	value_set_when(*ret, "until", pause.until_at);
	value_set_text(*ret, "notice", pause.notice);
	return true;
}

static bool
count_address(struct ask *ask, int64_t *ret, struct err *err)
{
	struct str tag = ask_tag(ask, "report.address", ask->address);
	struct row_attempt_count row;
	int64_t count;
	if (!q_attempt_count(ask->db, ask->arena, "report.address", tag,
		ask->real_now - WHEN_DAY, &row, err) ||
	    !q_attempt_insert(ask->db, db_id_new(), "report.address", tag,
		ask->real_now, &count, err))
		return false;
	*ret = row.found;
	return true;
}

static bool
count_reporter(struct ask *ask, struct str tag, struct intake_counts *counts,
    struct err *err)
{
	struct row_reporter_totals row;
	if (tag.len == 0)
		return true;
	if (!q_reporter_totals(ask->db, ask->pass, ask->arena, tag, &row, err))
		return false;
	counts->known = true;
	counts->open = row.open;
	counts->accepted = row.accepted;
	return true;
}

bool
intake_place_of(struct ask *ask, struct str reporter_tag, const char **ret_cap,
    struct err *err)
{
	struct intake_counts counts = { 0 };
	struct row_case_total_since day, week;
	if (!count_address(ask, &counts.address_day, err) ||
	    !q_case_total_since(ask->db, ask->pass, ask->arena,
		ask->now - WHEN_DAY, &day, err) ||
	    !q_case_total_since(ask->db, ask->pass, ask->arena,
		ask->now - 7 * WHEN_DAY, &week, err) ||
	    !count_reporter(ask, reporter_tag, &counts, err))
		return false;
	counts.day = day.found;
	counts.week = week.found;
	(void)intake_cap(intake_caps_of(ask->house->policy), &counts, ret_cap);
	return true;
}

json_t *
intake_limits(void)
{
	return json_pack("{s:i, s:i, s:i, s:i}", "text", (int)LIMIT_REPORT_TEXT,
	    "files", (int)LIMIT_UPLOAD_FILES, "file", (int)LIMIT_UPLOAD_FILE,
	    "together", (int)LIMIT_UPLOAD_TOTAL);
}

/* Entries that hold now; the form shows them before typing (I-16). */
static json_t *
non_issues_value(const struct ask *ask)
{
	json_t *list = json_array();
	size_t i;
	json_t *row;
	json_array_foreach(
	    (json_t *)(uintptr_t)ask_policy_value(ask, "non_issues"), i, row)
	{
		int64_t from = value_when(row, "valid_from");
		if (from <= ask->now)
			(void)json_array_append_new(
			    list, json_pack("{s:s, s:s, s:s, s:s}", "id",
				      value_text(row, "name"), "title",
				      value_text(row, "title"), "text",
				      value_text(row, "text"), "source",
				      value_text(row, "source")));
	}
	return list;
}

#define YEAR (365 * WHEN_DAY)

/* Whole days of the last year in which intake was paused. */
static int64_t
paused_days(
    const struct ask *ask, const struct row_pause_at *rows, size_t count)
{
	int64_t sum = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t from = rows[i].from_at;
		int64_t to = intake_pause_end(&rows[i]);
		if (from < ask->now - YEAR)
			from = ask->now - YEAR;
		if (to > ask->now)
			to = ask->now;
		sum += to > from ? to - from : 0;
	}
	return (sum + WHEN_DAY - 1) / WHEN_DAY;
}

static bool
statistics_value(struct ask *ask, const struct row_pause_at *pauses,
    size_t count, json_t **ret, struct err *err)
{
	struct row_case_statistics row;
	if (!q_case_statistics(
		ask->db, ask->pass, ask->arena, ask->now - YEAR, &row, err))
		return false;
	*ret = json_object();
	value_set_int(*ret, "received", row.received);
	value_set_int(*ret, "accepted", row.accepted);
	value_set_int(*ret, "rejected", row.rejected);
	value_set_int(*ret, "waiting", row.waiting);
	value_set_int(*ret, "paused_days", paused_days(ask, pauses, count));
	return true;
}

/* Every pause with who and why, and the year in numbers, for the team. */
static bool
team_values(struct ask *ask, json_t *value, struct err *err)
{
	struct row_pause_at *rows;
	json_t *statistics = NULL;
	size_t count;
	if (!q_pause_list(ask->db, ask->arena, &rows, &count, err) ||
	    !statistics_value(ask, rows, count, &statistics, err))
		return false;
	value_set(value, "statistics", statistics);
	json_t *list = json_array();
	value_set(value, "history", list);
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_object();
		value_set_when(row, "from", rows[i].from_at);
		value_set_when(row, "until", rows[i].until_at);
		value_set_when(row, "ended", rows[i].ended_at);
		value_set_text(row, "by", account_name(ask, rows[i].actor_id));
		value_set_text(row, "reason", rows[i].reason);
		value_set_text(row, "notice", rows[i].notice);
		(void)json_array_append_new(list, row);
	}
	return true;
}

bool
do_intake_show(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *value = json_object();
	json_t *pause = NULL;
	int64_t days = ask_policy_int(ask, "embargo_days", 90);
	if (!intake_pause_value(ask, &pause, err))
		return false;
	value_set(value, "pause", pause);
	value_set(value, "limits", intake_limits());
	value_set(value, "non_issues", non_issues_value(ask));
	value_set_int(value, "embargo_days", days);
	value_set_when(value, "embargo_end", ask->now + days * WHEN_DAY);
	value_set_text(value, "safe_harbour", ask_policy(ask, "safe_harbour"));
	value_set_text(value, "credit", ask_policy(ask, "credit"));
	value_set_text(value, "guidance", ask_policy(ask, "cna.guidance"));
	value_set_text(value, "contact", ask_policy(ask, "contact.mail"));
	value_set_text(value, "tracker", ask_policy(ask, "contact.tracker"));
	value_set(value, "languages",
	    json_incref((json_t *)(uintptr_t)ask_policy_value(
		ask, "contact.languages")));
	value_set_bool(value, "publish_rejected",
	    value_true(ask->house->policy, "publish_rejected"));
	bool team = (ask->actor->roles & ROLE_BIT(ROLE_TEAM)) != 0;
	if (team && !team_values(ask, value, err))
		return false;
	*ret = json_incref(value);
	return true;
}

bool
do_intake_pause(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_pause_at pause;
	int64_t until = ask_when(ask, "until");
	int64_t count;
	bool there;
	if (!intake_pause_check(str_of(ask_text(ask, "reason")),
		str_of(ask_text(ask, "notice")), ask->now, until, err) ||
	    !intake_pause_at(ask, ask->now, &pause, &there, err))
		return false;
	if (there)
		return err_set(err, ERR_CONFLICT, NULL,
		    "intake is paused already; end that pause first");
	ask->object = "intake";
	if (!q_pause_insert(ask->db, db_id_new(), ask->now, until,
		ask->actor->account_id, ask_text(ask, "reason"),
		ask_text(ask, "notice"), &count, err))
		return false;
	return do_intake_show(ask, ret, err);
}

/* Reports that came in a pause are due by its true end. */
static bool
shift_deadlines(struct ask *ask, const struct row_case_by_number *row,
    void *context, struct err *err)
{
	const struct row_pause_at *pause = context;
	AUTO(casefile) struct casefile file = { 0 };
	if (row->received_at < pause->from_at)
		return true;
	return case_unseal(ask, row, &file, err) &&
	       deadline_refresh(ask, &file, err);
}

bool
do_intake_resume(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_pause_at pause;
	int64_t count;
	bool there;
	if (!intake_pause_at(ask, ask->now, &pause, &there, err))
		return false;
	if (!there)
		return err_set(err, ERR_CONFLICT, NULL, "intake is not paused");
	ask->object = "intake";
	if (!q_pause_end(ask->db, ask->now, &count, err) ||
	    !case_each(ask, shift_deadlines, &pause, err))
		return false;
	return do_intake_show(ask, ret, err);
}
