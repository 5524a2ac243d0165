/* The files all advisories share, made from what is stored. */
#include "core/when.h"
#include "desk/disclose.h"
#include "desk/dispatch.h"
#include "desk/search.h"
#include "publish/publish.h"
#include "publish/shelves.h"

#define LATEST 50
#define AT_ONCE 200

static bool
put(struct ask *ask, const char *path, const struct buf *text, struct err *err)
{
	if (text->failed)
		return err_set(err, ERR_LIMIT, NULL, "%s is too long", path);
	return publish_file(ask->house->site_fd, path,
	    (struct str){ buf_text(text), text->len }, err);
}

bool
site_document(const char *stored, json_t **ret, struct err *err)
{
	AUTO(value) json_t *value = NULL;
	if (!value_parse(str_of(stored), LIMIT_DOCUMENT, &value, err))
		return false;
	json_t *document = json_object_get(value, "document");
	if (document == NULL)
		return err_set(
		    err, ERR_SYSTEM, NULL, "a stored advisory has no document");
	*ret = json_incref(document);
	return true;
}

/* Front page and feed ---------------------------------------------------- */

static bool
write_front(struct ask *ask, const json_t *project, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_PAGE);
	AUTO(value) json_t *page = NULL;
	return search_value(ask, "", LATEST, &page, err) &&
	       publish_front(project, page, &text, err) &&
	       put(ask, "index.html", &text, err);
}

/* When the service first started: the date of an empty feed. */
static int64_t
first_instant(struct ask *ask)
{
	struct row_policy_history *rows;
	size_t count;
	struct err err;
	if (!q_policy_history(ask->db, ask->arena, &rows, &count, &err) ||
	    count == 0)
		return WHEN_SECOND;
	return rows[count - 1].from_at;
}

static bool
write_atom(struct ask *ask, const json_t *project, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	AUTO(value) json_t *list = json_array();
	struct row_advisory_newest *rows;
	size_t count;
	if (!q_advisory_latest(ask->db, ask->arena, LATEST, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *document = NULL;
		if (!site_document(rows[i].value, &document, err))
			return false;
		(void)json_array_append_new(list, document);
	}
	return publish_feed(project, list, first_instant(ask), &text, err) &&
	       put(ask, "atom.xml", &text, err);
}

static bool
feed_work(struct ask *ask, void *context, struct err *err)
{
	(void)context;
	AUTO(value) json_t *project = disclosure_project(ask);
	return write_front(ask, project, err) && write_atom(ask, project, err);
}

bool
site_write_feed(struct house *house, struct err *err)
{
	return dispatch_system(house, OP_disclose_run, feed_work, NULL, err);
}

/* Pages of a year, notes of a line ---------------------------------------- */

bool
site_walk(struct ask *ask, site_each *each, void *context, struct err *err)
{
	int64_t after = 0;
	for (;;) {
		AUTO(arena)
		struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
		struct row_advisory_newest *rows;
		size_t count;
		if (arena == NULL)
			return err_set(err, ERR_RETRY, NULL, "memory is short");
		if (!q_advisory_page(
			ask->db, arena, after, AT_ONCE, &rows, &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			AUTO(value) json_t *document = NULL;
			if (!site_document(rows[i].value, &document, err) ||
			    !each(ask, document, context, err))
				return false;
		}
		if (count < AT_ONCE)
			return true;
		after = rows[count - 1].case_id;
	}
}

static bool
put_on_shelf(
    struct ask *ask, const json_t *document, void *context, struct err *err)
{
	(void)ask;
	return shelves_add(context, document, err);
}

/* Only when the policy publishes placeholders (P-62). */
static bool
hold_embargoed(struct ask *ask, json_t *shelves, struct err *err)
{
	AUTO(value) json_t *rows = NULL;
	size_t i;
	json_t *row;
	if (!json_is_true(ask_policy_value(ask, "publish_placeholders")))
		return true;
	if (!notes_embargoed(ask, &rows, err))
		return false;
	json_array_foreach(rows, i, row)
	{
		if (!shelves_hold(shelves, row, err))
			return false;
	}
	return true;
}

bool
notes_shapes(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_line_all *rows;
	size_t count;
	if (!q_line_all(ask->db, ask->arena, &rows, &count, err))
		return false;
	json_t *shapes = json_object();
	for (size_t i = 0; i < count; i++)
		value_set_text(shapes, rows[i].name, rows[i].shape);
	*ret = shapes;
	return true;
}

static bool
rst_work(struct ask *ask, void *context, struct err *err)
{
	(void)context;
	AUTO(value) json_t *shapes = NULL;
	if (!notes_shapes(ask, &shapes, err))
		return false;
	AUTO(value) json_t *shelves = shelves_new(shapes);
	return site_walk(ask, put_on_shelf, shelves, err) &&
	       hold_embargoed(ask, shelves, err) &&
	       shelves_write(shelves, ask->house->site_fd,
		   ask_policy(ask, "name"), when_year(ask->now), err);
}

bool
site_write_rst(struct house *house, struct err *err)
{
	return dispatch_system(house, OP_disclose_run, rst_work, NULL, err);
}

/* The rest ----------------------------------------------------------------- */

static bool
contact_work(struct ask *ask, void *context, struct err *err)
{
	(void)context;
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	AUTO(value) json_t *project = disclosure_project(ask);
	return publish_securitytxt(
		   project, ask->house->policy, ask->now, &text, err) &&
	       put(ask, ".well-known/security.txt", &text, err);
}

bool
site_write_contact(struct house *house, struct err *err)
{
	return dispatch_system(house, OP_disclose_run, contact_work, NULL, err);
}

static bool
write_advisory(
    struct ask *ask, const json_t *document, void *context, struct err *err)
{
	(void)context;
	AUTO(value) json_t *documents = NULL;
	return publish_documents(document, &documents, err) &&
	       publish_files(ask->house->site_fd, documents, "", err);
}

static bool
all_work(struct ask *ask, void *context, struct err *err)
{
	return publish_sweep(ask->house->site_fd, err) &&
	       site_walk(ask, write_advisory, context, err);
}

bool
site_write_all(struct house *house, struct err *err)
{
	return dispatch_system(house, OP_disclose_run, all_work, NULL, err) &&
	       site_write_feed(house, err) && site_write_rst(house, err) &&
	       site_write_contact(house, err);
}
