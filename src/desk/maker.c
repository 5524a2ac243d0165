#include "desk/maker.h"

#include "core/when.h"
#include "desk/account.h"
#include "desk/link.h"
#include "desk/outbox.h"

#define PLACE_BODY "maker.body"
#define PLACE_EVENT "maker_event.body"
#define LINK_DAYS 60 /* of the machine; the rule's days are the house's */

int64_t
maker_days(const struct ask *ask, const char *name, int64_t fallback)
{
	const json_t *makers = ask_policy_value(ask, "makers");
	return value_int(makers, name, fallback);
}

int64_t
maker_grace_from(const struct ask *ask)
{
	return ask->now - maker_days(ask, "unreachable_days", 14) * WHEN_DAY;
}

const char *
maker_name(const struct maker *maker)
{
	return value_text(maker->body, "organisation");
}

bool
maker_unseal(struct ask *ask, const struct row_maker_by_id *row,
    struct maker *ret, struct err *err)
{
	struct maker maker = { .row = *row };
	struct row_maker_seats seats;
	if (!registry_state_find(str_of(row->state), &maker.state) ||
	    !registry_kind_find(str_of(row->kind), &maker.kind))
		return err_set(err, ERR_SYSTEM, NULL,
		    "maker %lld has the unknown state %s", (long long)row->id,
		    row->state);
	if (!q_maker_seats(
		ask->db, ask->arena, row->id, ask->now, &seats, err) ||
	    !ask_unseal(ask, row->key_id, PLACE_BODY, row->id, row->body,
		&maker.body, err))
		return err_in(err, "maker %lld", (long long)row->id);
	maker.seats = seats.found;
	maker.as_read = row->revision;
	*ret = maker;
	return true;
}

bool
maker_open(struct ask *ask, int64_t id, struct maker *ret, struct err *err)
{
	struct row_maker_by_id row;
	return q_maker_by_id(ask->db, ask->pass, ask->arena, id, &row, err) &&
	       maker_unseal(ask, &row, ret, err);
}

void
maker_auto(struct maker *maker)
{
	json_decref(maker->body);
	maker->body = NULL;
}

bool
maker_save(struct ask *ask, struct maker *maker, struct err *err)
{
	struct row_maker_by_id *row = &maker->row;
	int64_t count;
	row->state = registry_state_name(maker->state);
	row->changed_at = ask->now;
	if (!ask_seal(ask, row->key_id, PLACE_BODY, row->id, maker->body,
		&row->body, err) ||
	    !q_maker_update(ask->db, ask->pass, row->id, maker->as_read,
		row->state, row->tier, row->revision, row->body,
		row->public_name, row->public_domain, row->category,
		row->alias_tag, row->terms, row->terms_at, row->submitted_at,
		row->active_at, row->reviewed_at, row->review_at, row->alias_at,
		row->state_at, row->changed_at, &count, err))
		return false;
	maker->as_read = row->revision;
	if (count == 1)
		return true;
	return err_set(err, ERR_CONFLICT, "revision",
	    "the application changed just now; read it again and decide "
	    "again");
}

bool
maker_tell(struct ask *ask, const struct maker *maker, const char *kind,
    enum registry_state from, const char *public_class, const json_t *body,
    struct err *err)
{
	AUTO(value) json_t *none = json_object();
	struct str sealed;
	int64_t id = db_id_new();
	int64_t count;
	return ask_seal(ask, maker->row.key_id, PLACE_EVENT, id,
		   body == NULL ? none : body, &sealed, err) &&
	       q_maker_event_insert(ask->db, ask->pass, id, maker->row.id,
		   ask->now, kind, registry_state_name(from),
		   registry_state_name(maker->state), ask->actor->account_id,
		   public_class, sealed, &count, err);
}

/* Everything a maker could still read by or get. */
static bool
cut(struct ask *ask, const struct maker *maker, struct err *err)
{
	int64_t count;
	const char *pattern =
	    ask_print(ask, "maker:%lld:%%", (long long)maker->row.id);
	if (!q_grant_stop_maker(
		ask->db, ask->pass, maker->row.id, ask->now, &count, err) ||
	    !q_maker_mails_cancel(ask->db, pattern, ask->now, &count, err))
		return false;
	return maker->state != REGISTRY_REMOVED ||
	       q_maker_account_end_all(
		   ask->db, maker->row.id, ask->now, &count, err);
}

