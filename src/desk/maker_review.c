/* Deciding on a maker: criteria, decision, suspension and its end. */
#include "desk/maker.h"

#include "core/when.h"

#define PLACE_CRITERION "maker_criterion.body"

static bool
open_maker(struct ask *ask, struct maker *ret, struct err *err)
{
	return maker_open(ask, ask->subject.id, ret, err);
}

static bool
answer_state(
    struct ask *ask, struct maker *maker, json_t **ret, struct err *err)
{
	if (!maker_save(ask, maker, err))
		return false;
	*ret = json_object();
	value_set_int(*ret, "maker", maker->row.id);
	value_set_text(*ret, "state", registry_state_name(maker->state));
	value_set(*ret, "missing", maker_missing(ask, maker));
	return true;
}

bool
do_maker_challenge(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	if (!open_maker(ask, &maker, err))
		return false;
	if (maker.state == REGISTRY_REMOVED || maker.state == REGISTRY_REFUSED)
		return err_set(err, ERR_CONFLICT, NULL,
		    "a %s maker is not written to",
		    registry_state_name(maker.state));
	const char *why = maker.state == REGISTRY_UNREACHABLE ? "return"
			  : maker.state == REGISTRY_ACTIVE    ? "regular"
							      : "entry";
	return maker_challenge(ask, &maker, why, err) &&
	       maker_tell(
		   ask, &maker, "challenged", maker.state, "", NULL, err) &&
	       answer_state(ask, &maker, ret, err);
}

/* What the machine sees against a "yes". */
static bool
check_criterion(struct ask *ask, const struct maker *maker,
    const char *criterion, struct err *err)
{
	AUTO(value) json_t *missing = maker_missing(ask, maker);
	size_t i;
	json_t *item;
	json_array_foreach(missing, i, item)
	{
		if (strcmp(value_text(item, "criterion"), criterion) == 0)
			return err_set(err, ERR_INVALID, "answer",
			    "%s cannot be met yet: %s", criterion,
			    value_text(item, "text"));
	}
	return true;
}

bool
do_maker_criterion(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value)
	json_t *body = json_pack("{s:s, s:s}", "evidence",
	    ask_text(ask, "evidence"), "note", ask_text(ask, "note"));
	const char *criterion = ask_text(ask, "criterion");
	bool met = strcmp(ask_text(ask, "answer"), "yes") == 0;
	struct str sealed;
	int64_t count;
	if (!open_maker(ask, &maker, err))
		return false;
	if (maker.state == REGISTRY_REMOVED)
		return err_set(
		    err, ERR_CONFLICT, NULL, "this maker was removed");
	if (met && !check_criterion(ask, &maker, criterion, err))
		return false;
	if (!ask_seal(ask, maker.row.key_id, PLACE_CRITERION, maker.row.id,
		body, &sealed, err) ||
	    !q_maker_criterion_put(ask->db, ask->pass, maker.row.id, criterion,
		ask_text(ask, "answer"), ask->now, ask->actor->account_id,
		sealed, &count, err))
		return false;
	value_set_text(body, "criterion", criterion);
	value_set_text(body, "answer", ask_text(ask, "answer"));
	return maker_tell(
		   ask, &maker, "criterion", maker.state, "", body, err) &&
	       maker_progress(ask, &maker, err) &&
	       answer_state(ask, &maker, ret, err);
}

/* The criteria as answered; a lapsed maker's must be newer than the lapse. */
static bool
read_criteria(struct ask *ask, const struct maker *maker,
    struct registry_decision *decision, json_t *record, struct err *err)
{
	struct row_maker_criteria *rows;
	size_t count;
	if (!q_maker_criteria(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(value) json_t *body = NULL;
		int number = rows[i].criterion[1] - '1';
		bool stale = maker->state == REGISTRY_LAPSED &&
			     rows[i].looked_at < maker->row.state_at;
		if (number < 0 || number > 2 || stale)
			continue;
		if (!ask_unseal(ask, maker->row.key_id, PLACE_CRITERION,
			maker->row.id, rows[i].body, &body, err))
			return false;
		const char *note = ask_print(ask, "%s %s",
		    value_text(body, "evidence"), value_text(body, "note"));
		decision->criteria[number] = (struct registry_criterion){
			.met = strcmp(rows[i].answer, "yes") == 0, .note = note
		};
		value_set_text(body, "answer", rows[i].answer);
		value_set(record, rows[i].criterion, json_incref(body));
	}
	return true;
}

/* Distinct persons who voted so for this revision, with this one. */
static bool
count_votes(struct ask *ask, const struct maker *maker, const char *kind,
    size_t *ret, struct err *err)
{
	struct row_maker_events *rows;
	size_t count, found = 1;
	if (!q_maker_events(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].kind, kind) == 0 &&
		    rows[i].at >= maker->row.submitted_at &&
		    rows[i].actor_id != ask->actor->account_id)
			found++;
	*ret = found;
	return true;
}

