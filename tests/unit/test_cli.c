/* What is typed becomes arguments, and words become commands. */
#include "test.h"

#include "cli/args.h"
#include "cli/command.h"
#include "cli/convert.h"

#include <string.h>

#define MOST_WORDS 12

/* A command line behind its command, and the JSON or the fault it gives. */
static const struct {
	enum op_id op;
	const char *words[MOST_WORDS];
	enum exit_status status;
	const char *want;
} lines[] = {
	{ OP_case_list, { "--due", "7d" }, EXIT_DONE, "{\"due\":7}" },
	{ OP_case_list, { "--due=2w" }, EXIT_DONE, "{\"due\":14}" },
	{ OP_case_list, { "--due=12" }, EXIT_DONE, "{\"due\":12}" },
	{ OP_case_list, { "--due=5h" }, EXIT_DONE, "{\"due\":\"5h\"}" },
	{ OP_case_list, { "--state=new,triage", "--state", "review" },
	    EXIT_DONE, "{\"state\":[\"new\",\"triage\",\"review\"]}" },
	{ OP_case_list, { "--state" }, EXIT_USAGE, "needs a value" },
	{ OP_case_list, { "--stat=new" }, EXIT_DONE, "{\"state\":[\"new\"]}" },
	{ OP_case_list, { "--nothing=1" }, EXIT_USAGE, "no option" },
	{ OP_case_list, { "--lnie=1" }, EXIT_USAGE, "--line perhaps?" },
	{ OP_case_list, { "mesh" }, EXIT_DONE, "{\"text\":\"mesh\"}" },
	{ OP_case_inbox, { "extra" }, EXIT_USAGE, "one word too many" },
	{ OP_case_list, { "--text=\xff" }, EXIT_DATA, "not UTF-8" },
	{ OP_case_show, { "fw-2026-0001" }, EXIT_DONE,
	    "{\"case\":\"FW-2026-0001\"}" },
	{ OP_case_show, { "A", "--case=B" }, EXIT_USAGE, "too many" },
	{ OP_case_show, { "--case=A", "--case=B" }, EXIT_DATA, "given twice" },
	{ OP_case_move, { "A", "--revision=3", "triage" }, EXIT_DONE,
	    "{\"revision\":3,\"case\":\"A\",\"to\":\"triage\"}" },
	{ OP_case_move, { "--non-issue=N5" }, EXIT_DONE,
	    "{\"non_issue\":\"N5\"}" },
	{ OP_case_note, { "A", "@@home" }, EXIT_DONE,
	    "{\"case\":\"A\",\"text\":\"@home\"}" },
	{ OP_case_note, { "A", "@/no/such/file" }, EXIT_FILE, "cannot" },
	{ OP_case_note, { "A", "--", "--text" }, EXIT_DONE,
	    "{\"case\":\"A\",\"text\":\"--text\"}" },
	{ OP_case_ask, { "A", "why", "--question" }, EXIT_DONE,
	    "{\"question\":true,\"case\":\"A\",\"text\":\"why\"}" },
	{ OP_case_ask, { "--no-question" }, EXIT_DONE, "{\"question\":false}" },
	{ OP_case_ask, { "--question=off" }, EXIT_DONE,
	    "{\"question\":false}" },
	{ OP_case_ask, { "--question=perhaps" }, EXIT_DONE,
	    "{\"question\":\"perhaps\"}" },
	{ OP_disclose_run, { "A", "B", "--when=now" }, EXIT_DONE,
	    "{\"when\":\"now\",\"cases\":[\"A\",\"B\"]}" },
	{ OP_cve_assign, { "--cve=cve-1900-1234" }, EXIT_DONE,
	    "{\"cve\":\"CVE-1900-1234\"}" },
	{ OP_disclose_approve, { "A", "ABCDEF" }, EXIT_DONE,
	    "{\"case\":\"A\",\"digest\":\"abcdef\"}" },
	{ OP_exposure_set, { "A", "2026-12-01 15:00" }, EXIT_DONE,
	    "{\"case\":\"A\",\"fix_public_at\":\"2026-12-01T15:00:00Z\"}" },
	{ OP_rehearse_advance, { "60d" }, EXIT_DONE, "{\"seconds\":5184000}" },
	{ OP_session_open, { "--password=hunter2" }, EXIT_DATA,
	    "others see a command line" },
	{ OP_report_send, { "--files=x" }, EXIT_USAGE, "no option" },
};