/* What the public list may say in the state reached. */
static void
publish(struct ask *ask, struct maker *maker)
{
	struct row_maker_by_id *row = &maker->row;
	bool named = value_true(maker->body, "publish") &&
		     value_text(maker->body, "confidential")[0] == '\0';
	bool ever = row->active_at != 0;
	const char *name = maker_name(maker);
	struct str domain =
	    registry_alias_domain(str_of(value_text(maker->body, "alias")));
	row->public_name = named && ever ? ask_print(ask, "%s", name) : "";
	row->public_domain =
	    named && ever ? ask_print(ask, "%.*s", (int)domain.len, domain.ptr)
			  : "";
}

bool
maker_step(struct ask *ask, struct maker *maker, enum registry_event event,
    const char *public_class, const json_t *body, struct err *err)
{
	enum registry_state from = maker->state;
	enum registry_state to;
	if (!registry_step(from, event, &to, err))
		return false;
	maker->state = to;
	maker->row.state_at = ask->now;
	if (to == REGISTRY_ACTIVE && maker->row.active_at == 0)
		maker->row.active_at = ask->now;
	publish(ask, maker);
	if (registry_cuts_grants(to) && !cut(ask, maker, err))
		return false;
	return maker_tell(ask, maker, registry_event_name(event), from,
	    public_class, body, err);
}

bool
maker_mail(struct ask *ask, const struct maker *maker, const char *key,
    const char *kind, int64_t receipt_id, const char *subject, const char *text,
    struct err *err)
{
	const char *full =
	    ask_print(ask, "maker:%lld:%s", (long long)maker->row.id, key);
	return outbox_add(ask, full, kind, receipt_id,
	    value_text(maker->body, "alias"), subject, text, err);
}

static const char *
challenge_text(struct ask *ask, const char *why, const char *link)
{
	static const char *const reasons[][2] = {
		{ "entry", "This address was given as the role address of a "
			   "maker who applies for early notice." },
		{ "regular", "Twice a year we check that this role address "
			     "still reaches somebody." },
		{ "bounce", "A mail to this role address came back." },
		{ "review", "Your yearly review is due. Answering confirms "
			    "that products, contacts, release lines and terms "
			    "still hold; log in first if something changed." },
		{ "return", "This role address did not answer, so nothing new "
			    "is sent to it. Answering ends that." },
	};
	const char *reason = "";
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (strcmp(reasons[i][0], why) == 0)
			reason = reasons[i][1];
	return ask_print(ask,
	    "This is the vulnerability desk of %s.\n\n%s\n\n"
	    "Please answer within %lld days by opening this page and pressing "
	    "the button:\n%s\n\n"
	    "If you know nothing about this, do nothing.\n",
	    ask_policy(ask, "name"), reason,
	    (long long)maker_days(ask, "challenge_days", 7), link);
}

/* One mail of a challenge; number 0 is the first, then reminders. */
static bool
send_challenge(struct ask *ask, const struct maker *maker, const char *why,
    int64_t number, struct err *err)
{
	const char *secret;
	if (!link_new(ask, "challenge", maker->row.id,
		ask->real_now + LINK_DAYS * WHEN_DAY, &secret, err))
		return false;
	const char *link = account_link(ask, "/confirm/", secret);
	const char *key = ask_print(
	    ask, "challenge:%lld:%lld", (long long)ask->now, (long long)number);
	return maker_mail(ask, maker, key, "challenge", 0,
	    "Please confirm this role address", challenge_text(ask, why, link),
	    err);
}

bool
maker_challenge(
    struct ask *ask, struct maker *maker, const char *why, struct err *err)
{
	json_t *challenge = json_object_get(maker->body, "challenge");
	int64_t count;
	bool again = why[0] == '\0';
	if (again) {
		int64_t number = value_int(challenge, "reminders", 0) + 1;
		value_set_int(challenge, "reminders", number);
		return send_challenge(
		    ask, maker, value_text(challenge, "why"), number, err);
	}
	if (!q_link_drop(ask->db, "challenge", maker->row.id, ask->real_now,
		&count, err))
		return false;
	challenge = json_object();
	value_set_text(challenge, "why", why);
	value_set_when(challenge, "sent_at", ask->now);
	value_set_int(challenge, "reminders", 0);
	value_set(maker->body, "challenge", challenge);
	return send_challenge(ask, maker, why, 0, err);
}

