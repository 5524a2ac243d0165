/* What is shown of makers: to the desk, to themselves, to the public. */
#include "desk/maker.h"

#include "core/when.h"
#include "desk/account.h"

#define PLACE_CRITERION "maker_criterion.body"
#define PLACE_EVENT "maker_event.body"

/* What is due for a maker's record, or late. */
static void
set_due(struct ask *ask, const struct maker *maker, json_t *value)
{
	const struct row_maker_by_id *row = &maker->row;
	int64_t due = 0;
	const char *what = "";
	bool waits = maker->state == REGISTRY_SUBMITTED ||
		     maker->state == REGISTRY_IN_REVIEW;
	bool open = maker->state == REGISTRY_SUSPENDED &&
		    !value_true(maker->body, "suspension_confirmed");
	if (waits) {
		due = row->submitted_at +
		      maker_days(ask, "decision_days", 30) * WHEN_DAY;
		what = "decision";
	} else if (open) {
		due = row->state_at +
		      maker_days(ask, "suspension_days", 14) * WHEN_DAY;
		what = "confirm or lift";
	} else if (maker->state == REGISTRY_ACTIVE) {
		due = row->review_at;
		what = "yearly review";
	}
	value_set_when(value, "due_at", due);
	value_set_text(value, "due", what);
	value_set_bool(value, "late", due != 0 && due < ask->now);
}

static json_t *
summary(struct ask *ask, const struct maker *maker)
{
	const struct row_maker_by_id *row = &maker->row;
	json_t *value = json_object();
	value_set_int(value, "maker", row->id);
	value_set_text(value, "name", maker_name(maker));
	value_set_text(value, "kind", row->kind);
	value_set_text(value, "state", row->state);
	value_set_text(value, "tier", row->tier);
	value_set_text(value, "category", row->category);
	value_set_int(value, "revision", row->revision);
	value_set_int(value, "persons", maker->seats);
	value_set_when(value, "submitted_at", row->submitted_at);
	value_set_when(value, "active_at", row->active_at);
	value_set_when(value, "reviewed_at", row->reviewed_at);
	value_set_when(value, "review_at", row->review_at);
	value_set_when(value, "state_at", row->state_at);
	value_set_text(value, "terms", row->terms);
	value_set_when(value, "terms_at", row->terms_at);
	value_set_bool(value, "terms_pending",
	    strcmp(row->terms, ask_policy(ask, "terms.version")) != 0);
	value_set_bool(value, "entitled", maker_entitled(ask, maker));
	set_due(ask, maker, value);
	return value;
}

bool
do_maker_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_maker_by_id *rows;
	size_t count;
	if (!q_maker_all(ask->db, ask->pass, ask->arena, ask_text(ask, "state"),
		&rows, &count, err))
		return false;
	AUTO(value) json_t *waiting = json_array();
	AUTO(value) json_t *members = json_array();
	AUTO(value) json_t *others = json_array();
	for (size_t i = 0; i < count; i++) {
		AUTO(maker) struct maker maker = { 0 };
		if (!maker_unseal(ask, &rows[i], &maker, err))
			return false;
		bool waits = maker.state == REGISTRY_SUBMITTED ||
			     maker.state == REGISTRY_INCOMPLETE ||
			     maker.state == REGISTRY_IN_REVIEW;
		bool member = maker.state == REGISTRY_ACTIVE ||
			      maker.state == REGISTRY_UNREACHABLE ||
			      maker.state == REGISTRY_LAPSED ||
			      maker.state == REGISTRY_SUSPENDED;
		(void)json_array_append_new(waits    ? waiting
					    : member ? members
						     : others,
		    summary(ask, &maker));
	}
	*ret = json_pack("{s:O, s:O, s:O, s:s, s:b}", "waiting", waiting,
	    "members", members, "others", others, "terms",
	    ask_policy(ask, "terms.version"), "may_add",
	    access_may(ask->actor, OP_member_add, MACHINE_INIT, 0));
	return true;
}

static const struct {
	const char *name;
	const char *title;
} criteria[] = {
	{ "C1", "Product publicly available and based on the project" },
	{ "C2", "Posted on the maker's own web site" },
	{ "C3", "Contact information that works" },
};

