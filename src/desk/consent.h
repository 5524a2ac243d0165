/*
 * The consent of each participant (PEC) as rows: what a step of the embargo
 * does to it, who is asked, who answered (V-16 to V-19). Mails say only that
 * there is something to answer.
 */
#ifndef FOREWARN_DESK_CONSENT_H
#define FOREWARN_DESK_CONSENT_H

#include "desk/case.h"
#include "rules/embargo.h"

/* After EM moved: lapse on revision, clear on the end. */
MUST bool consent_follow(struct ask *ask, const struct casefile *file,
    enum em from, enum em to, struct err *err);

/*
 * After terms were accepted: the project signs them, all others who have not
 * signed exactly these are invited, with a mail.
 */
MUST bool consent_renew(struct ask *ask, const struct casefile *file,
    int64_t number, struct err *err);

/*
 * After a revision was rejected: whoever signed the old terms is a signatory
 * again by the system's own acceptance, the others are invited (V-18).
 */
MUST bool consent_restore(struct ask *ask, const struct casefile *file,
    int64_t number, struct err *err);

/* One mail to all who signed or lapsed: the embargo ends, why and when. */
MUST bool consent_tell_end(struct ask *ask, const struct casefile *file,
    const struct embargo_reason *reason, struct err *err);

/* Mails to all participants but the project that a proposal waits. */
MUST bool consent_tell_proposal(struct ask *ask, const struct casefile *file,
    int64_t number, struct err *err);

/* Invites one participant; a new one is made. Mails him. */
MUST bool consent_invite(struct ask *ask, const struct casefile *file,
    const char *kind, int64_t ref_id, int64_t number, struct err *err);

/*
 * His own answer to terms that stand. accept from silence or refusal is
 * honoured too.
 */
MUST bool consent_answer(struct ask *ask, const struct casefile *file,
    const struct row_participant_find *row, int64_t number, bool accept,
    struct err *err);

/* The pocket veto: unanswered invitations become refusals. A clock work. */
MUST bool consent_veto(struct ask *ask, void *context, struct err *err);

/* Name of a participant for the team's page, from the arena. */
const char *consent_name(
    struct ask *ask, const struct row_participant_find *row);

#endif
