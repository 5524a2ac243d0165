#include "cases.h"

#include "core/when.h"
#include "desk/clocks.h"
#include "desk/embargo.h"
#include "desk/message.h"

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

#define FOUR "['Ann','Bea','Cid','Dan']"

/* A case of the team, and how things stand in it. */
struct scene {
	struct house_test *t;
	struct person lead;
	char number[40];
	char em[4];
	char pxa[8];
	int64_t number_now, ends_at, decided_at, revision;
	char reporter[20];
	int64_t reporter_signed;
	char maker[20];
	int64_t facts, events, broken;
};

static bool
look(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	struct scene *scene = context;
	struct row_participant_find party;
	struct row_fact_list *facts;
	struct row_event_list *events;
	size_t count;
	(void)snprintf(scene->em, sizeof(scene->em), "%s", file->row.em);
	(void)snprintf(scene->pxa, sizeof(scene->pxa), "%s", file->row.pxa);
	scene->number_now = file->row.embargo_number;
	scene->ends_at = file->row.embargo_ends_at;
	scene->decided_at = file->row.decided_at;
	scene->revision = file->row.revision;
	if (!q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
		"reporter", 0, &party, err))
		return false;
	(void)snprintf(
	    scene->reporter, sizeof(scene->reporter), "%s", party.pec);
	scene->reporter_signed = party.signed_number;
	scene->maker[0] = '\0';
	if (q_participant_find(ask->db, ask->pass, ask->arena, file->row.id,
		"maker", 77, &party, err))
		(void)snprintf(
		    scene->maker, sizeof(scene->maker), "%s", party.pec);
	*err = (struct err){ 0 };
	if (!q_fact_list(ask->db, ask->pass, ask->arena, file->row.id, &facts,
		&count, err))
		return false;
	scene->facts = (int64_t)count;
	if (!q_event_list(ask->db, ask->pass, ask->arena, file->row.id, &events,
		&count, err))
		return false;
	scene->events = (int64_t)count;
	return case_messages_check(ask, file, &scene->broken, err);
}

static void
refresh(struct scene *scene)
{
	cases_with(scene->t, scene->number, look, scene);
	assert_int_equal(scene->broken, 0);
}

static void
open_scene(struct scene *scene, struct house_test *t)
{
	*scene = (struct scene){ .t = t };
	scene->lead = house_person(t, "lead@example.org", "team", NULL, NULL);
	cases_report(t, scene->number);
	house_wait(t, WHEN_HOUR);
	cases_place(t, scene->number, MACHINE_TRIAGE, "V");
	house_wait(t, WHEN_HOUR);
	refresh(scene);
}

static const char *
at(struct house_test *t, int64_t from_now, char text[WHEN_TEXT])
{
	return when_print(clock_now(&t->house.clock) + from_now, text);
}

/* Decides an embargo that ends in so many days. */
static void
decide(struct scene *scene, int64_t days)
{
	char met[WHEN_TEXT], ends[WHEN_TEXT];
	refresh(scene);
	(void)house_ask(scene->t, &scene->lead, "embargo.decide",
	    "{'case':'%s','revision':%lld,'met_at':'%s','attendees':" FOUR
	    ",'embargo':true,'ends_at':'%s','severity_note':'high',"
	    "'exploitability':'easy','reason':'Needs time.'}",
	    scene->number, (long long)scene->revision,
	    at(scene->t, -WHEN_MINUTE, met),
	    at(scene->t, days * WHEN_DAY, ends));
	refresh(scene);
}

struct answer {
	const char *kind;
	int64_t ref, number;
	bool accept;
};

static bool
answer(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	const struct answer *said = context;
	return embargo_participant_answer(
	    ask, file, said->kind, said->ref, said->number, said->accept, err);
}

static void
says(struct scene *scene, const char *kind, int64_t ref, int64_t number,
    bool accept)
{
	struct answer said = { kind, ref, number, accept };
	cases_with(scene->t, scene->number, answer, &said);
	refresh(scene);
}

