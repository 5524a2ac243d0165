#include "cli/complete.h"

#include "cli/command.h"
#include "cli/convert.h"
#include "cli/help.h"

#include <string.h>

static void
print_nouns(FILE *out)
{
	const char *what;
	const char *name;
	for (size_t i = 0; (name = help_own(i, &what)) != NULL; i++)
		(void)fprintf(out, "%s ", name);
	for (int id = 0; id < OP_COUNT; id++) {
		struct str noun = command_noun(op_get((enum op_id)id));
		if (command_opens_noun((enum op_id)id))
			(void)fprintf(out, "%.*s ", (int)noun.len, noun.ptr);
	}
}

static void
print_options(FILE *out, const struct op *op)
{
	char name[48];
	(void)fputs("--server --json --help", out);
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++)
		if (convert_is_offered(arg))
			(void)fprintf(
			    out, " --%s", convert_option_name(arg, name));
}

static void
print_choices(FILE *out, const char *choices)
{
	for (; *choices != '\0'; choices++)
		(void)fputc(*choices == '|' ? ' ' : *choices, out);
}

static void
print_verbs(FILE *out, int first)
{
	struct str noun = command_noun(op_get((enum op_id)first));
	for (int id = 0; id < OP_COUNT; id++) {
		const struct op *op = op_get((enum op_id)id);
		if (!str_is(command_noun(op), noun))
			continue;
		if (id < first)
			return;
		if (id == first)
			(void)fprintf(
			    out, "\t'%.*s/') found='", (int)noun.len, noun.ptr);
		(void)fprintf(out, "%s ", command_verb(op));
	}
	(void)fputs("' ;;\n", out);
}

static void
print_options_branch(FILE *out, const struct op *op)
{
	struct str noun = command_noun(op);
	char name[48];
	(void)fprintf(out, "\t'%.*s/%s') found='", (int)noun.len, noun.ptr,
	    command_verb(op));
	print_options(out, op);
	(void)fputs("' ;;\n", out);
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		if (arg->choices == NULL)
			continue;
		(void)fprintf(out, "\t'%.*s/%s/--%s') found='", (int)noun.len,
		    noun.ptr, command_verb(op), convert_option_name(arg, name));
		print_choices(out, arg->choices);
		(void)fputs("' ;;\n", out);
	}
}

/* Both shells look up "noun/", "noun/verb" and "noun/verb/--option". */
static void
print_branches(FILE *out)
{
	(void)fputs("\tlocal at\n\tfor at in \"$key\" \"$key/$prev\"; do\n"
		    "\tcase $at in\n"
		    "\t'') found='--help --json --server --version ",
	    out);
	print_nouns(out);
	(void)fputs("' ;;\n\t'completion/') found='bash zsh fish' ;;\n", out);
	for (int id = 0; id < OP_COUNT; id++) {
		print_verbs(out, id);
		print_options_branch(out, op_get((enum op_id)id));
	}
	(void)fputs("\tesac\n\tdone\n", out);
}

static void
print_bash(FILE *out)
{
	(void)fputs("# forewarn(1): eval \"$(forewarn completion bash)\"\n"
		    "_forewarn() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} found='' key=''\n"
		    "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		    "\tif [ \"$cur\" = '=' ]; then cur=''\n"
		    "\telif [ \"$prev\" = '=' ]; then "
		    "prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
		    "\tcase $COMP_CWORD in\n"
		    "\t1) ;;\n"
		    "\t2) key=${COMP_WORDS[1]}/ ;;\n"
		    "\t*) key=${COMP_WORDS[1]}/${COMP_WORDS[2]} ;;\n"
		    "\tesac\n",
	    out);
	print_branches(out);
	(void)fputs("\tmapfile -t COMPREPLY < <(compgen -W \"$found\" -- "
		    "\"$cur\")\n}\n"
		    "complete -o default -F _forewarn forewarn\n",
	    out);
}

static void
print_zsh(FILE *out)
{
	(void)fputs("#compdef forewarn\n"
		    "# forewarn(1): eval \"$(forewarn completion zsh)\"\n"
		    "_forewarn() {\n"
		    "\tlocal found='' key='' prev=$words[CURRENT-1]\n"
		    "\tcase $CURRENT in\n"
		    "\t2) ;;\n"
		    "\t3) key=$words[2]/ ;;\n"
		    "\t*) key=$words[2]/$words[3] ;;\n"
		    "\tesac\n",
	    out);
	print_branches(out);
	(void)fputs("\tif [ -n \"$found\" ]; then compadd -- ${=found}\n"
		    "\telse _files; fi\n}\n"
		    "compdef _forewarn forewarn\n",
	    out);
}

static void
fish_verb(FILE *out, const struct op *op)
{
	struct str noun = command_noun(op);
	char name[48];
	(void)fprintf(out,
	    "complete -c forewarn -n '__fish_is_nth_token 2; and "
	    "__fish_seen_subcommand_from %.*s' -f -a %s\n",
	    (int)noun.len, noun.ptr, command_verb(op));
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		if (!convert_is_offered(arg))
			continue;
		(void)fprintf(out,
		    "complete -c forewarn -n '__fish_seen_subcommand_from "
		    "%.*s; and __fish_seen_subcommand_from %s' -l %s",
		    (int)noun.len, noun.ptr, command_verb(op),
		    convert_option_name(arg, name));
		if (arg->choices != NULL) {
			(void)fputs(" -x -a '", out);
			print_choices(out, arg->choices);
			(void)fputs("'", out);
		} else if (arg->type != ARG_BOOL) {
			(void)fputs(" -r", out);
		}
		(void)fputc('\n', out);
	}
}

static void
print_fish(FILE *out)
{
	(void)fputs("# forewarn(1): forewarn completion fish | source\n"
		    "complete -c forewarn -n '__fish_is_first_token' -f -a '",
	    out);
	print_nouns(out);
	(void)fputs("'\ncomplete -c forewarn -l json\n"
		    "complete -c forewarn -l help\n"
		    "complete -c forewarn -l server -x\n",
	    out);
	for (int id = 0; id < OP_COUNT; id++)
		fish_verb(out, op_get((enum op_id)id));
}

bool
complete_print(FILE *out, const char *shell)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh },
		{ "fish", print_fish } };
	for (size_t i = 0; i < COUNT(shells); i++)
		if (strcmp(shells[i].name, shell) == 0) {
			shells[i].print(out);
			return true;
		}
	return false;
}
