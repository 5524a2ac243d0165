/* Cases for tests of the desk: reported as a visitor does, moved by hand. */
#ifndef FOREWARN_TEST_CASES_H
#define FOREWARN_TEST_CASES_H

#include "house.h"

#include "desk/case.h"

/* Sends a report; the number is written to number. */
void cases_report(struct house_test *t, char number[40]);

/*
 * Puts a case into a state as if it had been moved there, with the project's
 * RM letter that belongs to it.
 */
void cases_place(struct house_test *t, const char *number,
    enum machine_state state, const char *rm);

/* Hands the case to a function inside one system transaction. */
typedef bool cases_look(
    struct ask *ask, struct casefile *file, void *context, struct err *err);
void cases_with(
    struct house_test *t, const char *number, cases_look *look, void *context);

#endif
