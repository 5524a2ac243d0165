#include "ready.h"

#include "core/when.h"
#include "desk/disclose.h"
#include "store/statements.h"

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

static struct person
lead_of(struct house_test *t)
{
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	ready_begin(t, &lead);
	return lead;
}

/* The member of list whose `key` is `word`. */
static const json_t *
member(const json_t *list, const char *key, const char *word)
{
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)(uintptr_t)list, i, row)
	{
		if (strcmp(value_text(row, key), word) == 0)
			return row;
	}
	fail_msg("nothing is called %s", word);
	return NULL;
}

static bool
check_ok(struct house_test *t, const struct person *lead, const char *number,
    const char *name)
{
	const json_t *value =
	    house_ask(t, lead, "disclose.check", "{'case':'%s'}", number);
	const json_t *check =
	    member(json_object_get(value, "checks"), "name", name);
	if (!value_true(check, "ok"))
		assert_string_not_equal(value_text(check, "repair"), "");
	return value_true(check, "ok");
}

static bool
spoil(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	const char *key = context;
	(void)json_object_del(file->body, key);
	return case_save(ask, file, err);
}

/* P-47 P-35: each thing that is missing is named, with a link to mend it. */
static void
what_is_missing_is_listed(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[40];
	static const char *const names[][2] = { { "title", "title" },
		{ "description", "description" }, { "cvss31", "severity" },
		{ "cwe", "weakness" }, { "credit", "credit" } };
	cases_report(t, number);
	cases_place(t, number, MACHINE_TRIAGE, "V");
	const char *early[] = { "branches", "cve", "credit", "decision",
		"state", "severity" };
	for (size_t i = 0; i < COUNT(early); i++)
		assert_false(check_ok(t, &lead, number, early[i]));
	for (size_t i = 0; i < COUNT(names); i++) {
		ready_case(t, &lead, (int)i, 30, number);
		assert_true(check_ok(t, &lead, number, names[i][1]));
		cases_with(t, number, spoil, (void *)(uintptr_t)names[i][0]);
		assert_false(check_ok(t, &lead, number, names[i][1]));
		(void)house_refused(t, &lead, ERR_INVALID, "disclose.run",
		    "{'cases':['%s']}", number);
	}
}

/* P-71: only what was seen as it stands now can be approved and published. */
static void
only_what_was_seen_is_approved(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[40];
	ready_case(t, &lead, 0, 30, number);
	const json_t *fault =
	    house_refused(t, &lead, ERR_CONFLICT, "disclose.approve",
		"{'case':'%s','digest':'00000000000000000000000000000000'}",
		number);
	assert_string_equal(value_text(fault, "field"), "digest");
	(void)house_refused(
	    t, &lead, ERR_INVALID, "disclose.run", "{'cases':['%s']}", number);
	ready_approve(t, &lead, number);
	const json_t *check =
	    house_ask(t, &lead, "disclose.check", "{'case':'%s'}", number);
	assert_true(json_is_object(json_object_get(check, "approved")));
	house_wait(t, WHEN_DAY);
	check = house_ask(t, &lead, "disclose.check", "{'case':'%s'}", number);
	assert_true(json_is_object(json_object_get(check, "approved")));
	cases_with(t, number, spoil, "component");
	check = house_ask(t, &lead, "disclose.check", "{'case':'%s'}", number);
	assert_false(json_is_object(json_object_get(check, "approved")));
	(void)house_refused(
	    t, &lead, ERR_INVALID, "disclose.run", "{'cases':['%s']}", number);
}

static bool
is_public(
    struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	bool *ret = context;
	(void)ask;
	(void)err;
	*ret = file->state == MACHINE_PUBLIC &&
	       strcmp(file->row.em, "X") == 0 && file->row.disclosed_at != 0 &&
	       file->row.pxa[0] == 'P';
	return true;
}

static bool
went_public(struct house_test *t, const char *number)
{
	bool public = false;
	cases_with(t, number, is_public, &public);
	return public;
}

static void
expect_text(
    struct house_test *t, const char *path, const char *word, bool there)
{
	char *text = ready_read(t, path);
	if (there && text == NULL)
		fail_msg("%s is not there", path);
	if (text != NULL && (strstr(text, word) != NULL) != there)
		fail_msg("%s: %s\n%s", path, word, text);
	free(text);
}

static void
expect_nothing(struct house_test *t, const char *number)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "advisory/%s.html", number);
	assert_false(ready_has(t, path));
	assert_false(ready_has(t, "cve/CVE-1900-1000.json"));
	expect_text(t, "index.html", "Overflow", false);
	expect_text(t, "atom.xml", "Overflow", false);
	expect_text(t, "notes/4.4.rst", "Overflow", false);
	expect_text(t, "vulnerabilities/1900.rst", "Overflow", false);
}

