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

#define DECLARED "'exploited':'no','reproduced':'no','ai_help':'no'"
#define WHOLE                                                                  \
	"'title':'Heap overflow in the parser','component':'net/parser',"      \
	"'version':'v4.2.0','steps':'Send a long line.','impact':'Remote "     \
	"code execution.'," DECLARED

/* P-02, P-03, I-08: number, hash, instants and link come at once. */
static void
a_report_gets_its_receipt(void **state)
{
	struct house_test *t = *state;
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{" WHOLE ",'contact':'finder@example.org'}");
	int year = when_year(clock_now(&t->house.clock));
	char number[32];
	(void)snprintf(number, sizeof(number), "FW-%d-0001", year);
	assert_string_equal(value_text(value, "case"), number);
	assert_int_equal(strlen(value_text(value, "content_hash")), 64);
	assert_true(value_when(value, "received_at") > 0);
	assert_non_null(strstr(value_text(value, "link"), "/r/"));
	assert_true(json_array_size(json_object_get(value, "due")) >= 4);
	assert_true(json_array_size(json_object_get(value, "next")) >= 3);
	assert_int_equal(
	    json_array_size(json_object_get(value, "needs_information")), 0);
	assert_int_equal(house_mails(t, "report-receipt"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_report_gets_its_receipt),
	};
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