/* What the policy says proves a criterion. */
static void
set_policy(struct ask *ask, const char *name, json_t *value)
{
	size_t i;
	json_t *row;
	const json_t *list = ask_policy_value(ask, "criteria");
	json_array_foreach((json_t *)(uintptr_t)list, i, row)
	{
		if (strcmp(value_text(row, "name"), name) == 0) {
			value_set_text(
			    value, "title", value_text(row, "title"));
			value_set_text(
			    value, "wanted", value_text(row, "evidence"));
		}
	}
}

static bool
set_criteria(
    struct ask *ask, const struct maker *maker, json_t *value, struct err *err)
{
	struct row_maker_criteria *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "criteria", list);
	if (!q_maker_criteria(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	for (size_t c = 0; c < COUNT(criteria); c++) {
		json_t *item = json_object();
		(void)json_array_append_new(list, item);
		value_set_text(item, "criterion", criteria[c].name);
		value_set_text(item, "title", criteria[c].title);
		set_policy(ask, criteria[c].name, item);
		for (size_t i = 0; i < count; i++) {
			AUTO(value) json_t *body = NULL;
			if (strcmp(rows[i].criterion, criteria[c].name) != 0)
				continue;
			if (!ask_unseal(ask, maker->row.key_id, PLACE_CRITERION,
				maker->row.id, rows[i].body, &body, err))
				return false;
			(void)json_object_update(item, body);
			value_set_text(item, "answer", rows[i].answer);
			value_set_when(item, "looked_at", rows[i].looked_at);
			value_set_text(
			    item, "who", account_name(ask, rows[i].actor_id));
		}
	}
	return true;
}

static bool
set_history(struct ask *ask, const struct maker *maker, bool all, json_t *value,
    struct err *err)
{
	struct row_maker_events *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "history", list);
	if (!q_maker_events(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		json_t *body = NULL;
		(void)json_array_append_new(list, item);
		value_set_when(item, "at", rows[i].at);
		value_set_text(item, "kind", rows[i].kind);
		value_set_text(item, "from", rows[i].from_state);
		value_set_text(item, "to", rows[i].to_state);
		value_set_bool(item, "moved",
		    strcmp(rows[i].from_state, rows[i].to_state) != 0);
		if (!all)
			continue;
		if (!ask_unseal(ask, maker->row.key_id, PLACE_EVENT, rows[i].id,
			rows[i].body, &body, err))
			return false;
		value_set_text(
		    item, "who", account_name(ask, rows[i].actor_id));
		value_set(item, "record", body);
	}
	return true;
}

static bool
set_persons(
    struct ask *ask, const struct maker *maker, json_t *value, struct err *err)
{
	struct row_maker_accounts *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "contacts", list);
	if (!q_maker_accounts(
		ask->db, ask->arena, maker->row.id, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(account) struct account account = { 0 };
		json_t *item = json_object();
		(void)json_array_append_new(list, item);
		if (!account_open(ask, rows[i].account_id, &account, err))
			return false;
		value_set_int(item, "account", rows[i].account_id);
		value_set_text(item, "name", value_text(account.body, "name"));
		value_set_text(
		    item, "email", value_text(account.body, "email"));
		value_set_text(item, "state", account.row.state);
		value_set_text(item, "seat", rows[i].seat);
		value_set_when(item, "since", rows[i].since);
		value_set_when(item, "until", rows[i].until);
		value_set_bool(item, "acts",
		    rows[i].until == 0 || rows[i].until > ask->now);
	}
	return true;
}

/* Sentences about an alias that looks unusual. */
static json_t *
alias_warnings(struct ask *ask, const struct maker *maker)
{
	const struct registry_application app = maker_application(ask, maker);
	unsigned warnings = 0;
	json_t *list = json_array();
	if (!registry_alias(str_of(app.alias), app.domains, app.domain_count,
		&warnings, NULL))
		return list;
	for (unsigned bit = 1; bit <= REGISTRY_ALIAS_PLUS; bit <<= 1)
		if ((warnings & bit) != 0)
			(void)json_array_append_new(
			    list, json_string(registry_alias_text(bit)));
	return list;
}

static void
set_challenge(struct ask *ask, const struct maker *maker, json_t *value)
{
	static const char *const words[] = { "none", "waiting", "answered",
		"expired" };
	json_t *challenge = json_object_get(maker->body, "challenge");
	json_t *copy =
	    challenge == NULL ? json_object() : json_deep_copy(challenge);
	enum registry_challenge state =
	    registry_challenge(value_when(challenge, "sent_at"),
		value_when(challenge, "answered_at"),
		maker_days(ask, "challenge_days", 7), ask->now);
	value_set_text(copy, "state", words[state]);
	value_set(value, "challenge", copy);
}

/* "name | page | lines" per product, for the form that changes them. */
static void
set_product_text(const struct maker *maker, json_t *value)
{
	AUTO(buf) struct buf text = BUF(LIMIT_HTTP_FORM);
	size_t i, j;
	json_t *item, *line;
	json_array_foreach(json_object_get(maker->body, "products"), i, item)
	{
		buf_printf(&text, "%s | %s | ", value_text(item, "name"),
		    value_text(item, "page"));
		json_array_foreach(json_object_get(item, "lines"), j, line)
		    buf_printf(&text, "%s%s", j == 0 ? "" : ", ",
			json_string_value(line));
		buf_putc(&text, '\n');
	}
	value_set_text(value, "product_text", buf_text(&text));
}

static json_t *
application_value(const struct maker *maker)
{
	static const char *const own[] = { "organisation", "legal_name",
		"country", "domains", "category", "products", "contact_url",
		"alias", "alias_reason", "cra_alias", "key_alias", "time_zone",
		"eu_market", "confidential", "accepted_by", "vouchers",
		"tier_reason", "publish", "question" };
	json_t *value = json_object();
	for (size_t i = 0; i < COUNT(own); i++)
		value_set(value, own[i],
		    json_incref(json_object_get(maker->body, own[i])));
	value_set_bool(value, "key", value_text(maker->body, "key")[0] != '\0');
	return value;
}

/* Other records of the same role address, also removed ones. */
static bool
set_related(
    struct ask *ask, const struct maker *maker, json_t *value, struct err *err)
{
	struct row_maker_same_alias *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "related", list);
	if (!q_maker_same_alias(ask->db, ask->pass, ask->arena,
		maker->row.alias_tag, maker->row.id, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		value_set_int(item, "maker", rows[i].id);
		value_set_text(item, "state", rows[i].state);
		value_set_when(item, "at", rows[i].submitted_at);
		(void)json_array_append_new(list, item);
	}
	return true;
}

static bool
set_grants(
    struct ask *ask, const struct maker *maker, json_t *value, struct err *err)
{
	struct row_grant_of_maker *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "grants", list);
	if (!q_grant_of_maker(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		value_set_text(item, "case", rows[i].number);
		value_set_when(item, "from", rows[i].from_at);
		value_set_when(item, "until", rows[i].until_at);
		(void)json_array_append_new(list, item);
	}
	return true;
}

/* What the asker may do next, so that no page decides. */
static void
set_allowed(struct ask *ask, const struct maker *maker, json_t *value)
{
	unsigned relations = ask->subject.relations;
	json_t *allowed = json_object();
	bool decides =
	    access_may(ask->actor, OP_maker_decide, MACHINE_INIT, relations);
	bool complete = json_array_size(json_object_get(value, "missing")) == 0;
	enum registry_state unused;
	bool stands = maker->state == REGISTRY_IN_REVIEW ||
		      maker->state == REGISTRY_LAPSED ||
		      maker->state == REGISTRY_REFUSED;
	value_set_bool(allowed, "review", decides);
	value_set_bool(allowed, "approve", decides && stands && complete);
	value_set_bool(allowed, "refuse",
	    decides && (maker->state == REGISTRY_IN_REVIEW ||
			   maker->state == REGISTRY_REFUSED));
	value_set_bool(allowed, "incomplete",
	    decides && maker->state == REGISTRY_SUBMITTED);
	value_set_bool(
	    allowed, "change", decides && maker->state == REGISTRY_ACTIVE);
	value_set_bool(allowed, "suspend",
	    access_may(ask->actor, OP_maker_suspend, MACHINE_INIT, relations) &&
		registry_step(maker->state, REGISTRY_SUSPEND, &unused, NULL));
	value_set_bool(
	    allowed, "restore", decides && maker->state == REGISTRY_SUSPENDED);
	value_set_bool(allowed, "remove",
	    decides &&
		registry_step(maker->state, REGISTRY_REMOVE, &unused, NULL));
	value_set_bool(allowed, "contact",
	    access_may(ask->actor, OP_maker_contact, MACHINE_INIT, relations) &&
		!registry_cuts_grants(maker->state));
	value_set_bool(allowed, "products",
	    access_may(ask->actor, OP_maker_products, MACHINE_INIT, relations));
	value_set(value, "allowed", allowed);
}

bool
do_maker_show(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	if (!maker_open(ask, ask->subject.id, &maker, err))
		return false;
	bool desk =
	    ask->pass->role == ROLE_TEAM || ask->pass->role == ROLE_DIRECTOR;
	AUTO(value) json_t *value = summary(ask, &maker);
	value_set(value, "application", application_value(&maker));
	value_set(value, "missing", maker_missing(ask, &maker));
	value_set(value, "alias_warnings", alias_warnings(ask, &maker));
	value_set(value, "current_terms",
	    json_incref((json_t *)(uintptr_t)ask_policy_value(ask, "terms")));
	set_challenge(ask, &maker, value);
	set_product_text(&maker, value);
	set_allowed(ask, &maker, value);
	if (!set_history(ask, &maker, desk, value, err) ||
	    !set_persons(ask, &maker, value, err))
		return false;
	if (desk && (!set_criteria(ask, &maker, value, err) ||
			!set_related(ask, &maker, value, err) ||
			!set_grants(ask, &maker, value, err)))
		return false;
	*ret = json_incref(value);
	return true;
}

/* Adds one to the counter of a name. */
static void
bump(json_t *counts, const char *name)
{
	value_set_int(counts, name, value_int(counts, name, 0) + 1);
}

static bool
public_history(struct ask *ask, json_t *value, struct err *err)
{
	struct row_maker_public_events *rows;
	size_t count;
	json_t *list = json_array();
	value_set(value, "history", list);
	if (!q_maker_public_events(
		ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		value_set_when(item, "at", rows[i].at);
		value_set_text(item, "organisation", rows[i].public_name);
		value_set_text(item, "what", rows[i].public_class);
		(void)json_array_append_new(list, item);
	}
	return true;
}

static bool
public_refusals(struct ask *ask, json_t *value, struct err *err)
{
	struct row_maker_refusals *rows;
	size_t count;
	json_t *counts = json_object();
	value_set(value, "refusals", counts);
	if (!q_maker_refusals(
		ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		value_set_int(counts, rows[i].criterion, rows[i].total);
	return true;
}

bool
do_maker_public(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_maker_public_list *rows;
	size_t count;
	int64_t hidden = 0;
	if (!q_maker_public_list(
		ask->db, ask->pass, ask->arena, &rows, &count, err))
		return false;
	AUTO(value) json_t *value = json_object();
	json_t *members = json_array();
	json_t *counts = json_object();
	value_set(value, "members", members);
	value_set(value, "categories", counts);
	for (size_t i = 0; i < count; i++) {
		const char *category =
		    rows[i].category[0] == '\0' ? "member" : rows[i].category;
		bump(counts, category);
		if (rows[i].public_name[0] == '\0') {
			hidden++;
			continue;
		}
		json_t *item = json_object();
		value_set_text(item, "organisation", rows[i].public_name);
		value_set_text(item, "category", category);
		value_set_when(item, "member_since", rows[i].active_at);
		value_set_when(item, "last_review", rows[i].reviewed_at);
		value_set_text(item, "alias_domain", rows[i].public_domain);
		(void)json_array_append_new(members, item);
	}
	value_set_int(value, "confidential", hidden);
	if (!public_history(ask, value, err) ||
	    !public_refusals(ask, value, err))
		return false;
	*ret = json_incref(value);
	return true;
}
