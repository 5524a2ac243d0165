#include "rules/calendar.h"

#include "core/num.h"
#include "core/when.h"
#include "value/value.h"

#define D(n) ((n)*WHEN_DAY)
#define H(n) ((n)*WHEN_HOUR)
#define ON(event) CALENDAR_##event

static const struct calendar_rule defaults[CALENDAR_RULES] = {
	{ "receipt", "case", "Receipt to the reporter", 5 * WHEN_MINUTE,
	    ON(RECEIVED), ON(RECEIPTED), ON(NEVER), { 0 }, H(1), "system", 0,
	    "I-08" },
	{ "acknowledge", "case", "Acknowledged by a person", D(7), ON(RECEIVED),
	    ON(ACKNOWLEDGED), ON(NEVER), { D(3), D(5), D(7) }, D(1), "team",
	    CALENDAR_PAUSABLE, "P-04" },
	{ "analyse", "case", "Analysis result to the reporter", D(7),
	    ON(RECEIVED), ON(ANALYSED), ON(NEVER), { D(3), D(5), D(7) }, D(1),
	    "team", CALENDAR_PAUSABLE, "P-04" },
	{ "respond", "case", "First response, as the badge counts", D(14),
	    ON(RECEIVED), ON(ACKNOWLEDGED), ON(NEVER), { D(12) }, D(1), "team",
	    0, "process.md section 3" },
	{ "decide_embargo", "case", "Embargo decision", D(14), ON(TRIAGED),
	    ON(DECIDED), ON(MEETING), { D(10) }, D(1), "team",
	    CALENDAR_EARLIEST, "intake.md section 8" },
	{ "notice_t1", "case", "Alert to the makers", D(2), ON(ASSIGNED),
	    ON(ALERTED), ON(NEVER), { D(1), D(2) }, D(1), "team",
	    CALENDAR_EMBARGO, "intake.md section 8" },
	{ "list", "case", "Periodic mail to the makers", D(14), ON(LISTED),
	    ON(DISCLOSED), ON(NEVER), { 0 }, D(1), "team",
	    CALENDAR_EMBARGO | CALENDAR_AGAIN, "P-26" },
	{ "fix", "case", "Fix in the project", D(30), ON(RECEIVED),
	    ON(FIX_AVAILABLE), ON(NEVER), { D(20), D(27) }, D(1), "assignee", 0,
	    "process.md section 3" },
	{ "makers", "case", "Makers apply and distribute", D(60),
	    ON(FIX_AVAILABLE), ON(DISCLOSED), ON(NEVER),
	    { -D(14), -D(7), -D(1) }, D(1), "team",
	    CALENDAR_EMBARGO | CALENDAR_BY_DAY_30, "process.md section 3" },
	{ "disclose", "case", "Disclosure", D(90), ON(RECEIVED), ON(DISCLOSED),
	    ON(EMBARGO_END), { -D(14), -D(7), -D(1) }, H(1), "team", 0,
	    "P-63" },
	{ "maximum", "case", "Latest end without a quorum", D(90), ON(RECEIVED),
	    ON(DISCLOSED), ON(NEVER), { -D(14), -D(7), -D(1) }, D(1), "team",
	    CALENDAR_EMBARGO, "P-14" },
	{ "reporter_answer", "case", "Answer of the reporter", D(30), ON(ASKED),
	    ON(ANSWERED), ON(NEVER), { D(14), D(25) }, 0, "reporter",
	    CALENDAR_AGAIN, "I-14" },
	{ "will_assign", "case", "Answer to \"will you assign?\"", H(72),
	    ON(ASSIGN_ASKED), ON(ASSIGN_ANSWERED), ON(NEVER), { H(24), H(48) },
	    H(24), "team", CALENDAR_AGAIN, "CNA Rules 4.2.0 4.2.1.2" },
	{ "cve_record", "case", "CVE record, should", H(24), ON(DISCLOSED),
	    ON(CVE_PUBLISHED), ON(NEVER), { H(12) }, 0, "team", 0,
	    "CNA Rules 4.2.0 4.5.1.3" },
	{ "cve_record_latest", "case", "CVE record, must", H(72), ON(DISCLOSED),
	    ON(CVE_PUBLISHED), ON(NEVER), { H(24), H(48) }, H(1), "team", 0,
	    "CNA Rules 4.2.0 4.5.1.4" },
	{ "application", "maker", "Decision on the application", D(30),
	    ON(SUBMITTED), ON(MAKER_DECIDED), ON(NEVER), { D(20), D(27) }, D(1),
	    "director", CALENDAR_AGAIN, "R-12" },
	{ "review", "maker", "Yearly review", D(365), ON(REVIEWED), ON(NEVER),
	    ON(REVIEW_AT), { -D(30), -D(7) }, 0, "maker", CALENDAR_EARLIEST,
	    "R-26" },
	{ "challenge", "maker", "Answer to the alias challenge", D(7),
	    ON(CHALLENGED), ON(CHALLENGE_ANSWERED), ON(NEVER), { D(3), D(5) },
	    0, "maker", CALENDAR_AGAIN, "R-27" },
	{ "rechallenge", "maker", "Next alias challenge", D(182),
	    ON(CHALLENGE_ANSWERED), ON(CHALLENGED), ON(NEVER), { 0 }, 0,
	    "system", CALENDAR_AGAIN, "R-27" },
	{ "unreachable", "maker", "New content stops", D(14), ON(UNREACHABLE),
	    ON(CHALLENGE_ANSWERED), ON(NEVER), { D(7) }, 0, "maker",
	    CALENDAR_AGAIN, "R-13" },
	{ "suspension", "maker", "Suspension confirmed or lifted", D(14),
	    ON(SUSPENDED), ON(SETTLED), ON(NEVER), { D(10), D(13) }, D(1),
	    "director", CALENDAR_AGAIN, "R-23" },
	{ "statement", "notice", "Statement of the maker", D(14), ON(NOTIFIED),
	    ON(STATED), ON(NEVER), { D(3), D(7) }, 0, "maker", CALENDAR_AGAIN,
	    "R-21" },
};

