/* What visitors may do: apply, follow their application, confirm an alias. */
#include "desk/maker.h"

#include "core/when.h"
#include "desk/account.h"
#include "desk/link.h"

#define APPLICATION_DAYS 400
#define PER_ADDRESS_DAY 5
#define PER_ALIAS_DAY 3

static const char *const kept[] = { "organisation", "legal_name", "country",
	"category", "contact_url", "alias", "alias_reason", "cra_alias",
	"key_alias", "key", "time_zone", "eu_market", "confidential",
	"accepted_by", "vouchers" };

/* Counts an act of a source; refuses more than most in a day. */
static bool
cap(struct ask *ask, const char *kind, const char *source, int64_t most,
    struct err *err)
{
	struct row_attempt_count made;
	struct str tag = ask_tag(ask, kind, source);
	int64_t count;
	if (!q_attempt_count(ask->db, ask->arena, kind, tag,
		ask->real_now - WHEN_DAY, &made, err))
		return false;
	if (made.found >= most)
		return err_set(err, ERR_LIMIT, NULL,
		    "that is enough for one day; try again tomorrow, or "
		    "write to us");
	return q_attempt_insert(
	    ask->db, db_id_new(), kind, tag, ask->real_now, &count, err);
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* "https://Example.ORG/x", "example.org." and "example.org" are one. */
static bool
add_domain(json_t *list, struct str typed, struct err *err)
{
	char text[254];
	struct str host;
	if (!registry_host(typed, &host))
		host = typed;
	if (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	if (host.len >= sizeof(text))
		return err_set(err, ERR_INVALID, "domains",
		    "a domain is longer than 253 characters; shorten it");
	for (size_t i = 0; i < host.len; i++)
		text[i] = lower(host.ptr[i]);
	if (!registry_host_in(
		(struct str){ text, host.len }, (struct str){ text, host.len }))
		return err_set(err, ERR_INVALID, "domains",
		    "\"%.*s\" is no web domain; write it like example.org",
		    (int)(host.len > 80 ? 80 : host.len), host.ptr);
	(void)json_array_append_new(list, json_stringn(text, host.len));
	return true;
}

static bool
read_domains(struct ask *ask, json_t *body, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	size_t i;
	json_t *text;
	json_array_foreach(json_object_get(ask->args, "domains"), i, text)
	{
		if (!add_domain(list, str_of(json_string_value(text)), err))
			return false;
	}
	value_set(body, "domains", json_incref(list));
	return true;
}

static bool
check_terms(const struct ask *ask, struct err *err)
{
	const char *current = ask_policy(ask, "terms.version");
	if (strcmp(ask_text(ask, "terms"), current) == 0)
		return true;
	return err_set(err, ERR_INVALID, "terms",
	    "the terms in force are version %s; read and accept those",
	    current);
}

static void
read_product(struct ask *ask, json_t *body)
{
	json_t *item = json_object();
	json_t *list = json_array();
	json_t *lines = json_object_get(ask->args, "lines");
	value_set_text(item, "name", ask_text(ask, "product"));
	value_set_text(item, "page", ask_text(ask, "product_url"));
	value_set_text(item, "evidence_url", ask_text(ask, "evidence_url"));
	value_set_text(item, "evidence_text", ask_text(ask, "evidence_text"));
	value_set(
	    item, "lines", lines == NULL ? json_array() : json_incref(lines));
	(void)json_array_append_new(list, item);
	value_set(body, "products", list);
}

/* Fills the body from the form; the challenge stays as it was. */
static bool
read_form(struct ask *ask, json_t *body, struct err *err)
{
	unsigned warnings;
	if (!registry_alias(
		str_of(ask_text(ask, "alias")), NULL, 0, &warnings, err) ||
	    !check_terms(ask, err) || !read_domains(ask, body, err))
		return false;
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set(body, kept[i],
		    json_incref(json_object_get(ask->args, kept[i])));
	return true;
}

static bool
insert(struct ask *ask, const char *kind, json_t *body, struct maker *ret,
    struct err *err)
{
	int64_t id = db_id_new();
	int64_t key_id, count;
	struct str sealed;
	struct row_maker_by_id row;
	if (!vault_key_new(ask->vault, "maker", ask->now, &key_id, err) ||
	    !ask_seal(ask, key_id, "maker.body", id, body, &sealed, err) ||
	    !q_maker_insert(ask->db, ask->pass, id, kind, "draft", "T2", key_id,
		sealed, value_text(body, "category"),
		ask_tag(ask, "email", value_text(body, "alias")),
		ask_text(ask, "terms"), ask->now, &count, err) ||
	    !q_maker_by_id(ask->db, ask->pass, ask->arena, id, &row, err))
		return false;
	return maker_unseal(ask, &row, ret, err) &&
	       maker_step(ask, ret, REGISTRY_SUBMIT, "", NULL, err);
}

/* The application that a private link leads to. */
static bool
open_link(struct ask *ask, struct maker *ret, struct err *err)
{
	int64_t id;
	if (!link_find(
		ask, "application", ask_text(ask, "link"), false, &id, err) ||
	    !maker_open(ask, id, ret, err))
		return false;
	ask->object = ask_print(ask, "maker:%lld", (long long)id);
	return true;
}

/* The same application once more, as its next revision. */
static bool
again(struct ask *ask, struct maker *ret, struct err *err)
{
	if (!open_link(ask, ret, err))
		return false;
	if (ret->state != REGISTRY_INCOMPLETE &&
	    ret->state != REGISTRY_SUBMITTED)
		return err_set(err, ERR_CONFLICT, NULL,
		    "this application is %s and cannot be sent again",
		    registry_state_name(ret->state));
	const char *alias =
	    ask_print(ask, "%s", value_text(ret->body, "alias"));
	if (!read_form(ask, ret->body, err))
		return false;
	read_product(ask, ret->body);
	if (strcmp(alias, value_text(ret->body, "alias")) != 0)
		json_object_del(ret->body, "challenge");
	ret->row.revision++;
	ret->row.terms = ask_text(ask, "terms");
	ret->row.terms_at = ask->now;
	ret->row.submitted_at = ask->now;
	ret->row.category = ask_text(ask, "category");
	ret->row.alias_tag = ask_tag(ask, "email", ask_text(ask, "alias"));
	return ret->state == REGISTRY_SUBMITTED ||
	       maker_step(ask, ret, REGISTRY_RESUBMIT, "", NULL, err);
}

static bool
first(struct ask *ask, struct maker *ret, const char **link, struct err *err)
{
	AUTO(value) json_t *body = json_object();
	const char *secret;
	if (!read_form(ask, body, err))
		return false;
	read_product(ask, body);
	if (!insert(ask, "applicant", body, ret, err) ||
	    !link_new(ask, "application", ret->row.id,
		ask->real_now + APPLICATION_DAYS * WHEN_DAY, &secret, err))
		return false;
	ask->object = ask_print(ask, "maker:%lld", (long long)ret->row.id);
	*link = account_link(ask, "/application/", secret);
	return true;
}

bool
do_maker_apply(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	const char *link = "";
	if (!cap(ask, "apply", ask->address, PER_ADDRESS_DAY, err) ||
	    !cap(
		ask, "apply-alias", ask_text(ask, "alias"), PER_ALIAS_DAY, err))
		return false;
	if (ask_has(ask, "link")) {
		link =
		    account_link(ask, "/application/", ask_text(ask, "link"));
		if (!again(ask, &maker, err))
			return false;
	} else if (!first(ask, &maker, &link, err)) {
		return false;
	}
	if (json_object_get(maker.body, "challenge") == NULL &&
	    !maker_challenge(ask, &maker, "entry", err))
		return false;
	if (!maker_progress(ask, &maker, err) || !maker_save(ask, &maker, err))
		return false;
	*ret = json_object();
	value_set_text(*ret, "link", link);
	value_set_text(*ret, "state", registry_state_name(maker.state));
	value_set_int(*ret, "revision", maker.row.revision);
	value_set(*ret, "missing", maker_missing(ask, &maker));
	return true;
}

/* Criteria that failed, of a refused application. */
static bool
failed_criteria(
    struct ask *ask, const struct maker *maker, json_t **ret, struct err *err)
{
	struct row_maker_criteria *rows;
	size_t count = 0;
	if (maker->state == REGISTRY_REFUSED &&
	    !q_maker_criteria(ask->db, ask->pass, ask->arena, maker->row.id,
		&rows, &count, err))
		return false;
	*ret = json_array();
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].answer, "no") == 0)
			(void)json_array_append_new(
			    *ret, json_string(rows[i].criterion));
	return true;
}