static bool
invite(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	(void)context;
	return embargo_invite(ask, file, "maker", 77, err);
}

/* P-15, P-13, V-11: a decision needs a quorum and an instant. */
static void
a_quorum_decides(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	assert_string_equal(s.em, "P"); /* P-16: and embargoed */
	assert_int_equal(s.number_now, 1);
	static const char *const wrong[][2] = {
		{ "'attendees':['Ann','ann ','Bea','Cid']", "attendees" },
		{ "'attendees':" FOUR ",'ends_at':'2001-01-01T00:00:00Z'",
		    "ends_at" },
		{ "'attendees':" FOUR ",'ends_at':'2999-01-01'", "ends_at" },
		{ "'attendees':" FOUR ",'met_at':'2999-01-01T00:00:00Z'",
		    "met_at" },
		{ "'attendees':" FOUR ",'revision':999", "revision" },
	};
	char met[WHEN_TEXT], ends[WHEN_TEXT];
	(void)at(s.t, -WHEN_MINUTE, met);
	(void)at(s.t, 60 * WHEN_DAY, ends);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		bool own_end = strstr(wrong[i][0], "ends_at") != NULL;
		bool own_met = strstr(wrong[i][0], "met_at") != NULL;
		bool own_rev = strstr(wrong[i][0], "revision") != NULL;
		char args[400];
		(void)snprintf(args, sizeof(args), "%s%s%s%s%s%s%s%s",
		    wrong[i][0], own_end ? "" : ",'ends_at':'",
		    own_end ? "" : ends, own_end ? "" : "'",
		    own_met ? "" : ",'met_at':'", own_met ? "" : met,
		    own_met ? "" : "'", own_rev ? "" : ",'revision':2");
		const json_t *fault = house_refused(s.t, &s.lead,
		    own_rev ? ERR_CONFLICT : ERR_INVALID, "embargo.decide",
		    "{'case':'%s',%s,'embargo':true,'severity_note':'high',"
		    "'exploitability':'easy','reason':'Because.'}",
		    s.number, args);
		assert_string_equal(value_text(fault, "field"), wrong[i][1]);
	}
	refresh(&s);
	assert_string_equal(s.em, "P");
	assert_int_equal(s.decided_at, 0);
	decide(&s, 60);
	assert_string_equal(s.em, "A");
	assert_int_equal(s.number_now, 2);
	assert_true(s.decided_at > 0);
	assert_int_equal(s.ends_at / WHEN_SECOND,
	    (clock_now(&s.t->house.clock) + 60 * WHEN_DAY) / WHEN_SECOND);
}

/* V-09, V-10: the standing 90 days first, then longer by revision. */
static void
longer_than_the_standing_proposal_goes_by_revision(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	assert_string_equal(s.reporter, "signatory");
	assert_int_equal(s.reporter_signed, 1);
	decide(&s, 120);
	assert_string_equal(s.em, "A");
	assert_int_equal(s.number_now, 2);
	assert_string_equal(s.reporter, "invited");
	says(&s, "reporter", 0, 2, true);
	assert_string_equal(s.reporter, "signatory");
	assert_int_equal(s.reporter_signed, 2);
}

/* P-17: no embargo gives a text; a person posts it. */
static void
no_embargo_clears_consents(void **state)
{
	struct scene s;
	char met[WHEN_TEXT];
	open_scene(&s, *state);
	const json_t *value = house_ask(s.t, &s.lead, "embargo.decide",
	    "{'case':'%s','revision':%lld,'met_at':'%s','attendees':" FOUR
	    ",'embargo':false,'severity_note':'low','exploitability':'none',"
	    "'reason':'A plain bug.'}",
	    s.number, (long long)s.revision, at(s.t, -WHEN_MINUTE, met));
	assert_non_null(
	    strstr(value_text(value, "tracker_text"), "Heap overflow"));
	assert_non_null(strstr(value_text(value, "tracker"), "github.com"));
	refresh(&s);
	assert_string_equal(s.em, "N");
	assert_string_equal(s.reporter, "no-embargo");
}