/* P-51 P-63 P-41 P-62: nothing before the instant, everything after it. */
static void
a_case_is_disclosed_at_its_end_and_not_before(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char numbers[1][40], path[128];
	ok(&t->base, site_write_all(&t->house, &t->base.err));
	assert_true(ready_has(t, "index.html"));
	assert_true(ready_has(t, "index.html.gz"));
	assert_true(ready_has(t, ".well-known/security.txt"));
	ready_case(t, &lead, 0, 30, numbers[0]);
	ready_approve(t, &lead, numbers[0]);
	ready_plan(t, &lead, numbers, 1);
	for (int day = 0; day < 29; day += 7) {
		house_wait(t, 7 * WHEN_DAY - WHEN_MINUTE);
		ready_turn(t);
		ok(&t->base, site_write_all(&t->house, &t->base.err));
		if (day < 21)
			expect_nothing(t, numbers[0]);
	}
	assert_true(went_public(t, numbers[0]));
	(void)snprintf(path, sizeof(path), "advisory/%s.html", numbers[0]);
	expect_text(t, path, "Overflow 0", true);
	expect_text(t, "index.html", "Overflow 0", true);
	expect_text(t, "atom.xml", "Overflow 0", true);
	expect_text(t, "cve/CVE-1900-1000.json", "PUBLISHED", true);
	expect_text(t, "notes/4.4.rst", "Overflow 0", true);
	expect_text(t, "notes/4.5.rst", "Overflow 0", true);
	expect_text(t, "vulnerabilities/1900.rst", "R. Finder", true);
	assert_int_equal(house_mails(t, "report-published"), 1);
}

/* P-41 P-62: before the end an entry is id, sentence and date. */
static void
placeholders_follow_the_policy(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[40];
	ready_case(t, &lead, 0, 30, number);
	ok(&t->base, site_write_rst(&t->house, &t->base.err));
	expect_text(t, "notes/4.4.rst", "Under embargo until", true);
	expect_text(t, "notes/4.4.rst", "secret", false);
	expect_text(t, "notes/4.4.rst", "Impacts", false);
	const json_t *notes =
	    house_ask(t, &lead, "notes.show", "{'tag':'v4.4.2'}");
	assert_non_null(strstr(value_text(notes, "bullet"),
	    ":cve:`1900-1000`: Under embargo until"));
	assert_non_null(
	    strstr(value_text(notes, "subsection"), "Under embargo until"));
	assert_null(strstr(value_text(notes, "bullet"), "Overflow"));
	json_object_set_new(t->policy, "publish_placeholders", json_false());
	notes = house_ask(t, &lead, "notes.show", "{'tag':'v4.4.2'}");
	assert_string_equal(value_text(notes, "bullet"), "");
}

