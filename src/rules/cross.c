#include "rules/cross.h"

#define SAY(rule, verdict, reason)                                             \
	((struct cross){ CROSS_##verdict, rule, reason, false, EM_PROPOSE })
#define SAY_EM(rule, verdict, event, reason)                                   \
	((struct cross){ CROSS_##verdict, rule, reason, true, EM_##event })

struct cross
cross_embargo(enum em em, enum em_event event, unsigned pxa)
{
	if ((pxa & CS_PXA) == 0)
		return SAY("X1", ALLOW, "nothing is public");
	if (event == EM_REJECT || event == EM_TERMINATE)
		return SAY("X1", ALLOW, "ending is always possible");
	if (em == EM_REVISE || em == EM_ACTIVE)
		return SAY_EM("X1", REFUSE, TERMINATE,
		    "the public knows, an exploit is public or attacks were "
		    "seen: a revision is answered by termination");
	return SAY_EM("X1", REFUSE, REJECT,
	    "the public knows, an exploit is public or attacks were seen: "
	    "a proposal is rejected");
}

struct cross
cross_facts(enum em em, unsigned pxa)
{
	bool stands = em_in_force(em);
	if ((pxa & CS_PXA) == 0 || (!stands && em != EM_PROPOSED))
		return SAY("X2", ALLOW, "the facts ask for nothing");
	enum em_event event = stands ? EM_TERMINATE : EM_REJECT;
	struct cross said = SAY("X2", ACT,
	    "the vulnerability or an exploit is public: the embargo ends");
	if ((pxa & (CS_P | CS_X)) == 0)
		said = SAY("X2", PROPOSE,
		    "attacks were observed: the embargo should end");
	said.answers = true;
	said.event = event;
	return said;
}

struct cross
cross_fix_ready(enum rm rm)
{
	if (rm == RM_ACCEPTED || rm == RM_DEFERRED || rm == RM_CLOSED)
		return SAY("X3", ALLOW, "the vendor has taken up the report");
	return SAY("X3", REFUSE,
	    "a fix can be ready only after the vendor accepted the report");
}

struct cross
cross_start(unsigned state)
{
	if ((state & CS_PXA) != 0)
		return SAY("X5", REFUSE,
		    "public, exploited or attacked: no embargo is viable");
	if ((state & CS_D) != 0)
		return SAY("X5", PROPOSE,
		    "the fix is deployed: an embargo may be kept, a new one "
		    "needs a recorded decision");
	if ((state & CS_F) != 0)
		return SAY("X4", CAUTION,
		    "a fix is ready: start an embargo only for a good reason");
	return SAY("X5", ALLOW, "no fix yet and nothing public");
}

struct cross
cross_keep(enum em em, unsigned state)
{
	struct cross facts = cross_facts(em, state);
	if (facts.verdict != CROSS_ALLOW)
		return facts;
	if (em_in_force(em) && (state & CS_D) != 0)
		return SAY("X4", CAUTION,
		    "the fix is deployed: an existing embargo may stand");
	return SAY("X4", ALLOW, "nothing speaks against it");
}

struct cross
cross_share(bool embargoed, enum rm giver, enum pec receiver)
{
	if (giver != RM_ACCEPTED)
		return SAY("V-04", REFUSE,
		    "only a participant who accepted the report may pass it "
		    "on");
	if (embargoed && !pec_may_receive(receiver))
		return SAY("X6", REFUSE,
		    "invite him to the embargo first; the report follows his "
		    "acceptance");
	return SAY("X6", ALLOW,
	    embargoed ? "he accepted the embargo" : "there is no embargo");
}

int64_t
cross_merged_end(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return a == 0 ? b : a;
	return a < b ? a : b;
}

int64_t
cross_split_end(int64_t parent)
{
	return parent;
}

struct cross
cross_early_end(enum em em, size_t ready, size_t vendors, size_t quorum)
{
	if (!em_in_force(em))
		return SAY("X8", REFUSE, "no embargo is in force");
	if (ready < quorum || ready > vendors)
		return SAY("X8", REFUSE,
		    "too few vendors are ready to end the embargo early");
	return SAY_EM("X8", PROPOSE, TERMINATE,
	    "enough vendors are ready; check sibling cases before an early "
	    "end");
}

struct cross
cross_early_notice(bool untrusted)
{
	if (untrusted)
		return SAY("X9", REFUSE,
		    "treated as a zero-day policy: told at disclosure");
	return SAY("X9", ALLOW, "no record of early disclosure");
}

bool
cross_pair(enum machine_state state, enum rm rm)
{
	static const char *const fit[MACHINE_STATES] = {
		[MACHINE_INIT] = "S",
		[MACHINE_NEW] = "R",
		[MACHINE_TRIAGE] = "RVID",
		[MACHINE_REJECTED] = "IDC",
		[MACHINE_ASSIGNED] = "A",
		[MACHINE_REVIEW] = "A",
		[MACHINE_ACCEPTED] = "A",
		[MACHINE_PUBLIC] = "AC",
	};
	return strchr(fit[state], rm_name(rm)[0]) != NULL;
}

/* Where RM must end, and by which events, for a target issue state. */
struct path {
	enum machine_state to;
	enum rm rm;
	int class; /* -1: either */
	size_t count;
	enum rm_event events[CROSS_RM_EVENTS];
};

static const struct path paths[] = {
	{ MACHINE_NEW, RM_START, -1, 1, { RM_RECEIVE } },
	{ MACHINE_ASSIGNED, RM_RECEIVED, -1, 2, { RM_VALIDATE, RM_ACCEPT } },
	{ MACHINE_ASSIGNED, RM_INVALID, -1, 2, { RM_VALIDATE, RM_ACCEPT } },
	{ MACHINE_ASSIGNED, RM_VALID, -1, 1, { RM_ACCEPT } },
	{ MACHINE_ASSIGNED, RM_DEFERRED, -1, 1, { RM_ACCEPT } },
	{ MACHINE_REJECTED, RM_RECEIVED, CROSS_NO_ISSUE, 1, { RM_INVALIDATE } },
	{ MACHINE_REJECTED, RM_RECEIVED, CROSS_TRUE_REPORT, 2,
	    { RM_VALIDATE, RM_DEFER } },
	{ MACHINE_REJECTED, RM_INVALID, CROSS_TRUE_REPORT, 2,
	    { RM_VALIDATE, RM_DEFER } },
	{ MACHINE_REJECTED, RM_VALID, -1, 1, { RM_DEFER } },
	{ MACHINE_REJECTED, RM_ACCEPTED, -1, 1, { RM_DEFER } },
};

static const struct path *
path_find(enum machine_state to, enum rm rm, enum cross_class class)
{
	for (size_t i = 0; i < COUNT(paths); i++) {
		const struct path *path = &paths[i];
		if (path->to == to && path->rm == rm &&
		    (path->class < 0 || path->class == (int)class))
			return path;
	}
	return NULL;
}

/* Is the step possible at all? */
static bool
move_check(
    enum machine_state from, enum machine_state to, enum rm rm, struct err *err)
{
	if (machine_edge(from, to) == NULL || !cross_pair(from, rm))
		return err_set(err, ERR_CONFLICT, "to",
		    "The step %s to %s does not fit RM \"%s\" (V-26). Reload "
		    "the case.",
		    machine_label(from), machine_label(to), rm_label(rm));
	if (from == MACHINE_REJECTED && rm == RM_CLOSED)
		return err_set(err, ERR_CONFLICT, "to",
		    "This case is closed for good. Open a new case and link "
		    "it to this one.");
	return true;
}

bool
cross_move(enum machine_state from, enum machine_state to, enum rm rm,
    enum cross_class class, enum rm_event events[CROSS_RM_EVENTS],
    size_t *count, enum rm *ret, struct err *err)
{
	if (!move_check(from, to, rm, err))
		return false;
	const struct path *path = path_find(to, rm, class);
	size_t steps = path == NULL ? 0 : path->count;
	enum rm at = rm;
	for (size_t i = 0; i < steps; i++)
		if (!rm_step(at, path->events[i], &at, err))
			return false;
	if (!cross_pair(to, at))
		return err_set(err, ERR_CONFLICT, "to",
		    "%s does not fit RM \"%s\" (V-26).", machine_label(to),
		    rm_label(at));
	for (size_t i = 0; i < steps; i++)
		events[i] = path->events[i];
	*count = steps;
	*ret = at;
	return true;
}

const char *
cross_verdict_name(enum cross_verdict verdict)
{
	static const char *const names[] = { "allow", "caution", "propose",
		"act", "refuse" };
	return names[verdict];
}
