/* Accounts of other people, and API tokens. */
#include "core/when.h"
#include "desk/account.h"
#include "desk/case_parts.h"
#include "desk/link.h"
#include "desk/outbox.h"
#include "os/random.h"
#include "store/statements.h"

/* Roles as words with one blank between. */
static const char *
join_words(struct ask *ask, const char *arg)
{
	AUTO(buf) struct buf words = BUF(LIMIT_HTTP_FORM);
	size_t i;
	json_t *word;
	json_array_foreach(json_object_get(ask->args, arg), i, word) buf_printf(
	    &words, "%s%s", i == 0 ? "" : " ", json_string_value(word));
	const char *copy = arena_copy(ask->arena, buf_text(&words), words.len);
	return copy == NULL ? "" : copy;
}

static bool
add_scopes(struct ask *ask, int64_t account_id, const char *arg,
    const char *kind, struct err *err)
{
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(ask->args, arg), i, name)
	{
		const char *text = json_string_value(name);
		bool area = strcmp(kind, "area") == 0;
		int64_t count;
		if (!q_scope_insert(ask->db, account_id, kind,
			area ? case_area_tag(ask, text)
			     : ask_tag(ask, kind, text),
			&count, err))
			return false;
	}
	return true;
}

static bool
set_scopes(struct ask *ask, int64_t account_id, struct err *err)
{
	int64_t count;
	return q_scope_clear(ask->db, account_id, &count, err) &&
	       add_scopes(ask, account_id, "areas", "area", err) &&
	       add_scopes(ask, account_id, "lines", "line", err);
}

bool
account_invite_mail(struct ask *ask, int64_t account_id, const char *email,
    const char *link, struct err *err)
{
	const char *key = ask_print(ask, "invite:%lld:%lld",
	    (long long)account_id, (long long)ask->real_now);
	const char *text = ask_print(ask,
	    "You are invited to the vulnerability desk of %s.\n\n"
	    "Set up your account within 7 days:\n%s\n\n"
	    "The link works once. If you did not expect this mail, ignore "
	    "it.\n",
	    ask_policy(ask, "name"), link);
	return outbox_add(
	    ask, key, "invite", 0, email, "Set up your account", text, err);
}

bool
do_account_invite(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *about = json_object();
	static const char *const kept[] = { "email", "name", "employer",
		"areas", "lines" };
	int64_t id;
	const char *secret;
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set(about, kept[i],
		    json_incref(json_object_get(ask->args, kept[i])));
	if (!account_create(
		ask, about, join_words(ask, "roles"), &id, &secret, err) ||
	    !set_scopes(ask, id, err))
		return false;
	const char *link = account_link(ask, "/setup/", secret);
	ask->object = ask_print(ask, "account:%lld", (long long)id);
	if (!account_invite_mail(
		ask, id, value_text(about, "email"), link, err))
		return false;
	*ret = json_pack("{s:I, s:s}", "account", (json_int_t)id, "link", link);
	return true;
}

bool
do_account_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_account_by_id *rows;
	size_t count;
	if (!q_account_list(ask->db, ask->arena, &rows, &count, err))
		return false;
	AUTO(value) json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		AUTO(account) struct account account = { 0 };
		if (!account_open(ask, rows[i].id, &account, err))
			return false;
		(void)json_array_append_new(list, account_value(&account));
	}
	*ret = json_pack("{s:O}", "accounts", list);
	return true;
}

static bool
open_other(struct ask *ask, struct account *ret, struct err *err)
{
	int64_t id = ask_int(ask, "account", 0);
	ask->object = ask_print(ask, "account:%lld", (long long)id);
	return account_open(ask, id, ret, err);
}

