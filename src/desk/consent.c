#include "desk/consent.h"

#include "core/when.h"
#include "desk/maker.h"
#include "desk/message.h"
#include "desk/post.h"
#include "desk/reporter.h"
#include "store/statements.h"

#include <string.h>

/* One participant with his consent as a value. */
struct party {
	struct row_participant_find row;
	enum pec pec;
};

static bool
is_kind(const struct party *party, const char *kind)
{
	return strcmp(party->row.kind, kind) == 0;
}

static bool
open_row(
    const struct row_participant_find *row, struct party *ret, struct err *err)
{
	struct party party = { .row = *row };
	if (!pec_find(str_of(row->pec), &party.pec))
		return err_set(err, ERR_SYSTEM, NULL,
		    "a participant has the unknown consent %s", row->pec);
	*ret = party;
	return true;
}

static bool
list(struct ask *ask, const struct casefile *file, struct party **ret,
    size_t *count, struct err *err)
{
	struct row_participant_find *rows;
	if (!q_participant_list(ask->db, ask->pass, ask->arena, file->row.id,
		&rows, count, err))
		return false;
	struct party *parties =
	    arena_get(ask->arena, (*count + 1) * sizeof(*parties));
	if (parties == NULL)
		return err_set(err, ERR_LIMIT, NULL, "too many participants");
	for (size_t i = 0; i < *count; i++)
		if (!open_row(&rows[i], &parties[i], err))
			return false;
	*ret = parties;
	return true;
}

static bool
save(struct ask *ask, const struct party *party, struct err *err)
{
	const struct row_participant_find *row = &party->row;
	int64_t count;
	return q_participant_update(ask->db, ask->pass, row->id, row->rm,
	    row->vfd, pec_name(party->pec), row->asked_at, row->answer_by,
	    row->signed_at, row->signed_number, row->signed_terms, &count, err);
}

static bool
fire(struct party *party, enum pec_event event, struct err *err)
{
	return pec_step(party->pec, event, &party->pec, err);
}

static void
sign(struct ask *ask, struct party *party, int64_t number)
{
	party->row.signed_at = ask->now;
	party->row.signed_number = number;
	party->row.signed_terms = ask_policy(ask, "terms.version");
	party->row.answer_by = 0;
}

