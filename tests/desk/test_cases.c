#include "moves.h"

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

/* P-05 P-06 V-26: a case walks all ten edges, and each leaves its record. */
static void
a_case_walks_every_edge(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	report(t, "Overflow in the ATT server", number);
	assign(t, &lead, number);
	(void)MOVE(t, &lead, number,
	    "'to':'review','pr':'https://example.org/pull/1'");
	(void)MOVE(t, &lead, number, "'to':'assigned','reason':'A test fails'");
	(void)MOVE(t, &lead, number, "'to':'review'");
	(void)MOVE(t, &lead, number,
	    "'to':'rejected','reject':'invalid','reason':'No path','reply':"
	    "'It cannot be reached.'");
	assert_string_equal(state_of(t, &lead, number), "rejected");
	(void)MOVE(t, &lead, number, "'to':'triage','reason':'New facts'");
	(void)MOVE(t, &lead, number,
	    "'to':'rejected','reject':'info-only','reason':'No','reply':'No.'");
	(void)MOVE(t, &lead, number, "'to':'triage','reason':'Again'");
	(void)MOVE(t, &lead, number, "'to':'assigned'");
	(void)MOVE(t, &lead, number, "'to':'review'");
	(void)MOVE(t, &lead, number, "'to':'accepted','commit':'abcdef0123'");
	const json_t *value =
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", number);
	assert_string_equal(value_text(value, "state"), "accepted");
	assert_string_equal(value_text(value, "rm"), "accepted");
	size_t moved = 0, i;
	json_t *event;
	json_array_foreach(json_object_get(value, "events"), i, event)
	{
		if (strcmp(value_text(event, "kind"), "moved") != 0)
			continue;
		const json_t *body = json_object_get(event, "body");
		moved++;
		assert_string_not_equal(value_text(body, "edge"), "");
		assert_true(value_int(body, "decided_on", 0) > 0);
		assert_string_equal(
		    value_text(event, "who"), "lead@example.org");
		assert_string_equal(value_text(event, "role"), "team");
		assert_string_not_equal(value_text(event, "at"), "");
	}
	assert_int_equal(moved, 12);
}

/* P-05 P-10: what is no edge is refused from every state. */
static void
no_other_step_is_taken(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	static const char *const way[] = { "'to':'triage'",
		"'to':'assigned','priority':'low','domain':'usb'",
		"'to':'review','pr':'https://example.org/pull/1'",
		"'to':'accepted','commit':'abcdef0123'" };
	/* states one may not go to from each station */
	static const char *const shut[][5] = {
		{ "assigned", "review", "accepted", "rejected", NULL },
		{ "triage", "review", "accepted", NULL },
		{ "triage", "assigned", "accepted", NULL },
		{ "triage", "review", NULL },
		{ "triage", "assigned", "review", "accepted", "rejected" },
	};
	report(t, "Stack overflow", number);
	for (size_t at = 0; at < COUNT(shut); at++) {
		for (size_t i = 0; i < 5 && shut[at][i] != NULL; i++)
			(void)REFUSED(t, &lead, ERR_CONFLICT, number,
			    "'to':'%s','reason':'x','reply':'x','reject':"
			    "'invalid','priority':'low','domain':'usb',"
			    "'assignee':%lld,'pr':'https://example.org/1',"
			    "'commit':'abcdef0'",
			    shut[at][i], (long long)lead.account);
		(void)REFUSED(t, &lead, ERR_INVALID, number, "'to':'public'");
		if (at == 1)
			(void)MOVE(t, &lead, number,
			    "'to':'assigned','priority':'low','assignee':%lld,"
			    "'domain':'usb'",
			    (long long)lead.account);
		else if (at < COUNT(way))
			(void)house_ask(t, &lead, "case.move",
			    "{'case':'%s','revision':%lld,%s}", number,
			    (long long)revision(t, &lead, number), way[at]);
	}
}

