/*
 * One question to the service through its JSON API, by libcurl. No redirect is
 * followed, nothing but http and https is spoken, an answer has a ceiling, and
 * a token leaves this machine by https only.
 */
#ifndef FOREWARN_CLI_CLIENT_H
#define FOREWARN_CLI_CLIENT_H

#include "cli/exit.h"
#include "ops/ops.h"

struct client {
	const char *server; /* "https://security.example.org" */
	const char *token;  /* "" = ask as a visitor */
};

/* True if server is http://host or https://host, with nothing behind it. */
bool client_is_server(const char *server);

/*
 * Asks; *ret is the operation's value, owned by the caller. Returns EXIT_DONE,
 * or the status of the fault that err describes. Needs curl_global_init.
 */
MUST enum exit_status client_ask(const struct client *client,
    const struct op *op, const json_t *args, json_t **ret, struct err *err);

#endif
