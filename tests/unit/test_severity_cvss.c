#include "test.h"

#include "severity/cvss.h"

#include <string.h>

struct example {
	const char *vector;
	int base, full;
	const char *severity;
};

/* Published in FIRST's "CVSS v3.1 Examples" and "CVSS v4.0 Examples". */
static const struct example EXAMPLES[] = {
#define V3(tail) "CVSS:3.1/" tail
	{ V3("AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N"), 64, 64, "MEDIUM" },
	{ V3("AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N"), 31, 31, "LOW" },
	{ V3("AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H"), 99, 99, "CRITICAL" },
	{ V3("AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L"), 42, 42, "MEDIUM" },
	{ V3("AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"), 88, 88, "HIGH" },
	{ V3("AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H"), 78, 78, "HIGH" },
	{ V3("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"), 75, 75, "HIGH" },
	{ V3("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), 98, 98, "CRITICAL" },
	{ V3("AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N"), 68, 68, "MEDIUM" },
	{ V3("AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), 68, 68, "MEDIUM" },
	{ V3("AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N"), 58, 58, "MEDIUM" },
	{ V3("AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H"), 93, 93, "CRITICAL" },
	{ V3("AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N"), 54, 54, "MEDIUM" },
	{ V3("AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N"), 46, 46, "MEDIUM" },
	{ V3("AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N"), 74, 74, "HIGH" },
	{ V3("AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H"), 96, 96, "CRITICAL" },
	{ V3("AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"), 0, 0, "NONE" },
#define V4(tail) "CVSS:4.0/" tail
	{ V4("AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), 73, 73,
	    "HIGH" },
	{ V4("AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), 77, 77,
	    "HIGH" },
	{ V4("AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N"), 83, 83,
	    "HIGH" },
	{ V4("AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"), 46, 46,
	    "MEDIUM" },
	{ V4("AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N"), 51, 51,
	    "MEDIUM" },
	{ V4("AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:L/SA:N"), 69, 69,
	    "MEDIUM" },
	{ V4("AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N"), 59, 59,
	    "MEDIUM" },
	{ V4("AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"), 93, 93,
	    "CRITICAL" },
	{ V4("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"), 87, 87,
	    "HIGH" },
	{ V4("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"), 100,
	    100, "CRITICAL" },
	{ V4("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), 93, 93,
	    "CRITICAL" },
	{ V4("AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N"), 0, 0,
	    "NONE" },
	/* exact halves, which floating point rounds the wrong way */
	{ V4("AV:L/AC:L/AT:P/PR:N/UI:A/VC:N/VI:H/VA:L/SC:L/SI:L/SA:N"), 57, 57,
	    "MEDIUM" },
	{ V4("AV:L/AC:L/AT:P/PR:N/UI:A/VC:H/VI:N/VA:H/SC:N/SI:N/SA:L/E:U"), 57,
	    18, "MEDIUM" },
	{ V4("AV:P/AC:L/AT:P/PR:H/UI:P/VC:N/VI:N/VA:L/SC:N/SI:L/SA:H/E:A/CR:L"
	     "/AR:L/MAV:A/MAC:H/MAT:N/MPR:H/MUI:P/MVC:N/MVI:H/MVA:L/MSI:N/S:P"
	     "/R:I"),
	    20, 55, "LOW" },
};

static void
published_examples_score_as_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(EXAMPLES); i++) {
		const struct example *example = &EXAMPLES[i];
		struct cvss cvss;
		struct err err;
		char text[CVSS_TEXT];
		assert_true(cvss_parse(str_of(example->vector), &cvss, &err));
		assert_int_equal(cvss_base_score(&cvss), example->base);
		assert_int_equal(cvss_score(&cvss), example->full);
		assert_string_equal(
		    cvss_severity(cvss_base_score(&cvss)), example->severity);
		assert_string_equal(cvss_print(&cvss, text), example->vector);
	}
}

#define BASE3 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define BASE4 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

struct refusal {
	const char *vector;
	const char *field;
	const char *says;
};

static const struct refusal REFUSALS[] = {
	{ "", "cvss", "begins with" },
	{ "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "cvss", "begins" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:P", "cvss", "begins with" },
	{ "cvss:3.1/AV:N", "cvss", "begins with" },
	{ "CVSS:3.1/", "cvss31", "unknown metric" },
	{ BASE3 "/", "cvss31", "unknown metric" },
	{ BASE3 "/AV:N", "cvss31", "metric given twice: \"AV:N\"" },
	{ BASE3 "/ZZ:N", "cvss31", "unknown metric: \"ZZ:N\"" },
	{ BASE3 "/E:Q", "cvss31", "unknown value: \"E:Q\"" },
	{ BASE3 "/E", "cvss31", "no value after: \"E\"" },
	{ BASE3 "/E:", "cvss31", "unknown value: \"E:\"" },
	{ BASE3 "/E:PP", "cvss31", "unknown value: \"E:PP\"" },
	{ BASE3 " ", "cvss31", "unknown value" },
	{ BASE3 "/\xe2\x80\xae:N", "cvss31", "<U+202E>" },
	{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "cvss31",
	    "base metric A (Availability) is missing" },
	{ "CVSS:3.1/AC:L", "cvss31",
	    "base metric AV (Attack Vector) is missing" },
	{ "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "cvss31",
	    "unknown value: \"AV:X\"" },
	{ BASE4 "/CR:H/E:A", "cvss40", "out of the order" },
	{ BASE4 "/SI:S", "cvss40", "unknown value: \"SI:S\"" },
	{ BASE4 "/U:Blue", "cvss40", "unknown value: \"U:Blue\"" },
	{ BASE4 "/U:R", "cvss40", "unknown value: \"U:R\"" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N", "cvss40", "base metric VC" },
};

static void
refusals_name_the_metric(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(REFUSALS); i++) {
		struct cvss cvss = { 0 };
		struct err err = { 0 };
		assert_false(
		    cvss_parse(str_of(REFUSALS[i].vector), &cvss, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(err.field, REFUSALS[i].field);
		assert_non_null(strstr(err.text, REFUSALS[i].says));
		assert_int_equal(cvss.values[0], 0);
	}
}

static void
order_is_free_in_31_and_x_is_absence(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{ "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", BASE3 },
		{ BASE3 "/E:X/RL:X/RC:X/MAV:X", BASE3 },
		{ BASE4 "/E:X/MSI:X/U:X", BASE4 },
		{ BASE4 "/MSI:S/U:Amber", BASE4 "/MSI:S/U:Amber" },
	};
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct cvss cvss;
		struct err err;
		char text[CVSS_TEXT];
		assert_true(cvss_parse(str_of(pairs[i][0]), &cvss, &err));
		assert_string_equal(cvss_print(&cvss, text), pairs[i][1]);
	}
}

/* A reproducible walk over the values of all metrics. */
static void
vector_pick(enum cvss_version version, uint64_t seed, struct cvss *cvss)
{
	size_t count;
	const struct cvss_metric *metrics = cvss_metrics(version, &count);
	*cvss = (struct cvss){ .version = version };
	for (size_t i = 0; i < count; i++) {
		seed =
		    seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		size_t len = strlen(metrics[i].values);
		cvss->values[i] = metrics[i].values[(seed >> 33) % len];
	}
}

static void
every_vector_prints_and_parses_back(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20000; seed++) {
		struct cvss cvss, again;
		struct err err;
		char text[CVSS_TEXT];
		vector_pick(seed & 1 ? CVSS_31 : CVSS_40, seed, &cvss);
		cvss_print(&cvss, text);
		assert_true(cvss_parse(str_of(text), &again, &err));
		assert_memory_equal(
		    cvss.values, again.values, sizeof(cvss.values));
		int score = cvss_score(&cvss);
		assert_in_range(score, 0, 100);
		assert_int_equal(score, cvss_score(&again));
		assert_in_range(cvss_base_score(&cvss), 0, 100);
	}
}

static void
words_and_letters_of_a_metric_agree(void **state)
{
	(void)state;
	for (int version = CVSS_31; version <= CVSS_40; version++) {
		size_t count;
		const struct cvss_metric *metrics =
		    cvss_metrics((enum cvss_version)version, &count);
		assert_int_equal(count, version == CVSS_31 ? 22 : 32);
		for (size_t i = 0; i < count; i++) {
			struct str rest = str_of(metrics[i].words);
			size_t words = 0;
			for (; rest.ptr != NULL; words++)
				(void)str_cut(&rest, '|');
			assert_int_equal(words, strlen(metrics[i].values));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_examples_score_as_published),
		cmocka_unit_test(refusals_name_the_metric),
		cmocka_unit_test(order_is_free_in_31_and_x_is_absence),
		cmocka_unit_test(every_vector_prints_and_parses_back),
		cmocka_unit_test(words_and_letters_of_a_metric_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
