/*
 * Numbered embargo terms of a case, the EM machine they move, and what its
 * steps do to everybody's consent (P-18, V-08, V-16 to V-18). Only here are
 * cases.em, cases.embargo_number, the rows of `embargo` and the consent of
 * participants written. Disadvantage: the caller saves the case.
 */
#ifndef FOREWARN_DESK_TERMS_H
#define FOREWARN_DESK_TERMS_H

#include "desk/case.h"
#include "rules/embargo.h"

struct terms {
	struct row_embargo_list *rows; /* oldest first */
	size_t count;
};

/* All terms of a case, in the arena. */
MUST bool terms_list(struct ask *ask, const struct casefile *file,
    struct terms *ret, struct err *err);

/* The terms with this number, or NULL. */
const struct row_embargo_list *terms_find(
    const struct terms *terms, int64_t number);

/* The open proposal that ends first (V-09), or NULL. */
const struct row_embargo_list *terms_shortest(const struct terms *terms);

/* The newest open proposal, or NULL. */
const struct row_embargo_list *terms_newest(const struct terms *terms);

/* What was written with terms: reason, proposer, attendees; owned. */
MUST bool terms_body(struct ask *ask, const struct casefile *file,
    const struct row_embargo_list *row, json_t **ret, struct err *err);

/* The EM state of a case. */
enum em terms_em(const struct casefile *file);

/* The facts of a case, CS_P, CS_X and CS_A. */
unsigned terms_pxa(const struct casefile *file);

/*
 * Puts a new numbered proposal on the table: EM steps by "propose", which
 * lapses consents when one was in force. Errors: ERR_CONFLICT when the facts
 * (X1) or EM forbid it.
 */
MUST bool terms_propose(struct ask *ask, struct casefile *file, int64_t ends_at,
    const json_t *body, int64_t *ret_number, struct err *err);

/*
 * The project accepts an open proposal: it is in force from now, the terms
 * before it are replaced, and all who signed others are invited. ERR_CONFLICT
 * when it is not open, or in the first round not the shortest (V-09).
 */
MUST bool terms_accept(
    struct ask *ask, struct casefile *file, int64_t number, struct err *err);

/*
 * The project rejects an open proposal. When it was the last one the terms
 * before stand again and consents to them are restored (V-18), or there is no
 * embargo.
 */
MUST bool terms_reject(
    struct ask *ask, struct casefile *file, int64_t number, struct err *err);

/*
 * Ends the embargo, or the negotiation of one, for a reason: terms are marked,
 * signatories get their notice, all consents are cleared (V-21). Nothing
 * happens when there is none.
 */
MUST bool terms_end(struct ask *ask, struct casefile *file,
    const struct embargo_reason *reason, struct err *err);

#endif