/* P-05: each gate names the field that is missing, and nothing changes. */
static void
a_gate_names_what_is_missing(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	static const struct {
		const char *args, *field;
	} cases[] = {
		{ "'to':'rejected'", "reject" },
		{ "'to':'rejected','reject':'invalid'", "reason" },
		{ "'to':'rejected','reject':'invalid','reason':'No'", "reply" },
		{ "'to':'rejected','reject':'invalid','reason':'No','canned':"
		  "'nope'",
		    "canned" },
		{ "'to':'rejected','reject':'duplicate','reason':'x','reply':"
		  "'x'",
		    "duplicate_of" },
		{ "'to':'rejected','reject':'duplicate','reason':'x','reply':"
		  "'x','duplicate_of':'FW-1999-0001'",
		    "duplicate_of" },
		{ "'to':'rejected','reject':'non-issue','reason':'x','reply':"
		  "'x'",
		    "non_issue" },
		{ "'to':'rejected','reject':'non-issue','reason':'x','reply':"
		  "'x','non_issue':'N99'",
		    "non_issue" },
		{ "'to':'assigned'", "priority" },
		{ "'to':'assigned','priority':'low'", "assignee" },
		{ "'to':'assigned','priority':'low','assignee':77",
		    "assignee" },
		{ "'to':'assigned','domain':'kitchen'", "domain" },
		{ "'to':'nowhere'", "to" },
		{ "'to':'assigned','priority':'huge'", "priority" },
		{ "'to':'assigned','pr':'javascript:alert(1)'", "pr" },
		{ "'to':'assigned','commit':'ABC'", "commit" },
		{ "'to':'assigned','unknown':1", "" },
	};
	report(t, "Read past the end", number);
	(void)MOVE(t, &lead, number, "'to':'triage'");
	int64_t before = revision(t, &lead, number);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const json_t *fault = house_refused(t, &lead, ERR_INVALID,
		    "case.move", "{'case':'%s','revision':%lld,%s}", number,
		    (long long)before, cases[i].args);
		assert_string_equal(value_text(fault, "field"), cases[i].field);
	}
	assert_int_equal(revision(t, &lead, number), before);
	assert_string_equal(state_of(t, &lead, number), "triage");
}

/* P-06: a decision made on an older revision is refused. */
static void
an_old_revision_is_refused(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	report(t, "Use after free", number);
	int64_t old = revision(t, &lead, number);
	(void)MOVE(t, &lead, number, "'to':'triage'");
	(void)house_refused(t, &lead, ERR_CONFLICT, "case.move",
	    "{'case':'%s','revision':%lld,'to':'assigned'}", number,
	    (long long)old);
	(void)house_refused(t, &lead, ERR_CONFLICT, "case.edit",
	    "{'case':'%s','revision':%lld,'title':'Other'}", number,
	    (long long)old);
}

/* P-07: the assignee takes E6 and E7, the rest is the team's. */
static void
the_assignee_takes_his_edges_only(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	struct person mai = house_person(
	    t, "mai@example.org", "maintainer", "['Bluetooth']", NULL);
	char number[32];
	report(t, "Overflow", number);
	(void)house_refused(
	    t, &mai, ERR_MISSING, "case.show", "{'case':'%s'}", number);
	(void)MOVE(t, &lead, number, "'to':'triage'");
	(void)MOVE(t, &lead, number,
	    "'to':'assigned','priority':'high','assignee':%lld,'domain':"
	    "'bluetooth'",
	    (long long)mai.account);
	(void)MOVE(
	    t, &mai, number, "'to':'review','pr':'https://example.org/pull/7'");
	(void)REFUSED(
	    t, &mai, ERR_INVALID, number, "'to':'accepted','commit':'abcdef0'");
	(void)REFUSED(t, &mai, ERR_INVALID, number,
	    "'to':'rejected','reject':'invalid','reason':'x','reply':'x'");
	(void)MOVE(t, &mai, number, "'to':'assigned','reason':'More work'");
}

/* P-08: rejecting an assigned case writes two steps in one act. */
static void
rejecting_an_assigned_case_is_two_steps(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	report(t, "Overflow", number);
	assign(t, &lead, number);
	int64_t before = revision(t, &lead, number);
	(void)MOVE(t, &lead, number,
	    "'to':'rejected','reject':'out-of-scope','reason':'Not ours',"
	    "'canned':'upstream'");
	const json_t *value =
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", number);
	assert_int_equal(value_int(value, "revision", 0), before + 1);
	assert_string_equal(value_text(value, "rm"), "deferred");
	const char *edges[2] = { "", "" };
	bool marked = false;
	size_t i, found = 0;
	json_t *event;
	json_array_foreach(json_object_get(value, "events"), i, event)
	{
		const json_t *body = json_object_get(event, "body");
		if (strcmp(value_text(event, "kind"), "moved") != 0 ||
		    found == 2)
			continue;
		edges[found++] = value_text(body, "edge");
		marked = value_true(body, "for_rejection");
	}
	assert_string_equal(edges[0], "E9");
	assert_string_equal(edges[1], "E6");
	assert_true(marked);
}

