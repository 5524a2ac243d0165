/*
 * case.move: a case goes along an edge of its machine (P-05), the project's RM
 * state goes with it (V-26), the reporter is told, the record keeps why.
 */
#include "desk/account.h"
#include "desk/case_parts.h"
#include "desk/fix.h"
#include "desk/message.h"
#include "desk/reporter.h"
#include "desk/terms.h"
#include "rules/cross.h"
#include "rules/intake.h"
#include "rules/message.h"

#include <string.h>

struct move {
	struct ask *ask;
	struct casefile *file;
	enum machine_state from, to;
	struct case_step step;
	const char *code;         /* why rejected, or "" */
	const char *reply;        /* to the reporter, or "" */
	struct casefile survivor; /* of a duplicate; body NULL without */
	bool alone;               /* the service itself does it */
	int64_t first_person;     /* who proposed this rejection before */
};

static bool
check_role(const struct move *move, struct err *err)
{
	if (case_step_may(move->ask, &move->step))
		return true;
	return err_set(err, ERR_INVALID, "to",
	    "the policy leaves the step from %s to %s to others; ask the team "
	    "to take it",
	    machine_label(move->from), machine_label(move->to));
}

/* What the reporter reads: what was written, else the canned text. */
static const char *
reply_of(const struct move *move)
{
	struct ask *ask = move->ask;
	const char *name = ask_text(ask, "canned");
	const char *reply = ask_text(ask, "reply");
	if (reply[0] != '\0')
		return reply;
	if (name[0] == '\0' && move->from == MACHINE_NEW && !move->alone)
		name = "acknowledged";
	if (name[0] == '\0' && strcmp(move->code, "duplicate") == 0)
		name = "duplicate";
	return name[0] == '\0'
		   ? ""
		   : report_canned(ask, name, move->file->row.number, 0);
}

static bool
check_canned(const struct move *move, struct err *err)
{
	const char *name = ask_text(move->ask, "canned");
	if (name[0] == '\0' || ask_text(move->ask, "reply")[0] != '\0' ||
	    move->reply[0] != '\0')
		return true;
	return err_set(err, ERR_INVALID, "canned",
	    "the policy has no reply of this name; choose another one or "
	    "write the reply");
}

/* Rejecting ------------------------------------------------------------- */

static const json_t *
find_non_issue(const struct ask *ask, const char *id)
{
	size_t i;
	json_t *row;
	json_array_foreach(
	    (json_t *)(uintptr_t)ask_policy_value(ask, "non_issues"), i, row)
	{
		if (strcmp(value_text(row, "name"), id) == 0)
			return row;
	}
	return NULL;
}

static bool
check_non_issue(const struct move *move, struct err *err)
{
	const char *id = ask_text(move->ask, "non_issue");
	if (strcmp(move->code, "non-issue") == 0 && id[0] == '\0')
		return err_set(err, ERR_INVALID, "non_issue",
		    "name the entry of the non-issue list, for example N5");
	if (id[0] != '\0' && find_non_issue(move->ask, id) == NULL)
		return err_set(err, ERR_INVALID, "non_issue",
		    "the policy's non-issue list has no entry %.20s", id);
	return true;
}

