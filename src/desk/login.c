/* Logging in and out, sessions, own password and recovery codes. */
#include "core/when.h"
#include "desk/account.h"
#include "desk/ask.h"
#include "desk/link.h"
#include "desk/totp.h"
#include "os/random.h"
#include "store/statements.h"

#include <sodium.h>

#define SESSION_LIFE (12 * WHEN_HOUR)
#define RECOVERY_CODES 10

/*
 * Lock-out counts per account and source together, and per source alone, never
 * per account alone: nobody can lock somebody else out from elsewhere.
 */
#define WINDOW (15 * WHEN_MINUTE)
#define MOST_PER_PAIR 5
#define MOST_PER_SOURCE 30

#define WRONG                                                                  \
	"address, password or code is wrong; five wrong tries mean a wait "    \
	"of 15 minutes"

struct source {
	struct str pair;
	struct str alone;
};

static void
find_source(struct ask *ask, struct source *ret)
{
	const char *pair =
	    ask_print(ask, "%s %s", ask->address, ask_text(ask, "email"));
	ret->pair = ask_tag(ask, "login.pair", pair);
	ret->alone = ask_tag(ask, "login.source", ask->address);
}

static bool
check_tries(struct ask *ask, const struct source *source, struct err *err)
{
	struct row_attempt_count pair, alone;
	int64_t since = ask->real_now - WINDOW;
	if (!q_attempt_count(ask->db, ask->arena, "login", source->pair, since,
		&pair, err) ||
	    !q_attempt_count(ask->db, ask->arena, "login", source->alone, since,
		&alone, err))
		return false;
	if (pair.found >= MOST_PER_PAIR || alone.found >= MOST_PER_SOURCE)
		return err_set(err, ERR_LIMIT, NULL,
		    "too many wrong tries from here; wait 15 minutes");
	return true;
}

static bool
count_try(struct ask *ask, const struct source *source, struct err *err)
{
	int64_t count;
	ask->keep = true;
	return q_attempt_insert(ask->db, db_id_new(), "login", source->pair,
		   ask->real_now, &count, err) &&
	       q_attempt_insert(ask->db, db_id_new(), "login", source->alone,
		   ask->real_now, &count, err);
}

/* As slow for an unknown address as for a known one. */
static bool
password_fits(const struct account *account, const char *password)
{
	static const char nobody[crypto_pwhash_STRBYTES] =
	    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
	    "mQ1nPqP0m0W8x0yq4xXl1Yx1yY0N8Q0v2o0u5y3m1nE";
	const char *stored = account->row.password;
	bool known = stored != NULL && stored[0] != '\0';
	bool fits = crypto_pwhash_str_verify(known ? stored : nobody, password,
			strlen(password)) == 0;
	return known && fits;
}

static bool
recovery_fits(struct ask *ask, int64_t account_id, const char *code, bool *ret,
    struct err *err)
{
	int64_t count;
	if (!q_recovery_use(ask->db, ask_hash(ask, "recovery", code),
		account_id, ask->real_now, &count, err))
		return false;
	*ret = count == 1;
	return true;
}

/* A code of the authenticator works once; so does a recovery code. */
static bool
code_fits(struct ask *ask, const struct account *account, const char *code,
    bool *ret, struct err *err)
{
	int64_t step, count;
	if (!totp_check(
		value_text(account->body, "totp"), code, ask->real_now, &step))
		return recovery_fits(ask, account->row.id, code, ret, err);
	if (!q_account_code_used(ask->db, account->row.id, step, &count, err))
		return false;
	*ret = count == 1;
	return true;
}

static bool
open_session(struct ask *ask, int64_t account_id, json_t **ret, struct err *err)
{
	char secret[RANDOM_TOKEN_256];
	struct str sealed;
	int64_t id = db_id_new();
	int64_t count;
	AUTO(value)
	json_t *body = json_pack(
	    "{s:s, s:s}", "address", ask->address, "agent", ask->agent);
	random_token_256(secret);
	if (!ask_seal(ask, ask_house_key(ask), "session.body", id, body,
		&sealed, err) ||
	    !q_session_insert(ask->db, ask_hash(ask, "session", secret), id,
		account_id, ask->real_now, ask->real_now + SESSION_LIFE, sealed,
		&count, err))
		return false;
	*ret = json_pack("{s:s}", "session", secret);
	value_set_when(*ret, "expires_at", ask->real_now + SESSION_LIFE);
	sodium_memzero(secret, sizeof(secret));
	return true;
}

