/* A report comes in: from the form's fields to a case with all it needs. */
#include "core/when.h"
#include "desk/account.h"
#include "desk/attach.h"
#include "desk/deadline.h"
#include "desk/intake.h"
#include "desk/link.h"
#include "desk/message.h"
#include "desk/outbox.h"
#include "desk/reporter.h"
#include "rules/cs.h"

#include <sodium.h>
#include <stdlib.h>

#define PLACE_BODY "cases.body"
#define PLACE_EMBARGO "embargo.body"
#define LINK_LIFE (10 * 365 * WHEN_DAY)

/* Drafts of the public fields are copied from the report. */
static const char *const drafted[] = { "title", "component", "impact" };

struct arrival {
	int64_t id;
	const char *number;
	int64_t key_id;
	json_t *report; /* as sent, with the files; owned */
	json_t *body;   /* of the case; owned */
	const char *hash;
	struct str reporter_tag;
	const char *cap;
	struct row_pause_at pause;
	bool paused;
	int64_t ends_at; /* of the standing proposal */
	const char *link;
};

void arrival_auto(struct arrival *arrival);

void
arrival_auto(struct arrival *arrival)
{
	json_decref(arrival->report);
	json_decref(arrival->body);
}

static bool
check_texts(const struct ask *ask, struct err *err)
{
	size_t total = 0;
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)ask->args, name, value)
	    total += json_string_length(value);
	if (total > LIMIT_REPORT_TEXT)
		return err_set(err, ERR_LIMIT, "steps",
		    "the texts together have %zu bytes and at most %u are "
		    "taken; shorten them, or send the longest as a file",
		    total, LIMIT_REPORT_TEXT);
	if (strcmp(ask_text(ask, "credit"), "name") == 0 &&
	    ask_text(ask, "credit_name")[0] == '\0')
		return err_set(err, ERR_INVALID, "credit_name",
		    "write the name of the credit, or choose another answer");
	return true;
}

static bool
check_report(struct ask *ask, struct err *err)
{
	if (!intake_declared(str_of(ask_text(ask, "reproduced")),
		str_of(ask_text(ask, "reproduced_on")),
		str_of(ask_text(ask, "ai_help")), err))
		return false;
	return check_texts(ask, err) && attach_check(ask, err);
}

/* SHA-256 of what came in, as JSON with sorted keys (I-08). */
static const char *
hash_report(struct ask *ask, const json_t *report)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *text = json_dumps(report, JSON_SORT_KEYS | JSON_COMPACT);
	char *hex = arena_get(ask->arena, 2 * sizeof(hash) + 1);
	if (text == NULL || hex == NULL) {
		free(text);
		return "";
	}
	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	sodium_memzero(text, strlen(text));
	free(text);
	return sodium_bin2hex(hex, 2 * sizeof(hash) + 1, hash, sizeof(hash));
}

static bool
take_report(struct ask *ask, struct arrival *arrival, struct err *err)
{
	json_t *files = NULL;
	if (!attach_list(ask, &files, err))
		return false;
	arrival->report = json_copy((json_t *)(uintptr_t)ask->args);
	value_set(arrival->report, "files", files);
	arrival->hash = hash_report(ask, arrival->report);
	const char *contact = ask_text(ask, "contact");
	if (contact[0] != '\0')
		arrival->reporter_tag = ask_tag(ask, "email", contact);
	return true;
}

/* "FW-2026-0001": counted per year, in this transaction. */
static bool
give_number(struct ask *ask, struct arrival *arrival, struct err *err)
{
	const char *prefix = ask_policy(ask, "cna.id_prefix");
	int year = when_year(ask->now);
	int64_t serial;
	if (!ask_count(ask, ask_print(ask, "case:%d", year), &serial, err))
		return false;
	arrival->number = ask_print(ask, "%s-%d-%04lld",
	    prefix[0] == '\0' ? "FW" : prefix, year, (long long)serial);
	return true;
}

