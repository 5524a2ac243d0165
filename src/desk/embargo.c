/* Embargo decisions, proposals, answers (P-13 to P-18, V-08 to V-12). */
#include "desk/embargo.h"

#include "core/when.h"
#include "desk/account.h"
#include "desk/consent.h"
#include "desk/fix.h"
#include "desk/terms.h"
#include "rules/cross.h"

#include <string.h>

#define ATTENDEES_MOST 50

/* The decision record as the arguments give it. */
struct record {
	struct embargo_decision decision;
	const char *names[ATTENDEES_MOST];
};

static void
read_attendees(const struct ask *ask, struct record *record)
{
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(ask->args, "attendees"), i, name)
	{
		if (i < ATTENDEES_MOST)
			record->names[record->decision.count++] =
			    json_string_value(name);
	}
	record->decision.attendees = record->names;
	record->decision.meeting_at = ask_when(ask, "met_at");
	record->decision.severity = ask_text(ask, "severity_note");
	record->decision.exploitability = ask_text(ask, "exploitability");
	record->decision.reason = ask_text(ask, "reason");
}

/* The rule book's words for fields, in the words of the arguments. */
static bool
refuse(struct err *err)
{
	if (strcmp(err->field, "meeting_at") == 0)
		(void)snprintf(err->field, sizeof(err->field), "met_at");
	if (strcmp(err->field, "severity") == 0)
		(void)snprintf(err->field, sizeof(err->field), "severity_note");
	if (err->kind == ERR_DENIED)
		err->kind = ERR_INVALID;
	return false;
}

/* What is kept with numbered terms: P-15, P-18, V-08. */
static json_t *
terms_record(struct ask *ask, const struct casefile *file)
{
	static const char *const kept[] = { "reason", "severity_note",
		"exploitability", "attendees", "met_at" };
	json_t *body = json_object();
	for (size_t i = 0; i < COUNT(kept); i++)
		if (ask_has(ask, kept[i]))
			value_set(body, kept[i],
			    json_incref(json_object_get(ask->args, kept[i])));
	value_set_int(body, "by", ask->actor->account_id);
	value_set_text(body, "proposer", ask->actor->name);
	value_set_when(body, "old_end", file->row.embargo_ends_at);
	return body;
}

static bool
tell(struct ask *ask, const struct casefile *file, const char *kind,
    const char *audience, const json_t *facts, const char *text,
    struct err *err)
{
	AUTO(value) json_t *body = json_object();
	if (facts != NULL)
		(void)json_object_update(body, (json_t *)(uintptr_t)facts);
	value_set_text(body, "text", text);
	return case_tell(ask, file, kind, audience, body, err);
}

/* Letters of the branch that decides whether an embargo is viable (V-31). */
static bool
main_letters(struct ask *ask, const struct casefile *file, unsigned *ret,
    struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	unsigned letters = CS_V;
	if (!fix_list(ask, file, &fixes, err))
		return false;
	for (size_t i = 0; i < fixes.count; i++)
		if (strcmp(fixes.rows[i].row.line, "main") == 0)
			letters = fix_letters(&fixes.rows[i]);
	*ret = letters | terms_pxa(file);
	return true;
}

/*
 * Before the first embargo, X4 and X5: what they only propose needs the
 * recorded decision of a meeting (V-20); decided says that this is one.
 */
static bool
may_start(
    struct ask *ask, const struct casefile *file, bool decided, struct err *err)
{
	unsigned state;
	if (em_in_force(terms_em(file)))
		return true;
	if (!main_letters(ask, file, &state, err))
		return false;
	struct cross start = cross_start(state);
	bool refused = start.verdict == CROSS_REFUSE ||
		       (start.verdict == CROSS_PROPOSE && !decided);
	return !refused || err_set(err, ERR_CONFLICT, "embargo", "%s (%s).",
			       start.reason, start.rule);
}

/* Brings terms with this end into force, over every step EM asks for. */
static bool
put_in_force(struct ask *ask, struct casefile *file, int64_t ends_at,
    int64_t *ret_number, struct err *err)
{
	AUTO(value) json_t *body = terms_record(ask, file);
	struct terms terms;
	if (!terms_list(ask, file, &terms, err))
		return false;
	const struct row_embargo_list *shortest = terms_shortest(&terms);
	bool negotiating = terms_em(file) == EM_PROPOSED && shortest != NULL;
	bool same = negotiating && shortest->ends_at == ends_at;
	/* V-09: the shorter proposal first, then longer by revision. */
	if (negotiating && shortest->ends_at <= ends_at &&
	    shortest->ends_at > ask->now) {
		*ret_number = shortest->number;
		if (!terms_accept(ask, file, shortest->number, err))
			return false;
		if (same)
			return true;
	}
	return terms_propose(ask, file, ends_at, body, ret_number, err) &&
	       terms_accept(ask, file, *ret_number, err);
}

