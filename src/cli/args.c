#include "cli/args.h"

#include "cli/command.h"
#include "cli/convert.h"
#include "core/utf8.h"

#include <getopt.h>
#include <string.h>

#define MOST_ARGS 40
#define FIRST_ARG 1000 /* getopt's value of the first argument's option */

enum { OPT_SERVER = 1, OPT_JSON, OPT_HELP, OPT_VERSION };

/* Long options of one operation, names and all. */
struct options {
	struct option list[2 * MOST_ARGS + 4];
	char names[2 * MOST_ARGS][48];
	size_t count;
	size_t names_used;
};

static void
add_option(struct options *options, const char *name, int has_arg, int value)
{
	options->list[options->count++] =
	    (struct option){ name, has_arg, NULL, value };
}

static const char *
keep_name(struct options *options, const char *prefix, const struct op_arg *arg)
{
	char plain[48];
	char *name = options->names[options->names_used++];
	(void)snprintf(name, sizeof(options->names[0]), "%s%.40s", prefix,
	    convert_option_name(arg, plain));
	return name;
}

/* Two options for yes and no, one for everything else. */
static void
options_fill(struct options *options, const struct op *op)
{
	add_option(options, "server", required_argument, OPT_SERVER);
	add_option(options, "json", no_argument, OPT_JSON);
	add_option(options, "help", no_argument, OPT_HELP);
	for (int i = 0; i < MOST_ARGS && op->args[i].name != NULL; i++) {
		const struct op_arg *arg = &op->args[i];
		if (!convert_is_offered(arg))
			continue;
		bool yes_no = arg->type == ARG_BOOL;
		add_option(options, keep_name(options, "", arg),
		    yes_no ? optional_argument : required_argument,
		    FIRST_ARG + 2 * i);
		if (yes_no)
			add_option(options, keep_name(options, "no-", arg),
			    no_argument, FIRST_ARG + 2 * i + 1);
	}
}

static const char *
nearest_option(const struct options *options, const char *typed)
{
	const char *best = NULL;
	char name[48];
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed + 2, "="),
	    typed + 2);
	for (size_t i = 0; i < options->count; i++)
		best = command_nearer(name, options->list[i].name, best);
	return best;
}

/* What getopt stumbled over: found is its '?' or ':'. */
static enum exit_status
refuse_option(const struct options *options, const char *command,
    const char *typed, int found, struct err *err)
{
	AUTO(buf) struct buf shown = BUF(200);
	utf8_show(&shown, typed, strnlen(typed, 60), false);
	if (found == ':') {
		(void)err_set(err, ERR_INVALID, NULL, "%s needs a value",
		    buf_text(&shown));
		return EXIT_USAGE;
	}
	const char *near = typed[0] == '-' && typed[1] == '-'
			       ? nearest_option(options, typed)
			       : NULL;
	(void)err_set(err, ERR_INVALID, NULL,
	    "%s has no option %s%s%s%s; forewarn %s --help lists them", command,
	    buf_text(&shown), near == NULL ? "" : "; is it --",
	    near == NULL ? "" : near, near == NULL ? "" : " perhaps?", command);
	return EXIT_USAGE;
}

static bool
take_global(int found, struct globals *globals)
{
	if (found == OPT_SERVER)
		globals->server = optarg;
	else if (found == OPT_JSON)
		globals->json = true;
	else if (found == OPT_HELP)
		globals->help = true;
	else
		return false;
	return true;
}

static enum exit_status
status_of(const struct err *err)
{
	bool file = err->kind == ERR_MISSING || err->kind == ERR_SYSTEM;
	return file ? EXIT_FILE : EXIT_DATA;
}

/*
 * The next required argument not given yet; a list may be given again. Where
 * nothing is required a word is what to search for.
 */
static const struct op_arg *
next_word(const struct op *op, const json_t *args, const json_t *named)
{
	const struct op_arg *last = NULL;
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		if (!arg->required || !convert_is_offered(arg) ||
		    arg->type == ARG_SECRET_TEXT ||
		    json_object_get(named, arg->name) != NULL)
			continue;
		last = arg;
		if (json_object_get(args, arg->name) == NULL)
			return arg;
	}
	if (last != NULL && convert_is_list(last))
		return last;
	const struct op_arg *text = op_arg_find(op, "text");
	bool given = json_object_get(args, "text") != NULL;
	return last == NULL && !given ? text : NULL;
}

static enum exit_status
take_words(
    const struct op *op, int argc, char **argv, json_t *args, struct err *err)
{
	AUTO(value) json_t *named = json_copy(args);
	for (int i = optind; i < argc; i++) {
		const struct op_arg *arg = next_word(op, args, named);
		if (arg == NULL) {
			AUTO(buf) struct buf shown = BUF(200);
			utf8_show(&shown, argv[i], strnlen(argv[i], 60), false);
			(void)err_set(err, ERR_INVALID, NULL,
			    "\"%s\" is one word too many", buf_text(&shown));
			return EXIT_USAGE;
		}
		if (!convert_argument(arg, argv[i], args, err))
			return status_of(err);
	}
	return EXIT_DONE;
}

static enum exit_status
take_options(const struct op *op, int argc, char **argv,
    struct globals *globals, json_t *args, struct err *err)
{
	struct options options = { 0 };
	int found;
	options_fill(&options, op);
	optind = 0;
	opterr = 0;
	while (
	    (found = getopt_long(argc, argv, ":", options.list, NULL)) != -1) {
		if (found == '?' || found == ':')
			return refuse_option(
			    &options, argv[0], argv[optind - 1], found, err);
		if (take_global(found, globals))
			continue;
		int number = found - FIRST_ARG;
		const char *typed = number % 2 == 1 ? "no" : optarg;
		if (!convert_argument(&op->args[number / 2], typed, args, err))
			return status_of(err);
	}
	return EXIT_DONE;
}

enum exit_status
args_read(const struct op *op, int argc, char **argv, struct globals *globals,
    json_t **ret, struct err *err)
{
	AUTO(value) json_t *args = json_object();
	enum exit_status status =
	    take_options(op, argc, argv, globals, args, err);
	if (status == EXIT_DONE && !globals->help)
		status = take_words(op, argc, argv, args, err);
	if (status == EXIT_DONE)
		*ret = json_incref(args);
	return status;
}

enum exit_status
args_globals(int argc, char **argv, struct globals *globals, bool *version,
    int *used, struct err *err)
{
	struct options options = { 0 };
	int found;
	add_option(&options, "server", required_argument, OPT_SERVER);
	add_option(&options, "json", no_argument, OPT_JSON);
	add_option(&options, "help", no_argument, OPT_HELP);
	add_option(&options, "version", no_argument, OPT_VERSION);
	optind = 0;
	opterr = 0;
	while ((found = getopt_long(argc, argv, "+:h", options.list, NULL)) !=
	       -1) {
		if (found == '?' || found == ':')
			return refuse_option(
			    &options, "forewarn", argv[optind - 1], found, err);
		if (found == 'h')
			globals->help = true;
		else if (found == OPT_VERSION)
			*version = true;
		else
			(void)take_global(found, globals);
	}
	*used = optind;
	return EXIT_DONE;
}