bool
consent_follow(struct ask *ask, const struct casefile *file, enum em from,
    enum em to, struct err *err)
{
	struct party *parties;
	size_t count;
	if (!list(ask, file, &parties, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		enum pec_event event;
		if (!pec_from_em(from, to, parties[i].pec, &event))
			continue;
		parties[i].row.answer_by = 0;
		if (!fire(&parties[i], event, err) ||
		    !save(ask, &parties[i], err))
			return false;
	}
	return true;
}

/* "Log in" and nothing else (P-28); keys tell numbers and persons apart. */
static bool
mail_party(struct ask *ask, const struct casefile *file,
    const struct party *party, int64_t number, struct err *err)
{
	if (is_kind(party, "reporter"))
		return report_notify(ask, file, REPORTER_PROPOSAL, number, err);
	if (!is_kind(party, "maker") && !is_kind(party, "member"))
		return true;
	const struct post post = {
		.key = ask_print(ask, "terms:%lld:%lld",
		    (long long)file->row.id, (long long)number),
		.kind = "terms",
		.subject = "Your answer about an embargo is needed",
		.text = ask_print(ask,
		    "The end of an embargo was proposed or moved. Please log "
		    "in to read and answer:\n%s/maker\n",
		    ask_setting(ask, "base_url")),
	};
	return post_maker(ask, party->row.ref_id, &post, err);
}

/* Brings anybody to "invited", over the edges there are. */
static bool
invite(struct ask *ask, const struct casefile *file, struct party *party,
    int64_t number, struct err *err)
{
	struct pec_window window = PEC_WINDOW;
	window.usual = 24 * ask_policy_int(ask, "makers.invitation_days", 7);
	if (party->pec == PEC_SIGNATORY && !fire(party, PEC_REVISE, err))
		return false;
	if (party->pec != PEC_INVITED && !fire(party, PEC_INVITE, err))
		return false;
	party->row.asked_at = ask->now;
	party->row.answer_by = pec_answer_by(window, ask->now, 0);
	return save(ask, party, err) &&
	       mail_party(ask, file, party, number, err);
}

/* The project signs what it accepted itself. */
static bool
sign_project(
    struct ask *ask, struct party *party, int64_t number, struct err *err)
{
	if (party->pec == PEC_SIGNATORY && !fire(party, PEC_REVISE, err))
		return false;
	if (party->pec == PEC_DECLINED && !fire(party, PEC_INVITE, err))
		return false;
	sign(ask, party, number);
	return fire(party, PEC_ACCEPT, err) && save(ask, party, err);
}

bool
consent_renew(struct ask *ask, const struct casefile *file, int64_t number,
    struct err *err)
{
	struct party *parties;
	size_t count;
	if (!list(ask, file, &parties, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct party *party = &parties[i];
		bool signed_it = party->pec == PEC_SIGNATORY &&
				 party->row.signed_number == number;
		if (is_kind(party, "project")) {
			if (!sign_project(ask, party, number, err))
				return false;
			continue;
		}
		if (!signed_it && !invite(ask, file, party, number, err))
			return false;
	}
	return true;
}

bool
consent_restore(struct ask *ask, const struct casefile *file, int64_t number,
    struct err *err)
{
	struct party *parties;
	size_t count;
	if (!list(ask, file, &parties, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct party *party = &parties[i];
		bool stands = party->pec == PEC_SIGNATORY &&
			      party->row.signed_number == number;
		if (stands || party->pec == PEC_NO_EMBARGO ||
		    party->pec == PEC_DECLINED)
			continue;
		if (party->pec == PEC_SIGNATORY &&
		    !fire(party, PEC_REVISE, err))
			return false;
		bool same = pec_after_rejection(
				party->row.signed_number, number) == PEC_ACCEPT;
		if (same || is_kind(party, "project")) {
			party->row.answer_by = 0;
			if (!fire(party, PEC_ACCEPT, err) ||
			    !save(ask, party, err))
				return false;
		} else if (!invite(ask, file, party, number, err)) {
			return false;
		}
	}
	return true;
}

bool
consent_tell_end(struct ask *ask, const struct casefile *file,
    const struct embargo_reason *reason, struct err *err)
{
	char human[WHEN_TEXT];
	struct party *parties;
	size_t count;
	const struct post post = {
		.key = ask_print(ask, "embargo-ended:%lld:%lld",
		    (long long)file->row.id,
		    (long long)file->row.embargo_number),
		.kind = "embargo-ended",
		.subject = "An embargo has ended",
		.text = ask_print(ask,
		    "An embargo you take part in ended at %s: %s.\n\nLog in to "
		    "read more:\n%s/maker\n",
		    when_human(ask->now, human), reason->text,
		    ask_setting(ask, "base_url")),
	};
	if (!list(ask, file, &parties, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct party *party = &parties[i];
		bool bound =
		    party->pec == PEC_SIGNATORY || party->pec == PEC_LAPSED;
		bool maker =
		    is_kind(party, "maker") || is_kind(party, "member");
		if (bound && maker &&
		    !post_maker(ask, party->row.ref_id, &post, err))
			return false;
		if (bound && is_kind(party, "reporter") &&
		    !report_notify(
			ask, file, REPORTER_STATE, file->row.revision, err))
			return false;
	}
	return true;
}

bool
consent_tell_proposal(struct ask *ask, const struct casefile *file,
    int64_t number, struct err *err)
{
	struct party *parties;
	size_t count;
	if (!list(ask, file, &parties, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!mail_party(ask, file, &parties[i], number, err))
			return false;
	return true;
}

bool
consent_invite(struct ask *ask, const struct casefile *file, const char *kind,
    int64_t ref_id, int64_t number, struct err *err)
{
	struct row_participant_find row;
	struct party party;
	int64_t count;
	if (!q_participant_insert(ask->db, ask->pass, db_id_new(), file->row.id,
		kind, ref_id, rm_name(RM_START), "", pec_name(PEC_NO_EMBARGO),
		0, 0, &count, err) ||
	    !q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
		kind, ref_id, &row, err) ||
	    !open_row(&row, &party, err))
		return false;
	if (party.pec == PEC_SIGNATORY && row.signed_number == number)
		return true;
	return invite(ask, file, &party, number, err);
}

/* Code of an answer: of a first proposal, or of a revision. */
static const char *
answer_code(const struct casefile *file, bool accept)
{
	bool revision = strcmp(file->row.em, em_name(EM_REVISE)) == 0;
	if (revision)
		return accept ? "EC" : "EJ";
	return accept ? "EA" : "ER";
}

static bool
tell_answer(struct ask *ask, const struct casefile *file,
    const struct party *party, int64_t number, bool accept, struct err *err)
{
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text",
	    ask_print(ask, "%s %s embargo terms %lld.",
		consent_name(ask, &party->row),
		accept ? "accepted" : "declined", (long long)number));
	value_set_int(body, "number", number);
	value_set_int(body, "participant", party->row.id);
	value_set_text(body, "answer", accept ? "accept" : "decline");
	value_set_text(body, "channel",
	    is_kind(party, "reporter") ? "private link" : "maker page");
	value_set_int(body, "person", ask->actor->account_id);
	value_set_text(body, "terms", ask_policy(ask, "terms.version"));
	const char *audience = is_kind(party, "reporter") ? "reporter" : "team";
	return case_tell(ask, file, "consent", audience, body, err);
}

/* To "signatory" or "declined", over the edges there are. */
static bool
settle(struct ask *ask, struct party *party, int64_t number, bool accept,
    struct err *err)
{
	if (party->pec == PEC_SIGNATORY && !fire(party, PEC_REVISE, err))
		return false;
	if (party->pec == PEC_DECLINED && !fire(party, PEC_INVITE, err))
		return false;
	party->row.answer_by = 0;
	if (!fire(party, accept ? PEC_ACCEPT : PEC_DECLINE, err))
		return false;
	if (accept)
		sign(ask, party, number);
	return save(ask, party, err);
}

bool
consent_answer(struct ask *ask, const struct casefile *file,
    const struct row_participant_find *row, int64_t number, bool accept,
    struct err *err)
{
	struct party party;
	if (!open_row(row, &party, err))
		return false;
	bool again =
	    accept ? party.pec == PEC_SIGNATORY && row->signed_number == number
		   : party.pec == PEC_DECLINED;
	if (again)
		return true;
	return settle(ask, &party, number, accept, err) &&
	       case_says(
		   ask, file, answer_code(file, accept), row->id, 0, err) &&
	       tell_answer(ask, file, &party, number, accept, err);
}

static bool
veto_one(struct ask *ask, const struct casefile *file,
    const struct party *party, struct err *err)
{
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text",
	    ask_print(ask,
		"%s did not answer in time; that counts as a refusal.",
		consent_name(ask, &party->row)));
	value_set_int(body, "participant", party->row.id);
	value_set_text(body, "answer", "silence");
	return save(ask, party, err) &&
	       case_tell(ask, file, "consent", "team", body, err);
}

static bool
veto_case(struct ask *ask, int64_t case_id, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct party *parties;
	size_t count;
	if (!case_open_id(ask, case_id, &file, err) ||
	    !list(ask, &file, &parties, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct party *party = &parties[i];
		enum pec now =
		    pec_now(party->pec, party->row.answer_by, ask->now);
		if (now == party->pec)
			continue;
		party->row.answer_by = 0;
		if (!fire(party, PEC_DECLINE, err) ||
		    !veto_one(ask, &file, party, err))
			return false;
		ask->object = file.row.number;
	}
	return true;
}

bool
consent_veto(struct ask *ask, void *context, struct err *err)
{
	struct row_participant_silent *rows;
	size_t count;
	(void)context;
	if (!q_participant_silent(
		ask->db, ask->pass, ask->arena, ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if ((i == 0 || rows[i].case_id != rows[i - 1].case_id) &&
		    !veto_case(ask, rows[i].case_id, err))
			return false;
	return true;
}

const char *
consent_name(struct ask *ask, const struct row_participant_find *row)
{
	AUTO(maker) struct maker maker = { 0 };
	struct err fault = { 0 };
	if (strcmp(row->kind, "reporter") == 0)
		return "The reporter";
	if (strcmp(row->kind, "project") == 0)
		return "The project";
	if (!maker_open(ask, row->ref_id, &maker, &fault))
		return ask_print(ask, "A former %s", row->kind);
	return ask_print(ask, "%s", maker_name(&maker));
}
