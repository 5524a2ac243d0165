#include "ready.h"

#include "core/when.h"
#include "desk/disclose.h"
#include "os/file.h"

#include <fcntl.h>
#include <unistd.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static const char *
at(struct house_test *t, int64_t from_now, char text[WHEN_TEXT])
{
	return when_print(clock_now(&t->house.clock) + from_now, text);
}

void
ready_begin(struct house_test *t, const struct person *lead)
{
	static const char *const tags[][2] = { { "v4.4.2", "4.4" },
		{ "v3.7.3", "3.7" }, { "v4.5.0", "4.5" } };
	char text[WHEN_TEXT];
	(void)house_ask(t, lead, "line.set",
	    "{'name':'4.5','kind':'stable','branch':'v4.5-branch',"
	    "'shape':'subsection','first_release':'%s','source':'test'}",
	    at(t, 2000 * WHEN_DAY, text));
	for (size_t i = 0; i < COUNT(tags); i++)
		(void)house_ask(t, lead, "release.set",
		    "{'tag':'%s','line':'%s','released_at':'%s'}", tags[i][0],
		    tags[i][1], at(t, -WHEN_DAY, text));
	(void)house_ask(t, lead, "cve.import", "{'ids':'CVE-1900-1000..1199'}");
}

struct wish {
	int n;
	int64_t revision;
};

static bool
fill(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	struct wish *wish = context;
	char title[64];
	if (wish->n >= 0) {
		(void)snprintf(
		    title, sizeof(title), "Overflow %d in parse()", wish->n);
		value_set_text(file->body, "title", title);
		value_set_text(file->body, "description",
		    "Explains what `parse()` does wrong with *long* input.");
		value_set_text(file->body, "component", "subsys/secret");
		value_set_text(file->body, "cvss31",
		    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
		value_set_int(file->body, "cwe", 787);
		value_set_text(file->body, "introduced", "v3.6.0");
		value_set(file->body, "credit",
		    json_pack(
			"{s:s, s:s}", "choice", "name", "name", "R. Finder"));
		if (!case_save(ask, file, err))
			return false;
	}
	wish->revision = file->row.revision;
	return true;
}

static void
decide(struct house_test *t, const struct person *lead, const char *number,
    int days)
{
	char met[WHEN_TEXT], ends[WHEN_TEXT];
	struct wish wish = { .n = -1 };
	cases_with(t, number, fill, &wish);
	(void)house_ask(t, lead, "embargo.decide",
	    "{'case':'%s','revision':%lld,'met_at':'%s','attendees':['A','B',"
	    "'C','D'],'embargo':true,'ends_at':'%s','severity_note':'high',"
	    "'exploitability':'easy','reason':'Needs time.'}",
	    number, (long long)wish.revision, at(t, -WHEN_SECOND, met),
	    at(t, days * WHEN_DAY, ends));
}

static void
fix(struct house_test *t, const struct person *lead, const char *number, int n)
{
	static const char *const rows[][2] = { { "main", "v4.5.0" },
		{ "4.4", "v4.4.2" }, { "3.7", "v3.7.3" } };
	for (size_t i = 0; i < COUNT(rows); i++)
		(void)house_ask(t, lead, "fix.set",
		    "{'case':'%s','line':'%s','disposition':'fixed','commit':"
		    "'" COMMIT "','pr':'https://git.example.org/pull/%d','tag':"
		    "'%s'}",
		    number, rows[i][0], 100 + n, rows[i][1]);
}

void
ready_case(struct house_test *t, const struct person *lead, int n, int days,
    char number[40])
{
	struct wish wish = { .n = n };
	cases_report(t, number);
	house_wait(t, 3 * WHEN_SECOND);
	cases_place(t, number, MACHINE_TRIAGE, "V");
	decide(t, lead, number, days);
	cases_place(t, number, MACHINE_ACCEPTED, "A");
	cases_with(t, number, fill, &wish);
	fix(t, lead, number, n);
	(void)house_ask(t, lead, "cve.assign",
	    "{'case':'%s','cve':'CVE-1900-%d'}", number, 1000 + n);
}

void
ready_approve(
    struct house_test *t, const struct person *lead, const char *number)
{
	char digest[80];
	const json_t *check =
	    house_ask(t, lead, "disclose.check", "{'case':'%s'}", number);
	(void)snprintf(
	    digest, sizeof(digest), "%s", value_text(check, "digest"));
	(void)house_ask(t, lead, "disclose.approve",
	    "{'case':'%s','digest':'%s'}", number, digest);
}

void
ready_plan(struct house_test *t, const struct person *lead, char (*numbers)[40],
    int count)
{
	AUTO(buf) struct buf list = BUF(10000);
	for (int i = 0; i < count; i++)
		buf_printf(&list, "%s'%s'", i == 0 ? "" : ",", numbers[i]);
	(void)house_ask(t, lead, "disclose.run", "{'cases':[%s],'when':'end'}",
	    buf_text(&list));
}

void
ready_turn(struct house_test *t)
{
	ok(&t->base, act_turn(&t->house, &t->base.err));
}

bool
ready_has(struct house_test *t, const char *path)
{
	return faccessat(t->house.site_fd, path, F_OK, 0) == 0;
}

char *
ready_read(struct house_test *t, const char *path)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	struct err err;
	if (!file_read(t->house.site_fd, path, &text, &err))
		return NULL;
	return strdup(buf_text(&text));
}
