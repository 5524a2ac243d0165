#include "makers.h"

#include "core/when.h"
#include "store/statements.h"

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
director(struct house_test *t)
{
	return house_person(t, "director@example.org", "director", NULL, NULL);
}

static const char *
state_of(struct house_test *t, const struct person *who, int64_t maker)
{
	return value_text(
	    house_ask(t, who, "maker.show", "{'maker':%lld}", (long long)maker),
	    "state");
}

static void
answer(struct house_test *t, const struct person *who, int64_t maker,
    const char *criterion, const char *yes)
{
	(void)house_ask(t, who, "maker.criterion",
	    "{'maker':%lld,'criterion':'%s','answer':'%s','evidence':'looked "
	    "at the page'}",
	    (long long)maker, criterion, yes);
}

/* R-01 R-04 R-05 R-06 R-08 R-10 R-12 R-34 */
static void
an_application_is_decided_on_its_evidence(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	int64_t id = acme_apply(t, &lead);
	assert_string_equal(state_of(t, &lead, id), "submitted");
	(void)house_refused(t, &lead, ERR_CONFLICT, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'fine'}",
	    (long long)id);
	(void)house_refused(t, &lead, ERR_INVALID, "maker.criterion",
	    "{'maker':%lld,'criterion':'C3','answer':'yes','evidence':'page'}",
	    (long long)id);
	char link[128];
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
	(void)house_refused(
	    t, NULL, ERR_MISSING, "maker.confirm", "{'link':'%s'}", link);
	answer(t, &lead, id, "C1", "yes");
	answer(t, &lead, id, "C2", "yes");
	assert_string_equal(state_of(t, &lead, id), "submitted");
	(void)house_refused(t, &lead, ERR_INVALID, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'fine'}",
	    (long long)id);
	answer(t, &lead, id, "C3", "yes");
	assert_string_equal(state_of(t, &lead, id), "in-review");
	(void)house_refused(t, &lead, ERR_CONFLICT, "maker.decide",
	    "{'maker':%lld,'revision':7,'outcome':'approve','reason':'fine'}",
	    (long long)id);
	(void)house_ask(t, &lead, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'fine',"
	    "'publish':true}",
	    (long long)id);
	const json_t *maker =
	    house_ask(t, &lead, "maker.show", "{'maker':%lld}", (long long)id);
	assert_string_equal(value_text(maker, "state"), "active");
	assert_string_equal(value_text(maker, "tier"), "T2");
	const json_t *history = json_object_get(maker, "history");
	const json_t *record =
	    json_object_get(json_array_get(history, 0), "record");
	assert_string_equal(value_text(record, "role"), "director");
	assert_string_equal(value_text(record, "reason"), "fine");
	assert_int_equal(value_int(record, "revision", 0), 1);
	assert_non_null(json_object_get(record, "C1"));
}

