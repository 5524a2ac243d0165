/* case.edit, case.note, case.ask: what people write into a case. */
#include "desk/case_parts.h"
#include "desk/message.h"
#include "desk/reporter.h"
#include "severity/cvss.h"
#include "severity/cwe.h"

#include <string.h>

/* Fields of the body that are taken as they come. */
static const char *const plain[] = { "title", "description", "component",
	"impact", "workaround", "severity", "introduced", "backport_plan" };

static void
take_plain(const struct ask *ask, struct casefile *file)
{
	for (size_t i = 0; i < COUNT(plain); i++)
		if (ask_has(ask, plain[i]))
			value_set_text(
			    file->body, plain[i], ask_text(ask, plain[i]));
}

/* Stored in the order of its specification; "" takes it away. */
static bool
take_vector(struct ask *ask, struct casefile *file, const char *key,
    enum cvss_version version, struct err *err)
{
	struct cvss cvss;
	char text[CVSS_TEXT];
	if (!ask_has(ask, key))
		return true;
	if (ask_text(ask, key)[0] == '\0') {
		value_set_text(file->body, key, "");
		return true;
	}
	if (!cvss_parse(str_of(ask_text(ask, key)), &cvss, err)) {
		(void)snprintf(err->field, sizeof(err->field), "%s", key);
		return false;
	}
	if (cvss.version != version)
		return err_set(err, ERR_INVALID, key,
		    "this is a vector of CVSS %s; give one that begins with "
		    "CVSS:%s/",
		    cvss_version_name(cvss.version),
		    cvss_version_name(version));
	value_set_text(file->body, key, cvss_print(&cvss, text));
	return true;
}

static bool
take_weakness(struct ask *ask, struct casefile *file, struct err *err)
{
	const struct cwe *cwe;
	if (!ask_has(ask, "cwe"))
		return true;
	int64_t number = ask_int(ask, "cwe", 0);
	const char *text = ask_print(ask, "CWE-%lld", (long long)number);
	if (!cwe_parse(str_of(text), &cwe, err))
		return false;
	value_set_int(file->body, "cwe", cwe->id);
	return true;
}

/* Fields a person empties; forms cannot send an empty field. */
static bool
take_clear(struct ask *ask, struct casefile *file, struct err *err)
{
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(ask->args, "clear"), i, name)
	{
		const char *key = json_string_value(name);
		if (ask_has(ask, key))
			return err_set(err, ERR_INVALID, "clear",
			    "the field %s is to be both set and emptied; "
			    "choose one",
			    key);
		(void)json_object_del(file->body, key);
	}
	return true;
}

static bool
take_all(struct ask *ask, struct casefile *file, struct err *err)
{
	take_plain(ask, file);
	return take_vector(ask, file, "cvss31", CVSS_31, err) &&
	       take_vector(ask, file, "cvss40", CVSS_40, err) &&
	       take_weakness(ask, file, err) &&
	       case_take_plan(ask, file, err) && take_clear(ask, file, err);
}

/* What became different: [{"field","old","new"}]. */
static json_t *
differences(const json_t *before, const json_t *after)
{
	json_t *list = json_array();
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)after, key, value)
	{
		const json_t *old = json_object_get(before, key);
		if (json_equal(old, value) ||
		    (old == NULL && json_is_null(value)))
			continue;
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:O?, s:O}", "field", key, "old",
			      old, "new", value));
	}
	json_object_foreach((json_t *)(uintptr_t)before, key,
	    value) if (json_object_get(after, key) == NULL &&
		       !json_is_null(value))(void) json_array_append_new(list,
	    json_pack("{s:s, s:O, s:n}", "field", key, "old", value, "new"));
	return list;
}

static const char *
names_of(struct ask *ask, const json_t *changes)
{
	AUTO(buf) struct buf text = BUF(1000);
	size_t i;
	json_t *change;
	buf_puts(&text, "Changed: ");
	json_array_foreach((json_t *)(uintptr_t)changes, i, change) buf_printf(
	    &text, "%s%s", i == 0 ? "" : ", ", value_text(change, "field"));
	buf_puts(&text, ".");
	return ask_print(ask, "%s", buf_text(&text));
}

static bool
save_edit(
    struct ask *ask, struct casefile *file, json_t *changes, struct err *err)
{
	if (json_array_size(changes) == 0)
		return true;
	AUTO(value)
	json_t *told = json_pack(
	    "{s:s, s:O}", "text", names_of(ask, changes), "changes", changes);
	return case_save(ask, file, err) &&
	       case_tell(ask, file, "edited", "team", told, err);
}

bool
do_case_edit(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_open(ask, &file, err) || !case_is_current(ask, &file, err))
		return false;
	int64_t assignee = file.row.assignee_id;
	AUTO(value) json_t *before = json_copy(file.body);
	if (!take_all(ask, &file, err))
		return false;
	AUTO(value) json_t *changes = differences(before, file.body);
	if (assignee != file.row.assignee_id)
		(void)json_array_append_new(
		    changes, json_pack("{s:s, s:I, s:I}", "field", "assignee",
				 "old", (json_int_t)assignee, "new",
				 (json_int_t)file.row.assignee_id));
	if (!save_edit(ask, &file, changes, err))
		return false;
	*ret = json_pack("{s:s, s:I, s:O, s:o, s:o}", "case", file.row.number,
	    "revision", (json_int_t)file.row.revision, "changes", changes,
	    "severity", case_severity(file.body), "cwe",
	    case_weakness(file.body));
	return true;
}

bool
do_case_note(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value)
	json_t *body = json_pack("{s:s}", "text", ask_text(ask, "text"));
	if (!case_open(ask, &file, err) ||
	    !case_tell(ask, &file, "note", "team", body, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "case", file.row.number, "revision",
	    (json_int_t)file.row.revision);
	return true;
}

/* A question starts the reporter's time to answer (I-14). */
bool
do_case_ask(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	bool question = ask_true(ask, "question");
	const char *text = ask_text(ask, "text");
	AUTO(value) json_t *body = json_pack("{s:s}", "text", text);
	if (!case_open(ask, &file, err) ||
	    !case_is_discreet(ask, &file, text, "text", err))
		return false;
	if (question)
		value_set_when(file.body, "asked_at", ask->now);
	if (file.row.acknowledged_at == 0)
		file.row.acknowledged_at = ask->now;
	if (!case_save(ask, &file, err) ||
	    !case_tell(ask, &file, question ? "question" : "message",
		"reporter", body, err) ||
	    !report_notify(ask, &file,
		question ? REPORTER_QUESTION : REPORTER_MESSAGE,
		file.row.revision, err))
		return false;
	*ret = json_pack("{s:s, s:I, s:b}", "case", file.row.number, "revision",
	    (json_int_t)file.row.revision, "question", question);
	return true;
}