bool
do_account_change(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	static const char *const kept[] = { "areas", "lines" };
	if (!open_other(ask, &account, err))
		return false;
	bool self = account.row.id == ask->actor->account_id;
	const char *roles = join_words(ask, "roles");
	if (self && strstr(account.row.roles, "admin") != NULL &&
	    strstr(roles, "admin") == NULL)
		return err_set(err, ERR_INVALID, "roles",
		    "you cannot take the role admin from yourself; ask "
		    "another admin");
	account.row.roles = roles;
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set(account.body, kept[i],
		    json_incref(json_object_get(ask->args, kept[i])));
	if (!account_save(ask, &account, err) ||
	    !set_scopes(ask, account.row.id, err))
		return false;
	*ret = account_value(&account);
	return true;
}

/* Ends everything an account could still act with. */
static bool
end_access(struct ask *ask, int64_t id, struct err *err)
{
	int64_t count;
	return q_session_revoke_all(
		   ask->db, id, 0, ask->real_now, &count, err) &&
	       q_token_revoke_all(ask->db, id, ask->real_now, &count, err) &&
	       q_link_drop(ask->db, "setup", id, ask->real_now, &count, err);
}

bool
do_account_disable(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	if (!open_other(ask, &account, err))
		return false;
	if (account.row.id == ask->actor->account_id)
		return err_set(err, ERR_INVALID, "account",
		    "you cannot disable yourself; ask another admin");
	account.row.state = "disabled";
	if (!account_save(ask, &account, err) ||
	    !end_access(ask, account.row.id, err))
		return false;
	*ret = account_value(&account);
	return true;
}

bool
do_account_reset(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	const char *secret;
	if (!open_other(ask, &account, err) ||
	    !end_access(ask, account.row.id, err))
		return false;
	account.row.state = "invited";
	account.row.password = "";
	(void)json_object_del(account.body, "totp");
	(void)json_object_del(account.body, "totp_new");
	if (!account_save(ask, &account, err) ||
	    !link_new(ask, "setup", account.row.id,
		ask->real_now + 7 * WHEN_DAY, &secret, err))
		return false;
	const char *link = account_link(ask, "/setup/", secret);
	if (!account_invite_mail(ask, account.row.id,
		value_text(account.body, "email"), link, err))
		return false;
	*ret = json_pack(
	    "{s:I, s:s}", "account", (json_int_t)account.row.id, "link", link);
	return true;
}

bool
do_token_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_token_list *rows;
	size_t count;
	if (!q_token_list(ask->db, ask->arena, ask->actor->account_id, &rows,
		&count, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack("{s:I, s:s, s:s}", "token",
		    (json_int_t)rows[i].id, "name", rows[i].name, "scopes",
		    rows[i].scopes);
		bool live = rows[i].revoked_at == 0 &&
			    rows[i].expires_at > ask->real_now;
		value_set_when(row, "created_at", rows[i].created_at);
		value_set_when(row, "expires_at", rows[i].expires_at);
		value_set_when(row, "revoked_at", rows[i].revoked_at);
		value_set_bool(row, "live", live);
		(void)json_array_append_new(list, row);
	}
	*ret = json_pack("{s:o}", "tokens", list);
	return true;
}

bool
do_token_create(struct ask *ask, json_t **ret, struct err *err)
{
	char secret[RANDOM_TOKEN_256];
	int64_t id = db_id_new();
	int64_t ends = ask->real_now + ask_int(ask, "days", 1) * WHEN_DAY;
	int64_t count;
	random_token_256(secret);
	const char *text = ask_print(ask, "fwt_%s", secret);
	if (!q_token_insert(ask->db, id, ask_hash(ask, "token", text),
		ask->actor->account_id, ask_text(ask, "name"),
		join_words(ask, "scopes"), ask->real_now, ends, &count, err))
		return false;
	*ret = json_pack("{s:I, s:s}", "token", (json_int_t)id, "secret", text);
	value_set_when(*ret, "expires_at", ends);
	return true;
}

bool
do_token_revoke(struct ask *ask, json_t **ret, struct err *err)
{
	int64_t count;
	if (!q_token_revoke(ask->db, ask_int(ask, "token", 0),
		ask->actor->account_id, ask->real_now, &count, err))
		return false;
	if (count == 0)
		return err_set(
		    err, ERR_MISSING, "token", "you have no such live token");
	*ret = json_object();
	return true;
}
