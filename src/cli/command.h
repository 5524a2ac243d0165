/*
 * Which operation the first words of a command line mean. Every operation
 * "noun.verb" is the command "noun verb"; where a noun has one operation only
 * its verb may be left out; a short table adds names people expect.
 */
#ifndef FOREWARN_CLI_COMMAND_H
#define FOREWARN_CLI_COMMAND_H

#include "ops/ops.h"

/*
 * Finds the operation. *used is how many words name it. Errors: ERR_MISSING
 * (no such command; the text suggests the nearest), ERR_INVALID (a noun
 * without its verb).
 */
MUST bool command_find(char *const *words, int count, const struct op **ret,
    int *used, struct err *err);

/* The noun of an operation: the part before the dot. */
struct str command_noun(const struct op *op);

/* The verb: the part behind the dot. */
const char *command_verb(const struct op *op);

/* True if this is the noun of at least one operation. */
bool command_is_noun(const char *word);

/* True for the first operation of its noun, so that a noun is told once. */
bool command_opens_noun(enum op_id id);

/* The i-th other name: its words and the operation; NULL after the last. */
const char *command_alias(size_t i, const struct op **ret);

/*
 * The candidate that looks most like word (few letters changed, or word is its
 * beginning), or so_far, which is NULL at first. Call once per candidate.
 */
const char *command_nearer(
    const char *word, const char *candidate, const char *so_far);

#endif
