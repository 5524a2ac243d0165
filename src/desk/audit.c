/* The audit ledger as people read it. */
#include "desk/account.h"
#include "desk/ask.h"
#include "store/ledger.h"
#include "store/statements.h"

#define ROWS 100

static bool
add_row(struct ask *ask, const struct row_audit_view *row, json_t *list,
    struct err *err)
{
	json_t *detail = NULL;
	if (!ledger_detail(
		ask->vault, row->seq, row->body, ask->arena, &detail, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		*err = (struct err){ 0 };
	}
	json_t *value = json_object();
	value_set_int(value, "seq", row->seq);
	value_set_when(value, "at", row->at);
	value_set_text(value, "actor_kind", row->actor_kind);
	value_set_int(value, "actor", row->actor_id);
	value_set_text(value, "name", account_name(ask, row->actor_id));
	value_set_text(value, "op", row->op);
	value_set_text(value, "object", row->object);
	value_set_text(value, "outcome", row->outcome);
	value_set(value, "detail", detail);
	(void)json_array_append_new(list, value);
	return true;
}

/*
 * The details of case operations hold case content; the auditor sees who did
 * what to which case, not what it says.
 */
static void
hide_content(json_t *list)
{
	size_t i;
	json_t *row;
	json_array_foreach(list, i, row)
	{
		const struct op *op = op_find(value_text(row, "op"));
		bool open = op != NULL && op->subject == OP_ON_NONE &&
			    strncmp(op->name, "report.", 7) != 0;
		if (!open)
			value_set(row, "detail", NULL);
	}
}

bool
do_audit_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_audit_view *rows;
	size_t count;
	if (!q_audit_view(ask->db, ask->arena, ask_text(ask, "object"),
		ask_int(ask, "before", INT64_MAX), ask_int(ask, "limit", ROWS),
		&rows, &count, err))
		return false;
	AUTO(value) json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		if (!add_row(ask, &rows[i], list, err))
			return false;
	hide_content(list);
	*ret = json_pack("{s:O}", "rows", list);
	int64_t last = count == 0 ? 0 : rows[count - 1].seq;
	value_set(*ret, "older", last > 1 ? json_integer(last) : NULL);
	return true;
}

bool
do_audit_verify(struct ask *ask, json_t **ret, struct err *err)
{
	struct ledger_head head;
	struct err fault = { 0 };
	bool whole = ledger_verify(ask->db, NULL, &head, &fault);
	if (!whole && fault.kind != ERR_SYSTEM)
		return err_set(err, fault.kind, NULL, "%s", fault.text);
	*ret = json_object();
	value_set_bool(*ret, "whole", whole);
	value_set_text(*ret, "fault", whole ? NULL : fault.text);
	value_set_int(*ret, "rows", whole ? head.seq : 0);
	AUTO(buf) struct buf hash = BUF(2 * LEDGER_HASH);
	for (size_t i = 0; whole && i < LEDGER_HASH; i++)
		buf_printf(&hash, "%02x", head.hash[i]);
	value_set_text(*ret, "head", buf_text(&hash));
	return true;
}
