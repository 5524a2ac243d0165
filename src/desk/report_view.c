/* What a reporter sees and does on his private page (I-25). */
#include "desk/embargo.h"
#include "desk/reporter.h"
#include "desk/reporter_clock.h"
#include "desk/terms.h"

#define PLACE_EVENT "case_event.body"

/*
 * The newest terms that are proposed; without any, those in force, which he
 * may still have to answer. NULL when there is nothing to answer.
 */
static bool
find_open(struct ask *ask, const struct casefile *file,
    const struct row_embargo_list **ret, struct err *err)
{
	struct terms terms;
	if (!terms_list(ask, file, &terms, err))
		return false;
	*ret = terms_newest(&terms);
	if (*ret == NULL && em_in_force(terms_em(file)))
		*ret = terms_find(&terms, file->row.embargo_number);
	return true;
}

static bool
find_reporter(struct ask *ask, const struct casefile *file,
    struct row_participant_find *ret, struct err *err)
{
	return q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
	    "reporter", 0, ret, err);
}

/* "accepted", "objected" or "open": how he stands to these terms. */
static const char *
stand_of(const struct row_participant_find *reporter, int64_t number)
{
	enum pec pec;
	if (!pec_find(str_of(reporter->pec), &pec))
		return "open";
	if (pec == PEC_DECLINED)
		return "objected";
	if (pec == PEC_SIGNATORY && reporter->signed_number == number)
		return "accepted";
	return "open";
}

static json_t *
proposal_value(const struct row_embargo_list *open,
    const struct row_participant_find *reporter)
{
	const char *stand = stand_of(reporter, open->number);
	json_t *value = json_object();
	value_set_int(value, "number", open->number);
	value_set_when(value, "ends_at", open->ends_at);
	value_set_text(value, "state", open->state);
	value_set_text(value, "stand", stand);
	value_set_bool(value, "may_accept", strcmp(stand, "accepted") != 0);
	value_set_bool(value, "may_object", strcmp(stand, "open") == 0);
	return value;
}

static bool
embargo_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	const struct row_embargo_list *open;
	struct row_participant_find reporter;
	enum em em = terms_em(file);
	if (!find_open(ask, file, &open, err) ||
	    !find_reporter(ask, file, &reporter, err))
		return false;
	json_t *value = json_object();
	bool live = file->row.disclosed_at == 0;
	value_set_bool(value, "in_force", em_in_force(em));
	value_set_bool(value, "over", em == EM_EXITED || !live);
	value_set_when(
	    value, "ends_at", embargo_end(em, file->row.embargo_ends_at));
	if (open != NULL && live)
		value_set(value, "proposal", proposal_value(open, &reporter));
	*ret = value;
	return true;
}

/* Who wrote: the reporter himself, the service, or the project's people. */
static const char *
author_of(const struct row_event_list *row)
{
	if (strcmp(row->actor_kind, "system") == 0 ||
	    strcmp(row->kind, "received") == 0)
		return "service";
	if (strcmp(row->actor_kind, "reporter") == 0 ||
	    strcmp(row->actor_kind, "public") == 0)
		return "you";
	return "team";
}

/* Newest messages whose texts together fit into one answer. */
#define TALK_BYTES (1u << 20)

/* Drops the oldest rows until the rest is small enough. */
static void
drop_oldest(json_t *list)
{
	size_t total = 0;
	size_t first = json_array_size(list);
	while (first > 0) {
		const json_t *row = json_array_get(list, first - 1);
		total += json_string_length(json_object_get(row, "text"));
		if (total > TALK_BYTES)
			break;
		first--;
	}
	for (size_t i = 0; i < first; i++)
		(void)json_array_remove(list, 0);
}

static bool
messages_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_event_list *rows;
	size_t count;
	if (!q_event_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	AUTO(value) json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		AUTO(value) json_t *body = NULL;
		if (strcmp(rows[i].audience, "team") == 0)
			continue;
		if (!ask_unseal(ask, file->row.key_id, PLACE_EVENT, rows[i].id,
			rows[i].body, &body, err))
			return false;
		json_t *row = json_object();
		value_set_when(row, "at", rows[i].at);
		value_set_text(row, "kind", rows[i].kind);
		value_set_text(row, "from", author_of(&rows[i]));
		value_set_text(row, "text", value_text(body, "text"));
		(void)json_array_append_new(list, row);
	}
	drop_oldest(list);
	*ret = json_incref(list);
	return true;
}

static bool
ids_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_reporter_cve *rows;
	size_t count;
	if (!q_reporter_cve(
		ask->db, ask->arena, file->row.id, &rows, &count, err))
		return false;
	*ret = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(*ret, json_string(rows[i].id));
	return true;
}

/* The published advisory, JSON null before. */
static bool
published_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_reporter_advisory row;
	AUTO(value) json_t *advisory = NULL;
	if (!q_reporter_advisory(
		ask->db, ask->arena, file->row.id, &row, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		*err = (struct err){ 0 };
		*ret = json_null();
		return true;
	}
	if (!value_parse(str_of(row.value), LIMIT_DOCUMENT, &advisory, err))
		return false;
	*ret = json_object();
	value_set_when(*ret, "at", row.published_at);
	value_set_text(*ret, "id", value_text(advisory, "id"));
	value_set_text(*ret, "title", value_text(advisory, "title"));
	return true;
}

