/* Acts a person runs by hand: forewarnd backup, restore, verify, rekey. */
#ifndef FOREWARN_PROCESS_ACTS_H
#define FOREWARN_PROCESS_ACTS_H

#include "desk/ask.h"

/*
 * Runs one act with its arguments (argv[0] is its name) and prints what was
 * done. Returns an exit status: 0 done, 1 refused or broken, 64 wrong usage.
 */
int acts_run(struct house *house, char *const argv[]);

#endif
