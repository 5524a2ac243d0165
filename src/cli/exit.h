/* The exit statuses of forewarn(1), from exit.def. */
#ifndef FOREWARN_CLI_EXIT_H
#define FOREWARN_CLI_EXIT_H

enum exit_status {
#define EXIT(name, status, meaning) EXIT_##name = (status),
#include "cli/exit.def"
#undef EXIT
};

#endif