static bool
find_account(struct ask *ask, struct account *ret, struct err *err)
{
	if (account_find(ask, ask_text(ask, "email"), ret, err))
		return true;
	if (err->kind != ERR_MISSING)
		return false;
	*err = (struct err){ 0 };
	return true;
}

/* The first page of somebody with these roles; a maker's contact has none. */
static const char *
home_of(const char *roles)
{
	static const char *const desk[] = { "team", "maintainer",
		"release-manager" };
	for (size_t i = 0; i < COUNT(desk); i++)
		if (strstr(roles, desk[i]) != NULL)
			return "desk";
	return roles[0] == '\0' ? "maker" : "account";
}

bool
do_session_open(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	struct source source;
	bool code = false;
	int64_t count;
	find_source(ask, &source);
	if (!check_tries(ask, &source, err) ||
	    !find_account(ask, &account, err))
		return false;
	bool password = password_fits(&account, ask_text(ask, "password"));
	bool active =
	    account.body != NULL && strcmp(account.row.state, "active") == 0;
	if (password && active &&
	    !code_fits(ask, &account, ask_text(ask, "code"), &code, err))
		return false;
	if (!code) {
		if (!count_try(ask, &source, err))
			return false;
		return err_set(err, ERR_INVALID, NULL, WRONG);
	}
	ask->object = ask_print(ask, "account:%lld", (long long)account.row.id);
	if (!q_attempt_clear(ask->db, "login", source.pair, &count, err) ||
	    !open_session(ask, account.row.id, ret, err))
		return false;
	value_set_text(*ret, "home", home_of(account.row.roles));
	return true;
}

bool
do_session_close(struct ask *ask, json_t **ret, struct err *err)
{
	int64_t count;
	if (!q_session_revoke(ask->db, ask->actor->session_id,
		ask->actor->account_id, ask->real_now, &count, err))
		return false;
	*ret = json_object();
	return true;
}

bool
do_session_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_session_list *rows;
	size_t count;
	if (!q_session_list(ask->db, ask->arena, ask->actor->account_id,
		ask->real_now, &rows, &count, err))
		return false;
	AUTO(value) json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *body = NULL;
		if (!ask_unseal(ask, ask_house_key(ask), "session.body",
			rows[i].id, rows[i].body, &body, err))
			return false;
		value_set_int(body, "session", rows[i].id);
		value_set_when(body, "created_at", rows[i].created_at);
		value_set_when(body, "expires_at", rows[i].expires_at);
		value_set_bool(
		    body, "this_one", rows[i].id == ask->actor->session_id);
		(void)json_array_append_new(list, body);
	}
	*ret = json_pack("{s:O}", "sessions", list);
	return true;
}

bool
do_session_revoke(struct ask *ask, json_t **ret, struct err *err)
{
	int64_t count;
	if (!q_session_revoke(ask->db, ask_int(ask, "session", 0),
		ask->actor->account_id, ask->real_now, &count, err))
		return false;
	if (count == 0)
		return err_set(err, ERR_MISSING, "session",
		    "you have no such open session");
	*ret = json_object();
	return true;
}