/* P-17: the text is ours, the posting a person's. */
static const char *
tracker_text(struct ask *ask, const struct casefile *file)
{
	return ask_print(ask, "%s\n\nComponent: %s\n\n%s\n",
	    value_text(file->body, "title"),
	    value_text(file->body, "component"),
	    value_text(file->body, "description"));
}

static bool
decide_none(struct ask *ask, struct casefile *file, json_t *value,
    const json_t *record, struct err *err)
{
	const struct embargo_reason *agreed =
	    embargo_reason_find(STR("agreed"));
	value_set_text(value, "tracker", ask_policy(ask, "contact.tracker"));
	value_set_text(value, "tracker_text", tracker_text(ask, file));
	return terms_end(ask, file, agreed, err) &&
	       tell(ask, file, "decided", "team", record,
		   "Decided: no embargo. Reproduce it in the public tracker; a "
		   "person posts the prepared text.",
		   err);
}

static bool
decide_embargo(struct ask *ask, struct casefile *file, json_t *value,
    const json_t *record, struct err *err)
{
	char human[WHEN_TEXT];
	int64_t number = 0;
	int64_t ends_at = ask_when(ask, "ends_at");
	if (!may_start(ask, file, true, err) ||
	    !put_in_force(ask, file, ends_at, &number, err))
		return false;
	value_set_int(value, "number", number);
	value_set_when(value, "ends_at", ends_at);
	return tell(ask, file, "decided", "team", record,
		   ask_print(ask, "Decided: embargo until %s.",
		       when_human(ends_at, human)),
		   err) &&
	       tell(ask, file, "embargo", "reporter", NULL,
		   ask_print(ask, "The disclosure is planned for %s.",
		       when_human(ends_at, human)),
		   err);
}

bool
do_embargo_decide(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *value = json_object();
	struct record record = { 0 };
	if (!case_open(ask, &file, err) || !case_is_current(ask, &file, err))
		return false;
	read_attendees(ask, &record);
	record.decision.embargo = ask_true(ask, "embargo");
	record.decision.ends_at = ask_when(ask, "ends_at");
	if (!embargo_check(embargo_policy_of(ask->house->policy),
		file.row.received_at, ask->now, &record.decision, err))
		return refuse(err);
	AUTO(value) json_t *kept = terms_record(ask, &file);
	value_set_bool(kept, "embargo", record.decision.embargo);
	value_set_when(kept, "ends_at", record.decision.ends_at);
	if (!(record.decision.embargo
		    ? decide_embargo(ask, &file, value, kept, err)
		    : decide_none(ask, &file, value, kept, err)))
		return false;
	file.row.decided_at = ask->now;
	(void)json_object_set(file.body, "decision", kept);
	(void)json_object_del(file.body, "end_asked_at");
	if (!case_save(ask, &file, err))
		return false;
	value_set_int(value, "revision", file.row.revision);
	*ret = json_incref(value);
	return true;
}

/* A first proposal is held to the same bounds as a move. */
static bool
check_proposal(struct ask *ask, const struct casefile *file, struct err *err)
{
	struct record record = { 0 };
	enum em em = terms_em(file);
	const struct embargo_move move = {
		.old_end = file->row.embargo_ends_at,
		.new_end = ask_when(ask, "ends_at"),
		.reason = ask_text(ask, "reason"),
		.quorum = ask_has(ask, "met_at") ? &record.decision : NULL,
	};
	read_attendees(ask, &record);
	record.decision.embargo = true;
	record.decision.ends_at = move.new_end;
	if (em == EM_EXITED)
		return err_set(err, ERR_CONFLICT, "ends_at",
		    "The embargo of this case has ended for good. Open a "
		    "linked case for what is still secret.");
	if (embargo_move_check(embargo_policy_of(ask->house->policy),
		em == EM_NONE ? EM_PROPOSED : em, file->row.received_at,
		ask->now, &move, err))
		return true;
	return refuse(err);
}

bool
do_embargo_propose(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	char human[WHEN_TEXT];
	int64_t number = 0;
	int64_t ends_at = ask_when(ask, "ends_at");
	if (!case_open(ask, &file, err) || !check_proposal(ask, &file, err) ||
	    !may_start(ask, &file, false, err))
		return false;
	AUTO(value) json_t *record = terms_record(ask, &file);
	if (!terms_propose(ask, &file, ends_at, record, &number, err) ||
	    !consent_tell_proposal(ask, &file, number, err))
		return false;
	value_set_int(record, "number", number);
	value_set_when(record, "new_end", ends_at);
	const char *text =
	    ask_print(ask, "Proposal %lld: the embargo ends at %s.",
		(long long)number, when_human(ends_at, human));
	if (!tell(ask, &file, "proposed", "reporter", record, text, err) ||
	    !case_save(ask, &file, err))
		return false;
	*ret = json_pack("{s:I, s:s, s:I}", "number", (json_int_t)number, "em",
	    file.row.em, "revision", (json_int_t)file.row.revision);
	return true;
}

