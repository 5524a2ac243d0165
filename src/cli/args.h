/*
 * The options and words behind a command, by getopt_long(3), as the JSON
 * arguments of its operation. Every argument is an option; the required ones
 * may also stand without their names, in the order of the table.
 */
#ifndef FOREWARN_CLI_ARGS_H
#define FOREWARN_CLI_ARGS_H

#include "cli/exit.h"
#include "ops/ops.h"

/* What may stand in front of a command, and behind it too. */
struct globals {
	const char *server; /* NULL: not given */
	bool json;
	bool help;
};

/*
 * Reads argv[1..argc-1]. The caller owns *ret, an object for op_check. Returns
 * EXIT_DONE, or the status of the fault that err describes.
 */
MUST enum exit_status args_read(const struct op *op, int argc, char **argv,
    struct globals *globals, json_t **ret, struct err *err);

/*
 * Reads options that stand before the command; *used is how many elements of
 * argv were taken, the program's name included. version is set by --version.
 */
MUST enum exit_status args_globals(int argc, char **argv,
    struct globals *globals, bool *version, int *used, struct err *err);

#endif
