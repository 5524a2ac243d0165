/*
 * Deadlines as rows (P-12, I-39): one table says what is due how long after
 * which event, when to remind and whom. From the instants of a case, maker or
 * notice it computes the rows to show and store; it reads no clock and sends
 * nothing. Policy may change lengths, warnings and persons, never the events.
 * Disadvantage: a day is 24 hours; working days and time zones of people are
 * not known here.
 */
#ifndef FOREWARN_CALENDAR_H
#define FOREWARN_CALENDAR_H

#include "core/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum calendar_event {
	CALENDAR_NEVER,
	/* of a case */
	CALENDAR_RECEIVED,
	CALENDAR_RECEIPTED, /* the reporter has his receipt */
	CALENDAR_ACKNOWLEDGED,
	CALENDAR_ANALYSED, /* result told to the reporter */
	CALENDAR_TRIAGED,  /* entered Triage */
	CALENDAR_MEETING,  /* next meeting, when known */
	CALENDAR_DECIDED,  /* embargo decision */
	CALENDAR_ASSIGNED, /* triage decision, edge E5 */
	CALENDAR_ALERTED,  /* notice T1 sent */
	CALENDAR_LISTED,   /* last periodic mail, or T1 */
	CALENDAR_FIX_AVAILABLE,
	CALENDAR_EMBARGO_END, /* of the terms in force */
	CALENDAR_DISCLOSED,
	CALENDAR_CVE_PUBLISHED,
	CALENDAR_ASKED, /* question to the reporter */
	CALENDAR_ANSWERED,
	CALENDAR_ASSIGN_ASKED, /* "will you assign a CVE id?" */
	CALENDAR_ASSIGN_ANSWERED,
	CALENDAR_CLOSED, /* rejected: nothing is due any more */
	/* of a maker */
	CALENDAR_SUBMITTED,
	CALENDAR_MAKER_DECIDED,
	CALENDAR_REVIEWED,
	CALENDAR_REVIEW_AT, /* review date on record */
	CALENDAR_CHALLENGED,
	CALENDAR_CHALLENGE_ANSWERED,
	CALENDAR_UNREACHABLE,
	CALENDAR_SUSPENDED,
	CALENDAR_SETTLED, /* suspension confirmed or lifted */
	/* of a notice to one maker */
	CALENDAR_NOTIFIED,
	CALENDAR_STATED,
};
#define CALENDAR_EVENTS 31
#define CALENDAR_WARNINGS 4

#define CALENDAR_PAUSABLE 1u  /* an intake pause moves the start (I-10) */
#define CALENDAR_EMBARGO 2u   /* only while the case is embargoed */
#define CALENDAR_AGAIN 4u     /* done counts only when not before the start */
#define CALENDAR_BY_DAY_30 8u /* starts at latest 30 days after receipt */
#define CALENDAR_EARLIEST                                                      \
	16u /* `instead`, when earlier, is the due instant                     \
	     */

struct calendar_rule {
	const char *name;   /* stored kind, for example "acknowledge" */
	const char *object; /* "case", "maker", "notice" */
	const char *label;
	int64_t after; /* µs from start to due */
	enum calendar_event start, done;
	enum calendar_event instead; /* its instant is due, when set */
	/* µs; above 0 after the start, below 0 before due; 0 ends the list */
	int64_t warn[CALENDAR_WARNINGS];
	int64_t repeat;  /* µs between reminders from due on; 0: none */
	const char *who; /* whom to remind */
	unsigned flags;
	const char *source; /* rule or document */
};
#define CALENDAR_RULES 22

/* The default table. */
const struct calendar_rule *calendar_rules(void);

/*
 * The table as the policy has it: its "limits" array of {"name": "fix",
 * "days": 30, "warn": ["20", "27"], "ahead": false, "remind": "assignee",
 * "title": "…"}, "hours" when not in days; warn is in the same unit. Texts are
 * borrowed from policy. ERR_INVALID for an unknown name or a length outside 1
 * hour to 10 years; policy may be NULL.
 */
MUST bool calendar_rules_of(const json_t *policy,
    struct calendar_rule ret[CALENDAR_RULES], struct err *err);

struct calendar_facts {
	int64_t at[CALENDAR_EVENTS]; /* 0: has not happened */
	int64_t pause_from;          /* pause the report arrived in, or 0 */
	int64_t pause_until;         /* its end, as it came or is planned */
	bool never_paused;           /* exploited, maker, CNA, CSIRT (I-10) */
	bool embargoed;              /* see embargo_is_on() */
};

enum calendar_state {
	CALENDAR_DONE,
	CALENDAR_WAITING,
	CALENDAR_SOON, /* its first warning has passed */
	CALENDAR_LATE,
};

struct calendar_row {
	const struct calendar_rule *rule;
	int64_t due_at;
	int64_t done_at; /* 0: open */
	enum calendar_state state;
	int64_t next_warn; /* first reminder after now; 0: none */
};

/*
 * The rows of one object now, by due instant. A rule whose start has not
 * happened gives no row; a closed case keeps only what is done. Returns how
 * many.
 */
size_t calendar_rows(const struct calendar_rule *rules, const char *object,
    const struct calendar_facts *facts, int64_t now,
    struct calendar_row ret[CALENDAR_RULES]);

/* Word for a state: "done" "waiting" "soon" "late". */
const char *calendar_state_name(enum calendar_state state);

#endif