static size_t
duplicates_of(
    struct house_test *t, const struct person *who, const char *number)
{
	const json_t *value =
	    house_ask(t, who, "case.show", "{'case':'%s'}", number);
	return json_array_size(json_object_get(value, "duplicates"));
}

/* P-09 I-19: credits move to the survivor and come back. */
static void
a_duplicate_points_to_its_survivor(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char first[32], second[32];
	report(t, "Overflow in the ATT server", first);
	report(t, "The ATT server overflows", second);
	(void)MOVE(t, &lead, first, "'to':'triage'");
	(void)MOVE(t, &lead, second, "'to':'triage'");
	/* I-18: candidates come with reasons and a score */
	const json_t *value =
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", second);
	const json_t *alike =
	    json_array_get(json_object_get(value, "alike"), 0);
	assert_string_equal(value_text(alike, "number"), first);
	assert_true(json_array_size(json_object_get(alike, "why")) >= 2);
	(void)REFUSED(t, &lead, ERR_INVALID, second,
	    "'to':'rejected','reject':'duplicate','reason':'Same','reply':"
	    "'As in %s.','duplicate_of':'%s'",
	    first, first);
	(void)REFUSED(t, &lead, ERR_INVALID, second,
	    "'to':'rejected','reject':'duplicate','reason':'Same',"
	    "'duplicate_of':'%s'",
	    second);
	(void)MOVE(t, &lead, second,
	    "'to':'rejected','reject':'duplicate','reason':'Same',"
	    "'duplicate_of':'%s'",
	    first);
	value = house_ask(t, &lead, "case.show", "{'case':'%s'}", first);
	const json_t *one =
	    json_array_get(json_object_get(value, "duplicates"), 0);
	assert_string_equal(value_text(one, "case"), second);
	assert_string_equal(
	    value_text(json_object_get(one, "credit"), "name"), "A. Finder");
	value = house_ask(t, &lead, "case.show", "{'case':'%s'}", second);
	assert_string_equal(value_text(value, "duplicate_of"), first);
	size_t i;
	json_t *said;
	json_array_foreach(json_object_get(value, "talk"), i, said)
	    assert_null(strstr(value_text(said, "text"), first));
	(void)MOVE(t, &lead, second, "'to':'triage','reason':'Not the same'");
	assert_int_equal(duplicates_of(t, &lead, first), 0);
}

/* I-16 I-17: lack of a path takes two persons. */
static void
some_non_issues_take_two_persons(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	struct person other =
	    house_person(t, "other@example.org", "team", NULL, NULL);
	char number[32];
	static const char args[] =
	    "'to':'rejected','reject':'non-issue','non_issue':'N11','reason':"
	    "'No path','canned':'need_information'";
	report(t, "Something", number);
	(void)MOVE(t, &lead, number, "'to':'triage'");
	int64_t at = revision(t, &lead, number);
	const json_t *value = house_ask(t, &lead, "case.move",
	    "{'case':'%s','revision':%lld,%s}", number, (long long)at, args);
	assert_true(value_true(value, "pending"));
	assert_string_equal(state_of(t, &lead, number), "triage");
	at = revision(t, &lead, number);
	(void)house_refused(t, &lead, ERR_INVALID, "case.move",
	    "{'case':'%s','revision':%lld,%s}", number, (long long)at, args);
	value = house_ask(t, &other, "case.move",
	    "{'case':'%s','revision':%lld,%s}", number, (long long)at, args);
	assert_false(value_true(value, "pending"));
	value = house_ask(t, &lead, "case.show", "{'case':'%s'}", number);
	assert_string_equal(value_text(value, "state"), "rejected");
	const json_t *reject = json_object_get(value, "reject");
	assert_int_equal(value_int(reject, "first", 0), lead.account);
	assert_int_equal(value_int(reject, "by", 0), other.account);
}

