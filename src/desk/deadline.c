#include "desk/deadline.h"

#include "core/when.h"
#include "desk/fix.h"
#include "desk/intake.h"
#include "desk/terms.h"

#include <string.h>

#define BACKPORT "backport:"
#define ROWS_MOST (CALENDAR_RULES + 201)

/* Deadlines that no start and length give: a person or a fact sets them. */
static const struct calendar_rule own_rules[] = {
	{ .name = "backport",
	    .object = "case",
	    .label = "backport",
	    .warn = { -WHEN_DAY },
	    .repeat = WHEN_DAY,
	    .who = "release-manager",
	    .source = "P-35" },
	{ .name = "end_decision",
	    .object = "case",
	    .label = "decide whether attacks end the embargo",
	    .repeat = WHEN_HOUR,
	    .who = "team",
	    .source = "V-20" },
};

struct due {
	const char *kind;
	int64_t due_at, warn_at, done_at;
};

struct dues {
	struct due rows[ROWS_MOST];
	size_t count;
};

/* Since when everybody knows: by disclosure, or by a fact (V-21). */
static int64_t
public_since(const struct casefile *file)
{
	int64_t fact = value_when(file->body, "public_since");
	int64_t disclosed = file->row.disclosed_at;
	if (fact == 0 || disclosed == 0)
		return fact != 0 ? fact : disclosed;
	return fact < disclosed ? fact : disclosed;
}

bool
deadline_facts(struct ask *ask, const struct casefile *file,
    struct calendar_facts *ret, struct err *err)
{
	const struct row_case_by_number *row = &file->row;
	struct row_deadline_notices notices;
	struct row_deadline_cve cve;
	struct row_pause_at pause;
	bool there;
	if (!intake_pause_at(ask, row->received_at, &pause, &there, err) ||
	    !q_deadline_notices(
		ask->db, ask->pass, ask->arena, row->id, &notices, err) ||
	    !q_deadline_cve(ask->db, ask->arena, row->id, &cve, err))
		return false;
	enum em em = terms_em(file);
	bool closed = file->state == MACHINE_REJECTED;
	*ret = (struct calendar_facts){ .at = {
		[CALENDAR_RECEIVED] = row->received_at,
		[CALENDAR_RECEIPTED] = row->received_at,
		[CALENDAR_ACKNOWLEDGED] = row->acknowledged_at,
		[CALENDAR_ANALYSED] = row->analysed_at,
		[CALENDAR_TRIAGED] = value_when(file->body, "triaged_at"),
		[CALENDAR_DECIDED] = row->decided_at,
		[CALENDAR_ASSIGNED] = value_when(file->body, "assigned_at"),
		[CALENDAR_ALERTED] = notices.alerted_at,
		[CALENDAR_LISTED] = notices.listed_at,
		[CALENDAR_FIX_AVAILABLE] = row->fix_available_at,
		[CALENDAR_EMBARGO_END] = embargo_end(em, row->embargo_ends_at),
		[CALENDAR_DISCLOSED] = row->disclosed_at,
		[CALENDAR_CVE_PUBLISHED] = cve.published_at,
		[CALENDAR_ASKED] = value_when(file->body, "asked_at"),
		[CALENDAR_ANSWERED] = value_when(file->body, "answered_at"),
		[CALENDAR_CLOSED] = closed ? row->changed_at : 0,
	    },
		.pause_from = pause.from_at,
		.pause_until = intake_pause_end(&pause),
		.never_paused = !value_true(file->body, "paused"),
		.embargoed = embargo_is_on(
		    row->decided_at != 0, em, row->disclosed_at != 0) };
	return true;
}

static void
add(struct dues *dues, const struct due *due)
{
	if (dues->count < ROWS_MOST)
		dues->rows[dues->count++] = *due;
}

static bool
is_publication(const char *name)
{
	return strcmp(name, "cve_record") == 0 ||
	       strcmp(name, "cve_record_latest") == 0;
}

/* Rows of the calendar; publication = only its timers, or all the others. */
static void
add_rows(struct ask *ask, const struct calendar_rule *rules, const char *object,
    const struct calendar_facts *facts, int publication, struct dues *dues)
{
	struct calendar_row rows[CALENDAR_RULES];
	size_t count = calendar_rows(rules, object, facts, ask->now, rows);
	for (size_t i = 0; i < count; i++) {
		const struct due due = { rows[i].rule->name, rows[i].due_at,
			rows[i].done_at != 0 ? 0 : rows[i].next_warn,
			rows[i].done_at };
		if (is_publication(due.kind) == (publication != 0))
			add(dues, &due);
	}
}

/* First reminder after now of a row that stands alone. */
static int64_t
next_warn(const struct calendar_rule *rule, int64_t due_at, int64_t now)
{
	int64_t next = 0;
	for (size_t i = 0; i < CALENDAR_WARNINGS && rule->warn[i] != 0; i++) {
		int64_t at =
		    rule->warn[i] +
		    (rule->warn[i] > 0 ? due_at - rule->after : due_at);
		if (at > now && (next == 0 || at < next))
			next = at;
	}
	if (rule->repeat == 0)
		return next;
	int64_t again = due_at;
	if (now >= due_at)
		again += ((now - due_at) / rule->repeat + 1) * rule->repeat;
	return next == 0 || again < next ? again : next;
}

