/* Reports and moves of a case through the operations, as tests need them. */
#ifndef FOREWARN_TEST_MOVES_H
#define FOREWARN_TEST_MOVES_H

#include "house.h"

/* A fresh report; number is what the case is called. */
void report(struct house_test *t, const char *title, char number[32]);

/* The revision a case has now, as this person reads it. */
int64_t revision(
    struct house_test *t, const struct person *who, const char *number);

/* Its state, in the same way; borrowed until the next question. */
const char *state_of(
    struct house_test *t, const struct person *who, const char *number);

/* The security team's lead, logged in. */
struct person lead_of(struct house_test *t);

/* From triage to assigned, to this person himself. */
void give(struct house_test *t, const struct person *who, const char *number);

/* From new through triage to assigned. */
void assign(struct house_test *t, const struct person *who, const char *number);

#ifdef __clang__
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#endif

/* Moves with more arguments, at the present revision. */
#define MOVE(t, who, number, more, ...)                                        \
	house_ask((t), (who), "case.move",                                     \
	    "{'case':'%s','revision':%lld," more "}", (number),                \
	    (long long)revision((t), (who), (number)), ##__VA_ARGS__)
#define REFUSED(t, who, kind, number, more, ...)                               \
	house_refused((t), (who), (kind), "case.move",                         \
	    "{'case':'%s','revision':%lld," more "}", (number),                \
	    (long long)revision((t), (who), (number)), ##__VA_ARGS__)

#endif
