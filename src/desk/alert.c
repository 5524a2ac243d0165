/* What makers read and say about a case they were let into. */
#include "desk/notice.h"

#include "core/when.h"
#include "rules/cs.h"
#include "rules/embargo.h"

#define PLACE_STATEMENT "statement.body"
#define PLACE_GRANT "grants.body"

static bool
my_grants(struct ask *ask, struct row_alert_mine **ret, size_t *count,
    struct err *err)
{
	return q_alert_mine(ask->db, ask->pass, ask->arena,
	    ask->actor->account_id, ask->now, ask_policy(ask, "terms.version"),
	    maker_grace_from(ask), ret, count, err);
}

static const char *
seat_name(const struct ask *ask, int64_t maker_id)
{
	for (size_t i = 0; i < ask->actor->seats_count; i++)
		if (ask->actor->seats[i].maker == maker_id)
			return ask->actor->seats[i].name;
	return "";
}

/* One maker's standing to one case, as far as reading goes. */
struct view {
	struct notice_part part;
	struct row_receipt_list *receipts;
	size_t count;
	bool readable;
	bool merged; /* may see what the second notice adds */
	bool by_hand;
	json_t *grant; /* owned */
};

static void
view_auto(struct view *view)
{
	json_decref(view->grant);
	view->grant = NULL;
}

/* A lapsed one keeps what he opened before and gets nothing new (V-17). */
static bool
kept_kind(const struct view *view, const char *kind)
{
	for (size_t i = 0; i < view->count; i++)
		if (strcmp(view->receipts[i].kind, kind) == 0 &&
		    (view->part.pec != PEC_LAPSED ||
			view->receipts[i].opened_at != 0))
			return true;
	return false;
}

static bool
view_open(struct ask *ask, const struct casefile *file,
    const struct row_alert_mine *mine, struct view *ret, struct err *err)
{
	const struct notice_embargo embargo = notice_embargo(file);
	struct view view = { 0 };
	if (!notice_part(ask, file->row.id, mine->maker_id, &view.part, err) ||
	    !q_receipt_of_maker(ask->db, ask->pass, ask->arena, file->row.id,
		mine->maker_id, &view.receipts, &view.count, err) ||
	    !ask_unseal(ask, file->row.key_id, PLACE_GRANT, mine->maker_id,
		mine->body, &view.grant, err))
		return false;
	view.by_hand = value_true(view.grant, "by_hand");
	bool had = kept_kind(&view, "triaged") || kept_kind(&view, "merged") ||
		   kept_kind(&view, "granted");
	bool consents = !embargo.on || pec_may_receive(view.part.pec) ||
			view.part.pec == PEC_LAPSED;
	view.readable = embargo.decided && consents && had;
	view.merged = kept_kind(&view, "merged") ||
		      (view.by_hand && kept_kind(&view, "granted"));
	*ret = view;
	return true;
}

/* Newest statement of a maker in a case, "" for silence. */
static bool
last_statement(struct ask *ask, int64_t case_id, int64_t maker_id,
    const char **ret, int64_t *at, struct err *err)
{
	struct row_statement_of_case *rows;
	size_t count;
	*ret = "";
	*at = 0;
	if (!q_statement_of_case(
		ask->db, ask->pass, ask->arena, case_id, &rows, &count, err))
		return false;
	for (size_t i = count; i > 0; i--)
		if (rows[i - 1].maker_id == maker_id) {
			*ret = rows[i - 1].status;
			*at = rows[i - 1].at;
		}
	return true;
}

/* Dates, consent and receipts of one maker. */
static bool
set_standing(struct ask *ask, const struct casefile *file, int64_t maker_id,
    const struct view *view, json_t *value, struct err *err)
{
	const char *status;
	int64_t at;
	int64_t acknowledged = 0, told = 0;
	bool waits = false;
	if (!last_statement(ask, file->row.id, maker_id, &status, &at, err))
		return false;
	for (size_t i = 0; i < view->count; i++) {
		const struct row_receipt_list *row = &view->receipts[i];
		bool asks = strcmp(row->kind, "triaged") == 0 ||
			    strcmp(row->kind, "merged") == 0 ||
			    strcmp(row->kind, "granted") == 0;
		waits = waits || (asks && row->acknowledged_at == 0);
		if (row->acknowledged_at > acknowledged)
			acknowledged = row->acknowledged_at;
		if (told == 0)
			told = row->at;
	}
	value_set_int(value, "maker", maker_id);
	value_set_text(value, "maker_name", seat_name(ask, maker_id));
	value_set_bool(value, "readable", view->readable);
	value_set_text(value, "consent", pec_name(view->part.pec));
	value_set_when(value, "answer_by", view->part.row.answer_by);
	value_set_when(value, "signed_at", view->part.row.signed_at);
	value_set_when(value, "told_at", told);
	value_set_bool(value, "acknowledged", !waits);
	value_set_when(value, "acknowledged_at", acknowledged);
	value_set_text(value, "status", status[0] == '\0' ? "silent" : status);
	value_set_when(value, "status_at", at);
	value_set_when(value, "answer_due_at",
	    status[0] == '\0' && told != 0
		? told + maker_days(ask, "answer_days", 14) * WHEN_DAY
		: 0);
	return true;
}

