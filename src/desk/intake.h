/*
 * The gate of reports as the desk keeps it: pauses (I-10) and the counts the
 * caps look at (I-11). What they mean is decided in rules/intake.
 */
#ifndef FOREWARN_DESK_INTAKE_H
#define FOREWARN_DESK_INTAKE_H

#include "desk/ask.h"
#include "rules/intake.h"
#include "store/statements.h"

/*
 * The pause in force at an instant of the house's clock. False in *ret_there
 * when there was none; the row is then zero.
 */
MUST bool intake_pause_at(struct ask *ask, int64_t at, struct row_pause_at *ret,
    bool *ret_there, struct err *err);

/* When that pause ends, as it came or is planned; 0 for a zero row. */
int64_t intake_pause_end(const struct row_pause_at *pause);

/*
 * Counts this report for its source and says where it goes. *ret_cap names the
 * cap that was reached, or "". reporter_tag is empty when no address was given.
 */
MUST bool intake_place_of(struct ask *ask, struct str reporter_tag,
    const char **ret_cap, struct err *err);

/*
 * {"from","until","notice"} of the pause now, or JSON null. The caller owns it.
 */
MUST bool intake_pause_value(struct ask *ask, json_t **ret, struct err *err);

/* {"text", "files", "file", "together"}: what one report may hold. Owned. */
json_t *intake_limits(void);

#endif
