/* What a case says to the world, and whether it may be said. */
#include "core/when.h"
#include "desk/disclose.h"
#include "publish/publish.h"
#include "rules/embargo.h"
#include "rules/lines.h"

#include <sodium.h>

#define PLACE_FIX "fix.body"

/* A branch row in clear; the body's words become members beside the columns. */
static bool
open_fix(struct ask *ask, const struct casefile *file,
    const struct row_disclose_fixes *row, json_t **ret, struct err *err)
{
	json_t *body = NULL;
	if (!ask_unseal(ask, file->row.key_id, PLACE_FIX, file->row.id,
		row->body, &body, err))
		return err_in(err, "branch %s", row->line);
	value_set_text(body, "line", row->line);
	value_set_text(body, "disposition", row->disposition);
	value_set_bool(body, "required", row->required != 0);
	value_set_when(body, "due", row->due_at);
	value_set_when(body, "merged_at", row->merged_at);
	*ret = body;
	return true;
}

static bool
open_fixes(struct ask *ask, const struct casefile *file, json_t **ret,
    struct err *err)
{
	struct row_disclose_fixes *rows;
	size_t count;
	AUTO(value) json_t *list = json_array();
	if (!q_disclose_fixes(ask->db, ask->pass, ask->arena, file->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *fix = NULL;
		if (!open_fix(ask, file, &rows[i], &fix, err))
			return false;
		(void)json_array_append_new(list, fix);
	}
	*ret = json_incref(list);
	return true;
}

static bool
cves_of(struct ask *ask, int64_t case_id, json_t **ret, struct err *err)
{
	struct row_disclose_cves *rows;
	size_t count;
	if (!q_disclose_cves(
		ask->db, ask->arena, case_id, &rows, &count, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_string(rows[i].id));
	*ret = list;
	return true;
}

static bool
revisions_of(struct ask *ask, const struct casefile *file, int64_t at,
    json_t **ret, struct err *err)
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
	if (count == 0) {
		json_t *row = json_pack(
		    "{s:i, s:s}", "revision", 1, "why", "First publication");
		value_set_when(row, "at", at);
		(void)json_array_append_new(list, row);
	}
	*ret = list;
	return true;
}

json_t *
disclosure_project(const struct ask *ask)
{
	return publish_project(ask->house->settings, ask->house->policy);
}

static int64_t
planned_at(const struct ask *ask, const struct casefile *file)
{
	if (file->row.disclosed_at != 0)
		return file->row.disclosed_at;
	return file->row.embargo_ends_at != 0 ? file->row.embargo_ends_at
					      : ask->now;
}

static bool
make_document(struct ask *ask, int64_t at, struct disclosure *disclosure,
    struct err *err)
{
	const struct casefile *file = &disclosure->file;
	AUTO(value) json_t *facts = json_object();
	AUTO(value) json_t *project = disclosure_project(ask);
	json_t *cves = NULL, *revisions = NULL;
	if (at == 0)
		at = planned_at(ask, file);
	if (!open_fixes(ask, file, &disclosure->fixes, err) ||
	    !cves_of(ask, file->row.id, &cves, err))
		return false;
	value_set(facts, "cves", cves);
	if (!revisions_of(ask, file, at, &revisions, err))
		return false;
	value_set(facts, "revisions", revisions);
	value_set_text(facts, "number", file->row.number);
	value_set(facts, "body", json_incref(file->body));
	value_set(facts, "fixes", json_incref(disclosure->fixes));
	value_set_when(facts, "received_at", file->row.received_at);
	value_set_when(facts, "embargo_until", file->row.embargo_ends_at);
	value_set_when(facts, "disclosed_at", at);
	value_set_when(facts, "updated_at", at);
	disclosure->document = publish_document(facts, project);
	return true;
}

static void
make_digest(struct disclosure *disclosure)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	unsigned char hash[crypto_hash_sha256_BYTES];
	if (!publish_canon(disclosure->document, &text, &disclosure->fault))
		return;
	(void)crypto_hash_sha256(
	    hash, (const unsigned char *)buf_text(&text), text.len);
	(void)sodium_bin2hex(disclosure->digest, sizeof(disclosure->digest),
	    hash, sizeof(hash));
}

