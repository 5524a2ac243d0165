#include "rules/machine.h"

#define NEED(name) MACHINE_BIT(MACHINE_NEED_##name)

static const struct machine_edge edges[MACHINE_EDGES] = {
	{ "E1", MACHINE_INIT, MACHINE_NEW, NEED(STORED), "public reporter team",
	    "Report" },
	{ "E2", MACHINE_NEW, MACHINE_TRIAGE, NEED(ACKNOWLEDGED), "team",
	    "Acknowledge and triage" },
	{ "E3", MACHINE_TRIAGE, MACHINE_REJECTED,
	    NEED(REASON_CODE) | NEED(REASON) | NEED(TOLD), "team", "Reject" },
	{ "E4", MACHINE_REJECTED, MACHINE_TRIAGE, NEED(REASON), "team",
	    "Reopen" },
	{ "E5", MACHINE_TRIAGE, MACHINE_ASSIGNED,
	    NEED(PRIORITY) | NEED(ASSIGNEE) | NEED(DOMAIN) |
		NEED(EMBARGO_ASKED),
	    "team", "Assign" },
	{ "E6", MACHINE_ASSIGNED, MACHINE_REVIEW, NEED(PR), "team assignee",
	    "Fix is in review" },
	{ "E7", MACHINE_REVIEW, MACHINE_ASSIGNED, NEED(REASON), "team assignee",
	    "Fix needs more work" },
	{ "E8", MACHINE_REVIEW, MACHINE_ACCEPTED, NEED(COMMIT), "team observer",
	    "Fix is merged" },
	{ "E9", MACHINE_REVIEW, MACHINE_REJECTED,
	    NEED(REASON_CODE) | NEED(REASON) | NEED(TOLD), "team", "Reject" },
	{ "E10", MACHINE_ACCEPTED, MACHINE_PUBLIC,
	    NEED(EMBARGO_OVER) | NEED(ADVISORY) | NEED(DISPOSITIONS) |
		NEED(CREDIT),
	    "team", "Disclose" },
};

static const struct {
	const char *name, *label;
} states[MACHINE_STATES] = {
	[MACHINE_INIT] = { "init", "Not reported" },
	[MACHINE_NEW] = { "new", "New" },
	[MACHINE_TRIAGE] = { "triage", "Triage" },
	[MACHINE_REJECTED] = { "rejected", "Rejected" },
	[MACHINE_ASSIGNED] = { "assigned", "Assigned" },
	[MACHINE_REVIEW] = { "review", "Review" },
	[MACHINE_ACCEPTED] = { "accepted", "Accepted" },
	[MACHINE_PUBLIC] = { "public", "Public" },
};

static const struct {
	const char *name, *text;
} needs[MACHINE_NEEDS] = {
	[MACHINE_NEED_STORED] = { "report", "The report must be stored." },
	[MACHINE_NEED_ACKNOWLEDGED] = { "acknowledgement",
	    "Acknowledge the report to its reporter first." },
	[MACHINE_NEED_REASON_CODE] = { "reason_code",
	    "Choose why the report is rejected." },
	[MACHINE_NEED_REASON] = { "reason", "Give a reason for the record." },
	[MACHINE_NEED_TOLD] = { "reply", "Write the reply to the reporter." },
	[MACHINE_NEED_PRIORITY] = { "priority", "Set a priority." },
	[MACHINE_NEED_ASSIGNEE] = { "assignee", "Name an assignee." },
	[MACHINE_NEED_DOMAIN] = { "domain", "Set the domain of the case." },
	[MACHINE_NEED_EMBARGO_ASKED] = { "embargo",
	    "Ask for the embargo decision, or record it." },
	[MACHINE_NEED_PR] = { "pr", "Link the pull request of the fix." },
	[MACHINE_NEED_COMMIT] = { "commit",
	    "Record the merge commit of the fix." },
	[MACHINE_NEED_EMBARGO_OVER] = { "embargo_end",
	    "The embargo must be over or terminated." },
	[MACHINE_NEED_ADVISORY] = { "advisory", "The advisory must be live." },
	[MACHINE_NEED_DISPOSITIONS] = { "branches",
	    "Give every required branch a disposition." },
	[MACHINE_NEED_CREDIT] = { "credit",
	    "Record the reporter's credit, or that he stays anonymous." },
};