static bool
find_survivor(struct move *move, struct err *err)
{
	struct ask *ask = move->ask;
	const char *number = ask_text(ask, "duplicate_of");
	struct row_case_by_number row;
	unsigned relations;
	enum machine_state state;
	if (strcmp(move->code, "duplicate") != 0)
		return true;
	if (number[0] == '\0')
		return err_set(err, ERR_INVALID, "duplicate_of",
		    "name the case that survives");
	if (strcmp(number, move->file->row.number) == 0)
		return err_set(err, ERR_INVALID, "duplicate_of",
		    "a case is no duplicate of itself");
	if (!q_case_by_number(
		ask->db, ask->pass, ask->arena, number, &row, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		return err_set(err, ERR_INVALID, "duplicate_of",
		    "you see no case of this number");
	}
	if (!case_relations(ask, &row, &relations, err))
		return false;
	bool seen = machine_find(str_of(row.state), &state) &&
		    access_may(ask->actor, OP_case_show, state, relations);
	if (!seen)
		return err_set(err, ERR_INVALID, "duplicate_of",
		    "you see no case of this number");
	if (state == MACHINE_REJECTED)
		return err_set(err, ERR_INVALID, "duplicate_of",
		    "%s is rejected itself; name the case that survives",
		    row.number);
	return case_unseal(ask, &row, &move->survivor, err);
}

/* Does this rejection take two persons (I-17)? first_person: who began. */
static bool
needs_second(const struct move *move, struct err *err)
{
	const char *id = ask_text(move->ask, "non_issue");
	const json_t *row = find_non_issue(move->ask, id);
	bool two = value_int(row, "persons", 1) > 1;
	if (id[0] == '\0')
		return false;
	if (two && (move->first_person == 0 ||
		       move->first_person == move->ask->actor->account_id))
		return true;
	return !intake_reject_check(
	    str_of(id), move->first_person, move->ask->actor->account_id, err);
}

static bool
check_rejection(struct move *move, struct err *err)
{
	const json_t *before = json_object_get(move->file->body, "rejection");
	const char *id = ask_text(move->ask, "non_issue");
	if (move->to != MACHINE_REJECTED)
		return true;
	if (strcmp(value_text(before, "non_issue"), id) == 0)
		move->first_person = value_int(before, "by", 0);
	return check_non_issue(move, err) && find_survivor(move, err);
}

/* The first of two persons: nothing moves, the proposal is recorded. */
static bool
propose_rejection(struct move *move, json_t **ret, struct err *err)
{
	struct ask *ask = move->ask;
	struct casefile *file = move->file;
	const char *id = ask_text(ask, "non_issue");
	if (move->first_person == ask->actor->account_id)
		return err_set(err, ERR_INVALID, "non_issue",
		    "you proposed this rejection; for %s a second person must "
		    "agree",
		    id);
	json_t *rejection = json_object();
	value_set_text(rejection, "non_issue", id);
	value_set_text(rejection, "code", move->code);
	value_set_text(rejection, "reason", ask_text(ask, "reason"));
	value_set_text(rejection, "reply", move->reply);
	value_set_int(rejection, "by", ask->actor->account_id);
	value_set_text(rejection, "name", ask->actor->name);
	value_set_when(rejection, "at", ask->now);
	value_set(file->body, "rejection", rejection);
	AUTO(value)
	json_t *told = json_pack("{s:s, s:s, s:s}", "text",
	    ask_text(ask, "reason"), "non_issue", id, "code", move->code);
	if (!case_save(ask, file, err) ||
	    !case_tell(ask, file, "rejection", "team", told, err))
		return false;
	*ret = json_pack("{s:s, s:s, s:I, s:b, s:s}", "case", file->row.number,
	    "state", machine_name(file->state), "revision",
	    (json_int_t)file->row.revision, "pending", 1, "text",
	    "A second person must agree before this is rejected.");
	return true;
}

/*
 * All credits move to the survivor (P-09), which notes whose they are and what
 * end was agreed on there (X7).
 */
static bool
join_survivor(struct move *move, struct err *err)
{
	struct casefile *to = &move->survivor;
	struct casefile *file = move->file;
	if (to->body == NULL)
		return true;
	json_t *list = json_object_get(to->body, "duplicates");
	if (list == NULL) {
		list = json_array();
		value_set(to->body, "duplicates", list);
	}
	json_t *row = json_object();
	value_set_text(row, "case", file->row.number);
	value_set(
	    row, "credit", json_incref(json_object_get(file->body, "credit")));
	value_set_when(row, "ends_at",
	    embargo_end(terms_em(file), file->row.embargo_ends_at));
	(void)json_array_append_new(list, row);
	AUTO(value)
	json_t *told = json_pack("{s:s+, s:s}", "text", file->row.number,
	    " is a duplicate of this case; its credit stands here now.", "case",
	    file->row.number);
	return case_save(move->ask, to, err) &&
	       case_tell(move->ask, to, "duplicate", "team", told, err);
}

/* A reopened duplicate takes its credit back. */
static bool
leave_survivor(struct move *move, struct err *err)
{
	struct ask *ask = move->ask;
	const char *number = value_text(move->file->body, "duplicate_of");
	AUTO(casefile) struct casefile to = { 0 };
	struct row_case_by_number row;
	size_t i;
	json_t *one;
	if (number[0] == '\0')
		return true;
	if (!q_case_by_number(
		ask->db, ask->pass, ask->arena, number, &row, err) ||
	    !case_unseal(ask, &row, &to, err))
		return false;
	json_t *list = json_object_get(to.body, "duplicates");
	json_array_foreach(list, i, one)
	{
		if (strcmp(value_text(one, "case"), move->file->row.number) !=
		    0)
			continue;
		(void)json_array_remove(list, i);
		break;
	}
	(void)json_object_del(move->file->body, "duplicate_of");
	return case_save(ask, &to, err);
}

static void
write_rejection(struct move *move)
{
	struct ask *ask = move->ask;
	json_t *body = move->file->body;
	json_t *reject = json_object();
	value_set_text(reject, "code", move->code);
	value_set_text(reject, "non_issue", ask_text(ask, "non_issue"));
	value_set_text(reject, "reason", ask_text(ask, "reason"));
	value_set_int(reject, "first", move->first_person);
	value_set_int(reject, "by", ask->actor->account_id);
	value_set_when(reject, "at", ask->now);
	value_set(body, "reject", reject);
	(void)json_object_del(body, "rejection");
	if (move->survivor.body != NULL)
		value_set_text(body, "duplicate_of", move->survivor.row.number);
}

static bool
settle_rejection(struct move *move, struct err *err)
{
	if (move->to == MACHINE_REJECTED) {
		write_rejection(move);
		return join_survivor(move, err);
	}
	if (move->from != MACHINE_REJECTED)
		return true;
	(void)json_object_del(move->file->body, "reject");
	return leave_survivor(move, err);
}

/* Moving ---------------------------------------------------------------- */

static bool
check_needs(const struct move *move, struct err *err)
{
	static const struct {
		const char *need, *field;
	} fields[] = { { "reason_code", "reject" },
		{ "acknowledgement", "reply" } };
	struct ask *ask = move->ask;
	unsigned have = case_has(move->file);
	const struct {
		bool there;
		enum machine_need need;
	} brought[] = {
		{ move->reply[0] != '\0', MACHINE_NEED_ACKNOWLEDGED },
		{ move->reply[0] != '\0', MACHINE_NEED_TOLD },
		{ move->code[0] != '\0', MACHINE_NEED_REASON_CODE },
		{ ask_text(ask, "reason")[0] != '\0', MACHINE_NEED_REASON },
	};
	for (size_t i = 0; i < COUNT(brought); i++)
		have |= brought[i].there ? MACHINE_BIT(brought[i].need) : 0;
	bool rejects = move->step.count == 2;
	for (size_t i = 0; i < move->step.count; i++) {
		const struct machine_edge *edge = move->step.edges[i];
		if (machine_check(edge->from, edge->to, have, rejects, err))
			continue;
		for (size_t k = 0; k < COUNT(fields); k++)
			if (strcmp(err->field, fields[k].need) == 0)
				(void)snprintf(err->field, sizeof(err->field),
				    "%s", fields[k].field);
		return false;
	}
	return true;
}

static enum cross_class
class_of(const char *code)
{
	static const char *const real[] = { "duplicate", "out-of-scope",
		"defense-in-depth" };
	for (size_t i = 0; i < COUNT(real); i++)
		if (strcmp(code, real[i]) == 0)
			return CROSS_TRUE_REPORT;
	return CROSS_NO_ISSUE;
}

/* One event of RM: the project's letter changes and is said (V-23). */
static bool
step_rm(struct move *move, const struct row_participant_find *project,
    enum rm *rm, enum rm_event event, struct err *err)
{
	enum rm next;
	if (!rm_step(*rm, event, &next, err))
		return false;
	const char *code = message_from_rm(*rm, next);
	*rm = next;
	return code == NULL ||
	       case_says(move->ask, move->file, code, project->id, 0, err);
}

static bool
find_project(struct ask *ask, const struct casefile *file,
    struct row_participant_find *ret, struct err *err)
{
	if (q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
		"project", 0, ret, err))
		return true;
	if (err->kind != ERR_MISSING)
		return false;
	*err = (struct err){ 0 };
	*ret = (struct row_participant_find){ 0 };
	return true;
}

