#include "house.h"

#include "core/when.h"
#include "desk/attach.h"
#include "desk/mailing.h"
#include "desk/message.h"
#include "desk/reporter.h"

#include "store/engine.h"

#include <sys/mman.h>
#include <unistd.h>

static int
begin(void **state)
{
	static struct house_test t;
	house_begin(&t);
	*state = &t;
	return 0;
}

static int
end(void **state)
{
	house_end(*state);
	return 0;
}

#define DECLARED "'exploited':'no','reproduced':'no','ai_help':'no'"
#define WHOLE                                                                  \
	"'title':'Heap overflow in the parser','component':'net/parser',"      \
	"'version':'v4.2.0','steps':'Send a long line.','impact':'Remote "     \
	"code execution.'," DECLARED

/* The secret part of the link a receipt or view tells. */
static void
link_of(const json_t *value, char secret[64])
{
	const char *link = value_text(value, "link");
	const char *at = strrchr(link, '/');
	(void)snprintf(secret, 64, "%s", at == NULL ? link : at + 1);
}

static void
send_report(struct house_test *t, const char *more, char secret[64])
{
	link_of(
	    house_ask(t, NULL, "report.send", "{" WHOLE "%s}", more), secret);
}

/* How many reports there are, as the team sees it. */
static int64_t
reports(struct house_test *t, const struct person *lead)
{
	const json_t *value = house_ask(t, lead, "intake.show", "{}");
	return value_int(json_object_get(value, "statistics"), "received", -1);
}

/* P-02 P-03 I-02 I-08: number, hash, instants and link come at once. */
static void
a_report_gets_its_receipt(void **state)
{
	struct house_test *t = *state;
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{" WHOLE ",'configuration':'CONFIG_X=y','poc':'print(1)',"
	    "'payload_removed':true,'found_how':'fuzzing','others_told':'none',"
	    "'wished_date':'2030-01-01','exploited_evidence':'none',"
	    "'credit':'name','credit_name':'A. Finder',"
	    "'contact':'finder@example.org'}");
	int year = when_year(clock_now(&t->house.clock));
	char number[32];
	(void)snprintf(number, sizeof(number), "FW-%d-0001", year);
	assert_string_equal(value_text(value, "case"), number);
	assert_int_equal(strlen(value_text(value, "content_hash")), 64);
	int64_t received = value_when(value, "received_at");
	int64_t late = clock_now(&t->house.clock) - received;
	assert_true(late >= 0 && late < WHEN_MINUTE);
	assert_non_null(strstr(
	    value_text(value, "link"), "https://security.example.org/r/"));
	assert_true(json_array_size(json_object_get(value, "next")) >= 3);
	assert_int_equal(
	    json_array_size(json_object_get(value, "needs_information")), 0);
	assert_int_equal(house_mails(t, "report-receipt"), 1);
}

/* P-04: two dates, both of seven days, both told. */
static void
two_dates_are_owed(void **state)
{
	struct house_test *t = *state;
	const json_t *value = house_ask(t, NULL, "report.send", "{" WHOLE "}");
	int64_t received = value_when(value, "received_at");
	const json_t *dues = json_object_get(value, "due");
	bool acknowledge = false, analyse = false;
	size_t i;
	json_t *due;
	json_array_foreach((json_t *)(uintptr_t)dues, i, due)
	{
		bool week = value_when(due, "at") == received + 7 * WHEN_DAY;
		const char *name = value_text(due, "name");
		acknowledge |= week && strcmp(name, "acknowledge") == 0;
		analyse |= week && strcmp(name, "analyse") == 0;
	}
	assert_true(acknowledge && analyse);
}

/* I-03: what is missing is asked for, never a refusal. */
static void
missing_items_are_asked_for(void **state)
{
	struct house_test *t = *state;
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{'title':'Something is off'," DECLARED "}");
	assert_int_equal(
	    json_array_size(json_object_get(value, "needs_information")), 4);
}

