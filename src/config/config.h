/*
 * Configuration and policy files become JSON settings values. What a file may
 * say is a table (config.def, policy.def): key, type, default, check, help;
 * parsing is libconfuse's. An error names file and line, what is wrong and how
 * to repair it. Disadvantage: the first error ends the reading, so two
 * mistakes take two attempts.
 */
#ifndef FOREWARN_CONFIG_H
#define FOREWARN_CONFIG_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

/*
 * Reads the configuration file. *ret is one object with every key of
 * config.def: text, lists of text, numbers, truths; paths are absolute. The
 * policy file is not read here. Errors: ERR_MISSING (no such file),
 * ERR_INVALID, ERR_SYSTEM.
 */
MUST bool config_load(const char *path, json_t **ret, struct err *err);

/*
 * Reads a policy file. *ret is one object: the plain keys of policy.def, an
 * object for each plain section, and an array of objects with "name" for each
 * section that has a title. Errors as in config_load.
 */
MUST bool policy_load(const char *path, json_t **ret, struct err *err);

/* Appends every key with type, default and help, for --keys and the manual. */
void config_print_keys(struct buf *out);
void policy_print_keys(struct buf *out);

#endif
