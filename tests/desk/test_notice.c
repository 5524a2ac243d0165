#include "makers.h"

#include "core/when.h"
#include "store/statements.h"

#define CASE "FW-2026-0001"

/* A lead, a director, an active maker with a contact, a case ready to tell. */
struct scene {
	struct person lead, boss, own;
	int64_t maker, case_id;
};

static int
begin(void **state)
{
	static struct house_test t;
	house_begin(&t);
	*state = &t;
	return 0;
}

static int
end(void **state)
{
	house_end(*state);
	return 0;
}

static struct scene
scene(struct house_test *t, const char *tier)
{
	struct scene s = {
		.lead = house_person(t, "lead@example.org", "team", NULL, NULL),
		.boss = house_person(
		    t, "director@example.org", "director", NULL, NULL),
	};
	s.maker = acme_active(t, &s.boss, tier);
	s.own = acme_contact(t, &s.boss, s.maker, "jo@acme.example");
	s.case_id = case_ready(t);
	case_cve(t, s.case_id, "CVE-1900-0042");
	return s;
}

static void
send(struct house_test *t, const struct scene *s, const char *kind)
{
	(void)house_ask(t, &s->lead, "notice.send",
	    "{'case':'" CASE "','kind':'%s'}", kind);
}

static const json_t *
alert(struct house_test *t, const struct scene *s)
{
	return house_ask(t, &s->own, "alert.show", "{'case':'" CASE "'}");
}

static const json_t *
standing(const json_t *value)
{
	return json_array_get(json_object_get(value, "makers"), 0);
}

static bool
says(const json_t *value, const char *text)
{
	char *flat = json_dumps(value, 0);
	bool found = strstr(flat, text) != NULL;
	free(flat);
	return found;
}

/* P-24 P-25 R-18: all fields or nothing; the page holds exactly those. */
static void
a_notice_carries_all_its_fields_or_is_not_sent(void **state)
{
	static const struct {
		const char *kind, *key, *value, *field;
	} rows[] = {
		{ "triaged", "component", "Bluetooth", "subsystem" },
		{ "triaged", "severity", "high", "severity" },
		{ "merged", "pr", "https://example.org/pull/1", "pr" },
		{ "merged", "backport_plan", "All lines.", "backports" },
	};
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	for (size_t i = 0; i < COUNT(rows); i++) {
		case_change(t, s.case_id, rows[i].key, "");
		const json_t *plan = house_ask(t, &s.lead, "notice.check",
		    "{'case':'" CASE "','kind':'%s'}", rows[i].kind);
		assert_false(value_true(plan, "ready"));
		const json_t *fault =
		    house_refused(t, &s.lead, ERR_INVALID, "notice.send",
			"{'case':'" CASE "','kind':'%s'}", rows[i].kind);
		assert_string_equal(value_text(fault, "field"), rows[i].field);
		case_change(t, s.case_id, rows[i].key, rows[i].value);
	}
	assert_int_equal(house_mails(t, "notice"), 0);
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	const json_t *value = alert(t, &s);
	assert_int_equal(json_array_size(json_object_get(value, "fields")), 4);
	assert_true(says(value, "/maker/alert/" CASE));
	assert_true(says(value, "CVE-1900-0042"));
	assert_false(says(value, "Secret"));
	assert_false(says(value, "pull/1"));
	assert_true(says(value, "Prepare fixes for your own products"));
	send(t, &s, "merged");
	value = alert(t, &s);
	assert_int_equal(json_array_size(json_object_get(value, "fields")), 6);
	assert_true(says(value, "pull/1"));
	assert_true(says(value, "All lines."));
	assert_false(says(value, "Secret"));
	(void)house_refused(t, &s.lead, ERR_CONFLICT, "notice.send",
	    "{'case':'" CASE "','kind':'merged'}");
}

