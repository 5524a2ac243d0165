#include "test.h"

#include "rules/leak.h"

/* P-31 */
static void
give_away_words_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *text, *hits;
	} rows[] = {
		{ "", "" },
		{ "net: dns: check the length of the answer", "" },
		{ "drivers: secure boot fixes", "" },
		{ "Fix CVE-2026-1000", "CVE-@4:1 " },
		{ "backport-cve-2026-1-to-v4.3", "CVE-@9:1 " },
		{ "see GHSA-2g3m-p6c7-8rr3", "GHSA-@4:1 " },
		{ "This is a Vulnerability.", "vulnerab@10:1 " },
		{ "invulnerable", "vulnerab@2:1 " },
		{ "security-fix/dns", "security fix@0:1 " },
		{ "a security\nfix", "security fix@2:1 " },
		{ "securityfix", "security fix@0:1 " },
		{ "security  prefix", "" },
		{ "one\ntwo\nEXPLOITABLE under Embargo",
		    "exploit@8:3 embargo@26:3 " },
		{ "ZFW-12", "ZFW-@0:1 " },
		{ "CVE", "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct leak hits[LEAK_HITS];
		size_t count = leak_scan(str_of(rows[i].text), "ZFW-", hits);
		AUTO(buf) struct buf out = BUF(400);
		for (size_t at = 0; at < count; at++)
			buf_printf(&out, "%s@%zu:%zu ", hits[at].word,
			    hits[at].at, hits[at].line);
		assert_string_equal(buf_text(&out), rows[i].hits);
		assert_int_equal(
		    leak_is_clean(str_of(rows[i].text), "ZFW-"), count == 0);
	}
	assert_true(leak_is_clean(STR("ZFW-12"), NULL));
	assert_true(leak_is_clean(STR("ZFW-12"), ""));
}

/* P-31 */
static void
a_flood_of_hits_is_bounded(void **state)
{
	(void)state;
	AUTO(buf) struct buf text = BUF(10000);
	for (size_t i = 0; i < 500; i++)
		buf_puts(&text, "exploit ");
	struct leak hits[LEAK_HITS];
	assert_int_equal(
	    leak_scan(str_of(buf_text(&text)), NULL, hits), LEAK_HITS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(give_away_words_are_found),
		cmocka_unit_test(a_flood_of_hits_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
