/* case.show and case.file: everything of one case the asker may see. */
#include "desk/case_show.h"

#include "desk/account.h"
#include "desk/attach.h"
#include "desk/case_parts.h"
#include "desk/fix.h"
#include "desk/reporter.h"
#include "rules/cs.h"
#include "rules/embargo.h"
#include "rules/vultron.h"

#include <sodium.h>
#include <string.h>

/* A larger file goes beside the answer, not in it. */
#define FILE_AS_TEXT (1u << 20)

/* Texts of the body a reader of SECTION_TEXT gets as they are. */
static const char *const texts[] = { "title", "description", "component",
	"impact", "workaround", "introduced", "backport_plan", "versions",
	"commit" };

/* Operations that have a form or page behind the case page. */
static const enum op_id forms[] = { OP_case_move, OP_case_edit, OP_case_note,
	OP_case_ask, OP_case_file, OP_cve_assign, OP_embargo_decide,
	OP_embargo_propose, OP_embargo_answer, OP_embargo_consent,
	OP_fact_record, OP_fact_correct, OP_exposure_set, OP_fix_set,
	OP_grant_set, OP_grant_end, OP_notice_check, OP_notice_send,
	OP_disclose_check, OP_disclose_approve, OP_disclose_run,
	OP_advisory_revise };

/* "case.move" is may.case_move, so that templates can name it. */
static json_t *
may_value(const struct ask *ask)
{
	json_t *may = json_object();
	for (size_t i = 0; i < COUNT(forms); i++) {
		char name[64];
		(void)snprintf(
		    name, sizeof(name), "%s", op_get(forms[i])->name);
		for (char *at = name; *at != '\0'; at++)
			if (*at == '.' || *at == '-')
				*at = '_';
		value_set_bool(may, name,
		    access_may(ask->actor, forms[i], ask->subject.state,
			ask->subject.relations));
	}
	return may;
}

static json_t *
embargo_value(const struct ask *ask, const struct casefile *file)
{
	const struct row_case_by_number *row = &file->row;
	enum em em = EM_NONE;
	if (!em_find(str_of(row->em), &em))
		em = EM_NONE;
	bool public = file->state == MACHINE_PUBLIC;
	json_t *value = json_object();
	value_set_text(value, "em", em_name(em));
	value_set_text(value, "label", em_label(em));
	value_set_bool(
	    value, "on", embargo_is_on(row->decided_at != 0, em, public));
	value_set_bool(value, "decided", row->decided_at != 0);
	value_set_bool(value, "in_force", em_in_force(em));
	value_set_bool(value, "overdue",
	    !public && embargo_is_overdue(em, row->embargo_ends_at, ask->now));
	value_set_int(value, "number", row->embargo_number);
	value_set_when(value, "ends_at", row->embargo_ends_at);
	value_set_text(value, "pxa", row->pxa);
	return value;
}

static bool
ids_value(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_cve_get *rows;
	size_t count;
	if (!q_cve_of_case(
		ask->db, ask->arena, file->row.id, &rows, &count, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s}", "cve", rows[i].id, "state",
			      rows[i].state));
	*ret = list;
	return true;
}

static void
show_instants(const struct casefile *file, json_t *value)
{
	const struct row_case_by_number *row = &file->row;
	value_set_when(value, "received_at", row->received_at);
	value_set_when(value, "acknowledged_at", row->acknowledged_at);
	value_set_when(value, "analysed_at", row->analysed_at);
	value_set_when(value, "decided_at", row->decided_at);
	value_set_when(value, "fix_public_at", row->fix_public_at);
	value_set_when(value, "fix_available_at", row->fix_available_at);
	value_set_when(value, "disclosed_at", row->disclosed_at);
	value_set_when(value, "changed_at", row->changed_at);
}

/* Where the case stands, as one line of six. */
static json_t *
way_value(enum machine_state state)
{
	static const enum machine_state way[] = { MACHINE_NEW, MACHINE_TRIAGE,
		MACHINE_ASSIGNED, MACHINE_REVIEW, MACHINE_ACCEPTED,
		MACHINE_PUBLIC };
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(way) && state != MACHINE_REJECTED; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:b}", "name",
			      machine_name(way[i]), "label",
			      machine_label(way[i]), "now", way[i] == state));
	return list;
}

static json_t *
rejection_value(struct ask *ask, const struct casefile *file, const char *key)
{
	json_t *stored = json_object_get(file->body, key);
	if (!json_is_object(stored))
		return json_null();
	json_t *value = json_copy(stored);
	value_set_text(
	    value, "name", account_name(ask, value_int(stored, "by", 0)));
	value_set_text(value, "first_name",
	    account_name(ask, value_int(stored, "first", 0)));
	value_set_bool(value, "mine",
	    value_int(stored, "by", 0) == ask->actor->account_id);
	return value;
}

/* What is due next; NULL when nothing is. */
static json_t *
first_open(const json_t *deadlines)
{
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)(uintptr_t)deadlines, i, row)
	{
		if (!value_true(row, "done"))
			return row;
	}
	return NULL;
}

