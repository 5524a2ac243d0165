#include "desk/case.h"

#include "desk/deadline.h"
#include "desk/fix.h"

#define PLACE_BODY "cases.body"
#define PLACE_EVENT "case_event.body"

bool
case_unseal(struct ask *ask, const struct row_case_by_number *row,
    struct casefile *ret, struct err *err)
{
	struct casefile file = { .row = *row };
	if (!machine_find(str_of(row->state), &file.state))
		return err_set(err, ERR_SYSTEM, NULL,
		    "case %s has the unknown state %s", row->number,
		    row->state);
	if (!ask_unseal(ask, row->key_id, PLACE_BODY, row->id, row->body,
		&file.body, err))
		return err_in(err, "case %s", row->number);
	*ret = file;
	return true;
}

bool
case_open_id(struct ask *ask, int64_t id, struct casefile *ret, struct err *err)
{
	struct row_case_by_number row;
	return q_case_by_id(ask->db, ask->pass, ask->arena, id, &row, err) &&
	       case_unseal(ask, &row, ret, err);
}

static bool
visit_one(struct ask *ask, int64_t id, case_visit *visit, void *context,
    struct err *err)
{
	AUTO(arena) struct arena *room = arena_new(LIMIT_REQUEST_ARENA);
	struct row_case_by_number row;
	struct ask inner = *ask;
	inner.arena = room;
	if (room == NULL)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	if (!q_case_by_id(ask->db, ask->pass, room, id, &row, err) ||
	    !visit(&inner, &row, context, err))
		return false;
	return !arena_failed(room) || err_set(err, ERR_LIMIT, NULL,
					  "case %s is too large", row.number);
}

bool
case_each(struct ask *ask, case_visit *visit, void *context, struct err *err)
{
	struct row_case_ids *rows;
	size_t count;
	if (!q_case_ids(ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!visit_one(ask, rows[i].id, visit, context, err))
			return false;
	return true;
}

bool
case_each_of(struct ask *ask, struct str reporter_tag, case_visit *visit,
    void *context, struct err *err)
{
	struct row_case_ids *rows;
	size_t count;
	if (!q_reporter_cases(ask->db, ask->pass, ask->arena, reporter_tag,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!visit_one(ask, rows[i].id, visit, context, err))
			return false;
	return true;
}

bool
case_open(struct ask *ask, struct casefile *ret, struct err *err)
{
	return case_open_id(ask, ask->subject.id, ret, err);
}

void
casefile_auto(struct casefile *file)
{
	json_decref(file->body);
	file->body = NULL;
}

bool
case_is_current(
    const struct ask *ask, const struct casefile *file, struct err *err)
{
	if (ask_int(ask, "revision", 0) == file->row.revision)
		return true;
	return err_set(err, ERR_CONFLICT, "revision",
	    "the case changed meanwhile (it is at revision %lld); read it "
	    "again and decide again",
	    (long long)file->row.revision);
}

/* When a case first came to a state that starts a clock. */
static void
stamp(const struct ask *ask, struct casefile *file)
{
	const char *name = file->state == MACHINE_TRIAGE     ? "triaged_at"
			   : file->state == MACHINE_ASSIGNED ? "assigned_at"
							     : NULL;
	if (name != NULL && value_when(file->body, name) == 0)
		value_set_when(file->body, name, ask->now);
}

bool
case_save(struct ask *ask, struct casefile *file, struct err *err)
{
	struct row_case_by_number *row = &file->row;
	struct str body;
	int64_t count;
	row->state = machine_name(file->state);
	row->changed_at = ask->now;
	stamp(ask, file);
	if (!ask_seal(
		ask, row->key_id, PLACE_BODY, row->id, file->body, &body, err))
		return false;
	if (!q_case_update(ask->db, ask->pass, row->id, row->revision,
		row->state, row->rm, body, row->area_tag, row->assignee_id,
		row->acknowledged_at, row->analysed_at, row->decided_at,
		row->fix_public_at, row->fix_available_at, row->disclosed_at,
		row->em, row->embargo_number, row->embargo_ends_at, row->pxa,
		row->changed_at, &count, err))
		return false;
	if (count != 1)
		return err_set(err, ERR_CONFLICT, "revision",
		    "case %s was changed by somebody else just now; read it "
		    "again and decide again",
		    row->number);
	row->revision++;
	return fix_require(ask, file, err) && deadline_refresh(ask, file, err);
}

bool
case_tell(struct ask *ask, const struct casefile *file, const char *kind,
    const char *audience, const json_t *body, struct err *err)
{
	struct str sealed;
	int64_t id = db_id_new();
	int64_t count;
	if (!ask_seal(
		ask, file->row.key_id, PLACE_EVENT, id, body, &sealed, err))
		return false;
	return q_event_insert(ask->db, ask->pass, id, file->row.id, ask->now,
	    kind, audience, access_role_name(ask->pass->role),
	    ask->actor->account_id, file->row.revision, sealed, &count, err);
}