/* RM moves in the same transaction, with its messages (V-26). */
static bool
move_rm(struct move *move, struct err *err)
{
	struct ask *ask = move->ask;
	struct row_case_by_number *row = &move->file->row;
	struct row_participant_find project;
	enum rm rm, end;
	int64_t count;
	if (!rm_find(str_of(row->rm), &rm))
		return err_set(err, ERR_SYSTEM, NULL,
		    "case %s has the unknown RM state %s", row->number,
		    row->rm);
	if (!find_project(ask, move->file, &project, err))
		return false;
	for (size_t i = 0; i < move->step.count; i++) {
		const struct machine_edge *edge = move->step.edges[i];
		enum rm_event events[CROSS_RM_EVENTS];
		size_t steps;
		if (!cross_move(edge->from, edge->to, rm, class_of(move->code),
			events, &steps, &end, err))
			return false;
		for (size_t k = 0; k < steps; k++)
			if (!step_rm(move, &project, &rm, events[k], err))
				return false;
	}
	row->rm = rm_name(rm);
	if (project.id == 0)
		return true;
	return q_participant_update(ask->db, ask->pass, project.id, row->rm,
	    project.vfd, project.pec, project.asked_at, project.answer_by,
	    project.signed_at, project.signed_number, project.signed_terms,
	    &count, err);
}

