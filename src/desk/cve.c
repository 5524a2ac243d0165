/* The project's pool of CVE ids, and which case each belongs to. */
#include "desk/case.h"
#include "desk/reporter.h"
#include "rules/cveid.h"

#include "core/when.h"

#include <string.h>

#define MOST_IDS 20000
#define MOST_SHOWN 1000

/* Importing --------------------------------------------------------------- */

struct import {
	struct ask *ask;
	int64_t line;
	int64_t added, known;
};

static bool
add_id(struct import *import, struct cveid id, struct err *err)
{
	char text[CVEID_TEXT];
	int64_t count;
	if (!q_cve_insert(import->ask->db, cveid_print(id, text), id.year,
		id.serial, import->ask->now, &count, err))
		return false;
	import->added += count;
	import->known += count == 0;
	return true;
}

static bool
add_line(struct import *import, struct str line, struct err *err)
{
	struct cveid first;
	int64_t count;
	if (!cveid_parse_range(line, &first, &count, err)) {
		(void)err_in(err, "line %lld", (long long)import->line);
		(void)snprintf(err->field, sizeof(err->field), "ids");
		return false;
	}
	if (import->added + import->known + count > MOST_IDS)
		return err_set(err, ERR_LIMIT, "ids",
		    "line %lld: more than %d ids at once; import them in "
		    "several goes",
		    (long long)import->line, MOST_IDS);
	for (int64_t i = 0; i < count; i++)
		if (!add_id(import, cveid_plus(first, i), err))
			return false;
	return true;
}

bool
do_cve_import(struct ask *ask, json_t **ret, struct err *err)
{
	struct import import = { .ask = ask };
	struct str rest = str_of(ask_text(ask, "ids"));
	while (rest.ptr != NULL) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		import.line++;
		if (line.len > 0 && !add_line(&import, line, err))
			return false;
	}
	ask->object = "cve";
	*ret = json_pack("{s:I, s:I}", "added", (json_int_t)import.added,
	    "known", (json_int_t)import.known);
	return true;
}

/* Listing ----------------------------------------------------------------- */

/* Numbers of the cases that ids belong to; the team sees all. */
static bool
case_number(struct ask *ask, int64_t case_id, const char **ret, struct err *err)
{
	struct row_case_by_number row;
	*ret = "";
	if (case_id == 0)
		return true;
	if (!q_case_by_id(ask->db, ask->pass, ask->arena, case_id, &row, err))
		return false;
	*ret = row.number;
	return true;
}

/* Without a state asked for, what is available is only counted. */
static bool
pool_value(struct ask *ask, json_t *list, struct err *err)
{
	bool all = !ask_has(ask, "state");
	struct row_cve_get *rows;
	size_t count;
	if (!q_cve_pool(ask->db, ask->arena, ask_text(ask, "state"), &rows,
		&count, err))
		return false;
	for (size_t i = 0; i < count && json_array_size(list) < MOST_SHOWN;
	     i++) {
		const char *number;
		if (all && strcmp(rows[i].state, "available") == 0)
			continue;
		if (!case_number(ask, rows[i].case_id, &number, err))
			return false;
		json_t *row = json_object();
		value_set_text(row, "cve", rows[i].id);
		value_set_text(row, "state", rows[i].state);
		value_set_text(row, "case", number);
		value_set_when(row, "changed_at", rows[i].changed_at);
		(void)json_array_append_new(list, row);
	}
	return true;
}

