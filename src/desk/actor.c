#include "desk/actor.h"

#include "desk/account.h"

/* ERR_MISSING is no fault here: the visitor is simply not logged in. */
static bool
forgive_missing(struct err *err)
{
	if (err->kind != ERR_MISSING)
		return false;
	*err = (struct err){ 0 };
	return true;
}

static bool
find_session(
    struct ask *ask, const char *secret, struct actor *actor, struct err *err)
{
	struct row_session_find row;
	if (!q_session_find(ask->db, ask->arena,
		ask_hash(ask, "session", secret), ask->real_now, &row, err))
		return forgive_missing(err);
	actor->account_id = row.account_id;
	actor->session_id = row.id;
	return true;
}

static bool
find_token(
    struct ask *ask, const char *secret, struct actor *actor, struct err *err)
{
	struct row_token_find row;
	if (!q_token_find(ask->db, ask->arena, ask_hash(ask, "token", secret),
		ask->real_now, &row, err))
		return forgive_missing(err);
	actor->account_id = row.account_id;
	actor->read_only = strstr(row.scopes, "write") == NULL;
	return true;
}

/* A program shows a token, or the session it just opened. */
static bool
find_bearer(
    struct ask *ask, const char *secret, struct actor *actor, struct err *err)
{
	if (!find_token(ask, secret, actor, err))
		return false;
	return actor->account_id != 0 || find_session(ask, secret, actor, err);
}

static unsigned
roles_of(const char *words)
{
	unsigned roles = ROLE_BIT(ROLE_PUBLIC);
	struct str rest = str_of(words);
	while (rest.ptr != NULL) {
		enum role role = access_role_find(str_cut(&rest, ' '));
		if (role != ROLE_COUNT && role != ROLE_SYSTEM)
			roles |= ROLE_BIT(role);
	}
	return roles;
}

static const char *
keep(struct ask *ask, const json_t *body, const char *key)
{
	const char *text = value_text(body, key);
	const char *copy = arena_copy(ask->arena, text, strlen(text));
	return copy == NULL ? "" : copy;
}

/* What the pages call a seat; a removed maker is no seat any more. */
static bool
name_seat(struct ask *ask, const struct row_seat_list *row,
    struct actor_seat *ret, struct err *err)
{
	AUTO(value) json_t *body = NULL;
	if (!ask_unseal(ask, row->key_id, "maker.body", row->maker_id,
		row->body, &body, err))
		return false;
	*ret = (struct actor_seat){ .maker = row->maker_id,
		.name = keep(ask, body, "organisation"),
		.kind = row->kind };
	return true;
}

/* Roles that come from acting for makers, members and committee seats. */
static bool
add_seats(struct ask *ask, struct actor *actor, struct err *err)
{
	const struct pass pass = access_system(actor, ask->op->id);
	struct row_seat_list *seats;
	size_t count;
	if (!q_seat_list(ask->db, &pass, ask->arena, actor->account_id,
		ask->now, &seats, &count, err))
		return false;
	struct actor_seat *named =
	    arena_get(ask->arena, (count + 1) * sizeof(*named));
	if (named == NULL)
		return err_set(err, ERR_LIMIT, NULL, "memory is short");
	actor->seats = named;
	actor->seats_count = count;
	for (size_t i = 0; i < count; i++) {
		if (!name_seat(ask, &seats[i], &named[i], err))
			return false;
		bool active = strcmp(seats[i].state, "active") == 0;
		if (strcmp(seats[i].kind, "applicant") == 0)
			actor->roles |= ROLE_BIT(ROLE_MAKER);
		else
			actor->roles |= ROLE_BIT(ROLE_MEMBER);
		if (active && strcmp(seats[i].kind, "committee") == 0)
			actor->roles |= ROLE_BIT(ROLE_TEAM);
	}
	return true;
}

static bool
load_account(struct ask *ask, struct actor *actor, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	if (!account_open(ask, actor->account_id, &account, err))
		return false;
	if (strcmp(account.row.state, "active") != 0) {
		actor->account_id = 0;
		actor->session_id = 0;
		return true;
	}
	actor->roles = roles_of(account.row.roles);
	actor->name = keep(ask, account.body, "name");
	actor->email = keep(ask, account.body, "email");
	actor->employer = keep(ask, account.body, "employer");
	return add_seats(ask, actor, err);
}

bool
actor_find(struct ask *ask, const struct credentials *credentials,
    struct actor *ret, struct err *err)
{
	*ret = (struct actor){ .roles = ROLE_BIT(ROLE_PUBLIC),
		.name = "",
		.email = "",
		.employer = "" };
	if (credentials->token[0] != '\0') {
		if (!find_bearer(ask, credentials->token, ret, err))
			return false;
	} else if (credentials->session[0] != '\0') {
		if (!find_session(ask, credentials->session, ret, err))
			return false;
	}
	return ret->account_id == 0 || load_account(ask, ret, err);
}

json_t *
actor_value(const struct actor *actor)
{
	json_t *value = json_object();
	json_t *roles = json_array();
	for (int role = 0; role < ROLE_COUNT; role++)
		if ((actor->roles & ROLE_BIT(role)) != 0 && role != ROLE_PUBLIC)
			(void)json_array_append_new(roles,
			    json_string(access_role_name((enum role)role)));
	json_t *makers = json_array();
	for (size_t i = 0; i < actor->seats_count; i++)
		(void)json_array_append_new(makers,
		    json_pack("{s:I, s:s, s:s}", "id",
			(json_int_t)actor->seats[i].maker, "name",
			actor->seats[i].name, "kind", actor->seats[i].kind));
	value_set(value, "makers", makers);
	value_set_int(value, "account", actor->account_id);
	value_set_text(value, "name", actor->name);
	value_set_text(value, "email", actor->email);
	value_set(value, "roles", roles);
	return value;
}