static bool
show_state(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	const struct row_case_by_number *row = &file->row;
	json_t *ids, *deadlines;
	enum rm rm = RM_START;
	if (!ids_value(ask, file, &ids, err))
		return false;
	value_set(value, "cves", ids);
	if (!case_deadlines(ask, file, &deadlines, err))
		return false;
	value_set(value, "due", json_incref(first_open(deadlines)));
	value_set(value, "deadlines", deadlines);
	value_set_text(value, "state", machine_name(file->state));
	value_set_text(value, "label", machine_label(file->state));
	value_set(value, "way", way_value(file->state));
	value_set(value, "next", case_steps(ask, file));
	if (rm_find(str_of(row->rm), &rm))
		value_set_text(value, "rm", rm_label(rm));
	value_set_text(value, "channel", row->channel);
	value_set_text(value, "content_hash", row->content_hash);
	value_set_text(value, "priority", value_text(file->body, "priority"));
	value_set_text(value, "domain", value_text(file->body, "domain"));
	value_set_text(
	    value, "duplicate_of", value_text(file->body, "duplicate_of"));
	value_set(value, "duplicates",
	    json_incref(json_object_get(file->body, "duplicates")));
	value_set(value, "reject", rejection_value(ask, file, "reject"));
	value_set(value, "rejection", rejection_value(ask, file, "rejection"));
	show_instants(file, value);
	return true;
}

static void
show_texts(const struct casefile *file, json_t *value)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		value_set_text(
		    value, texts[i], value_text(file->body, texts[i]));
	value_set(value, "severity", case_severity(file->body));
	value_set(value, "cwe", case_weakness(file->body));
}

/* The address is for those who talk with the reporter (I-30). */
static void
hide_contact(json_t *value)
{
	json_t *report = json_copy(json_object_get(value, "report"));
	(void)json_object_del(report, "contact");
	value_set(value, "report", report);
}

static bool
show_report(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	static const char *const kept[] = { "report", "credit",
		"needs_information", "exploited", "capped", "paused" };
	bool fresh =
	    file->state == MACHINE_NEW || file->state == MACHINE_TRIAGE;
	json_t *alike = json_array();
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set(value, kept[i],
		    json_incref(json_object_get(file->body, kept[i])));
	hide_contact(value);
	if (fresh) {
		json_decref(alike);
		if (!case_alike(ask, file, &alike, err))
			return false;
	}
	value_set(value, "alike", alike);
	return true;
}

static bool
show_talk(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	json_t *talk;
	if (!case_events(ask, file, true, &talk, err))
		return false;
	value_set(value, "talk", talk);
	value_set(value, "reporter",
	    json_incref(json_object_get(file->body, "reporter")));
	value_set_bool(value, "asked", report_is_asked(file));
	value_set_when(value, "asked_at", value_when(file->body, "asked_at"));
	return true;
}

static bool
show_notes(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	json_t *events;
	if (!case_events(ask, file, false, &events, err))
		return false;
	value_set(value, "events", events);
	return true;
}

/* The policy's replies as the reporter would read them (I-20). */
static json_t *
replies_value(struct ask *ask, const char *number)
{
	json_t *list = json_array();
	size_t i;
	json_t *row;
	json_array_foreach(
	    (json_t *)(uintptr_t)ask_policy_value(ask, "replies"), i, row)
	{
		const char *name = value_text(row, "name");
		if (strcmp(name, "receipt") == 0)
			continue;
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s}", "name", name, "title",
			      value_text(row, "title"), "text",
			      report_canned(ask, name, number, 0)));
	}
	return list;
}

