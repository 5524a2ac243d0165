#include "rules/access.h"

#include <string.h>

/* States of a case, as sets. */
#define IN(state) (1u << (state))
#define OPEN                                                                   \
	(IN(MACHINE_NEW) | IN(MACHINE_TRIAGE) | IN(MACHINE_REJECTED) |         \
	    IN(MACHINE_ASSIGNED) | IN(MACHINE_REVIEW) | IN(MACHINE_ACCEPTED))
#define WORKED                                                                 \
	(IN(MACHINE_ASSIGNED) | IN(MACHINE_REVIEW) | IN(MACHINE_ACCEPTED))
#define CLOSED IN(MACHINE_PUBLIC)
#define WORKED_OR_CLOSED (WORKED | CLOSED)
#define EVER 0xffffffffu

#define MOST_OPS 40

/*
 * The table. A row allows a role, standing in one of these relations, these
 * operations while the case is in one of these states. There is no row that
 * forbids: what is not here is refused.
 */
static const struct access_row {
	enum role role;
	unsigned relations;
	unsigned states;
	enum op_id ops[MOST_OPS];
	size_t count;
} table[] = {
#define OPS(...)                                                               \
	{ __VA_ARGS__ },                                                       \
	    sizeof((enum op_id[]){ __VA_ARGS__ }) / sizeof(enum op_id)

	{ ROLE_PUBLIC, REL_ANY, EVER,
	    OPS(OP_status_show, OP_policy_show, OP_intake_show, OP_report_send,
		OP_report_renew, OP_maker_apply, OP_maker_application,
		OP_maker_confirm, OP_maker_public, OP_advisory_search,
		OP_session_open, OP_session_close, OP_account_begin,
		OP_account_setup, OP_line_list, OP_cwe_find) },

	{ ROLE_REPORTER, REL_LINK, EVER, OPS(OP_report_view) },
	{ ROLE_REPORTER, REL_LINK, OPEN,
	    OPS(OP_report_reply, OP_report_credit, OP_report_consent) },

	{ ROLE_MAKER, REL_ANY, EVER, OPS(OP_alert_list, OP_statement_list) },
	{ ROLE_MAKER, REL_GRANTED, WORKED_OR_CLOSED | IN(MACHINE_TRIAGE),
	    OPS(OP_alert_show, OP_alert_acknowledge, OP_alert_state,
		OP_embargo_consent) },
	{ ROLE_MAKER, REL_OWN, EVER,
	    OPS(OP_maker_show, OP_maker_terms, OP_maker_products) },

	{ ROLE_MEMBER, REL_ANY, EVER, OPS(OP_alert_list, OP_statement_list) },
	{ ROLE_MEMBER, REL_GRANTED, WORKED_OR_CLOSED | IN(MACHINE_TRIAGE),
	    OPS(OP_alert_show, OP_alert_acknowledge, OP_alert_state,
		OP_embargo_consent) },
	{ ROLE_MEMBER, REL_OWN, EVER, OPS(OP_maker_show, OP_maker_terms) },

	{ ROLE_MAINTAINER, REL_ANY, EVER,
	    OPS(OP_case_list, OP_today_show, OP_calendar_show) },
	{ ROLE_MAINTAINER, REL_AREA | REL_ASSIGNED, EVER,
	    OPS(OP_case_show, OP_case_file) },
	{ ROLE_MAINTAINER, REL_AREA | REL_ASSIGNED, WORKED,
	    OPS(OP_case_note, OP_fix_set) },
	{ ROLE_MAINTAINER, REL_ASSIGNED, WORKED, OPS(OP_case_move) },

	{ ROLE_RELEASE_MANAGER, REL_ANY, EVER,
	    OPS(OP_case_list, OP_today_show, OP_calendar_show, OP_notes_show,
		OP_release_set) },
	{ ROLE_RELEASE_MANAGER, REL_LINE, WORKED_OR_CLOSED,
	    OPS(OP_case_show, OP_fix_set) },

	{ ROLE_TEAM, REL_ANY, EVER,
	    OPS(OP_case_list, OP_case_inbox, OP_case_show, OP_case_file,
		OP_case_ledger, OP_case_note, OP_today_show, OP_calendar_show,
		OP_notes_show, OP_cve_list, OP_cve_import, OP_cve_reject,
		OP_intake_pause, OP_intake_resume, OP_line_set, OP_release_set,
		OP_disclose_run, OP_disclose_list, OP_advisory_import,
		OP_maker_list, OP_maker_show, OP_settings_show,
		OP_maker_suspend, OP_mail_list, OP_mail_retry) },
	{ ROLE_TEAM, REL_ANY, OPEN,
	    OPS(OP_case_move, OP_case_edit, OP_case_ask, OP_cve_assign,
		OP_embargo_decide, OP_embargo_propose, OP_embargo_answer,
		OP_fact_record, OP_fact_correct, OP_exposure_set,
		OP_notice_check, OP_notice_send, OP_grant_set, OP_grant_end,
		OP_disclose_check, OP_disclose_approve) },
	{ ROLE_TEAM, REL_ANY, WORKED_OR_CLOSED, OPS(OP_fix_set) },
	{ ROLE_TEAM, REL_ANY, CLOSED,
	    OPS(OP_case_edit, OP_case_ask, OP_disclose_check,
		OP_advisory_revise) },

	{ ROLE_DIRECTOR, REL_ANY, EVER,
	    OPS(OP_maker_list, OP_maker_show, OP_maker_challenge,
		OP_maker_criterion, OP_maker_decide, OP_maker_suspend,
		OP_maker_restore, OP_member_add, OP_maker_contact,
		OP_maker_contact_end) },

	{ ROLE_ADMIN, REL_ANY, EVER,
	    OPS(OP_account_list, OP_account_invite, OP_account_change,
		OP_account_disable, OP_account_reset, OP_settings_show,
		OP_rehearse_advance, OP_mail_list, OP_mail_retry) },

	{ ROLE_AUDITOR, REL_ANY, EVER,
	    OPS(OP_audit_list, OP_audit_verify, OP_settings_show) },
};

