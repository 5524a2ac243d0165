/* Makers and cases for the tests of forewarning. */
#ifndef FOREWARN_TEST_MAKERS_H
#define FOREWARN_TEST_MAKERS_H

#include "house.h"

/* The secret at the end of the newest link of this path in a queued mail. */
void house_link(struct house_test *t, const char *path, char ret[128]);

/* Text of the newest queued mail of a kind whose key begins so, or NULL. */
const char *house_mail(struct house_test *t, const char *kind, json_t **ret);

/* Applies as Acme; the answer of maker.apply stays the last one. */
int64_t acme_apply(struct house_test *t, const struct person *director);

/* The whole way: applied, confirmed, criteria filled, approved at a tier. */
int64_t acme_active(
    struct house_test *t, const struct person *director, const char *tier);

/* A contact of the maker who is logged in. */
struct person acme_contact(struct house_test *t, const struct person *director,
    int64_t maker, const char *email);

/*
 * A triaged case under embargo for 60 days with every field of both notices,
 * and its number "FW-2026-0001".
 */
int64_t case_ready(struct house_test *t);

/* Changes a case as the desk would: work gets it open. */
void case_change(
    struct house_test *t, int64_t id, const char *key, const char *value);

/* The maker accepts, lapses or declines the embargo of a case. */
void case_consent(
    struct house_test *t, int64_t case_id, int64_t maker, const char *consent);

/* Reserves a CVE id for a case. */
void case_cve(struct house_test *t, int64_t case_id, const char *cve);

/* What the acts of others tell makers: moved, ended or disclosed. */
void case_tell_makers(struct house_test *t, int64_t case_id, const char *what);

/* Mails of a kind in a state. */
int64_t mails_in(struct house_test *t, const char *state, const char *kind);

/* Runs all clock works once. */
void house_tick(struct house_test *t);

#endif