/* I-20: no text for a reporter names what is embargoed elsewhere. */
static void
a_reply_names_no_other_case(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char first[32], second[32];
	const char *const said[] = { first, "See CVE-1900-1000",
		"https://example.org/PULL/77 mends it",
		"It is commit abcdef0123",
		"and https://example.org/pull/4400 for 4.4" };
	report(t, "First", first);
	report(t, "Second thing", second);
	assign(t, &lead, first);
	(void)house_ask(t, &lead, "cve.import", "{'ids':'CVE-1900-1000'}");
	(void)house_ask(t, &lead, "cve.assign", "{'case':'%s'}", first);
	(void)MOVE(t, &lead, first,
	    "'to':'review','pr':'https://example.org/pull/77'");
	(void)MOVE(t, &lead, first, "'to':'accepted','commit':'abcdef0123'");
	(void)house_ask(t, &lead, "fix.set",
	    "{'case':'%s','line':'4.4','disposition':'in-review','pr':"
	    "'https://example.org/pull/4400'}",
	    first);
	(void)MOVE(t, &lead, second, "'to':'triage'");
	for (size_t i = 0; i < COUNT(said); i++) {
		const json_t *fault =
		    house_refused(t, &lead, ERR_INVALID, "case.ask",
			"{'case':'%s','text':'So: %s.'}", second, said[i]);
		assert_string_equal(value_text(fault, "field"), "text");
	}
	(void)house_ask(t, &lead, "case.ask",
	    "{'case':'%s','text':'Is %s yours? We look at it.','question':"
	    "true}",
	    second, second);
}

/* I-27: the reporter hears of a change, a question and an id (I-24). */
static void
the_reporter_is_told(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	report(t, "Overflow", number);
	(void)MOVE(t, &lead, number, "'to':'triage'");
	assert_int_equal(house_mails(t, "report-state"), 1);
	(void)house_ask(t, &lead, "case.ask",
	    "{'case':'%s','text':'Which board?','question':true}", number);
	assert_int_equal(house_mails(t, "report-question"), 1);
	(void)house_ask(t, &lead, "cve.import", "{'ids':'CVE-1900-2000'}");
	(void)house_ask(t, &lead, "cve.assign", "{'case':'%s'}", number);
	assert_int_equal(house_mails(t, "report-cve"), 1);
	(void)house_ask(t, &lead, "case.note",
	    "{'case':'%s','text':'Ours alone.'}", number);
	const json_t *value =
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", number);
	assert_true(value_true(value, "asked"));
	size_t i;
	json_t *said;
	json_array_foreach(json_object_get(value, "talk"), i, said)
	    assert_null(strstr(value_text(said, "text"), "Ours alone"));
}

