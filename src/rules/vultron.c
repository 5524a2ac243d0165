#include "rules/vultron.h"

#include "core/when.h"

#define NO (-1)

static const struct {
	const char *name, *label;
	int rank;
} rm_states[RM_STATES] = {
	[RM_START] = { "S", "not reported", 0 },
	[RM_RECEIVED] = { "R", "received", 1 },
	[RM_INVALID] = { "I", "invalid", 2 },
	[RM_VALID] = { "V", "valid", 2 },
	[RM_ACCEPTED] = { "A", "accepted", 3 },
	[RM_DEFERRED] = { "D", "deferred", 3 },
	[RM_CLOSED] = { "C", "closed", 4 },
};

static const char *const rm_events[RM_EVENTS] = { "receive", "validate",
	"invalidate", "accept", "defer", "close" };

/* Columns: receive, validate, invalidate, accept, defer, close. */
static const signed char rm_edges[RM_STATES][RM_EVENTS] = {
	[RM_START] = { RM_RECEIVED, NO, NO, NO, NO, NO },
	[RM_RECEIVED] = { NO, RM_VALID, RM_INVALID, NO, NO, NO },
	[RM_INVALID] = { NO, RM_VALID, NO, NO, NO, RM_CLOSED },
	[RM_VALID] = { NO, NO, NO, RM_ACCEPTED, RM_DEFERRED, NO },
	[RM_ACCEPTED] = { NO, NO, NO, NO, RM_DEFERRED, RM_CLOSED },
	[RM_DEFERRED] = { NO, NO, NO, RM_ACCEPTED, NO, RM_CLOSED },
	[RM_CLOSED] = { NO, NO, NO, NO, NO, NO },
};

static const struct {
	const char *name, *label;
} em_states[EM_STATES] = {
	[EM_NONE] = { "N", "none" },
	[EM_PROPOSED] = { "P", "proposed" },
	[EM_ACTIVE] = { "A", "active" },
	[EM_REVISE] = { "R", "active, change proposed" },
	[EM_EXITED] = { "X", "ended" },
};

static const char *const em_events[EM_EVENTS] = { "propose", "reject", "accept",
	"terminate" };

/* Columns: propose, reject, accept, terminate. */
static const signed char em_edges[EM_STATES][EM_EVENTS] = {
	[EM_NONE] = { EM_PROPOSED, NO, NO, NO },
	[EM_PROPOSED] = { EM_PROPOSED, EM_NONE, EM_ACTIVE, NO },
	[EM_ACTIVE] = { EM_REVISE, NO, NO, EM_EXITED },
	[EM_REVISE] = { EM_REVISE, EM_ACTIVE, EM_ACTIVE, EM_EXITED },
	[EM_EXITED] = { NO, NO, NO, NO },
};

static const char *const pec_states[PEC_STATES] = { "no-embargo", "invited",
	"signatory", "lapsed", "declined" };

static const char *const pec_events[PEC_EVENTS] = { "invite", "accept",
	"decline", "revise", "reset" };

/* Columns: invite, accept, decline, revise, reset. */
static const signed char pec_edges[PEC_STATES][PEC_EVENTS] = {
	[PEC_NO_EMBARGO] = { PEC_INVITED, PEC_SIGNATORY, PEC_DECLINED, NO,
	    PEC_NO_EMBARGO },
	[PEC_INVITED] = { NO, PEC_SIGNATORY, PEC_DECLINED, NO, PEC_NO_EMBARGO },
	[PEC_SIGNATORY] = { NO, NO, NO, PEC_LAPSED, PEC_NO_EMBARGO },
	[PEC_LAPSED] = { PEC_INVITED, PEC_SIGNATORY, PEC_DECLINED, NO,
	    PEC_NO_EMBARGO },
	[PEC_DECLINED] = { PEC_INVITED, NO, NO, NO, PEC_NO_EMBARGO },
};

static bool
refused(
    struct err *err, const char *machine, const char *event, const char *state)
{
	return err_set(err, ERR_CONFLICT, "event",
	    "%s: \"%s\" is not possible in state \"%s\". Reload and decide "
	    "again.",
	    machine, event, state);
}

bool
rm_step(enum rm from, enum rm_event event, enum rm *ret, struct err *err)
{
	int to = rm_edges[from][event];
	if (to == NO)
		return refused(
		    err, "RM", rm_events[event], rm_states[from].label);
	*ret = (enum rm)to;
	return true;
}