/* I-04: both declarations are needed; their answers refuse nothing. */
static void
declarations_sort_and_never_refuse(void **state)
{
	struct house_test *t = *state;
	static const char *const without[] = {
		"{'title':'abc','exploited':'no','reproduced':'no'}",
		"{'title':'abc','exploited':'no','ai_help':'no'}",
		"{'title':'abc','exploited':'no','reproduced':'maybe',"
		"'ai_help':'no'}",
		"{'title':'abc','exploited':'no','reproduced':'yes',"
		"'ai_help':'no'}",
	};
	for (size_t i = 0; i < COUNT(without); i++)
		(void)house_refused(
		    t, NULL, ERR_INVALID, "report.send", "%s", without[i]);
	static const char *const help[] = { "no", "partly", "mostly" };
	for (size_t i = 0; i < COUNT(help); i++)
		(void)house_ask(t, NULL, "report.send",
		    "{'title':'abc','exploited':'no','reproduced':'no',"
		    "'ai_help':'%s'}",
		    help[i]);
}

/* What a case holds, looked at as the service itself. */
struct look {
	char number[32];
	char pec[16];
	char em[4];
	int64_t signed_number;
	char codes[64];
	int64_t broken;
	int64_t ends_at, received_at;
	size_t participants, terms;
	bool spoil; /* change a ledger row first */
};

static bool
look_inside(
    struct ask *ask, struct casefile *file, struct look *look, struct err *err)
{
	struct row_participant_find reporter, *all;
	struct row_embargo_list *terms;
	struct row_message_list *messages;
	size_t count;
	if (!q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
		"reporter", 0, &reporter, err) ||
	    !q_participant_list(ask->db, ask->pass, ask->arena, file->row.id,
		&all, &look->participants, err) ||
	    !q_embargo_list(ask->db, ask->pass, ask->arena, file->row.id,
		&terms, &look->terms, err) ||
	    !q_message_list(ask->db, ask->pass, ask->arena, file->row.id,
		&messages, &count, err) ||
	    !case_messages_check(ask, file, &look->broken, err))
		return false;
	AUTO(buf) struct buf codes = BUF(sizeof(look->codes) - 1);
	for (size_t i = 0; i < count; i++)
		buf_printf(&codes, "%s ", messages[i].code);
	(void)snprintf(
	    look->codes, sizeof(look->codes), "%s", buf_text(&codes));
	(void)snprintf(look->pec, sizeof(look->pec), "%s", reporter.pec);
	(void)snprintf(look->em, sizeof(look->em), "%s", file->row.em);
	look->signed_number = reporter.signed_number;
	look->ends_at = terms[0].ends_at;
	look->received_at = file->row.received_at;
	return true;
}

static bool
look_work(struct ask *ask, void *context, struct err *err)
{
	struct look *look = context;
	struct row_case_by_number row;
	AUTO(casefile) struct casefile file = { 0 };
	return q_case_by_number(
		   ask->db, ask->pass, ask->arena, look->number, &row, err) &&
	       case_unseal(ask, &row, &file, err) &&
	       look_inside(ask, &file, look, err);
}

static struct look
look_at(struct house_test *t, const char *number)
{
	struct look look = { 0 };
	(void)snprintf(look.number, sizeof(look.number), "%s", number);
	ok(&t->base, dispatch_system(&t->house, OP_report_send, look_work,
			 &look, &t->base.err));
	return look;
}

/* I-05 V-10: sending accepts the standing proposal. */
static void
sending_accepts_the_standing_proposal(void **state)
{
	struct house_test *t = *state;
	const json_t *value = house_ask(t, NULL, "report.send", "{" WHOLE "}");
	const json_t *embargo = json_object_get(value, "embargo");
	assert_true(value_true(embargo, "accepted"));
	struct look look = look_at(t, value_text(value, "case"));
	assert_string_equal(look.pec, "signatory");
	assert_string_equal(look.em, "P");
	assert_int_equal(look.signed_number, 1);
	assert_int_equal(look.terms, 1);
	assert_int_equal(look.participants, 2);
	assert_true(look.ends_at == look.received_at + 90 * WHEN_DAY);
	assert_string_equal(look.codes, "RS RK EP EA ");
	assert_int_equal(look.broken, 0);
}