const struct calendar_rule *
calendar_rules(void)
{
	return defaults;
}

/* Replaces the warnings by those of a list, words or numbers, in this unit. */
static bool
take_warnings(const json_t *row, int64_t unit, struct calendar_rule *rule)
{
	const json_t *list = json_object_get(row, "warn");
	size_t count = json_array_size(list);
	int64_t sign = value_true(row, "ahead") ? -1 : 1;
	int64_t warn[CALENDAR_WARNINGS] = { 0 };
	if (list == NULL || count == 0)
		return list == NULL || json_is_array(list);
	if (count > CALENDAR_WARNINGS)
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(list, i);
		int64_t at = json_integer_value(item);
		if (json_is_string(item) &&
		    !num_parse(str_of(json_string_value(item)), 1,
			3650 * WHEN_DAY / unit, &at))
			return false;
		if (at < 1 || at > 3650 * WHEN_DAY / unit)
			return false;
		warn[i] = sign * at * unit;
	}
	memcpy(rule->warn, warn, sizeof(warn));
	return true;
}

static bool
take_row(const json_t *row, struct calendar_rule *rule, struct err *err)
{
	int64_t days = value_int(row, "days", 0);
	int64_t hours = value_int(row, "hours", 0);
	int64_t unit = days != 0 ? WHEN_DAY : WHEN_HOUR;
	int64_t many = days != 0 ? days : hours;
	if (many < 1 || many > 3650 * WHEN_DAY / unit)
		return err_set(err, ERR_INVALID, "limits",
		    "The limit \"%s\" must last 1 hour to 3650 days.",
		    rule->name);
	rule->after = many * unit;
	if (!take_warnings(row, unit, rule))
		return err_set(err, ERR_INVALID, "limits",
		    "The limit \"%s\" takes at most %d warnings, whole "
		    "numbers above 0.",
		    rule->name, CALENDAR_WARNINGS);
	if (value_text(row, "title")[0] != '\0')
		rule->label = value_text(row, "title");
	if (value_text(row, "remind")[0] != '\0')
		rule->who = value_text(row, "remind");
	return true;
}