/* P-16 P-25: nobody is told before triage and an embargo decision. */
static void
nobody_is_told_before_a_decision(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	case_change(t, s.case_id, "em", "P");
	case_change(t, s.case_id, "decided", "");
	const json_t *fault = house_refused(t, &s.lead, ERR_INVALID,
	    "notice.send", "{'case':'" CASE "','kind':'triaged'}");
	assert_string_equal(value_text(fault, "field"), "embargo");
	(void)house_refused(t, &s.lead, ERR_CONFLICT, "grant.set",
	    "{'case':'" CASE "','maker':%lld,'reason':'early'}",
	    (long long)s.maker);
	case_change(t, s.case_id, "em", "A");
	case_change(t, s.case_id, "state", "new");
	fault = house_refused(t, &s.lead, ERR_INVALID, "notice.send",
	    "{'case':'" CASE "','kind':'triaged'}");
	assert_string_equal(value_text(fault, "field"), "state");
}

/* P-26 P-28: no mail holds anything of the case before disclosure. */
static void
mails_say_only_log_in(void **state)
{
	static const char *const never[] = { "CVE", "Bluetooth", "high",
		"Secret", "pull" };
	static const char *const kinds[] = { "notice", "chase", "periodic" };
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	house_wait(t, 15 * WHEN_DAY);
	house_tick(t);
	for (size_t k = 0; k < COUNT(kinds); k++) {
		AUTO(value) json_t *mail = NULL;
		assert_non_null(house_mail(t, kinds[k], &mail));
		for (size_t i = 0; i < COUNT(never); i++) {
			assert_null(strstr(value_text(mail, "text"), never[i]));
			assert_null(
			    strstr(value_text(mail, "subject"), never[i]));
		}
		assert_non_null(strstr(value_text(mail, "text"), "Log in"));
		assert_non_null(strstr(value_text(mail, "text"), "/maker"));
		assert_string_equal(
		    value_text(mail, "to"), "psirt@acme.example");
	}
}

/* When the regular mail of the case is due, 0 for never. */
static int64_t
list_due(struct house_test *t, const struct scene *s)
{
	const json_t *value =
	    house_ask(t, &s->lead, "case.show", "{'case':'" CASE "'}");
	size_t i;
	json_t *due;
	json_array_foreach(json_object_get(value, "deadlines"), i, due)
	{
		if (strcmp(value_text(due, "name"), "list") == 0)
			return value_when(due, "at");
	}
	return 0;
}

/* P-26: one mail per maker and period, and the case is not late for it. */
static void
the_regular_mail_lists_what_is_open(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	send(t, &s, "merged");
	(void)house_ask(t, &s.lead, "fix.set",
	    "{'case':'" CASE "','line':'4.4','disposition':'in-review','pr':"
	    "'https://example.org/pull/4400'}");
	house_tick(t);
	house_tick(t);
	assert_int_equal(house_mails(t, "periodic"), 0);
	for (int round = 1; round <= 3; round++) {
		house_wait(t, 14 * WHEN_DAY);
		house_tick(t);
		house_wait(t, WHEN_HOUR);
		house_tick(t);
		assert_int_equal(house_mails(t, "periodic"), round);
		assert_true(list_due(t, &s) > clock_now(&t->house.clock));
	}
	const json_t *mine = json_array_get(
	    json_object_get(house_ask(t, &s.own, "alert.list", "{}"), "alerts"),
	    0);
	assert_true(value_when(mine, "planned_at") > 0);
	const char *said = "";
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(mine, "branches"), i, row)
	{
		if (strcmp(value_text(row, "line"), "4.4") == 0)
			said = value_text(row, "disposition");
	}
	assert_string_equal(said, "in-review");
}

/* X6 V-17 R-17: without consent only existence, number and date. */
static void
content_waits_for_consent(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	const json_t *value = alert(t, &s);
	assert_null(json_object_get(value, "fields"));
	assert_string_equal(value_text(value, "case"), CASE);
	assert_true(value_when(value, "planned_at") > 0);
	assert_string_equal(value_text(standing(value), "consent"), "invited");
	assert_false(says(value, "CVE-1900"));
	value = house_ask(t, &s.own, "alert.list", "{}");
	assert_false(says(value, "CVE-1900"));
	assert_false(says(value, "Bluetooth"));
	(void)house_refused(t, &s.own, ERR_CONFLICT, "alert.acknowledge",
	    "{'case':'" CASE "','maker':%lld}", (long long)s.maker);
	(void)house_refused(t, &s.own, ERR_CONFLICT, "alert.state",
	    "{'case':'" CASE "','maker':%lld,'status':'affected'}",
	    (long long)s.maker);
	case_consent(t, s.case_id, s.maker, "declined");
	assert_null(json_object_get(alert(t, &s), "fields"));
	case_consent(t, s.case_id, s.maker, "signatory");
	assert_non_null(json_object_get(alert(t, &s), "fields"));
	send(t, &s, "merged");
	case_consent(t, s.case_id, s.maker, "lapsed");
	value = alert(t, &s);
	assert_int_equal(json_array_size(json_object_get(value, "fields")), 4);
	assert_false(says(value, "pull/1"));
}

