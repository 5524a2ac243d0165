/* Looking at what would be published, approving it, and starting the act. */
#include "desk/disclose.h"

#include "core/when.h"
#include "desk/account.h"
#include "publish/publish.h"
#include "rules/embargo.h"

#define READY_MOST 500

/* What people see of one case ---------------------------------------------- */

static bool
approvals_value(struct ask *ask, const struct disclosure *disclosure,
    json_t *value, struct err *err)
{
	struct row_approval_list *rows;
	size_t count;
	if (!q_approval_list(ask->db, ask->arena, disclosure->file.row.id,
		&rows, &count, err))
		return false;
	json_t *list = json_array();
	value_set(value, "approvals", list);
	value_set(value, "approved", NULL);
	for (size_t i = 0; i < count; i++) {
		bool valid = strcmp(rows[i].digest, disclosure->digest) == 0;
		json_t *row = json_pack("{s:s, s:s, s:b}", "by",
		    account_name(ask, rows[i].actor_id), "digest",
		    rows[i].digest, "valid", valid);
		value_set_when(row, "at", rows[i].at);
		(void)json_array_append_new(list, row);
		if (valid)
			value_set(value, "approved", json_incref(row));
	}
	return true;
}

static bool
waiting_value(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct row_act_item_open *rows;
	size_t count;
	if (!q_act_item_open(
		ask->db, ask->arena, file->row.id, &rows, &count, err))
		return false;
	value_set(value, "waiting", NULL);
	if (count == 0)
		return true;
	bool end =
	    em_in_force(EM_ACTIVE) && rows[0].began_at == 0 &&
	    (strcmp(file->row.em, "A") == 0 || strcmp(file->row.em, "R") == 0);
	json_t *row = json_object();
	value_set_when(row, "due_at",
	    end && file->row.embargo_ends_at > rows[0].due_at
		? file->row.embargo_ends_at
		: rows[0].due_at);
	value_set_when(row, "began_at", rows[0].began_at);
	value_set_text(row, "error", rows[0].error);
	value_set(value, "waiting", row);
	return true;
}