static const json_t *
propose(struct scene *s, int64_t days, const char *more)
{
	char ends[WHEN_TEXT];
	const json_t *value = house_ask(s->t, &s->lead, "embargo.propose",
	    "{'case':'%s','ends_at':'%s','reason':'The backport is late.'%s}",
	    s->number, at(s->t, days * WHEN_DAY, ends), more);
	return value;
}

/* P-14, V-08: the maximum takes a quorum, and each proposal its number. */
static void
beyond_the_maximum_needs_a_quorum(void **state)
{
	struct scene s;
	char ends[WHEN_TEXT], met[WHEN_TEXT], more[300];
	open_scene(&s, *state);
	decide(&s, 60);
	const json_t *fault =
	    house_refused(s.t, &s.lead, ERR_INVALID, "embargo.propose",
		"{'case':'%s','ends_at':'%s','reason':'The backport is late.'}",
		s.number, at(s.t, 100 * WHEN_DAY, ends));
	assert_string_equal(value_text(fault, "field"), "ends_at");
	(void)snprintf(more, sizeof(more),
	    ",'met_at':'%s','attendees':" FOUR
	    ",'severity_note':'high','exploitability':'easy'",
	    at(s.t, -WHEN_MINUTE, met));
	const json_t *value = propose(&s, 100, more);
	assert_int_equal(value_int(value, "number", 0), 3);
	assert_string_equal(value_text(value, "em"), "R");
}

/* P-18, V-08, V-16: the old end holds until the new one is accepted. */
static void
a_move_holds_the_old_end_until_accepted(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	decide(&s, 60);
	says(&s, "reporter", 0, 2, true);
	int64_t old = s.ends_at;
	int64_t mails = house_mails(s.t, "report-proposal");
	(void)propose(&s, 70, "");
	refresh(&s);
	assert_string_equal(s.em, "R");
	assert_int_equal(s.ends_at, old);
	assert_string_equal(s.reporter, "lapsed");
	assert_int_equal(house_mails(s.t, "report-proposal"), mails + 1);
	(void)house_refused(s.t, &s.lead, ERR_INVALID, "embargo.answer",
	    "{'case':'%s','number':9,'answer':'accept'}", s.number);
	(void)house_ask(s.t, &s.lead, "embargo.answer",
	    "{'case':'%s','number':3,'answer':'accept'}", s.number);
	refresh(&s);
	assert_string_equal(s.em, "A");
	assert_int_equal(s.number_now, 3);
	assert_true(s.ends_at > old);
	assert_string_equal(s.reporter, "invited");
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "embargo.answer",
	    "{'case':'%s','number':3,'answer':'accept'}", s.number);
}

/* V-18, V-34 (e): a rejected revision restores end and consents. */
static void
a_rejected_move_restores_consent(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	decide(&s, 60);
	says(&s, "reporter", 0, 2, true);
	cases_with(s.t, s.number, invite, NULL);
	refresh(&s);
	assert_string_equal(s.maker, "invited");
	int64_t old = s.ends_at;
	(void)propose(&s, 70, "");
	says(&s, "maker", 77, 3, true);
	assert_string_equal(s.maker, "signatory");
	(void)house_ask(s.t, &s.lead, "embargo.answer",
	    "{'case':'%s','number':3,'answer':'reject'}", s.number);
	refresh(&s);
	assert_string_equal(s.em, "A");
	assert_int_equal(s.number_now, 2);
	assert_int_equal(s.ends_at, old);
	assert_string_equal(s.reporter, "signatory");
	assert_string_equal(s.maker, "invited");
}

/* V-07: the project may reject the standing proposal; then none is left. */
static void
a_rejected_proposal_leaves_none(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	(void)house_ask(s.t, &s.lead, "embargo.answer",
	    "{'case':'%s','number':1,'answer':'reject'}", s.number);
	refresh(&s);
	assert_string_equal(s.em, "N");
	assert_int_equal(s.number_now, 0);
	assert_string_equal(s.reporter, "no-embargo");
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "embargo.answer",
	    "{'case':'%s','number':1,'answer':'accept'}", s.number);
}