/* I-21: vectors are optional, checked, and their scores computed. */
static void
fields_are_checked_one_by_one(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	static const struct {
		const char *args, *field;
	} bad[] = {
		{ "'cvss31':'CVSS:3.1/AV:N'", "cvss31" },
		{ "'cvss31':'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'",
		    "cvss31" },
		{ "'cvss31':'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/"
		  "SC:N/SI:N/SA:N'",
		    "cvss31" },
		{ "'cvss40':'CVSS:4.0/AV:N/AC:L'", "cvss40" },
		{ "'cvss40':'nonsense'", "cvss40" },
		{ "'cwe':9998", "cwe" },
		{ "'cwe':0", "cwe" },
		{ "'severity':'dreadful'", "severity" },
		{ "'title':'ab'", "title" },
		{ "'title':'two\\nlines'", "title" },
		{ "'title':7", "title" },
		{ "'priority':''", "priority" },
		{ "'domain':'kitchen'", "domain" },
		{ "'assignee':12", "assignee" },
		{ "'pr':'ftp://example.org/'", "pr" },
		{ "'clear':['title']", "clear" },
		{ "'clear':['impact'],'impact':'x'", "clear" },
		{ "'colour':'red'", "" },
	};
	report(t, "Overflow", number);
	int64_t at = revision(t, &lead, number);
	for (size_t i = 0; i < COUNT(bad); i++) {
		const json_t *fault = house_refused(t, &lead, ERR_INVALID,
		    "case.edit", "{'case':'%s','revision':%lld,%s}", number,
		    (long long)at, bad[i].args);
		assert_string_equal(value_text(fault, "field"), bad[i].field);
	}
	assert_int_equal(revision(t, &lead, number), at);
	const json_t *value = house_ask(t, &lead, "case.edit",
	    "{'case':'%s','revision':%lld,'cvss31':'CVSS:3.1/AV:A/AC:L/PR:N/"
	    "UI:N/S:U/C:H/I:H/A:H','cwe':787,'severity':'low','description':"
	    "'Some *text*.'}",
	    number, (long long)at);
	const json_t *severity = json_object_get(value, "severity");
	assert_string_equal(value_text(severity, "word"), "high");
	assert_true(json_real_value(json_object_get(
			json_object_get(severity, "cvss31"), "score")) > 8.7);
	assert_string_equal(
	    value_text(json_object_get(value, "cwe"), "id"), "CWE-787");
	value = house_ask(t, &lead, "case.edit",
	    "{'case':'%s','revision':%lld,'clear':['cvss31']}", number,
	    (long long)at + 1);
	assert_string_equal(
	    value_text(json_object_get(value, "severity"), "word"), "low");
	value = house_ask(t, &lead, "case.edit",
	    "{'case':'%s','revision':%lld}", number, (long long)at + 2);
	assert_int_equal(value_int(value, "revision", 0), at + 2);
}

/* I-35: hostile text is data; it comes back as it was sent. */
static void
hostile_text_is_data(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	static const char *const texts[] = {
		"<script>alert(1)</script>",
		"x OR 1=1; DROP TABLE cases; --",
		"{{ page.secret }} %s%n $(id) `id`",
		"\\u202Eevil\\u202C \\u200Bzero",
	};
	report(t, "Overflow", number);
	for (size_t i = 0; i < COUNT(texts); i++)
		(void)house_ask(t, &lead, "case.note",
		    "{'case':'%s','text':'%s'}", number, texts[i]);
	const json_t *value =
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", number);
	const json_t *note =
	    json_array_get(json_object_get(value, "events"), 3);
	assert_string_equal(
	    value_text(note, "text"), "<script>alert(1)</script>");
	(void)house_refused(t, &lead, ERR_INVALID, "case.note",
	    "{'case':'%s','text':'a\\u001bb'}", number);
	(void)house_refused(t, &lead, ERR_INVALID, "case.note",
	    "{'case':'%s','text':''}", number);
	(void)house_refused(t, &lead, ERR_MISSING, "case.note",
	    "{'case':'FW-1999-0001','text':'x'}");
}

/* P-22: never two cases with one id, several ids for one case. */
static void
an_id_belongs_to_one_case(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char first[32], second[32];
	report(t, "First", first);
	report(t, "Second", second);
	(void)house_refused(
	    t, &lead, ERR_CONFLICT, "cve.assign", "{'case':'%s'}", first);
	(void)MOVE(t, &lead, first, "'to':'triage'");
	(void)MOVE(t, &lead, second, "'to':'triage'");
	(void)house_refused(
	    t, &lead, ERR_INVALID, "cve.assign", "{'case':'%s'}", first);
	const json_t *value = house_ask(t, &lead, "cve.import",
	    "{'ids':'CVE-1900-1003\\n\\nCVE-1900-1000..1002\\n"
	    "CVE-1900-1000'}");
	assert_int_equal(value_int(value, "added", 0), 4);
	assert_int_equal(value_int(value, "known", 0), 1);
	value = house_ask(t, &lead, "cve.assign", "{'case':'%s'}", first);
	assert_string_equal(value_text(value, "cve"), "CVE-1900-1000");
	(void)house_refused(t, &lead, ERR_CONFLICT, "cve.assign",
	    "{'case':'%s','cve':'CVE-1900-1000'}", second);
	(void)house_refused(t, &lead, ERR_INVALID, "cve.assign",
	    "{'case':'%s','cve':'CVE-1900-9999'}", second);
	value = house_ask(t, &lead, "cve.assign",
	    "{'case':'%s','cve':'CVE-1900-1003'}", first);
	value = house_ask(t, &lead, "cve.assign", "{'case':'%s'}", second);
	assert_string_equal(value_text(value, "cve"), "CVE-1900-1001");
	value = house_ask(t, &lead, "case.show", "{'case':'%s'}", first);
	assert_int_equal(json_array_size(json_object_get(value, "cves")), 2);
	(void)house_ask(t, &lead, "cve.reject",
	    "{'cve':'CVE-1900-1002','reason':'Not needed'}");
	(void)house_refused(t, &lead, ERR_CONFLICT, "cve.reject",
	    "{'cve':'CVE-1900-1002','reason':'Not needed'}");
	(void)house_refused(t, &lead, ERR_CONFLICT, "cve.assign",
	    "{'case':'%s','cve':'CVE-1900-1002'}", second);
	value = house_ask(t, &lead, "cve.list", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "ids")), 4);
}

