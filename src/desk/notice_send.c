/* The notices a person sends, and single grants (R-14, P-24 to P-29). */
#include "desk/deadline.h"
#include "desk/notice.h"

#include "core/when.h"
#include "desk/account.h"
#include "rules/embargo.h"

#define PLACE_GRANT "grants.body"
#define GRANT_SET "zephyr-alert"

/* What is to be said, and to whom. */
struct plan {
	const struct casefile *file;
	const char *kind;
	struct notice_embargo embargo;
	const json_t *tiers;
	json_t *recipients;
	json_t *left_out;
	int64_t notice_id; /* when sending */
	int64_t sent;
};

static bool
has_text(const json_t *list, const char *text)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)(uintptr_t)list, i, item)
	{
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

static json_t *
item_new(const char *name, const char *text)
{
	return json_pack("{s:s, s:s}", "name", name, "text", text);
}

/* Everything that blocks a notice (P-25). Owned. */
static bool
find_missing(struct ask *ask, const struct plan *plan, const json_t *fields,
    json_t **ret, struct err *err)
{
	json_t *list = json_array();
	enum machine_state state = plan->file->state;
	size_t i;
	json_t *field;
	(void)ask;
	(void)err;
	if (state == MACHINE_NEW || state == MACHINE_REJECTED)
		(void)json_array_append_new(
		    list, item_new("state", "The issue is not triaged."));
	if (!plan->embargo.decided)
		(void)json_array_append_new(list,
		    item_new("embargo",
			"No embargo decision is recorded; until then nobody "
			"is told."));
	json_array_foreach((json_t *)(uintptr_t)fields, i, field)
	{
		if (value_true(field, "missing"))
			(void)json_array_append_new(
			    list, item_new(value_text(field, "name"),
				      value_text(field, "repair")));
	}
	*ret = list;
	return true;
}

/* Why a maker does not get this notice; "" when it does. */
static bool
find_reason(struct ask *ask, const struct plan *plan, const struct maker *maker,
    struct notice_part *part, const char **ret, struct err *err)
{
	struct row_notice_had had;
	int64_t case_id = plan->file->row.id;
	if (!q_notice_had(ask->db, ask->pass, ask->arena, case_id,
		maker->row.id, plan->kind, &had, err) ||
	    !notice_part(ask, case_id, maker->row.id, part, err))
		return false;
	if (had.found > 0)
		*ret = "told already";
	else if (strcmp(maker->row.terms, ask_policy(ask, "terms.version")) !=
		 0)
		*ret = "has not accepted the current terms";
	else if (!maker_entitled(ask, maker))
		*ret = maker->state == REGISTRY_UNREACHABLE
			   ? "does not answer its challenge"
			   : "its seat is empty";
	else if (!has_text(plan->tiers, maker->row.tier))
		*ret = "is told on the day";
	else if (strcmp(part->row.pec, "declined") == 0)
		*ret = "declined the embargo, or did not answer";
	else
		*ret = "";
	return true;
}

static bool
list_maker(
    struct ask *ask, const struct maker *maker, void *context, struct err *err)
{
	struct plan *plan = context;
	struct notice_part part;
	const char *why;
	if (!find_reason(ask, plan, maker, &part, &why, err))
		return false;
	json_t *item = json_object();
	value_set_int(item, "maker", maker->row.id);
	value_set_text(item, "name", maker_name(maker));
	value_set_text(item, "kind", maker->row.kind);
	value_set_text(item, "tier", maker->row.tier);
	value_set_int(item, "persons", maker->seats);
	value_set_text(item, "consent", pec_name(part.pec));
	value_set_bool(
	    item, "invited", plan->embargo.on && part.pec != PEC_SIGNATORY);
	value_set_text(item, "why", why);
	(void)json_array_append_new(
	    why[0] == '\0' ? plan->recipients : plan->left_out, item);
	return true;
}

static void
plan_open(const struct ask *ask, const struct casefile *file, struct plan *plan)
{
	plan->file = file;
	plan->kind = ask_text(ask, "kind");
	plan->tiers = json_object_get(notice_policy(ask, plan->kind), "tiers");
	plan->embargo = notice_embargo(file);
}

bool
do_notice_check(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *fields = NULL;
	AUTO(value) json_t *missing = NULL;
	AUTO(value) json_t *recipients = json_array();
	AUTO(value) json_t *left_out = json_array();
	struct plan plan = { .recipients = recipients, .left_out = left_out };
	if (!case_open(ask, &file, err))
		return false;
	plan_open(ask, &file, &plan);
	if (!notice_fields(ask, &file, plan.kind, &fields, err) ||
	    !find_missing(ask, &plan, fields, &missing, err) ||
	    !notice_walk(ask, list_maker, &plan, err))
		return false;
	*ret = json_pack("{s:s, s:s, s:s, s:O, s:O, s:O, s:O, s:b, s:b}",
	    "case", file.row.number, "kind", plan.kind, "title",
	    value_text(notice_policy(ask, plan.kind), "title"), "fields",
	    fields, "missing", missing, "recipients", recipients, "left_out",
	    left_out, "embargoed", plan.embargo.on, "ready",
	    json_array_size(missing) == 0 && json_array_size(recipients) > 0);
	value_set_when(*ret, "planned_at", file.row.embargo_ends_at);
	return true;
}

/* The participant row, invited while an embargo is in force (X6). */
static bool
invite(struct ask *ask, const struct plan *plan, const struct maker *maker,
    const struct notice_part *part, struct err *err)
{
	int64_t count;
	bool on = plan->embargo.on;
	int64_t days = maker_days(ask, "invitation_days", 7);
	int64_t by =
	    pec_answer_by(PEC_WINDOW, ask->now, ask->now + days * WHEN_DAY);
	bool again = part->row.id != 0 && on &&
		     (part->pec == PEC_NO_EMBARGO || part->pec == PEC_LAPSED);
	if (part->row.id == 0)
		return q_participant_insert(ask->db, ask->pass, db_id_new(),
		    plan->file->row.id, "maker", maker->row.id, "S", "vfd",
		    pec_name(on ? PEC_INVITED : PEC_NO_EMBARGO),
		    on ? ask->now : 0, on ? by : 0, &count, err);
	const struct row_participant_find *row = &part->row;
	return !again || q_participant_update(ask->db, ask->pass, row->id,
			     row->rm, row->vfd, pec_name(PEC_INVITED), ask->now,
			     by, row->signed_at, row->signed_number,
			     row->signed_terms, &count, err);
}

/* A grant of the alert set, unless one lives already. */
static bool
grant(struct ask *ask, const struct plan *plan, const struct maker *maker,
    const json_t *body, bool renew, struct err *err)
{
	struct row_grant_list *rows;
	struct str sealed;
	size_t count;
	int64_t changed;
	if (!q_grant_list(ask->db, ask->pass, ask->arena, plan->file->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count && !renew; i++)
		if (rows[i].maker_id == maker->row.id &&
		    (rows[i].until_at == 0 || rows[i].until_at > ask->now))
			return true;
	return ask_seal(ask, plan->file->row.key_id, PLACE_GRANT, maker->row.id,
		   body, &sealed, err) &&
	       q_grant_put(ask->db, ask->pass, plan->file->row.id,
		   maker->row.id, GRANT_SET, ask->now, ask->actor->account_id,
		   sealed, &changed, err);
}

static struct letter
letter_of(struct ask *ask, const struct plan *plan)
{
	return (struct letter){ .kind = plan->kind,
		.subject = ask_print(ask,
		    "[%s] A confidential notice waits "
		    "for you",
		    ask_policy(ask, "name")),
		.text = ask_print(ask,
		    "The security team of %s has a notice for you. This mail "
		    "says nothing about it.\n\nLog in to read it:\n%s\n\n"
		    "Please acknowledge it there and state how your products "
		    "stand.\n",
		    ask_policy(ask, "name"),
		    account_link(
			ask, "/maker/alert/", plan->file->row.number)) };
}

static bool
send_one(struct ask *ask, struct plan *plan, const struct maker *maker,
    const struct notice_part *part, struct err *err)
{
	const struct letter letter = letter_of(ask, plan);
	plan->sent++;
	return invite(ask, plan, maker, part, err) &&
	       notice_post(
		   ask, plan->file, plan->notice_id, maker, &letter, err);
}

static bool
send_maker(
    struct ask *ask, const struct maker *maker, void *context, struct err *err)
{
	struct plan *plan = context;
	struct notice_part part;
	const char *why;
	if (!find_reason(ask, plan, maker, &part, &why, err))
		return false;
	if (why[0] != '\0')
		return true;
	AUTO(value)
	json_t *body =
	    json_pack("{s:s, s:b}", "reason", "notice", "may_patch", 1);
	return grant(ask, plan, maker, body, false, err) &&
	       send_one(ask, plan, maker, &part, err);
}

static bool
refuse_missing(struct ask *ask, const struct plan *plan, struct err *err)
{
	AUTO(value) json_t *fields = NULL;
	AUTO(value) json_t *missing = NULL;
	if (!notice_fields(ask, plan->file, plan->kind, &fields, err) ||
	    !find_missing(ask, plan, fields, &missing, err))
		return false;
	const json_t *first = json_array_get(missing, 0);
	if (first == NULL)
		return true;
	return err_set(err, ERR_INVALID, value_text(first, "name"),
	    "the notice is not sent: %s", value_text(first, "text"));
}

static bool
tell_team(struct ask *ask, const struct plan *plan, const char *what,
    const char *text, struct err *err)
{
	AUTO(value)
	json_t *body = json_pack("{s:s, s:s, s:I}", "text", text, "notice",
	    plan->kind, "sent", (json_int_t)plan->sent);
	return case_tell(ask, plan->file, what, "team", body, err) &&
	       deadline_refresh(ask, plan->file, err);
}

bool
do_notice_send(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct plan plan = { 0 };
	if (!case_open(ask, &file, err))
		return false;
	plan_open(ask, &file, &plan);
	if (!refuse_missing(ask, &plan, err) ||
	    !notice_new(ask, &file, plan.kind, &plan.notice_id, err) ||
	    !notice_walk(ask, send_maker, &plan, err))
		return false;
	if (plan.sent == 0)
		return err_set(err, ERR_CONFLICT, NULL,
		    "nobody is left to be told: everybody entitled was told "
		    "already, or waits for the day");
	const char *text = ask_print(ask, "%s: told %lld makers",
	    value_text(notice_policy(ask, plan.kind), "title"),
	    (long long)plan.sent);
	if (!tell_team(ask, &plan, "notice", text, err))
		return false;
	*ret = json_pack("{s:s, s:s, s:I}", "case", file.row.number, "kind",
	    plan.kind, "sent", (json_int_t)plan.sent);
	return true;
}

/* The maker named by the arguments. */
static bool
open_named(struct ask *ask, struct maker *ret, struct err *err)
{
	if (maker_open(ask, ask_int(ask, "maker", 0), ret, err))
		return true;
	if (err->kind != ERR_MISSING)
		return false;
	return err_set(err, ERR_INVALID, "maker", "there is no such maker");
}

static json_t *
grant_body(struct ask *ask)
{
	json_t *body = json_object();
	value_set_text(body, "reason", ask_text(ask, "reason"));
	value_set_bool(body, "by_hand", true);
	value_set_bool(body, "may_patch", true);
	value_set_bool(body, "may_ship", ask_true(ask, "may_ship"));
	value_set_bool(body, "may_tell", ask_true(ask, "may_tell"));
	value_set_text(body, "share_with", ask_text(ask, "share_with"));
	return body;
}

bool
do_grant_set(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value) json_t *body = grant_body(ask);
	struct notice_part part;
	struct plan plan = { 0 };
	if (!case_open(ask, &file, err))
		return false;
	plan_open(ask, &file, &plan);
	if (!open_named(ask, &maker, err) ||
	    !notice_part(ask, file.row.id, maker.row.id, &part, err))
		return false;
	plan.kind = "granted";
	if (!plan.embargo.decided)
		return err_set(err, ERR_CONFLICT, NULL,
		    "no embargo decision is recorded; until then nobody is "
		    "told");
	if (!maker_entitled(ask, &maker))
		return err_set(err, ERR_CONFLICT, "maker",
		    "this maker gets no embargoed content now: it is %s, "
		    "under terms %s",
		    registry_state_name(maker.state), maker.row.terms);
	if (!grant(ask, &plan, &maker, body, true, err) ||
	    !notice_new(ask, &file, plan.kind, &plan.notice_id, err) ||
	    !send_one(ask, &plan, &maker, &part, err) ||
	    !tell_team(ask, &plan, "grant",
		ask_print(ask, "%s may read this case: %s", maker_name(&maker),
		    ask_text(ask, "reason")),
		err))
		return false;
	*ret = json_pack("{s:s, s:I}", "case", file.row.number, "maker",
	    (json_int_t)maker.row.id);
	return true;
}

static bool
tell_closed(struct ask *ask, struct plan *plan, const struct maker *maker,
    struct err *err)
{
	const struct letter letter = { .kind = "closed",
		.subject = ask_print(ask,
		    "[%s] Your access to an advisory "
		    "ended",
		    ask_policy(ask, "name")),
		.text = ask_print(ask,
		    "Your access to %s ended. What you agreed to still "
		    "binds you.\n",
		    plan->file->row.number) };
	return notice_new(ask, plan->file, "closed", &plan->notice_id, err) &&
	       notice_post(
		   ask, plan->file, plan->notice_id, maker, &letter, err);
}

bool
do_grant_end(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(maker) struct maker maker = { 0 };
	struct plan plan = { .kind = "closed" };
	int64_t count;
	if (!case_open(ask, &file, err) || !open_named(ask, &maker, err) ||
	    !q_grant_stop(ask->db, ask->pass, file.row.id, maker.row.id,
		ask->now, &count, err))
		return false;
	if (count == 0)
		return err_set(err, ERR_CONFLICT, "maker",
		    "this maker has no access to the case");
	plan.file = &file;
	if (!tell_closed(ask, &plan, &maker, err) ||
	    !tell_team(ask, &plan, "grant-end",
		ask_print(ask, "%s may read this case no longer: %s",
		    maker_name(&maker), ask_text(ask, "reason")),
		err))
		return false;
	*ret = json_pack("{s:s, s:I}", "case", file.row.number, "maker",
	    (json_int_t)maker.row.id);
	return true;
}