/* V-09: of two proposals the one that ends first is accepted first. */
static void
the_shortest_proposal_comes_first(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	(void)propose(&s, 30, "");
	const json_t *fault =
	    house_refused(s.t, &s.lead, ERR_CONFLICT, "embargo.answer",
		"{'case':'%s','number':1,'answer':'accept'}", s.number);
	assert_non_null(strstr(value_text(fault, "text"), "Proposal 2"));
	(void)house_ask(s.t, &s.lead, "embargo.answer",
	    "{'case':'%s','number':2,'answer':'accept'}", s.number);
	refresh(&s);
	assert_int_equal(s.number_now, 2);
	assert_string_equal(s.em, "A");
	assert_string_equal(s.reporter, "invited");
}

/*
 * V-12, V-17, V-19, V-25: silence is a refusal, a late answer still counts,
 * and whoever leaves does not end the embargo of the others.
 */
static void
silence_is_a_refusal(void **state)
{
	struct scene s;
	struct clocks clocks = { 0 };
	open_scene(&s, *state);
	decide(&s, 60);
	cases_with(s.t, s.number, invite, NULL);
	house_wait(s.t, 6 * WHEN_DAY);
	ok(&s.t->base, clocks_run(&s.t->house, &clocks, &s.t->base.err));
	refresh(&s);
	assert_string_equal(s.maker, "invited");
	house_wait(s.t, 2 * WHEN_DAY);
	clocks = (struct clocks){ 0 };
	ok(&s.t->base, clocks_run(&s.t->house, &clocks, &s.t->base.err));
	refresh(&s);
	assert_string_equal(s.maker, "declined");
	says(&s, "maker", 77, 2, true);
	assert_string_equal(s.maker, "signatory");
	says(&s, "maker", 77, 1, true); /* terms that stand no more */
	assert_string_equal(s.maker, "signatory");
	says(&s, "maker", 77, 2, false);
	assert_string_equal(s.maker, "declined");
	assert_string_equal(s.em, "A");
	says(&s, "maker", 77, 1, true);
	assert_string_equal(s.maker, "invited");
}

static void
record(struct scene *s, const char *fact, const char *more)
{
	char when[WHEN_TEXT];
	(void)house_ask(s->t, &s->lead, "fact.record",
	    "{'case':'%s','fact':'%s','true_at':'%s','source':'a mailing "
	    "list','confidence':'high'%s}",
	    s->number, fact, at(s->t, -WHEN_HOUR, when), more);
	refresh(s);
}

static bool
count_timers(
    struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	struct row_deadline_of *rows;
	size_t count;
	int64_t *found = context;
	if (!q_deadline_of(
		ask->db, ask->arena, "case", file->row.id, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool day = strcmp(rows[i].kind, "cve_record") == 0;
		bool latest = strcmp(rows[i].kind, "cve_record_latest") == 0;
		if (day || latest) {
			++*found;
			int64_t left = rows[i].due_at - ask->now;
			int64_t span = day ? WHEN_DAY : 3 * WHEN_DAY;
			assert_in_range(left, span - WHEN_MINUTE, span);
		}
	}
	return true;
}

/*
 * V-34 (f), V-15, V-20, V-21: X on a p case gives P, EM X, RESET, notices and
 * two timers in one transaction.
 */
static void
an_exploit_ends_the_embargo_at_once(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	decide(&s, 60);
	says(&s, "reporter", 0, 2, true);
	int64_t revision = s.revision;
	int64_t mails = house_mails(s.t, "report-state");
	record(&s, "exploit", "");
	assert_string_equal(s.em, "X");
	assert_string_equal(s.pxa, "PXa");
	assert_int_equal(s.revision, revision + 1);
	assert_int_equal(s.facts, 2);
	assert_int_equal(s.ends_at, 0);
	assert_string_equal(s.reporter, "no-embargo");
	assert_int_equal(house_mails(s.t, "report-state"), mails + 1);
	int64_t timers = 0;
	cases_with(s.t, s.number, count_timers, &timers);
	assert_int_equal(timers, 2);
	char ends[WHEN_TEXT];
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "embargo.propose",
	    "{'case':'%s','ends_at':'%s','reason':'Again.'}", s.number,
	    at(s.t, 20 * WHEN_DAY, ends));
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "fact.record",
	    "{'case':'%s','fact':'public','true_at':'%s','source':'x',"
	    "'confidence':'low'}",
	    s.number, at(s.t, -WHEN_HOUR, ends));
}

