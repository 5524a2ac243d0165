/* Cases that are ready to be disclosed: reported, decided, fixed, numbered. */
#ifndef FOREWARN_TEST_READY_H
#define FOREWARN_TEST_READY_H

#include "cases.h"

/* Releases and CVE ids 1900-1000 to 1900-1199; once per test. */
void ready_begin(struct house_test *t, const struct person *lead);

/*
 * Case n (0 and up), accepted, under an embargo that ends in so many days,
 * fixed in v4.4.2, v3.7.3 and v4.5.0, with the id CVE-1900-(1000 + n). Words of
 * it that must not leak: "Overflow n", "subsys/secret", "Explains".
 */
void ready_case(struct house_test *t, const struct person *lead, int n,
    int days, char number[40]);

/* Approves what is rendered now. */
void ready_approve(
    struct house_test *t, const struct person *lead, const char *number);

/* Asks for disclosure of numbers[0..count) at their ends. */
void ready_plan(struct house_test *t, const struct person *lead,
    char (*numbers)[40], int count);

/* One turn of the act. */
void ready_turn(struct house_test *t);

/* A file of the public site is there. */
bool ready_has(struct house_test *t, const char *path);

/* Its bytes, to be freed; NULL when it is not there. */
char *ready_read(struct house_test *t, const char *path);

#endif