/* Hashes a new password into the account's row. */
static bool
set_password(struct ask *ask, struct account *account, const char *password,
    struct err *err)
{
	char *text = arena_get(ask->arena, crypto_pwhash_STRBYTES);
	if (text == NULL || crypto_pwhash_str(text, password, strlen(password),
				crypto_pwhash_OPSLIMIT_INTERACTIVE,
				crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return err_set(
		    err, ERR_RETRY, NULL, "memory is short; try again");
	account->row.password = text;
	return true;
}

/* New recovery codes; the answer shows them once. */
static bool
new_recovery_codes(
    struct ask *ask, int64_t account_id, json_t **ret, struct err *err)
{
	AUTO(value) json_t *codes = json_array();
	int64_t count;
	if (!q_recovery_clear(ask->db, account_id, &count, err))
		return false;
	for (int i = 0; i < RECOVERY_CODES; i++) {
		char code[RANDOM_HEX_128];
		random_hex_128(code);
		code[20] = '\0';
		if (!q_recovery_insert(ask->db, ask_hash(ask, "recovery", code),
			account_id, &count, err))
			return false;
		(void)json_array_append_new(codes, json_string(code));
	}
	*ret = json_incref(codes);
	return true;
}

/* The account behind a set-up link that was not used yet. */
static bool
open_setup(struct ask *ask, struct account *ret, struct err *err)
{
	int64_t id;
	return link_find(ask, "setup", ask_text(ask, "link"), true, &id, err) &&
	       account_open(ask, id, ret, err);
}

bool
do_account_begin(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	char secret[TOTP_TEXT];
	if (!open_setup(ask, &account, err))
		return false;
	if (value_text(account.body, "totp_new")[0] == '\0') {
		totp_new(secret);
		value_set_text(account.body, "totp_new", secret);
		if (!account_save(ask, &account, err))
			return false;
	}
	const char *email = value_text(account.body, "email");
	const char *totp = value_text(account.body, "totp_new");
	const char *project = ask_policy(ask, "name");
	*ret = json_pack("{s:s, s:s, s:s}", "email", email, "name",
	    value_text(account.body, "name"), "totp", totp);
	value_set(*ret, "totp_url",
	    json_sprintf("otpauth://totp/Forewarn:%s?secret=%s&issuer=Forewarn",
		email, totp));
	value_set_text(*ret, "project", project);
	return true;
}

bool
do_account_setup(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	int64_t step, count;
	json_t *codes = NULL;
	if (!open_setup(ask, &account, err))
		return false;
	const char *totp = value_text(account.body, "totp_new");
	if (!totp_check(totp, ask_text(ask, "code"), ask->real_now, &step))
		return err_set(err, ERR_INVALID, "code",
		    "the six digits do not fit; check the clock of your "
		    "device and enter the newest code");
	if (!set_password(ask, &account, ask_text(ask, "password"), err) ||
	    !link_use(ask, "setup", ask_text(ask, "link"), err))
		return false;
	value_set_text(account.body, "totp", totp);
	(void)json_object_del(account.body, "totp_new");
	value_set_text(account.body, "name", ask_text(ask, "name"));
	account.row.state = "active";
	ask->object = ask_print(ask, "account:%lld", (long long)account.row.id);
	if (!account_save(ask, &account, err) ||
	    !q_account_code_used(ask->db, account.row.id, step, &count, err) ||
	    !q_session_revoke_all(
		ask->db, account.row.id, 0, ask->real_now, &count, err) ||
	    !new_recovery_codes(ask, account.row.id, &codes, err))
		return false;
	*ret = json_pack("{s:s, s:o}", "email",
	    value_text(account.body, "email"), "recovery_codes", codes);
	return true;
}

/* The asker's own account, if this is its password. */
static bool
open_own(struct ask *ask, const char *password_arg, struct account *ret,
    struct err *err)
{
	if (!account_open(ask, ask->actor->account_id, ret, err))
		return false;
	if (!password_fits(ret, ask_text(ask, password_arg)))
		return err_set(err, ERR_INVALID, password_arg,
		    "the present password is wrong");
	return true;
}

bool
do_account_password(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	int64_t count;
	if (!open_own(ask, "old", &account, err) ||
	    !set_password(ask, &account, ask_text(ask, "new"), err) ||
	    !account_save(ask, &account, err) ||
	    !q_session_revoke_all(ask->db, account.row.id,
		ask->actor->session_id, ask->real_now, &count, err))
		return false;
	*ret = json_object();
	return true;
}

bool
do_account_recovery(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	json_t *codes = NULL;
	if (!open_own(ask, "password", &account, err) ||
	    !new_recovery_codes(ask, account.row.id, &codes, err))
		return false;
	*ret = json_pack("{s:o}", "recovery_codes", codes);
	return true;
}

bool
do_account_me(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	if (!account_open(ask, ask->actor->account_id, &account, err))
		return false;
	*ret = account_value(&account);
	return true;
}