static void
an_import_names_the_bad_line(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	static const char *const bad[] = {
		"CVE-1900-1000\\nCVE-1900-0999..0001",
		"CVE-1900-1000\\ncve-1900-1001",
		"CVE-1900-1000\\nCVE-1900-1..9",
		"CVE-1900-1000\\nCVE-1900-10000..99999",
		"CVE-1900-1000\\n<script>alert(1)",
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		enum err_kind kind = i == 3 ? ERR_LIMIT : ERR_INVALID;
		const json_t *fault = house_refused(
		    t, &lead, kind, "cve.import", "{'ids':'%s'}", bad[i]);
		assert_string_equal(value_text(fault, "field"), "ids");
		assert_non_null(strstr(value_text(fault, "text"), "line 2"));
	}
	const json_t *value =
	    house_ask(t, &lead, "cve.list", "{'state':'available'}");
	assert_int_equal(json_array_size(json_object_get(value, "ids")), 0);
}

/* P-19 P-20: lists and pages hold what each reader may see. */
static void
everybody_sees_his_part(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	struct person mai =
	    house_person(t, "mai@example.org", "maintainer", "['usb']", NULL);
	char number[32], other[32];
	report(t, "Overflow", number);
	report(t, "Another", other);
	(void)MOVE(t, &lead, number, "'to':'triage'");
	(void)house_ask(t, &lead, "case.edit",
	    "{'case':'%s','revision':%lld,'domain':'USB'}", number,
	    (long long)revision(t, &lead, number));
	const json_t *value = house_ask(t, &mai, "case.list", "{}");
	const json_t *rows = json_object_get(value, "cases");
	assert_int_equal(json_array_size(rows), 1);
	value = house_ask(t, &mai, "case.show", "{'case':'%s'}", number);
	assert_null(json_object_get(value, "talk"));
	assert_null(json_object_get(value, "participants"));
	assert_non_null(json_object_get(value, "events"));
	assert_false(value_true(json_object_get(value, "may"), "case_edit"));
	(void)house_refused(t, &mai, ERR_MISSING, "case.inbox", "{}");
	value = house_ask(t, &lead, "case.inbox", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "reports")), 2);
	value = house_ask(
	    t, &lead, "case.list", "{'state':['triage'],'text':'overflow'}");
	assert_int_equal(json_array_size(json_object_get(value, "cases")), 1);
	value = house_ask(t, &lead, "case.list", "{'text':'nothing'}");
	assert_int_equal(json_array_size(json_object_get(value, "cases")), 0);
	value = house_ask(t, &lead, "case.list", "{'line':'4.4'}");
	assert_int_equal(json_array_size(json_object_get(value, "cases")), 1);
	value = house_ask(t, &lead, "case.list", "{'line':'9.9'}");
	assert_int_equal(json_array_size(json_object_get(value, "cases")), 0);
}