static const char *
receipt_state(struct house_test *t, const struct scene *s)
{
	const json_t *value =
	    house_ask(t, &s->lead, "case.show", "{'case':'" CASE "'}");
	const json_t *maker =
	    json_array_get(json_object_get(value, "makers"), 0);
	return value_text(
	    json_array_get(json_object_get(maker, "receipts"), 0), "state");
}

static void
delivered(struct house_test *t, const char *result)
{
	struct row_outbox_recent *rows;
	size_t count;
	int64_t changed;
	const struct actor nobody = { .roles = 0 };
	const struct pass pass = access_system(&nobody, OP_mail_retry);
	ok(&t->base, q_outbox_recent(t->base.db, t->base.arena, "", &rows,
			 &count, &t->base.err));
	for (size_t i = 0; i < count; i++) {
		struct row_outbox_get row;
		ok(&t->base, q_outbox_get(t->base.db, t->base.arena, rows[i].id,
				 &row, &t->base.err));
		if (row.receipt_id == 0)
			continue;
		ok(&t->base, db_begin(t->base.db, &t->base.err));
		ok(&t->base,
		    q_receipt_delivered(t->base.db, &pass, row.receipt_id,
			result, clock_now(&t->house.clock), &changed,
			&t->base.err));
		ok(&t->base, db_commit(t->base.db, &t->base.err));
	}
}

/* P-29 R-22 R-25 V-28 */
static void
receipts_go_from_delivered_to_assessed(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	assert_string_equal(receipt_state(t, &s), "not delivered");
	delivered(t, "sent");
	assert_string_equal(receipt_state(t, &s), "delivered");
	case_consent(t, s.case_id, s.maker, "signatory");
	const json_t *value = alert(t, &s);
	assert_string_equal(value_text(standing(value), "status"), "silent");
	assert_string_equal(receipt_state(t, &s), "opened");
	(void)house_ask(t, &s.own, "alert.acknowledge",
	    "{'case':'" CASE "','maker':%lld}", (long long)s.maker);
	assert_string_equal(receipt_state(t, &s), "acknowledged");
	value = house_ask(t, &s.lead, "case.show", "{'case':'" CASE "'}");
	const json_t *maker = standing(value);
	assert_string_equal(value_text(maker, "status"), "silent");
	assert_string_equal(value_text(maker, "vfd"), "Vfd");
	(void)house_refused(t, &s.own, ERR_INVALID, "alert.state",
	    "{'case':'" CASE "','maker':%lld,'status':'not-affected'}",
	    (long long)s.maker);
	static const char *const steps[][2] = { { "affected", "Vfd" },
		{ "working", "Vfd" }, { "fixed", "VFd" }, { "shipped", "VFD" },
		{ "affected", "VFD" } };
	for (size_t i = 0; i < COUNT(steps); i++) {
		(void)house_ask(t, &s.own, "alert.state",
		    "{'case':'" CASE "','maker':%lld,'status':'%s'}",
		    (long long)s.maker, steps[i][0]);
		value =
		    house_ask(t, &s.lead, "case.show", "{'case':'" CASE "'}");
		maker = standing(value);
		assert_string_equal(value_text(maker, "status"), steps[i][0]);
		assert_string_equal(value_text(maker, "vfd"), steps[i][1]);
		house_wait(t, WHEN_HOUR);
	}
	assert_string_equal(receipt_state(t, &s), "assessed");
	value = house_ask(t, &s.own, "statement.list", "{}");
	assert_int_equal(
	    json_array_size(json_object_get(value, "statements")), 5);
	(void)house_refused(t, &s.own, ERR_MISSING, "alert.state",
	    "{'case':'" CASE "','maker':77,'status':'affected'}");
}

