/*
 * The reporter of a case: how he is told things. He has no account; he has a
 * private link, and a mail address if he gave one. Mails carry nothing but
 * "something happened, open your link" (P-28): neither the link, which is
 * stored as a hash only, nor a word of the case.
 *
 * What a report leaves in the body of its case: "report" (as sent, with
 * "files": name, size, sha256, id), "reporter" ("contact"), "credit" ("choice"
 * name, anonymous or later; "name"; "consent_at"), "needs_information" (names
 * of missing fields), "rank", "exploited", "capped", "cap", "paused", and the
 * first drafts "title", "component", "impact", "versions".
 */
#ifndef FOREWARN_DESK_REPORTER_H
#define FOREWARN_DESK_REPORTER_H

#include "desk/case.h"

/* What there is to tell (I-27). */
enum reporter_news {
	REPORTER_STATE,     /* the state changed */
	REPORTER_QUESTION,  /* somebody asks him something */
	REPORTER_MESSAGE,   /* somebody wrote to him */
	REPORTER_CVE,       /* a CVE id was given (I-24) */
	REPORTER_PROPOSAL,  /* a date is proposed or moved: accept or object */
	REPORTER_PLANNED,   /* disclosure is near: 7 days, 1 day */
	REPORTER_CREDIT,    /* the choice of credit is missing (I-29) */
	REPORTER_ANSWER,    /* his answer is missing (I-14) */
	REPORTER_PUBLISHED, /* it is public */
};

/*
 * Queues a mail to the reporter, if he gave an address: nothing happens
 * otherwise. about tells two mails of the same kind apart for ever: a proposal
 * number, a revision, the id of an event; the same kind and about is sent
 * once.
 */
MUST bool report_notify(struct ask *ask, const struct casefile *file,
    enum reporter_news news, int64_t about, struct err *err);

/* The address he gave, "" when he gave none. Borrowed from the body. */
const char *report_contact(const struct casefile *file);

/*
 * Dates the reporter is told, soonest first: [{"name", "label", "at", "done",
 * "late"}]. Computed from the case and the policy, as the deadline rows are.
 * The caller owns it.
 */
MUST bool report_dues(struct ask *ask, const struct casefile *file,
    json_t **ret, struct err *err);

/*
 * A reply of the policy with {case}, {due} and {project} filled in, "" when
 * the policy has none of that name. From the arena.
 */
const char *report_canned(
    struct ask *ask, const char *name, const char *number, int64_t due);

/*
 * Is a question to him open? A question sets "asked_at" of the body, his
 * answer "answered_at".
 */
bool report_is_asked(const struct casefile *file);

#endif