bool
disclosure_open(struct ask *ask, int64_t case_id, int64_t at,
    struct disclosure *ret, struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	if (!case_open_id(ask, case_id, &disclosure.file, err) ||
	    !make_document(ask, at, &disclosure, err))
		return false;
	make_digest(&disclosure);
	*ret = disclosure;
	disclosure = (struct disclosure){ 0 };
	return true;
}

void
disclosure_auto(struct disclosure *disclosure)
{
	casefile_auto(&disclosure->file);
	json_decref(disclosure->fixes);
	json_decref(disclosure->document);
	*disclosure = (struct disclosure){ 0 };
}

/* The check list --------------------------------------------------------- */

static void
check_add(json_t *list, const char *name, const char *label, bool good,
    const char *text, const char *repair)
{
	json_t *row = json_object();
	value_set_text(row, "name", name);
	value_set_text(row, "label", label);
	value_set_bool(row, "ok", good);
	value_set_bool(row, "blocks", true);
	value_set_text(row, "text", good ? "" : text);
	value_set_text(row, "repair", good ? "" : repair);
	(void)json_array_append_new(list, row);
}

static void
check_note(json_t *list, const char *name, const char *label, bool good,
    const char *text, const char *repair)
{
	check_add(list, name, label, good, text, repair);
	value_set_bool(json_array_get(list, json_array_size(list) - 1),
	    "blocks", false);
}

static void
check_texts(
    struct ask *ask, const struct disclosure *disclosure, json_t *list)
{
	const json_t *body = disclosure->file.body;
	const char *number = disclosure->file.row.number;
	const char *edit = ask_print(ask, "/desk/case/%s#texts", number);
	const char *score = ask_print(ask, "/desk/case/%s#severity", number);
	bool vector = value_text(body, "cvss31")[0] != '\0' ||
		      value_text(body, "cvss40")[0] != '\0';
	bool word = value_text(body, "severity")[0] != '\0';
	const json_t *must = ask_policy_value(ask, "score_required");
	check_add(list, "title", "Public title",
	    value_text(body, "title")[0] != '\0', "Write the public title.",
	    edit);
	check_add(list, "description", "Public description",
	    value_text(body, "description")[0] != '\0',
	    "Write the public description.", edit);
	check_add(list, "severity", "Severity",
	    vector || (word && !json_is_true(must)),
	    "Enter a CVSS vector, or the severity in a word.", score);
	check_add(list, "weakness", "Weakness",
	    value_text(disclosure->document, "cwe")[0] != '\0',
	    "Choose the weakness (CWE).", score);
}

static void
check_cve(struct ask *ask, const struct disclosure *disclosure, json_t *list)
{
	check_add(list, "cve", "CVE id",
	    json_array_size(json_object_get(disclosure->document, "cves")) > 0,
	    "Give the case a CVE id from the pool.",
	    ask_print(
		ask, "/desk/case/%s#cve", disclosure->file.row.number));
}

/* P-47: a name with consent, or anonymous by the reporter's own choice. */
static void
check_credit(
    struct ask *ask, const struct disclosure *disclosure, json_t *list)
{
	const json_t *credit =
	    json_object_get(disclosure->file.body, "credit");
	const char *choice = value_text(credit, "choice");
	bool named = strcmp(choice, "name") == 0 &&
		     value_text(credit, "name")[0] != '\0';
	check_add(list, "credit", "Credit",
	    named || strcmp(choice, "anonymous") == 0,
	    "The reporter has not said how to be credited; ask again.",
	    ask_print(
		ask, "/desk/case/%s#talk", disclosure->file.row.number));
}

static enum lines_kind
line_kind(const char *kind)
{
	if (strcmp(kind, "main") == 0)
		return LINES_MAIN;
	return strcmp(kind, "lts") == 0 ? LINES_LTS : LINES_STABLE;
}

