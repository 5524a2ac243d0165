/* Embargo, people and facts of a case, as case.show tells them. */
#include "core/when.h"
#include "desk/account.h"
#include "desk/case_show.h"
#include "desk/consent.h"
#include "desk/facts.h"
#include "desk/terms.h"
#include "rules/cross.h"

#include <string.h>

static const char *
label_of(const char *kind)
{
	if (strcmp(kind, "exploit") == 0)
		return "exploit public";
	return strcmp(kind, "attacks") == 0 ? "attacks observed"
					    : "publicly known";
}

/* One numbered proposal with all P-18 keeps. */
static json_t *
terms_value(const struct row_embargo_list *row, const json_t *body,
    const struct casefile *file)
{
	static const char *const kept[] = { "reason", "proposer", "attendees",
		"severity_note", "exploitability", "met_at", "old_end" };
	json_t *value = json_object();
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set(value, kept[i],
		    json_incref(json_object_get(body, kept[i])));
	value_set_int(value, "number", row->number);
	value_set_text(value, "state", row->state);
	value_set_when(value, "ends_at", row->ends_at);
	value_set_text(value, "terms", row->terms);
	value_set_when(value, "at", row->at);
	value_set_bool(value, "open", strcmp(row->state, "proposed") == 0);
	value_set_bool(value, "in_force",
	    em_in_force(terms_em(file)) &&
		row->number == file->row.embargo_number);
	return value;
}

static bool
show_terms(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct terms terms;
	json_t *list = json_array();
	value_set(value, "terms", list);
	if (!terms_list(ask, file, &terms, err))
		return false;
	for (size_t i = terms.count; i > 0; i--) {
		AUTO(value) json_t *body = NULL;
		const struct row_embargo_list *row = &terms.rows[i - 1];
		if (!terms_body(ask, file, row, &body, err))
			return false;
		(void)json_array_append_new(list, terms_value(row, body, file));
	}
	return true;
}

static bool
show_participants(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct row_participant_find *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "participants", list);
	if (!q_participant_list(ask->db, ask->pass, ask->arena, file->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct row_participant_find *row = &rows[i];
		enum pec pec = PEC_NO_EMBARGO;
		enum rm rm = RM_START;
		json_t *item = json_object();
		if (pec_find(str_of(row->pec), &pec))
			pec = pec_now(pec, row->answer_by, ask->now);
		if (!rm_find(str_of(row->rm), &rm))
			rm = RM_START;
		value_set_text(item, "kind", row->kind);
		value_set_int(item, "ref", row->ref_id);
		value_set_text(item, "name", consent_name(ask, row));
		value_set_text(item, "pec", pec_name(pec));
		value_set_text(item, "rm", rm_label(rm));
		value_set_text(item, "vfd", row->vfd);
		value_set_when(item, "asked_at", row->asked_at);
		value_set_when(item, "answer_by", row->answer_by);
		value_set_when(item, "signed_at", row->signed_at);
		value_set_int(item, "signed_number", row->signed_number);
		value_set_text(item, "signed_terms", row->signed_terms);
		(void)json_array_append_new(list, item);
	}
	return true;
}

static bool
show_facts(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	static const char *const kept[] = { "source", "confidence", "evidence",
		"mistake", "corrected_by" };
	struct row_fact_list *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "facts", list);
	if (!q_fact_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(value) json_t *body = NULL;
		json_t *item = json_object();
		(void)json_array_append_new(list, item);
		if (!fact_body(ask, file, &rows[i], &body, err))
			return false;
		for (size_t k = 0; k < COUNT(kept); k++)
			value_set(item, kept[k],
			    json_incref(json_object_get(body, kept[k])));
		value_set_int(item, "fact", rows[i].id);
		value_set_text(item, "kind", rows[i].kind);
		value_set_text(item, "label", label_of(rows[i].kind));
		value_set_text(item, "by", account_name(ask, rows[i].actor_id));
		value_set_when(item, "true_at", rows[i].true_at);
		value_set_when(item, "learned_at", rows[i].learned_at);
		value_set_when(item, "superseded_at", rows[i].superseded_at);
	}
	return true;
}

/*
 * X7: the end agreed on with the reporter of a duplicate, when it is earlier
 * than ours; a person proposes it or not. JSON null without.
 */
static json_t *
merged_value(struct ask *ask, const struct casefile *file, enum em em)
{
	int64_t own = embargo_end(em, file->row.embargo_ends_at);
	int64_t end = own;
	const char *number = "";
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(file->body, "duplicates"), i, row)
	{
		int64_t at = value_when(row, "ends_at");
		int64_t merged =
		    at > ask->now ? cross_merged_end(end, at) : end;
		if (merged != end)
			number = value_text(row, "case");
		end = merged;
	}
	if (end == own || em == EM_EXITED || file->row.disclosed_at != 0)
		return json_null();
	json_t *value = json_pack("{s:s}", "case", number);
	value_set_when(value, "ends_at", end);
	return value;
}

/* What the forms of the embargo need to know. */
static void
show_bounds(struct ask *ask, const struct casefile *file, json_t *value)
{
	const struct row_case_by_number *row = &file->row;
	json_t *embargo = json_object_get(value, "embargo");
	struct embargo_policy policy = embargo_policy_of(ask->house->policy);
	int64_t asked = value_when(file->body, "end_asked_at");
	enum em em = terms_em(file);
	value_set_int(embargo, "quorum", policy.quorum);
	value_set_int(embargo, "maximum_days", policy.maximum_days);
	value_set_when(
	    embargo, "maximum_at", embargo_maximum(policy, row->received_at));
	value_set_bool(embargo, "may_move", em != EM_EXITED);
	value_set_when(embargo, "end_asked", asked == 0 ? 0 : asked + WHEN_DAY);
	value_set(embargo, "merged", merged_value(ask, file, em));
	value_set(embargo, "decision",
	    json_incref(json_object_get(file->body, "decision")));
	value_set_when(embargo, "fix_public_at", row->fix_public_at);
	value_set_bool(embargo, "exposed",
	    row->fix_public_at != 0 && row->disclosed_at == 0);
	value_set_text(embargo, "tracker", ask_policy(ask, "contact.tracker"));
}

bool
case_show_embargo(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	show_bounds(ask, file, value);
	return show_terms(ask, file, value, err) &&
	       show_participants(ask, file, value, err) &&
	       show_facts(ask, file, value, err);
}
