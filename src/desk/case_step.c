/* Steps of a case's state: which there are, what they need, who may. */
#include "desk/case_parts.h"

#include "core/when.h"
#include "rules/embargo.h"

bool
case_step_find(enum machine_state from, enum machine_state to,
    struct case_step *ret, struct err *err)
{
	struct case_step step = { .to = to, .count = 1 };
	bool by_review = from == MACHINE_ASSIGNED && to == MACHINE_REJECTED;
	enum machine_state first = by_review ? MACHINE_REVIEW : to;
	step.edges[0] = machine_edge(from, first);
	if (step.edges[0] == NULL)
		return machine_check(from, to, 0, false, err);
	if (by_review) {
		step.edges[1] = machine_edge(MACHINE_REVIEW, to);
		step.count = 2;
	}
	*ret = step;
	return true;
}

static bool
edge_may(const struct ask *ask, const struct machine_edge *edge)
{
	const json_t *policy = ask->house->policy;
	bool assigned = (ask->subject.relations & REL_ASSIGNED) != 0;
	if (assigned && machine_role_may(edge, policy, "assignee"))
		return true;
	for (int role = 0; role < ROLE_COUNT; role++)
		if ((ask->actor->roles & ROLE_BIT(role)) != 0 &&
		    machine_role_may(
			edge, policy, access_role_name((enum role)role)))
			return true;
	return false;
}

bool
case_step_may(const struct ask *ask, const struct case_step *step)
{
	for (size_t i = 0; i < step->count; i++)
		if (!edge_may(ask, step->edges[i]))
			return false;
	return true;
}

unsigned
case_has(const struct casefile *file)
{
	const json_t *body = file->body;
	unsigned have = MACHINE_BIT(MACHINE_NEED_STORED) |
			MACHINE_BIT(MACHINE_NEED_EMBARGO_ASKED);
	const struct {
		bool there;
		enum machine_need need;
	} rows[] = {
		{ file->row.acknowledged_at != 0, MACHINE_NEED_ACKNOWLEDGED },
		{ value_text(body, "priority")[0] != '\0',
		    MACHINE_NEED_PRIORITY },
		{ file->row.assignee_id != 0, MACHINE_NEED_ASSIGNEE },
		{ value_text(body, "domain")[0] != '\0', MACHINE_NEED_DOMAIN },
		{ value_text(body, "pr")[0] != '\0', MACHINE_NEED_PR },
		{ value_text(body, "commit")[0] != '\0', MACHINE_NEED_COMMIT },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		have |= rows[i].there ? MACHINE_BIT(rows[i].need) : 0;
	return have;
}

static json_t *
needs_value(unsigned missing)
{
	json_t *list = json_array();
	for (int need = 0; need < MACHINE_NEEDS; need++)
		if ((missing & MACHINE_BIT(need)) != 0)
			(void)json_array_append_new(list,
			    json_string(
				machine_need_name((enum machine_need)need)));
	return list;
}

static json_t *
step_value(const struct ask *ask, const struct casefile *file,
    const struct case_step *step)
{
	const struct machine_edge *last = step->edges[step->count > 1 ? 1 : 0];
	unsigned have = case_has(file);
	unsigned missing = 0;
	for (size_t i = 0; i < step->count; i++)
		missing |=
		    machine_missing(step->edges[i], have, step->count == 2);
	json_t *value = json_object();
	value_set_text(value, "to", machine_name(step->to));
	value_set_text(value, "label", machine_label(step->to));
	value_set_text(value, "verb", last->verb);
	value_set_text(value, "edge", last->name);
	value_set_bool(value, "rejects", step->to == MACHINE_REJECTED);
	value_set(value, "needs", needs_value(missing));
	value_set_bool(value, "may", case_step_may(ask, step));
	return value;
}

/*
 * The furthest first. Public is reached by disclosure, which has a page of
 * its own.
 */
json_t *
case_steps(const struct ask *ask, const struct casefile *file)
{
	static const enum machine_state targets[] = { MACHINE_ACCEPTED,
		MACHINE_REVIEW, MACHINE_ASSIGNED, MACHINE_TRIAGE,
		MACHINE_REJECTED };
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct case_step step = { 0 };
		if (case_step_find(file->state, targets[i], &step, NULL) &&
		    step.count > 0)
			(void)json_array_append_new(
			    list, step_value(ask, file, &step));
	}
	return list;
}