/* chased at 3 and 7 days, once each; a bounce asks the alias. */
static void
silence_is_chased_and_a_bounce_challenges(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	house_wait(t, 3 * WHEN_DAY + WHEN_HOUR);
	house_tick(t);
	house_tick(t);
	assert_int_equal(house_mails(t, "chase"), 1);
	house_wait(t, 4 * WHEN_DAY);
	house_tick(t);
	assert_int_equal(house_mails(t, "chase"), 2);
	house_wait(t, 30 * WHEN_DAY);
	house_tick(t);
	assert_int_equal(house_mails(t, "chase"), 2);
	int64_t before = house_mails(t, "challenge");
	delivered(t, "bounced");
	assert_string_equal(receipt_state(t, &s), "bounced");
	house_tick(t);
	house_tick(t);
	assert_int_equal(house_mails(t, "challenge"), before + 1);
}

/* R-19 R-23 R-34: one act cuts grants and waiting mails. */
static void
suspension_cuts_everything_at_once(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	assert_non_null(json_object_get(alert(t, &s), "fields"));
	(void)house_ask(t, &s.lead, "maker.suspend",
	    "{'maker':%lld,'reason':'leak'}", (long long)s.maker);
	const json_t *unseen = house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
	AUTO(value) json_t *first = json_deep_copy(unseen);
	/* refused and unknown look the same */
	const json_t *unknown = house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'FW-2026-0999'}");
	assert_true(json_equal(first, (json_t *)(uintptr_t)unknown));
	assert_int_equal(mails_in(t, "cancelled", "notice"), 1);
	const json_t *list = house_ask(t, &s.own, "alert.list", "{}");
	assert_int_equal(json_array_size(json_object_get(list, "alerts")), 0);
	(void)house_ask(t, &s.own, "account.me", "{}");
	(void)house_ask(t, &s.boss, "maker.restore",
	    "{'maker':%lld,'outcome':'reinstate','reason':'clear'}",
	    (long long)s.maker);
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
}

/* R-13 R-27 R-34: unreachable keeps 14 days, then nothing. */
static void
content_stops_after_unreachable_days(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	(void)house_ask(t, &s.boss, "maker.challenge", "{'maker':%lld}",
	    (long long)s.maker);
	house_wait(t, 8 * WHEN_DAY);
	house_tick(t);
	assert_non_null(json_object_get(alert(t, &s), "fields"));
	house_wait(t, 15 * WHEN_DAY);
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
	const json_t *plan = house_ask(
	    t, &s.lead, "notice.check", "{'case':'" CASE "','kind':'merged'}");
	assert_int_equal(
	    json_array_size(json_object_get(plan, "recipients")), 0);
	assert_true(says(plan, "does not answer its challenge"));
}

/* R-26 R-19 R-34: a lapse ends grants. */
static void
a_lapse_ends_grants(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	house_wait(t, 340 * WHEN_DAY);
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	(void)alert(t, &s);
	house_wait(t, 26 * WHEN_DAY);
	house_tick(t);
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
}

/* R-29 R-34: old terms, no content, until the new ones are accepted. */
static void
old_terms_give_nothing(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	value_set_text(json_object_get(t->policy, "terms"), "version", "2");
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
	const json_t *list = house_ask(t, &s.own, "alert.list", "{}");
	assert_int_equal(json_array_size(json_object_get(list, "alerts")), 0);
	assert_true(value_true(standing(list), "terms_pending"));
	const json_t *plan = house_ask(
	    t, &s.lead, "notice.check", "{'case':'" CASE "','kind':'merged'}");
	assert_true(says(plan, "has not accepted the current terms"));
	(void)house_refused(t, &s.own, ERR_INVALID, "maker.terms",
	    "{'maker':%lld,'terms':'1'}", (long long)s.maker);
	(void)house_ask(t, &s.own, "maker.terms", "{'maker':%lld,'terms':'2'}",
	    (long long)s.maker);
	assert_non_null(json_object_get(alert(t, &s), "fields"));
}

