/*
 * What a person types for an argument becomes JSON of the argument's type.
 * Only the shape is made here; op_check judges the value afterwards, so that a
 * fault reads the same here and in the service.
 */
#ifndef FOREWARN_CLI_CONVERT_H
#define FOREWARN_CLI_CONVERT_H

#include "ops/ops.h"

/*
 * Adds what was typed for one argument to args. Lists take one item per call
 * (words also several between commas); texts of many lines and secrets take
 * @FILE or - for standard input, and @@ for a text that begins with @;
 * numbers of days, weeks and seconds take lengths such as 7d; typed NULL
 * stands for an option without value, which is true. Errors: ERR_INVALID
 * (given twice, not UTF-8, a secret as plain text), ERR_LIMIT, and
 * ERR_MISSING or ERR_SYSTEM when a file cannot be read.
 */
MUST bool convert_argument(
    const struct op_arg *arg, const char *typed, json_t *args, struct err *err);

/* True if the command line offers this argument at all (files it does not). */
bool convert_is_offered(const struct op_arg *arg);

/* True for an argument that is a list of several. */
bool convert_is_list(const struct op_arg *arg);

/* What stands for the value in help: "FILE|TEXT", "yes|no", "NUMBER". */
const char *convert_placeholder(const struct op_arg *arg);

/* The option's name: "fix_public_at" reads "fix-public-at" in out. */
const char *convert_option_name(const struct op_arg *arg, char out[48]);

#endif
