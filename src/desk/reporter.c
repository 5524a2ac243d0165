#include "desk/reporter.h"

#include "core/when.h"
#include "desk/deadline.h"
#include "desk/outbox.h"
#include "rules/calendar.h"

static const struct {
	const char *kind;
	const char *subject;
	const char *text;
} news_table[] = {
	[REPORTER_STATE] = { "report-state", "News about your report",
	    "The state of your report changed." },
	[REPORTER_QUESTION] = { "report-question",
	    "A question about your "
	    "report",
	    "We have a question about your report and need your answer to go "
	    "on." },
	[REPORTER_MESSAGE] = { "report-message", "A message about your report",
	    "There is a message for you about your report." },
	[REPORTER_CVE] = { "report-cve", "A CVE id for your report",
	    "Your report was given a CVE id." },
	[REPORTER_PROPOSAL] = { "report-proposal", "A date for your report",
	    "A disclosure date was proposed or moved. Please accept it or "
	    "object to it." },
	[REPORTER_PLANNED] = { "report-planned", "Disclosure is near",
	    "The planned disclosure of your report is near." },
	[REPORTER_CREDIT] = { "report-credit", "How shall we credit you?",
	    "Please choose whether and under which name you are credited. "
	    "Without an answer no name is published." },
	[REPORTER_ANSWER] = { "report-answer", "We still need your answer",
	    "A question about your report is still open. Without an answer it "
	    "closes 30 days after the question; any later answer opens it "
	    "again." },
	[REPORTER_PUBLISHED] = { "report-published", "Your report is public",
	    "The advisory about your report is published. Thank you." },
};

const char *
report_contact(const struct casefile *file)
{
	return value_text(json_object_get(file->body, "reporter"), "contact");
}

bool
report_notify(struct ask *ask, const struct casefile *file,
    enum reporter_news news, int64_t about, struct err *err)
{
	const char *to = report_contact(file);
	if (to[0] == '\0')
		return true;
	const char *kind = news_table[news].kind;
	const char *key = ask_print(
	    ask, "%s:%s:%lld", kind, file->row.number, (long long)about);
	const char *subject = ask_print(
	    ask, "%s: %s", file->row.number, news_table[news].subject);
	const char *text = ask_print(ask,
	    "%s\n\nOpen your private link to read and answer; it is in the "
	    "receipt of %s.\nPlease do not answer by mail.\n\n-- \n%s\n",
	    news_table[news].text, file->row.number, ask_policy(ask, "name"));
	return outbox_add(ask, key, kind, 0, to, subject, text, err);
}

bool
report_is_asked(const struct casefile *file)
{
	int64_t asked = value_when(file->body, "asked_at");
	return asked != 0 && asked > value_when(file->body, "answered_at");
}

/* Deadlines that concern the reporter; the rest is the project's own. */
static const char *const told[] = { "acknowledge", "analyse", "fix", "disclose",
	"answer" };

static bool
is_told(const char *name)
{
	for (size_t i = 0; i < COUNT(told); i++)
		if (strcmp(told[i], name) == 0)
			return true;
	return false;
}

bool
report_dues(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct calendar_rule rules[CALENDAR_RULES];
	struct calendar_row rows[CALENDAR_RULES];
	struct calendar_facts facts;
	if (!calendar_rules_of(ask->house->policy, rules, err) ||
	    !deadline_facts(ask, file, &facts, err))
		return false;
	size_t count = calendar_rows(rules, "case", &facts, ask->now, rows);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!is_told(rows[i].rule->name))
			continue;
		json_t *due = json_object();
		value_set_text(due, "name", rows[i].rule->name);
		value_set_text(due, "label", rows[i].rule->label);
		value_set_when(due, "at", rows[i].due_at);
		value_set_when(due, "done", rows[i].done_at);
		value_set_bool(due, "late", rows[i].state == CALENDAR_LATE);
		(void)json_array_append_new(list, due);
	}
	*ret = list;
	return true;
}

/* What one brace word of a canned reply stands for. */
static void
fill_word(struct ask *ask, struct buf *out, struct str word, const char *number,
    int64_t due)
{
	char human[WHEN_TEXT];
	if (str_eq(word, "case"))
		buf_puts(out, number);
	else if (str_eq(word, "due"))
		buf_puts(out, when_human(due, human));
	else if (str_eq(word, "project"))
		buf_puts(out, ask_policy(ask, "name"));
}

const char *
report_canned(
    struct ask *ask, const char *name, const char *number, int64_t due)
{
	AUTO(buf) struct buf out = BUF(LIMIT_MARKDOWN);
	struct str rest = { 0 };
	size_t i;
	json_t *reply;
	json_array_foreach(
	    (json_t *)(uintptr_t)ask_policy_value(ask, "replies"), i, reply)
	{
		if (strcmp(value_text(reply, "name"), name) == 0)
			rest = str_of(value_text(reply, "text"));
	}
	while (rest.ptr != NULL) {
		struct str plain = str_cut(&rest, '{');
		buf_add(&out, plain.ptr, plain.len);
		if (rest.ptr != NULL)
			fill_word(ask, &out, str_cut(&rest, '}'), number, due);
	}
	const char *copy = arena_copy(ask->arena, buf_text(&out), out.len);
	return copy == NULL ? "" : copy;
}
