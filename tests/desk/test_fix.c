#include "cases.h"

#include "core/when.h"
#include "desk/clocks.h"
#include "desk/fix.h"

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

#define PR "https://example.org/pull/101"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

struct scene {
	struct house_test *t;
	struct person lead;
	char number[40];
	char lines[400], dispositions[400], letters[CS_TEXT], main_section[64];
	size_t required, fixed, to_fix;
	int64_t available_at;
	bool complete;
	int64_t warnings, backports;
};

static bool
look(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	struct scene *s = context;
	AUTO(fixes) struct fixes fixes = { 0 };
	struct row_event_list *events;
	struct row_deadline_of *dues;
	size_t count;
	struct err fault;
	if (!fix_list(ask, file, &fixes, err))
		return false;
	s->lines[0] = s->dispositions[0] = s->main_section[0] = '\0';
	s->required = 0;
	for (size_t i = 0; i < fixes.count; i++) {
		const struct row_fix_list *row = &fixes.rows[i].row;
		size_t len = strlen(s->lines);
		(void)snprintf(s->lines + len, sizeof(s->lines) - len, "%s%s%s",
		    i == 0 ? "" : " ", row->line, row->required ? "" : "-");
		len = strlen(s->dispositions);
		(void)snprintf(s->dispositions + len,
		    sizeof(s->dispositions) - len, "%s%s", i == 0 ? "" : " ",
		    row->disposition);
		s->required += row->required != 0;
		if (strcmp(row->line, "main") == 0 &&
		    !fix_section(&fixes.rows[i], s->main_section))
			s->main_section[0] = '\0';
	}
	struct cs_summary summary = fix_summary(&fixes, file);
	(void)cs_print(summary.state, s->letters);
	s->fixed = summary.fixed;
	s->to_fix = summary.to_fix;
	s->available_at = file->row.fix_available_at;
	s->complete = fix_check_all(ask, file, &fault);
	if (!q_event_list(ask->db, ask->pass, ask->arena, file->row.id, &events,
		&count, err))
		return false;
	s->warnings = 0;
	for (size_t i = 0; i < count; i++)
		s->warnings += strcmp(events[i].kind, "warning") == 0;
	if (!q_deadline_of(
		ask->db, ask->arena, "case", file->row.id, &dues, &count, err))
		return false;
	s->backports = 0;
	for (size_t i = 0; i < count; i++)
		s->backports += strncmp(dues[i].kind, "backport:", 9) == 0;
	return true;
}

static void
refresh(struct scene *s)
{
	cases_with(s->t, s->number, look, s);
}

static const char *
at(struct house_test *t, int64_t from_now, char text[WHEN_TEXT])
{
	return when_print(clock_now(&t->house.clock) + from_now, text);
}

/* Lines of the test: of the policy none, so that no date of theirs counts. */
static void
set_line(struct scene *s, const char *name, int64_t first, int64_t eol)
{
	char from[WHEN_TEXT], to[WHEN_TEXT];
	(void)house_ask(s->t, &s->lead, "line.set",
	    "{'name':'%s','kind':'stable','branch':'v%s-branch',"
	    "'first_release':'%s','eol':'%s','source':'a test'}",
	    name, name, at(s->t, first, from), at(s->t, eol, to));
}

static void
open_scene(struct scene *s, struct house_test *t)
{
	*s = (struct scene){ .t = t };
	(void)json_object_del(t->policy, "lines");
	s->lead = house_person(t, "lead@example.org", "team", NULL, NULL);
	set_line(s, "4.3", -400 * WHEN_DAY, 10 * WHEN_DAY);
	set_line(s, "4.4", -200 * WHEN_DAY, 200 * WHEN_DAY);
	set_line(s, "3.5", -900 * WHEN_DAY, -WHEN_DAY * 30);
	cases_report(t, s->number);
	cases_place(t, s->number, MACHINE_ASSIGNED, "A");
	refresh(s);
}

static const json_t *
set(struct scene *s, const char *line, const char *disposition,
    const char *more)
{
	const json_t *value = house_ask(s->t, &s->lead, "fix.set",
	    "{'case':'%s','line':'%s','disposition':'%s'%s}", s->number, line,
	    disposition, more);
	cases_with(s->t, s->number, look, s);
	return value;
}

/* P-34, P-64: main and the supported lines, from triage on. */
static void
rows_are_made_for_supported_lines(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	assert_string_equal(s.lines, "main 4.4 4.3");
	assert_int_equal(s.required, 3);
	assert_false(s.complete);
	struct scene fresh = { .t = s.t };
	cases_report(fresh.t, fresh.number);
	refresh(&fresh);
	assert_string_equal(fresh.lines, "");
}