static void
check_line(size_t i)
{
	char name[] = "forewarn";
	char copies[MOST_WORDS][64];
	char *argv[MOST_WORDS + 2] = { name };
	int argc = 1;
	struct globals globals = { 0 };
	struct err err = { 0 };
	AUTO(value) json_t *args = NULL;
	AUTO(buf) struct buf got = BUF(1000);
	for (size_t k = 0; k < MOST_WORDS && lines[i].words[k] != NULL; k++) {
		(void)snprintf(
		    copies[k], sizeof(copies[k]), "%s", lines[i].words[k]);
		argv[argc++] = copies[k];
	}
	enum exit_status status =
	    args_read(op_get(lines[i].op), argc, argv, &globals, &args, &err);
	if (status != lines[i].status)
		fail_msg("line %zu: status %d, %s", i, status, err.text);
	if (status == EXIT_DONE)
		value_print(&got, args);
	else
		buf_puts(&got, err.text);
	bool good = status == EXIT_DONE
			? strcmp(buf_text(&got), lines[i].want) == 0
			: strstr(buf_text(&got), lines[i].want) != NULL;
	if (!good)
		fail_msg("line %zu: %s", i, buf_text(&got));
}

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		check_line(i);
}

static const struct {
	const char *first, *second;
	const char *op; /* NULL: refused */
	int used;
	const char *says;
} commands[] = {
	{ "case", "list", "case.list", 2, NULL },
	{ "maker", "contact-end", "maker.contact-end", 2, NULL },
	{ "case", "disclose", "disclose.run", 2, NULL },
	{ "today", NULL, "today.show", 1, NULL },
	{ "rehearse", "60d", "rehearse.advance", 1, NULL },
	{ "inbox", NULL, "case.inbox", 1, NULL },
	{ "case", NULL, NULL, 0, "needs one more word" },
	{ "cases", "list", NULL, 0, "did you mean \"case list\"" },
	{ "case", "lits", NULL, 0, "did you mean \"case list\"" },
	{ "inbx", NULL, NULL, 0, "did you mean \"inbox\"" },
	{ "xyzzy", "plugh", NULL, 0, "--help lists them" },
	{ "\x1b[31m", NULL, NULL, 0, "<U+001B>[31m" },
};

static void
test_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++) {
		char first[40], second[40];
		char *words[2] = { first, second };
		const struct op *op = NULL;
		int used = 0;
		struct err err = { 0 };
		(void)snprintf(first, sizeof(first), "%s", commands[i].first);
		(void)snprintf(second, sizeof(second), "%s",
		    commands[i].second == NULL ? "" : commands[i].second);
		bool found = command_find(words,
		    commands[i].second == NULL ? 1 : 2, &op, &used, &err);
		if (found != (commands[i].op != NULL))
			fail_msg("command %zu: %s", i, err.text);
		if (found) {
			assert_string_equal(op->name, commands[i].op);
			assert_int_equal(used, commands[i].used);
		} else if (strstr(err.text, commands[i].says) == NULL) {
			fail_msg("command %zu says: %s", i, err.text);
		}
	}
}

/* Every argument of every operation can be typed as an option. */
static void
test_every_argument(void **state)
{
	(void)state;
	for (int id = 0; id < OP_COUNT; id++) {
		const struct op *op = op_get((enum op_id)id);
		for (const struct op_arg *arg = op->args; arg->name != NULL;
		     arg++) {
			char name[] = "forewarn", option[80], plain[48];
			char *argv[] = { name, option, NULL };
			struct globals globals = { 0 };
			struct err err = { 0 };
			AUTO(value) json_t *args = NULL;
			if (!convert_is_offered(arg) ||
			    arg->type == ARG_SECRET_TEXT)
				continue;
			(void)snprintf(option, sizeof(option), "--%s=1",
			    convert_option_name(arg, plain));
			enum exit_status status =
			    args_read(op, 2, argv, &globals, &args, &err);
			if (status != EXIT_DONE ||
			    json_object_get(args, arg->name) == NULL)
				fail_msg(
				    "%s %s: %s", op->name, option, err.text);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_every_argument),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
