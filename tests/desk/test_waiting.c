#include "cases.h"
#include "moves.h"

#include "core/when.h"
#include "desk/clocks.h"

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

/* One turn of every work of the clock. */
static void
tick(struct house_test *t)
{
	struct clocks clocks = { { 0 } };
	ok(&t->base, clocks_run(&t->house, &clocks, &t->base.err));
}

/* A report in triage whose reporter was asked; link is his page. */
static void
asked(struct house_test *t, const struct person *lead, char number[32],
    char link[64])
{
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{'title':'Overflow','component':'net','version':'4.3.0',"
	    "'exploited':'no','reproduced':'no','ai_help':'no','contact':"
	    "'finder@example.org'}");
	(void)snprintf(number, 32, "%s", value_text(value, "case"));
	(void)snprintf(
	    link, 64, "%s", strrchr(value_text(value, "link"), '/') + 1);
	(void)MOVE(t, lead, number, "'to':'triage'");
	(void)house_ask(t, lead, "case.ask",
	    "{'case':'%s','text':'Which board?','question':true}", number);
}

/* I-14: two reminders, closed after 30 days, any answer reopens. */
static void
an_unanswered_question_closes(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32], link[64];
	static const struct {
		int days, reminders;
		const char *state;
	} rows[] = { { 13, 0, "triage" }, { 2, 1, "triage" },
		{ 11, 2, "triage" }, { 3, 2, "triage" }, { 2, 2, "rejected" },
		{ 40, 2, "rejected" } };
	asked(t, &lead, number, link);
	for (size_t i = 0; i < COUNT(rows); i++) {
		house_wait(t, rows[i].days * WHEN_DAY);
		tick(t);
		assert_int_equal(
		    house_mails(t, "report-answer"), rows[i].reminders);
		assert_string_equal(state_of(t, &lead, number), rows[i].state);
	}
	const json_t *view =
	    house_ask(t, NULL, "report.view", "{'link':'%s'}", link);
	const json_t *talk = json_object_get(view, "messages");
	assert_non_null(strstr(
	    value_text(json_array_get(talk, json_array_size(talk) - 1), "text"),
	    "Answer here at any time"));
	(void)house_ask(t, NULL, "report.reply",
	    "{'link':'%s','text':'The nrf52840dk.'}", link);
	assert_string_equal(state_of(t, &lead, number), "triage");
	house_wait(t, 40 * WHEN_DAY);
	tick(t);
	assert_string_equal(state_of(t, &lead, number), "triage");
}

/* I-14: only an unanswered case reopens by a reply; work is never closed. */
static void
only_silence_closes_and_reopens(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32], link[64];
	asked(t, &lead, number, link);
	(void)MOVE(t, &lead, number,
	    "'to':'rejected','reject':'invalid','reason':'x','reply':'x'");
	(void)house_ask(
	    t, NULL, "report.reply", "{'link':'%s','text':'But no.'}", link);
	assert_string_equal(state_of(t, &lead, number), "rejected");
	asked(t, &lead, number, link);
	give(t, &lead, number);
	house_wait(t, 31 * WHEN_DAY);
	tick(t);
	assert_string_equal(state_of(t, &lead, number), "assigned");
}

/* I-14: nobody took a step for 30 days: team and directors hear, again. */
static void
a_forgotten_case_is_escalated(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	(void)house_person(t, "boss@example.org", "director", NULL, NULL);
	char number[32];
	static const struct {
		int days, rounds;
	} rows[] = { { 29, 0 }, { 2, 1 }, { 20, 1 }, { 11, 2 } };
	int64_t each = 0; /* mails of one round, to all of both roles */
	report(t, "Overflow", number);
	for (size_t i = 0; i < COUNT(rows); i++) {
		house_wait(t, rows[i].days * WHEN_DAY);
		tick(t);
		tick(t);
		int64_t mails = house_mails(t, "escalated");
		if (rows[i].rounds == 1)
			each = mails;
		assert_int_equal(mails, rows[i].rounds * each);
	}
	assert_true(each >= 2);
	(void)house_ask(t, &lead, "case.note",
	    "{'case':'%s','text':'Looked at it.'}", number);
	house_wait(t, 29 * WHEN_DAY);
	tick(t);
	assert_int_equal(house_mails(t, "escalated"), 2 * each);
}

/* An embargo of so many days from now is in force. */
static bool
embargo(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	const int *days = context;
	file->row.em = "A";
	file->row.embargo_number = 1;
	file->row.decided_at = ask->now;
	file->row.embargo_ends_at = ask->now + *days * WHEN_DAY;
	return case_save(ask, file, err);
}