/* P-19 P-64: a release manager sees his branch, and neither id nor title. */
static void
a_release_manager_sees_branches_only(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	struct person rel = house_person(
	    t, "rel@example.org", "release-manager", NULL, "['4.4']");
	static const char *const hidden[] = { "title", "state", "cves",
		"report", "events", "talk", "participants", "severity" };
	char number[32];
	report(t, "Overflow", number);
	(void)house_refused(
	    t, &rel, ERR_MISSING, "case.show", "{'case':'%s'}", number);
	assign(t, &lead, number);
	(void)MOVE(t, &lead, number,
	    "'to':'review','pr':'https://example.org/pull/1'");
	const json_t *value =
	    house_ask(t, &rel, "case.show", "{'case':'%s'}", number);
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_null(json_object_get(value, hidden[i]));
	assert_non_null(json_object_get(value, "branches"));
	assert_string_equal(
	    value_text(value, "pr"), "https://example.org/pull/1");
	value = house_ask(t, &rel, "case.list", "{}");
	const json_t *row = json_array_get(json_object_get(value, "cases"), 0);
	assert_string_equal(value_text(row, "number"), number);
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_null(json_object_get(row, hidden[i]));
	value = house_ask(t, &rel, "case.list", "{'state':['review']}");
	assert_int_equal(json_array_size(json_object_get(value, "cases")), 0);
	value = house_ask(t, &rel, "case.list", "{'text':'overflow'}");
	assert_int_equal(json_array_size(json_object_get(value, "cases")), 0);
}

/* V-32: advice comes from the table and fits the state. */
static void
advice_fits_the_state(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	char number[32];
	report(t, "Overflow", number);
	const json_t *value =
	    house_ask(t, &lead, "case.show", "{'case':'%s'}", number);
	assert_string_equal(value_text(value, "letters"), "Vfdpxa");
	bool fix = false, end = false;
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(value, "actions"), i, row)
	{
		fix |= strcmp(value_text(row, "name"), "make-fix") == 0;
		end |= strcmp(value_text(row, "name"), "end-embargo") == 0;
	}
	assert_true(fix);
	assert_false(end);
}

static const char *
rm_of(struct house_test *t, const struct person *who, const char *number)
{
	return value_text(
	    house_ask(t, who, "case.show", "{'case':'%s'}", number), "rm");
}

/* V-02 V-03 V-26: what a rejection makes of the report. */
static void
rm_follows_the_reason(void **state)
{
	struct house_test *t = *state;
	struct person lead = lead_of(t);
	static const struct {
		const char *code, *rm;
	} cases[] = {
		{ "invalid", "invalid" },
		{ "spam", "invalid" },
		{ "info-only", "invalid" },
		{ "out-of-scope", "deferred" },
		{ "defense-in-depth", "deferred" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char number[32];
		report(t, cases[i].code, number);
		assert_string_equal(rm_of(t, &lead, number), "received");
		(void)MOVE(t, &lead, number, "'to':'triage'");
		assert_string_equal(rm_of(t, &lead, number), "received");
		(void)MOVE(t, &lead, number,
		    "'to':'rejected','reject':'%s','reason':'x','reply':'x'",
		    cases[i].code);
		assert_string_equal(rm_of(t, &lead, number), cases[i].rm);
	}
}

static void
weaknesses_are_found(void **state)
{
	struct house_test *t = *state;
	const json_t *value =
	    house_ask(t, NULL, "cwe.find", "{'text':'cwe-787'}");
	const json_t *row = json_array_get(json_object_get(value, "found"), 0);
	assert_string_equal(value_text(row, "id"), "CWE-787");
	value = house_ask(t, NULL, "cwe.find", "{}");
	assert_int_equal(json_array_size(json_object_get(value, "found")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_case_walks_every_edge),
		TEST(no_other_step_is_taken),
		TEST(a_gate_names_what_is_missing),
		TEST(an_old_revision_is_refused),
		TEST(the_assignee_takes_his_edges_only),
		TEST(rejecting_an_assigned_case_is_two_steps),
		TEST(a_duplicate_points_to_its_survivor),
		TEST(some_non_issues_take_two_persons),
		TEST(a_reply_names_no_other_case),
		TEST(the_reporter_is_told),
		TEST(fields_are_checked_one_by_one),
		TEST(hostile_text_is_data),
		TEST(an_id_belongs_to_one_case),
		TEST(an_import_names_the_bad_line),
		TEST(everybody_sees_his_part),
		TEST(a_release_manager_sees_branches_only),
		TEST(advice_fits_the_state),
		TEST(rm_follows_the_reason),
		TEST(weaknesses_are_found),
	};
	return cmocka_run_group_tests_name("cases", tests, NULL, NULL);
}