/* Existence, number and date: all that is told without consent. */
static json_t *
existence(const struct casefile *file)
{
	json_t *value = json_object();
	value_set_text(value, "case", file->row.number);
	value_set_when(value, "planned_at", file->row.embargo_ends_at);
	value_set_when(value, "disclosed_at", file->row.disclosed_at);
	return value;
}

static bool
list_one(struct ask *ask, const struct row_alert_mine *mine, json_t *list,
    struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(view) struct view view = { 0 };
	AUTO(value) json_t *fields = NULL;
	size_t i;
	json_t *field;
	if (!case_open_id(ask, mine->case_id, &file, err) ||
	    !view_open(ask, &file, mine, &view, err))
		return false;
	json_t *item = existence(&file);
	(void)json_array_append_new(list, item);
	if (!set_standing(ask, &file, mine->maker_id, &view, item, err))
		return false;
	if (!view.readable)
		return true;
	if (!notice_fields(
		ask, &file, view.merged ? "merged" : "triaged", &fields, err))
		return false;
	json_array_foreach(fields, i, field)
	{
		const char *name = value_text(field, "name");
		value_set(
		    item, name, json_incref(json_object_get(field, "value")));
		if (json_object_get(field, "lines") != NULL)
			value_set(item, "branches",
			    json_incref(json_object_get(field, "lines")));
	}
	return true;
}

/* What hinders the asker's makers from being told. */
static bool
list_makers(struct ask *ask, json_t *list, struct err *err)
{
	for (size_t i = 0; i < ask->actor->seats_count; i++) {
		AUTO(maker) struct maker maker = { 0 };
		const struct actor_seat *seat = &ask->actor->seats[i];
		if (!maker_open(ask, seat->maker, &maker, err))
			return false;
		json_t *item = json_object();
		value_set_int(item, "maker", seat->maker);
		value_set_text(item, "name", seat->name);
		value_set_text(item, "kind", seat->kind);
		value_set_text(item, "state", maker.row.state);
		value_set_bool(item, "entitled", maker_entitled(ask, &maker));
		value_set_when(item, "review_at", maker.row.review_at);
		value_set_bool(item, "terms_pending",
		    strcmp(maker.row.terms, ask_policy(ask, "terms.version")) !=
			0);
		value_set(item, "products",
		    json_incref(json_object_get(maker.body, "products")));
		(void)json_array_append_new(list, item);
	}
	return true;
}

static bool
list_past(struct ask *ask, json_t *list, struct err *err)
{
	struct row_alert_past *rows;
	size_t count;
	if (!q_alert_past(ask->db, ask->pass, ask->arena,
		ask->actor->account_id, ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(casefile) struct casefile file = { 0 };
		if (!case_open_id(ask, rows[i].case_id, &file, err))
			return false;
		json_t *item = existence(&file);
		value_set_text(
		    item, "maker_name", seat_name(ask, rows[i].maker_id));
		value_set_when(item, "until", rows[i].until_at);
		(void)json_array_append_new(list, item);
	}
	return true;
}

bool
do_alert_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_alert_mine *rows;
	size_t count;
	AUTO(value) json_t *alerts = json_array();
	AUTO(value) json_t *makers = json_array();
	AUTO(value) json_t *past = json_array();
	if (!my_grants(ask, &rows, &count, err) ||
	    !list_makers(ask, makers, err) || !list_past(ask, past, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!list_one(ask, &rows[i], alerts, err))
			return false;
	*ret = json_pack("{s:O, s:O, s:O, s:s}", "alerts", alerts, "makers",
	    makers, "past", past, "terms", ask_policy(ask, "terms.version"));
	return true;
}

/* What may be done before disclosure, in words. */
static json_t *
acts_of(struct ask *ask, const json_t *grant)
{
	static const struct {
		const char *key;
		const char *text;
	} acts[] = {
		{ "may_patch", "Prepare fixes for your own products" },
		{ "may_ship", "Ship fixed binaries before disclosure" },
		{ "may_tell", "Tell your customers before disclosure" },
	};
	const char *share = value_text(grant, "share_with");
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(acts); i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:b}", "text", acts[i].text,
			      "allowed", value_true(grant, acts[i].key)));
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:b}", "text",
		share[0] == '\0' ? "Share it with anybody outside your "
				   "organisation"
				 : ask_print(ask, "Share it with %s", share),
		"allowed", share[0] != '\0'));
	return list;
}

