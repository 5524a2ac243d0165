/*
 * One maker in hand: row, unsealed application, and how it is written back.
 * Every step of a maker goes through maker_step, so that leaving the active
 * states cuts grants, waiting mails and seats in the same transaction (R-19,
 * The body holds what the form asked, and "challenge": {"why",
 * "sent_at", "answered_at", "reminders"}.
 */
#ifndef FOREWARN_DESK_MAKER_H
#define FOREWARN_DESK_MAKER_H

#include "desk/ask.h"
#include "rules/registry.h"
#include "store/statements.h"

#define MAKER_DOMAINS 10
#define MAKER_PRODUCTS 200

struct maker {
	struct row_maker_by_id row; /* change fields, then maker_save */
	enum registry_state state;  /* row.state as a value */
	enum registry_kind kind;
	int64_t seats;   /* persons who act for it now */
	int64_t as_read; /* revision of the row that was read */
	json_t *body;    /* the unsealed application; owned */
};

/* Reads a maker. Errors: ERR_MISSING. */
MUST bool maker_open(
    struct ask *ask, int64_t id, struct maker *ret, struct err *err);

/* Unseals a row that a list query gave. */
MUST bool maker_unseal(struct ask *ask, const struct row_maker_by_id *row,
    struct maker *ret, struct err *err);

/* Drops the body. For AUTO(maker). */
void maker_auto(struct maker *maker);

/* Writes the maker back. ERR_CONFLICT when another change came first. */
MUST bool maker_save(struct ask *ask, struct maker *maker, struct err *err);

/* Appends to the history. body is borrowed and may be NULL. */
MUST bool maker_tell(struct ask *ask, const struct maker *maker,
    const char *kind, enum registry_state from, const char *public_class,
    const json_t *body, struct err *err);

/*
 * Takes a step of the registry, with its history row, and does all that the
 * new state asks for: end of grants, mails and seats, public name. Does not
 * save.
 */
MUST bool maker_step(struct ask *ask, struct maker *maker,
    enum registry_event event, const char *public_class, const json_t *body,
    struct err *err);

/* Sends the alias a challenge; why: entry, regular, bounce, review, return. */
MUST bool maker_challenge(
    struct ask *ask, struct maker *maker, const char *why, struct err *err);

/* Moves a complete and confirmed application on; does not save. */
MUST bool maker_progress(struct ask *ask, struct maker *maker, struct err *err);

/* Queues a mail to the alias; key is unique within the maker. */
MUST bool maker_mail(struct ask *ask, const struct maker *maker,
    const char *key, const char *kind, int64_t receipt_id, const char *subject,
    const char *text, struct err *err);

/* The application as the rule book checks it, from the arena. */
struct registry_application maker_application(
    struct ask *ask, const struct maker *maker);

/* [{"name","criterion","text"}]: what is missing. Owned. */
json_t *maker_missing(struct ask *ask, const struct maker *maker);

/* Is the maker entitled to new embargoed content now? */
bool maker_entitled(const struct ask *ask, const struct maker *maker);

/* An unreachable maker is still served when it became so after this. */
int64_t maker_grace_from(const struct ask *ask);

/* Days of the policy's maker section. */
int64_t maker_days(const struct ask *ask, const char *name, int64_t fallback);

/* The organisation's name from the body. Borrowed. */
const char *maker_name(const struct maker *maker);

#endif
