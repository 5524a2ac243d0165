/*
 * The disclosure act (P-51). Each step is one transaction that ends with its
 * row in act_step; files are written inside it, so a step that is cut off is
 * done again and changes nothing that was done. "begin" fixes what is said and
 * when, as revision 1 of the advisory; all later steps only repeat that row.
 */
#include "core/when.h"
#include "desk/disclose.h"
#include "desk/dispatch.h"
#include "desk/message.h"
#include "desk/notice.h"
#include "desk/reporter.h"
#include "desk/terms.h"
#include "publish/publish.h"
#include "rules/cross.h"
#include "rules/message.h"

#include <stdlib.h>

#define AGAIN_AFTER WHEN_MINUTE

struct item {
	int64_t act_id;
	int64_t case_id;
	int64_t began_at;
	bool revise;
	bool early;
	bool failed;
	char digest[DISCLOSE_DIGEST];
	const char *step; /* being done */
	system_work *work;
	struct item *all; /* a shared step ticks these */
	size_t count;
	size_t open; /* how many of them lack it */
};

static void
stepped(struct ask *ask, const char *where)
{
	if (ask->house->stepped != NULL)
		ask->house->stepped(ask->house->step_context, where);
}

static bool
write_step(struct ask *ask, const struct item *item, struct err *err)
{
	int64_t count;
	return q_act_step_insert(ask->db, item->act_id, item->case_id,
	    item->step, item->digest, ask->now, &count, err);
}

/* True in *ret when the step of this item has its row. */
static bool
step_is_done(
    struct ask *ask, const struct item *item, bool *ret, struct err *err)
{
	struct row_act_step_find row;
	struct err fault = { 0 };
	*ret = q_act_step_find(ask->db, ask->arena, item->act_id, item->case_id,
	    item->step, &row, &fault);
	if (*ret || fault.kind == ERR_MISSING)
		return true;
	*err = fault;
	return false;
}

/* begin ------------------------------------------------------------------ */

static bool
check_begin(struct ask *ask, const struct item *item,
    const struct disclosure *disclosure, struct err *err)
{
	AUTO(value) json_t *checks = NULL;
	const json_t *wrong = NULL;
	if (!disclosure_checks(ask, disclosure, !item->early, &checks, err))
		return false;
	if (!disclosure_is_ready(checks, &wrong))
		return err_set(err, ERR_CONFLICT, value_text(wrong, "name"),
		    "%s: %s", value_text(wrong, "label"),
		    value_text(wrong, "text"));
	if (strcmp(disclosure->digest, item->digest) != 0)
		return err_set(err, ERR_CONFLICT, "digest",
		    "the documents changed since they were approved; look at "
		    "them and approve them again");
	return machine_check(disclosure->file.state, MACHINE_PUBLIC,
	    disclosure_gate(checks, item->early), false, err);
}

static bool
store_advisory(struct ask *ask, const struct disclosure *disclosure,
    int64_t revision, const char *why, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	int64_t count;
	AUTO(value) json_t *value = NULL;
	if (!publish_stored(disclosure->document, &value, err))
		return false;
	value_print(&text, value);
	return (!text.failed ||
		   err_set(err, ERR_LIMIT, NULL, "the advisory is too long")) &&
	       q_advisory_insert(ask->db, disclosure->file.row.id, revision,
		   disclosure->file.row.revision, ask->now, why,
		   buf_text(&text), &count, err);
}

static bool
begin(struct ask *ask, void *context, struct err *err)
{
	struct item *item = context;
	AUTO(disclosure) struct disclosure disclosure = { 0 };
	int64_t count;
	if (!disclosure_open(ask, item->case_id, ask->now, &disclosure, err) ||
	    !check_begin(ask, item, &disclosure, err) ||
	    !store_advisory(ask, &disclosure, 1, "First publication", err) ||
	    !q_act_item_begin(
		ask->db, item->act_id, item->case_id, ask->now, &count, err))
		return false;
	stepped(ask, "begin: before its commit");
	item->began_at = ask->now;
	ask->object = disclosure.file.row.number;
	return true;
}

/* page, cve -------------------------------------------------------------- */

static bool
document_of(struct ask *ask, int64_t case_id, json_t **ret, struct err *err)
{
	struct row_advisory_newest row;
	return q_advisory_newest(ask->db, ask->arena, case_id, &row, err) &&
	       site_document(row.value, ret, err);
}

static bool
write_files(struct ask *ask, const struct item *item, const char *folder,
    struct err *err)
{
	AUTO(value) json_t *document = NULL;
	AUTO(value) json_t *documents = NULL;
	return document_of(ask, item->case_id, &document, err) &&
	       publish_documents(document, &documents, err) &&
	       publish_files(ask->house->site_fd, documents, folder, err);
}