/* R-05 R-06 R-07 R-09 R-34 */
static void
what_is_missing_is_listed_and_blocks(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	const json_t *made = house_ask(t, NULL, "maker.apply",
	    "{'organisation':'<b>Evil</b> \\u202e','country':'X1','domains':["
	    "'acme.example'],'category':'service','product':'One',"
	    "'product_url':'https://acme.example.evil.net/one',"
	    "'contact_url':'https://acme.example/','alias':"
	    "'jane.doe+x@acme.example','terms':'1','accepted_by':'A'}");
	const char *names[] = { "legal_name", "evidence", "page", "alias",
		"challenge" };
	const json_t *missing = json_object_get(made, "missing");
	assert_int_equal(json_array_size(missing), COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(
		    value_text(json_array_get(missing, i), "name"), names[i]);
	char link[128];
	(void)snprintf(link, sizeof(link), "%s",
	    strrchr(value_text(made, "link"), '/') + 1);
	const json_t *list = house_ask(t, &lead, "maker.list", "{}");
	int64_t id = value_int(
	    json_array_get(json_object_get(list, "waiting"), 0), "maker", 0);
	const json_t *shown =
	    house_ask(t, &lead, "maker.show", "{'maker':%lld}", (long long)id);
	assert_int_equal(
	    json_array_size(json_object_get(shown, "alias_warnings")), 2);
	const json_t *fault = house_refused(t, &lead, ERR_INVALID,
	    "maker.criterion",
	    "{'maker':%lld,'criterion':'C2','answer':'yes','evidence':'page'}",
	    (long long)id);
	assert_non_null(strstr(value_text(fault, "text"), "domains"));
	(void)house_ask(t, &lead, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'incomplete','reason':'give "
	    "proof'}",
	    (long long)id);
	const json_t *own =
	    house_ask(t, NULL, "maker.application", "{'link':'%s'}", link);
	assert_string_equal(value_text(own, "state"), "incomplete");
	assert_null(json_object_get(own, "criteria"));
	assert_null(json_object_get(own, "history"));
	(void)house_refused(t, NULL, ERR_MISSING, "maker.application",
	    "{'link':'AAAAAAAAAAAAAAAAAAAAAAAA'}");
	(void)house_ask(t, NULL, "maker.apply",
	    "{'link':'%s','organisation':'Evil','legal_name':'Evil Ltd',"
	    "'country':'X1','domains':['acme.example'],'category':'service',"
	    "'product':'One','product_url':'https://acme.example/one',"
	    "'evidence_text':'banner','contact_url':'https://acme.example/',"
	    "'alias':'security@acme.example','terms':'1','accepted_by':'A'}",
	    link);
	shown =
	    house_ask(t, &lead, "maker.show", "{'maker':%lld}", (long long)id);
	assert_int_equal(value_int(shown, "revision", 0), 2);
	assert_string_equal(value_text(shown, "state"), "submitted");
}

/* every field is hostile; nothing is taken that is no such thing. */
static void
hostile_fields_are_refused(void **state)
{
	static const struct {
		const char *key, *value, *field;
	} rows[] = {
		{ "domains", "['localhost']", "domains" },
		{ "domains", "['a b.example']", "domains" },
		{ "domains", "['../x']", "domains" },
		{ "domains", "['10.0.0.1']", "domains" },
		{ "alias", "'a@localhost'", "alias" },
		{ "alias", "'a b@acme.example'", "alias" },
		{ "alias", "'x@acme.example\\nBcc: y@z.example'", "alias" },
		{ "product_url", "'javascript:alert(1)'", "product_url" },
		{ "contact_url", "'ftp://acme.example'", "contact_url" },
		{ "category", "'admin'", "category" },
		{ "terms", "'0'", "terms" },
		{ "organisation", "'a\\nb'", "organisation" },
		{ "link", "'../../x'", "link" },
	};
	struct house_test *t = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(value)
		json_t *args = json_pack(
		    "{s:s, s:s, s:s, s:[s], s:s, s:s, s:s, s:s, s:s, s:s}",
		    "organisation", "Acme", "country", "DE", "category",
		    "service", "domains", "acme.example", "product", "One",
		    "product_url", "https://acme.example/1", "contact_url",
		    "https://acme.example/", "alias", "psirt@acme.example",
		    "terms", "1", "accepted_by", "A");
		char text[256];
		(void)snprintf(text, sizeof(text), "%s", rows[i].value);
		for (char *at = text; *at != '\0'; at++)
			if (*at == '\'')
				*at = '"';
		json_object_set_new(
		    args, rows[i].key, json_loads(text, JSON_DECODE_ANY, NULL));
		char *flat = json_dumps(args, 0);
		const json_t *fault = house_refused(
		    t, NULL, ERR_INVALID, "maker.apply", "%s", flat);
		assert_string_equal(value_text(fault, "field"), rows[i].field);
		free(flat);
	}
}

/* applications are capped per address and per alias. */
static void
applications_are_capped(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	for (int i = 0; i < 3; i++)
		(void)acme_apply(t, &lead);
	(void)house_refused(t, NULL, ERR_LIMIT, "maker.apply",
	    "{'organisation':'Acme','country':'DE','domains':['acme.example']"
	    ",'category':'service','product':'One','product_url':"
	    "'https://acme.example/one','contact_url':'https://acme.example/',"
	    "'alias':'psirt@acme.example','terms':'1','accepted_by':'A'}");
}

