/*
 * forewarn(1): every operation of the service as a command. This file chooses
 * what to do; the table of operations says what there is.
 */
#include "cli/args.h"
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/complete.h"
#include "cli/convert.h"
#include "cli/help.h"
#include "cli/login.h"
#include "cli/show.h"
#include "cli/token.h"
#include "core/utf8.h"

#include <curl/curl.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define SERVER "http://127.0.0.1:8080"

/* Who is asked, as whom. */
struct place {
	struct buf server;
	struct buf token;
	int64_t token_id;
};

static void
place_auto(struct place *place)
{
	buf_free(&place->server);
	buf_free(&place->token);
}

static enum exit_status
fail(enum exit_status status, const struct err *err)
{
	AUTO(buf) struct buf safe = BUF(4 * LIMIT_ERR_TEXT);
	utf8_show(&safe, err->text, strlen(err->text), false);
	(void)fprintf(stderr, "forewarn: %s\n", buf_text(&safe));
	return status;
}

/* FOREWARN_TOKEN is for FOREWARN_SERVER or --server; kept tokens have theirs.
 */
static bool
place_find(struct place *place, const struct globals *globals, struct err *err)
{
	const char *server = globals->server;
	const char *token = getenv("FOREWARN_TOKEN");
	if (server == NULL)
		server = getenv("FOREWARN_SERVER");
	place->server = BUF(300);
	place->token = BUF(300);
	buf_puts(&place->server, server);
	if (place->server.len > 0 &&
	    place->server.ptr[place->server.len - 1] == '/')
		place->server.ptr[--place->server.len] = '\0';
	if (token != NULL && token[0] != '\0')
		buf_puts(&place->token, token);
	else if (!token_find(
		     &place->server, &place->token, &place->token_id, err))
		return false;
	if (place->server.len == 0)
		buf_puts(&place->server, SERVER);
	if (!client_is_server(buf_text(&place->server)))
		return err_set(err, ERR_INVALID, NULL,
		    "the service's address is http(s)://host[:port], not "
		    "\"%.80s\"",
		    buf_text(&place->server));
	if (strcspn(buf_text(&place->token), "\r\n") != place->token.len)
		return err_set(
		    err, ERR_INVALID, NULL, "FOREWARN_TOKEN is not one line");
	return true;
}

/* Secrets that are needed and not given are asked at the terminal. */
static bool
ask_secrets(const struct op *op, json_t *args, struct err *err)
{
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		AUTO(buf) struct buf typed = BUF(1024);
		if (arg->type != ARG_SECRET_TEXT || !arg->required ||
		    json_object_get(args, arg->name) != NULL)
			continue;
		if (!ask_person(arg->help, true, &typed, err))
			return false;
		value_set(
		    args, arg->name, json_stringn(buf_text(&typed), typed.len));
	}
	return true;
}

/* A missing argument is a fault of the command line, not of its content. */
static enum exit_status
check(const struct op *op, const json_t *args, json_t **clean, struct err *err)
{
	if (op_check(op, args, clean, err))
		return EXIT_DONE;
	const struct op_arg *arg = op_arg_find(op, err->field);
	if (arg == NULL || json_object_get(args, err->field) != NULL)
		return EXIT_DATA;
	char name[48];
	struct err missing;
	(void)err_set(&missing, ERR_INVALID, arg->name, "--%s is missing: %s",
	    convert_option_name(arg, name), arg->help);
	*err = missing;
	return EXIT_USAGE;
}

static enum exit_status
ask_and_show(const struct op *op, const struct globals *globals, json_t *args,
    struct err *err)
{
	AUTO(place) struct place place = { 0 };
	AUTO(value) json_t *clean = NULL;
	AUTO(value) json_t *answer = NULL;
	if (!ask_secrets(op, args, err))
		return EXIT_USAGE;
	enum exit_status status = check(op, args, &clean, err);
	if (status != EXIT_DONE)
		return status;
	if (!place_find(&place, globals, err))
		return EXIT_USAGE;
	struct client client = { buf_text(&place.server),
		buf_text(&place.token) };
	status = client_ask(&client, op, clean, &answer, err);
	if (status != EXIT_DONE)
		return status;
	bool shown = globals->json ? show_json(stdout, answer, err)
				   : show_value(stdout, op, answer, err);
	return shown ? EXIT_DONE : EXIT_FILE;
}