/* I-28: who objects takes part in the negotiation, and may think again. */
static void
an_objection_is_an_answer(void **state)
{
	struct house_test *t = *state;
	char link[64], number[32];
	const json_t *value =
	    house_ask(t, NULL, "report.send", "{" WHOLE ",'objects':true}");
	link_of(value, link);
	(void)snprintf(number, sizeof(number), "%s", value_text(value, "case"));
	assert_string_equal(look_at(t, number).pec, "declined");
	assert_string_equal(look_at(t, number).codes, "RS RK EP ");
	(void)house_refused(t, NULL, ERR_CONFLICT, "report.consent",
	    "{'link':'%s','answer':'object','number':1}", link);
	(void)house_refused(t, NULL, ERR_CONFLICT, "report.consent",
	    "{'link':'%s','answer':'accept','number':2}", link);
	value = house_ask(t, NULL, "report.consent",
	    "{'link':'%s','answer':'accept','number':1}", link);
	const json_t *proposal =
	    json_object_get(json_object_get(value, "embargo"), "proposal");
	assert_string_equal(value_text(proposal, "stand"), "accepted");
	assert_string_equal(look_at(t, number).pec, "signatory");
	(void)house_refused(t, NULL, ERR_CONFLICT, "report.consent",
	    "{'link':'%s','answer':'object','number':1}", link);
}

/* V-23: the ledger is a chain to export; a changed row breaks it. */
static void
the_message_chain_shows_a_change(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	char number[32];
	(void)snprintf(number, sizeof(number), "%s",
	    value_text(
		house_ask(t, NULL, "report.send", "{" WHOLE "}"), "case"));
	const json_t *ledger =
	    house_ask(t, &lead, "case.ledger", "{'case':'%s'}", number);
	const json_t *rows = json_object_get(ledger, "messages");
	assert_true(value_true(ledger, "whole"));
	assert_int_equal(json_array_size(rows), 4);
	for (size_t i = 0; i < 4; i++) {
		const json_t *row = json_array_get(rows, i);
		assert_int_equal(strlen(value_text(row, "hash")), 64);
		assert_true(value_when(row, "at") != 0);
		assert_true(value_int(row, "from", 0) != 0);
		if (i > 0)
			assert_string_equal(value_text(row, "prev"),
			    value_text(json_array_get(rows, i - 1), "hash"));
	}
	assert_string_equal(value_text(json_array_get(rows, 0), "code"), "RS");
	ok(&t->base, db_script(t->base.db,
			 "UPDATE case_message SET code = 'RC' WHERE number = 2",
			 &t->base.err));
	assert_int_equal(look_at(t, number).broken, 2);
	ledger = house_ask(t, &lead, "case.ledger", "{'case':'%s'}", number);
	assert_false(value_true(ledger, "whole"));
	assert_int_equal(value_int(ledger, "broken", 0), 2);
}

/* I-06 I-25 I-26: without an address, all goes by the private page. */
static void
an_anonymous_reporter_comes_back(void **state)
{
	struct house_test *t = *state;
	static const char *const hidden[] = { "participants", "makers",
		"branches", "fixes", "notes", "assignee", "revision",
		"reporter", "rank", "capped" };
	char link[64];
	send_report(t, "", link);
	assert_int_equal(house_mails(t, "report-receipt"), 0);
	const json_t *view =
	    house_ask(t, NULL, "report.view", "{'link':'%s'}", link);
	assert_string_equal(
	    value_text(json_object_get(view, "state"), "name"), "received");
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_null(json_object_get(view, hidden[i]));
	view = house_ask(t, NULL, "report.reply",
	    "{'link':'%s','text':'More facts.'}", link);
	const json_t *messages = json_object_get(view, "messages");
	const json_t *last =
	    json_array_get(messages, json_array_size(messages) - 1);
	assert_string_equal(value_text(last, "from"), "you");
	assert_string_equal(value_text(last, "text"), "More facts.");
	(void)house_refused(t, NULL, ERR_MISSING, "report.view",
	    "{'link':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}");
}