bool
do_maker_application(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	json_t *failed;
	if (!open_link(ask, &maker, err) ||
	    !failed_criteria(ask, &maker, &failed, err))
		return false;
	*ret = json_object();
	value_set(*ret, "failed", failed);
	value_set_text(*ret, "state", registry_state_name(maker.state));
	value_set_int(*ret, "revision", maker.row.revision);
	value_set_when(*ret, "submitted_at", maker.row.submitted_at);
	value_set_when(*ret, "decision_due_at",
	    maker.row.submitted_at +
		maker_days(ask, "decision_days", 30) * WHEN_DAY);
	value_set_text(*ret, "question", value_text(maker.body, "question"));
	value_set_text(*ret, "appeal", ask_policy(ask, "makers.appeal"));
	value_set_bool(*ret, "open",
	    maker.state == REGISTRY_INCOMPLETE ||
		maker.state == REGISTRY_SUBMITTED);
	value_set(*ret, "missing", maker_missing(ask, &maker));
	value_set(*ret, "terms",
	    json_incref((json_t *)(uintptr_t)ask_policy_value(ask, "terms")));
	return true;
}

static bool
answered(struct ask *ask, struct maker *maker, struct err *err)
{
	json_t *challenge = json_object_get(maker->body, "challenge");
	enum registry_challenge now =
	    registry_challenge(value_when(challenge, "sent_at"), 0,
		maker_days(ask, "challenge_days", 7), ask->now);
	if (now == REGISTRY_CHALLENGE_EXPIRED &&
	    maker->state != REGISTRY_UNREACHABLE)
		return err_set(err, ERR_MISSING, "link",
		    "the time to answer is over; ask us for a new message");
	value_set_when(challenge, "answered_at", ask->now);
	maker->row.alias_at = ask->now;
	if (strcmp(value_text(challenge, "why"), "review") == 0 &&
	    maker->state == REGISTRY_ACTIVE) {
		maker->row.reviewed_at = ask->now;
		maker->row.review_at =
		    ask->now + maker_days(ask, "review_days", 365) * WHEN_DAY;
		return maker_tell(ask, maker, "reviewed", maker->state,
		    "reviewed", NULL, err);
	}
	return maker_tell(ask, maker, "confirmed", maker->state, "", NULL, err);
}

