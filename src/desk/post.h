/*
 * Mails to people of the house and of makers that say nothing but "log in"
 * (P-28). key is completed by the account, so each person gets each once.
 */
#ifndef FOREWARN_DESK_POST_H
#define FOREWARN_DESK_POST_H

#include "desk/ask.h"

/* One mail, as it goes to several persons. */
struct post {
	const char *key;  /* unique for ever, for example "alarm:17:4711" */
	const char *kind; /* as in mail.list */
	const char *subject;
	const char *text;
};

/* To one account; nothing when it is disabled or gone. */
MUST bool post_account(struct ask *ask, int64_t account_id,
    const struct post *post, struct err *err);

/* To every active account with this role. */
MUST bool post_role(struct ask *ask, const char *role, const struct post *post,
    struct err *err);

/* To everybody who acts for a maker now. */
MUST bool post_maker(struct ask *ask, int64_t maker_id, const struct post *post,
    struct err *err);

#endif
