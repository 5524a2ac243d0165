/*
 * The security section of a release's notes (P-39 to P-43): what the first tag
 * containing a fix puts there, disclosed or as a placeholder.
 */
#include "desk/disclose.h"
#include "desk/fix.h"
#include "publish/shelves.h"

static void
add_held(const struct casefile *file, const struct fix *fix, const char *cve,
    json_t *list)
{
	json_t *held = json_object();
	value_set_int(held, "case_id", file->row.id);
	value_set_text(held, "cve", cve);
	value_set_text(held, "line", fix->row.line);
	value_set_text(held, "tag", value_text(fix->body, "tag"));
	value_set_when(held, "embargo_until", file->row.embargo_ends_at);
	(void)json_array_append_new(list, held);
}

static bool
add_case(struct ask *ask, int64_t id, json_t *list, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(fixes) struct fixes fixes = { 0 };
	struct row_disclose_cves *cves;
	size_t count;
	if (!case_open_id(ask, id, &file, err) ||
	    !fix_list(ask, &file, &fixes, err) ||
	    !q_disclose_cves(ask->db, ask->arena, id, &cves, &count, err))
		return false;
	for (size_t i = 0; i < fixes.count; i++) {
		const struct fix *fix = &fixes.rows[i];
		bool fixed = strcmp(fix->row.disposition, "fixed") == 0 ||
			     strcmp(fix->row.disposition, "merged") == 0;
		if (!fixed || value_text(fix->body, "tag")[0] == '\0')
			continue;
		for (size_t k = 0; k < count; k++)
			add_held(&file, fix, cves[k].id, list);
	}
	return true;
}

bool
notes_embargoed(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	struct row_disclose_embargoed *rows;
	size_t count;
	if (!q_disclose_embargoed(
		ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_case(ask, rows[i].case_id, list, err))
			return false;
	*ret = json_incref(list);
	return true;
}

struct wanted {
	char release[SHELVES_RELEASE];
	char line[SHELVES_RELEASE];
	json_t *documents;
	json_t *held;
};

static bool
is_wanted(const struct wanted *wanted, const json_t *fix)
{
	char release[SHELVES_RELEASE];
	return shelves_release(value_text(fix, "tag"), release) &&
	       strcmp(release, wanted->release) == 0;
}

static bool
take_document(
    struct ask *ask, const json_t *document, void *context, struct err *err)
{
	(void)ask;
	(void)err;
	struct wanted *wanted = context;
	size_t i;
	json_t *fix;
	json_array_foreach(json_object_get(document, "fixes"), i, fix)
	{
		if (strcmp(value_text(fix, "disposition"), "fixed") != 0 ||
		    !is_wanted(wanted, fix))
			continue;
		(void)json_array_append_new(
		    wanted->documents, json_deep_copy(document));
		break;
	}
	return true;
}

/* Each id once, though a tag may hold the fix of two of its lines. */
static bool
take_held(struct ask *ask, struct wanted *wanted, struct err *err)
{
	AUTO(value) json_t *rows = NULL;
	AUTO(value) json_t *seen = json_object();
	size_t i;
	json_t *row;
	if (!notes_embargoed(ask, &rows, err))
		return false;
	json_array_foreach(rows, i, row)
	{
		const char *cve = value_text(row, "cve");
		if (!is_wanted(wanted, row) ||
		    json_object_get(seen, cve) != NULL)
			continue;
		value_set_bool(seen, cve, true);
		(void)json_array_append(wanted->held, row);
	}
	return true;
}

/* What the page lists beside the text: ids, and titles of what is public. */
static json_t *
entries_value(const struct wanted *wanted)
{
	json_t *list = json_array();
	size_t i, k;
	json_t *document, *cve, *row;
	json_array_foreach(wanted->documents, i, document)
	{
		json_array_foreach(json_object_get(document, "cves"), k, cve)
		{
			json_t *entry = json_object();
			value_set(entry, "cve", json_incref(cve));
			value_set_text(
			    entry, "title", value_text(document, "title"));
			value_set_text(
			    entry, "number", value_text(document, "id"));
			value_set_bool(entry, "embargoed", false);
			(void)json_array_append_new(list, entry);
		}
	}
	json_array_foreach(wanted->held, i, row)
	{
		json_t *entry = json_object();
		value_set_text(entry, "cve", value_text(row, "cve"));
		value_set(entry, "embargo_until",
		    json_incref(json_object_get(row, "embargo_until")));
		value_set_bool(entry, "embargoed", true);
		(void)json_array_append_new(list, entry);
	}
	return list;
}

static bool
set_text(const struct wanted *wanted, const char *kind, const json_t *held,
    json_t *value, const char *key, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	if (!shelves_section(kind, wanted->documents, held, &text, err))
		return false;
	value_set_text(value, key, buf_text(&text));
	return true;
}

static bool
set_texts(struct ask *ask, const struct wanted *wanted, json_t *value,
    struct err *err)
{
	AUTO(value) json_t *none = json_array();
	AUTO(value) json_t *shapes = NULL;
	bool named =
	    json_is_true(ask_policy_value(ask, "publish_placeholders"));
	const json_t *held = named ? wanted->held : none;
	if (!notes_shapes(ask, &shapes, err))
		return false;
	const char *shape = value_text(shapes, wanted->line);
	value_set_text(value, "shape", shape[0] == '\0' ? "bullet" : shape);
	value_set_bool(value, "placeholders", named);
	return set_text(wanted, "notes-bullet", held, value, "bullet", err) &&
	       set_text(
		   wanted, "notes-subsection", held, value, "subsection", err);
}

static bool
line_of(struct ask *ask, struct wanted *wanted, json_t *value, struct err *err)
{
	struct row_release_all *rows;
	size_t count;
	AUTO(value) json_t *tags = json_array();
	if (!q_release_all(ask->db, ask->arena, &rows, &count, err))
		return false;
	shelves_line("main", wanted->release, wanted->line);
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack(
		    "{s:s, s:s}", "tag", rows[i].tag, "line", rows[i].line);
		value_set_when(row, "released_at", rows[i].released_at);
		(void)json_array_append_new(tags, row);
	}
	value_set(value, "releases", json_incref(tags));
	value_set_text(value, "line", wanted->line);
	value_set_text(value, "release", wanted->release);
	return true;
}

bool
do_notes_show(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *value = json_object();
	AUTO(value) json_t *documents = json_array();
	AUTO(value) json_t *held = json_array();
	struct wanted wanted = { .documents = documents, .held = held };
	if (!shelves_release(ask_text(ask, "tag"), wanted.release))
		return err_set(err, ERR_INVALID, "tag",
		    "a release tag is written v4.4.2 or v4.4.0-rc1");
	value_set_text(value, "tag", ask_text(ask, "tag"));
	if (!line_of(ask, &wanted, value, err) ||
	    !site_walk(ask, take_document, &wanted, err) ||
	    !take_held(ask, &wanted, err) ||
	    !set_texts(ask, &wanted, value, err))
		return false;
	value_set(value, "entries", entries_value(&wanted));
	*ret = json_incref(value);
	return true;
}
