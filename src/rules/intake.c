#include "rules/intake.h"

#include "core/when.h"
#include "value/value.h"

static bool
is_blank(const char *text)
{
	return str_trim(str_of(text)).len == 0;
}

size_t
intake_missing(
    const struct intake_report *report, const char *ret[INTAKE_ITEMS])
{
	bool shown = !is_blank(report->steps) || !is_blank(report->code_path);
	const struct {
		const char *name;
		bool there;
	} rows[INTAKE_ITEMS] = {
		{ "component", !is_blank(report->component) },
		{ "version", !is_blank(report->version) },
		{ "impact", !is_blank(report->impact) },
		{ "steps", shown },
	};
	size_t count = 0;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!rows[i].there)
			ret[count++] = rows[i].name;
	return count;
}

bool
intake_declared(
    struct str reproduced, struct str where, struct str ai, struct err *err)
{
	bool yes = str_eq(reproduced, "yes");
	if (!yes && !str_eq(reproduced, "no"))
		return err_set(err, ERR_INVALID, "reproduced",
		    "Say whether you reproduced this: yes, or no (code "
		    "reading only).");
	if (yes && str_trim(where).len == 0)
		return err_set(err, ERR_INVALID, "reproduced_on",
		    "Say on what you reproduced this: board, version, "
		    "configuration.");
	if (!str_eq(ai, "no") && !str_eq(ai, "partly") && !str_eq(ai, "mostly"))
		return err_set(err, ERR_INVALID, "ai",
		    "Say whether text or code was written with the help of "
		    "an AI tool: no, partly or mostly.");
	return true;
}

int
intake_rank(struct str reproduced, struct str ai)
{
	int rank = str_eq(reproduced, "yes") ? 0 : 3;
	if (str_eq(ai, "partly"))
		return rank + 1;
	return str_eq(ai, "mostly") ? rank + 2 : rank;
}

struct intake_caps
intake_caps_of(const json_t *policy)
{
	const json_t *caps = json_object_get(policy, "intake");
	return (struct intake_caps){
		.address_day = value_int(caps, "per_address_day", 20),
		.day = value_int(caps, "per_day", 200),
		.week = value_int(caps, "per_week", 600),
		.open = value_int(caps, "open_per_reporter", 20),
		.new_open = value_int(caps, "open_per_new_reporter", 3),
	};
}

enum intake_place
intake_cap(struct intake_caps caps, const struct intake_counts *counts,
    const char **cap)
{
	bool fresh = counts->known && counts->accepted == 0;
	const struct {
		const char *name;
		bool reached;
	} rows[] = {
		{ "per_address_day", counts->address_day >= caps.address_day },
		{ "per_day", counts->day >= caps.day },
		{ "per_week", counts->week >= caps.week },
		{ "open_per_reporter",
		    counts->known && counts->open >= caps.open },
		{ "open_per_new_reporter",
		    fresh && counts->open >= caps.new_open },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].reached) {
			*cap = rows[i].name;
			return INTAKE_QUEUE;
		}
	*cap = "";
	return INTAKE_ACCEPT;
}

bool
intake_is_paused(int64_t from, int64_t until, int64_t ended, int64_t now)
{
	if (from == 0 || now < from || now >= until)
		return false;
	return ended == 0 || now < ended;
}

bool
intake_never_paused(const struct intake_sender *sender)
{
	return sender->open_case || sender->exploited || sender->maker ||
	       sender->cna_csirt;
}

bool
intake_pause_check(struct str reason, struct str notice, int64_t from,
    int64_t until, struct err *err)
{
	if (str_trim(reason).len == 0)
		return err_set(err, ERR_INVALID, "reason",
		    "Give the reason of the pause for the record.");
	if (str_trim(notice).len == 0)
		return err_set(err, ERR_INVALID, "notice",
		    "Write the notice reporters will read.");
	if (until <= from || until > from + 92 * WHEN_DAY)
		return err_set(err, ERR_INVALID, "until",
		    "A pause ends after it begins and within 92 days.");
	return true;
}

static const struct intake_class classes[INTAKE_CLASSES] = {
	{ "valid", "Valid", MACHINE_ASSIGNED, RM_ACCEPTED,
	    "Ask for the embargo decision and assign a CVE id.", "assignee" },
	{ "defense-in-depth", "Defence in depth", MACHINE_REJECTED, RM_DEFERRED,
	    "Offer an ordinary bug report in the reply.", "reply" },
	{ "info-only", "Information only", MACHINE_REJECTED, RM_INVALID,
	    "Thank the reporter; the case closes.", "reply" },
	{ "invalid", "Not a vulnerability", MACHINE_REJECTED, RM_INVALID,
	    "Give the reason and the entry of the non-issue list.",
	    "non_issue" },
	{ "probable-duplicate", "Duplicate", MACHINE_REJECTED, RM_DEFERRED,
	    "Name the surviving case; all credits move there.",
	    "duplicate_of" },
	{ "fix-already-public", "Fix already public", MACHINE_TRIAGE, RM_VALID,
	    "Record since when the fix is public; clocks are short.",
	    "fix_public_at" },
	{ "upstream", "Upstream", MACHINE_ASSIGNED, RM_ACCEPTED,
	    "Notify the upstream project and leave the id to its CNA; ours "
	    "is the module update.",
	    "assignee" },
};

const struct intake_class *
intake_classes(void)
{
	return classes;
}

const struct intake_class *
intake_class_find(struct str name)
{
	for (size_t i = 0; i < INTAKE_CLASSES; i++)
		if (str_eq(name, classes[i].name))
			return &classes[i];
	return NULL;
}

bool
intake_reject_check(struct str non_issue, int64_t first_person,
    int64_t second_person, struct err *err)
{
	if (!str_eq(non_issue, "N10") && !str_eq(non_issue, "N11"))
		return true;
	if (second_person != 0 && second_person != first_person)
		return true;
	return err_set(err, ERR_INVALID, "second",
	    "Rejecting for %s needs two different persons. Ask a second one "
	    "to agree.",
	    str_eq(non_issue, "N10") ? "N10" : "N11");
}

bool
intake_offers_block(int64_t spam_in_a_row)
{
	return spam_in_a_row >= 3;
}
