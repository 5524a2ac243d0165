#include "rules/cs.h"

static const char letters[CS_EVENTS + 1] = "VFDPXA";
static const char small[CS_EVENTS + 1] = "vfdpxa";

unsigned
cs_bit(enum cs_event event)
{
	return 1u << event;
}

bool
cs_is_state(unsigned state)
{
	if (state > (CS_VFD | CS_PXA))
		return false;
	if ((state & CS_D) != 0 && (state & CS_F) == 0)
		return false;
	return (state & CS_F) == 0 || (state & CS_V) != 0;
}

static bool
refused(struct err *err, unsigned state, enum cs_event event, const char *why)
{
	char text[CS_TEXT];
	return err_set(err, ERR_CONFLICT, "fact",
	    "CS: %c is not possible in state %s: %s.", letters[event],
	    cs_print(state, text), why);
}

/* Why V, F or D may not be set now, or NULL. */
static const char *
vfd_obstacle(unsigned state, enum cs_event event)
{
	if (event == CS_EVENT_F && (state & CS_V) == 0)
		return "a fix needs an aware vendor";
	if (event == CS_EVENT_D && (state & CS_F) == 0)
		return "deployment needs a fix";
	return NULL;
}

/* Why a fact may not be set now, or NULL. */
static const char *
pxa_obstacle(unsigned state, enum cs_event event)
{
	bool exploit_only = (state & CS_X) != 0 && (state & CS_P) == 0;
	return exploit_only && event != CS_EVENT_P
		   ? "an exploit is public, so the public is aware: P comes "
		     "next"
		   : NULL;
}

static bool
step(unsigned state, enum cs_event event, const char *obstacle, unsigned *ret,
    struct err *err)
{
	if ((state & cs_bit(event)) != 0)
		return refused(err, state, event, "it is true already");
	if (obstacle != NULL)
		return refused(err, state, event, obstacle);
	*ret = state | cs_bit(event);
	return true;
}

bool
cs_step(unsigned state, enum cs_event event, unsigned *ret, struct err *err)
{
	const char *obstacle = pxa_obstacle(state, event);
	bool unaware = (state & CS_P) != 0 && (state & CS_V) == 0;
	if (obstacle == NULL && unaware && event != CS_EVENT_V)
		obstacle = "the public knows, so the vendor does: V comes next";
	if (obstacle == NULL)
		obstacle = vfd_obstacle(state, event);
	return step(state, event, obstacle, ret, err);
}

bool
cs_step_vfd(unsigned vfd, enum cs_event event, unsigned *ret, struct err *err)
{
	const char *obstacle = (cs_bit(event) & CS_VFD) == 0
				   ? "it is no fact of a vendor"
				   : vfd_obstacle(vfd, event);
	return step(vfd & CS_VFD, event, obstacle, ret, err);
}

bool
cs_step_pxa(unsigned pxa, enum cs_event event, unsigned *ret, struct err *err)
{
	const char *obstacle = (cs_bit(event) & CS_PXA) == 0
				   ? "it is no fact of the case"
				   : pxa_obstacle(pxa, event);
	return step(pxa & CS_PXA, event, obstacle, ret, err);
}

bool
cs_record(unsigned state, enum cs_event event, enum cs_event events[3],
    size_t *count, unsigned *ret, struct err *err)
{
	unsigned next = state;
	if (!cs_step(state, event, &next, err))
		return false;
	size_t found = 0;
	events[found++] = event;
	if ((next & CS_X) != 0 && (next & CS_P) == 0) {
		events[found++] = CS_EVENT_P;
		next |= CS_P;
	}
	if ((next & CS_P) != 0 && (next & CS_V) == 0) {
		events[found++] = CS_EVENT_V;
		next |= CS_V;
	}
	*count = found;
	*ret = next;
	return true;
}

bool
cs_replay(
    const enum cs_event *events, size_t count, unsigned *ret, struct err *err)
{
	unsigned state = 0;
	for (size_t i = 0; i < count; i++)
		if (!cs_step(state, events[i], &state, err))
			return err_in(err, "event %zu", i + 1);
	*ret = state;
	return true;
}

/* Prints the letters from..to-1. */
static const char *
print(unsigned state, size_t from, size_t to, char text[CS_TEXT])
{
	size_t len = 0;
	for (size_t i = from; i < to; i++)
		text[len++] = (state & (1u << i)) != 0 ? letters[i] : small[i];
	text[len] = '\0';
	return text;
}

const char *
cs_print(unsigned state, char text[CS_TEXT])
{
	return print(state, 0, CS_EVENTS, text);
}

const char *
cs_print_vfd(unsigned state, char text[CS_TEXT])
{
	return print(state, 0, CS_EVENT_P, text);
}

const char *
cs_print_pxa(unsigned state, char text[CS_TEXT])
{
	return print(state, CS_EVENT_P, CS_EVENTS, text);
}

bool
cs_parse(struct str text, unsigned *ret)
{
	if (text.len != 3 && text.len != CS_EVENTS)
		return false;
	bool facts =
	    text.len == 3 && (text.ptr[0] == 'p' || text.ptr[0] == 'P');
	size_t first = facts ? CS_EVENT_P : 0;
	unsigned state = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == letters[first + i])
			state |= 1u << (first + i);
		else if (text.ptr[i] != small[first + i])
			return false;
	}
	if (!cs_is_state(state))
		return false;
	*ret = state;
	return true;
}