static bool
page(struct ask *ask, void *context, struct err *err)
{
	return write_files(ask, context, "advisory/", err);
}

static bool
cve(struct ask *ask, void *context, struct err *err)
{
	return write_files(ask, context, "cve/", err);
}

/* mails ------------------------------------------------------------------ */

/* The reporter, and every maker who is entitled to hear of it (P-27). */
static bool
mails(struct ask *ask, void *context, struct err *err)
{
	const struct item *item = context;
	AUTO(casefile) struct casefile file = { 0 };
	if (item->revise)
		return true;
	return case_open_id(ask, item->case_id, &file, err) &&
	       report_notify(ask, &file, REPORTER_PUBLISHED, 1, err) &&
	       makers_disclosed(ask, &file, err);
}

/* close ------------------------------------------------------------------ */

/* The world knows: fact P. */
static bool
tell_public(struct ask *ask, struct casefile *file, struct err *err)
{
	unsigned pxa;
	char text[CS_TEXT];
	if (!cs_parse(str_of(file->row.pxa), &pxa))
		pxa = 0;
	if ((pxa & CS_P) != 0)
		return true;
	if (!cs_step_pxa(pxa, CS_EVENT_P, &pxa, err))
		return false;
	file->row.pxa = ask_print(ask, "%s", cs_print_pxa(pxa, text));
	return case_says(ask, file, message_from_cs(CS_EVENT_P), 0, 0, err);
}

static bool
move_public(struct casefile *file, struct err *err)
{
	enum rm rm;
	enum rm_event events[CROSS_RM_EVENTS];
	size_t count;
	if (!rm_find(str_of(file->row.rm), &rm))
		return err_set(err, ERR_SYSTEM, "rm",
		    "case %s has the unknown state %s", file->row.number,
		    file->row.rm);
	if (!cross_move(file->state, MACHINE_PUBLIC, rm, CROSS_TRUE_REPORT,
		events, &count, &rm, err))
		return false;
	file->row.rm = rm_name(rm);
	file->state = MACHINE_PUBLIC;
	return true;
}

static bool
close_rows(
    struct ask *ask, struct casefile *file, int64_t revision, struct err *err)
{
	int64_t count;
	return q_disclose_publish_cves(ask->db, file->row.id,
		   file->row.disclosed_at, &count, err) &&
	       q_advisory_seen(ask->db, file->row.id, revision,
		   file->row.revision, &count, err);
}

static bool
tell_closed(struct ask *ask, const struct casefile *file,
    const struct item *item, struct err *err)
{
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text",
	    item->early ? "Disclosed before the end of its embargo."
			: "Disclosed.");
	value_set(
	    body, "path", json_sprintf("/advisory/%s.html", file->row.number));
	value_set_text(body, "from", machine_name(MACHINE_ACCEPTED));
	value_set_text(body, "to", machine_name(MACHINE_PUBLIC));
	return case_tell(ask, file, "disclosed", "all", body, err);
}

static const struct embargo_reason *
reason_of(const struct item *item)
{
	return embargo_reason_find(str_of(item->early ? "agreed" : "expired"));
}

/* Edge E10: what the world reads is what the case says of itself. */
static bool
close_first(struct ask *ask, const struct item *item, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_open_id(ask, item->case_id, &file, err) ||
	    !terms_end(ask, &file, reason_of(item), err) ||
	    !tell_public(ask, &file, err) || !move_public(&file, err))
		return false;
	file.row.disclosed_at = item->began_at;
	ask->object = file.row.number;
	return case_save(ask, &file, err) && close_rows(ask, &file, 1, err) &&
	       tell_closed(ask, &file, item, err);
}

static bool
close_item(struct ask *ask, void *context, struct err *err)
{
	struct item *item = context;
	int64_t count;
	return (item->revise || close_first(ask, item, err)) &&
	       q_act_item_end(
		   ask->db, item->act_id, item->case_id, &count, err) &&
	       write_step(ask, item, err) &&
	       q_act_finish(ask->db, item->act_id, ask->now, &count, err);
}

/* The turn ----------------------------------------------------------------- */

static bool
run_step(struct ask *ask, void *context, struct err *err)
{
	struct item *item = context;
	bool done;
	if (!step_is_done(ask, item, &done, err))
		return false;
	if (done)
		return true;
	stepped(ask, item->step);
	if (!item->work(ask, item, err) || !write_step(ask, item, err))
		return false;
	stepped(ask, "before its commit");
	return true;
}

