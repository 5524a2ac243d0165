/* The time line of a case, and its deadlines, as people read them. */
#include "desk/account.h"
#include "desk/case_parts.h"
#include "desk/deadline.h"

#include "core/when.h"

#include <string.h>

#define PLACE_EVENT "case_event.body"
#define NAMES 32

/* What an event is called; longest prefix of its kind wins. */
static const struct {
	const char *kind;
	const char *label;
	const char *icon;
	const char *look;
} kinds[] = {
	{ "received", "Report received", "inbox", "" },
	{ "moved", "State changed", "arrow", "is-info" },
	{ "rejection", "Rejection proposed", "flag", "is-warn" },
	{ "edited", "Edited", "ledger", "" },
	{ "note", "Private note", "note", "" },
	{ "question", "Question to the reporter", "mail", "is-warn" },
	{ "message", "Message to the reporter", "mail", "" },
	{ "reply", "Answer of the reporter", "inbox", "is-info" },
	{ "objection", "The reporter objects", "flag", "is-warn" },
	{ "credit", "Credit chosen", "person", "" },
	{ "consent", "Consent", "people", "is-hush" },
	{ "cve", "CVE id", "key", "is-ok" },
	{ "duplicate", "Duplicate", "link", "" },
	{ "capped", "Waits behind others", "clock", "is-warn" },
	{ "paused", "Came during a pause", "clock", "is-warn" },
	{ "decided", "Embargo decided", "lock", "is-hush" },
	{ "embargo", "Embargo", "lock", "is-hush" },
	{ "proposed", "Embargo proposed", "lock", "is-hush" },
	{ "ended", "Embargo ended", "unlock", "is-hush" },
	{ "fact", "Fact", "flag", "is-bad" },
	{ "exposure", "Exposure", "flag", "is-warn" },
	{ "fix", "Branch", "branch", "is-ok" },
	{ "notice", "Notice to makers", "mail", "is-info" },
	{ "grant", "Access for a maker", "people", "" },
	{ "statement", "Statement of a maker", "people", "" },
	{ "acknowledged", "Acknowledged", "check", "is-ok" },
	{ "approv", "Approved", "check", "is-ok" },
	{ "disclos", "Disclosure", "globe", "is-ok" },
	{ "publish", "Published", "globe", "is-ok" },
	{ "advisory", "Advisory", "globe", "is-ok" },
	{ "revis", "Advisory revised", "globe", "is-ok" },
	{ "late", "Late", "warning", "is-bad" },
	{ "reminder", "Reminder", "clock", "is-warn" },
};

struct names {
	size_t count;
	int64_t ids[NAMES];
	const char *texts[NAMES];
};

/* Names are sealed; each is opened once per answer. */
static const char *
name_of(struct ask *ask, struct names *names, int64_t id)
{
	for (size_t i = 0; i < names->count; i++)
		if (names->ids[i] == id)
			return names->texts[i];
	const char *text = account_name(ask, id);
	if (names->count < NAMES) {
		names->ids[names->count] = id;
		names->texts[names->count++] = text;
	}
	return text;
}

static const char *
who_of(struct ask *ask, struct names *names, const struct row_event_list *row)
{
	if (row->actor_id != 0)
		return name_of(ask, names, row->actor_id);
	if (strcmp(row->actor_kind, "system") == 0)
		return "the service";
	return "the reporter";
}

static void
add_kind(json_t *value, const char *kind)
{
	size_t best = 0, len = 0;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t have = strlen(kinds[i].kind);
		if (have > len && strncmp(kind, kinds[i].kind, have) == 0) {
			best = i;
			len = have;
		}
	}
	value_set_text(value, "kind", kind);
	value_set_text(value, "label", len > 0 ? kinds[best].label : kind);
	value_set_text(value, "icon", len > 0 ? kinds[best].icon : "ledger");
	value_set_text(value, "look", len > 0 ? kinds[best].look : "");
}

static bool
event_value(struct ask *ask, const struct casefile *file,
    const struct row_event_list *row, struct names *names, json_t **ret,
    struct err *err)
{
	json_t *body = NULL;
	if (!ask_unseal(ask, file->row.key_id, PLACE_EVENT, row->id, row->body,
		&body, err))
		return err_in(err, "event %lld", (long long)row->seq);
	json_t *value = json_object();
	add_kind(value, row->kind);
	value_set_int(value, "seq", row->seq);
	value_set_when(value, "at", row->at);
	value_set_text(value, "who", who_of(ask, names, row));
	value_set_text(value, "role", row->actor_kind);
	value_set_bool(value, "mine",
	    row->actor_id != 0 || strcmp(row->actor_kind, "system") == 0);
	value_set_int(value, "revision", row->revision);
	value_set_text(value, "audience", row->audience);
	value_set_text(value, "text", value_text(body, "text"));
	if (value_text(body, "label")[0] != '\0')
		value_set_text(value, "label", value_text(body, "label"));
	value_set(value, "body", body);
	*ret = value;
	return true;
}

bool
case_events(struct ask *ask, const struct casefile *file, bool only_talk,
    json_t **ret, struct err *err)
{
	struct row_event_list *rows;
	struct names names = { 0 };
	size_t count;
	AUTO(value) json_t *list = json_array();
	if (!q_event_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *value;
		if (only_talk && strcmp(rows[i].audience, "team") == 0)
			continue;
		if (!event_value(ask, file, &rows[i], &names, &value, err))
			return false;
		if (only_talk)
			(void)json_array_append_new(list, value);
		else
			(void)json_array_insert_new(list, 0, value);
	}
	*ret = json_incref(list);
	return true;
}

json_t *
case_deadline(struct ask *ask, const char *kind, int64_t due_at,
    int64_t warn_at, int64_t done_at)
{
	json_t *value = json_object();
	bool open = done_at == 0;
	bool late = open && due_at < ask->now;
	bool near = due_at - ask->now < 3 * WHEN_DAY ||
		    (warn_at != 0 && warn_at <= ask->now);
	value_set_text(value, "name", kind);
	value_set_text(value, "label", deadline_label(ask, kind));
	value_set_when(value, "at", due_at);
	value_set_when(value, "done_at", done_at);
	value_set_bool(value, "done", !open);
	value_set_bool(value, "late", late);
	value_set_bool(value, "soon", open && !late && near);
	return value;
}

bool
case_deadlines(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_deadline_of_case *rows;
	size_t count;
	if (!q_deadline_of_case(
		ask->db, ask->arena, file->row.id, &rows, &count, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
		    list, case_deadline(ask, rows[i].kind, rows[i].due_at,
			      rows[i].warn_at, rows[i].done_at));
	*ret = list;
	return true;
}