static unsigned
vfd_of(const struct notice_part *part)
{
	unsigned vfd = 0;
	return cs_parse(str_of(part->row.vfd), &vfd) ? vfd & CS_VFD : 0;
}

/* Writes how far a maker is; nothing for who takes no part. */
static bool
save_part(struct ask *ask, const struct notice_part *part, enum rm rm,
    unsigned vfd, struct err *err)
{
	char text[CS_TEXT];
	const struct row_participant_find *row = &part->row;
	int64_t count;
	return row->id == 0 ||
	       q_participant_update(ask->db, ask->pass, row->id, rm_name(rm),
		   cs_print_vfd(vfd, text), row->pec, row->asked_at,
		   row->answer_by, row->signed_at, row->signed_number,
		   row->signed_terms, &count, err);
}

/* First reading: the receipt is opened and the maker aware (V-28). */
static bool
mark_opened(struct ask *ask, const struct view *view, struct err *err)
{
	enum rm rm;
	int64_t count;
	for (size_t i = 0; i < view->count; i++) {
		if (view->part.pec == PEC_LAPSED ||
		    view->receipts[i].opened_at != 0)
			continue;
		if (!q_receipt_opened(ask->db, ask->pass, view->receipts[i].id,
			ask->now, &count, err))
			return false;
	}
	if (!rm_find(str_of(view->part.row.rm), &rm))
		rm = RM_START;
	if (rm == RM_START)
		rm = RM_RECEIVED;
	return save_part(ask, &view->part, rm, vfd_of(&view->part) | CS_V, err);
}

/* One of the asker's makers on the page of one advisory. */
static bool
show_maker(struct ask *ask, const struct casefile *file,
    const struct row_alert_mine *mine, json_t *value, struct err *err)
{
	AUTO(view) struct view view = { 0 };
	json_t *item = json_object();
	(void)json_array_append_new(json_object_get(value, "makers"), item);
	if (!view_open(ask, file, mine, &view, err) ||
	    !set_standing(ask, file, mine->maker_id, &view, item, err))
		return false;
	value_set_bool(
	    item, "invited", !view.readable && view.part.row.id != 0);
	value_set(item, "acts", acts_of(ask, view.grant));
	value_set_text(item, "grant", mine->fields);
	if (!view.readable)
		return true;
	bool wider = json_object_get(value, "fields") == NULL || view.merged;
	json_t *fields = NULL;
	if (wider && !notice_fields(ask, file,
			 view.merged ? "merged" : "triaged", &fields, err))
		return false;
	if (fields != NULL)
		value_set(value, "fields", fields);
	return mark_opened(ask, &view, err);
}

static bool
show_statements(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct row_statement_of_case *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "statements", list);
	if (!q_statement_of_case(ask->db, ask->pass, ask->arena, file->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *body = NULL;
		if (seat_name(ask, rows[i].maker_id)[0] == '\0')
			continue;
		if (!ask_unseal(ask, file->row.key_id, PLACE_STATEMENT,
			rows[i].id, rows[i].body, &body, err))
			return false;
		value_set_text(
		    body, "maker_name", seat_name(ask, rows[i].maker_id));
		value_set_text(body, "status", rows[i].status);
		value_set_when(body, "at", rows[i].at);
		(void)json_array_append_new(list, body);
	}
	return true;
}

bool
do_alert_show(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	struct row_alert_mine *rows;
	size_t count;
	if (!case_open(ask, &file, err) || !my_grants(ask, &rows, &count, err))
		return false;
	AUTO(value) json_t *value = existence(&file);
	value_set(value, "makers", json_array());
	value_set_int(value, "number", file.row.embargo_number);
	value_set_text(value, "terms", ask_policy(ask, "terms.text"));
	for (size_t i = 0; i < count; i++)
		if (rows[i].case_id == file.row.id &&
		    !show_maker(ask, &file, &rows[i], value, err))
			return false;
	if (!show_statements(ask, &file, value, err))
		return false;
	ask->detail = json_pack(
	    "{s:b}", "content", json_object_get(value, "fields") != NULL);
	*ret = json_incref(value);
	return true;
}

/* The asker's own grant of this case for the maker named. */
static bool
find_mine(struct ask *ask, const struct casefile *file, struct view *ret,
    struct err *err)
{
	struct row_alert_mine *rows;
	size_t count;
	int64_t maker_id = ask_int(ask, "maker", 0);
	if (!my_grants(ask, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].case_id != file->row.id ||
		    rows[i].maker_id != maker_id)
			continue;
		if (!view_open(ask, file, &rows[i], ret, err))
			return false;
		return ret->readable ||
		       err_set(err, ERR_CONFLICT, "maker",
			   "accept the embargo first, then read the advisory");
	}
	return err_set(err, ERR_MISSING, "maker",
	    "there is no such thing, or you may not see it");
}

