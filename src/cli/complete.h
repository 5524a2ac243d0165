/* Completion of commands for shells, made from the table of operations. */
#ifndef FOREWARN_CLI_COMPLETE_H
#define FOREWARN_CLI_COMPLETE_H

#include <stdbool.h>
#include <stdio.h>

/* Prints the script for "bash", "zsh" or "fish"; false for any other word. */
bool complete_print(FILE *out, const char *shell);

#endif
