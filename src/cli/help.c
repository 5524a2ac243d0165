#include "cli/help.h"

#include "cli/command.h"
#include "cli/convert.h"

#include <string.h>

#define OPTION_WIDTH 28

static const struct {
	const char *name;
	const char *what;
} own[] = {
	{ "login", "Log in with password and code, and keep a token" },
	{ "logout", "End the token kept for the service, and forget it" },
	{ "completion",
	    "Print what bash, zsh or fish needs to complete commands" },
	{ "help", "Help about a command: forewarn help case move" },
};

const char *
help_own(size_t i, const char **what)
{
	if (i >= COUNT(own))
		return NULL;
	*what = own[i].what;
	return own[i].name;
}

static void
list_verbs(FILE *out, struct str noun)
{
	(void)fprintf(out, "  %-12.*s", (int)noun.len, noun.ptr);
	size_t column = 14;
	for (int id = 0; id < OP_COUNT; id++) {
		const struct op *op = op_get((enum op_id)id);
		if (!str_is(command_noun(op), noun))
			continue;
		const char *verb = command_verb(op);
		if (column + strlen(verb) + 1 > 78) {
			(void)fprintf(out, "\n%14s", "");
			column = 14;
		}
		(void)fprintf(out, " %s", verb);
		column += strlen(verb) + 1;
	}
	(void)fputc('\n', out);
}

void
help_program(FILE *out)
{
	(void)fputs("usage: forewarn [options] NOUN VERB [arguments]\n\n"
		    "  --server=URL   the service; else FOREWARN_SERVER, else "
		    "that of the last login\n"
		    "  --json         print the answer as JSON\n"
		    "  --help         this text; behind a command, its own\n"
		    "  --version      print the version\n\nCommands:\n",
	    out);
	for (size_t i = 0; i < COUNT(own); i++)
		(void)fprintf(out, "  %-12s %s\n", own[i].name, own[i].what);
	(void)fputs("\nNouns and their verbs:\n", out);
	for (int id = 0; id < OP_COUNT; id++)
		if (command_opens_noun((enum op_id)id))
			list_verbs(out, command_noun(op_get((enum op_id)id)));
	(void)fputs("\nOther names:\n", out);
	const struct op *op = NULL;
	const char *words;
	for (size_t i = 0; (words = command_alias(i, &op)) != NULL; i++)
		(void)fprintf(out, "  %-15s %.*s %s\n", words,
		    (int)command_noun(op).len, op->name, command_verb(op));
	(void)fputs("\nforewarn NOUN --help tells what the verbs do; "
		    "man forewarn has it all.\n",
	    out);
}

void
help_noun(FILE *out, const char *noun)
{
	(void)fprintf(out, "usage: forewarn %s VERB [arguments]\n\n", noun);
	for (int id = 0; id < OP_COUNT; id++) {
		const struct op *op = op_get((enum op_id)id);
		if (str_eq(command_noun(op), noun))
			(void)fprintf(
			    out, "  %-14s %s\n", command_verb(op), op->summary);
	}
	(void)fprintf(
	    out, "\nforewarn %s VERB --help tells the arguments.\n", noun);
}

static void
print_upper(FILE *out, const char *name)
{
	for (; *name != '\0'; name++) {
		bool lower = *name >= 'a' && *name <= 'z';
		(void)fputc(lower ? *name - 32 : *name, out);
	}
}

static void
print_usage(FILE *out, const struct op *op)
{
	(void)fprintf(out, "usage: forewarn %.*s %s", (int)command_noun(op).len,
	    op->name, command_verb(op));
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		if (!arg->required || !convert_is_offered(arg) ||
		    arg->type == ARG_SECRET_TEXT)
			continue;
		(void)fputc(' ', out);
		print_upper(out, arg->name);
		(void)fputs(convert_is_list(arg) ? "…" : "", out);
	}
	(void)fputs(" [options]\n", out);
}

static void
print_argument(FILE *out, const struct op_arg *arg)
{
	AUTO(buf) struct buf left = BUF(200);
	char name[48];
	buf_printf(&left, "--%s=%s", convert_option_name(arg, name),
	    convert_placeholder(arg));
	(void)fprintf(out, "  %-*s %s%s\n", OPTION_WIDTH, buf_text(&left),
	    arg->help, arg->required ? " (required)" : "");
	if (arg->choices == NULL)
		return;
	struct str rest = str_of(arg->choices);
	(void)fprintf(out, "  %-*s one of:", OPTION_WIDTH, "");
	while (rest.ptr != NULL) {
		struct str word = str_cut(&rest, '|');
		(void)fprintf(out, " %.*s", (int)word.len, word.ptr);
	}
	(void)fputc('\n', out);
}

void
help_command(FILE *out, const struct op *op)
{
	print_usage(out, op);
	(void)fprintf(out, "\n%s.\n", op->summary);
	if (op->args[0].name != NULL)
		(void)fputc('\n', out);
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++)
		if (convert_is_offered(arg))
			print_argument(out, arg);
	(void)fputs("\nAlso --server=URL, --json, --help. Required arguments "
		    "may stand without their names.\n",
	    out);
}