/* P-35, P-36: each disposition wants its own evidence. */
static void
each_disposition_wants_its_evidence(void **state)
{
	static const struct {
		const char *line, *args, *field;
	} rows[] = {
		{ "4.4", "'disposition':'fixed','pr':'" PR "'", "commit" },
		{ "4.4", "'disposition':'fixed','commit':'" COMMIT "'", "pr" },
		{ "4.4", "'disposition':'merged'", "commit" },
		{ "4.4", "'disposition':'in-review'", "pr" },
		{ "4.4", "'disposition':'not-affected'", "reason" },
		{ "4.4", "'disposition':'not-affected','reason':'later'",
		    "introduced" },
		{ "4.4", "'disposition':'wont-fix-eol'", "disposition" },
		{ "4.4", "'disposition':'wont-fix-other'", "reason" },
		{ "4.4", "'disposition':'pending'", "owner" },
		{ "4.4", "'disposition':'pending','owner':'Ann'", "due" },
		{ "4.4",
		    "'disposition':'pending','owner':'Ann',"
		    "'due':'2001-01-01T00:00:00Z'",
		    "due" },
		{ "9.9", "'disposition':'wont-fix-other','reason':'x'",
		    "line" },
		{ "4.4",
		    "'disposition':'fixed','pr':'" PR "','commit':'" COMMIT
		    "','tag':'v4.4.9'",
		    "tag" },
		{ "4.4",
		    "'disposition':'merged','pr':'" PR "','commit':'" COMMIT
		    "','merged_at':'2999-01-01T00:00:00Z'",
		    "merged_at" },
	};
	struct scene s;
	open_scene(&s, *state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const json_t *fault = house_refused(s.t, &s.lead, ERR_INVALID,
		    "fix.set", "{'case':'%s','line':'%s',%s}", s.number,
		    rows[i].line, rows[i].args);
		assert_string_equal(value_text(fault, "field"), rows[i].field);
	}
	refresh(&s);
	assert_string_equal(s.dispositions, "  ");
	(void)set(&s, "4.3", "not-affected",
	    ",'reason':'Came later.','introduced':'abcdef1'");
	(void)set(&s, "4.4", "wont-fix-other", ",'reason':'Too risky.'");
	(void)set(&s, "3.5", "wont-fix-eol", "");
	assert_string_equal(s.lines, "main 4.4 4.3 3.5-");
}

/* P-65, P-34: settled on the day the fix reached main, and never again. */
static void
the_set_is_settled_when_the_fix_lands(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	house_wait(s.t, 20 * WHEN_DAY); /* 4.3 has ended meanwhile */
	(void)set(&s, "main", "merged", ",'pr':'" PR "','commit':'" COMMIT "'");
	assert_string_equal(s.lines, "main 4.4 4.3-");
	assert_true(s.available_at > 0);
	set_line(&s, "4.5", 0, 300 * WHEN_DAY);
	house_wait(s.t, WHEN_DAY);
	(void)set(&s, "4.4", "pending", ",'owner':'Ann','due':'2100-01-01'");
	assert_string_equal(s.lines, "main 4.4 4.3-");
}

/* V-27, V-29, V-30, V-31: letters and counts from the rows. */
static void
letters_come_from_the_rows(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	assert_string_equal(s.letters, "Vfdpxa");
	(void)set(&s, "main", "fixed", ",'pr':'" PR "','commit':'" COMMIT "'");
	assert_string_equal(s.letters, "Vfdpxa");
	assert_int_equal(s.fixed, 1);
	assert_int_equal(s.to_fix, 3);
	(void)set(&s, "4.3", "wont-fix-other", ",'reason':'Too risky.'");
	assert_int_equal(s.to_fix, 2);
	const json_t *value =
	    set(&s, "4.4", "merged", ",'pr':'" PR "','commit':'fedcba98'");
	assert_string_equal(value_text(value, "vfd"), "VFd");
	assert_string_equal(s.letters, "VFdpxa");
	assert_true(s.complete);
}

/* P-40, P-36: a recorded tag makes D and the section; oddities warn. */
static void
a_tag_decides_the_section(void **state)
{
	struct scene s;
	char when[WHEN_TEXT];
	open_scene(&s, *state);
	(void)house_refused(s.t, &s.lead, ERR_INVALID, "release.set",
	    "{'tag':'nonsense','line':'4.4','released_at':'2026-01-01'}");
	(void)house_refused(s.t, &s.lead, ERR_INVALID, "release.set",
	    "{'tag':'v4.4.2','line':'4.9','released_at':'2026-01-01'}");
	(void)house_refused(s.t, &s.lead, ERR_INVALID, "release.set",
	    "{'tag':'v4.4.2','line':'4.4','released_at':'%s'}",
	    at(s.t, WHEN_DAY, when));
	(void)house_ask(s.t, &s.lead, "release.set",
	    "{'tag':'v4.4.0-rc1','line':'4.4','released_at':'2026-01-01'}");
	(void)house_refused(s.t, &s.lead, ERR_INVALID, "fix.set",
	    "{'case':'%s','line':'4.3','disposition':'fixed','pr':'" PR
	    "','commit':'" COMMIT "','tag':'v4.4.0-rc1'}",
	    s.number);
	const json_t *value = set(&s, "main", "fixed",
	    ",'pr':'" PR "','commit':'" COMMIT "','tag':'v4.4.0-rc1'");
	assert_string_equal(value_text(value, "vfd"), "VFD");
	assert_string_equal(s.main_section, "4.4.0");
	assert_int_equal(s.warnings, 0);
	(void)set(&s, "4.4", "fixed", ",'pr':'" PR "','commit':'" COMMIT "'");
	assert_int_equal(s.warnings, 2); /* same commit, no tag */
}