bool
do_embargo_answer(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *record = json_object();
	char human[WHEN_TEXT];
	int64_t number = ask_int(ask, "number", 0);
	bool accept = strcmp(ask_text(ask, "answer"), "accept") == 0;
	if (!case_open(ask, &file, err))
		return false;
	int64_t old_end = file.row.embargo_ends_at;
	if (accept && !may_start(ask, &file, false, err))
		return false;
	if (!(accept ? terms_accept(ask, &file, number, err)
		     : terms_reject(ask, &file, number, err)))
		return false;
	value_set_int(record, "number", number);
	value_set_text(record, "reason", ask_text(ask, "reason"));
	value_set_when(record, "old_end", old_end);
	value_set_when(record, "new_end", file.row.embargo_ends_at);
	const char *text = ask_print(ask, "The project %s proposal %lld.%s%s",
	    accept ? "accepted" : "rejected", (long long)number,
	    file.row.embargo_ends_at == 0 ? "" : " The embargo ends at ",
	    file.row.embargo_ends_at == 0
		? ""
		: when_human(file.row.embargo_ends_at, human));
	if (!tell(ask, &file, accept ? "embargo" : "proposal-rejected",
		"reporter", record, text, err) ||
	    !case_save(ask, &file, err))
		return false;
	*ret = json_pack("{s:I, s:s, s:I}", "number", (json_int_t)number, "em",
	    file.row.em, "revision", (json_int_t)file.row.revision);
	value_set_when(*ret, "ends_at", file.row.embargo_ends_at);
	return true;
}

/* The number an answer may be about now; 0 for none. */
static bool
present_number(struct ask *ask, const struct casefile *file, int64_t number,
    int64_t *ret, struct err *err)
{
	struct terms terms;
	enum em em = terms_em(file);
	if (!terms_list(ask, file, &terms, err))
		return false;
	const struct row_embargo_list *asked = terms_find(&terms, number);
	const struct row_embargo_list *newest = terms_newest(&terms);
	bool open = asked != NULL && strcmp(asked->state, "proposed") == 0;
	if (em == EM_ACTIVE)
		*ret = file->row.embargo_number;
	else
		*ret = open ? number : newest == NULL ? 0 : newest->number;
	if ((em != EM_ACTIVE && em != EM_REVISE && em != EM_PROPOSED) ||
	    *ret == 0)
		return err_set(err, ERR_CONFLICT, "number",
		    "There is no embargo and no proposal to answer any more.");
	return true;
}

static bool
find_party(struct ask *ask, const struct casefile *file, const char *kind,
    int64_t ref, struct row_participant_find *ret, struct err *err)
{
	return q_participant_find(
	    ask->db, ask->pass, ask->arena, file->row.id, kind, ref, ret, err);
}

bool
embargo_participant_answer(struct ask *ask, const struct casefile *file,
    const char *kind, int64_t ref, int64_t number, bool accept, struct err *err)
{
	struct row_participant_find row;
	int64_t present;
	if (!find_party(ask, file, kind, ref, &row, err) ||
	    !present_number(ask, file, number, &present, err))
		return false;
	if (pec_accepts(number, present) == PEC_INVITE_AGAIN && accept)
		return consent_invite(ask, file, kind, ref, present, err);
	return consent_answer(ask, file, &row, number, accept, err);
}

bool
embargo_invite(struct ask *ask, const struct casefile *file, const char *kind,
    int64_t ref, struct err *err)
{
	int64_t present;
	return present_number(
		   ask, file, file->row.embargo_number, &present, err) &&
	       consent_invite(ask, file, kind, ref, present, err);
}

/* Only for a maker one acts for. */
static bool
own_maker(struct ask *ask, int64_t maker, struct err *err)
{
	struct row_contact_is row;
	if (!q_contact_is(ask->db, ask->arena, maker, ask->actor->account_id,
		ask->now, &row, err))
		return false;
	return row.found > 0 || err_set(err, ERR_MISSING, "maker",
				    "you do not act for this maker");
}

bool
do_embargo_consent(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct row_participant_find row;
	struct err fault = { 0 };
	int64_t maker = ask_int(ask, "maker", 0);
	const char *kind = "maker";
	bool accept = strcmp(ask_text(ask, "answer"), "accept") == 0;
	if (!own_maker(ask, maker, err) || !case_open(ask, &file, err))
		return false;
	if (!find_party(ask, &file, kind, maker, &row, &fault))
		kind = "member";
	if (!embargo_participant_answer(ask, &file, kind, maker,
		ask_int(ask, "number", 0), accept, err) ||
	    !find_party(ask, &file, kind, maker, &row, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "consent", row.pec, "number",
	    (json_int_t)row.signed_number);
	value_set_when(*ret, "answer_by", row.answer_by);
	return true;
}
