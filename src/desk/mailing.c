#include "desk/mailing.h"

#include "core/when.h"
#include "desk/dispatch.h"
#include "store/statements.h"

#define LEASE (5 * WHEN_MINUTE)
#define MOST_ATTEMPTS 10
#define FIRST_PAUSE (30 * WHEN_SECOND)
#define LONGEST_PAUSE (2 * WHEN_HOUR)
#define PLACE_BODY "outbox.body"

struct lease {
	int64_t most;
	json_t *jobs;
};

/* The part of base_url between "//" and the next "/" or ":". */
static struct str
host_of(const char *base_url)
{
	const char *at = strstr(base_url, "//");
	const char *host = at == NULL ? base_url : at + 2;
	return (struct str){ host, strcspn(host, "/:") };
}

static bool
add_job(struct ask *ask, const struct row_outbox_lease *row, json_t *jobs,
    struct err *err)
{
	json_t *mail = NULL;
	struct str host = host_of(ask_setting(ask, "base_url"));
	if (!ask_unseal(
		ask, row->key_id, PLACE_BODY, row->id, row->body, &mail, err))
		return false;
	value_set_text(mail, "from", ask_setting(ask, "mail_from"));
	value_set_text(mail, "message_id",
	    ask_print(
		ask, "%lld@%.*s", (long long)row->id, (int)host.len, host.ptr));
	json_t *job = json_object();
	value_set_int(job, "job", row->id);
	value_set(job, "mail", mail);
	(void)json_array_append_new(jobs, job);
	return true;
}

static bool
lease_work(struct ask *ask, void *context, struct err *err)
{
	struct lease *lease = context;
	struct row_outbox_lease *rows;
	size_t count;
	(void)json_array_clear(lease->jobs);
	if (!q_outbox_lease(ask->db, ask->arena, ask->real_now,
		ask->real_now + LEASE, lease->most, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_job(ask, &rows[i], lease->jobs, err))
			return false;
	return true;
}

bool
mailing_lease(struct house *house, int64_t most, json_t **ret, struct err *err)
{
	struct lease lease = { .most = most, .jobs = json_array() };
	if (!dispatch_system(house, OP_mail_retry, lease_work, &lease, err)) {
		json_decref(lease.jobs);
		return false;
	}
	*ret = lease.jobs;
	return true;
}

static int64_t
pause_after(int64_t attempts)
{
	int64_t pause = FIRST_PAUSE;
	for (int64_t i = 1; i < attempts && pause < LONGEST_PAUSE; i++)
		pause *= 2;
	return pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
}

static bool
settle_as(struct ask *ask, const struct row_outbox_get *row, const char *state,
    const json_t *report, struct err *err)
{
	int64_t count;
	return q_outbox_done(ask->db, row->id, state, ask->now,
		   value_int(report, "code", 0), value_text(report, "text"),
		   &count, err) &&
	       (row->receipt_id == 0 ||
		   q_receipt_delivered(ask->db, ask->pass, row->receipt_id,
		       state, ask->now, &count, err));
}

static bool
settle_work(struct ask *ask, void *context, struct err *err)
{
	const json_t *report = context;
	const char *result = value_text(report, "result");
	struct row_outbox_get row;
	int64_t count;
	if (!q_outbox_get(
		ask->db, ask->arena, value_int(report, "job", 0), &row, err))
		return err->kind == ERR_MISSING;
	if (strcmp(row.state, "leased") != 0)
		return true;
	if (strcmp(result, "sent") == 0)
		return settle_as(ask, &row, "sent", report, err);
	if (strcmp(result, "refused") == 0)
		return settle_as(ask, &row, "bounced", report, err);
	if (row.attempts >= MOST_ATTEMPTS)
		return settle_as(ask, &row, "failed", report, err);
	return q_outbox_again(ask->db, row.id,
	    ask->real_now + pause_after(row.attempts),
	    value_int(report, "code", 0), value_text(report, "text"), &count,
	    err);
}

bool
mailing_settle(struct house *house, const json_t *report, struct err *err)
{
	return dispatch_system(
	    house, OP_mail_retry, settle_work, (void *)(uintptr_t)report, err);
}

bool
do_mail_retry(struct ask *ask, json_t **ret, struct err *err)
{
	int64_t count;
	int64_t id = ask_int(ask, "mail", 0);
	ask->object = ask_print(ask, "mail:%lld", (long long)id);
	if (!q_outbox_requeue(ask->db, id, ask->real_now, &count, err))
		return false;
	if (count == 0)
		return err_set(err, ERR_MISSING, "mail",
		    "there is no bounced or failed mail with this id");
	*ret = json_object();
	return true;
}

static bool
add_mail(struct ask *ask, const struct row_outbox_recent *row, json_t *list,
    struct err *err)
{
	AUTO(value) json_t *body = NULL;
	if (!ask_unseal(
		ask, row->key_id, PLACE_BODY, row->id, row->body, &body, err))
		return false;
	json_t *value = json_object();
	value_set_int(value, "mail", row->id);
	value_set_text(value, "kind", row->kind);
	value_set_text(value, "state", row->state);
	value_set_text(value, "to", value_text(body, "to"));
	value_set_text(value, "subject", value_text(body, "subject"));
	value_set_int(value, "attempts", row->attempts);
	value_set_when(value, "created_at", row->created_at);
	value_set_when(value, "done_at", row->done_at);
	value_set_int(value, "code", row->code);
	value_set_text(value, "reply", row->reply);
	(void)json_array_append_new(list, value);
	return true;
}

bool
do_mail_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_outbox_recent *rows;
	size_t count;
	if (!q_outbox_recent(ask->db, ask->arena, ask_text(ask, "state"), &rows,
		&count, err))
		return false;
	AUTO(value) json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		if (!add_mail(ask, &rows[i], list, err))
			return false;
	*ret = json_pack("{s:O}", "mails", list);
	return true;
}