static bool
revisions_value(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct row_advisory_revisions *rows;
	size_t count;
	if (!q_advisory_revisions(
		ask->db, ask->arena, file->row.id, &rows, &count, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack("{s:I, s:s}", "revision",
		    (json_int_t)rows[i].revision, "why", rows[i].why);
		value_set_when(row, "at", rows[i].published_at);
		(void)json_array_append_new(list, row);
	}
	value_set(value, "advisories", list);
	return true;
}

/* Does the published revision say something else than the case now (P-66)? */
static bool
differs(struct ask *ask, const struct disclosure *disclosure, bool *ret,
    struct err *err)
{
	struct row_advisory_newest row;
	struct err fault = { 0 };
	AUTO(value) json_t *document = NULL;
	*ret = false;
	if (!q_advisory_newest(
		ask->db, ask->arena, disclosure->file.row.id, &row, &fault)) {
		if (fault.kind == ERR_MISSING)
			return true;
		*err = fault;
		return false;
	}
	if (!site_document(row.value, &document, err))
		return false;
	AUTO(buf) struct buf was = BUF(LIMIT_DOCUMENT);
	AUTO(buf) struct buf is = BUF(LIMIT_DOCUMENT);
	if (!publish_canon(document, &was, err))
		return false;
	if (!publish_canon(disclosure->document, &is, &fault))
		return true;
	*ret = strcmp(buf_text(&was), buf_text(&is)) != 0;
	return true;
}

static void
next_value(const struct disclosure *disclosure, bool ready, bool early,
    bool changed, json_t *value)
{
	bool approved = json_is_object(json_object_get(value, "approved"));
	bool waits = json_is_object(json_object_get(value, "waiting"));
	bool accepted = disclosure->file.state == MACHINE_ACCEPTED;
	json_t *next = json_object();
	value_set_bool(next, "approve",
	    accepted && !approved && disclosure->digest[0] != '\0');
	value_set_bool(next, "run", accepted && ready && approved && !waits);
	value_set_bool(next, "early", early);
	value_set_bool(
	    next, "revise", changed && disclosure->fault.kind == ERR_NONE);
	value_set(value, "next", next);
	value_set_bool(value, "ready", ready);
	value_set_bool(value, "changed", changed);
}

static void
head_value(const struct disclosure *disclosure, json_t *value)
{
	const struct casefile *file = &disclosure->file;
	value_set_text(value, "number", file->row.number);
	value_set_text(value, "title", value_text(file->body, "title"));
	value_set_text(value, "state", machine_name(file->state));
	value_set_text(value, "state_label", machine_label(file->state));
	value_set(value, "cves",
	    json_incref(json_object_get(disclosure->document, "cves")));
	value_set_text(value, "digest", disclosure->digest);
	value_set_when(value, "ends_at", file->row.embargo_ends_at);
	value_set_when(value, "disclosed_at", file->row.disclosed_at);
}

/* Checks, approvals and what may be done next; no documents. */
static bool
status_value(struct ask *ask, const struct disclosure *disclosure,
    json_t *value, struct err *err)
{
	json_t *checks = NULL;
	bool changed;
	const json_t *wrong = NULL;
	head_value(disclosure, value);
	if (!disclosure_checks(ask, disclosure, false, &checks, err))
		return false;
	value_set(value, "checks", checks);
	if (!approvals_value(ask, disclosure, value, err) ||
	    !waiting_value(ask, &disclosure->file, value, err) ||
	    !revisions_value(ask, &disclosure->file, value, err) ||
	    !differs(ask, disclosure, &changed, err))
		return false;
	int64_t ends = disclosure->file.row.embargo_ends_at;
	bool early = (strcmp(disclosure->file.row.em, "A") == 0 ||
			 strcmp(disclosure->file.row.em, "R") == 0) &&
		     ends > ask->now;
	next_value(disclosure, disclosure_is_ready(checks, &wrong), early,
	    changed, value);
	if (wrong != NULL)
		value_set_text(value, "missing", value_text(wrong, "label"));
	return true;
}

bool
disclosure_status(
    struct ask *ask, int64_t case_id, json_t *value, struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	return disclosure_open(ask, case_id, 0, &disclosure, err) &&
	       status_value(ask, &disclosure, value, err);
}

bool
do_disclose_check(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	AUTO(value) json_t *value = json_object();
	json_t *documents = NULL;
	struct err fault = { 0 };
	if (!disclosure_open(ask, ask->subject.id, 0, &disclosure, err) ||
	    !status_value(ask, &disclosure, value, err))
		return false;
	if (disclosure.fault.kind == ERR_NONE &&
	    publish_documents(disclosure.document, &documents, &fault))
		value_set(value, "documents", documents);
	else
		value_set(value, "documents", json_array());
	json_t *advisory = NULL;
	if (disclosure.fault.kind == ERR_NONE &&
	    publish_stored(disclosure.document, &advisory, &fault))
		(void)json_object_del(advisory, "document");
	value_set(value, "advisory", advisory);
	*ret = json_incref(value);
	return true;
}

bool
do_disclose_approve(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	AUTO(value) json_t *body = json_object();
	int64_t count;
	if (!disclosure_open(ask, ask->subject.id, 0, &disclosure, err))
		return false;
	if (disclosure.digest[0] == '\0')
		return err_set(err, ERR_INVALID, "digest",
		    "the documents cannot be made yet: %s",
		    disclosure.fault.text);
	if (strcmp(ask_text(ask, "digest"), disclosure.digest) != 0)
		return err_set(err, ERR_CONFLICT, "digest",
		    "these are not the documents as they stand now; look at "
		    "them again and approve what you see");
	if (!q_approval_insert(ask->db, ask->subject.id, disclosure.digest,
		ask->actor->account_id, ask->now, &count, err))
		return false;
	value_set_text(body, "text", "Documents approved for disclosure.");
	value_set_text(body, "digest", disclosure.digest);
	if (count > 0 &&
	    !case_tell(ask, &disclosure.file, "approved", "team", body, err))
		return false;
	*ret = json_pack("{s:s, s:s}", "number", disclosure.file.row.number,
	    "digest", disclosure.digest);
	return true;
}

/* Starting the act ------------------------------------------------------- */

struct start {
	int64_t act_id;
	const char *kind; /* now, end, early */
	const char *reason;
	json_t *items;
};

static bool
check_start(
    struct ask *ask, const struct disclosure *disclosure, struct err *err)
{
	AUTO(value) json_t *checks = NULL;
	const json_t *wrong = NULL;
	struct row_approval_find approval;
	const char *number = disclosure->file.row.number;
	struct err fault = { 0 };
	if (!disclosure_checks(ask, disclosure, false, &checks, err))
		return false;
	if (disclosure->file.state == MACHINE_PUBLIC)
		return err_set(
		    err, ERR_CONFLICT, "cases", "%s is public already", number);
	if (!disclosure_is_ready(checks, &wrong))
		return err_set(err, ERR_INVALID, "cases", "%s: %s: %s", number,
		    value_text(wrong, "label"), value_text(wrong, "text"));
	if (!q_approval_find(ask->db, ask->arena, disclosure->file.row.id,
		disclosure->digest, &approval, &fault))
		return err_set(err, ERR_INVALID, "cases",
		    "%s: its documents as they stand now are not approved; "
		    "look at them and approve them first",
		    number);
	return true;
}

/* "early" when a reason for ending an embargo in force is needed. */
static bool
choose_kind(struct ask *ask, const struct casefile *file, bool at_end,
    struct start *start, struct err *err)
{
	enum em em;
	bool running = em_find(str_of(file->row.em), &em) && em_in_force(em) &&
		       file->row.embargo_ends_at > ask->now;
	if (at_end || !running)
		return true;
	if (start->reason[0] == '\0')
		return err_set(err, ERR_INVALID, "reason",
		    "the embargo of %s is in force; give the reason for "
		    "ending it early, or disclose at its end",
		    file->row.number);
	start->kind = "early";
	return true;
}

static bool
put_item(struct ask *ask, const struct disclosure *disclosure,
    const struct start *start, bool at_end, struct err *err)
{
	const struct casefile *file = &disclosure->file;
	AUTO(value) json_t *body = json_object();
	int64_t count;
	int64_t due = ask->now;
	if (at_end && file->row.embargo_ends_at > due)
		due = file->row.embargo_ends_at;
	value_set_text(body, "text",
	    at_end ? "Disclosure planned for the end of the embargo."
		   : "Disclosure ordered for now.");
	value_set_text(body, "reason", start->reason);
	value_set_when(body, "due_at", due);
	json_t *item = json_pack("{s:s}", "number", file->row.number);
	value_set_when(item, "due_at", due);
	(void)json_array_append_new(start->items, item);
	return q_act_item_replace(ask->db, file->row.id, &count, err) &&
	       q_act_item_insert(ask->db, start->act_id, file->row.id, due, 0,
		   disclosure->digest, &count, err) &&
	       case_tell(ask, file, "planned", "team", body, err);
}

static bool
add_case(struct ask *ask, const char *number, struct start *start, bool at_end,
    struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	struct row_case_by_number row;
	struct row_act_item_open *open;
	size_t count;
	if (!q_case_by_number(
		ask->db, ask->pass, ask->arena, number, &row, err))
		return err_set(
		    err, ERR_MISSING, "cases", "there is no case %s", number);
	if (!q_act_item_open(ask->db, ask->arena, row.id, &open, &count, err))
		return false;
	if (count > 0 && open[0].began_at != 0)
		return err_set(err, ERR_CONFLICT, "cases",
		    "%s is being disclosed already", number);
	return disclosure_open(ask, row.id, 0, &disclosure, err) &&
	       check_start(ask, &disclosure, err) &&
	       choose_kind(ask, &disclosure.file, at_end, start, err) &&
	       put_item(ask, &disclosure, start, at_end, err);
}

static bool
is_listed_twice(const json_t *cases, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (json_equal(
			json_array_get(cases, i), json_array_get(cases, at)))
			return true;
	return false;
}

bool
do_disclose_run(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *items = json_array();
	bool at_end = strcmp(ask_text(ask, "when"), "now") != 0;
	const json_t *cases = json_object_get(ask->args, "cases");
	struct start start = { .act_id = db_id_new(),
		.kind = at_end ? "end" : "now",
		.reason = ask_text(ask, "reason"),
		.items = items };
	int64_t count;
	size_t i;
	json_t *number;
	json_array_foreach(cases, i, number)
	{
		if (!is_listed_twice(cases, i) &&
		    !add_case(
			ask, json_string_value(number), &start, at_end, err))
			return false;
	}
	ask->object = ask_print(ask, "act:%lld", (long long)start.act_id);
	if (!q_act_insert(ask->db, start.act_id, start.kind, ask->now,
		ask->actor->account_id, &count, err))
		return false;
	*ret = json_pack("{s:I, s:s, s:O}", "act", (json_int_t)start.act_id,
	    "kind", start.kind, "items", items);
	return true;
}

/* A new revision (P-66) ---------------------------------------------------- */

static bool
revise_document(struct ask *ask, const struct disclosure *disclosure,
    int64_t revision, struct err *err)
{
	AUTO(value) json_t *value = NULL;
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	json_t *document = disclosure->document;
	const char *why = ask_text(ask, "why");
	int64_t count;
	json_t *row = json_pack(
	    "{s:I, s:s}", "revision", (json_int_t)revision, "why", why);
	value_set_when(row, "at", ask->now);
	(void)json_array_append_new(
	    json_object_get(document, "revisions"), row);
	value_set_when(document, "updated_at", ask->now);
	if (!publish_stored(document, &value, err))
		return false;
	value_print(&text, value);
	return (!text.failed ||
		   err_set(err, ERR_LIMIT, NULL, "the advisory is too long")) &&
	       q_advisory_insert(ask->db, disclosure->file.row.id, revision,
		   disclosure->file.row.revision, ask->now, why,
		   buf_text(&text), &count, err);
}

static bool
start_revision(
    struct ask *ask, const struct disclosure *disclosure, struct err *err)
{
	int64_t act_id = db_id_new();
	int64_t count;
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text", ask_text(ask, "why"));
	return q_act_insert(ask->db, act_id, "revise", ask->now,
		   ask->actor->account_id, &count, err) &&
	       q_act_item_insert(ask->db, act_id, disclosure->file.row.id,
		   ask->now, ask->now, disclosure->digest, &count, err) &&
	       case_tell(ask, &disclosure->file, "revised", "all", body, err);
}

bool
do_advisory_revise(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	struct row_advisory_newest newest;
	bool changed;
	if (!disclosure_open(ask, ask->subject.id, 0, &disclosure, err) ||
	    !q_advisory_newest(
		ask->db, ask->arena, ask->subject.id, &newest, err) ||
	    !differs(ask, &disclosure, &changed, err))
		return false;
	if (disclosure.fault.kind != ERR_NONE)
		return err_set(err, ERR_INVALID, disclosure.fault.field,
		    "the documents cannot be made: %s", disclosure.fault.text);
	if (!changed)
		return err_set(err, ERR_CONFLICT, "case",
		    "nothing changed since revision %lld was published",
		    (long long)newest.revision);
	if (!revise_document(ask, &disclosure, newest.revision + 1, err) ||
	    !start_revision(ask, &disclosure, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "number", disclosure.file.row.number,
	    "revision", (json_int_t)newest.revision + 1);
	return true;
}
