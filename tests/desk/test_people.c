#include "house.h"

#include "core/when.h"

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

static void
a_person_is_invited_sets_up_and_logs_in(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	assert_int_equal(house_mails(t, "invite"), 1);
	const json_t *me = house_ask(t, &lead, "account.me", "{}");
	assert_string_equal(value_text(me, "email"), "lead@example.org");
	(void)house_refused(t, &lead, ERR_MISSING, "account.list", "{}");
	(void)house_refused(t, NULL, ERR_DENIED, "account.me", "{}");
	(void)house_ask(t, &lead, "session.close", "{}");
	(void)house_refused(t, &lead, ERR_DENIED, "account.me", "{}");
}

static void
wrong_tries_lock_one_source_only(void **state)
{
	struct house_test *t = *state;
	(void)house_person(t, "lead@example.org", "team", NULL, NULL);
	for (int i = 0; i < 5; i++)
		(void)house_refused(t, NULL, ERR_INVALID, "session.open",
		    "{'email':'lead@example.org','password':'wrong wrong "
		    "wrong','code':'000000'}");
	(void)house_refused(t, NULL, ERR_LIMIT, "session.open",
	    "{'email':'lead@example.org','password':'" HOUSE_PASSWORD
	    "','code':'000000'}");
	(void)house_refused(t, NULL, ERR_INVALID, "session.open",
	    "{'email':'other@example.org','password':'" HOUSE_PASSWORD
	    "','code':'000000'}");
}

static void
a_code_works_once(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	char code[7];
	house_code(lead.totp, code);
	(void)house_refused(t, NULL, ERR_INVALID, "session.open",
	    "{'email':'lead@example.org','password':'" HOUSE_PASSWORD
	    "','code':'%s'}",
	    code);
}

static void
a_read_token_changes_nothing(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	const json_t *made = house_ask(t, &lead, "token.create",
	    "{'name':'ci','scopes':['read'],'days':30}");
	AUTO(value)
	json_t *request = json_pack("{s:i, s:s, s:{}, s:s}", "id", 1, "op",
	    "token.list", "args", "token", value_text(made, "secret"));
	AUTO(value) json_t *read = dispatch(&t->house, request, NULL, 0);
	assert_non_null(json_object_get(read, "ok"));
	value_set_text(request, "op", "account.recovery");
	value_set(
	    request, "args", json_pack("{s:s}", "password", HOUSE_PASSWORD));
	AUTO(value) json_t *change = dispatch(&t->house, request, NULL, 0);
	assert_non_null(json_object_get(change, "error"));
}

static void
every_change_stands_in_the_ledger(void **state)
{
	struct house_test *t = *state;
	struct person auditor =
	    house_person(t, "auditor@example.org", "auditor", NULL, NULL);
	const json_t *rows =
	    json_object_get(house_ask(t, &auditor, "audit.list", "{}"), "rows");
	bool invited = false;
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)(uintptr_t)rows, i, row) invited |=
	    strcmp(value_text(row, "op"), "account.invite") == 0;
	assert_true(invited);
	const json_t *chain = house_ask(t, &auditor, "audit.verify", "{}");
	assert_true(value_true(chain, "whole"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_person_is_invited_sets_up_and_logs_in),
		TEST(wrong_tries_lock_one_source_only),
		TEST(a_code_works_once),
		TEST(a_read_token_changes_nothing),
		TEST(every_change_stands_in_the_ledger),
	};
	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
