/*
 * What the service does by itself for reports that wait: unanswered questions
 * close, forgotten reports are escalated (I-14), and the reporter hears of the
 * coming disclosure (I-27) and of a credit not chosen (I-29). Clock works.
 */
#ifndef FOREWARN_DESK_REPORTER_CLOCK_H
#define FOREWARN_DESK_REPORTER_CLOCK_H

#include "desk/case.h"

/* Rejects reports whose question stayed open for its whole time. */
MUST bool reports_close(struct ask *ask, void *context, struct err *err);

/*
 * The reporter of a case closed like that wrote: it goes back to triage and is
 * saved; any other case is saved as it is.
 */
MUST bool report_answered(
    struct ask *ask, struct casefile *file, struct err *err);

/*
 * Tells team and directors of reports in which no person took a step for 30
 * days, again every 30 days.
 */
MUST bool reports_escalate(struct ask *ask, void *context, struct err *err);

/* Mails to reporters before a disclosure, each once. */
MUST bool reports_planned(struct ask *ask, void *context, struct err *err);

#endif