static struct lines_branch
branch_of(const json_t *fix, bool supported)
{
	struct lines_branch branch = {
		.line = value_text(fix, "line"),
		.commit = value_text(fix, "commit"),
		.pr = value_text(fix, "pr"),
		.reason = value_text(fix, "reason"),
		.introduced = value_text(fix, "introduced"),
		.owner = value_text(fix, "owner"),
		.due_at = value_when(fix, "due"),
		.accepted_by = value_text(fix, "accepted_by"),
		.supported = supported,
	};
	if (!lines_disposition_find(
		str_of(value_text(fix, "disposition")), &branch.disposition))
		branch.disposition = LINES_EMPTY;
	return branch;
}

struct branches {
	struct lines_row *known; /* all dated rows */
	size_t known_count;
	struct lines_branch *said;
	size_t said_count;
	struct lines_row named[LINES_MAX]; /* required by the case itself */
	const struct lines_row *required[LINES_MAX + LINES_MAX];
	size_t required_count;
};

static bool
read_lines(struct ask *ask, struct branches *branches, struct err *err)
{
	struct row_disclose_lines *rows;
	size_t count;
	if (!q_disclose_lines(ask->db, ask->arena, &rows, &count, err))
		return false;
	branches->known =
	    arena_get(ask->arena, (count + 1) * sizeof(*branches->known));
	if (branches->known == NULL)
		return err_set(err, ERR_LIMIT, NULL, "too many release lines");
	for (size_t i = 0; i < count; i++)
		branches->known[i] = (struct lines_row){ rows[i].name,
			line_kind(rows[i].kind), rows[i].first_release_at,
			rows[i].eol_at, rows[i].valid_from, rows[i].valid_to };
	branches->known_count = count;
	return true;
}

/* Rows the case itself calls required: fixed on the day it landed (P-65). */
static void
require_named(const json_t *fixes, struct branches *branches)
{
	size_t i, named = 0;
	json_t *fix;
	json_array_foreach(fixes, i, fix)
	{
		if (!value_true(fix, "required") || named == LINES_MAX)
			continue;
		branches->named[named].name = value_text(fix, "line");
		branches->required[branches->required_count++] =
		    &branches->named[named++];
	}
}

static bool
read_branches(struct ask *ask, const struct disclosure *disclosure,
    struct branches *ret, struct err *err)
{
	size_t i;
	json_t *fix;
	const json_t *fixes = disclosure->fixes;
	if (!read_lines(ask, ret, err))
		return false;
	ret->said = arena_get(
	    ask->arena, (json_array_size(fixes) + 1) * sizeof(*ret->said));
	if (ret->said == NULL)
		return err_set(err, ERR_LIMIT, NULL, "too many branches");
	json_array_foreach(fixes, i, fix)
	{
		const struct lines_row *line =
		    lines_find(ret->known, ret->known_count,
			str_of(value_text(fix, "line")), ask->now);
		ret->said[ret->said_count++] = branch_of(
		    fix, line != NULL && lines_is_supported(line, ask->now));
	}
	require_named(fixes, ret);
	if (ret->required_count == 0)
		ret->required_count = lines_required(ret->known,
		    ret->known_count, ask->now, ret->required);
	return true;
}

static bool
check_branches(struct ask *ask, const struct disclosure *disclosure,
    json_t *list, struct err *err)
{
	struct branches *branches = arena_get(ask->arena, sizeof(*branches));
	struct err fault = { 0 };
	const char *repair = ask_print(
	    ask, "/desk/case/%s#branches", disclosure->file.row.number);
	if (branches == NULL)
		return err_set(err, ERR_LIMIT, NULL, "memory is short");
	if (!read_branches(ask, disclosure, branches, err))
		return false;
	bool any = branches->said_count > 0;
	bool good =
	    any && lines_check_all(branches->required, branches->required_count,
		       branches->said, branches->said_count, &fault);
	check_add(list, "branches", "Every branch has its disposition", good,
	    any ? ask_print(ask, "%s", fault.text)
		: "No release line has a row yet.",
	    repair);
	return true;
}