/* I-25: a lost link is renewed through the address, and only through it. */
static void
a_lost_link_is_renewed(void **state)
{
	struct house_test *t = *state;
	char link[64], number[32];
	const json_t *sent = house_ask(t, NULL, "report.send",
	    "{" WHOLE ",'contact':'finder@example.org'}");
	link_of(sent, link);
	(void)snprintf(number, sizeof(number), "%s", value_text(sent, "case"));
	(void)house_ask(t, NULL, "report.renew",
	    "{'case':'%s','contact':'other@example.org'}", number);
	(void)house_ask(t, NULL, "report.renew",
	    "{'case':'FW-1900-0001','contact':'finder@example.org'}");
	assert_int_equal(house_mails(t, "report-renew"), 0);
	(void)house_ask(t, NULL, "report.view", "{'link':'%s'}", link);
	for (int i = 0; i < 4; i++)
		(void)house_ask(t, NULL, "report.renew",
		    "{'case':'%s','contact':'finder@example.org'}", number);
	assert_int_equal(house_mails(t, "report-renew"), 3);
	(void)house_refused(
	    t, NULL, ERR_MISSING, "report.view", "{'link':'%s'}", link);
}

/* I-29: the credit is chosen, changed, and needs a name to name. */
static void
credit_is_a_choice(void **state)
{
	struct house_test *t = *state;
	char link[64];
	(void)house_refused(
	    t, NULL, ERR_INVALID, "report.send", "{" WHOLE ",'credit':'name'}");
	send_report(t, "", link);
	const json_t *view = house_ask(t, NULL, "report.credit",
	    "{'link':'%s','credit':'name','name':'A. Finder'}", link);
	const json_t *credit = json_object_get(view, "credit");
	assert_string_equal(value_text(credit, "name"), "A. Finder");
	assert_true(value_when(credit, "consent_at") > 0);
	(void)house_refused(t, NULL, ERR_INVALID, "report.credit",
	    "{'link':'%s','credit':'name'}", link);
	view = house_ask(t, NULL, "report.credit",
	    "{'link':'%s','credit':'anonymous'}", link);
	credit = json_object_get(view, "credit");
	assert_string_equal(value_text(credit, "choice"), "anonymous");
	assert_string_equal(value_text(credit, "name"), "");
}

/* I-09 I-16: policy, limits and non-issues are read from the policy file. */
static void
the_form_and_the_policy_are_data(void **state)
{
	struct house_test *t = *state;
	const json_t *form = house_ask(t, NULL, "intake.show", "{}");
	assert_int_equal(
	    json_array_size(json_object_get(form, "non_issues")), 12);
	assert_null(json_object_get(form, "history"));
	assert_null(json_object_get(form, "statistics"));
	assert_int_equal(value_int(form, "embargo_days", 0), 90);
	const json_t *policy = house_ask(t, NULL, "policy.show", "{}");
	static const char *const shown[] = { "contact", "limits", "non_issues",
		"safe_harbour", "credit", "cna", "embargo_days", "upload" };
	for (size_t i = 0; i < COUNT(shown); i++)
		assert_true(json_is_object(json_object_get(policy, shown[i])) ||
			    json_is_array(json_object_get(policy, shown[i])) ||
			    json_is_string(json_object_get(policy, shown[i])) ||
			    json_is_integer(json_object_get(policy, shown[i])));
	assert_null(json_object_get(policy, "replies"));
	assert_null(json_object_get(policy, "tiers"));
}

static const json_t *
due_of(const json_t *value, const char *name)
{
	size_t i;
	json_t *due;
	json_array_foreach(
	    json_object_get((json_t *)(uintptr_t)value, "due"), i, due)
	{
		if (strcmp(value_text(due, "name"), name) == 0)
			return due;
	}
	return NULL;
}