/* Everybody with an account, whatever the role. */
static const enum op_id own_ops[] = { OP_account_me, OP_account_password,
	OP_account_recovery, OP_session_list, OP_session_revoke, OP_token_list,
	OP_token_create, OP_token_revoke };

/* Readers and what they see; sections of several rows add up. */
static const struct {
	enum role role;
	unsigned relations;
	unsigned sections;
} views[] = {
	{ ROLE_TEAM, REL_ANY,
	    SECTION_STATE | SECTION_TEXT | SECTION_REPORT | SECTION_TALK |
		SECTION_NOTES | SECTION_FIX | SECTION_PEOPLE |
		SECTION_DOCUMENTS },
	{ ROLE_MAINTAINER, REL_AREA | REL_ASSIGNED,
	    SECTION_STATE | SECTION_TEXT | SECTION_REPORT | SECTION_NOTES |
		SECTION_FIX },
	{ ROLE_RELEASE_MANAGER, REL_LINE, SECTION_FIX },
	{ ROLE_REPORTER, REL_LINK, SECTION_STATE | SECTION_TALK },
	{ ROLE_MAKER, REL_GRANTED, SECTION_ALERT },
	{ ROLE_MEMBER, REL_GRANTED, SECTION_ALERT },
};

static const char *const role_names[] = {
	[ROLE_PUBLIC] = "public",
	[ROLE_REPORTER] = "reporter",
	[ROLE_MAKER] = "maker",
	[ROLE_MEMBER] = "member",
	[ROLE_MAINTAINER] = "maintainer",
	[ROLE_RELEASE_MANAGER] = "release-manager",
	[ROLE_TEAM] = "team",
	[ROLE_DIRECTOR] = "director",
	[ROLE_ADMIN] = "admin",
	[ROLE_AUDITOR] = "auditor",
	[ROLE_SYSTEM] = "system",
};

static bool
row_has(const struct access_row *row, enum op_id op)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->ops[i] == op)
			return true;
	return false;
}

static bool
is_own(enum op_id op)
{
	for (size_t i = 0; i < COUNT(own_ops); i++)
		if (own_ops[i] == op)
			return true;
	return false;
}

/* A conflict of interest wins over every row. */
static bool
is_conflict(enum op_id op, unsigned relations)
{
	bool decides = op == OP_maker_decide || op == OP_maker_criterion ||
		       op == OP_maker_restore;
	return decides && (relations & REL_EMPLOYER) != 0;
}

static const struct access_row *
find_row(const struct actor *actor, enum op_id op, enum machine_state state,
    unsigned relations)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if ((actor->roles & ROLE_BIT(table[i].role)) != 0 &&
		    (relations & table[i].relations) != 0 &&
		    (table[i].states & IN(state)) != 0 &&
		    row_has(&table[i], op))
			return &table[i];
	return NULL;
}

bool
access_decide(const struct actor *actor, enum op_id op,
    const struct subject *subject, struct pass *ret, struct err *err)
{
	const struct access_row *row =
	    find_row(actor, op, subject->state, subject->relations);
	bool own = actor->account_id != 0 && is_own(op);
	bool blocked = is_conflict(op, subject->relations) ||
		       (actor->read_only && op_get(op)->kind == OP_CHANGE);
	if ((row == NULL && !own) || blocked)
		return err_set(err, ERR_DENIED, NULL,
		    "there is no such thing, or you may not see it");
	*ret = (struct pass){
		.actor = actor,
		.op = op,
		.role = row == NULL ? ROLE_PUBLIC : row->role,
		.relation =
		    row == NULL ? REL_OWN : row->relations & subject->relations,
	};
	return true;
}

bool
access_may(const struct actor *actor, enum op_id op, enum machine_state state,
    unsigned relations)
{
	struct subject subject = {
		.state = state,
		.relations = relations | REL_ANY,
	};
	struct pass pass;
	return access_decide(actor, op, &subject, &pass, NULL);
}

struct pass
access_system(const struct actor *system, enum op_id op)
{
	return (struct pass){ .actor = system,
		.op = op,
		.role = ROLE_SYSTEM,
		.relation = REL_ANY };
}

unsigned
access_sections(const struct actor *actor, unsigned relations)
{
	unsigned sections = 0;
	for (size_t i = 0; i < COUNT(views); i++)
		if ((actor->roles & ROLE_BIT(views[i].role)) != 0 &&
		    ((relations | REL_ANY) & views[i].relations) != 0)
			sections |= views[i].sections;
	return sections;
}

bool
access_is_public(enum op_id op)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if ((table[i].role == ROLE_PUBLIC ||
			table[i].role == ROLE_REPORTER) &&
		    row_has(&table[i], op))
			return true;
	return false;
}

const char *
access_role_name(enum role role)
{
	return role_names[role];
}

enum role
access_role_find(struct str name)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		if (str_eq(name, role_names[role]))
			return (enum role)role;
	return ROLE_COUNT;
}