/* R-14 R-16 R-17 R-18: the day-of tier waits; a grant by hand says why. */
static void
tiers_wait_and_grants_are_by_hand(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T3");
	(void)house_refused(t, &s.lead, ERR_CONFLICT, "notice.send",
	    "{'case':'" CASE "','kind':'triaged'}");
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
	(void)house_ask(t, &s.lead, "grant.set",
	    "{'case':'" CASE "','maker':%lld,'reason':'ROM code','may_ship':"
	    "true,'share_with':'Contract Lab'}",
	    (long long)s.maker);
	case_consent(t, s.case_id, s.maker, "signatory");
	const json_t *value = alert(t, &s);
	assert_int_equal(json_array_size(json_object_get(value, "fields")), 6);
	assert_true(says(value, "Share it with Contract Lab"));
	value = house_ask(t, &s.lead, "case.show", "{'case':'" CASE "'}");
	assert_string_equal(value_text(standing(value), "reason"), "ROM code");
	assert_true(value_true(standing(value), "by_hand"));
	(void)house_ask(t, &s.lead, "grant.end",
	    "{'case':'" CASE "','maker':%lld,'reason':'mistake'}",
	    (long long)s.maker);
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
	(void)house_refused(t, &s.lead, ERR_CONFLICT, "grant.end",
	    "{'case':'" CASE "','maker':%lld,'reason':'again'}",
	    (long long)s.maker);
	(void)house_refused(t, &s.lead, ERR_INVALID, "grant.set",
	    "{'case':'" CASE "','maker':5,'reason':'nobody'}");
}

/* R-19 P-27 R-34: disclosure ends grants and tells everybody, T3 too. */
static void
disclosure_ends_grants_and_tells_all(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	send(t, &s, "triaged");
	case_consent(t, s.case_id, s.maker, "signatory");
	(void)alert(t, &s);
	int64_t before = house_mails(t, "notice");
	case_tell_makers(t, s.case_id, "moved");
	assert_int_equal(house_mails(t, "notice"), before + 1);
	case_tell_makers(t, s.case_id, "ended");
	assert_int_equal(house_mails(t, "notice"), before + 2);
	case_tell_makers(t, s.case_id, "disclosed");
	assert_int_equal(house_mails(t, "notice"), before + 3);
	(void)house_refused(
	    t, &s.own, ERR_MISSING, "alert.show", "{'case':'" CASE "'}");
	const json_t *list = house_ask(t, &s.own, "alert.list", "{}");
	assert_int_equal(json_array_size(json_object_get(list, "past")), 1);
}

/* R-19 R-34: every read is in the ledger, with the person. */
static void
reads_are_logged(void **state)
{
	struct house_test *t = *state;
	struct scene s = scene(t, "T2");
	struct person auditor =
	    house_person(t, "auditor@example.org", "auditor", NULL, NULL);
	send(t, &s, "triaged");
	for (int i = 0; i < 3; i++)
		(void)alert(t, &s);
	const json_t *rows = json_object_get(
	    house_ask(t, &auditor, "audit.list", "{'object':'" CASE "'}"),
	    "rows");
	int reads = 0;
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)(uintptr_t)rows, i, row)
	{
		reads += strcmp(value_text(row, "op"), "alert.show") == 0;
	}
	assert_int_equal(reads, 3);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(a_notice_carries_all_its_fields_or_is_not_sent),
		T(nobody_is_told_before_a_decision),
		T(mails_say_only_log_in),
		T(the_regular_mail_lists_what_is_open),
		T(content_waits_for_consent),
		T(receipts_go_from_delivered_to_assessed),
		T(silence_is_chased_and_a_bounce_challenges),
		T(suspension_cuts_everything_at_once),
		T(content_stops_after_unreachable_days),
		T(a_lapse_ends_grants),
		T(old_terms_give_nothing),
		T(tiers_wait_and_grants_are_by_hand),
		T(disclosure_ends_grants_and_tells_all),
		T(reads_are_logged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
