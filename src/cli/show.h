/*
 * An answer as a person reads it: facts as two columns, lists of things as
 * tables (libsmartcols), long texts as blocks. Nothing that a terminal would
 * obey comes through. Disadvantage: what lies deeper than a table's rows is
 * only counted; --json has everything.
 */
#ifndef FOREWARN_CLI_SHOW_H
#define FOREWARN_CLI_SHOW_H

#include "ops/ops.h"

#include <stdio.h>

/* Prints the value of an operation. Errors: ERR_SYSTEM (cannot be written). */
MUST bool show_value(
    FILE *out, const struct op *op, const json_t *value, struct err *err);

/* Prints indented JSON, control characters escaped. Errors: ERR_SYSTEM. */
MUST bool show_json(FILE *out, const json_t *value, struct err *err);

/* Prints text made harmless, lines kept, each behind the indent. */
void show_text(FILE *out, const char *text, const char *indent);

#endif
