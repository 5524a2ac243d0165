#include "rules/embargo.h"

#include "core/when.h"
#include "rules/cs.h"
#include "value/value.h"

struct embargo_policy
embargo_policy_of(const json_t *policy)
{
	return (struct embargo_policy){
		.quorum = value_int(policy, "quorum", 4),
		.maximum_days = value_int(policy, "maximum_days", 90),
		.public_fix_counts_as_p =
		    value_true(policy, "public_fix_counts_as_P"),
	};
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool
same_person(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

size_t
embargo_attendees(const char *const *attendees, size_t count)
{
	size_t distinct = 0;
	for (size_t i = 0; i < count; i++) {
		struct str person = str_trim(str_of(attendees[i]));
		bool fresh = person.len > 0;
		for (size_t before = 0; fresh && before < i; before++)
			fresh = !same_person(
			    person, str_trim(str_of(attendees[before])));
		distinct += fresh;
	}
	return distinct;
}

int64_t
embargo_maximum(struct embargo_policy policy, int64_t received_at)
{
	return received_at + policy.maximum_days * WHEN_DAY;
}

static bool
is_blank(const char *text)
{
	return str_trim(str_of(text)).len == 0;
}

/* The words of a decision. */
static bool
check_words(const struct embargo_decision *decision, struct err *err)
{
	const struct {
		const char *field, *text, *ask;
	} rows[] = {
		{ "severity", decision->severity, "How severe is the issue?" },
		{ "exploitability", decision->exploitability,
		    "How exploitable is the issue?" },
		{ "reason", decision->reason, "Give the reason." },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (is_blank(rows[i].text))
			return err_set(err, ERR_INVALID, rows[i].field,
			    "A decision needs this. %s", rows[i].ask);
	return true;
}

static bool
check_end(int64_t ends_at, int64_t now, struct err *err)
{
	if (ends_at <= now)
		return err_set(err, ERR_INVALID, "ends_at",
		    "The end of an embargo lies in the future. Give an "
		    "instant like 2026-12-01T15:00:00Z.");
	if (ends_at >= WHEN_MAX)
		return err_set(err, ERR_INVALID, "ends_at",
		    "This end lies beyond the calendar. Give a nearer one.");
	return true;
}

bool
embargo_check(struct embargo_policy policy, int64_t received_at, int64_t now,
    const struct embargo_decision *decision, struct err *err)
{
	if (decision->meeting_at < received_at || decision->meeting_at > now)
		return err_set(err, ERR_INVALID, "meeting_at",
		    "The meeting lies between the report and now. Correct its "
		    "instant.");
	size_t present =
	    embargo_attendees(decision->attendees, decision->count);
	if ((int64_t)present < policy.quorum)
		return err_set(err, ERR_INVALID, "attendees",
		    "A decision needs at least %lld different persons, here "
		    "are %zu. Name all who attended.",
		    (long long)policy.quorum, present);
	if (!check_words(decision, err))
		return false;
	if (decision->embargo)
		return check_end(decision->ends_at, now, err);
	if (decision->ends_at != 0)
		return err_set(err, ERR_INVALID, "ends_at",
		    "Without an embargo there is no end. Leave it empty.");
	return true;
}

bool
embargo_parse_end(struct str text, int64_t *ret, struct err *err)
{
	int64_t when = 0;
	if (when_parse(text, false, &when)) {
		*ret = when;
		return true;
	}
	if (when_parse(text, true, &when))
		return err_set(err, ERR_INVALID, "ends_at",
		    "A date alone is not an instant. Add time and zone, for "
		    "example 2026-12-01T15:00:00Z.");
	return err_set(err, ERR_INVALID, "ends_at",
	    "This is no instant. Write it like 2026-12-01T15:00:00Z.");
}

bool
embargo_move_check(struct embargo_policy policy, enum em em,
    int64_t received_at, int64_t now, const struct embargo_move *move,
    struct err *err)
{
	if (!em_in_force(em) && em != EM_PROPOSED)
		return err_set(err, ERR_CONFLICT, "ends_at",
		    "There is no embargo whose end could be moved.");
	if (!check_end(move->new_end, now, err))
		return false;
	if (move->new_end == move->old_end)
		return err_set(err, ERR_INVALID, "ends_at",
		    "This is the present end. Choose another instant.");
	if (is_blank(move->reason))
		return err_set(err, ERR_INVALID, "reason",
		    "Say why the end moves; all recipients read it.");
	if (move->new_end <= embargo_maximum(policy, received_at))
		return true;
	if (move->quorum == NULL || !move->quorum->embargo ||
	    move->quorum->ends_at != move->new_end)
		return err_set(err, ERR_DENIED, "ends_at",
		    "More than %lld days after the report need a quorum "
		    "decision for exactly this end. Record it first.",
		    (long long)policy.maximum_days);
	return embargo_check(policy, received_at, now, move->quorum, err);
}

int64_t
embargo_end(enum em em, int64_t active_end)
{
	return em_in_force(em) ? active_end : 0;
}

bool
embargo_is_on(bool decided, enum em em, bool disclosed)
{
	if (disclosed || em == EM_EXITED)
		return false;
	return !decided || em != EM_NONE;
}

bool
embargo_is_overdue(enum em em, int64_t ends_at, int64_t now)
{
	return em_in_force(em) && ends_at != 0 && now >= ends_at;
}

bool
embargo_is_over(bool decided, enum em em, int64_t ends_at, int64_t now)
{
	if (em_in_force(em))
		return embargo_is_overdue(em, ends_at, now);
	return em == EM_EXITED || (decided && em == EM_NONE);
}

static const struct embargo_reason reasons[EMBARGO_REASONS] = {
	{ "expired", "its end was reached", false },
	{ "public", "the vulnerability became public", true },
	{ "exploit", "an exploit became public", true },
	{ "attacks", "attacks were observed", true },
	{ "leak", "embargoed information leaked", true },
	{ "ready", "enough vendors were ready", true },
	{ "agreed", "the participants agreed to end it", true },
	{ "rejected", "the report turned out to be no vulnerability", true },
};

const struct embargo_reason *
embargo_reasons(void)
{
	return reasons;
}

const struct embargo_reason *
embargo_reason_find(struct str name)
{
	for (size_t i = 0; i < EMBARGO_REASONS; i++)
		if (str_eq(name, reasons[i].name))
			return &reasons[i];
	return NULL;
}

const struct embargo_reason *
embargo_reason_of(unsigned pxa)
{
	if ((pxa & CS_X) != 0)
		return embargo_reason_find(STR("exploit"));
	if ((pxa & CS_P) != 0)
		return embargo_reason_find(STR("public"));
	return (pxa & CS_A) != 0 ? embargo_reason_find(STR("attacks")) : NULL;
}
