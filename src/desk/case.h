/*
 * One case in hand: its row, its unsealed body, and how it is written back.
 * Every change of a case goes through case_save: it checks the revision,
 * refreshes the deadlines and never loses a concurrent change.
 */
#ifndef FOREWARN_DESK_CASE_H
#define FOREWARN_DESK_CASE_H

#include "desk/ask.h"
#include "store/statements.h"

struct casefile {
	struct row_case_by_number row; /* change fields, then case_save */
	enum machine_state state;      /* row.state as a value */
	json_t *body; /* the unsealed body; owned, change in place */
};

/* Reads the case access was decided on (ask->subject). Errors: ERR_MISSING. */
MUST bool case_open(struct ask *ask, struct casefile *ret, struct err *err);

/* Reads any case by row id, for clocks and lists. */
MUST bool case_open_id(
    struct ask *ask, int64_t id, struct casefile *ret, struct err *err);

/* Unseals a row that a list query gave. */
MUST bool case_unseal(struct ask *ask, const struct row_case_by_number *row,
    struct casefile *ret, struct err *err);

/* Given one case; ask has an arena for this case alone. */
typedef bool case_visit(struct ask *ask, const struct row_case_by_number *row,
    void *context, struct err *err);

/*
 * Visits every case, oldest first, each with an arena of its own, so that no
 * number of long reports fills the request's. The visitor decides on access
 * before it unseals; what it keeps must not live in its arena.
 */
MUST bool case_each(
    struct ask *ask, case_visit *visit, void *context, struct err *err);

/* The same for the newest 200 cases of the reporter with this tag. */
MUST bool case_each_of(struct ask *ask, struct str reporter_tag,
    case_visit *visit, void *context, struct err *err);

/* Drops the body. For AUTO(casefile). */
void casefile_auto(struct casefile *file);

/* ERR_CONFLICT when the argument "revision" is not the case's. */
MUST bool case_is_current(
    const struct ask *ask, const struct casefile *file, struct err *err);

/*
 * Writes the case back as its next revision (row.revision is raised) and
 * refreshes its deadlines. state, not row.state, is what is stored. Errors:
 * ERR_CONFLICT when another change came first.
 */
MUST bool case_save(struct ask *ask, struct casefile *file, struct err *err);

/*
 * Appends to the time line. audience: "team", "reporter" or "all". body is
 * borrowed; its "text" is what people read.
 */
MUST bool case_tell(struct ask *ask, const struct casefile *file,
    const char *kind, const char *audience, const json_t *body,
    struct err *err);

/* How the asker stands to a case: a set of enum relation. */
MUST bool case_relations(struct ask *ask, const struct row_case_by_number *row,
    unsigned *ret, struct err *err);

#endif