/* nobody decides on his own employer, by name or by mail domain. */
static void
own_employers_are_not_decided_on(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	struct person own =
	    house_person(t, "boss@hq.acme.example", "director", NULL, NULL);
	int64_t id = acme_apply(t, &lead);
	(void)house_ask(t, &own, "maker.show", "{'maker':%lld}", (long long)id);
	(void)house_refused(t, &own, ERR_MISSING, "maker.criterion",
	    "{'maker':%lld,'criterion':'C1','answer':'yes','evidence':'mine'}",
	    (long long)id);
	(void)house_refused(t, &own, ERR_MISSING, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'mine'}",
	    (long long)id);
}

/* R-11 R-33 */
static void
a_refusal_names_its_criterion_and_has_one_appeal(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	int64_t id = acme_apply(t, &lead);
	char link[128];
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
	answer(t, &lead, id, "C1", "yes");
	answer(t, &lead, id, "C2", "yes");
	answer(t, &lead, id, "C3", "yes");
	(void)house_refused(t, &lead, ERR_INVALID, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'refuse','reason':'no'}",
	    (long long)id);
	(void)house_refused(t, &lead, ERR_INVALID, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'refuse','reason':'not "
	    "public'}",
	    (long long)id);
	answer(t, &lead, id, "C1", "no");
	for (int i = 0; i < 2; i++)
		(void)house_ask(t, &lead, "maker.decide",
		    "{'maker':%lld,'revision':1,'outcome':'refuse',"
		    "'reason':'not public'}",
		    (long long)id);
	(void)house_refused(t, &lead, ERR_CONFLICT, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'refuse','reason':'no no'}",
	    (long long)id);
	const json_t *list = house_ask(t, NULL, "maker.public", "{}");
	assert_int_equal(
	    value_int(json_object_get(list, "refusals"), "C1", 0), 1);
	answer(t, &lead, id, "C1", "yes");
	(void)house_ask(t, &lead, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'the "
	    "appeal is upheld'}",
	    (long long)id);
	assert_string_equal(state_of(t, &lead, id), "active");
}

/* two persons, when the policy asks for two. */
static void
two_persons_decide_where_asked(void **state)
{
	struct house_test *t = *state;
	struct person one = director(t);
	struct person two =
	    house_person(t, "second@example.org", "director", NULL, NULL);
	value_set_int(json_object_get(t->policy, "makers"), "deciders", 2);
	int64_t id = acme_active(t, &one, "T2");
	assert_string_equal(state_of(t, &one, id), "in-review");
	(void)house_ask(t, &one, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'yes'}",
	    (long long)id);
	assert_string_equal(state_of(t, &one, id), "in-review");
	(void)house_ask(t, &two, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'yes'}",
	    (long long)id);
	assert_string_equal(state_of(t, &one, id), "active");
}

/* R-27 R-34: two reminders, then unreachable; answering brings it back. */
static void
silence_makes_unreachable(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	int64_t id = acme_active(t, &lead, "T2");
	int64_t before = house_mails(t, "challenge");
	house_wait(t, 183 * WHEN_DAY);
	house_tick(t);
	assert_int_equal(house_mails(t, "challenge"), before + 1);
	for (int day = 0; day < 6; day++) {
		house_wait(t, WHEN_DAY);
		house_tick(t);
		house_tick(t);
	}
	assert_int_equal(house_mails(t, "challenge"), before + 3);
	assert_string_equal(state_of(t, &lead, id), "active");
	house_wait(t, 2 * WHEN_DAY);
	house_tick(t);
	assert_string_equal(state_of(t, &lead, id), "unreachable");
	char link[128];
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
	assert_string_equal(state_of(t, &lead, id), "active");
}