/* A fix without its first release leaves the affected range open. */
static void
check_tags(struct ask *ask, const struct disclosure *disclosure, json_t *list)
{
	const char *without = "";
	size_t i;
	json_t *fix;
	json_array_foreach(disclosure->fixes, i, fix)
	{
		bool fixed =
		    strcmp(value_text(fix, "disposition"), "fixed") == 0;
		if (fixed && value_text(fix, "tag")[0] == '\0')
			without = ask_print(ask, "%s%s%s", without,
			    without[0] == '\0' ? "" : ", ",
			    value_text(fix, "line"));
	}
	check_note(list, "tags", "First fixed release of every fix",
	    without[0] == '\0',
	    ask_print(ask,
		"No release tag yet on %s: its affected range stays open in "
		"all documents until the tag is recorded.",
		without),
	    ask_print(
		ask, "/desk/case/%s#branches", disclosure->file.row.number));
}

static bool
embargo_over(const struct ask *ask, const struct casefile *file)
{
	enum em em;
	return em_find(str_of(file->row.em), &em) &&
	       embargo_is_over(file->row.decided_at != 0, em,
		   file->row.embargo_ends_at, ask->now);
}

bool
disclosure_checks(struct ask *ask, const struct disclosure *disclosure,
    bool with_end, json_t **ret, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	const struct casefile *file = &disclosure->file;
	const char *number = file->row.number;
	const char *embargo = ask_print(ask, "/desk/case/%s#embargo", number);
	bool done = file->state == MACHINE_PUBLIC;
	check_texts(ask, disclosure, list);
	check_cve(ask, disclosure, list);
	if (!check_branches(ask, disclosure, list, err))
		return false;
	check_tags(ask, disclosure, list);
	check_credit(ask, disclosure, list);
	check_add(list, "state", "Fix merged, case accepted",
	    done || file->state == MACHINE_ACCEPTED,
	    "Move the case to Accepted once the fix is merged.",
	    ask_print(ask, "/desk/case/%s", number));
	if (!done)
		check_add(list, "decision", "Embargo decided",
		    file->row.decided_at != 0,
		    "Record the decision about the embargo.", embargo);
	if (!done && with_end)
		check_add(list, "embargo", "Embargo over",
		    embargo_over(ask, file),
		    "The embargo is in force; disclose at its end, or give "
		    "the reason for ending it early.",
		    embargo);
	check_add(list, "documents", "Every document can be made",
	    disclosure->fault.kind == ERR_NONE,
	    ask_print(ask, "%s", disclosure->fault.text),
	    ask_print(ask, "/desk/case/%s", number));
	*ret = json_incref(list);
	return true;
}

bool
disclosure_is_ready(const json_t *checks, const json_t **ret)
{
	size_t i;
	json_t *check;
	json_array_foreach(checks, i, check)
	{
		if (value_true(check, "ok") || !value_true(check, "blocks"))
			continue;
		if (ret != NULL)
			*ret = check;
		return false;
	}
	return true;
}

static bool
is_ok(const json_t *checks, const char *name)
{
	size_t i;
	json_t *check;
	json_array_foreach(checks, i, check)
	{
		if (strcmp(value_text(check, "name"), name) == 0)
			return value_true(check, "ok");
	}
	return true;
}

unsigned
disclosure_gate(const json_t *checks, bool early)
{
	unsigned have = 0;
	if (early || is_ok(checks, "embargo"))
		have |= MACHINE_BIT(MACHINE_NEED_EMBARGO_OVER);
	if (is_ok(checks, "branches"))
		have |= MACHINE_BIT(MACHINE_NEED_DISPOSITIONS);
	if (is_ok(checks, "credit"))
		have |= MACHINE_BIT(MACHINE_NEED_CREDIT);
	if (is_ok(checks, "documents"))
		have |= MACHINE_BIT(MACHINE_NEED_ADVISORY);
	return have;
}
