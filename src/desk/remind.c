/* Reminders and alarms: who is told that something is due (P-12, P-63). */
#include "core/when.h"
#include "desk/deadline.h"
#include "desk/post.h"
#include "desk/reporter.h"
#include "desk/terms.h"

#include <string.h>

/* One reminder on its way. */
struct reminder {
	const struct row_deadline_warn *row;
	struct calendar_rule rule;
	struct casefile *file; /* NULL for makers */
	struct post post;
};

static bool
to_line(struct ask *ask, const struct reminder *reminder, struct err *err)
{
	struct row_scope_holders *rows;
	size_t count;
	const char *line = strchr(reminder->row->kind, ':');
	if (line == NULL)
		return post_role(ask, "team", &reminder->post, err);
	if (!q_scope_holders(ask->db, ask->arena, "line",
		ask_tag(ask, "line", line + 1), &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!post_account(
			ask, rows[i].account_id, &reminder->post, err))
			return false;
	return post_role(ask, "team", &reminder->post, err);
}

static bool
to_maker(struct ask *ask, const struct reminder *reminder, struct err *err)
{
	struct row_deadline_receipt receipt;
	int64_t maker = reminder->row->object_id;
	if (strcmp(reminder->row->object, "case") == 0)
		return post_role(ask, "team", &reminder->post, err);
	if (strcmp(reminder->row->object, "notice") == 0) {
		if (!q_deadline_receipt(
			ask->db, ask->pass, ask->arena, maker, &receipt, err))
			return err->kind == ERR_MISSING;
		maker = receipt.maker_id;
	}
	return post_maker(ask, maker, &reminder->post, err);
}

static bool
send(struct ask *ask, const struct reminder *reminder, struct err *err)
{
	const char *who = reminder->rule.who;
	const struct casefile *file = reminder->file;
	if (strcmp(who, "reporter") == 0 && file != NULL)
		return report_notify(
		    ask, file, REPORTER_ANSWER, reminder->row->warn_at, err);
	if (strcmp(who, "maker") == 0)
		return to_maker(ask, reminder, err);
	if (strcmp(who, "director") == 0)
		return post_role(ask, "director", &reminder->post, err);
	if (strcmp(who, "release-manager") == 0)
		return to_line(ask, reminder, err);
	if (strcmp(who, "assignee") == 0 && file != NULL &&
	    file->row.assignee_id != 0)
		return post_account(
		    ask, file->row.assignee_id, &reminder->post, err);
	return post_role(ask, "team", &reminder->post, err);
}

/* P-63: over, and neither published nor moved. */
static bool
is_alarm(const struct ask *ask, const struct reminder *reminder)
{
	return strcmp(reminder->row->kind, "disclose") == 0 &&
	       reminder->file != NULL &&
	       embargo_is_overdue(terms_em(reminder->file),
		   reminder->file->row.embargo_ends_at, ask->now);
}

static bool
raise(struct ask *ask, struct reminder *reminder, struct err *err)
{
	char human[WHEN_TEXT];
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text",
	    ask_print(ask,
		"The embargo ended at %s and is neither published nor moved. "
		"Disclose, or record a decision.",
		when_human(reminder->row->due_at, human)));
	reminder->post.kind = "alarm";
	reminder->post.subject = "An embargo is overdue";
	reminder->post.text = ask_print(ask,
	    "An embargo has ended and nothing was published. This alarm "
	    "repeats every hour.\n\nPlease log in:\n%s/desk\n",
	    ask_setting(ask, "base_url"));
	ask->object = reminder->file->row.number;
	return case_tell(ask, reminder->file, "overdue", "team", body, err);
}

static bool
remind_one(struct ask *ask, const struct row_deadline_warn *row,
    struct casefile *file, struct err *err)
{
	int64_t count;
	bool maker = strcmp(row->object, "case") != 0;
	struct reminder reminder = { .row = row, .file = file };
	reminder.post = (struct post){
		.key = ask_print(ask, "remind:%s:%lld:%s:%lld", row->object,
		    (long long)row->object_id, row->kind,
		    (long long)row->warn_at),
		.kind = "reminder",
		.subject = "Something is due",
		.text = ask_print(ask,
		    "Something you look after is due. Please log in:\n%s%s\n",
		    ask_setting(ask, "base_url"), maker ? "/maker" : "/desk"),
	};
	if (deadline_rule(ask, row->kind, &reminder.rule)) {
		if (is_alarm(ask, &reminder) && !raise(ask, &reminder, err))
			return false;
		if (!send(ask, &reminder, err))
			return false;
	}
	return q_deadline_warned(ask->db, row->object, row->object_id,
	    row->kind, row->warn_at, deadline_next(ask, row->kind, row->due_at),
	    &count, err);
}

bool
deadline_remind(struct ask *ask, void *context, struct err *err)
{
	struct row_deadline_warn *rows;
	size_t count;
	(void)context;
	if (!q_deadline_warn(ask->db, ask->arena, ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(casefile) struct casefile file = { 0 };
		bool of_case = strcmp(rows[i].object, "case") == 0;
		if (of_case &&
		    !case_open_id(ask, rows[i].object_id, &file, err))
			return false;
		if (!remind_one(ask, &rows[i], of_case ? &file : NULL, err))
			return false;
	}
	return true;
}
