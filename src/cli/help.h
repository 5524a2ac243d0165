/* Help texts of forewarn(1), made from the table of operations. */
#ifndef FOREWARN_CLI_HELP_H
#define FOREWARN_CLI_HELP_H

#include "ops/ops.h"

#include <stdio.h>

/* The whole program: options, own commands, nouns with their verbs. */
void help_program(FILE *out);

/* One noun: its verbs with what they do. */
void help_noun(FILE *out, const char *noun);

/* One command: usage, and each option with its meaning. */
void help_command(FILE *out, const struct op *op);

/* Commands that are not operations, "login" and so on: the i-th with what it
 * does; NULL after the last. */
const char *help_own(size_t i, const char **what);

#endif