static enum exit_status
run_command(int argc, char **argv, struct globals *globals, struct err *err)
{
	const struct op *op;
	int used;
	AUTO(value) json_t *args = NULL;
	bool wants_help =
	    globals->help || (argc > 1 && strcmp(argv[1], "--help") == 0);
	if (wants_help && command_is_noun(argv[0]) &&
	    (argc == 1 || argv[1][0] == '-')) {
		help_noun(stdout, argv[0]);
		return EXIT_DONE;
	}
	if (!command_find(argv, argc, &op, &used, err))
		return EXIT_USAGE;
	AUTO(buf) struct buf name = BUF(100);
	buf_printf(&name, "%.*s %s", (int)command_noun(op).len, op->name,
	    command_verb(op));
	argv[used - 1] = name.ptr;
	enum exit_status status = args_read(
	    op, argc - used + 1, argv + used - 1, globals, &args, err);
	if (status != EXIT_DONE)
		return status;
	if (globals->help) {
		help_command(stdout, op);
		return EXIT_DONE;
	}
	return ask_and_show(op, globals, args, err);
}

static enum exit_status
run_login(int argc, char **argv, struct globals *globals, struct err *err)
{
	AUTO(place) struct place place = { 0 };
	struct globals early = *globals;
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--server=", 9) == 0)
			early.server = argv[i] + 9;
	if (!place_find(&place, &early, err))
		return EXIT_USAGE;
	enum exit_status status =
	    login_run(buf_text(&place.server), argc, argv, globals, err);
	if (status == EXIT_DONE && globals->help)
		help_command(stdout, op_get(OP_session_open));
	return status;
}

static enum exit_status
run_logout(int argc, char **argv, struct globals *globals, struct err *err)
{
	AUTO(place) struct place place = { 0 };
	(void)argv;
	if (argc > 1) {
		(void)err_set(err, ERR_INVALID, NULL,
		    "logout takes nothing behind it; --server stands before");
		return EXIT_USAGE;
	}
	if (!place_find(&place, globals, err))
		return EXIT_USAGE;
	return logout_run(buf_text(&place.server), buf_text(&place.token),
	    place.token_id, err);
}

static enum exit_status
run_completion(int argc, char **argv, struct globals *globals, struct err *err)
{
	(void)globals;
	if (argc == 2 && complete_print(stdout, argv[1]))
		return EXIT_DONE;
	(void)err_set(
	    err, ERR_INVALID, NULL, "usage: forewarn completion bash|zsh|fish");
	return EXIT_USAGE;
}

static enum exit_status
run_help(int argc, char **argv, struct globals *globals, struct err *err)
{
	globals->help = true;
	if (argc > 1)
		return run_command(argc - 1, argv + 1, globals, err);
	help_program(stdout);
	return EXIT_DONE;
}

static const struct {
	const char *name;
	enum exit_status (*run)(
	    int argc, char **argv, struct globals *globals, struct err *err);
} own[] = {
	{ "login", run_login },
	{ "logout", run_logout },
	{ "completion", run_completion },
	{ "help", run_help },
};

static enum exit_status
run(int argc, char **argv, struct err *err)
{
	struct globals globals = { 0 };
	bool version = false;
	int used = 0;
	enum exit_status status =
	    args_globals(argc, argv, &globals, &version, &used, err);
	if (status != EXIT_DONE)
		return status;
	if (version) {
		(void)printf("forewarn %s\n", VERSION);
		return EXIT_DONE;
	}
	if (used == argc && !globals.help) {
		help_program(stderr);
		(void)err_set(err, ERR_INVALID, NULL, "a command is missing");
		return EXIT_USAGE;
	}
	if (used == argc)
		return run_help(1, argv, &globals, err);
	for (size_t i = 0; i < COUNT(own); i++)
		if (strcmp(own[i].name, argv[used]) == 0)
			return own[i].run(
			    argc - used, argv + used, &globals, err);
	return run_command(argc - used, argv + used, &globals, err);
}

/* Texts of the service are UTF-8, so the terminal is asked to be. */
static void
choose_locale(void)
{
	(void)setlocale(LC_ALL, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setlocale(LC_NUMERIC, "C");
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	choose_locale();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		(void)fputs("forewarn: libcurl does not start\n", stderr);
		return EXIT_FAULT;
	}
	enum exit_status status = run(argc, argv, &err);
	if (status != EXIT_DONE)
		(void)fail(status, &err);
	else if (fflush(stdout) != 0) {
		(void)fputs("forewarn: the output cannot be written\n", stderr);
		status = EXIT_FILE;
	}
	curl_global_cleanup();
	return (int)status;
}