static bool
had_appeal(
    struct ask *ask, const struct maker *maker, bool *ret, struct err *err)
{
	struct row_maker_events *rows;
	size_t count;
	if (!q_maker_events(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	*ret = false;
	for (size_t i = 0; i < count; i++)
		*ret = *ret || strcmp(rows[i].kind, "appeal-refused") == 0;
	return true;
}

static json_t *
record_new(struct ask *ask, const struct maker *maker)
{
	json_t *record = json_object();
	value_set_int(record, "revision", maker->row.revision);
	value_set_text(record, "decider", ask->actor->name);
	value_set_text(record, "role", access_role_name(ask->pass->role));
	value_set_text(record, "outcome", ask_text(ask, "outcome"));
	value_set_text(record, "reason", ask_text(ask, "reason"));
	value_set_text(record, "tier",
	    ask_has(ask, "tier") ? ask_text(ask, "tier") : maker->row.tier);
	value_set_bool(record, "publish", ask_true(ask, "publish"));
	return record;
}

static void
apply_choices(struct ask *ask, struct maker *maker)
{
	if (ask_has(ask, "tier")) {
		maker->row.tier = ask_text(ask, "tier");
		value_set_text(
		    maker->body, "tier_reason", ask_text(ask, "reason"));
	}
	value_set_bool(maker->body, "publish", ask_true(ask, "publish"));
}

static bool
approve(
    struct ask *ask, struct maker *maker, const json_t *record, struct err *err)
{
	static const struct {
		enum registry_state from;
		enum registry_event event;
		const char *public_class;
	} ways[] = {
		{ REGISTRY_IN_REVIEW, REGISTRY_APPROVE, "added" },
		{ REGISTRY_REFUSED, REGISTRY_UPHOLD, "added" },
		{ REGISTRY_LAPSED, REGISTRY_REVALIDATE, "re-validated" },
	};
	apply_choices(ask, maker);
	for (size_t i = 0; i < COUNT(ways); i++) {
		if (ways[i].from != maker->state)
			continue;
		maker->row.reviewed_at = ask->now;
		maker->row.review_at =
		    ask->now + maker_days(ask, "review_days", 365) * WHEN_DAY;
		return maker_step(ask, maker, ways[i].event,
			   ways[i].public_class, record, err) &&
		       maker_mail(ask, maker,
			   ask_print(ask, "approved:%lld", (long long)ask->now),
			   "maker", 0, "Your application was approved",
			   "Your organisation now gets early notice. The "
			   "persons who shall read it\nget accounts of their "
			   "own: answer to the security team with their "
			   "addresses.\n",
			   err);
	}
	return registry_step(
	    maker->state, REGISTRY_APPROVE, &maker->state, err);
}

/* A refusal, or the refusal of the one appeal against it. */
static bool
refuse(
    struct ask *ask, struct maker *maker, const json_t *record, struct err *err)
{
	bool before;
	if (maker->state != REGISTRY_REFUSED)
		return maker_step(
			   ask, maker, REGISTRY_REFUSE, "", record, err) &&
		       maker_mail(ask, maker,
			   ask_print(ask, "refused:%lld", (long long)ask->now),
			   "maker", 0, "Your application was decided",
			   "Your private link shows the decision and how to "
			   "appeal.\n",
			   err);
	if (!had_appeal(ask, maker, &before, err))
		return false;
	if (before)
		return err_set(err, ERR_CONFLICT, NULL,
		    "there is one appeal, and it was refused");
	return maker_tell(
	    ask, maker, "appeal-refused", maker->state, "", record, err);
}

static bool
incomplete(
    struct ask *ask, struct maker *maker, const json_t *record, struct err *err)
{
	value_set_text(maker->body, "question", ask_text(ask, "reason"));
	return maker_step(ask, maker, REGISTRY_FIND_MISSING, "", record, err) &&
	       maker_mail(ask, maker,
		   ask_print(ask, "incomplete:%lld", (long long)ask->now),
		   "maker", 0, "Your application needs more",
		   "Your private link shows what is missing.\n", err);
}

/* Both outcomes that need the decision record checked. */
static bool
decide(struct ask *ask, struct maker *maker, json_t *record, bool *done,
    struct err *err)
{
	size_t needed = (size_t)maker_days(ask, "deciders", 1);
	const struct registry_application app = maker_application(ask, maker);
	struct registry_decision decision = {
		.approve = strcmp(ask_text(ask, "outcome"), "approve") == 0,
		.reason = ask_text(ask, "reason"),
		.review_at =
		    ask->now + maker_days(ask, "review_days", 365) * WHEN_DAY,
		.decider_employer = ask->actor->employer,
	};
	const char *vote = decision.approve ? "vote-approve" : "vote-refuse";
	if (!read_criteria(ask, maker, &decision, record, err) ||
	    !count_votes(ask, maker, vote, &decision.deciders, err) ||
	    !registry_decide(&decision, &app, maker->kind,
		decision.deciders < needed ? 1 : needed, ask->now, err))
		return false;
	*done = decision.deciders >= needed;
	if (!*done)
		return maker_tell(
		    ask, maker, vote, maker->state, "", record, err);
	return decision.approve ? approve(ask, maker, record, err)
				: refuse(ask, maker, record, err);
}

bool
do_maker_decide(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	const char *outcome = ask_text(ask, "outcome");
	bool done = true;
	if (!open_maker(ask, &maker, err))
		return false;
	if (ask_int(ask, "revision", 0) != maker.row.revision)
		return err_set(err, ERR_CONFLICT, "revision",
		    "the application changed meanwhile (it is at revision "
		    "%lld); read it again and decide again",
		    (long long)maker.row.revision);
	AUTO(value) json_t *record = record_new(ask, &maker);
	if (strcmp(outcome, "incomplete") == 0) {
		if (!incomplete(ask, &maker, record, err))
			return false;
	} else if (strcmp(outcome, "approve") == 0 &&
		   maker.state == REGISTRY_ACTIVE) {
		apply_choices(ask, &maker);
		if (!maker_tell(
			ask, &maker, "changed", maker.state, "", record, err))
			return false;
	} else if (!decide(ask, &maker, record, &done, err)) {
		return false;
	}
	if (!answer_state(ask, &maker, ret, err))
		return false;
	value_set_bool(*ret, "decided", done);
	return true;
}

bool
do_maker_suspend(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value)
	json_t *record = json_pack("{s:s, s:s}", "reason",
	    ask_text(ask, "reason"), "decider", ask->actor->name);
	return open_maker(ask, &maker, err) &&
	       maker_step(ask, &maker, REGISTRY_SUSPEND, "", record, err) &&
	       maker_mail(ask, &maker,
		   ask_print(ask, "suspended:%lld", (long long)ask->now),
		   "maker", 0, "Your access is suspended",
		   "Access to advisories ended just now. The security team "
		   "confirms or lifts this within 14 days.\n",
		   err) &&
	       answer_state(ask, &maker, ret, err);
}

static const char *
removal_class(struct ask *ask)
{
	static const char *const classes[][2] = {
		{ "left", "removed: left" },
		{ "not-eligible", "removed: no longer eligible" },
		{ "duties", "removed: duties not kept" },
	};
	for (size_t i = 0; i < COUNT(classes); i++)
		if (strcmp(classes[i][0], ask_text(ask, "class")) == 0)
			return classes[i][1];
	return "removed: other reason";
}

/* The step behind an outcome of maker.restore. */
static bool
end_suspension(
    struct ask *ask, struct maker *maker, const json_t *record, struct err *err)
{
	const char *outcome = ask_text(ask, "outcome");
	if (strcmp(outcome, "remove") == 0)
		return maker_step(ask, maker, REGISTRY_REMOVE,
		    removal_class(ask), record, err);
	if (strcmp(outcome, "reinstate") == 0)
		return maker_step(ask, maker, REGISTRY_REINSTATE,
		    "suspension lifted", record, err);
	if (maker->state != REGISTRY_SUSPENDED)
		return err_set(err, ERR_CONFLICT, "outcome",
		    "only a suspended maker's suspension can be confirmed");
	value_set_bool(maker->body, "suspension_confirmed", true);
	return maker_tell(ask, maker, "confirm-suspension", maker->state,
	    "suspension confirmed", record, err);
}

bool
do_maker_restore(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value)
	json_t *record = json_pack("{s:s, s:s, s:s}", "reason",
	    ask_text(ask, "reason"), "decider", ask->actor->name, "outcome",
	    ask_text(ask, "outcome"));
	if (!open_maker(ask, &maker, err))
		return false;
	json_object_del(maker.body, "suspension_confirmed");
	return end_suspension(ask, &maker, record, err) &&
	       answer_state(ask, &maker, ret, err);
}