const struct machine_edge *
machine_edge(enum machine_state from, enum machine_state to)
{
	for (size_t i = 0; i < COUNT(edges); i++)
		if (edges[i].from == from && edges[i].to == to)
			return &edges[i];
	return NULL;
}

const struct machine_edge *
machine_edges(void)
{
	return edges;
}

const char *
machine_name(enum machine_state state)
{
	return states[state].name;
}

const char *
machine_label(enum machine_state state)
{
	return states[state].label;
}

bool
machine_find(struct str name, enum machine_state *ret)
{
	for (size_t i = MACHINE_NEW; i < COUNT(states); i++)
		if (str_eq(name, states[i].name)) {
			*ret = (enum machine_state)i;
			return true;
		}
	return false;
}

const char *
machine_need_name(enum machine_need need)
{
	return needs[need].name;
}

const char *
machine_need_text(enum machine_need need)
{
	return needs[need].text;
}

unsigned
machine_missing(
    const struct machine_edge *edge, unsigned have, bool for_rejection)
{
	unsigned missing = edge->needs & ~have;
	if (for_rejection && edge->to == MACHINE_REVIEW)
		missing &= ~NEED(PR);
	return missing;
}

bool
machine_check(enum machine_state from, enum machine_state to, unsigned have,
    bool for_rejection, struct err *err)
{
	const struct machine_edge *edge = machine_edge(from, to);
	if (edge == NULL)
		return err_set(err, ERR_CONFLICT, "to",
		    "A case in state %s cannot go to %s. Reload the case and "
		    "choose one of the offered steps.",
		    machine_label(from), machine_label(to));
	unsigned missing = machine_missing(edge, have, for_rejection);
	for (size_t i = 0; i < COUNT(needs); i++)
		if ((missing & (1u << i)) != 0)
			return err_set(err, ERR_INVALID, needs[i].name, "%s",
			    needs[i].text);
	return true;
}

/* Is word one of the words of list, which one blank separates? */
static bool
list_has(const char *list, const char *word)
{
	struct str rest = str_of(list);
	while (rest.ptr != NULL)
		if (str_eq(str_cut(&rest, ' '), word))
			return true;
	return false;
}

bool
machine_role_may(
    const struct machine_edge *edge, const json_t *policy, const char *role)
{
	const json_t *roles =
	    json_object_get(json_object_get(policy, "edges"), edge->name);
	if (!json_is_array(roles))
		return list_has(edge->roles, role);
	for (size_t i = 0; i < json_array_size(roles); i++) {
		const char *word = json_string_value(json_array_get(roles, i));
		if (word != NULL && strcmp(word, role) == 0)
			return true;
	}
	return false;
}

size_t
machine_next(enum machine_state from, enum machine_state ret[MACHINE_EDGES])
{
	size_t count = 0;
	for (size_t i = 0; i < COUNT(edges); i++)
		if (edges[i].from == from)
			ret[count++] = edges[i].to;
	return count;
}

const struct machine_word *
machine_word(enum machine_state state, bool question, bool duplicate)
{
	static const struct machine_word by_state[MACHINE_STATES] = {
		[MACHINE_INIT] = { "received", "received" },
		[MACHINE_NEW] = { "received", "received" },
		[MACHINE_TRIAGE] = { "analysing", "being analysed" },
		[MACHINE_REJECTED] = { "not-accepted", "not accepted" },
		[MACHINE_ASSIGNED] = { "fixing", "accepted, fix in work" },
		[MACHINE_REVIEW] = { "fixing", "accepted, fix in work" },
		[MACHINE_ACCEPTED] = { "fixed",
		    "fixed, waiting for disclosure" },
		[MACHINE_PUBLIC] = { "published", "published" },
	};
	static const struct machine_word asked = { "question",
		"need your answer" };
	static const struct machine_word twin = { "duplicate", "duplicate" };
	if (state == MACHINE_REJECTED)
		return duplicate ? &twin : &by_state[state];
	if (question && state != MACHINE_PUBLIC)
		return &asked;
	return &by_state[state];
}
