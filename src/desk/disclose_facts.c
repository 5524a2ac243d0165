/* What a case says to the world, and whether it may be said. */
#include "core/when.h"
#include "desk/disclose.h"
#include "desk/fix.h"
#include "publish/publish.h"
#include "rules/embargo.h"

#include <sodium.h>

/* A branch row in clear; the body's words become members beside the columns. */
static json_t *
fix_value(const struct fix *fix, const struct line_book *book, int64_t now)
{
	const struct row_line_all *line = line_at(book, fix->row.line, now);
	json_t *value = json_copy(fix->body);
	value_set_text(value, "line", fix->row.line);
	value_set_text(value, "kind", line == NULL ? "" : line->kind);
	value_set_text(value, "disposition", fix->row.disposition);
	return value;
}

static bool
open_fixes(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	struct line_book book;
	if (!fix_list(ask, file, &fixes, err) || !line_book(ask, &book, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < fixes.count; i++)
		if (fixes.rows[i].row.disposition[0] != '\0')
			(void)json_array_append_new(
			    list, fix_value(&fixes.rows[i], &book, ask->now));
	*ret = list;
	return true;
}

static bool
cves_of(struct ask *ask, int64_t case_id, json_t **ret, struct err *err)
{
	struct row_disclose_cves *rows;
	size_t count;
	if (!q_disclose_cves(ask->db, ask->arena, case_id, &rows, &count, err))
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
make_document(
    struct ask *ask, int64_t at, struct disclosure *disclosure, struct err *err)
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
	(void)sodium_bin2hex(
	    disclosure->digest, sizeof(disclosure->digest), hash, sizeof(hash));
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
	value_set_bool(
	    json_array_get(list, json_array_size(list) - 1), "blocks", false);
}

static void
check_texts(struct ask *ask, const struct disclosure *disclosure, json_t *list)
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
	    ask_print(ask, "/desk/case/%s#cve", disclosure->file.row.number));
}

/* P-47: a name with consent, or anonymous by the reporter's own choice. */
static void
check_credit(struct ask *ask, const struct disclosure *disclosure, json_t *list)
{
	const json_t *credit = json_object_get(disclosure->file.body, "credit");
	const char *choice = value_text(credit, "choice");
	bool named = strcmp(choice, "name") == 0 &&
		     value_text(credit, "name")[0] != '\0';
	check_add(list, "credit", "Credit",
	    named || strcmp(choice, "anonymous") == 0,
	    "The reporter has not said how to be credited; ask again.",
	    ask_print(ask, "/desk/case/%s#talk", disclosure->file.row.number));
}

/* Every required line says what becomes of it (P-35). */
static bool
check_branches(struct ask *ask, const struct disclosure *disclosure,
    json_t *list, struct err *err)
{
	struct err fault = { 0 };
	bool good = fix_check_all(ask, &disclosure->file, &fault);
	if (!good && fault.kind != ERR_INVALID) {
		*err = fault;
		return false;
	}
	check_add(list, "branches", "Every branch has its disposition", good,
	    ask_print(ask, "%s", fault.text),
	    ask_print(
		ask, "/desk/case/%s#branches", disclosure->file.row.number));
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
		const char *word = value_text(fix, "disposition");
		bool fixed =
		    strcmp(word, "fixed") == 0 || strcmp(word, "merged") == 0;
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