static struct calendar_rule *
rule_find(struct calendar_rule *rules, const char *name)
{
	for (size_t i = 0; i < CALENDAR_RULES; i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}

bool
calendar_rules_of(const json_t *policy,
    struct calendar_rule ret[CALENDAR_RULES], struct err *err)
{
	struct calendar_rule rules[CALENDAR_RULES];
	memcpy(rules, defaults, sizeof(rules));
	const json_t *limits = json_object_get(policy, "limits");
	for (size_t i = 0; i < json_array_size(limits); i++) {
		const json_t *row = json_array_get(limits, i);
		const char *name = value_text(row, "name");
		struct calendar_rule *rule = rule_find(rules, name);
		if (rule == NULL)
			return err_set(err, ERR_INVALID, "limits",
			    "There is no limit called \"%.40s\".", name);
		if (!take_row(row, rule, err))
			return false;
	}
	memcpy(ret, rules, sizeof(rules));
	return true;
}

/* When the clock of a rule begins, or 0. */
static int64_t
start_of(const struct calendar_rule *rule, const struct calendar_facts *facts)
{
	int64_t start = facts->at[rule->start];
	int64_t received = facts->at[CALENDAR_RECEIVED];
	if ((rule->flags & CALENDAR_BY_DAY_30) != 0 && received != 0 &&
	    (start == 0 || start > received + D(30)))
		start = received + D(30);
	bool paused = (rule->flags & CALENDAR_PAUSABLE) != 0 &&
		      !facts->never_paused && facts->pause_from != 0 &&
		      start >= facts->pause_from && start < facts->pause_until;
	return paused ? facts->pause_until : start;
}

static int64_t
due_of(const struct calendar_rule *rule, const struct calendar_facts *facts,
    int64_t start)
{
	int64_t due = start + rule->after;
	int64_t instead = facts->at[rule->instead];
	if (instead == 0)
		return due;
	if ((rule->flags & CALENDAR_EARLIEST) != 0 && instead > due)
		return due;
	return instead;
}

/* When something was done that this clock waits for, or 0. */
static int64_t
done_of(const struct calendar_rule *rule, const struct calendar_facts *facts)
{
	int64_t done = facts->at[rule->done];
	bool again = (rule->flags & CALENDAR_AGAIN) != 0;
	return again && done < facts->at[rule->start] ? 0 : done;
}

/* Fills state and next reminder of an open row. */
static void
place(struct calendar_row *row, int64_t start, int64_t now)
{
	const struct calendar_rule *rule = row->rule;
	row->state = now > row->due_at ? CALENDAR_LATE : CALENDAR_WAITING;
	for (size_t i = 0; i < CALENDAR_WARNINGS && rule->warn[i] != 0; i++) {
		int64_t at =
		    rule->warn[i] + (rule->warn[i] > 0 ? start : row->due_at);
		if (at <= now && row->state == CALENDAR_WAITING)
			row->state = CALENDAR_SOON;
		if (at > now && (row->next_warn == 0 || at < row->next_warn))
			row->next_warn = at;
	}
	if (rule->repeat == 0)
		return;
	int64_t next = row->due_at;
	if (now >= row->due_at)
		next += ((now - row->due_at) / rule->repeat + 1) * rule->repeat;
	if (row->next_warn == 0 || next < row->next_warn)
		row->next_warn = next;
}

/* One row; false when the rule says nothing now. */
static bool
row_of(const struct calendar_rule *rule, const struct calendar_facts *facts,
    int64_t now, struct calendar_row *ret)
{
	int64_t start = start_of(rule, facts);
	if (start == 0)
		return false;
	*ret = (struct calendar_row){ .rule = rule,
		.due_at = due_of(rule, facts, start),
		.done_at = done_of(rule, facts) };
	if (ret->done_at != 0)
		return true;
	bool embargo_only = (rule->flags & CALENDAR_EMBARGO) != 0;
	if (facts->at[CALENDAR_CLOSED] != 0 ||
	    (embargo_only && !facts->embargoed))
		return false;
	place(ret, start, now);
	return true;
}

size_t
calendar_rows(const struct calendar_rule *rules, const char *object,
    const struct calendar_facts *facts, int64_t now,
    struct calendar_row ret[CALENDAR_RULES])
{
	size_t count = 0;
	for (size_t i = 0; i < CALENDAR_RULES; i++) {
		struct calendar_row row;
		if (strcmp(rules[i].object, object) != 0 ||
		    !row_of(&rules[i], facts, now, &row))
			continue;
		size_t at = count++;
		for (; at > 0 && ret[at - 1].due_at > row.due_at; at--)
			ret[at] = ret[at - 1];
		ret[at] = row;
	}
	return count;
}

const char *
calendar_state_name(enum calendar_state state)
{
	static const char *const names[] = { "done", "waiting", "soon",
		"late" };
	return names[state];
}
