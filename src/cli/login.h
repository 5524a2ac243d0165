/* "forewarn login" and "forewarn logout". */
#ifndef FOREWARN_CLI_LOGIN_H
#define FOREWARN_CLI_LOGIN_H

#include "cli/args.h"

/*
 * Opens a session with mail address, password and code, makes a token with it,
 * keeps the token for this server and ends the session. What is not given as
 * an option is asked. server is the service chosen.
 */
MUST enum exit_status login_run(const char *server, int argc, char **argv,
    struct globals *globals, struct err *err);

/* Ends the token kept for the server and forgets it. */
MUST enum exit_status logout_run(
    const char *server, const char *token, int64_t id, struct err *err);

#endif
