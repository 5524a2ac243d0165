#include "cli/login.h"

#include "cli/ask.h"
#include "cli/client.h"
#include "cli/convert.h"
#include "cli/token.h"

#include <string.h>
#include <unistd.h>

#define TOKEN_DAYS 30

/* Puts what the person types for a missing argument into args. */
static bool
ask_missing(const struct op *op, json_t *args, struct err *err)
{
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		AUTO(buf) struct buf typed = BUF(1024);
		if (json_object_get(args, arg->name) != NULL)
			continue;
		if (!ask_person(
			arg->help, arg->type == ARG_SECRET_TEXT, &typed, err))
			return false;
		value_set(
		    args, arg->name, json_stringn(buf_text(&typed), typed.len));
	}
	return true;
}

static enum exit_status
checked_ask(const struct client *client, enum op_id id, json_t *args,
    json_t **ret, struct err *err)
{
	AUTO(value) json_t *given = args;
	AUTO(value) json_t *clean = NULL;
	if (!op_check(op_get(id), given, &clean, err))
		return EXIT_DATA;
	return client_ask(client, op_get(id), clean, ret, err);
}

static json_t *
token_args(void)
{
	char host[41] = "";
	(void)gethostname(host, sizeof(host) - 1);
	json_t *args = json_pack(
	    "{s:[s, s], s:i}", "scopes", "read", "write", "days", TOKEN_DAYS);
	value_set(args, "name", json_sprintf("forewarn on %s", host));
	if (json_is_null(json_object_get(args, "name")))
		value_set_text(args, "name", "forewarn");
	return args;
}

/* With an open session: a token is made and kept, the session ends. */
static enum exit_status
keep_new_token(const struct client *client, struct err *err)
{
	AUTO(value) json_t *made = NULL;
	AUTO(value) json_t *closed = NULL;
	enum exit_status status =
	    checked_ask(client, OP_token_create, token_args(), &made, err);
	if (status != EXIT_DONE)
		return status;
	struct err ignored;
	(void)checked_ask(
	    client, OP_session_close, json_object(), &closed, &ignored);
	if (!token_keep(client->server, value_text(made, "secret"),
		value_int(made, "token", 0), err))
		return EXIT_FILE;
	(void)printf(
	    "logged in at %s for %d days\n", client->server, TOKEN_DAYS);
	return EXIT_DONE;
}

enum exit_status
login_run(const char *server, int argc, char **argv, struct globals *globals,
    struct err *err)
{
	AUTO(value) json_t *args = NULL;
	AUTO(value) json_t *opened = NULL;
	struct client client = { server, "" };
	const struct op *op = op_get(OP_session_open);
	enum exit_status status =
	    args_read(op, argc, argv, globals, &args, err);
	if (status != EXIT_DONE || globals->help)
		return status;
	if (!ask_missing(op, args, err))
		return EXIT_USAGE;
	status = checked_ask(
	    &client, OP_session_open, json_incref(args), &opened, err);
	if (status != EXIT_DONE)
		return status;
	client.token = value_text(opened, "session");
	return keep_new_token(&client, err);
}

enum exit_status
logout_run(const char *server, const char *token, int64_t id, struct err *err)
{
	AUTO(value) json_t *ended = NULL;
	struct client client = { server, token };
	if (token[0] == '\0') {
		(void)err_set(
		    err, ERR_MISSING, NULL, "no token is kept for %s", server);
		return EXIT_DENIED;
	}
	json_t *args = json_pack("{s:I}", "token", (json_int_t)id);
	enum exit_status status =
	    checked_ask(&client, OP_token_revoke, args, &ended, err);
	if (status == EXIT_UNAVAILABLE || status == EXIT_FAULT)
		return status;
	if (!token_keep(server, "", 0, err))
		return EXIT_FILE;
	(void)printf("logged out of %s\n", server);
	return EXIT_DONE;
}
