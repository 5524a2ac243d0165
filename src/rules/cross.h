/*
 * What one machine means for another: the rules X1 to X9, which RM state of
 * the project fits which issue state (V-26), and which RM events an issue
 * step writes. Each answer is a decision with the rule and a reason for the
 * record. SHALL rules allow, refuse or act; SHOULD rules propose, and a person
 * decides (V-20). Disadvantage: the caller must ask; nothing here can stop one
 * who writes the states without asking.
 */
#ifndef FOREWARN_CROSS_H
#define FOREWARN_CROSS_H

#include "rules/cs.h"
#include "rules/machine.h"
#include "rules/vultron.h"

enum cross_verdict {
	CROSS_ALLOW,
	CROSS_CAUTION, /* allowed; the reason is shown beside the button */
	CROSS_PROPOSE, /* raise a proposal with a due time; a person decides */
	CROSS_ACT,     /* fire `event` at once, in the same transaction */
	CROSS_REFUSE,  /* not allowed; `event`, when given, is the answer */
};

struct cross {
	enum cross_verdict verdict;
	const char *rule;   /* "X1" to "X9", "V-26" */
	const char *reason; /* for the record and the page */
	bool answers;       /* event is meaningful */
	enum em_event event;
};

/*
 * X1: may this embargo event happen while the facts are pxa? Propose and
 * accept only while nothing is public; the answer to a proposal is then reject,
 * to a revision terminate. The EM table itself is asked by em_step.
 */
struct cross cross_embargo(enum em em, enum em_event event, unsigned pxa);

/*
 * X2: what the facts demand of the embargo. P or X: CROSS_ACT with reject (from
 * proposed) or terminate (in force). A alone: CROSS_PROPOSE the same event.
 */
struct cross cross_facts(enum em em, unsigned pxa);

/* X3: may a vendor whose RM is this declare a fix ready? */
struct cross cross_fix_ready(enum rm rm);

/* X4, X5: may a new embargo begin? state is that of the main branch. */
struct cross cross_start(unsigned state);

/* X4: may an embargo that stands go on? */
struct cross cross_keep(enum em em, unsigned state);

/*
 * X6: may the report be given to this participant? Under embargo only to a
 * signatory. embargoed includes "not decided yet" (P-16). The giver must be in
 * RM accepted (V-04).
 */
struct cross cross_share(bool embargoed, enum rm giver, enum pec receiver);

/* X7: end instant of merged cases, the earliest; 0 means "none". */
int64_t cross_merged_end(int64_t a, int64_t b);

/* X7: end instant of a case split off: its parent's. */
int64_t cross_split_end(int64_t parent);

/* X8: may fix-ready vendors end the embargo early? quorum > 0. */
struct cross cross_early_end(
    enum em em, size_t ready, size_t vendors, size_t quorum);

/* X9: may this party be told before disclosure? */
struct cross cross_early_notice(bool untrusted);

/* V-26: may these two stand side by side? */
bool cross_pair(enum machine_state state, enum rm rm);

/* Why a case is rejected, as far as RM is concerned. */
enum cross_class {
	CROSS_TRUE_REPORT, /* duplicate, out of scope, late: RM D (V-03) */
	CROSS_NO_ISSUE,    /* not a vulnerability: RM I where still possible */
};

#define CROSS_RM_EVENTS 2

/*
 * The RM events of the project that the issue step from -> to writes, at most
 * two, and the RM state after them. class matters for rejections only. Errors:
 * ERR_CONFLICT for a pair outside the table, and for reopening a rejected case
 * whose RM is closed (open a new case linked to it).
 */
MUST bool cross_move(enum machine_state from, enum machine_state to, enum rm rm,
    enum cross_class class, enum rm_event events[CROSS_RM_EVENTS],
    size_t *count, enum rm *ret, struct err *err);

/* Lower-case word for a verdict. */
const char *cross_verdict_name(enum cross_verdict verdict);

#endif