/* I-10: a pause is announced, shifts dates, refuses nothing, has exceptions. */
static void
intake_is_paused_and_resumed(void **state)
{
	struct house_test *t = *state;
	char until[WHEN_TEXT], link[64], first[64];
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	int64_t now = clock_now(&t->house.clock);
	int64_t ends = (now / WHEN_SECOND) * WHEN_SECOND + 10 * WHEN_DAY;
	(void)when_print(ends, until);
	send_report(t, "", first);
	(void)house_refused(t, &lead, ERR_INVALID, "intake.pause",
	    "{'reason':'flood','notice':'Back soon.','until':'2001-01-01'}");
	(void)house_ask(t, &lead, "intake.pause",
	    "{'reason':'flood','notice':'Back soon.','until':'%s'}", until);
	(void)house_refused(t, &lead, ERR_CONFLICT, "intake.pause",
	    "{'reason':'flood','notice':'Back soon.','until':'%s'}", until);
	const json_t *form = house_ask(t, NULL, "intake.show", "{}");
	assert_string_equal(
	    value_text(json_object_get(form, "pause"), "notice"), "Back soon.");
	const json_t *sent = house_ask(t, NULL, "report.send", "{" WHOLE "}");
	assert_true(json_is_object(json_object_get(sent, "paused")));
	assert_true(value_when(due_of(sent, "acknowledge"), "at") ==
		    ends + 7 * WHEN_DAY);
	assert_true(value_when(sent, "received_at") < ends);
	link_of(sent, link);
	sent = house_ask(t, NULL, "report.send",
	    "{'title':'abc','exploited':'yes','reproduced':'no',"
	    "'ai_help':'no'}");
	assert_true(value_when(due_of(sent, "acknowledge"), "at") < ends);
	(void)house_ask(t, NULL, "report.reply",
	    "{'link':'%s','text':'Still here.'}", first);
	house_wait(t, 2 * WHEN_DAY);
	const json_t *desk = house_ask(t, &lead, "intake.resume", "{}");
	assert_true(json_is_null(json_object_get(desk, "pause")));
	assert_int_equal(json_array_size(json_object_get(desk, "history")), 1);
	assert_int_equal(
	    value_int(json_object_get(desk, "statistics"), "paused_days", 0),
	    3);
	const json_t *view =
	    house_ask(t, NULL, "report.view", "{'link':'%s'}", link);
	int64_t due = value_when(due_of(view, "acknowledge"), "at");
	assert_true(due < ends && due > now + 8 * WHEN_DAY);
	(void)house_refused(t, &lead, ERR_CONFLICT, "intake.resume", "{}");
	(void)house_refused(t, NULL, ERR_DENIED, "intake.resume", "{}");
}

/* I-11: more than a source may send is stored and waits, visibly. */
static void
caps_queue_and_drop_nothing(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	char link[64];
	const json_t *sent = NULL;
	for (int i = 0; i < 4; i++) {
		sent = house_ask(t, NULL, "report.send",
		    "{" WHOLE ",'contact':'finder@example.org'}");
		assert_true(value_true(sent, "queued") == (i >= 3));
	}
	link_of(sent, link);
	const json_t *view =
	    house_ask(t, NULL, "report.view", "{'link':'%s'}", link);
	assert_true(value_true(view, "queued"));
	sent = house_ask(t, NULL, "report.send",
	    "{" WHOLE ",'contact':'other@example.org'}");
	assert_false(value_true(sent, "queued"));
	for (int i = 0; i < 16; i++)
		sent = house_ask(t, NULL, "report.send", "{" WHOLE "}");
	assert_true(value_true(sent, "queued"));
	assert_int_equal(reports(t, &lead), 21);
}

static bool
notify_work(struct ask *ask, void *context, struct err *err)
{
	struct row_case_by_number row;
	AUTO(casefile) struct casefile file = { 0 };
	if (!q_case_by_number(
		ask->db, ask->pass, ask->arena, context, &row, err) ||
	    !case_unseal(ask, &row, &file, err))
		return false;
	for (int i = 0; i < 2; i++)
		for (int news = REPORTER_STATE; news <= REPORTER_PUBLISHED;
		     news++)
			if (!report_notify(
				ask, &file, (enum reporter_news)news, 1, err))
				return false;
	return true;
}