/* P-31: the address of a pull request is searched for tell-tale words. */
static void
a_telling_address_warns(void **state)
{
	struct scene s;
	open_scene(&s, *state);
	(void)set(&s, "main", "in-review",
	    ",'pr':'https://example.org/pull/cve-1900-1-exploit'");
	assert_int_equal(s.warnings, 1);
}

/* P-35: a pending backport is due, reminded of, and gone when it is done. */
static void
a_pending_backport_is_reminded_of(void **state)
{
	struct scene s;
	struct clocks clocks = { 0 };
	char due[WHEN_TEXT], more[200];
	open_scene(&s, *state);
	struct person manager = house_person(
	    s.t, "rm@example.org", "release-manager", NULL, "['4.4']");
	(void)snprintf(more, sizeof(more), ",'owner':'Ann','due':'%s'",
	    at(s.t, 5 * WHEN_DAY, due));
	(void)set(&s, "4.4", "pending", more);
	assert_int_equal(s.backports, 1);
	house_wait(s.t, 5 * WHEN_DAY + WHEN_MINUTE);
	ok(&s.t->base, clocks_run(&s.t->house, &clocks, &s.t->base.err));
	assert_true(house_mails(s.t, "reminder") > 0);
	(void)house_refused(s.t, &manager, ERR_INVALID, "fix.set",
	    "{'case':'%s','line':'4.3','disposition':'wont-fix-other',"
	    "'reason':'no'}",
	    s.number);
	(void)house_ask(s.t, &manager, "fix.set",
	    "{'case':'%s','line':'4.4','disposition':'merged','pr':'" PR
	    "','commit':'fedcba98'}",
	    s.number);
	refresh(&s);
	assert_int_equal(s.backports, 0);
}

/* P-33: lines are seeded from the policy; a change appends. */
static void
a_line_keeps_its_history(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	const json_t *value = house_ask(t, NULL, "line.list", "{}");
	const json_t *lines = json_object_get(value, "lines");
	assert_int_equal(json_array_size(lines), 7);
	const json_t *first = json_array_get(lines, 0);
	assert_string_equal(value_text(first, "name"), "main");
	const json_t *lts = json_array_get(lines, 3);
	assert_string_equal(value_text(lts, "name"), "3.7");
	assert_string_equal(value_text(lts, "eol"), "2029-07-27T00:00:00Z");
	assert_int_equal(json_array_size(json_object_get(lts, "history")), 1);
	(void)house_ask(t, &lead, "line.set",
	    "{'name':'3.7','kind':'lts','branch':'v3.7-branch','eol':"
	    "'2030-01-01','source':'a test'}");
	value = house_ask(t, NULL, "line.list", "{}");
	lts = json_array_get(json_object_get(value, "lines"), 3);
	assert_string_equal(value_text(lts, "eol"), "2030-01-01T00:00:00Z");
	assert_int_equal(json_array_size(json_object_get(lts, "history")), 2);
	static const struct {
		const char *args, *field;
	} wrong[] = {
		{ "'name':'9.9','kind':'main'", "kind" },
		{ "'name':'main','kind':'main','eol':'2030-01-01'", "eol" },
		{ "'name':'9.9','kind':'lts','first_release':'2031-01-01',"
		  "'eol':'2030-01-01'",
		    "eol" },
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const json_t *fault =
		    house_refused(t, &lead, ERR_INVALID, "line.set",
			"{%s,'branch':'b','source':'s'}", wrong[i].args);
		assert_string_equal(value_text(fault, "field"), wrong[i].field);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(rows_are_made_for_supported_lines),
		TEST(each_disposition_wants_its_evidence),
		TEST(the_set_is_settled_when_the_fix_lands),
		TEST(letters_come_from_the_rows),
		TEST(a_tag_decides_the_section),
		TEST(a_telling_address_warns),
		TEST(a_pending_backport_is_reminded_of),
		TEST(a_line_keeps_its_history),
	};
	return cmocka_run_group_tests_name("fix", tests, NULL, NULL);
}
