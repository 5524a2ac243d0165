#include "desk/dispatch.h"

#include "desk/actor.h"
#include "desk/subject.h"
#include "os/fd.h"
#include "store/ledger.h"

#include <string.h>

#define TRIES 3
#define UNSEEN "there is no such thing, or you may not see it"

typedef bool handler(struct ask *ask, json_t **ret, struct err *err);

static handler *const handlers[OP_COUNT] = {
#define OP(id, name, kind, subject, summary) [OP_##id] = do_##id,
#define ARG(name, type, min, max, need, choices, help)
#define OP_END
#include "ops/ops.def"
#undef OP
#undef ARG
#undef OP_END
};

/* One try of one request, with all it borrows. */
struct attempt {
	struct ask ask;
	struct actor actor;
	struct pass pass;
	const struct credentials *credentials;
};

static bool
write_audit(struct ask *ask, const char *outcome, struct err *err)
{
	AUTO(value) json_t *detail = op_audit_args(ask->op, ask->args);
	if (ask->detail != NULL)
		(void)json_object_set(detail, "detail", ask->detail);
	const struct ledger_entry entry = {
		.at = ask->now,
		.actor_kind = ask->pass == NULL
				  ? "public"
				  : access_role_name(ask->pass->role),
		.actor_id = ask->actor->account_id,
		.op = ask->op->name,
		.object = ask->object,
		.outcome = outcome,
		.detail = detail,
	};
	return ledger_append(ask->db, ask->vault, &entry, err);
}

/* Everything between begin and commit. */
static bool
run_inside(struct attempt *attempt, json_t **ret, struct err *err)
{
	struct ask *ask = &attempt->ask;
	if (!actor_find(ask, attempt->credentials, &attempt->actor, err))
		return false;
	if (attempt->actor.account_id == 0 && !access_is_public(ask->op->id))
		return err_set(err, ERR_DENIED, NULL, "log in first");
	if (!subject_find(ask, &attempt->actor, &ask->subject, err) ||
	    !access_decide(&attempt->actor, ask->op->id, &ask->subject,
		&attempt->pass, err)) {
		if (err->kind == ERR_DENIED || err->kind == ERR_MISSING)
			err_set(err, ERR_MISSING, NULL, UNSEEN);
		return false;
	}
	ask->pass = &attempt->pass;
	ask->object = ask->subject.number;
	if (!handlers[ask->op->id](ask, ret, err)) {
		ask->keep = ask->keep && write_audit(ask, "refused", NULL);
		return false;
	}
	if (arena_failed(ask->arena))
		return err_set(err, ERR_LIMIT, NULL,
		    "the answer is too large; ask for less");
	return ask->op->kind == OP_READ || write_audit(ask, "done", err);
}

/* A refused act is undone whole, unless it must leave a mark (keep). */
static bool
run_once(struct attempt *attempt, json_t **ret, struct err *err)
{
	struct ask *ask = &attempt->ask;
	json_t *value = NULL;
	bool reads = ask->op->kind == OP_READ;
	if (!(reads ? db_begin_read(ask->db, err) : db_begin(ask->db, err)))
		return false;
	bool done = run_inside(attempt, &value, err);
	struct err commit_err = { 0 };
	if (done || ask->keep) {
		if (!db_commit(ask->db, &commit_err)) {
			done = false;
			*err = commit_err;
		}
	} else {
		db_rollback(ask->db);
	}
	json_decref(ask->detail);
	ask->detail = NULL;
	if (!done) {
		json_decref(value);
		return false;
	}
	*ret = value;
	return true;
}

static json_t *
error_value(const struct err *err)
{
	bool denied = err->kind == ERR_DENIED;
	return json_pack("{s:s, s:s, s:s}", "kind",
	    denied ? "denied" : err_kind_name(err->kind), "field", err->field,
	    "text", err->text);
}

