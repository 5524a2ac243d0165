#include "test.h"

#include "rules/registry.h"

#include "core/when.h"

#define NOW (INT64_C(20000) * WHEN_DAY)

/*
 * Section 3.4, one column per event: submit find-missing resubmit review
 * approve refuse uphold expire silence answer suspend reinstate revalidate
 * remove. R-13
 */
static void
member_pairs_are_as_tabled(void **state)
{
	(void)state;
	static const char *const rows[REGISTRY_STATES][REGISTRY_EVENTS] = {
		[REGISTRY_DRAFT] = { "submitted" },
		[REGISTRY_SUBMITTED] = { NULL, "incomplete", NULL,
		    "in-review" },
		[REGISTRY_INCOMPLETE] = { NULL, NULL, "submitted" },
		[REGISTRY_IN_REVIEW] = { NULL, NULL, NULL, NULL, "active",
		    "refused" },
		[REGISTRY_REFUSED] = { [REGISTRY_UPHOLD] = "active" },
		[REGISTRY_ACTIVE] = { [REGISTRY_EXPIRE] = "lapsed",
		    [REGISTRY_SILENCE] = "unreachable",
		    [REGISTRY_SUSPEND] = "suspended",
		    [REGISTRY_REMOVE] = "removed" },
		[REGISTRY_UNREACHABLE] = { [REGISTRY_ANSWER] = "active",
		    [REGISTRY_SUSPEND] = "suspended",
		    [REGISTRY_REMOVE] = "removed" },
		[REGISTRY_SUSPENDED] = { [REGISTRY_REINSTATE] = "active",
		    [REGISTRY_REMOVE] = "removed" },
		[REGISTRY_LAPSED] = { [REGISTRY_REVALIDATE] = "active",
		    [REGISTRY_REMOVE] = "removed" },
		[REGISTRY_REMOVED] = { NULL },
	};
	size_t allowed = 0;
	for (size_t from = 0; from < REGISTRY_STATES; from++)
		for (size_t event = 0; event < REGISTRY_EVENTS; event++) {
			enum registry_state to = REGISTRY_DRAFT;
			struct err err = { 0 };
			bool ok = registry_step((enum registry_state)from,
			    (enum registry_event)event, &to, &err);
			const char *want = rows[from][event];
			assert_int_equal(ok, want != NULL);
			allowed += ok;
			if (ok)
				assert_string_equal(
				    registry_state_name(to), want);
			else
				assert_int_equal(err.kind, ERR_CONFLICT);
		}
	assert_int_equal(allowed, 18);
}

/* R-13: nobody becomes active without review, appeal or being it before. */
static void
random_walks_reach_active_only_by_decision(void **state)
{
	(void)state;
	uint32_t seed = 11;
	for (size_t walk = 0; walk < 2000; walk++) {
		enum registry_state at = REGISTRY_DRAFT;
		bool decided = false;
		for (size_t step = 0; step < 60; step++) {
			seed = seed * 1664525u + 1013904223u;
			enum registry_event event = (enum registry_event)(
			    (seed >> 16) % REGISTRY_EVENTS);
			struct err err;
			if (!registry_step(at, event, &at, &err))
				continue;
			decided |= event == REGISTRY_APPROVE ||
				   event == REGISTRY_UPHOLD;
			assert_true(at != REGISTRY_ACTIVE || decided);
		}
	}
}

static const char *const domains[] = { "example.org", "maker.example" };