/* I-27 P-28: each news once, and no word of the case in any mail. */
static void
news_say_only_look_at_your_page(void **state)
{
	struct house_test *t = *state;
	char number[32];
	const json_t *sent = house_ask(t, NULL, "report.send",
	    "{" WHOLE ",'contact':'finder@example.org'}");
	(void)snprintf(number, sizeof(number), "%s", value_text(sent, "case"));
	ok(&t->base, dispatch_system(&t->house, OP_report_send, notify_work,
			 number, &t->base.err));
	static const char *const kinds[] = { "report-state", "report-question",
		"report-message", "report-cve", "report-proposal",
		"report-planned", "report-credit", "report-answer",
		"report-published" };
	for (size_t i = 0; i < COUNT(kinds); i++)
		assert_int_equal(house_mails(t, kinds[i]), 1);
	AUTO(value) json_t *jobs = NULL;
	ok(&t->base, mailing_lease(&t->house, 50, &jobs, &t->base.err));
	char *text = json_dumps(jobs, 0);
	assert_non_null(text);
	assert_null(strstr(text, "Heap"));
	assert_null(strstr(text, "parser"));
	assert_null(strstr(text, "Remote"));
	free(text);
}

#define ADVISORY(n, title)                                                     \
	"INSERT INTO advisory (case_id, revision, case_revision, "             \
	"published_at, why, value) VALUES (" #n ", 1, 1, " #n ", 'first', "    \
	"'{\"id\":\"FW-1900-000" #n "\",\"title\":\"" title                    \
	"\",\"cves\":[\"CVE-1900-000" #n "\"],\"component\":\"net/ip\","       \
	"\"severity\":\"high\",\"description_text\":\"A long story.\"}')"

/* Everybody finds public advisories by words, id and component. */
static void
advisories_are_found(void **state)
{
	struct house_test *t = *state;
	ok(&t->base, db_script(t->base.db,
			 ADVISORY(1, "Overflow in the parser"), &t->base.err));
	ok(&t->base,
	    db_script(t->base.db, ADVISORY(2, "Leak of keys"), &t->base.err));
	const struct {
		const char *text;
		size_t found;
	} rows[] = { { "'text':'overflow'", 1 }, { "", 2 },
		{ "'text':'OVERFLOW Parser'", 1 },
		{ "'text':'overflow keys'", 0 }, { "'text':'net/ip'", 2 },
		{ "'text':'cve-1900-0002'", 1 }, { "'text':'%%'", 2 },
		{ "'text':'disclosed_at'", 0 }, { "'text':'ver_low'", 0 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		const json_t *value =
		    house_ask(t, NULL, "advisory.search", "{%s}", rows[i].text);
		const json_t *list = json_object_get(value, "advisories");
		if (json_array_size(list) != rows[i].found)
			fail_msg(
			    "%s: %zu", rows[i].text, json_array_size(list));
	}
	const json_t *all = house_ask(t, NULL, "advisory.search", "{}");
	const json_t *newest =
	    json_array_get(json_object_get(all, "advisories"), 0);
	assert_string_equal(value_text(newest, "title"), "Leak of keys");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_report_gets_its_receipt),
		TEST(two_dates_are_owed),
		TEST(missing_items_are_asked_for),
		TEST(declarations_sort_and_never_refuse),
		TEST(sending_accepts_the_standing_proposal),
		TEST(an_objection_is_an_answer),
		TEST(the_message_chain_shows_a_change),
		TEST(an_anonymous_reporter_comes_back),
		TEST(a_lost_link_is_renewed),
		TEST(credit_is_a_choice),
		TEST(the_form_and_the_policy_are_data),
		TEST(intake_is_paused_and_resumed),
		TEST(caps_queue_and_drop_nothing),
		TEST(news_say_only_look_at_your_page),
		TEST(advisories_are_found),
	};
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