static json_t *
missing_value(const struct ask *ask)
{
	const char *names[INTAKE_ITEMS];
	const struct intake_report report = {
		.component = ask_text(ask, "component"),
		.version = ask_text(ask, "version"),
		.impact = ask_text(ask, "impact"),
		.steps = ask_text(ask, "steps"),
		.code_path = NULL,
	};
	size_t count = intake_missing(&report, names);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *
credit_value(const struct ask *ask)
{
	const char *choice = ask_text(ask, "credit");
	json_t *credit = json_object();
	if (choice[0] == '\0')
		choice = "later";
	value_set_text(credit, "choice", choice);
	value_set_text(credit, "name",
	    strcmp(choice, "name") == 0 ? ask_text(ask, "credit_name") : "");
	value_set_when(
	    credit, "consent_at", strcmp(choice, "later") == 0 ? 0 : ask->now);
	return credit;
}

static void
write_body(struct ask *ask, struct arrival *arrival)
{
	json_t *body = json_object();
	arrival->body = body;
	for (size_t i = 0; i < COUNT(drafted); i++)
		value_set_text(body, drafted[i], ask_text(ask, drafted[i]));
	value_set_text(body, "versions", ask_text(ask, "version"));
	value_set(body, "report", json_incref(arrival->report));
	value_set(body, "reporter",
	    json_pack("{s:s}", "contact", ask_text(ask, "contact")));
	value_set(body, "credit", credit_value(ask));
	value_set(body, "needs_information", missing_value(ask));
	value_set_int(body, "rank",
	    intake_rank(str_of(ask_text(ask, "reproduced")),
		str_of(ask_text(ask, "ai_help"))));
	value_set_text(body, "exploited", ask_text(ask, "exploited"));
	value_set_bool(body, "capped", arrival->cap[0] != '\0');
	value_set_text(body, "cap", arrival->cap);
	value_set_bool(body, "paused", arrival->paused);
}

/* Paused means: came in a pause and is none of its exceptions (I-10). */
static bool
look_at_pause(struct ask *ask, struct arrival *arrival, struct err *err)
{
	const struct intake_sender sender = {
		.exploited = strcmp(ask_text(ask, "exploited"), "yes") == 0,
		.maker = (ask->actor->roles & ROLE_BIT(ROLE_MAKER)) != 0,
	};
	bool there;
	if (!intake_pause_at(ask, ask->now, &arrival->pause, &there, err))
		return false;
	arrival->paused = there && !intake_never_paused(&sender);
	return true;
}

static bool
insert_case(struct ask *ask, struct arrival *arrival, struct err *err)
{
	struct str sealed;
	char pxa[CS_TEXT];
	int64_t count;
	if (!machine_check(MACHINE_INIT, MACHINE_NEW,
		MACHINE_BIT(MACHINE_NEED_STORED), false, err) ||
	    !vault_key_new(
		ask->vault, "case", ask->now, &arrival->key_id, err) ||
	    !attach_store(ask, arrival->id, arrival->key_id,
		json_object_get(arrival->report, "files"), err))
		return false;
	write_body(ask, arrival);
	return ask_seal(ask, arrival->key_id, PLACE_BODY, arrival->id,
		   arrival->body, &sealed, err) &&
	       q_case_insert(ask->db, ask->pass, arrival->id, arrival->number,
		   machine_name(MACHINE_NEW), rm_name(RM_RECEIVED), "web",
		   arrival->key_id, sealed, arrival->hash,
		   arrival->reporter_tag, ask->now, em_name(EM_PROPOSED), 1,
		   cs_print_pxa(0, pxa), &count, err);
}

/* The published default is a standing proposal (V-10). */
static bool
propose(struct ask *ask, const struct casefile *file, struct arrival *arrival,
    struct err *err)
{
	struct str sealed;
	int64_t days = ask_policy_int(ask, "embargo_days", 90);
	int64_t count;
	AUTO(value)
	json_t *body = json_pack("{s:s, s:s}", "proposer", "project", "reason",
	    "The standing proposal of the published policy.");
	arrival->ends_at = ask->now + days * WHEN_DAY;
	return ask_seal(ask, file->row.key_id, PLACE_EMBARGO, file->row.id,
		   body, &sealed, err) &&
	       q_embargo_insert(ask->db, ask->pass, file->row.id, 1, "proposed",
		   arrival->ends_at, ask_policy(ask, "version"), ask->now,
		   sealed, &count, err);
}

/* Reporter and project take part from the first moment. */
static bool
join(struct ask *ask, const struct casefile *file, struct err *err)
{
	char vfd[CS_TEXT];
	bool objects = ask_true(ask, "objects");
	int64_t reporter = db_id_new();
	int64_t project = db_id_new();
	int64_t count;
	enum pec pec;
	if (!pec_step(
		PEC_INVITED, objects ? PEC_DECLINE : PEC_ACCEPT, &pec, err) ||
	    !q_participant_insert(ask->db, ask->pass, reporter, file->row.id,
		"reporter", 0, rm_name(RM_ACCEPTED), "", pec_name(pec),
		ask->now, 0, &count, err) ||
	    !q_participant_insert(ask->db, ask->pass, project, file->row.id,
		"project", 0, rm_name(RM_RECEIVED), cs_print_vfd(CS_V, vfd),
		pec_name(PEC_INVITED), ask->now, 0, &count, err))
		return false;
	if (!case_says(ask, file, "RS", reporter, project, err) ||
	    !case_says(ask, file, "RK", project, reporter, err) ||
	    !case_says(ask, file, "EP", project, reporter, err))
		return false;
	if (objects)
		return true;
	return q_participant_update(ask->db, ask->pass, reporter,
		   rm_name(RM_ACCEPTED), "", pec_name(pec), ask->now, 0,
		   ask->now, 1, ask_policy(ask, "version"), &count, err) &&
	       case_says(ask, file, "EA", reporter, project, err);
}

static bool
tell(struct ask *ask, const struct casefile *file, const char *kind,
    const char *audience, const char *text, struct err *err)
{
	AUTO(value) json_t *body = json_pack("{s:s}", "text", text);
	return case_tell(ask, file, kind, audience, body, err);
}

static bool
tell_all(struct ask *ask, const struct casefile *file,
    const struct arrival *arrival, struct err *err)
{
	if (!tell(ask, file, "received", "reporter", "The report was received.",
		err))
		return false;
	if (ask_true(ask, "objects") &&
	    !tell(ask, file, "objection", "reporter",
		"The standing embargo proposal was not accepted.", err))
		return false;
	if (arrival->cap[0] != '\0' &&
	    !tell(ask, file, "capped", "team",
		ask_print(ask, "Waits behind others: the cap %s was reached.",
		    arrival->cap),
		err))
		return false;
	return !arrival->paused ||
	       tell(ask, file, "paused", "team",
		   "Came while intake was paused; its dates count from the end "
		   "of the pause.",
		   err);
}

static bool
mail_receipt(struct ask *ask, const struct casefile *file,
    const struct arrival *arrival, int64_t due, struct err *err)
{
	const char *contact = report_contact(file);
	if (contact[0] == '\0')
		return true;
	const char *text = ask_print(ask,
	    "%s\n\nYour private link. Keep it: it is the only way back to this "
	    "report, and\nwhoever has it can read and answer.\n%s\n\n"
	    "SHA-256 of what we received:\n%s\n\n-- \n%s\n",
	    report_canned(ask, "receipt", arrival->number, due), arrival->link,
	    arrival->hash, ask_policy(ask, "name"));
	return outbox_add(ask,
	    ask_print(ask, "report-receipt:%s", arrival->number),
	    "report-receipt", 0, contact,
	    ask_print(ask, "%s: your report was received", arrival->number),
	    text, err);
}

static json_t *
next_value(struct ask *ask, const struct arrival *arrival)
{
	json_t *next = json_array();
	const char *lines[] = {
		arrival->paused
		    ? "Intake is paused. Your report is stored and numbered; a "
		      "person reads it after the pause."
		    : "A person reads it and acknowledges it.",
		"You hear the result of the analysis: accepted, not accepted "
		"with the reason, or a question.",
		"If it is accepted, a fix is made, makers of products are "
		"forewarned, and the advisory is published at the end of the "
		"embargo.",
		ask_text(ask, "contact")[0] == '\0'
		    ? "You gave no address: look at your private page now and "
		      "then."
		    : "We write to you whenever something happens; the mail "
		      "says only that you should look at your private page.",
	};
	if (arrival->cap[0] != '\0')
		(void)json_array_append_new(next,
		    json_string("Many reports came from the same source. Yours "
				"is stored and waits behind others."));
	for (size_t i = 0; i < COUNT(lines); i++)
		(void)json_array_append_new(next, json_string(lines[i]));
	return next;
}

static bool
answer(struct ask *ask, const struct casefile *file,
    const struct arrival *arrival, json_t *dues, json_t **ret, struct err *err)
{
	AUTO(value) json_t *value = json_object();
	json_t *pause = NULL;
	if (!intake_pause_value(ask, &pause, err))
		return false;
	value_set(value, "paused", pause);
	value_set_text(value, "case", arrival->number);
	value_set_text(value, "content_hash", arrival->hash);
	value_set_when(value, "received_at", file->row.received_at);
	value_set_text(value, "link", arrival->link);
	value_set(value, "due", json_incref(dues));
	value_set(value, "next", next_value(ask, arrival));
	value_set_bool(value, "queued", arrival->cap[0] != '\0');
	value_set_bool(value, "mailed", report_contact(file)[0] != '\0');
	value_set(value, "needs_information",
	    json_incref(json_object_get(file->body, "needs_information")));
	value_set(value, "embargo",
	    json_pack("{s:i, s:b}", "number", 1, "accepted",
		!ask_true(ask, "objects")));
	value_set_when(
	    json_object_get(value, "embargo"), "ends_at", arrival->ends_at);
	value_set(value, "files",
	    json_incref(json_object_get(arrival->report, "files")));
	*ret = json_incref(value);
	return true;
}

static bool
open_case(struct ask *ask, struct arrival *arrival, struct casefile *file,
    json_t **ret_dues, struct err *err)
{
	const char *secret;
	if (!case_open_id(ask, arrival->id, file, err) ||
	    !propose(ask, file, arrival, err) || !join(ask, file, err) ||
	    !tell_all(ask, file, arrival, err) ||
	    !deadline_refresh(ask, file, err) ||
	    !link_new(ask, "report", arrival->id, ask->real_now + LINK_LIFE,
		&secret, err) ||
	    !report_dues(ask, file, ret_dues, err))
		return false;
	arrival->link = account_link(ask, "/r/", secret);
	return true;
}

bool
do_report_send(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(arrival)
	struct arrival arrival = { .id = db_id_new(), .cap = "" };
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *dues = NULL;
	if (!check_report(ask, err) || !take_report(ask, &arrival, err) ||
	    !look_at_pause(ask, &arrival, err) ||
	    !intake_place_of(ask, arrival.reporter_tag, &arrival.cap, err) ||
	    !give_number(ask, &arrival, err) ||
	    !insert_case(ask, &arrival, err) ||
	    !open_case(ask, &arrival, &file, &dues, err))
		return false;
	ask->object = arrival.number;
	int64_t due = value_when(json_array_get(dues, 0), "at");
	return mail_receipt(ask, &file, &arrival, due, err) &&
	       answer(ask, &file, &arrival, dues, ret, err);
}
