/*
 * advisory.import: a vulnerability that was public before Forewarn was asked.
 * It becomes a closed case with the facts given, and its advisory is published
 * by an act of its own, with its own date. Nothing of it was ever under
 * embargo here, so nobody is written to.
 */
#include "core/num.h"
#include "core/when.h"
#include "desk/disclose.h"
#include "desk/fix.h"
#include "publish/publish.h"
#include "rules/embargo.h"
#include "rules/vultron.h"

#include <string.h>

#define PLACE_BODY "cases.body"
#define WHY "Public before; taken over with its own date"

struct import {
	int64_t id;
	int64_t published_at;
	const char *number;
};

/* The id must be new here, or lie in the pool. */
static bool
take_cve(struct ask *ask, const struct import *import, struct err *err)
{
	struct row_cve_get row;
	struct err fault = { 0 };
	const char *id = ask_text(ask, "cve");
	int64_t year, serial, count;
	bool there = q_cve_get(ask->db, ask->arena, id, &row, &fault);
	if (!there && fault.kind != ERR_MISSING)
		return err_set(err, fault.kind, NULL, "%s", fault.text);
	if (there && strcmp(row.state, "available") != 0)
		return err_set(err, ERR_CONFLICT, "cve",
		    "%s is known here already: it is %s", id, row.state);
	if (!num_digits((struct str){ id + 4, 4 }, 4, &year) ||
	    !num_digits((struct str){ id + 9, strlen(id + 9) }, strlen(id + 9),
		&serial))
		return err_set(err, ERR_INVALID, "cve",
		    "cve: a CVE id such as CVE-2026-12345 is expected");
	return (there || q_cve_insert(ask->db, id, year, serial, ask->now,
			     &count, err)) &&
	       q_cve_move(ask->db, id, "available", "published", import->id,
		   import->published_at, &count, err);
}

static bool
give_number(struct ask *ask, struct import *import, struct err *err)
{
	const char *prefix = ask_policy(ask, "cna.id_prefix");
	int year = when_year(import->published_at);
	int64_t serial;
	if (!ask_count(ask, ask_print(ask, "case:%d", year), &serial, err))
		return false;
	import->number = ask_print(ask, "%s-%d-%04lld",
	    prefix[0] == '\0' ? "FW" : prefix, year, (long long)serial);
	return true;
}

static json_t *
body_of(struct ask *ask)
{
	static const char *const texts[] = { "title", "component",
		"description", "cvss31", "introduced", "reference" };
	json_t *body = json_object();
	for (size_t i = 0; i < COUNT(texts); i++)
		value_set_text(body, texts[i], ask_text(ask, texts[i]));
	if (ask_has(ask, "cwe"))
		value_set_int(body, "cwe", ask_int(ask, "cwe", 0));
	value_set(body, "credit", json_pack("{s:s}", "choice", "anonymous"));
	value_set_bool(body, "imported", true);
	value_set_bool(body, "lines_settled", true);
	return body;
}

static bool
insert(struct ask *ask, struct import *import, struct err *err)
{
	AUTO(value) json_t *body = body_of(ask);
	struct str sealed;
	char pxa[CS_TEXT];
	int64_t key_id, count;
	return vault_key_new(ask->vault, "case", ask->now, &key_id, err) &&
	       ask_seal(
		   ask, key_id, PLACE_BODY, import->id, body, &sealed, err) &&
	       q_case_insert(ask->db, ask->pass, import->id, import->number,
		   machine_name(MACHINE_PUBLIC), rm_name(RM_CLOSED), "import",
		   key_id, sealed, "", (struct str){ NULL, 0 },
		   import->published_at, em_name(EM_NONE), 0,
		   cs_print_pxa(CS_P, pxa), &count, err);
}

/* One branch row says where the fix came first. */
static bool
put_fix(struct ask *ask, const struct import *import,
    const struct casefile *file, struct err *err)
{
	AUTO(value) json_t *body = json_object();
	const char *line = ask_text(ask, "line");
	value_set_text(body, "tag", ask_text(ask, "fixed"));
	const struct fix fix = {
		.row = { .line = line[0] == '\0' ? "main" : line,
		    .disposition = "fixed",
		    .required = 1,
		    .merged_at = import->published_at,
		    .released_at = import->published_at },
		.body = body,
	};
	return fix_save(ask, file, &fix, err);
}

/* Everything that had to happen has happened, on the day of publication. */
static bool
close_case(struct ask *ask, const struct import *import, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *told = json_pack("{s:s}", "text", WHY);
	if (!case_open_id(ask, import->id, &file, err))
		return false;
	file.row.acknowledged_at = import->published_at;
	file.row.analysed_at = import->published_at;
	file.row.decided_at = import->published_at;
	file.row.fix_public_at = import->published_at;
	file.row.fix_available_at = import->published_at;
	file.row.disclosed_at = import->published_at;
	return put_fix(ask, import, &file, err) && case_save(ask, &file, err) &&
	       case_tell(ask, &file, "imported", "all", told, err);
}

static bool
store(struct ask *ask, const struct disclosure *disclosure,
    const struct import *import, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	AUTO(value) json_t *value = NULL;
	int64_t act_id = db_id_new();
	int64_t count;
	if (disclosure->fault.kind != ERR_NONE)
		return err_set(err, ERR_INVALID, disclosure->fault.field,
		    "the documents cannot be made: %s", disclosure->fault.text);
	if (!publish_stored(disclosure->document, &value, err))
		return false;
	value_print(&text, value);
	if (text.failed)
		return err_set(
		    err, ERR_LIMIT, NULL, "the advisory is too long");
	return q_advisory_insert(ask->db, import->id, 1,
		   disclosure->file.row.revision, import->published_at,
		   "First publication", buf_text(&text), &count, err) &&
	       q_act_insert(ask->db, act_id, "revise", ask->now,
		   ask->actor->account_id, &count, err) &&
	       q_act_item_insert(ask->db, act_id, import->id, ask->now,
		   ask->now, disclosure->digest, &count, err);
}

bool
do_advisory_import(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	struct import import = { .id = db_id_new(),
		.published_at = ask_when(ask, "published") };
	if (import.published_at > ask->now)
		return err_set(err, ERR_INVALID, "published",
		    "this is for what is public already; %s lies ahead",
		    ask_text(ask, "published"));
	if (!give_number(ask, &import, err) || !insert(ask, &import, err) ||
	    !take_cve(ask, &import, err) || !close_case(ask, &import, err) ||
	    !disclosure_open(
		ask, import.id, import.published_at, &disclosure, err) ||
	    !store(ask, &disclosure, &import, err))
		return false;
	ask->object = import.number;
	*ret = json_pack(
	    "{s:s, s:s}", "case", import.number, "cve", ask_text(ask, "cve"));
	return true;
}