struct cs_summary
cs_summary_of(
    const struct cs_branch *branches, size_t count, bool aware, unsigned pxa)
{
	struct cs_summary sum = { .state = pxa & CS_PXA };
	size_t required = 0;
	for (size_t i = 0; i < count; i++) {
		const struct cs_branch *branch = &branches[i];
		if (!branch->required)
			continue;
		required++;
		if (branch->not_affected || branch->wont_fix)
			continue;
		sum.to_fix++;
		sum.fixed += (branch->vfd & CS_F) != 0;
		sum.deployed += (branch->vfd & CS_D) != 0;
	}
	if (!aware)
		return sum;
	sum.state |= CS_V;
	if (required > 0 && sum.fixed == sum.to_fix)
		sum.state |= CS_F;
	if ((sum.state & CS_F) != 0 && sum.deployed == sum.to_fix)
		sum.state |= CS_D;
	return sum;
}

#define END_WHY "X2: an embargo cannot outlive its secret"
#define END "End any embargo."
#define RAISE_WHY "the vulnerability is exposed and no fix is deployed"
#define RAISE "Raise the priority with all parties."
#define SHOW_WHY "V-32: users must be able to protect themselves"
#define SHOW "Publish the vulnerability and mitigations."
#define SHUT_WHY "everything that can happen has, but for the watched bit"
#define SHUT "Close the case, unless a missing fact is being monitored."

static const struct cs_action actions[CS_ACTIONS] = {
	{ "...P..", CS_ANY, "end-embargo", END, END_WHY, "EM terminate" },
	{ "....X.", CS_ANY, "end-embargo", END, END_WHY, "EM terminate" },
	{ ".....A", CS_ANY, "end-embargo", END, END_WHY, "EM terminate" },
	{ "...pxa", CS_ANY, "watch",
	    "Keep watching for exit conditions; keep the embargo.",
	    "X1: nothing is public yet", "" },
	{ "vfd...", CS_REPORTER | CS_COORDINATOR, "notify-vendor",
	    "Notify the vendor.", "no fix without an aware vendor", "V" },
	{ "Vfd...", CS_VENDOR, "make-fix", "Make the fix.",
	    "the vendor knows and no fix is ready", "F" },
	{ ".fdpxa", CS_ANY, "hold-exploit",
	    "Discourage publication of an exploit until a fix is ready.",
	    "an exploit before the fix helps attackers only", "" },
	{ "..dpxa", CS_ANY, "negotiate", "Negotiate an embargo.",
	    "X4, X5: an embargo is still viable", "EM propose" },
	{ "VFdp..", CS_VENDOR, "release", "Release the fix; then publish.",
	    "a fix is ready and the public does not know", "D, then P" },
	{ "VFdP..", CS_MAKER, "deploy", "Deploy the fix.",
	    "a fix is ready and the public knows", "D" },
	{ "VFdP..", CS_VENDOR, "promote", "Promote the fix.",
	    "a fix is ready and the public knows", "D" },
	{ "VfdP..", CS_ANY, "mitigate",
	    "Publish mitigations; raise the priority of the fix.",
	    "the public knows and no fix is ready", "F" },
	{ "...pX.", CS_ANY, "publish", SHOW, SHOW_WHY, "P" },
	{ "...p.A", CS_ANY, "publish", SHOW, SHOW_WHY, "P" },
	{ "..dP..", CS_ANY, "raise", RAISE, RAISE_WHY, "" },
	{ "..d.X.", CS_ANY, "raise", RAISE, RAISE_WHY, "" },
	{ "..d..A", CS_ANY, "raise", RAISE, RAISE_WHY, "" },
	{ "VFDp..", CS_ANY, "publish-reference",
	    "Publish for reference and credit.",
	    "the fix is deployed and nobody knows why", "P" },
	{ "VFDPxa", CS_ANY, "close", SHUT, SHUT_WHY, "RM close" },
	{ "VFDPXa", CS_ANY, "close", SHUT, SHUT_WHY, "RM close" },
	{ "VFDPxA", CS_ANY, "close", SHUT, SHUT_WHY, "RM close" },
	{ "VFDPXA", CS_ANY, "close", SHUT, SHUT_WHY, "RM close" },
};

bool
cs_matches(unsigned state, const char *pattern)
{
	for (size_t i = 0; i < CS_EVENTS; i++) {
		bool set = (state & (1u << i)) != 0;
		if (pattern[i] != '.' &&
		    pattern[i] != (set ? letters[i] : small[i]))
			return false;
	}
	return true;
}

size_t
cs_next(unsigned state, unsigned roles, const struct cs_action *ret[CS_ACTIONS])
{
	size_t count = 0;
	for (size_t i = 0; i < CS_ACTIONS; i++) {
		const struct cs_action *action = &actions[i];
		if ((action->roles & roles) == 0 ||
		    !cs_matches(state, action->pattern))
			continue;
		if (count > 0 &&
		    strcmp(ret[count - 1]->name, action->name) == 0)
			continue;
		ret[count++] = action;
	}
	return count;
}