/* P-40 P-74 P-39: the first tag decides the section, the line its shape. */
static void
notes_stand_in_the_section_of_the_first_tag(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[40];
	ready_case(t, &lead, 0, 30, number);
	static const struct {
		const char *tag;
		size_t entries;
		const char *shape;
	} cases[] = { { "v4.4.2", 1, "bullet" }, { "v4.4.1", 0, "bullet" },
		{ "v3.7.3", 1, "bullet" }, { "v4.5.0", 1, "subsection" },
		{ "v4.5.0-rc1", 1, "subsection" }, { "v4.3.1", 0, "bullet" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		const json_t *notes = house_ask(
		    t, &lead, "notes.show", "{'tag':'%s'}", cases[i].tag);
		assert_int_equal(
		    json_array_size(json_object_get(notes, "entries")),
		    cases[i].entries);
		assert_string_equal(value_text(notes, "shape"), cases[i].shape);
	}
	(void)house_refused(
	    t, &lead, ERR_INVALID, "notes.show", "{'tag':'main'}");
}

/* Early disclosure ends the embargo, with a reason and not without. */
static void
early_disclosure_needs_a_reason(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[40];
	ready_case(t, &lead, 0, 30, number);
	ready_approve(t, &lead, number);
	const json_t *fault = house_refused(t, &lead, ERR_INVALID,
	    "disclose.run", "{'cases':['%s'],'when':'now'}", number);
	assert_string_equal(value_text(fault, "field"), "reason");
	(void)house_ask(t, &lead, "disclose.run",
	    "{'cases':['%s'],'when':'now','reason':'All are ready.'}", number);
	ready_turn(t);
	assert_true(went_public(t, number));
	(void)house_refused(t, &lead, ERR_CONFLICT, "disclose.run",
	    "{'cases':['%s'],'when':'now'}", number);
}

/* P-51: an item that fails keeps its error and holds nobody up. */
static void
one_failure_holds_up_no_other(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char numbers[3][40];
	for (int i = 0; i < 3; i++) {
		ready_case(t, &lead, i, 30, numbers[i]);
		ready_approve(t, &lead, numbers[i]);
	}
	ready_plan(t, &lead, numbers, 3);
	cases_with(t, numbers[1], spoil, "component");
	house_wait(t, 31 * WHEN_DAY);
	ready_turn(t);
	assert_true(went_public(t, numbers[0]));
	assert_false(went_public(t, numbers[1]));
	assert_true(went_public(t, numbers[2]));
	const json_t *value = house_ask(t, &lead, "disclose.list", "{}");
	const json_t *act = json_array_get(json_object_get(value, "acts"), 0);
	const json_t *item =
	    member(json_object_get(act, "items"), "number", numbers[1]);
	assert_non_null(strstr(value_text(item, "error"), "approve"));
	assert_string_equal(value_text(act, "state"), "running");
	ready_approve(t, &lead, numbers[1]);
	ready_plan(t, &lead, &numbers[1], 1);
	ready_turn(t);
	assert_true(went_public(t, numbers[1]));
}

/* P-66: a changed branch after disclosure becomes a new revision, with why. */
static void
a_late_backport_is_published_as_a_revision(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char numbers[1][40], path[128];
	ready_case(t, &lead, 0, 30, numbers[0]);
	(void)house_ask(t, &lead, "fix.set",
	    "{'case':'%s','line':'3.7','disposition':'wont-fix-other',"
	    "'reason':'Too large a change.'}",
	    numbers[0]);
	ready_approve(t, &lead, numbers[0]);
	ready_plan(t, &lead, numbers, 1);
	house_wait(t, 31 * WHEN_DAY);
	ready_turn(t);
	(void)house_refused(t, &lead, ERR_CONFLICT, "advisory.revise",
	    "{'case':'%s','why':'Nothing'}", numbers[0]);
	const json_t *value = house_ask(t, &lead, "disclose.list", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "stale")), 0);
	house_wait(t, WHEN_DAY);
	(void)house_ask(t, &lead, "fix.set",
	    "{'case':'%s','line':'3.7','disposition':'fixed','commit':"
	    "'abcdef0123456','pr':'https://git.example.org/pull/9','tag':"
	    "'v3.7.3'}",
	    numbers[0]);
	value = house_ask(t, &lead, "disclose.list", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "stale")), 1);
	(void)house_ask(t, &lead, "advisory.revise",
	    "{'case':'%s','why':'Fixed on 3.7 as well'}", numbers[0]);
	ready_turn(t);
	(void)snprintf(path, sizeof(path), "advisory/%s.html", numbers[0]);
	expect_text(t, path, "Fixed on 3.7 as well", true);
	expect_text(t, "notes/3.7.rst", "Overflow 0", true);
	value = house_ask(t, &lead, "disclose.list", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "stale")), 0);
	assert_int_equal(house_mails(t, "report-published"), 1);
}

/* P-50 P-51: a hundred at once; again changes nothing. */
static void
a_hundred_at_once(void **state)
{
	enum { MANY = 100 };
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	static char numbers[MANY][40];
	for (int i = 0; i < MANY; i++) {
		ready_case(t, &lead, i, 30, numbers[i]);
		ready_approve(t, &lead, numbers[i]);
	}
	ready_plan(t, &lead, numbers, MANY);
	house_wait(t, 30 * WHEN_DAY - WHEN_HOUR);
	ready_turn(t);
	assert_false(went_public(t, numbers[0]));
	house_wait(t, 2 * WHEN_HOUR);
	ready_turn(t);
	for (int i = 0; i < MANY; i++)
		assert_true(went_public(t, numbers[i]));
	char *before = ready_read(t, "vulnerabilities/1900.rst");
	ready_turn(t);
	ok(&t->base, site_write_all(&t->house, &t->base.err));
	char *after = ready_read(t, "vulnerabilities/1900.rst");
	assert_string_equal(before, after);
	free(before);
	free(after);
	assert_int_equal(house_mails(t, "report-published"), MANY);
	const json_t *value = house_ask(t, &lead, "disclose.list", "{}");
	const json_t *act = json_array_get(json_object_get(value, "acts"), 0);
	assert_string_equal(value_text(act, "state"), "done");
	assert_int_equal(value_int(act, "done", 0), MANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(what_is_missing_is_listed),
		TEST(only_what_was_seen_is_approved),
		TEST(a_case_is_disclosed_at_its_end_and_not_before),
		TEST(placeholders_follow_the_policy),
		TEST(notes_stand_in_the_section_of_the_first_tag),
		TEST(early_disclosure_needs_a_reason),
		TEST(one_failure_holds_up_no_other),
		TEST(a_late_backport_is_published_as_a_revision),
		TEST(a_hundred_at_once),
	};
	return cmocka_run_group_tests_name("disclose", tests, NULL, NULL);
}
