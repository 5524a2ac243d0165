/* Everything that waits to be disclosed, and every act with its ledger. */
#include "core/when.h"
#include "desk/account.h"
#include "desk/disclose.h"

/* Steps in their order, as people read them. */
static const struct {
	const char *name;
	const char *label;
} steps[] = {
	{ "page", "Page" },
	{ "cve", "CVE record" },
	{ "feed", "Feed" },
	{ "rst", "RST" },
	{ "mails", "Mails" },
	{ "close", "Closed" },
};

static json_t *
steps_value(const struct row_act_steps *rows, size_t count, int64_t case_id)
{
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(steps); i++) {
		json_t *step = json_pack("{s:s, s:s, s:n}", "step",
		    steps[i].name, "label", steps[i].label, "done_at");
		for (size_t k = 0; k < count; k++)
			if (rows[k].case_id == case_id &&
			    strcmp(rows[k].step, steps[i].name) == 0)
				value_set_when(
				    step, "done_at", rows[k].done_at);
		(void)json_array_append_new(list, step);
	}
	return list;
}

static bool
item_value(struct ask *ask, const struct row_act_items *row, const char *kind,
    json_t **ret, struct err *err)
{
	AUTO(value) json_t *body = NULL;
	if (!ask_unseal(ask, row->key_id, "cases.body", row->case_id, row->body,
		&body, err))
		return false;
	bool moves = strcmp(kind, "end") == 0 && row->began_at == 0 &&
		     (strcmp(row->em, "A") == 0 || strcmp(row->em, "R") == 0);
	json_t *item = json_object();
	value_set_text(item, "number", row->number);
	value_set_text(item, "title", value_text(body, "title"));
	value_set_text(item, "state", row->state);
	value_set_when(
	    item, "due_at", moves ? row->embargo_ends_at : row->due_at);
	value_set_when(item, "began_at", row->began_at);
	value_set_text(item, "error", row->error);
	*ret = item;
	return true;
}

static bool
items_value(struct ask *ask, const struct row_act_list *act, json_t *value,
    struct err *err)
{
	struct row_act_items *rows;
	struct row_act_steps *done;
	size_t count, done_count;
	int64_t ready = 0;
	json_t *list = json_array();
	value_set(value, "items", list);
	if (!q_act_items(
		ask->db, ask->pass, ask->arena, act->id, &rows, &count, err) ||
	    !q_act_steps(ask->db, ask->arena, act->id, &done, &done_count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *item = NULL;
		if (!item_value(ask, &rows[i], act->kind, &item, err))
			return false;
		value_set(item, "steps",
		    steps_value(done, done_count, rows[i].case_id));
		ready += strcmp(rows[i].state, "done") == 0;
		(void)json_array_append_new(list, item);
	}
	value_set_int(value, "done", ready);
	value_set_int(value, "total", (int64_t)count);
	return true;
}

static bool
acts_value(struct ask *ask, json_t *value, struct err *err)
{
	struct row_act_list *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "acts", list);
	if (!q_act_list(ask->db, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *act = json_pack("{s:I, s:s, s:s, s:s}", "act",
		    (json_int_t)rows[i].id, "kind", rows[i].kind, "state",
		    rows[i].state, "by", account_name(ask, rows[i].actor_id));
		value_set_when(act, "created_at", rows[i].created_at);
		value_set_when(act, "done_at", rows[i].done_at);
		(void)json_array_append_new(list, act);
		if (!items_value(ask, &rows[i], act, err))
			return false;
	}
	return true;
}

/* Cases whose fix is merged: each with what is missing. */
static bool
waiting_cases(struct ask *ask, json_t *value, struct err *err)
{
	struct row_case_by_number *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "cases", list);
	if (!q_disclose_accepted(
		ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_object();
		(void)json_array_append_new(list, row);
		if (!disclosure_status(ask, rows[i].id, row, err))
			return false;
		(void)json_object_del(row, "checks");
		(void)json_object_del(row, "approvals");
		(void)json_object_del(row, "advisories");
		value_set_bool(row, "late",
		    rows[i].embargo_ends_at != 0 &&
			rows[i].embargo_ends_at < ask->now);
	}
	return true;
}

/* Public advisories whose case says something else by now (P-66). */
static bool
stale_value(struct ask *ask, json_t *value, struct err *err)
{
	struct row_advisory_stale *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "stale", list);
	if (!q_advisory_stale(
		ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(value) json_t *status = json_object();
		if (!disclosure_status(ask, rows[i].case_id, status, err))
			return false;
		if (!value_true(status, "changed"))
			continue;
		json_t *row = json_pack("{s:s, s:I}", "number", rows[i].number,
		    "revision", (json_int_t)rows[i].revision);
		value_set_text(row, "title", value_text(status, "title"));
		value_set_when(row, "published_at", rows[i].published_at);
		(void)json_array_append_new(list, row);
	}
	return true;
}

bool
do_disclose_list(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *value = json_object();
	if (!waiting_cases(ask, value, err) || !acts_value(ask, value, err) ||
	    !stale_value(ask, value, err))
		return false;
	*ret = json_incref(value);
	return true;
}