/* Is there one event that leads from one state to the other? */
static bool
rm_is_edge(enum rm from, enum rm to)
{
	for (size_t event = 0; event < RM_EVENTS; event++)
		if (rm_edges[from][event] == (int)to)
			return true;
	return false;
}

bool
rm_state_claimed(enum rm from, enum rm to, bool *skipped, struct err *err)
{
	if (from == RM_CLOSED && to != RM_CLOSED)
		return refused(err, "RM", "reopen", "closed");
	if (rm_rank(to) < rm_rank(from))
		return err_set(err, ERR_CONFLICT, "state",
		    "RM: a statement may not go back from \"%s\" to \"%s\".",
		    rm_label(from), rm_label(to));
	*skipped = from != to && !rm_is_edge(from, to);
	return true;
}

int
rm_rank(enum rm state)
{
	return rm_states[state].rank;
}

const char *
rm_name(enum rm state)
{
	return rm_states[state].name;
}

const char *
rm_label(enum rm state)
{
	return rm_states[state].label;
}

bool
rm_find(struct str name, enum rm *ret)
{
	for (size_t i = 0; i < RM_STATES; i++)
		if (str_eq(name, rm_states[i].name)) {
			*ret = (enum rm)i;
			return true;
		}
	return false;
}

bool
em_step(enum em from, enum em_event event, enum em *ret, struct err *err)
{
	int to = em_edges[from][event];
	if (to == NO)
		return refused(
		    err, "EM", em_events[event], em_states[from].label);
	*ret = (enum em)to;
	return true;
}

bool
em_in_force(enum em state)
{
	return state == EM_ACTIVE || state == EM_REVISE;
}

const char *
em_name(enum em state)
{
	return em_states[state].name;
}

const char *
em_label(enum em state)
{
	return em_states[state].label;
}

bool
em_find(struct str name, enum em *ret)
{
	for (size_t i = 0; i < EM_STATES; i++)
		if (str_eq(name, em_states[i].name)) {
			*ret = (enum em)i;
			return true;
		}
	return false;
}

size_t
em_shortest(const int64_t ends_at[], size_t count)
{
	size_t best = 0;
	for (size_t i = 1; i < count; i++)
		if (ends_at[i] < ends_at[best])
			best = i;
	return best;
}

bool
pec_step(enum pec from, enum pec_event event, enum pec *ret, struct err *err)
{
	int to = pec_edges[from][event];
	if (to == NO)
		return refused(err, "PEC", pec_events[event], pec_states[from]);
	*ret = (enum pec)to;
	return true;
}

const char *
pec_name(enum pec state)
{
	return pec_states[state];
}

bool
pec_find(struct str name, enum pec *ret)
{
	for (size_t i = 0; i < PEC_STATES; i++)
		if (str_eq(name, pec_states[i])) {
			*ret = (enum pec)i;
			return true;
		}
	return false;
}

enum pec
pec_now(enum pec stored, int64_t answer_by, int64_t now)
{
	bool silent = answer_by != 0 && now > answer_by;
	return stored == PEC_INVITED && silent ? PEC_DECLINED : stored;
}

int64_t
pec_answer_by(struct pec_window window, int64_t asked_at, int64_t wanted)
{
	int64_t least = asked_at + window.minimum * WHEN_HOUR;
	if (wanted == 0)
		wanted = asked_at + window.usual * WHEN_HOUR;
	return wanted < least ? least : wanted;
}

enum pec_answer
pec_accepts(int64_t asked_number, int64_t current_number)
{
	return asked_number == current_number ? PEC_HONOUR : PEC_INVITE_AGAIN;
}

bool
pec_from_em(enum em from, enum em to, enum pec state, enum pec_event *ret)
{
	if (to == EM_REVISE && state == PEC_SIGNATORY) {
		*ret = PEC_REVISE;
		return true;
	}
	if (from != to && (to == EM_EXITED || to == EM_NONE)) {
		*ret = PEC_RESET;
		return true;
	}
	return false;
}

enum pec_event
pec_after_rejection(int64_t signed_number, int64_t old_number)
{
	return signed_number == old_number ? PEC_ACCEPT : PEC_INVITE;
}

bool
pec_may_receive(enum pec state_now)
{
	return state_now == PEC_SIGNATORY;
}