/* R-26 R-34: asked 30 and 7 days ahead, lapsed at the date, new evidence. */
static void
a_review_is_asked_and_lapses(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	int64_t id = acme_active(t, &lead, "T2");
	char link[128];
	house_wait(t, 183 * WHEN_DAY);
	house_tick(t);
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
	int64_t before = house_mails(t, "challenge");
	house_wait(t, 153 * WHEN_DAY);
	house_tick(t);
	assert_int_equal(house_mails(t, "challenge"), before + 1);
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
	const json_t *maker =
	    house_ask(t, &lead, "maker.show", "{'maker':%lld}", (long long)id);
	assert_true(value_when(maker, "review_at") >
		    clock_now(&t->house.clock) + 360 * WHEN_DAY);
	house_wait(t, 366 * WHEN_DAY);
	house_tick(t);
	assert_string_equal(state_of(t, &lead, id), "lapsed");
	(void)house_refused(t, &lead, ERR_INVALID, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'refuse','reason':'no C1'}",
	    (long long)id);
	for (int i = 0; i < 2; i++) {
		house_wait(t, WHEN_HOUR);
		(void)house_ask(t, &lead, "maker.challenge", "{'maker':%lld}",
		    (long long)id);
	}
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
	(void)house_refused(t, &lead, ERR_INVALID, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'old'}",
	    (long long)id);
	answer(t, &lead, id, "C1", "yes");
	answer(t, &lead, id, "C2", "yes");
	answer(t, &lead, id, "C3", "yes");
	(void)house_ask(t, &lead, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'new'}",
	    (long long)id);
	assert_string_equal(state_of(t, &lead, id), "active");
}

/* R-23 R-31 R-32: what the public may know, and never more. */
static void
the_public_list_shows_only_what_it_may(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	int64_t id = acme_active(t, &lead, "T1");
	(void)house_ask(t, &lead, "maker.suspend",
	    "{'maker':%lld,'reason':'SECRET-REASON'}", (long long)id);
	const json_t *list = house_ask(t, NULL, "maker.public", "{}");
	assert_int_equal(json_array_size(json_object_get(list, "members")), 0);
	(void)house_ask(t, &lead, "maker.restore",
	    "{'maker':%lld,'outcome':'reinstate','reason':'SECRET-REASON'}",
	    (long long)id);
	list = house_ask(t, NULL, "maker.public", "{}");
	const json_t *members = json_object_get(list, "members");
	assert_int_equal(json_array_size(members), 1);
	assert_string_equal(
	    value_text(json_array_get(members, 0), "alias_domain"),
	    "acme.example");
	char *text = json_dumps(list, 0);
	static const char *const never[] = { "\"T1\"", "tier", "Acme One",
		"4.4", "psirt", "SECRET-REASON", "FW-", "GmbH" };
	for (size_t i = 0; i < COUNT(never); i++)
		assert_null(strstr(text, never[i]));
	assert_non_null(strstr(text, "suspension lifted"));
	free(text);
	(void)house_ask(t, &lead, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':"
	    "'hide it','publish':false,'tier':'T3'}",
	    (long long)id);
	(void)house_ask(t, &lead, "maker.suspend",
	    "{'maker':%lld,'reason':'once more'}", (long long)id);
	(void)house_ask(t, &lead, "maker.restore",
	    "{'maker':%lld,'outcome':'confirm','reason':'it stands'}",
	    (long long)id);
	(void)house_ask(t, &lead, "maker.restore",
	    "{'maker':%lld,'outcome':'reinstate','reason':'it ends'}",
	    (long long)id);
	list = house_ask(t, NULL, "maker.public", "{}");
	assert_int_equal(value_int(list, "confidential", 0), 1);
	text = json_dumps(list, 0);
	assert_null(strstr(text, "Acme"));
	free(text);
}