static bool
answer_once(struct house *house, const struct op *op, const json_t *args,
    const json_t *request, const int *fds, size_t fds_count, json_t **ret,
    int *ret_fd, json_t **me, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	if (arena == NULL)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	const struct credentials credentials = {
		.session = value_text(request, "session"),
		.token = value_text(request, "token"),
	};
	struct attempt attempt = {
		.ask = { .house = house,
		    .db = house->db,
		    .vault = house->vault,
		    .arena = arena,
		    .op = op,
		    .args = args,
		    .now = clock_now(&house->clock),
		    .real_now = clock_now(&(struct clock){ 0 }),
		    .address = value_text(request, "address"),
		    .agent = value_text(request, "agent"),
		    .fds = fds,
		    .fds_count = fds_count,
		    .reply_fd = -1,
		    .object = "" },
		.credentials = &credentials,
	};
	attempt.ask.actor = &attempt.actor;
	bool done = run_once(&attempt, ret, err);
	if (done)
		*ret_fd = fd_take(&attempt.ask.reply_fd);
	else /* that a link fitted is not told either */
		attempt.actor.roles &= ~ROLE_BIT(ROLE_REPORTER);
	fd_auto(&attempt.ask.reply_fd);
	json_decref(*me);
	*me =
	    attempt.actor.account_id == 0 ? NULL : actor_value(&attempt.actor);
	return done;
}

static bool
answer(struct house *house, const json_t *request, const int *fds,
    size_t fds_count, json_t **ret, int *ret_fd, json_t **me, struct err *err)
{
	const struct op *op = op_find(value_text(request, "op"));
	AUTO(value) json_t *args = NULL;
	if (op == NULL)
		return err_set(
		    err, ERR_MISSING, NULL, "there is no such operation");
	if (!op_check(op, json_object_get(request, "args"), &args, err))
		return false;
	bool done = false;
	for (int i = 0; i < TRIES && !done; i++) {
		*err = (struct err){ 0 };
		done = answer_once(house, op, args, request, fds, fds_count,
		    ret, ret_fd, me, err);
		if (!done && err->kind != ERR_RETRY)
			break;
	}
	return done;
}

json_t *
dispatch(struct house *house, const json_t *request, const int *fds,
    size_t fds_count)
{
	AUTO(fd) int beside = -1;
	return dispatch_file(house, request, fds, fds_count, &beside);
}

json_t *
dispatch_file(struct house *house, const json_t *request, const int *fds,
    size_t fds_count, int *ret_fd)
{
	*ret_fd = -1;
	struct err err = { 0 };
	json_t *value = NULL;
	json_t *me = NULL;
	json_t *reply = json_object();
	bool done =
	    answer(house, request, fds, fds_count, &value, ret_fd, &me, &err);
	value_set_int(reply, "id", value_int(request, "id", 0));
	if (done)
		value_set(reply, "ok", value);
	else
		value_set(reply, "error", error_value(&err));
	value_set(reply, "me", me);
	if (house->clock.offset != 0)
		value_set_int(reply, "clock_offset", house->clock.offset);
	return reply;
}

static bool
system_once(struct ask *ask, system_work *work, void *context, struct err *err)
{
	if (!db_begin(ask->db, err))
		return false;
	bool done = work(ask, context, err) &&
		    (ask->object[0] == '\0' || write_audit(ask, "done", err));
	json_decref(ask->detail);
	ask->detail = NULL;
	if (done)
		return db_commit(ask->db, err);
	db_rollback(ask->db);
	return false;
}

bool
dispatch_system(struct house *house, enum op_id op, system_work *work,
    void *context, struct err *err)
{
	bool done = false;
	const struct actor system = { .roles = ROLE_BIT(ROLE_SYSTEM),
		.name = "system",
		.email = "",
		.employer = "" };
	const struct pass pass = access_system(&system, op);
	AUTO(value) json_t *args = json_object();
	for (int i = 0; i < TRIES && !done; i++) {
		AUTO(arena)
		struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
		struct ask ask = { .house = house,
			.db = house->db,
			.vault = house->vault,
			.arena = arena,
			.op = op_get(op),
			.args = args,
			.actor = &system,
			.pass = &pass,
			.now = clock_now(&house->clock),
			.real_now = clock_now(&(struct clock){ 0 }),
			.address = "",
			.agent = "",
			.reply_fd = -1,
			.object = "" };
		if (arena == NULL)
			return err_set(err, ERR_RETRY, NULL, "memory is short");
		*err = (struct err){ 0 };
		done = system_once(&ask, work, context, err);
		if (!done && err->kind != ERR_RETRY)
			break;
	}
	return done;
}
