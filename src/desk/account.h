/* One account in hand: row, unsealed body, roles. */
#ifndef FOREWARN_DESK_ACCOUNT_H
#define FOREWARN_DESK_ACCOUNT_H

#include "desk/ask.h"
#include "store/statements.h"

struct account {
	struct row_account_by_id row;
	json_t *body; /* name, email, employer, areas, lines, totp */
};

/* Reads an account. Errors: ERR_MISSING. */
MUST bool account_open(
    struct ask *ask, int64_t id, struct account *ret, struct err *err);

/* Finds the account of a mail address. Errors: ERR_MISSING. */
MUST bool account_find(
    struct ask *ask, const char *email, struct account *ret, struct err *err);

/* Writes row.state, row.roles, row.password and the body back. */
MUST bool account_save(
    struct ask *ask, struct account *account, struct err *err);

/* Drops the body. For AUTO(account). */
void account_auto(struct account *account);

/*
 * Makes an account that waits for its set-up link and answers that link's
 * secret. An address that has an account already gets ERR_CONFLICT. roles:
 * words separated by one blank; lists may be NULL.
 */
MUST bool account_create(struct ask *ask, const json_t *about,
    const char *roles, int64_t *ret_id, const char **ret_link, struct err *err);

/* The full address of a private link: "/setup/SECRET" under base_url. */
const char *account_link(struct ask *ask, const char *path, const char *secret);

/* Name of an account for people, "" when it is 0 or gone. From the arena. */
const char *account_name(struct ask *ask, int64_t id);

/* Queues the mail with a set-up link. */
MUST bool account_invite_mail(struct ask *ask, int64_t account_id,
    const char *email, const char *link, struct err *err);

/* {"account","name","email","roles","state",...} without secrets. Owned. */
json_t *account_value(const struct account *account);

#endif