bool
do_alert_acknowledge(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(view) struct view view = { 0 };
	int64_t maker_id = ask_int(ask, "maker", 0);
	int64_t count;
	if (!case_open(ask, &file, err) || !find_mine(ask, &file, &view, err) ||
	    !mark_opened(ask, &view, err) ||
	    !q_receipt_acknowledged(ask->db, ask->pass, file.row.id, maker_id,
		ask->now, &count, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "case", file.row.number, "maker",
	    (json_int_t)maker_id);
	value_set_when(*ret, "acknowledged_at", ask->now);
	return true;
}

/* What a statement means for the maker's letters (V-28, X3). */
static const struct meaning {
	const char *status;
	enum rm rm;
	unsigned vfd;
} meanings[] = {
	{ "affected", RM_VALID, CS_V },
	{ "not-affected", RM_INVALID, CS_V },
	{ "working", RM_ACCEPTED, CS_V },
	{ "fixed", RM_ACCEPTED, CS_V | CS_F },
	{ "shipped", RM_CLOSED, CS_V | CS_F | CS_D },
};

static bool
state_letters(struct ask *ask, const struct notice_part *part,
    const char *status, struct err *err)
{
	enum rm rm, next;
	bool skipped;
	if (!rm_find(str_of(part->row.rm), &rm))
		rm = RM_START;
	for (size_t i = 0; i < COUNT(meanings); i++) {
		if (strcmp(meanings[i].status, status) != 0)
			continue;
		next = meanings[i].rm;
		/* A step back changes the statement, not the machine (V-06). */
		if (!rm_state_claimed(rm, next, &skipped, NULL))
			next = rm;
		return save_part(
		    ask, part, next, vfd_of(part) | meanings[i].vfd, err);
	}
	return true;
}

bool
do_alert_state(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(view) struct view view = { 0 };
	const char *status = ask_text(ask, "status");
	int64_t maker_id = ask_int(ask, "maker", 0);
	int64_t id = db_id_new();
	int64_t count;
	struct str sealed;
	if (!case_open(ask, &file, err) || !find_mine(ask, &file, &view, err))
		return false;
	if (strcmp(status, "not-affected") == 0 && !ask_has(ask, "reason"))
		return err_set(err, ERR_INVALID, "reason",
		    "say why your products are not affected");
	AUTO(value)
	json_t *body = json_pack("{s:s, s:s}", "reason",
	    ask_text(ask, "reason"), "who", ask->actor->name);
	AUTO(value)
	json_t *event = json_pack("{s:s, s:s}", "text",
	    ask_print(ask, "%s states: %s", seat_name(ask, maker_id), status),
	    "status", status);
	if (!mark_opened(ask, &view, err) ||
	    !notice_part(ask, file.row.id, maker_id, &view.part, err) ||
	    !ask_seal(ask, file.row.key_id, PLACE_STATEMENT, id, body, &sealed,
		err) ||
	    !q_statement_insert(ask->db, ask->pass, id, file.row.id, maker_id,
		status, ask->now, ask->actor->account_id, sealed, &count,
		err) ||
	    !q_receipt_acknowledged(ask->db, ask->pass, file.row.id, maker_id,
		ask->now, &count, err) ||
	    !state_letters(ask, &view.part, status, err) ||
	    !case_tell(ask, &file, "statement", "team", event, err))
		return false;
	*ret = json_pack("{s:s, s:I, s:s}", "case", file.row.number, "maker",
	    (json_int_t)maker_id, "status", status);
	return true;
}

bool
do_statement_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_statement_of_case *rows;
	size_t count;
	AUTO(value) json_t *list = json_array();
	if (!q_statement_mine(ask->db, ask->pass, ask->arena,
		ask->actor->account_id, ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(casefile) struct casefile file = { 0 };
		json_t *body = NULL;
		if (!case_open_id(ask, rows[i].case_id, &file, err) ||
		    !ask_unseal(ask, file.row.key_id, PLACE_STATEMENT,
			rows[i].id, rows[i].body, &body, err))
			return false;
		value_set_text(body, "case", file.row.number);
		value_set_text(
		    body, "maker_name", seat_name(ask, rows[i].maker_id));
		value_set_text(body, "status", rows[i].status);
		value_set_when(body, "at", rows[i].at);
		(void)json_array_append_new(list, body);
	}
	*ret = json_pack("{s:O}", "statements", list);
	return true;
}