/* R-02 R-03 R-34: the seat is the access; membership alone gives none. */
static void
a_committee_seat_follows_its_holder(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	static const char *const kinds[] = { "committee", "project-member" };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		char email[64], link[128];
		const json_t *made = house_ask(t, &lead, "member.add",
		    "{'kind':'%s','organisation':'Member %zu','domains':["
		    "'member%zu.example'],'alias':'psirt@member%zu.example',"
		    "'terms':'1','accepted_by':'M','publish':true}",
		    kinds[i], i, i, i);
		int64_t id = value_int(made, "maker", 0);
		(void)house_refused(t, &lead, ERR_CONFLICT, "maker.contact",
		    "{'maker':%lld,'email':'x@y.example','name':'X'}",
		    (long long)id);
		house_link(t, "/confirm/", link);
		(void)house_ask(
		    t, NULL, "maker.confirm", "{'link':'%s'}", link);
		(void)snprintf(email, sizeof(email), "p%zu@member.example", i);
		struct person person = acme_contact(t, &lead, id, email);
		if (i == 1) {
			(void)house_refused(
			    t, &person, ERR_MISSING, "maker.list", "{}");
			(void)house_ask(t, &person, "alert.list", "{}");
			continue;
		}
		(void)house_ask(t, &person, "maker.list", "{}");
		(void)house_refused(t, &person, ERR_MISSING, "maker.contact",
		    "{'maker':%lld,'email':'friend@x.example','name':'F'}",
		    (long long)id);
		(void)house_ask(t, &lead, "maker.suspend",
		    "{'maker':%lld,'reason':'unclear'}", (long long)id);
		(void)house_refused(
		    t, &person, ERR_MISSING, "maker.list", "{}");
		(void)house_ask(t, &lead, "maker.restore",
		    "{'maker':%lld,'outcome':'reinstate','reason':'clear'}",
		    (long long)id);
		(void)house_ask(t, &person, "maker.list", "{}");
		(void)house_ask(t, &lead, "maker.contact-end",
		    "{'maker':%lld,'account':%lld,'reason':'seat ended'}",
		    (long long)id, (long long)person.account);
		(void)house_refused(
		    t, &person, ERR_MISSING, "maker.list", "{}");
	}
}

/* R-13 R-28: a person sees the own maker only; a removal ends it. */
static void
a_maker_keeps_its_own_record(void **state)
{
	struct house_test *t = *state;
	struct person lead = director(t);
	int64_t id = acme_active(t, &lead, "T2");
	struct person own = acme_contact(t, &lead, id, "jo@acme.example");
	(void)house_ask(t, &own, "maker.products",
	    "{'maker':%lld,'products':'Acme One | https://acme.example/one | "
	    "4.4, 4.3\\nAcme Two | https://acme.example/two'}",
	    (long long)id);
	(void)house_refused(t, &own, ERR_INVALID, "maker.products",
	    "{'maker':%lld,'products':'Acme | javascript:x | 1'}",
	    (long long)id);
	const json_t *shown =
	    house_ask(t, &own, "maker.show", "{'maker':%lld}", (long long)id);
	const json_t *products =
	    json_object_get(json_object_get(shown, "application"), "products");
	assert_int_equal(json_array_size(products), 2);
	assert_string_not_equal(
	    value_text(json_array_get(products, 0), "evidence_text"), "");
	assert_null(json_object_get(shown, "criteria"));
	assert_null(json_object_get(
	    json_array_get(json_object_get(shown, "history"), 0), "record"));
	const json_t *me = house_ask(t, &own, "account.me", "{}");
	(void)me;
	const json_t *makers =
	    json_object_get(json_object_get(t->answer, "me"), "makers");
	assert_string_equal(
	    value_text(json_array_get(makers, 0), "name"), "Acme Sensors");
	(void)house_ask(t, &lead, "maker.restore",
	    "{'maker':%lld,'outcome':'remove','reason':'left','class':'left'}",
	    (long long)id);
	(void)house_refused(t, &own, ERR_MISSING, "maker.show",
	    "{'maker':%lld}", (long long)id);
	house_wait(t, WHEN_DAY);
	(void)acme_apply(t, &lead);
	const json_t *list = house_ask(t, &lead, "maker.list", "{}");
	int64_t next = value_int(
	    json_array_get(json_object_get(list, "waiting"), 0), "maker", 0);
	shown = house_ask(
	    t, &lead, "maker.show", "{'maker':%lld}", (long long)next);
	const json_t *related =
	    json_array_get(json_object_get(shown, "related"), 0);
	assert_string_equal(value_text(related, "state"), "removed");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(an_application_is_decided_on_its_evidence),
		T(what_is_missing_is_listed_and_blocks),
		T(hostile_fields_are_refused),
		T(applications_are_capped),
		T(own_employers_are_not_decided_on),
		T(a_refusal_names_its_criterion_and_has_one_appeal),
		T(two_persons_decide_where_asked),
		T(silence_makes_unreachable),
		T(a_review_is_asked_and_lapses),
		T(the_public_list_shows_only_what_it_may),
		T(a_committee_seat_follows_its_holder),
		T(a_maker_keeps_its_own_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
