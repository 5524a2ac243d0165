/* What a reporter sees and does on his private page (I-25). */
#include "core/when.h"
#include "desk/message.h"
#include "desk/reporter.h"
#include "rules/vultron.h"

#define PLACE_EVENT "case_event.body"

struct terms {
	struct row_embargo_list *rows;
	size_t count;
	const struct row_embargo_list *open; /* newest to answer, or NULL */
};

/*
 * The newest terms that are proposed; without any, those in force, which he
 * may still have to answer.
 */
static bool
find_terms(struct ask *ask, const struct casefile *file, struct terms *ret,
    struct err *err)
{
	struct terms terms = { 0 };
	if (!q_embargo_list(ask->db, ask->pass, ask->arena, file->row.id,
		&terms.rows, &terms.count, err))
		return false;
	for (size_t i = 0; i < terms.count; i++)
		if (strcmp(terms.rows[i].state, "in-force") == 0)
			terms.open = &terms.rows[i];
	for (size_t i = 0; i < terms.count; i++)
		if (strcmp(terms.rows[i].state, "proposed") == 0)
			terms.open = &terms.rows[i];
	*ret = terms;
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

static bool
embargo_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct terms terms;
	struct row_participant_find reporter;
	enum em em = EM_NONE;
	if (!find_terms(ask, file, &terms, err) ||
	    !find_reporter(ask, file, &reporter, err))
		return false;
	(void)!em_find(str_of(file->row.em), &em);
	json_t *value = json_object();
	bool live = file->row.disclosed_at == 0;
	value_set_bool(value, "in_force", em_in_force(em));
	value_set_bool(value, "over", em == EM_EXITED || !live);
	value_set_when(
	    value, "ends_at", em_in_force(em) ? file->row.embargo_ends_at : 0);
	if (terms.open != NULL && live) {
		const char *stand = stand_of(&reporter, terms.open->number);
		json_t *open = json_object();
		value_set_int(open, "number", terms.open->number);
		value_set_when(open, "ends_at", terms.open->ends_at);
		value_set_text(open, "state", terms.open->state);
		value_set_text(open, "stand", stand);
		value_set_bool(
		    open, "may_accept", strcmp(stand, "accepted") != 0);
		value_set_bool(open, "may_object", strcmp(stand, "open") == 0);
		value_set(value, "proposal", open);
	}
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

bool
do_report_reply(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_open(ask, &file, err))
		return false;
	if (report_is_asked(&file)) {
		value_set_when(file.body, "answered_at", ask->now);
		if (!case_save(ask, &file, err))
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

/*
 * His PEC after the answer. One who had declined is invited again before he
 * accepts; one who signed other terms lapses before he declines these.
 */
static bool
step_consent(const struct row_participant_find *reporter, bool accepts,
    enum pec *ret, struct err *err)
{
	enum pec pec;
	if (!pec_find(str_of(reporter->pec), &pec))
		return err_set(err, ERR_SYSTEM, NULL, "unknown consent state");
	if (accepts && pec == PEC_DECLINED &&
	    !pec_step(pec, PEC_INVITE, &pec, err))
		return false;
	if (pec == PEC_SIGNATORY && !pec_step(pec, PEC_REVISE, &pec, err))
		return false;
	return pec_step(pec, accepts ? PEC_ACCEPT : PEC_DECLINE, ret, err);
}

static bool
check_answer(struct ask *ask, const struct terms *terms,
    const struct row_participant_find *reporter, struct err *err)
{
	int64_t number = ask_int(ask, "number", 0);
	bool accepts = strcmp(ask_text(ask, "answer"), "accept") == 0;
	if (terms->open == NULL || terms->open->number != number)
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

static bool
write_answer(struct ask *ask, const struct casefile *file,
    const struct terms *terms, const struct row_participant_find *reporter,
    struct err *err)
{
	bool accepts = strcmp(ask_text(ask, "answer"), "accept") == 0;
	struct row_participant_find project;
	enum pec pec;
	int64_t count;
	bool revision = strcmp(file->row.em, em_name(EM_REVISE)) == 0;
	if (!step_consent(reporter, accepts, &pec, err) ||
	    !q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
		"project", 0, &project, err))
		return false;
	const char *code =
	    revision ? (accepts ? "EC" : "EJ") : (accepts ? "EA" : "ER");
	int64_t signed_at = accepts ? ask->now : reporter->signed_at;
	int64_t number =
	    accepts ? terms->open->number : reporter->signed_number;
	const char *signed_terms =
	    accepts ? terms->open->terms : reporter->signed_terms;
	return q_participant_update(ask->db, ask->pass, reporter->id,
		   reporter->rm, reporter->vfd, pec_name(pec),
		   reporter->asked_at, reporter->answer_by, signed_at, number,
		   signed_terms, &count, err) &&
	       case_says(ask, file, code, reporter->id, project.id, err);
}

bool
do_report_consent(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct terms terms;
	struct row_participant_find reporter;
	char human[WHEN_TEXT];
	if (!case_open(ask, &file, err) ||
	    !find_terms(ask, &file, &terms, err) ||
	    !find_reporter(ask, &file, &reporter, err) ||
	    !check_answer(ask, &terms, &reporter, err) ||
	    !write_answer(ask, &file, &terms, &reporter, err))
		return false;
	bool accepts = strcmp(ask_text(ask, "answer"), "accept") == 0;
	const char *reason = ask_text(ask, "reason");
	const char *text = ask_print(ask,
	    "%s the embargo end %s (number "
	    "%lld).%s%s",
	    accepts ? "Accepted" : "Objected to",
	    when_human(terms.open->ends_at, human),
	    (long long)terms.open->number, reason[0] == '\0' ? "" : "\n\n",
	    reason);
	return tell(ask, &file, accepts ? "consent" : "objection", text, err) &&
	       view_value(ask, &file, ret, err);
}
