#include "desk/first.h"

#include "core/num.h"
#include "core/when.h"
#include "desk/account.h"
#include "desk/dispatch.h"
#include "desk/line.h"
#include "store/statements.h"

#define OFFSET "clock_offset"

struct start {
	struct arena *arena;
	const char *link;
};

static bool
record_policy(struct ask *ask, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	int64_t count;
	value_print(&text, ask->house->policy);
	struct str digest = ask_hash(ask, "policy", buf_text(&text));
	struct row_policy_newest row;
	if (q_policy_newest(ask->db, ask->arena, &row, err)) {
		if (str_is(row.digest, digest))
			return true;
	} else if (err->kind != ERR_MISSING) {
		return false;
	}
	*err = (struct err){ 0 };
	return q_policy_insert(
	    ask->db, digest, ask->now, buf_text(&text), &count, err);
}

static bool
create_admin(struct ask *ask, struct start *start, struct err *err)
{
	struct row_account_count row;
	if (!q_account_count(ask->db, ask->arena, &row, err))
		return false;
	if (row.found > 0)
		return true;
	const char *email = ask_setting(ask, "admin");
	if (email[0] == '\0')
		return err_set(err, ERR_INVALID, "admin",
		    "set admin in the configuration to the mail address of "
		    "the first administrator");
	AUTO(value)
	json_t *about =
	    json_pack("{s:s, s:s}", "email", email, "name", "Administrator");
	const char *secret;
	int64_t id;
	if (!account_create(
		ask, about, "admin director team auditor", &id, &secret, err))
		return false;
	const char *link = account_link(ask, "/setup/", secret);
	start->link = arena_copy(start->arena, link, strlen(link));
	return true;
}

static bool
start_work(struct ask *ask, void *context, struct err *err)
{
	return record_policy(ask, err) && line_seed(ask, err) &&
	       create_admin(ask, context, err);
}

bool
first_start(struct house *house, struct arena *arena, const char **ret_link,
    struct err *err)
{
	struct start start = { .arena = arena };
	if (!dispatch_system(house, OP_account_invite, start_work, &start, err))
		return false;
	*ret_link = start.link;
	return true;
}

static bool
clock_work(struct ask *ask, void *context, struct err *err)
{
	(void)context;
	struct row_setting_get row;
	if (!q_setting_get(ask->db, ask->arena, OFFSET, &row, err))
		return err->kind == ERR_MISSING;
	return num_parse(str_of(row.value), 0, INT64_MAX,
		   &ask->house->clock.offset) ||
	       err_set(
		   err, ERR_SYSTEM, NULL, "setting %s is no number", OFFSET);
}

bool
first_clock(struct house *house, struct err *err)
{
	return dispatch_system(
	    house, OP_rehearse_advance, clock_work, NULL, err);
}

bool
do_rehearse_advance(struct ask *ask, json_t **ret, struct err *err)
{
	if (!value_true(ask->house->settings, "rehearsal"))
		return err_set(err, ERR_INVALID, NULL,
		    "this service does not run as a rehearsal; its clock "
		    "cannot be moved");
	int64_t offset =
	    ask->house->clock.offset + ask_int(ask, "seconds", 0) * WHEN_SECOND;
	int64_t count;
	if (!q_setting_put(ask->db, OFFSET,
		ask_print(ask, "%lld", (long long)offset), ask->now, &count,
		err))
		return false;
	ask->house->clock.offset = offset;
	*ret = json_object();
	value_set_when(*ret, "now", clock_now(&ask->house->clock));
	return true;
}
