/* What time does to makers: challenges, reviews, chasers. */
#include "desk/maker_clock.h"

#include "core/when.h"
#include "desk/account.h"
#include "desk/deadline.h"
#include "desk/notice.h"

#define CHALLENGE_EVERY (182 * WHEN_DAY) /* twice a year */
#define REMINDERS 2

/* The n-th number of a list of texts in the policy's maker section, or 0. */
static int64_t
days_of(const struct ask *ask, const char *list, size_t n)
{
	const json_t *days =
	    json_object_get(ask_policy_value(ask, "makers"), list);
	const char *text = json_string_value(json_array_get(days, n));
	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

/* A waiting challenge: reminders on the third and fifth of seven days. */
static bool
remind(struct ask *ask, struct maker *maker, bool *changed, struct err *err)
{
	json_t *challenge = json_object_get(maker->body, "challenge");
	int64_t sent = value_when(challenge, "sent_at");
	int64_t made = value_int(challenge, "reminders", 0);
	int64_t days = maker_days(ask, "challenge_days", 7);
	int64_t due = sent + (made + 1) * days * WHEN_DAY / (REMINDERS + 1);
	if (made >= REMINDERS || ask->now < due)
		return true;
	*changed = true;
	return maker_challenge(ask, maker, "", err);
}

/* Bounced since the alias was last asked? */
static bool
has_bounced(
    struct ask *ask, const struct maker *maker, bool *ret, struct err *err)
{
	struct row_maker_bounces row;
	int64_t asked =
	    value_when(json_object_get(maker->body, "challenge"), "sent_at");
	if (!q_maker_bounces(ask->db, ask->pass, ask->arena, maker->row.id,
		asked, &row, err))
		return false;
	*ret = row.found > 0;
	return true;
}

/* An active maker whose alias is to be asked again. */
static bool
ask_again(struct ask *ask, struct maker *maker, bool *changed, struct err *err)
{
	bool bounced;
	if (!has_bounced(ask, maker, &bounced, err))
		return false;
	if (!bounced && maker->row.alias_at + CHALLENGE_EVERY > ask->now)
		return true;
	*changed = true;
	return maker_challenge(ask, maker, bounced ? "bounce" : "regular", err);
}

static bool
tick_challenge(
    struct ask *ask, struct maker *maker, bool *changed, struct err *err)
{
	const json_t *challenge = json_object_get(maker->body, "challenge");
	switch (registry_challenge(value_when(challenge, "sent_at"),
	    value_when(challenge, "answered_at"),
	    maker_days(ask, "challenge_days", 7), ask->now)) {
	case REGISTRY_CHALLENGE_WAITING:
		return remind(ask, maker, changed, err);
	case REGISTRY_CHALLENGE_EXPIRED:
		if (maker->state != REGISTRY_ACTIVE)
			return true;
		*changed = true;
		return maker_step(
			   ask, maker, REGISTRY_SILENCE, "", NULL, err) &&
		       maker_challenge(ask, maker, "return", err);
	case REGISTRY_CHALLENGE_NONE:
	case REGISTRY_CHALLENGE_ANSWERED:
		break;
	}
	return maker->state != REGISTRY_ACTIVE ||
	       ask_again(ask, maker, changed, err);
}

/* Asked 30 and 7 days ahead; lapsed when the date is past. */
static bool
tick_review(
    struct ask *ask, struct maker *maker, bool *changed, struct err *err)
{
	int64_t review_at = maker->row.review_at;
	json_t *challenge = json_object_get(maker->body, "challenge");
	int64_t sent = value_when(challenge, "sent_at");
	bool asked = strcmp(value_text(challenge, "why"), "review") == 0;
	if (maker->state != REGISTRY_ACTIVE || review_at == 0)
		return true;
	if (registry_review_is_over(maker->state, review_at, ask->now)) {
		*changed = true;
		return maker_step(
		    ask, maker, REGISTRY_EXPIRE, "lapsed", NULL, err);
	}
	for (size_t i = 0; days_of(ask, "review_warn", i) > 0; i++) {
		int64_t at =
		    review_at - days_of(ask, "review_warn", i) * WHEN_DAY;
		if (ask->now >= at && !(asked && sent >= at)) {
			*changed = true;
			asked = true;
			sent = ask->now;
			if (!maker_challenge(ask, maker, "review", err))
				return false;
		}
	}
	return true;
}

bool
makers_tick(struct ask *ask, void *context, struct err *err)
{
	struct row_maker_by_id *rows;
	size_t count;
	(void)context;
	if (!q_maker_all(
		ask->db, ask->pass, ask->arena, "", &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		AUTO(maker) struct maker maker = { 0 };
		bool changed = false;
		if (strcmp(rows[i].state, "removed") == 0 ||
		    strcmp(rows[i].state, "refused") == 0 ||
		    strcmp(rows[i].state, "suspended") == 0)
			continue;
		if (!maker_unseal(ask, &rows[i], &maker, err) ||
		    !tick_review(ask, &maker, &changed, err) ||
		    !tick_challenge(ask, &maker, &changed, err) ||
		    (changed && !maker_save(ask, &maker, err)))
			return false;
	}
	return true;
}

/* One reminder for one receipt; the key keeps it from being sent twice. */
static bool
chase_one(struct ask *ask, const struct row_receipt_waiting *row, int64_t days,
    struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	if (!maker_open(ask, row->maker_id, &maker, err))
		return false;
	if (!maker_entitled(ask, &maker))
		return true;
	return maker_mail(ask, &maker,
	    ask_print(
		ask, "chase:%lld:%lld", (long long)row->id, (long long)days),
	    "chase", 0,
	    ask_print(ask, "[%s] A notice is not acknowledged yet",
		ask_policy(ask, "name")),
	    ask_print(ask,
		"A confidential notice waits for you since %lld days.\n\n"
		"Log in to read and acknowledge it:\n%s/maker\n\n"
		"Silence is shown as silence, never as \"not affected\".\n",
		(long long)days, ask_setting(ask, "base_url")),
	    err);
}

bool
notices_chase(struct ask *ask, void *context, struct err *err)
{
	(void)context;
	for (size_t i = 0; days_of(ask, "chase_days", i) > 0; i++) {
		struct row_receipt_waiting *rows;
		size_t count;
		int64_t days = days_of(ask, "chase_days", i);
		if (!q_receipt_waiting(ask->db, ask->pass, ask->arena,
			ask->now - days * WHEN_DAY, &rows, &count, err))
			return false;
		for (size_t r = 0; r < count; r++)
			if (!chase_one(ask, &rows[r], days, err))
				return false;
	}
	return true;
}

/* Days between periodic mails; 0: none. */
static int64_t
period_of(const struct ask *ask)
{
	size_t i;
	json_t *row;
	const json_t *list = ask_policy_value(ask, "notices");
	json_array_foreach((json_t *)(uintptr_t)list, i, row)
	{
		if (strcmp(value_text(row, "name"), "periodic") == 0)
			return value_int(row, "every_days", 0);
	}
	return 0;
}

/* Today and the record of a case follow the mail that lists it. */
static bool
list_case(struct ask *ask, int64_t case_id, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value)
	json_t *body =
	    json_pack("{s:s}", "text", "Listed in the regular mail to makers.");
	int64_t id;
	if (!case_open_id(ask, case_id, &file, err) ||
	    !notice_new(ask, &file, "periodic", &id, err) ||
	    !deadline_refresh(ask, &file, err))
		return false;
	ask->object = file.row.number;
	return case_tell(ask, &file, "notice", "team", body, err);
}

static bool
write_holder(struct ask *ask, const struct row_grant_holders *row,
    int64_t period, struct err *err)
{
	AUTO(maker) struct maker maker = { 0 };
	if (!maker_open(ask, row->maker_id, &maker, err))
		return false;
	if (!maker_entitled(ask, &maker))
		return true;
	return maker_mail(ask, &maker,
	    ask_print(ask, "periodic:%lld", (long long)period), "periodic", 0,
	    ask_print(
		ask, "[%s] Your open advisories", ask_policy(ask, "name")),
	    ask_print(ask,
		"Advisories you were given: %lld.\n\n"
		"Log in to see their dates and how far the backports are:\n"
		"%s/maker\n",
		(long long)row->found, ask_setting(ask, "base_url")),
	    err);
}

bool
notices_periodic(struct ask *ask, void *context, struct err *err)
{
	struct row_notice_unlisted *cases;
	struct row_grant_holders *rows;
	size_t count;
	int64_t days = period_of(ask);
	(void)context;
	if (days == 0)
		return true;
	int64_t period = ask->now / (days * WHEN_DAY);
	if (!q_notice_unlisted(ask->db, ask->pass, ask->arena,
		period * days * WHEN_DAY, &cases, &count, err))
		return false;
	if (count == 0)
		return true;
	for (size_t i = 0; i < count; i++)
		if (!list_case(ask, cases[i].case_id, err))
			return false;
	if (!q_grant_holders(
		ask->db, ask->pass, ask->arena, ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!write_holder(ask, &rows[i], period, err))
			return false;
	return true;
}
