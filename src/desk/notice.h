/*
 * Telling makers about a case (process.md section 7): what a notice says, who
 * gets it, and the receipts. No mail holds anything of the case but its number
 * and its planned date (P-28); the rest waits behind a log-in.
 */
#ifndef FOREWARN_DESK_NOTICE_H
#define FOREWARN_DESK_NOTICE_H

#include "desk/case.h"
#include "desk/maker.h"
#include "rules/vultron.h"

/* The names of what a notice kind carries, from the policy; NULL: none. */
const json_t *notice_policy(const struct ask *ask, const char *kind);

/*
 * The fields of a notice kind with their present values: [{"name", "label",
 * "value", "lines"?, "missing"?, "repair"?}]. Owned.
 */
MUST bool notice_fields(struct ask *ask, const struct casefile *file,
    const char *kind, json_t **ret, struct err *err);

/* How the embargo of a case stands to makers. */
struct notice_embargo {
	bool decided; /* a decision is recorded; until then nobody is told */
	bool on;      /* in force: content only for signatories (X6, V-17) */
};
struct notice_embargo notice_embargo(const struct casefile *file);

/* How a maker takes part; pec is what it means now. id 0: not at all. */
struct notice_part {
	struct row_participant_find row;
	enum pec pec;
};
MUST bool notice_part(struct ask *ask, int64_t case_id, int64_t maker_id,
    struct notice_part *ret, struct err *err);

/* The word of P-29 and R-25 for a receipt. */
const char *notice_receipt_state(
    const struct row_receipt_list *row, bool assessed);

/* What every mail about a case says: only where to read. */
struct letter {
	const char *kind; /* of the notice */
	const char *subject;
	const char *text;
};

/* A notice row, and one copy of a letter with its receipt. */
MUST bool notice_new(struct ask *ask, const struct casefile *file,
    const char *kind, int64_t *ret, struct err *err);
MUST bool notice_post(struct ask *ask, const struct casefile *file,
    int64_t notice_id, const struct maker *maker, const struct letter *letter,
    struct err *err);

/* Asks `visit` for each maker that is active or unreachable. */
typedef bool notice_visit(
    struct ask *ask, const struct maker *maker, void *context, struct err *err);
MUST bool notice_walk(
    struct ask *ask, notice_visit *visit, void *context, struct err *err);

/*
 * The case is public: grants end, everybody entitled is told, also the tier of
 * the day (R-19, P-27). Call inside the act that discloses.
 */
MUST bool makers_disclosed(
    struct ask *ask, const struct casefile *file, struct err *err);

/* The planned date moved: whoever may read the case is told (P-27). */
MUST bool makers_moved(
    struct ask *ask, const struct casefile *file, struct err *err);

/* The embargo ended early; why is a class for people, not a detail. */
MUST bool makers_ended(struct ask *ask, const struct casefile *file,
    const char *why, struct err *err);

#endif