static bool
add_backports(struct ask *ask, const struct casefile *file, struct dues *dues,
    struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	if (file->state == MACHINE_NEW || file->state == MACHINE_REJECTED)
		return true;
	if (!fix_list(ask, file, &fixes, err))
		return false;
	for (size_t i = 0; i < fixes.count; i++) {
		const struct row_fix_list *row = &fixes.rows[i].row;
		const struct due due = {
			ask_print(ask, BACKPORT "%s", row->line), row->due_at,
			next_warn(&own_rules[0], row->due_at, ask->now), 0
		};
		if (strcmp(row->disposition, "pending") == 0 &&
		    row->due_at != 0)
			add(dues, &due);
	}
	return true;
}

/* V-20: attacks alone ask a person, by a time. */
static void
add_end_decision(
    struct ask *ask, const struct casefile *file, struct dues *dues)
{
	int64_t asked = value_when(file->body, "end_asked_at");
	const struct due due = { "end_decision", asked + WHEN_DAY,
		next_warn(&own_rules[1], asked + WHEN_DAY, ask->now), 0 };
	if (asked != 0 && em_in_force(terms_em(file)) &&
	    file->row.disclosed_at == 0)
		add(dues, &due);
}

static const struct row_deadline_of *
find_old(const struct row_deadline_of *old, size_t count, const char *kind)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(old[i].kind, kind) == 0)
			return &old[i];
	return NULL;
}

/* A reminder that became due between two turns of the clock is not lost. */
static int64_t
warn_of(const struct ask *ask, const struct row_deadline_of *old,
    const struct due *due)
{
	bool waits = old != NULL && due->done_at == 0 && old->warn_at != 0 &&
		     old->warn_at <= ask->now &&
		     old->warn_at > old->warned_at &&
		     old->due_at == due->due_at;
	return waits ? old->warn_at : due->warn_at;
}

static bool
put(struct ask *ask, const char *object, int64_t id, const struct due *due,
    const struct row_deadline_of *old, struct err *err)
{
	int64_t count;
	int64_t warn_at = warn_of(ask, old, due);
	if (old != NULL && old->due_at == due->due_at &&
	    old->done_at == due->done_at && old->warn_at == warn_at)
		return true;
	return q_deadline_put(ask->db, object, id, due->kind, due->due_at,
	    warn_at, due->done_at, &count, err);
}

static bool
is_due(const struct dues *dues, const char *kind)
{
	for (size_t i = 0; i < dues->count; i++)
		if (strcmp(dues->rows[i].kind, kind) == 0)
			return true;
	return false;
}

static bool
store(struct ask *ask, const char *object, int64_t id, const struct dues *dues,
    struct err *err)
{
	struct row_deadline_of *old;
	size_t count;
	int64_t changed;
	if (!q_deadline_of(ask->db, ask->arena, object, id, &old, &count, err))
		return false;
	for (size_t i = 0; i < dues->count; i++)
		if (!put(ask, object, id, &dues->rows[i],
			find_old(old, count, dues->rows[i].kind), err))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!is_due(dues, old[i].kind) &&
		    !q_deadline_drop(
			ask->db, object, id, old[i].kind, &changed, err))
			return false;
	return true;
}

bool
deadline_refresh(struct ask *ask, const struct casefile *file, struct err *err)
{
	struct calendar_rule rules[CALENDAR_RULES];
	struct calendar_facts facts;
	struct dues dues = { .count = 0 };
	if (!calendar_rules_of(ask->house->policy, rules, err) ||
	    !deadline_facts(ask, file, &facts, err))
		return false;
	add_rows(ask, rules, "case", &facts, 0, &dues);
	facts.at[CALENDAR_DISCLOSED] = public_since(file);
	add_rows(ask, rules, "case", &facts, 1, &dues);
	add_end_decision(ask, file, &dues);
	return add_backports(ask, file, &dues, err) &&
	       store(ask, "case", file->row.id, &dues, err);
}

bool
deadline_rule(struct ask *ask, const char *kind, struct calendar_rule *ret)
{
	struct calendar_rule rules[CALENDAR_RULES];
	struct str rest = str_of(kind);
	struct str name = str_cut(&rest, ':');
	for (size_t i = 0; i < COUNT(own_rules); i++)
		if (str_eq(name, own_rules[i].name)) {
			*ret = own_rules[i];
			return true;
		}
	if (!calendar_rules_of(ask->house->policy, rules, NULL))
		return false;
	for (size_t i = 0; i < CALENDAR_RULES; i++)
		if (str_eq(name, rules[i].name)) {
			*ret = rules[i];
			return true;
		}
	return false;
}

const char *
deadline_label(struct ask *ask, const char *kind)
{
	struct calendar_rule rule;
	size_t prefix = sizeof(BACKPORT) - 1;
	if (strncmp(kind, BACKPORT, prefix) == 0)
		return ask_print(ask, "Backport to %s", kind + prefix);
	const char *label = deadline_rule(ask, kind, &rule) ? rule.label : kind;
	bool small = label[0] >= 'a' && label[0] <= 'z';
	return small ? ask_print(ask, "%c%s", label[0] - 'a' + 'A', label + 1)
		     : label;
}

int64_t
deadline_next(struct ask *ask, const char *kind, int64_t due_at)
{
	struct calendar_rule rule;
	return deadline_rule(ask, kind, &rule)
		   ? next_warn(&rule, due_at, ask->now)
		   : 0;
}