/* R-05 R-34 */
static void
a_page_lies_on_a_declared_domain(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool ok;
	} rows[] = {
		{ "https://example.org/", true },
		{ "https://example.org", true },
		{ "http://www.example.org/a?b#c", true },
		{ "https://a.b.example.org:8443/x", true },
		{ "HTTPS://WWW.EXAMPLE.ORG/", true },
		{ "https://example.org./", true },
		{ "https://maker.example?x", true },
		{ "https://evil-example.org/", false },
		{ "https://example.org.evil.net/", false },
		{ "https://example.org@evil.net/", false },
		{ "https://example.org:443@evil.net/", false },
		{ "https://evil.net/example.org", false },
		{ "https://evil.net#example.org", false },
		{ "https://evil.net\\@example.org/", false },
		{ "https://evil.net\\.example.org/", false },
		{ "https://127.0.0.1/", false },
		{ "https://[::1]/", false },
		{ "https:///example.org", false },
		{ "https://.example.org/", false },
		{ "https://example..org/", false },
		{ "https://example.org:port/", false },
		{ "javascript://example.org/", false },
		{ "ftp://example.org/", false },
		{ "//example.org/", false },
		{ "example.org", false },
		{ "https://org/", false },
		{ "https://ex\xc3\xa4mple.org/", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(registry_url_in(str_of(rows[i].url), domains,
				     COUNT(domains)),
		    rows[i].ok);
	assert_false(registry_host_in(STR("example.org"), STR("org")));
	assert_false(registry_host_in(STR("example.org"), STR("")));
	assert_false(registry_host_in(STR("org"), STR("example.org")));
}

/* R-07 R-34 */
static void
aliases_warn(void **state)
{
	(void)state;
	static const struct {
		const char *alias;
		unsigned warnings;
	} rows[] = {
		{ "security@example.org", 0 },
		{ "PSIRT@Example.ORG", 0 },
		{ "product-security@eu.example.org", 0 },
		{ "zephyr.alerts@maker.example", 0 },
		{ "ann.other@example.org", REGISTRY_ALIAS_PERSONAL },
		{ "aother@example.org", REGISTRY_ALIAS_PERSONAL },
		{ "security+fw@example.org", REGISTRY_ALIAS_PLUS },
		{ "security@example.net", REGISTRY_ALIAS_FOREIGN },
		{ "security@evil-example.org", REGISTRY_ALIAS_FOREIGN },
		{ "ann+x@gmail.com",
		    REGISTRY_ALIAS_FOREIGN | REGISTRY_ALIAS_FREEMAIL |
			REGISTRY_ALIAS_PERSONAL | REGISTRY_ALIAS_PLUS },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned got = 99;
		struct err err;
		assert_true(registry_alias(str_of(rows[i].alias), domains,
		    COUNT(domains), &got, &err));
		assert_int_equal(got, rows[i].warnings);
	}
	static const char *const wrong[] = { "", "security", "@example.org",
		"security@", "security@org", "a b@example.org",
		"a@b@example.org", ".a@example.org", "a..b@example.org",
		"a\r\nBcc: x@example.org", "a@exa_mple.org", "a@1.2.3.4" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		unsigned got = 99;
		struct err err = { 0 };
		assert_false(registry_alias(
		    str_of(wrong[i]), domains, COUNT(domains), &got, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
	for (unsigned bit = 1; bit <= REGISTRY_ALIAS_PLUS; bit <<= 1)
		assert_true(registry_alias_text(bit)[0] != '\0');
	struct str domain = registry_alias_domain(STR("security@example.org"));
	assert_true(str_eq(domain, "example.org"));
}

static const struct registry_product products[] = {
	{ "Lamp", "https://www.example.org/lamp", "licence notice" },
	{ "Lock", "https://maker.example/lock", "SBOM" },
};

static struct registry_application
application(void)
{
	return (struct registry_application){ .organisation = "Maker",
		.legal_name = "Maker Ltd",
		.country = "AT",
		.category = "product maker",
		.domains = domains,
		.domain_count = COUNT(domains),
		.products = products,
		.product_count = COUNT(products),
		.contact_url = "https://example.org/.well-known/security.txt",
		.alias = "security@example.org",
		.terms = "1",
		.alias_answered = true };
}

/* Names of what is missing, each followed by a blank. */
static void
missing(const struct registry_application *app, enum registry_kind kind,
    struct buf *out)
{
	const struct registry_item *items[REGISTRY_ITEMS];
	size_t count = registry_missing(app, kind, items);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s ", items[i]->name);
}

static const char everything[] =
    "organisation legal_name country category domains products contact_url "
    "alias challenge terms ";

/* R-05 R-06 R-34 */
static void
missing_items_are_listed(void **state)
{
	(void)state;
	static const struct registry_product foreign[] = { { "Lamp",
	    "https://evil-example.org/lamp", "licence notice" } };
	static const struct registry_product bare[] = { { "", "", " " } };
	static const char *const label[] = { "org" };
	struct registry_application rows[14];
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = application();
	rows[1].organisation = "";
	rows[2].legal_name = NULL;
	rows[3].product_count = 0;
	rows[4].products = foreign;
	rows[4].product_count = 1;
	rows[5].products = bare;
	rows[5].product_count = 1;
	rows[6].contact_url = "javascript:alert(1)";
	rows[7].alias = "ann@gmail.com";
	rows[8].alias = "ann@gmail.com";
	rows[8].alias_reason = "one-person company";
	rows[9].alias = "security@example.net";
	rows[9].alias_reason = "parent company";
	rows[10].alias_answered = false;
	rows[11].terms = "";
	rows[12].domains = label;
	rows[12].domain_count = 1;
	rows[13] = (struct registry_application){ 0 };
	const char *const want[] = { "", "organisation ", "legal_name ",
		"products ", "page ", "product_name evidence page ",
		"contact_url ", "alias ", "", "alias ", "challenge ", "terms ",
		"domains page alias ", everything };
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(buf) struct buf out = BUF(400);
		missing(&rows[i], REGISTRY_APPLICANT, &out);
		assert_string_equal(buf_text(&out), want[i]);
	}
}

/* R-01 */
static void
members_and_seats_need_no_application(void **state)
{
	(void)state;
	struct registry_application member = { .alias = "security@example.org",
		.terms = "1",
		.alias_answered = true };
	AUTO(buf) struct buf out = BUF(400);
	missing(&member, REGISTRY_PROJECT_MEMBER, &out);
	missing(&member, REGISTRY_COMMITTEE, &out);
	assert_string_equal(buf_text(&out), "");
	member.terms = "";
	member.alias_answered = false;
	missing(&member, REGISTRY_PROJECT_MEMBER, &out);
	assert_string_equal(buf_text(&out), "challenge terms ");
}

static struct registry_decision
approval(void)
{
	return (struct registry_decision){ .approve = true,
		.criteria = { { true, "seen" }, { true, "seen" },
		    { true, "seen" } },
		.reason = "ships the project",
		.review_at = NOW + 300 * WHEN_DAY,
		.decider_employer = "Project",
		.deciders = 1 };
}

/* R-06 R-10 R-11 R-26 R-34 */
static void
decisions_need_their_record(void **state)
{
	(void)state;
	struct registry_decision rows[12];
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = approval();
	rows[1].criteria[1].met = false;
	rows[2].criteria[2].note = "";
	rows[3].review_at = NOW + 400 * WHEN_DAY;
	rows[4].review_at = 0;
	rows[5].reason = " ";
	rows[6].decider_employer = "MAKER";
	rows[7].deciders = 0;
	rows[8].approve = false; /* names no failed criterion */
	rows[9].approve = false;
	rows[9].criteria[0].met = false;
	rows[10].approve = false;
	rows[10].criteria[0] = (struct registry_criterion){ false, "" };
	rows[11].decider_employer = NULL;
	static const char *const fields[] = { "", "criteria", "criteria",
		"review_at", "review_at", "reason", "decider", "decider",
		"criteria", "", "criteria", "" };
	struct registry_application app = application();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		assert_int_equal(registry_decide(&rows[i], &app,
				     REGISTRY_APPLICANT, 1, NOW, &err),
		    fields[i][0] == '\0');
		assert_string_equal(err.field, fields[i]);
	}
	struct err err = { 0 };
	assert_false(
	    registry_decide(&rows[0], &app, REGISTRY_APPLICANT, 2, NOW, &err));
	app.terms = NULL;
	assert_false(
	    registry_decide(&rows[0], &app, REGISTRY_APPLICANT, 1, NOW, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
}

/* R-26 R-27 */
static void
challenges_and_reviews_run_out(void **state)
{
	(void)state;
	assert_int_equal(
	    registry_challenge(0, 0, 7, NOW), REGISTRY_CHALLENGE_NONE);
	assert_int_equal(registry_challenge(NOW, 0, 7, NOW + 7 * WHEN_DAY),
	    REGISTRY_CHALLENGE_WAITING);
	assert_int_equal(registry_challenge(NOW, 0, 7, NOW + 7 * WHEN_DAY + 1),
	    REGISTRY_CHALLENGE_EXPIRED);
	assert_int_equal(registry_challenge(NOW, NOW + 1, 7, NOW * 2),
	    REGISTRY_CHALLENGE_ANSWERED);
	assert_int_equal(registry_challenge(NOW, NOW - 1, 7, NOW),
	    REGISTRY_CHALLENGE_WAITING);
	assert_true(registry_review_is_over(REGISTRY_ACTIVE, NOW, NOW + 1));
	assert_false(registry_review_is_over(REGISTRY_ACTIVE, NOW, NOW));
	assert_false(registry_review_is_over(REGISTRY_ACTIVE, 0, NOW));
	assert_false(registry_review_is_over(REGISTRY_SUSPENDED, NOW, NOW + 1));
}

/* R-02 R-03 R-13 R-29 R-34 */
static void
only_the_active_on_current_terms_receive(void **state)
{
	(void)state;
	for (size_t at = 0; at < REGISTRY_STATES; at++) {
		struct registry_standing who = {
			.state = (enum registry_state)at,
			.terms = "2",
		};
		assert_int_equal(registry_entitled(&who, "2", 14, NOW),
		    at == REGISTRY_ACTIVE);
		assert_false(registry_entitled(&who, "3", 14, NOW));
		assert_false(registry_entitled(&who, "", 14, NOW));
		assert_int_equal(registry_cuts_grants((enum registry_state)at),
		    at != REGISTRY_ACTIVE && at != REGISTRY_UNREACHABLE);
		who.terms = NULL;
		assert_false(registry_entitled(&who, "2", 14, NOW));
	}
	struct registry_standing lost = { .state = REGISTRY_UNREACHABLE,
		.unreachable_since = NOW,
		.terms = "2" };
	assert_true(registry_entitled(&lost, "2", 14, NOW + 14 * WHEN_DAY - 1));
	assert_false(registry_entitled(&lost, "2", 14, NOW + 14 * WHEN_DAY));
	assert_false(registry_entitled(&lost, "2", 0, NOW));
	struct registry_standing seat = { .kind = REGISTRY_COMMITTEE,
		.state = REGISTRY_ACTIVE,
		.terms = "2",
		.seat = true };
	assert_true(registry_entitled(&seat, "2", 14, NOW));
	assert_true(registry_reads_cases(&seat));
	seat.seat = false;
	assert_false(registry_entitled(&seat, "2", 14, NOW));
	assert_false(registry_reads_cases(&seat));
	seat.seat = true;
	seat.kind = REGISTRY_PROJECT_MEMBER;
	assert_true(registry_entitled(&seat, "2", 14, NOW));
	assert_false(registry_reads_cases(&seat));
}

/* R-31 R-34 */
static void
the_public_list_shows_few_fields(void **state)
{
	(void)state;
	static const char *const hidden[] = { "alias", "products", "tier",
		"branches", "case", "number", "country", "" };
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_false(registry_is_public(str_of(hidden[i])));
	size_t count = 0;
	for (const char *const *f = registry_public_fields(); *f != NULL; f++) {
		assert_true(registry_is_public(str_of(*f)));
		count++;
	}
	assert_int_equal(count, 6);
	assert_true(registry_is_listed(REGISTRY_ACTIVE));
	assert_false(registry_is_listed(REGISTRY_IN_REVIEW));
	assert_false(registry_is_listed(REGISTRY_REMOVED));
}

static void
words_are_found_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < REGISTRY_STATES; i++) {
		enum registry_state got = REGISTRY_DRAFT;
		assert_true(registry_state_find(
		    str_of(registry_state_name((enum registry_state)i)), &got));
		assert_int_equal(got, i);
	}
	for (size_t i = 0; i < REGISTRY_KINDS; i++) {
		enum registry_kind got = REGISTRY_APPLICANT;
		assert_true(registry_kind_find(
		    str_of(registry_kind_name((enum registry_kind)i)), &got));
		assert_int_equal(got, i);
	}
	enum registry_state got;
	enum registry_kind kind;
	assert_false(registry_state_find(STR("Active"), &got));
	assert_false(registry_kind_find(STR(""), &kind));
	assert_string_equal(registry_event_name(REGISTRY_REMOVE), "remove");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(member_pairs_are_as_tabled),
		cmocka_unit_test(random_walks_reach_active_only_by_decision),
		cmocka_unit_test(a_page_lies_on_a_declared_domain),
		cmocka_unit_test(aliases_warn),
		cmocka_unit_test(missing_items_are_listed),
		cmocka_unit_test(members_and_seats_need_no_application),
		cmocka_unit_test(decisions_need_their_record),
		cmocka_unit_test(challenges_and_reviews_run_out),
		cmocka_unit_test(only_the_active_on_current_terms_receive),
		cmocka_unit_test(the_public_list_shows_few_fields),
		cmocka_unit_test(words_are_found_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