/* [{"year","available","reserved","published","rejected","total"}] */
static bool
totals_value(struct ask *ask, json_t *list, struct err *err)
{
	struct row_cve_totals *rows;
	size_t count;
	json_t *year = NULL;
	if (!q_cve_totals(ask->db, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (year == NULL ||
		    value_int(year, "year", 0) != rows[i].year) {
			year = json_pack("{s:I, s:i, s:i, s:i, s:i, s:i, s:i}",
			    "year", (json_int_t)rows[i].year, "used", 0,
			    "available", 0, "reserved", 0, "published", 0,
			    "rejected", 0, "total", 0);
			(void)json_array_append_new(list, year);
		}
		value_set_int(year, rows[i].state, rows[i].total);
		value_set_int(
		    year, "total", value_int(year, "total", 0) + rows[i].total);
	}
	return true;
}

bool
do_cve_list(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	AUTO(value) json_t *years = json_array();
	if (!pool_value(ask, list, err) || !totals_value(ask, years, err))
		return false;
	*ret = json_pack("{s:O, s:O}", "ids", list, "years", years);
	value_set_text(*ret, "state", ask_text(ask, "state"));
	value_set_bool(*ret, "more", json_array_size(list) == MOST_SHOWN);
	return true;
}

/* Assigning --------------------------------------------------------------- */

static bool
find_free(struct ask *ask, struct row_cve_get *ret, struct err *err)
{
	const char *wanted = ask_text(ask, "cve");
	bool found = wanted[0] == '\0'
			 ? q_cve_lowest(ask->db, ask->arena, ret, err)
			 : q_cve_get(ask->db, ask->arena, wanted, ret, err);
	if (!found && err->kind == ERR_MISSING)
		return err_set(err, ERR_INVALID, "cve",
		    wanted[0] == '\0'
			? "the pool holds no available id; import a range first"
			: "the pool does not hold this id; import it first");
	return found;
}

static bool
take_id(struct ask *ask, const struct row_cve_get *id, int64_t case_id,
    struct err *err)
{
	enum cveid_state state;
	int64_t count;
	if (!cveid_state_find(str_of(id->state), &state))
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s has the unknown state %s", id->id, id->state);
	if (state != CVEID_AVAILABLE)
		return err_set(err, ERR_CONFLICT, "cve",
		    "%s is %s already; choose another id or leave the field "
		    "empty",
		    id->id, id->state);
	if (!cveid_move(state, CVEID_RESERVED, false, err) ||
	    !q_cve_move(ask->db, id->id, id->state,
		cveid_state_name(CVEID_RESERVED), case_id, ask->now, &count,
		err))
		return false;
	if (count == 1)
		return true;
	return err_set(err, ERR_RETRY, "cve",
	    "somebody else took %s just now; try again", id->id);
}

/* Ids belong to what may be a vulnerability. */
static bool
may_have_id(const struct casefile *file, struct err *err)
{
	bool early =
	    file->state == MACHINE_NEW || file->state == MACHINE_REJECTED;
	if (!early)
		return true;
	return err_set(err, ERR_CONFLICT, NULL,
	    "%s is %s; triage it before it gets a CVE id", file->row.number,
	    machine_label(file->state));
}

bool
do_cve_assign(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct row_cve_get id;
	if (!case_open(ask, &file, err) || !may_have_id(&file, err) ||
	    !find_free(ask, &id, err) || !take_id(ask, &id, file.row.id, err))
		return false;
	AUTO(value)
	json_t *told = json_pack("{s:s, s:s+}", "cve", id.id, "text", id.id,
	    " is reserved for this case.");
	if (!case_save(ask, &file, err) ||
	    !case_tell(ask, &file, "cve", "reporter", told, err) ||
	    !report_notify(ask, &file, REPORTER_CVE, file.row.revision, err))
		return false;
	*ret = json_pack("{s:s, s:s, s:I}", "case", file.row.number, "cve",
	    id.id, "revision", (json_int_t)file.row.revision);
	return true;
}

/* Rejecting --------------------------------------------------------------- */

static bool
tell_case(struct ask *ask, int64_t case_id, const char *cve, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value)
	json_t *told = json_pack("{s:s, s:s++}", "cve", cve, "text", cve,
	    " was rejected: ", ask_text(ask, "reason"));
	if (case_id == 0)
		return true;
	return case_open_id(ask, case_id, &file, err) &&
	       case_save(ask, &file, err) &&
	       case_tell(ask, &file, "cve-rejected", "team", told, err);
}

bool
do_cve_reject(struct ask *ask, json_t **ret, struct err *err)
{
	const char *cve = ask_text(ask, "cve");
	struct row_cve_get id;
	enum cveid_state state;
	int64_t count;
	ask->object = cve;
	if (!q_cve_get(ask->db, ask->arena, cve, &id, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		return err_set(
		    err, ERR_INVALID, "cve", "the pool does not hold this id");
	}
	if (!cveid_state_find(str_of(id.state), &state) ||
	    state == CVEID_PUBLISHED || state == CVEID_REJECTED)
		return err_set(err, ERR_CONFLICT, "cve",
		    "%s is %s; only an id that is not published can be "
		    "rejected here",
		    cve, id.state);
	if (!cveid_move(state, CVEID_REJECTED, true, err) ||
	    !q_cve_move(ask->db, cve, id.state,
		cveid_state_name(CVEID_REJECTED), id.case_id, ask->now, &count,
		err))
		return false;
	if (count != 1)
		return err_set(err, ERR_RETRY, "cve",
		    "somebody else changed %s just now; try again", cve);
	if (!tell_case(ask, id.case_id, cve, err))
		return false;
	*ret = json_pack("{s:s, s:s}", "cve", cve, "state", "rejected");
	return true;
}