/* V-20: attacks alone ask a person; he may end it at once. */
static void
attacks_ask_a_person(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	decide(&s, 60);
	record(&s, "attacks", "");
	assert_string_equal(s.em, "A");
	assert_string_equal(s.pxa, "pxA");
	struct scene other = { .t = s.t, .lead = s.lead };
	cases_report(other.t, other.number);
	cases_place(other.t, other.number, MACHINE_TRIAGE, "V");
	house_wait(other.t, 2 * WHEN_HOUR);
	decide(&other, 60);
	record(&other, "attacks", ",'terminate':true");
	assert_string_equal(other.em, "X");
}

/* X1 of V-20: nothing is negotiated once attacks were seen. */
static void
nothing_is_negotiated_after_facts(void **state)
{
	struct scene s;
	char ends[WHEN_TEXT];
	open_scene(&s, *state);
	decide(&s, 60);
	record(&s, "attacks", "");
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "embargo.propose",
	    "{'case':'%s','ends_at':'%s','reason':'Longer.'}", s.number,
	    at(s.t, 70 * WHEN_DAY, ends));
}

static bool
find_fact(
    struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	struct row_fact_list *rows;
	size_t count;
	if (!q_fact_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	*(int64_t *)context = rows[0].id;
	return true;
}

/* V-14: a mistake is superseded, stays visible and asks for a decision. */
static void
a_mistaken_fact_stays_visible(void **state)
{
	struct scene s;
	int64_t fact = 0;
	open_scene(&s, *state);
	decide(&s, 60);
	record(&s, "attacks", "");
	cases_with(s.t, s.number, find_fact, &fact);
	(void)house_refused(s.t, &s.lead, ERR_MISSING, "fact.correct",
	    "{'case':'%s','fact':4711,'reason':'Wrong.'}", s.number);
	(void)house_ask(s.t, &s.lead, "fact.correct",
	    "{'case':'%s','fact':%lld,'reason':'A scanner, not an attack.'}",
	    s.number, (long long)fact);
	refresh(&s);
	assert_string_equal(s.pxa, "pxa");
	assert_int_equal(s.facts, 1);
	assert_int_equal(s.decided_at, 0);
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "fact.correct",
	    "{'case':'%s','fact':%lld,'reason':'Again.'}", s.number,
	    (long long)fact);
}

/* P-32, V-22: a public fix is a fact of its own; policy may make it P. */
static void
a_public_fix_is_public_only_by_policy(void **state)
{
	struct scene s;
	char when[WHEN_TEXT];
	open_scene(&s, *state);
	decide(&s, 60);
	(void)house_refused(s.t, &s.lead, ERR_INVALID, "exposure.set",
	    "{'case':'%s','fix_public_at':'%s'}", s.number,
	    at(s.t, WHEN_DAY, when));
	(void)house_ask(s.t, &s.lead, "exposure.set",
	    "{'case':'%s','fix_public_at':'%s'}", s.number,
	    at(s.t, -WHEN_HOUR, when));
	refresh(&s);
	assert_string_equal(s.pxa, "pxa");
	assert_string_equal(s.em, "A");
	value_set_bool(s.t->policy, "public_fix_counts_as_P", true);
	(void)house_ask(s.t, &s.lead, "exposure.set",
	    "{'case':'%s','fix_public_at':'%s'}", s.number,
	    at(s.t, -WHEN_HOUR, when));
	refresh(&s);
	assert_string_equal(s.pxa, "Pxa");
	assert_string_equal(s.em, "X");
}