bool
do_maker_confirm(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	int64_t id;
	const char *secret = ask_text(ask, "link");
	if (!link_find(ask, "challenge", secret, true, &id, err) ||
	    !link_use(ask, "challenge", secret, err) ||
	    !maker_open(ask, id, &maker, err))
		return false;
	ask->object = ask_print(ask, "maker:%lld", (long long)id);
	if (!answered(ask, &maker, err) ||
	    (maker.state == REGISTRY_UNREACHABLE &&
		!maker_step(ask, &maker, REGISTRY_ANSWER, "", NULL, err)) ||
	    !maker_progress(ask, &maker, err) || !maker_save(ask, &maker, err))
		return false;
	*ret = json_pack("{s:s}", "state", registry_state_name(maker.state));
	return true;
}

bool
do_member_add(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	AUTO(value) json_t *body = json_object();
	if (!read_form(ask, body, err))
		return false;
	value_set_bool(body, "publish", ask_true(ask, "publish"));
	value_set(body, "products", json_array());
	if (!insert(ask, ask_text(ask, "kind"), body, &maker, err) ||
	    !maker_challenge(ask, &maker, "entry", err) ||
	    !maker_save(ask, &maker, err))
		return false;
	ask->object = ask_print(ask, "maker:%lld", (long long)maker.row.id);
	*ret = json_object();
	value_set_int(*ret, "maker", maker.row.id);
	value_set_text(*ret, "state", registry_state_name(maker.state));
	value_set(*ret, "missing", maker_missing(ask, &maker));
	return true;
}
