#include "desk/reporter_clock.h"

#include "core/when.h"
#include "desk/case_parts.h"
#include "desk/post.h"
#include "desk/reporter.h"
#include "desk/terms.h"

#define NO_ANSWER "no-answer"
#define QUIET_DAYS 30

static bool
close_one(struct ask *ask, struct casefile *file, struct err *err)
{
	AUTO(value)
	json_t *triage = json_pack("{s:s}", "reason", "A question was asked.");
	AUTO(value)
	json_t *reject = json_pack("{s:s, s:s, s:s}", "reject", NO_ANSWER,
	    "reason", "No answer to our question in the time given.", "reply",
	    "We had a question and heard nothing for 30 days, so this report "
	    "is closed. Answer here at any time and it is open again.");
	ask->object = file->row.number;
	return (file->state != MACHINE_NEW ||
		   case_move_alone(ask, file, MACHINE_TRIAGE, triage, err)) &&
	       case_move_alone(ask, file, MACHINE_REJECTED, reject, err);
}

/* Later than triage the work goes on; the team sees the date pass. */
static bool
may_close(const struct casefile *file)
{
	bool early =
	    file->state == MACHINE_NEW || file->state == MACHINE_TRIAGE;
	return early && report_is_asked(file);
}

bool
reports_close(struct ask *ask, void *context, struct err *err)
{
	struct row_deadline_near *rows;
	size_t count;
	(void)context;
	if (!q_deadline_near(ask->db, ask->arena, "reporter_answer", 0,
		ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(casefile) struct casefile file = { 0 };
		if (!case_open_id(ask, rows[i].case_id, &file, err) ||
		    (may_close(&file) && !close_one(ask, &file, err)))
			return false;
	}
	return true;
}

bool
report_answered(struct ask *ask, struct casefile *file, struct err *err)
{
	const json_t *reject = json_object_get(file->body, "reject");
	bool closed = file->state == MACHINE_REJECTED &&
		      strcmp(value_text(reject, "code"), NO_ANSWER) == 0;
	AUTO(value)
	json_t *reopen = json_pack("{s:s}", "reason", "The reporter answered.");
	return closed ? case_move_alone(ask, file, MACHINE_TRIAGE, reopen, err)
		      : case_save(ask, file, err);
}

static bool
escalate_one(struct ask *ask, const struct casefile *file, struct err *err)
{
	const struct post post = {
		.key = ask_print(ask, "escalated:%lld:%lld",
		    (long long)file->row.id, (long long)ask->now),
		.kind = "escalated",
		.subject = "A report is forgotten",
		.text = ask_print(ask,
		    "In a report nobody took a step for %d days. Please log "
		    "in:\n%s/desk\n",
		    QUIET_DAYS, ask_setting(ask, "base_url")),
	};
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text",
	    ask_print(ask, "Nobody took a step for %d days.", QUIET_DAYS));
	ask->object = file->row.number;
	return case_tell(ask, file, "escalated", "team", body, err) &&
	       post_role(ask, "team", &post, err) &&
	       post_role(ask, "director", &post, err);
}

bool
reports_escalate(struct ask *ask, void *context, struct err *err)
{
	struct row_case_quiet *rows;
	size_t count;
	(void)context;
	if (!q_case_quiet(ask->db, ask->pass, ask->arena,
		ask->now - QUIET_DAYS * WHEN_DAY, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(casefile) struct casefile file = { 0 };
		if (!case_open_id(ask, rows[i].case_id, &file, err) ||
		    !escalate_one(ask, &file, err))
			return false;
	}
	return true;
}

/* The last row of a kind whose time has come is the one that is sent. */
static const struct {
	enum reporter_news news;
	int64_t before;
} tellings[] = {
	{ REPORTER_CREDIT, 14 * WHEN_DAY },
	{ REPORTER_CREDIT, 3 * WHEN_DAY },
	{ REPORTER_PLANNED, 7 * WHEN_DAY },
	{ REPORTER_PLANNED, WHEN_DAY },
};

static bool
is_due(size_t i, int64_t left)
{
	bool last = i + 1 == COUNT(tellings) ||
		    tellings[i + 1].news != tellings[i].news;
	return left <= tellings[i].before &&
	       (last || left > tellings[i + 1].before);
}

static bool
is_wanted(const struct casefile *file, enum reporter_news news)
{
	const json_t *credit = json_object_get(file->body, "credit");
	bool worked = file->state == MACHINE_ASSIGNED ||
		      file->state == MACHINE_REVIEW ||
		      file->state == MACHINE_ACCEPTED;
	if (news == REPORTER_CREDIT)
		return worked &&
		       strcmp(value_text(credit, "choice"), "later") == 0;
	return worked && em_in_force(terms_em(file));
}

/* A moved date is told again; the credit is asked for twice, ever. */
static bool
tell_planned(struct ask *ask, const struct casefile *file, int64_t due_at,
    struct err *err)
{
	for (size_t i = 0; i < COUNT(tellings); i++) {
		enum reporter_news news = tellings[i].news;
		int64_t about = (int64_t)i;
		if (news == REPORTER_PLANNED)
			about += due_at;
		if (is_due(i, due_at - ask->now) && is_wanted(file, news) &&
		    !report_notify(ask, file, news, about, err))
			return false;
	}
	return true;
}

bool
reports_planned(struct ask *ask, void *context, struct err *err)
{
	struct row_deadline_near *rows;
	size_t count;
	(void)context;
	if (!q_deadline_near(ask->db, ask->arena, "disclose", ask->now,
		ask->now + tellings[0].before, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(casefile) struct casefile file = { 0 };
		if (!case_open_id(ask, rows[i].case_id, &file, err) ||
		    !tell_planned(ask, &file, rows[i].due_at, err))
			return false;
	}
	return true;
}