/* P-63, P-12: an embargo that is over alarms every hour, and only once each. */
static void
an_overdue_embargo_alarms_every_hour(void **state)
{
	struct scene s;
	struct clocks clocks = { 0 };
	open_scene(&s, *state);
	decide(&s, 20);
	house_wait(s.t, 20 * WHEN_DAY - WHEN_MINUTE);
	ok(&s.t->base, clocks_run(&s.t->house, &clocks, &s.t->base.err));
	assert_int_equal(house_mails(s.t, "alarm"), 0);
	assert_true(house_mails(s.t, "reminder") > 0);
	for (int64_t hour = 1; hour <= 3; hour++) {
		house_wait(s.t, hour == 1 ? 2 * WHEN_MINUTE : WHEN_HOUR);
		for (int twice = 0; twice < 2; twice++) {
			clocks = (struct clocks){ 0 };
			ok(&s.t->base,
			    clocks_run(&s.t->house, &clocks, &s.t->base.err));
		}
		/* The first administrator is of the team, too. */
		assert_int_equal(house_mails(s.t, "alarm"), 2 * hour);
	}
	int64_t events = s.events;
	refresh(&s);
	assert_true(s.events >= events + 3);
}

static void
fix_line(struct scene *s, const char *line, const char *tag)
{
	(void)house_ask(s->t, &s->lead, "fix.set",
	    "{'case':'%s','line':'%s','disposition':'fixed','pr':"
	    "'https://example.org/pull/1','commit':'0123abc','tag':'%s'}",
	    s->number, line, tag);
}

/* V-31, X4 and X5 of V-20: a fix released on main needs a meeting. */
static void
a_released_fix_on_main_needs_a_meeting(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	cases_place(s.t, s.number, MACHINE_ASSIGNED, "A");
	(void)house_ask(s.t, &s.lead, "release.set",
	    "{'tag':'v3.7.9','line':'3.7','released_at':'2026-01-01'}");
	(void)house_ask(s.t, &s.lead, "release.set",
	    "{'tag':'v4.4.0','line':'4.4','released_at':'2026-04-14'}");
	fix_line(&s, "3.7", "v3.7.9");
	(void)propose(&s, 30, ""); /* a backport alone changes nothing */
	fix_line(&s, "main", "v4.4.0");
	(void)house_refused(s.t, &s.lead, ERR_CONFLICT, "embargo.answer",
	    "{'case':'%s','number':2,'answer':'accept'}", s.number);
	decide(&s, 20);
	assert_string_equal(s.em, "A");
}

/* P-20: who may not see the case may not touch its embargo. */
static void
others_may_not(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	struct person other = house_person(
	    s.t, "m@example.org", "maintainer", "['kernel']", NULL);
	(void)house_refused(s.t, &other, ERR_MISSING, "embargo.answer",
	    "{'case':'%s','number':1,'answer':'accept'}", s.number);
	(void)house_refused(s.t, &other, ERR_MISSING, "embargo.consent",
	    "{'case':'%s','maker':77,'number':1,'answer':'accept'}", s.number);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_quorum_decides),
		TEST(longer_than_the_standing_proposal_goes_by_revision),
		TEST(no_embargo_clears_consents),
		TEST(beyond_the_maximum_needs_a_quorum),
		TEST(a_move_holds_the_old_end_until_accepted),
		TEST(a_rejected_move_restores_consent),
		TEST(a_rejected_proposal_leaves_none),
		TEST(the_shortest_proposal_comes_first),
		TEST(silence_is_a_refusal),
		TEST(an_exploit_ends_the_embargo_at_once),
		TEST(attacks_ask_a_person),
		TEST(nothing_is_negotiated_after_facts),
		TEST(a_mistaken_fact_stays_visible),
		TEST(a_public_fix_is_public_only_by_policy),
		TEST(an_overdue_embargo_alarms_every_hour),
		TEST(a_released_fix_on_main_needs_a_meeting),
		TEST(others_may_not),
	};
	return cmocka_run_group_tests_name("embargo", tests, NULL, NULL);
}
