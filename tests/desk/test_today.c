#include "cases.h"

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

static size_t
items(const json_t *value, const char *list)
{
	size_t found = 0;
	const json_t *days = json_object_get(value, list);
	for (size_t i = 0; i < json_array_size(days); i++)
		found += json_array_size(
		    json_object_get(json_array_get(days, i), "items"));
	return found;
}

static int64_t
tile(const json_t *value, const char *name)
{
	const json_t *tiles = json_object_get(value, "tiles");
	for (size_t i = 0; i < json_array_size(tiles); i++)
		if (strcmp(value_text(json_array_get(tiles, i), "name"),
			name) == 0)
			return value_int(
			    json_array_get(tiles, i), "number", -1);
	return -1;
}

static void
decide(struct house_test *t, const struct person *lead, const char *number,
    int64_t revision, int64_t days)
{
	char met[WHEN_TEXT], ends[WHEN_TEXT];
	int64_t now = clock_now(&t->house.clock);
	(void)house_ask(t, lead, "embargo.decide",
	    "{'case':'%s','revision':%lld,'met_at':'%s','attendees':['A','B',"
	    "'C','D'],'embargo':true,'ends_at':'%s','severity_note':'high',"
	    "'exploitability':'easy','reason':'Because.'}",
	    number, (long long)revision, when_print(now - WHEN_MINUTE, met),
	    when_print(now + days * WHEN_DAY, ends));
}

/* P-12, I-39: everything due, once in a lane and once in the list. */
static void
today_shows_what_is_due(void **state)
{
	struct house_test *t = *state;
	char number[40];
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	cases_report(t, number);
	const json_t *value = house_ask(t, &lead, "today.show", "{'days':30}");
	int64_t days = value_int(value, "days", 0);
	assert_int_equal(days % 7, 0);
	assert_true(days >= 30);
	size_t listed = items(value, "by_day") +
			json_array_size(json_object_get(value, "late"));
	assert_true(listed >= 3);
	assert_int_equal(items(value, "lanes"), listed);
	assert_int_equal(tile(value, "new reports"), 1);
	assert_int_equal(tile(value, "late"), 0);
	assert_true(json_array_size(json_object_get(value, "ticks")) >= 2);
	house_wait(t, 8 * WHEN_DAY);
	value = house_ask(t, &lead, "today.show", "{'days':30}");
	assert_true(tile(value, "late") >= 2);
	assert_true(json_array_size(json_object_get(value, "late")) >= 2);
}

/* P-20: a list holds only what the asker may see. */
static void
lists_hold_only_what_one_may_see(void **state)
{
	struct house_test *t = *state;
	char number[40];
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	struct person other =
	    house_person(t, "m@example.org", "maintainer", "['kernel']", NULL);
	struct person manager = house_person(
	    t, "rm@example.org", "release-manager", NULL, "['3.7']");
	cases_report(t, number);
	house_wait(t, WHEN_HOUR);
	cases_place(t, number, MACHINE_ASSIGNED, "A");
	decide(t, &lead, number, 2, 20);
	const json_t *value = house_ask(t, &other, "today.show", "{}");
	assert_int_equal(items(value, "by_day"), 0);
	assert_int_equal(tile(value, "open cases"), 0);
	value = house_ask(t, &other, "calendar.show", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "ends")), 0);
	value = house_ask(t, &manager, "calendar.show", "{}");
	const json_t *ends = json_object_get(value, "ends");
	assert_int_equal(json_array_size(ends), 1);
	assert_true(
	    json_is_null(json_object_get(json_array_get(ends, 0), "title")));
	(void)house_refused(t, NULL, ERR_DENIED, "today.show", "{}");
}

/* P-63: the calendar counts by week and names what is overdue. */
static void
the_calendar_counts_by_week(void **state)
{
	struct house_test *t = *state;
	char number[40];
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	cases_report(t, number);
	house_wait(t, WHEN_HOUR);
	cases_place(t, number, MACHINE_TRIAGE, "V");
	decide(t, &lead, number, 2, 15);
	const json_t *value =
	    house_ask(t, &lead, "calendar.show", "{'weeks':8}");
	const json_t *weeks = json_object_get(value, "weeks");
	assert_int_equal(json_array_size(weeks), 8);
	assert_true(value_true(json_array_get(weeks, 0), "now"));
	int64_t ends = 0;
	for (size_t i = 0; i < 8; i++)
		ends += value_int(json_array_get(weeks, i), "ends", 0);
	assert_int_equal(ends, 1);
	assert_int_equal(value_int(value, "most", 0), 1);
	house_wait(t, 16 * WHEN_DAY);
	value = house_ask(t, &lead, "calendar.show", "{'weeks':8}");
	assert_int_equal(json_array_size(json_object_get(value, "overdue")), 1);
	value = house_ask(t, &lead, "today.show", "{}");
	assert_int_equal(tile(value, "embargoes in force"), 1);
}

/* P-12: one reminder per deadline, warning and person, and no word more. */
static void
reminders_go_out_once(void **state)
{
	struct house_test *t = *state;
	struct clocks clocks = { 0 };
	char number[40];
	(void)house_person(t, "lead@example.org", "team", NULL, NULL);
	cases_report(t, number);
	house_wait(t, 3 * WHEN_DAY + WHEN_HOUR);
	for (int i = 0; i < 2; i++) {
		clocks = (struct clocks){ 0 };
		ok(&t->base, clocks_run(&t->house, &clocks, &t->base.err));
	}
	/* acknowledge and analyse, to two of the team */
	assert_int_equal(house_mails(t, "reminder"), 4);
	house_wait(t, 2 * WHEN_DAY);
	clocks = (struct clocks){ 0 };
	ok(&t->base, clocks_run(&t->house, &clocks, &t->base.err));
	assert_int_equal(house_mails(t, "reminder"), 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(today_shows_what_is_due),
		TEST(lists_hold_only_what_one_may_see),
		TEST(the_calendar_counts_by_week),
		TEST(reminders_go_out_once),
	};
	return cmocka_run_group_tests_name("today", tests, NULL, NULL);
}
