/*
 * The issue machine: eight states, exactly ten edges (P-05), what each edge
 * needs before it may be taken and who may take it (P-07). Pure tables: no
 * row is read or written here; the handler that moves a case collects the
 * facts, asks, and stores what was decided. The project's RM state moves with
 * it, see cross.h. Disadvantage: the gate facts are the caller's word; this
 * room cannot see whether they are true.
 */
#ifndef FOREWARN_MACHINE_H
#define FOREWARN_MACHINE_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum machine_state {
	MACHINE_INIT, /* before the report is stored; never in a row */
	MACHINE_NEW,
	MACHINE_TRIAGE,
	MACHINE_REJECTED,
	MACHINE_ASSIGNED,
	MACHINE_REVIEW,
	MACHINE_ACCEPTED,
	MACHINE_PUBLIC,
};
#define MACHINE_STATES 8
#define MACHINE_EDGES 10

/* What an edge may need; also the order in which missing things are named. */
enum machine_need {
	MACHINE_NEED_STORED,        /* "report" */
	MACHINE_NEED_ACKNOWLEDGED,  /* "acknowledgement": sent or queued */
	MACHINE_NEED_REASON_CODE,   /* "reason_code" */
	MACHINE_NEED_REASON,        /* "reason": text for the record */
	MACHINE_NEED_TOLD,          /* "reply": reporter told, or queued */
	MACHINE_NEED_PRIORITY,      /* "priority" */
	MACHINE_NEED_ASSIGNEE,      /* "assignee" */
	MACHINE_NEED_DOMAIN,        /* "domain" */
	MACHINE_NEED_EMBARGO_ASKED, /* "embargo": decision asked for or made */
	MACHINE_NEED_PR,            /* "pr": link of the fix pull request */
	MACHINE_NEED_COMMIT,        /* "commit": merge commit seen */
	MACHINE_NEED_EMBARGO_OVER,  /* "embargo_end": over or terminated */
	MACHINE_NEED_ADVISORY,      /* "advisory": live */
	MACHINE_NEED_DISPOSITIONS,  /* "branches": each has a disposition */
	MACHINE_NEED_CREDIT, /* "credit": answered, or anonymous (P-47) */
};
#define MACHINE_NEEDS 15

/* The bit of one need in a set. */
#define MACHINE_BIT(need) (1u << (need))

struct machine_edge {
	const char *name; /* "E1" to "E10", as process.md section 2 counts */
	enum machine_state from, to;
	unsigned needs;    /* set of MACHINE_BIT */
	const char *roles; /* default roles, one blank between */
	const char *verb;  /* what the button says */
};

/* The edge between two states, or NULL: no such step. */
const struct machine_edge *machine_edge(
    enum machine_state from, enum machine_state to);

/* All MACHINE_EDGES edges, E1 first. */
const struct machine_edge *machine_edges(void);

/* Word stored in rows, for example "triage"; "init" for MACHINE_INIT. */
const char *machine_name(enum machine_state state);

/* Word for people, for example "Triage". */
const char *machine_label(enum machine_state state);

/* The state a stored word stands for; false for anything else. */
MUST bool machine_find(struct str name, enum machine_state *ret);

/* Field name of a need, as in err.field and in forms. */
const char *machine_need_name(enum machine_need need);

/* Sentence that says what is missing, for check lists. */
const char *machine_need_text(enum machine_need need);

/*
 * What edge needs and have (a set of MACHINE_BIT) lacks. for_rejection waives
 * the pull request of Assigned -> Review: rejecting an assigned case is that
 * edge and Review -> Rejected written in one act (P-08).
 */
unsigned machine_missing(
    const struct machine_edge *edge, unsigned have, bool for_rejection);

/*
 * May the case go from -> to with what it has? ERR_CONFLICT when there is no
 * such edge, ERR_INVALID naming the first missing need otherwise.
 */
MUST bool machine_check(enum machine_state from, enum machine_state to,
    unsigned have, bool for_rejection, struct err *err);

/*
 * May someone with this role take the edge (P-07)? policy is the policy value
 * or NULL; its "edges" object may name the roles per edge, {"E5": ["team"]},
 * and then replaces the default of that edge. Roles are those of ops.def
 * plus "assignee" (of this case) and "observer" (the repository watcher).
 */
bool machine_role_may(
    const struct machine_edge *edge, const json_t *policy, const char *role);

/* The states a case may go to next, in table order; returns how many. */
size_t machine_next(
    enum machine_state from, enum machine_state ret[MACHINE_EDGES]);

/* Plain words for the reporter (I-26). */
struct machine_word {
	const char *name;  /* stable, for example "analysing" */
	const char *label; /* "being analysed" */
};

/*
 * What the reporter reads: question means a question to him is open, duplicate
 * that a rejected case has duplicate-of set.
 */
const struct machine_word *machine_word(
    enum machine_state state, bool question, bool duplicate);

#endif
