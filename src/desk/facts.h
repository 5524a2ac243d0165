/*
 * The facts of a case: publicly known, exploit public, attacks observed. A
 * fact is never erased, only superseded (V-14), and does at once what the
 * cross rules demand of the embargo (V-20, V-21).
 */
#ifndef FOREWARN_DESK_FACTS_H
#define FOREWARN_DESK_FACTS_H

#include "desk/case.h"
#include "rules/cs.h"

/*
 * Records a fact with what comes with it (V-15), and ends the embargo when it
 * must end; with terminate also when it only should. The caller saves the
 * case. about: source, confidence, evidence. Errors: ERR_CONFLICT when it is
 * true already, ERR_INVALID when it lies in the future.
 */
MUST bool fact_note(struct ask *ask, struct casefile *file, enum cs_event event,
    int64_t true_at, const json_t *about, bool terminate, struct err *err);

/* The words of a fact; owned. */
MUST bool fact_body(struct ask *ask, const struct casefile *file,
    const struct row_fact_list *row, json_t **ret, struct err *err);

#endif