static bool
fail_work(struct ask *ask, void *context, struct err *err)
{
	const struct item *item = context;
	int64_t count;
	return q_act_item_fail(ask->db, item->act_id, item->case_id,
	    ask->now + AGAIN_AFTER, item->step, &count, err);
}

/* Keeps why an item stopped; the rest goes on. */
static bool
fail(struct house *house, struct item *item, const struct err *why,
    struct err *err)
{
	struct item note = *item;
	char text[LIMIT_ERR_TEXT + 32];
	(void)snprintf(text, sizeof(text), "%s: %s", item->step, why->text);
	note.step = text;
	item->failed = true;
	return dispatch_system(house, OP_disclose_run, fail_work, &note, err);
}

static bool
do_step(struct house *house, struct item *item, const char *step,
    system_work *work, struct err *err)
{
	struct err fault = { 0 };
	if (item->failed)
		return true;
	item->step = step;
	item->work = work;
	if (dispatch_system(house, OP_disclose_run, run_step, item, &fault))
		return true;
	return fail(house, item, &fault, err);
}

static bool
do_begin(struct house *house, struct item *item, struct err *err)
{
	struct err fault = { 0 };
	item->step = "begin";
	if (item->began_at != 0 ||
	    dispatch_system(house, OP_disclose_run, begin, item, &fault))
		return true;
	return fail(house, item, &fault, err);
}

static bool
tick_all(struct ask *ask, void *context, struct err *err)
{
	struct item *first = context;
	for (size_t i = 0; i < first->count; i++) {
		struct item *item = &first->all[i];
		item->step = first->step;
		if (!item->failed && !write_step(ask, item, err))
			return false;
	}
	stepped(ask, "before the commit of a shared step");
	return true;
}

/* Drops out of a shared step what had it before a restart. */
static bool
count_open(struct ask *ask, void *context, struct err *err)
{
	struct item *first = context;
	size_t open = 0;
	for (size_t i = 0; i < first->count; i++) {
		struct item *item = &first->all[i];
		bool done = true;
		item->step = first->step;
		if (!item->failed && !step_is_done(ask, item, &done, err))
			return false;
		open += !done;
	}
	first->open = open;
	return true;
}

/* One write for all items that got so far. */
static bool
do_shared(struct house *house, struct item *items, size_t count,
    const char *step, bool (*write)(struct house *house, struct err *err),
    struct err *err)
{
	struct err fault = { 0 };
	struct item shared = { .step = step, .all = items, .count = count };
	if (!dispatch_system(house, OP_disclose_run, count_open, &shared, err))
		return false;
	if (shared.open == 0)
		return true;
	if (write(house, &fault))
		return dispatch_system(
		    house, OP_disclose_run, tick_all, &shared, err);
	for (size_t i = 0; i < count; i++) {
		items[i].step = step;
		if (!items[i].failed && !fail(house, &items[i], &fault, err))
			return false;
	}
	return true;
}

static bool
run_items(
    struct house *house, struct item *items, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (!do_begin(house, &items[i], err) ||
		    !do_step(house, &items[i], "page", page, err) ||
		    !do_step(house, &items[i], "cve", cve, err))
			return false;
	if (!do_shared(house, items, count, "feed", site_write_feed, err) ||
	    !do_shared(house, items, count, "rst", site_write_rst, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!do_step(house, &items[i], "mails", mails, err) ||
		    !do_step(house, &items[i], "close", close_item, err))
			return false;
	return true;
}

struct due {
	struct item *items;
	size_t count;
};

static bool
find_due(struct ask *ask, void *context, struct err *err)
{
	struct due *due = context;
	struct row_act_item_due *rows;
	size_t count;
	if (!q_act_item_due(
		ask->db, ask->pass, ask->arena, ask->now, &rows, &count, err))
		return false;
	free(due->items);
	due->items = calloc(count + 1, sizeof(*due->items));
	if (due->items == NULL)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	for (size_t i = 0; i < count; i++) {
		struct item *item = &due->items[i];
		item->act_id = rows[i].act_id;
		item->case_id = rows[i].case_id;
		item->began_at = rows[i].began_at;
		item->revise = strcmp(rows[i].kind, "revise") == 0;
		item->early = strcmp(rows[i].kind, "early") == 0;
		(void)snprintf(
		    item->digest, sizeof(item->digest), "%s", rows[i].digest);
	}
	due->count = count;
	return true;
}

bool
act_turn(struct house *house, struct err *err)
{
	struct due due = { 0 };
	bool done =
	    dispatch_system(house, OP_disclose_run, find_due, &due, err);
	if (done && due.count > 0)
		done = run_items(house, due.items, due.count, err);
	free(due.items);
	return done;
}
