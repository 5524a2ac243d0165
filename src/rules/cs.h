/*
 * The case state: VFD (vendor aware, fix ready, fix deployed; per branch and
 * per maker) and PXA (public aware, exploit public, attacks observed; per
 * case), how they may grow, the summary letters of a case (V-30) and what to
 * do next (V-32). A state is a set of six bits that only ever grows.
 * Disadvantage: when and how sure a bit became true is not here but in the
 * rows the caller keeps (V-14); a correction is a new entry there.
 */
#ifndef FOREWARN_CS_H
#define FOREWARN_CS_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum cs_event {
	CS_EVENT_V,
	CS_EVENT_F,
	CS_EVENT_D,
	CS_EVENT_P,
	CS_EVENT_X,
	CS_EVENT_A,
};
#define CS_EVENTS 6

#define CS_V 1u
#define CS_F 2u
#define CS_D 4u
#define CS_P 8u
#define CS_X 16u
#define CS_A 32u
#define CS_VFD (CS_V | CS_F | CS_D)
#define CS_PXA (CS_P | CS_X | CS_A)

/* Room for six letters and the NUL. */
#define CS_TEXT 7

/* The bit an event sets. */
unsigned cs_bit(enum cs_event event);

/* One of the 32 states: D implies F implies V. */
bool cs_is_state(unsigned state);

/*
 * One step of the whole case state, transient rules included: after X without
 * P only P, after P without V only V. ERR_CONFLICT otherwise.
 */
MUST bool cs_step(
    unsigned state, enum cs_event event, unsigned *ret, struct err *err);

/* One step of a VFD row alone; vfd is a set within CS_VFD. */
MUST bool cs_step_vfd(
    unsigned vfd, enum cs_event event, unsigned *ret, struct err *err);

/* One step of the facts alone; pxa is a set within CS_PXA. */
MUST bool cs_step_pxa(
    unsigned pxa, enum cs_event event, unsigned *ret, struct err *err);

/*
 * Recording a fact never rests in a transient state (V-15): X brings P with
 * it, P brings V. Fills events (at most 3, in order) and the new state. A fact
 * already true is ERR_CONFLICT.
 */
MUST bool cs_record(unsigned state, enum cs_event event,
    enum cs_event events[3], size_t *count, unsigned *ret, struct err *err);

/*
 * Replays events from vfdpxa. False names the first step refused; *ret is the
 * state after the last.
 */
MUST bool cs_replay(
    const enum cs_event *events, size_t count, unsigned *ret, struct err *err);

/* "VFdpxa". Returns text. */
const char *cs_print(unsigned state, char text[CS_TEXT]);

/* "VFd" and "pXa" alone, as rows store them. Return text. */
const char *cs_print_vfd(unsigned state, char text[CS_TEXT]);
const char *cs_print_pxa(unsigned state, char text[CS_TEXT]);

/*
 * Reads "VFdpxa", "VFd" or "pxa"; anything else, and impossible states such as
 * "vF", is refused.
 */
MUST bool cs_parse(struct str text, unsigned *ret);

/* One branch of the project in a case. */
struct cs_branch {
	unsigned vfd;
	bool required;
	bool not_affected; /* VFD is null */
	bool wont_fix;     /* disposition wont-fix-*: f for ever (V-29) */
};

struct cs_summary {
	unsigned state;
	size_t fixed;    /* required branches with F */
	size_t deployed; /* required branches with D */
	size_t to_fix;   /* required branches that shall get a fix */
};

/*
 * Letters of a case from its branch rows (V-30): F and D only when all required
 * branches have it, are not affected or will not be fixed. Without any required
 * branch neither is true. "3 of 5 branches" is fixed of to_fix.
 */
struct cs_summary cs_summary_of(
    const struct cs_branch *branches, size_t count, bool aware, unsigned pxa);

/* For whom an action is meant; a set. */
#define CS_REPORTER 1u
#define CS_COORDINATOR 2u
#define CS_VENDOR 4u
#define CS_MAKER 8u
#define CS_ANY (CS_REPORTER | CS_COORDINATOR | CS_VENDOR | CS_MAKER)

struct cs_action {
	const char *pattern; /* six letters, '.' for either */
	unsigned roles;
	const char *name;    /* stable word */
	const char *text;    /* what to do */
	const char *reason;  /* why, with its rule */
	const char *induces; /* event it leads to, "" for none */
};
#define CS_ACTIONS 22

/* Does state match a pattern such as "..dpxa"? */
bool cs_matches(unsigned state, const char *pattern);

/*
 * The next actions in this state for any of roles, table order, each name once;
 * returns how many.
 */
size_t cs_next(
    unsigned state, unsigned roles, const struct cs_action *ret[CS_ACTIONS]);

#endif