static const char *const *
texts(struct ask *ask, const json_t *list, size_t most, size_t *count)
{
	const char **all = arena_get(ask->arena, most * sizeof(*all));
	size_t i;
	json_t *text;
	*count = 0;
	json_array_foreach((json_t *)(uintptr_t)list, i, text)
	{
		if (all == NULL || *count == most)
			break;
		all[(*count)++] = json_string_value(text);
	}
	return all;
}

static const struct registry_product *
products(struct ask *ask, const json_t *list, size_t *count)
{
	struct registry_product *all =
	    arena_get(ask->arena, MAKER_PRODUCTS * sizeof(*all));
	size_t i;
	json_t *item;
	*count = 0;
	json_array_foreach((json_t *)(uintptr_t)list, i, item)
	{
		if (all == NULL || *count == MAKER_PRODUCTS)
			break;
		const char *url = value_text(item, "evidence_url");
		all[(*count)++] = (struct registry_product){
			.name = value_text(item, "name"),
			.page = value_text(item, "page"),
			.evidence = url[0] != '\0'
					? url
					: value_text(item, "evidence_text"),
		};
	}
	return all;
}

struct registry_application
maker_application(struct ask *ask, const struct maker *maker)
{
	const json_t *body = maker->body;
	const json_t *challenge = json_object_get(body, "challenge");
	struct registry_application app = {
		.organisation = value_text(body, "organisation"),
		.legal_name = value_text(body, "legal_name"),
		.country = value_text(body, "country"),
		.category = value_text(body, "category"),
		.contact_url = value_text(body, "contact_url"),
		.alias = value_text(body, "alias"),
		.alias_reason = value_text(body, "alias_reason"),
		.terms = strcmp(maker->row.terms,
			     ask_policy(ask, "terms.version")) == 0
			     ? maker->row.terms
			     : "",
		.alias_answered =
		    registry_challenge(value_when(challenge, "sent_at"),
			value_when(challenge, "answered_at"),
			maker_days(ask, "challenge_days", 7),
			ask->now) == REGISTRY_CHALLENGE_ANSWERED,
	};
	app.domains = texts(ask, json_object_get(body, "domains"),
	    MAKER_DOMAINS, &app.domain_count);
	app.products = products(
	    ask, json_object_get(body, "products"), &app.product_count);
	return app;
}

json_t *
maker_missing(struct ask *ask, const struct maker *maker)
{
	const struct registry_item *items[REGISTRY_ITEMS];
	const struct registry_application app = maker_application(ask, maker);
	size_t count = registry_missing(&app, maker->kind, items);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		value_set_text(item, "name", items[i]->name);
		value_set_text(item, "criterion", items[i]->criterion);
		value_set_text(item, "text", items[i]->text);
		(void)json_array_append_new(list, item);
	}
	return list;
}

bool
maker_entitled(const struct ask *ask, const struct maker *maker)
{
	const struct registry_standing standing = {
		.kind = maker->kind,
		.state = maker->state,
		.unreachable_since = maker->state == REGISTRY_UNREACHABLE
					 ? maker->row.state_at
					 : 0,
		.terms = maker->row.terms,
		.seat = maker->seats > 0,
	};
	return registry_entitled(&standing, ask_policy(ask, "terms.version"),
	    maker_days(ask, "unreachable_days", 14), ask->now);
}

/* Are all three criteria answered, or none needed? */
static bool
is_filled(
    struct ask *ask, const struct maker *maker, bool *ret, struct err *err)
{
	struct row_maker_criteria *rows;
	size_t count = 0;
	if (maker->kind == REGISTRY_APPLICANT &&
	    !q_maker_criteria(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	*ret = maker->kind != REGISTRY_APPLICANT || count == 3;
	return true;
}

bool
maker_progress(struct ask *ask, struct maker *maker, struct err *err)
{
	AUTO(value) json_t *missing = maker_missing(ask, maker);
	bool filled;
	if (maker->state != REGISTRY_SUBMITTED || json_array_size(missing) > 0)
		return true;
	if (!is_filled(ask, maker, &filled, err))
		return false;
	if (!filled)
		return true;
	if (!maker_step(ask, maker, REGISTRY_REVIEW, "", NULL, err))
		return false;
	if (maker->kind == REGISTRY_APPLICANT)
		return true;
	maker->row.reviewed_at = ask->now;
	maker->row.review_at =
	    ask->now + maker_days(ask, "review_days", 365) * WHEN_DAY;
	return maker_step(ask, maker, REGISTRY_APPROVE, "added", NULL, err);
}