/* I-27 I-29: told 7 days and 1 day before; asked twice for the credit. */
static void
the_reporter_hears_of_the_coming_day(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32], link[64];
	static const struct {
		int days, planned, credit;
	} rows[] = { { 75, 0, 0 }, { 2, 0, 1 }, { 5, 0, 1 }, { 2, 1, 1 },
		{ 3, 1, 2 }, { 2, 2, 2 } };
	asked(t, &lead, number, link);
	give(t, &lead, number);
	int days = 90;
	cases_with(t, number, embargo, &days);
	for (size_t i = 0; i < COUNT(rows); i++) {
		house_wait(t, rows[i].days * WHEN_DAY);
		tick(t);
		tick(t);
		assert_int_equal(
		    house_mails(t, "report-planned"), rows[i].planned);
		assert_int_equal(
		    house_mails(t, "report-credit"), rows[i].credit);
	}
}

/* X7: the earlier end of a duplicate is offered to its survivor, not set. */
static void
an_earlier_end_of_a_duplicate_is_offered(void **state)
{
	static const struct {
		int own, other;
		bool offered;
	} rows[] = { { 60, 30, true }, { 30, 60, false }, { 0, 30, true },
		{ 30, 0, false } };
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char first[32], second[32], link[64], ends[WHEN_TEXT];
		int own = rows[i].own, other = rows[i].other;
		asked(t, &lead, first, link);
		asked(t, &lead, second, link);
		if (own != 0)
			cases_with(t, first, embargo, &own);
		if (other != 0)
			cases_with(t, second, embargo, &other);
		int64_t end = clock_now(&t->house.clock) + other * WHEN_DAY;
		(void)MOVE(t, &lead, second,
		    "'to':'rejected','reject':'duplicate','reason':'Same',"
		    "'duplicate_of':'%s'",
		    first);
		const json_t *offer = json_object_get(
		    json_object_get(house_ask(t, &lead, "case.show",
					"{'case':'%s'}", first),
			"embargo"),
		    "merged");
		assert_int_equal(json_is_object(offer), rows[i].offered);
		if (!rows[i].offered)
			continue;
		assert_string_equal(value_text(offer, "case"), second);
		int64_t at = value_when(offer, "ends_at");
		assert_true(llabs(at - end) < WHEN_MINUTE);
		(void)house_ask(t, &lead, "embargo.propose",
		    "{'case':'%s','ends_at':'%s','reason':'As agreed.'}", first,
		    when_print(at, ends));
	}
}

/* I-12: what became of a reporter's reports is shown, and to the team alone. */
static void
a_reporter_is_counted_for_the_team(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	struct person other = house_person(
	    t, "m@example.org", "maintainer", "['bluetooth']", NULL);
	static const char *const codes[] = { "spam", "invalid", "spam" };
	char number[32], link[64];
	for (size_t i = 0; i < COUNT(codes); i++) {
		asked(t, &lead, number, link);
		(void)MOVE(t, &lead, number,
		    "'to':'rejected','reject':'%s','reason':'x','reply':'x'",
		    codes[i]);
	}
	report(t, "Overflow", number);
	assign(t, &lead, number);
	asked(t, &lead, number, link);
	const json_t *counts = json_object_get(
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", number),
	    "reporter_counts");
	assert_int_equal(value_int(counts, "open", -1), 2);
	assert_int_equal(value_int(counts, "accepted", -1), 1);
	assert_int_equal(value_int(counts, "rejected", -1), 3);
	const json_t *reasons = json_object_get(counts, "reasons");
	assert_int_equal(json_array_size(reasons), 2);
	assert_string_equal(
	    value_text(json_array_get(reasons, 0), "code"), "spam");
	assert_int_equal(value_int(json_array_get(reasons, 0), "found", 0), 2);
	give(t, &lead, number);
	assert_null(json_object_get(
	    house_ask(t, &other, "case.show", "{'case':'%s'}", number),
	    "reporter_counts"));
	assert_null(json_object_get(
	    house_ask(t, NULL, "report.view", "{'link':'%s'}", link),
	    "reporter_counts"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_reporter_is_counted_for_the_team),
		TEST(an_earlier_end_of_a_duplicate_is_offered),
		TEST(an_unanswered_question_closes),
		TEST(only_silence_closes_and_reopens),
		TEST(a_forgotten_case_is_escalated),
		TEST(the_reporter_hears_of_the_coming_day),
	};
	return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