/* Instants the deadlines count from. */
static void
note_instants(struct move *move)
{
	struct row_case_by_number *row = &move->file->row;
	int64_t now = move->ask->now;
	bool analysed =
	    move->to == MACHINE_REJECTED || move->to == MACHINE_ASSIGNED;
	if (row->acknowledged_at == 0)
		row->acknowledged_at = now;
	if (analysed && row->analysed_at == 0)
		row->analysed_at = now;
	if (move->to == MACHINE_TRIAGE)
		value_set_when(move->file->body, "triaged_at", now);
	if (move->from == MACHINE_TRIAGE && move->to == MACHINE_ASSIGNED)
		value_set_when(move->file->body, "assigned_at", now);
	if (move->to == MACHINE_ACCEPTED && row->fix_available_at == 0)
		row->fix_available_at = now;
}

/* One row of the time line per edge (P-06, P-08). */
static bool
record(struct move *move, struct err *err)
{
	struct ask *ask = move->ask;
	for (size_t i = 0; i < move->step.count; i++) {
		const struct machine_edge *edge = move->step.edges[i];
		AUTO(value) json_t *body = json_object();
		value_set_text(body, "edge", edge->name);
		value_set_text(body, "from", machine_name(edge->from));
		value_set_text(body, "to", machine_name(edge->to));
		value_set_text(body, "text", ask_text(ask, "reason"));
		value_set_text(body, "code", move->code);
		value_set_text(body, "non_issue", ask_text(ask, "non_issue"));
		value_set_text(
		    body, "duplicate_of", ask_text(ask, "duplicate_of"));
		value_set_int(body, "decided_on", ask_int(ask, "revision", 0));
		value_set_bool(
		    body, "for_rejection", move->step.count == 2 && i == 0);
		value_set_text(body, "label",
		    ask_print(ask, "%s to %s", machine_label(edge->from),
			machine_label(edge->to)));
		if (!case_tell(ask, move->file, "moved", "team", body, err))
			return false;
	}
	return true;
}

/* The reporter reads the reply on his page; a mail says to look there. */
static bool
tell_reporter(struct move *move, struct err *err)
{
	AUTO(value) json_t *body = json_pack("{s:s}", "text", move->reply);
	if (move->reply[0] == '\0' && move->alone)
		return true;
	if (move->reply[0] != '\0' &&
	    !case_tell(move->ask, move->file, "message", "reporter", body, err))
		return false;
	return report_notify(move->ask, move->file, REPORTER_STATE,
	    move->file->row.revision, err);
}

static bool
carry_out(struct move *move, json_t **ret, struct err *err)
{
	struct casefile *file = move->file;
	note_instants(move);
	if (!settle_rejection(move, err) || !move_rm(move, err))
		return false;
	file->state = move->to;
	if (move->to == MACHINE_ACCEPTED && !fix_accepted(move->ask, file, err))
		return false;
	if (!case_save(move->ask, file, err) || !record(move, err) ||
	    !tell_reporter(move, err))
		return false;
	*ret = json_pack("{s:s, s:s, s:s, s:I, s:b}", "case", file->row.number,
	    "state", machine_name(file->state), "label",
	    machine_label(file->state), "revision",
	    (json_int_t)file->row.revision, "pending", 0);
	return true;
}

static bool
move_case(struct move *move, json_t **ret, struct err *err)
{
	struct ask *ask = move->ask;
	if (!case_step_find(move->from, move->to, &move->step, err) ||
	    (!move->alone && !check_role(move, err)))
		return false;
	if (move->to == MACHINE_REJECTED)
		move->code = ask_text(ask, "reject");
	move->reply = reply_of(move);
	if (!check_canned(move, err) || !case_take_plan(ask, move->file, err) ||
	    !check_rejection(move, err) || !check_needs(move, err) ||
	    !case_is_discreet(ask, move->file, move->reply, "reply", err))
		return false;
	if (move->to == MACHINE_REJECTED && needs_second(move, NULL))
		return propose_rejection(move, ret, err);
	return carry_out(move, ret, err);
}

bool
case_move_alone(struct ask *ask, struct casefile *file, enum machine_state to,
    const json_t *args, struct err *err)
{
	AUTO(value) json_t *moved = NULL;
	const json_t *asked = ask->args;
	struct move move = { .ask = ask,
		.file = file,
		.from = file->state,
		.to = to,
		.code = "",
		.alone = true };
	ask->args = args;
	bool done = move_case(&move, &moved, err);
	ask->args = asked;
	casefile_auto(&move.survivor);
	return done;
}

bool
do_case_move(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct move move = { .ask = ask, .file = &file, .code = "" };
	if (!case_open(ask, &file, err) || !case_is_current(ask, &file, err))
		return false;
	if (!machine_find(str_of(ask_text(ask, "to")), &move.to))
		return err_set(
		    err, ERR_INVALID, "to", "there is no such state");
	move.from = file.state;
	bool done = move_case(&move, ret, err);
	casefile_auto(&move.survivor);
	return done;
}