static void
state_values(const struct ask *ask, const struct casefile *file, json_t *value)
{
	const struct row_case_by_number *row = &file->row;
	bool asked = report_is_asked(file);
	const struct machine_word *word = machine_word(file->state, asked,
	    value_text(file->body, "duplicate_of")[0] != '\0');
	value_set_text(value, "case", row->number);
	value_set_text(value, "link", ask_text(ask, "link"));
	value_set(value, "state",
	    json_pack("{s:s, s:s}", "name", word->name, "label", word->label));
	value_set_bool(value, "asked", asked);
	value_set_when(value, "now", ask->now);
	value_set_when(value, "received_at", row->received_at);
	value_set_when(value, "acknowledged_at", row->acknowledged_at);
	value_set_when(value, "analysed_at", row->analysed_at);
	value_set_text(value, "content_hash", row->content_hash);
	value_set_bool(value, "open", file->state != MACHINE_PUBLIC);
	value_set_bool(value, "queued", value_true(file->body, "capped"));
	value_set_bool(value, "has_contact", report_contact(file)[0] != '\0');
	value_set(value, "credit",
	    json_incref(json_object_get(file->body, "credit")));
	value_set(value, "report",
	    json_incref(json_object_get(file->body, "report")));
	value_set(value, "needs_information",
	    json_incref(json_object_get(file->body, "needs_information")));
}

/* The whole page, for the reporter alone. */
static bool
view_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	static const struct {
		const char *name;
		bool (*make)(struct ask *ask, const struct casefile *file,
		    json_t **ret, struct err *err);
	} parts[] = {
		{ "due", report_dues },
		{ "messages", messages_value },
		{ "cves", ids_value },
		{ "embargo", embargo_value },
		{ "published", published_value },
	};
	AUTO(value) json_t *value = json_object();
	state_values(ask, file, value);
	for (size_t i = 0; i < COUNT(parts); i++) {
		json_t *part = NULL;
		if (!parts[i].make(ask, file, &part, err))
			return false;
		value_set(value, parts[i].name, part);
	}
	*ret = json_incref(value);
	return true;
}

bool
do_report_view(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	return case_open(ask, &file, err) && view_value(ask, &file, ret, err);
}

static bool
tell(struct ask *ask, const struct casefile *file, const char *kind,
    const char *text, struct err *err)
{
	AUTO(value) json_t *body = json_pack("{s:s}", "text", text);
	return case_tell(ask, file, kind, "reporter", body, err);
}

/* All he writes must fit into one page of the team. */
static bool
check_talk(struct ask *ask, const struct casefile *file, struct err *err)
{
	struct row_reporter_talk row;
	int64_t more = (int64_t)strlen(ask_text(ask, "text"));
	if (!q_reporter_talk(
		ask->db, ask->pass, ask->arena, file->row.id, &row, err))
		return false;
	return row.bytes + more <= TALK_BYTES ||
	       err_set(err, ERR_LIMIT, "text",
		   "this page holds 1 MiB of your messages and is full; write "
		   "to %s with the number of the case",
		   ask_policy(ask, "contact.mail"));
}

bool
do_report_reply(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_open(ask, &file, err) || !check_talk(ask, &file, err))
		return false;
	if (report_is_asked(&file)) {
		value_set_when(file.body, "answered_at", ask->now);
		if (!report_answered(ask, &file, err))
			return false;
	}
	return tell(ask, &file, "reply", ask_text(ask, "text"), err) &&
	       view_value(ask, &file, ret, err);
}

bool
do_report_credit(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	const char *choice = ask_text(ask, "credit");
	const char *name = ask_text(ask, "name");
	bool named = strcmp(choice, "name") == 0;
	if (named && name[0] == '\0')
		return err_set(err, ERR_INVALID, "name",
		    "write the name of the credit, or choose anonymous");
	if (!case_open(ask, &file, err))
		return false;
	json_t *credit = json_pack(
	    "{s:s, s:s}", "choice", choice, "name", named ? name : "");
	value_set_when(credit, "consent_at", ask->now);
	value_set(file.body, "credit", credit);
	const char *text =
	    named ? ask_print(ask, "Credit to: %s", name) : "No credit by name";
	return case_save(ask, &file, err) &&
	       tell(ask, &file, "credit", text, err) &&
	       view_value(ask, &file, ret, err);
}

static bool
check_answer(struct ask *ask, const struct row_embargo_list *open,
    const struct row_participant_find *reporter, struct err *err)
{
	int64_t number = ask_int(ask, "number", 0);
	bool accepts = strcmp(ask_text(ask, "answer"), "accept") == 0;
	if (open == NULL || open->number != number)
		return err_set(err, ERR_CONFLICT, "number",
		    "these terms are no longer on the table; look at the page "
		    "again");
	const char *stand = stand_of(reporter, number);
	if (strcmp(stand, "accepted") == 0)
		return err_set(err, ERR_CONFLICT, "answer",
		    "you accepted these terms already; write a message to "
		    "speak about another date");
	if (!accepts && strcmp(stand, "objected") == 0)
		return err_set(err, ERR_CONFLICT, "answer",
		    "you objected to these terms already");
	return true;
}

bool
do_report_consent(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	const struct row_embargo_list *open;
	struct row_participant_find reporter;
	bool accepts = strcmp(ask_text(ask, "answer"), "accept") == 0;
	const char *reason = ask_text(ask, "reason");
	if (!case_open(ask, &file, err) || !find_open(ask, &file, &open, err) ||
	    !find_reporter(ask, &file, &reporter, err) ||
	    !check_answer(ask, open, &reporter, err) ||
	    !embargo_participant_answer(
		ask, &file, "reporter", 0, open->number, accepts, err))
		return false;
	if (reason[0] != '\0' &&
	    !tell(ask, &file, accepts ? "reply" : "objection", reason, err))
		return false;
	return view_value(ask, &file, ret, err);
}
