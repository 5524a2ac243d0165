/*
 * A whole desk for a test: fresh database on the engine the environment names
 * (as tests/db), vault, the Zephyr policy, a clock that stands still until it
 * is moved. Operations are asked exactly as the door asks them.
 */
#ifndef FOREWARN_TEST_HOUSE_H
#define FOREWARN_TEST_HOUSE_H

#include "../db/dbtest.h"

#include "desk/ask.h"
#include "desk/dispatch.h"

#define HOUSE_PASSWORD "correct horse battery"

struct house_test {
	struct dbtest base;
	struct house house;
	json_t *settings;
	json_t *policy;
	json_t *answer; /* of the last house_ask; owned here */
};

/* An account that is logged in. */
struct person {
	int64_t account;
	char session[64];
	char totp[64]; /* secret */
};

void house_begin(struct house_test *t);

/* The rest of house_begin, on base.dir and base.db as another run left them. */
void house_attach(struct house_test *t);
void house_end(struct house_test *t);

/* Moves the house's clock forward; machine time stays. */
void house_wait(struct house_test *t, int64_t microseconds);

/*
 * Asks operation op with JSON text args ("{'case':'FW-2026-0001'}", single
 * quotes stand for double ones) as who (NULL: a visitor). Returns the value,
 * borrowed until the next call; a refusal fails the test.
 */
const json_t *house_ask(struct house_test *t, const struct person *who,
    const char *op, const char *args, ...) PRINTF(4, 5);

/* The same, but it must be refused with this kind; returns the error value. */
const json_t *house_refused(struct house_test *t, const struct person *who,
    enum err_kind kind, const char *op, const char *args, ...) PRINTF(5, 6);

/* Makes and logs in an account: roles "team admin", areas and lines as JSON. */
struct person house_person(struct house_test *t, const char *email,
    const char *roles, const char *areas, const char *lines);

/* The present code of an authenticator secret. */
void house_code(const char *secret, char code[7]);

/* Mails queued so far whose kind is this. */
int64_t house_mails(struct house_test *t, const char *kind);

#endif
