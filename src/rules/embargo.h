/*
 * The embargo of a case as a decision: who may decide it and for how long
 * (P-14, P-15), which end is in force while a new one is negotiated (P-18),
 * and why one may end. The EM machine is in vultron.h, what public facts do to
 * it in cross.h. Disadvantage: attendees are compared as text; two spellings
 * of one person count as two.
 */
#ifndef FOREWARN_EMBARGO_H
#define FOREWARN_EMBARGO_H

#include "core/err.h"
#include "core/str.h"
#include "rules/vultron.h"

#include <jansson.h>

struct embargo_policy {
	int64_t quorum;              /* distinct attendees a decision needs */
	int64_t maximum_days;        /* from received_at */
	bool public_fix_counts_as_p; /* V-22 */
};

/*
 * From the policy value: "quorum" (4 when absent: "more than three"),
 * "maximum_days" (90), "public_fix_counts_as_P" (false). policy may be NULL.
 */
struct embargo_policy embargo_policy_of(const json_t *policy);

/* A meeting's decision (P-15). */
struct embargo_decision {
	int64_t meeting_at;
	const char *const *attendees;
	size_t count;
	const char *severity;
	const char *exploitability;
	const char *reason;
	bool embargo;    /* false: reproduced in the ordinary tracker */
	int64_t ends_at; /* 0 unless embargo */
};

/* Distinct attendees: blanks around and ASCII case do not make a person. */
size_t embargo_attendees(const char *const *attendees, size_t count);

/* Latest end without a quorum decision: received_at + the maximum. */
int64_t embargo_maximum(struct embargo_policy policy, int64_t received_at);

/*
 * Checks a decision: everything present, quorum reached, meeting not in the
 * future and not before the report, end in the future. An end beyond the
 * maximum is possible here, for the quorum is part of it. ERR_INVALID with the
 * field at fault.
 */
MUST bool embargo_check(struct embargo_policy policy, int64_t received_at,
    int64_t now, const struct embargo_decision *decision, struct err *err);

/*
 * An end instant as typed: date, time and zone; a bare date is refused
 * (P-13).
 */
MUST bool embargo_parse_end(struct str text, int64_t *ret, struct err *err);

/* A wish to move the end (P-18). */
struct embargo_move {
	int64_t old_end;
	int64_t new_end;
	const char *reason;
	const struct embargo_decision *quorum; /* NULL: none */
};

/*
 * Checks a move: only while em is in force or proposed, end in the future and
 * different, reason given; beyond the maximum only with a quorum decision for
 * exactly that end (P-14). ERR_CONFLICT when there is nothing to move,
 * ERR_DENIED without quorum, else ERR_INVALID.
 */
MUST bool embargo_move_check(struct embargo_policy policy, enum em em,
    int64_t received_at, int64_t now, const struct embargo_move *move,
    struct err *err);

/*
 * The end in force: in revision the old one until the change is accepted
 * (P-18). 0 when nothing is in force.
 */
int64_t embargo_end(enum em em, int64_t active_end);

/*
 * Is the case to be treated as embargoed? Until a decision exists, always
 * (P-16); afterwards while one is in force. decided: a decision is recorded.
 * disclosed: the case is public.
 */
bool embargo_is_on(bool decided, enum em em, bool disclosed);

/*
 * Is the time of an embargo in force over? Over does not mean ended: it
 * publishes, is moved by a decision, or alarms every hour (P-63).
 */
bool embargo_is_overdue(enum em em, int64_t ends_at, int64_t now);

/* Is there nothing left that forbids disclosure (gate of E10)? */
bool embargo_is_over(bool decided, enum em em, int64_t ends_at, int64_t now);

/* Why an embargo ended; the class goes to all signatories (V-21). */
struct embargo_reason {
	const char *name;
	const char *text;
	bool early; /* before its instant */
};
#define EMBARGO_REASONS 8

/* All reasons. */
const struct embargo_reason *embargo_reasons(void);

/* A reason by its word, or NULL. */
const struct embargo_reason *embargo_reason_find(struct str name);

/*
 * Reason for an end forced by the facts, CS_* bits, the strongest first: an
 * exploit, then public knowledge, then attacks. NULL for none.
 */
const struct embargo_reason *embargo_reason_of(unsigned pxa);

#endif
