/* Persons of a maker, and what a maker says of itself. */
#include "desk/maker.h"

#include "desk/account.h"
#include "rules/access.h"

#define PRODUCT_FIELDS 3

/* An account for the address, made when there is none. */
static bool
find_person(
    struct ask *ask, const struct maker *maker, int64_t *ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	struct err missing = { 0 };
	const char *email = ask_text(ask, "email");
	const char *link;
	if (account_find(ask, email, &account, &missing)) {
		*ret = account.row.id;
		return true;
	}
	if (missing.kind != ERR_MISSING)
		return err_set(err, missing.kind, NULL, "%s", missing.text);
	AUTO(value)
	json_t *about = json_pack("{s:s, s:s, s:s}", "email", email, "name",
	    ask_text(ask, "name"), "employer", maker_name(maker));
	return account_create(ask, about, "", ret, &link, err) &&
	       account_invite_mail(
		   ask, *ret, email, account_link(ask, "/setup/", link), err);
}

bool
do_maker_contact(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	int64_t account_id, count;
	if (!maker_open(ask, ask->subject.id, &maker, err))
		return false;
	if (registry_cuts_grants(maker.state))
		return err_set(err, ERR_CONFLICT, NULL,
		    "persons are added when the maker is active; it is %s",
		    registry_state_name(maker.state));
	bool seat = maker.kind == REGISTRY_COMMITTEE;
	AUTO(value)
	json_t *record = json_pack("{s:s, s:s}", "name", ask_text(ask, "name"),
	    "email", ask_text(ask, "email"));
	if (!find_person(ask, &maker, &account_id, err) ||
	    !q_maker_account_put(ask->db, maker.row.id, account_id,
		seat ? "committee" : "alerts", ask->now, &count, err) ||
	    !maker_tell(ask, &maker, seat ? "seat" : "contact", maker.state, "",
		record, err))
		return false;
	*ret = json_pack("{s:I, s:I}", "maker", (json_int_t)maker.row.id,
	    "account", (json_int_t)account_id);
	return true;
}

bool
do_maker_contact_end(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	int64_t account_id = ask_int(ask, "account", 0);
	int64_t count;
	if (!maker_open(ask, ask->subject.id, &maker, err) ||
	    !q_maker_account_end(
		ask->db, maker.row.id, account_id, ask->now, &count, err))
		return false;
	if (count == 0)
		return err_set(err, ERR_MISSING, "account",
		    "this person does not act for this maker");
	AUTO(value)
	json_t *record = json_pack("{s:s, s:s}", "name",
	    account_name(ask, account_id), "reason", ask_text(ask, "reason"));
	if (!maker_tell(
		ask, &maker, "contact-end", maker.state, "", record, err))
		return false;
	*ret = json_pack("{s:I, s:I}", "maker", (json_int_t)maker.row.id,
	    "account", (json_int_t)account_id);
	return true;
}

static bool
save_own(struct ask *ask, struct maker *maker, json_t **ret, struct err *err)
{
	if (!maker_save(ask, maker, err))
		return false;
	*ret = json_pack("{s:I, s:s}", "maker", (json_int_t)maker->row.id,
	    "state", registry_state_name(maker->state));
	return true;
}

bool
do_maker_terms(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	const char *current = ask_policy(ask, "terms.version");
	if (!maker_open(ask, ask->subject.id, &maker, err))
		return false;
	if (strcmp(ask_text(ask, "terms"), current) != 0)
		return err_set(err, ERR_INVALID, "terms",
		    "the terms in force are version %s; read and accept those",
		    current);
	AUTO(value)
	json_t *record =
	    json_pack("{s:s, s:s}", "terms", current, "who", ask->actor->name);
	maker.row.terms = current;
	maker.row.terms_at = ask->now;
	value_set_text(maker.body, "accepted_by", ask->actor->name);
	return maker_tell(ask, &maker, "terms", maker.state, "", record, err) &&
	       save_own(ask, &maker, ret, err);
}

/* Evidence that was given for a product of this name before. */
static void
keep_evidence(const json_t *old, json_t *item)
{
	size_t i;
	json_t *product;
	json_array_foreach((json_t *)(uintptr_t)old, i, product)
	{
		if (strcmp(value_text(product, "name"),
			value_text(item, "name")) != 0)
			continue;
		value_set_text(
		    item, "evidence_url", value_text(product, "evidence_url"));
		value_set_text(item, "evidence_text",
		    value_text(product, "evidence_text"));
	}
}

/* "name | page URL | lines shipped" */
static bool
add_product(json_t *list, struct str line, const json_t *old, struct err *err)
{
	struct str part[PRODUCT_FIELDS] = { { NULL, 0 } };
	struct str rest = line;
	struct str host;
	for (size_t i = 0; i < PRODUCT_FIELDS && rest.ptr != NULL; i++)
		part[i] = str_trim(str_cut(&rest, '|'));
	if (part[0].len == 0 || part[0].len > 120 || rest.ptr != NULL ||
	    part[1].len > 500 || !registry_host(part[1], &host))
		return err_set(err, ERR_INVALID, "products",
		    "line %zu is not \"name | https://page | lines shipped\"",
		    json_array_size(list) + 1);
	json_t *item = json_object();
	json_t *lines = json_array();
	value_set(item, "name", json_stringn(part[0].ptr, part[0].len));
	value_set(item, "page", json_stringn(part[1].ptr, part[1].len));
	while (part[2].ptr != NULL) {
		struct str word = str_trim(str_cut(&part[2], ','));
		if (word.len > 0)
			(void)json_array_append_new(
			    lines, json_stringn(word.ptr, word.len));
	}
	value_set(item, "lines", lines);
	keep_evidence(old, item);
	(void)json_array_append_new(list, item);
	return true;
}

bool
do_maker_products(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value) json_t *list = json_array();
	struct str rest = str_of(ask_text(ask, "products"));
	if (!maker_open(ask, ask->subject.id, &maker, err))
		return false;
	while (rest.ptr != NULL) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		if (line.len > 0 &&
		    !add_product(list, line,
			json_object_get(maker.body, "products"), err))
			return false;
	}
	if (json_array_size(list) == 0 ||
	    json_array_size(list) > MAKER_PRODUCTS)
		return err_set(err, ERR_INVALID, "products",
		    "give between 1 and %d products", MAKER_PRODUCTS);
	value_set(maker.body, "products", json_incref(list));
	AUTO(value) json_t *record = json_pack("{s:O}", "products", list);
	return maker_tell(
		   ask, &maker, "products", maker.state, "", record, err) &&
	       save_own(ask, &maker, ret, err);
}