/* What the forms choose from: people, areas, replies, the non-issue list. */
static bool
show_choices(
    struct ask *ask, const char *number, json_t *value, struct err *err)
{
	static const char *const lists[] = { "areas", "non_issues" };
	struct row_account_by_id *rows;
	size_t count;
	json_t *people = json_array();
	value_set(value, "people", people);
	if (!q_account_list(ask->db, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool works = strstr(rows[i].roles, "team") != NULL ||
			     strstr(rows[i].roles, "maintainer") != NULL;
		if (works && strcmp(rows[i].state, "active") == 0)
			(void)json_array_append_new(
			    people, json_pack("{s:I, s:s}", "account",
					(json_int_t)rows[i].id, "name",
					account_name(ask, rows[i].id)));
	}
	for (size_t i = 0; i < COUNT(lists); i++)
		value_set(value, lists[i],
		    json_incref(
			(json_t *)(uintptr_t)ask_policy_value(ask, lists[i])));
	value_set(value, "replies", replies_value(ask, number));
	return true;
}

/* Letters from the branch rows and facts (V-30). */
static bool
find_letters(struct ask *ask, const struct casefile *file, unsigned *ret,
    struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	if (!fix_list(ask, file, &fixes, err))
		return false;
	*ret = fix_summary(&fixes, file).state;
	return true;
}

/* Advice about embargoes that does not fit the present one is left out. */
static bool
is_apt(const struct cs_action *action, enum em em)
{
	bool stands = em == EM_PROPOSED || em_in_force(em);
	if (strcmp(action->name, "end-embargo") == 0)
		return stands;
	if (strcmp(action->name, "watch") == 0)
		return em_in_force(em);
	return strcmp(action->name, "negotiate") != 0 || !em_in_force(em);
}

/* What the protocol says to do next (V-32). */
static bool
show_actions(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	const struct cs_action *actions[CS_ACTIONS];
	unsigned state;
	char letters[CS_TEXT];
	enum em em = EM_NONE;
	json_t *list = json_array();
	value_set(value, "actions", list);
	if (!em_find(str_of(file->row.em), &em))
		em = EM_NONE;
	if (!find_letters(ask, file, &state, err))
		return false;
	value_set_text(value, "letters", cs_print(state, letters));
	if (file->state == MACHINE_REJECTED)
		return true;
	size_t count = cs_next(state, CS_VENDOR, actions);
	for (size_t i = 0; i < count; i++)
		if (is_apt(actions[i], em))
			(void)json_array_append_new(list,
			    json_pack("{s:s, s:s, s:s}", "name",
				actions[i]->name, "text", actions[i]->text,
				"why", actions[i]->reason));
	return true;
}

static void
show_fix_head(struct ask *ask, const struct casefile *file, json_t *value)
{
	int64_t assignee = file->row.assignee_id;
	const char *pr = value_text(file->body, "pr");
	const char *slash = strrchr(pr, '/');
	value_set_text(value, "pr", pr);
	value_set_text(value, "pr_name", slash == NULL ? pr : slash + 1);
	value_set(value, "assignee", NULL);
	if (assignee != 0)
		value_set(value, "assignee",
		    json_pack("{s:I, s:s}", "account", (json_int_t)assignee,
			"name", account_name(ask, assignee)));
}

static bool
show_own(struct ask *ask, const struct casefile *file, unsigned seen,
    json_t *value, struct err *err)
{
	value_set_text(value, "number", file->row.number);
	value_set_int(value, "revision", file->row.revision);
	value_set(value, "may", may_value(ask));
	value_set(value, "embargo", embargo_value(ask, file));
	if ((seen & SECTION_TEXT) != 0)
		show_texts(file, value);
	if ((seen & SECTION_FIX) != 0)
		show_fix_head(ask, file, value);
	if ((seen & SECTION_TALK) != 0 &&
	    !case_show_reporter(ask, file, value, err))
		return false;
	return ((seen & SECTION_STATE) == 0 ||
		   show_state(ask, file, value, err)) &&
	       ((seen & SECTION_REPORT) == 0 ||
		   show_report(ask, file, value, err)) &&
	       ((seen & SECTION_TALK) == 0 ||
		   show_talk(ask, file, value, err)) &&
	       ((seen & SECTION_NOTES) == 0 ||
		   (show_notes(ask, file, value, err) &&
		       show_actions(ask, file, value, err) &&
		       show_choices(ask, file->row.number, value, err)));
}

bool
do_case_show(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *value = json_object();
	unsigned seen = access_sections(ask->actor, ask->subject.relations);
	if (!case_open(ask, &file, err) ||
	    !show_own(ask, &file, seen, value, err))
		return false;
	if (((seen & SECTION_PEOPLE) != 0 &&
		(!case_show_embargo(ask, &file, value, err) ||
		    !case_show_makers(ask, &file, value, err))) ||
	    ((seen & SECTION_FIX) != 0 &&
		!case_show_fixes(ask, &file, value, err)) ||
	    ((seen & SECTION_DOCUMENTS) != 0 &&
		!case_show_disclosure(ask, &file, value, err)))
		return false;
	*ret = json_incref(value);
	return true;
}

/* The name a file was sent under. */
static const char *
file_name(const struct casefile *file, int64_t id)
{
	const json_t *report = json_object_get(file->body, "report");
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(report, "files"), i, row)
	{
		if (value_int(row, "id", 0) == id)
			return value_text(row, "name");
	}
	return "file";
}

bool
do_case_file(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(buf) struct buf bytes = BUF(LIMIT_UPLOAD_FILE);
	int64_t id = ask_int(ask, "file", 0);
	if (!case_open(ask, &file, err) ||
	    !attach_read(ask, file.row.id, file.row.key_id, id, &bytes, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "name", file_name(&file, id), "size",
	    (json_int_t)bytes.len);
	if (bytes.len > FILE_AS_TEXT)
		return attach_hand(ask, &bytes, err);
	size_t room = sodium_base64_ENCODED_LEN(
	    bytes.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_get(ask->arena, room);
	if (text == NULL)
		return err_set(
		    err, ERR_LIMIT, "file", "the file is too large to show");
	(void)sodium_bin2base64(text, room,
	    (const unsigned char *)buf_text(&bytes), bytes.len,
	    sodium_base64_VARIANT_ORIGINAL);
	value_set_text(*ret, "base64", text);
	return true;
}
