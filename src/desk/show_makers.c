/* Notices, grants and receipts of a case, as case.show tells them. */
#include "desk/case_show.h"

#include "desk/account.h"
#include "desk/notice.h"

#define PLACE_GRANT "grants.body"

/* Everything of a case that is looked up once for all makers. */
struct rows {
	struct row_grant_list *grants;
	struct row_receipt_list *receipts;
	struct row_statement_of_case *statements;
	size_t grants_count, receipts_count, statements_count;
};

static bool
rows_read(struct ask *ask, const struct casefile *file, struct rows *ret,
    struct err *err)
{
	int64_t id = file->row.id;
	return q_grant_list(ask->db, ask->pass, ask->arena, id, &ret->grants,
		   &ret->grants_count, err) &&
	       q_receipt_list(ask->db, ask->pass, ask->arena, id,
		   &ret->receipts, &ret->receipts_count, err) &&
	       q_statement_of_case(ask->db, ask->pass, ask->arena, id,
		   &ret->statements, &ret->statements_count, err);
}

static const struct row_statement_of_case *
newest_statement(const struct rows *rows, int64_t maker_id)
{
	for (size_t i = 0; i < rows->statements_count; i++)
		if (rows->statements[i].maker_id == maker_id)
			return &rows->statements[i];
	return NULL;
}

static json_t *
receipts_of(const struct rows *rows, int64_t maker_id, bool assessed)
{
	static const char *const kinds[] = { "triaged", "merged", "granted",
		"moved", "ended", "disclosed" };
	json_t *list = json_array();
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (size_t i = 0; i < rows->receipts_count; i++) {
			const struct row_receipt_list *row = &rows->receipts[i];
			if (row->maker_id != maker_id ||
			    strcmp(row->kind, kinds[k]) != 0)
				continue;
			int64_t at =
			    row->acknowledged_at != 0 ? row->acknowledged_at
			    : row->opened_at != 0     ? row->opened_at
			    : row->delivered_at != 0  ? row->delivered_at
						      : row->at;
			json_t *item = json_object();
			value_set_text(item, "kind", row->kind);
			value_set_text(
			    item, "state", notice_receipt_state(row, assessed));
			value_set_when(item, "at", at);
			(void)json_array_append_new(list, item);
		}
	return list;
}

static bool
add_maker(struct ask *ask, const struct casefile *file, const struct rows *rows,
    const struct row_grant_list *grant, json_t *list, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value) json_t *body = NULL;
	struct notice_part part;
	const struct row_statement_of_case *said =
	    newest_statement(rows, grant->maker_id);
	if (!maker_open(ask, grant->maker_id, &maker, err) ||
	    !notice_part(ask, file->row.id, grant->maker_id, &part, err) ||
	    !ask_unseal(ask, file->row.key_id, PLACE_GRANT, grant->maker_id,
		grant->body, &body, err))
		return false;
	json_t *item = json_object();
	(void)json_array_append_new(list, item);
	value_set_int(item, "maker", maker.row.id);
	value_set_text(item, "name", maker_name(&maker));
	value_set_text(item, "kind", maker.row.kind);
	value_set_text(item, "tier", maker.row.tier);
	value_set_text(item, "state", maker.row.state);
	value_set_when(item, "from", grant->from_at);
	value_set_when(item, "until", grant->until_at);
	value_set_bool(
	    item, "live", grant->until_at == 0 || grant->until_at > ask->now);
	value_set_bool(item, "by_hand", value_true(body, "by_hand"));
	value_set_text(item, "reason", value_text(body, "reason"));
	value_set_text(item, "who", account_name(ask, grant->actor_id));
	value_set_text(item, "consent", pec_name(part.pec));
	value_set_text(item, "vfd", part.row.vfd);
	value_set_text(item, "status", said == NULL ? "silent" : said->status);
	value_set_when(item, "status_at", said == NULL ? 0 : said->at);
	value_set(
	    item, "receipts", receipts_of(rows, maker.row.id, said != NULL));
	return true;
}

static bool
has_live(const struct rows *rows, int64_t maker_id, int64_t now)
{
	for (size_t i = 0; i < rows->grants_count; i++)
		if (rows->grants[i].maker_id == maker_id &&
		    (rows->grants[i].until_at == 0 ||
			rows->grants[i].until_at > now))
			return true;
	return false;
}

struct candidates {
	const struct rows *rows;
	json_t *list;
};

/* Makers that could be let in by hand. */
static bool
add_candidate(
    struct ask *ask, const struct maker *maker, void *context, struct err *err)
{
	struct candidates *found = context;
	(void)err;
	if (!maker_entitled(ask, maker) ||
	    has_live(found->rows, maker->row.id, ask->now))
		return true;
	(void)json_array_append_new(found->list,
	    json_pack("{s:I, s:s, s:s}", "maker", (json_int_t)maker->row.id,
		"name", maker_name(maker), "tier", maker->row.tier));
	return true;
}

static bool
add_notices(
    struct ask *ask, const struct casefile *file, json_t *list, struct err *err)
{
	struct row_notice_list *rows;
	size_t count;
	if (!q_notice_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		value_set_text(item, "kind", rows[i].kind);
		value_set_when(item, "at", rows[i].at);
		value_set_text(
		    item, "who", account_name(ask, rows[i].actor_id));
		(void)json_array_append_new(list, item);
	}
	return true;
}

bool
case_show_makers(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct rows rows = { 0 };
	json_t *notices = json_array();
	json_t *makers = json_array();
	json_t *candidates = json_array();
	struct candidates found = { .rows = &rows, .list = candidates };
	unsigned relations = ask->subject.relations;
	value_set(value, "notices", notices);
	value_set(value, "makers", makers);
	value_set(value, "candidates", candidates);
	value_set_bool(value, "may_notify",
	    access_may(ask->actor, OP_notice_send, file->state, relations));
	if (!rows_read(ask, file, &rows, err) ||
	    !add_notices(ask, file, notices, err))
		return false;
	for (size_t i = 0; i < rows.grants_count; i++)
		if (!add_maker(ask, file, &rows, &rows.grants[i], makers, err))
			return false;
	return notice_walk(ask, add_candidate, &found, err);
}
