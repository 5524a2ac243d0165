/*
 * Receiving reports: what a report must hold to be accepted, the two
 * declarations, caps on floods, the pause switch, the classes of triage and
 * the reasons of rejection. Nothing here refuses a report for how it was
 * written: declarations and counts sort and queue, they never drop.
 * Disadvantage: the counts are those the caller found; an attacker with many
 * addresses meets only the caps per day.
 */
#ifndef FOREWARN_INTAKE_H
#define FOREWARN_INTAKE_H

#include "core/err.h"
#include "core/str.h"
#include "rules/machine.h"
#include "rules/vultron.h"

#include <jansson.h>

/* The fields the acceptance check looks at; absent text is NULL or "". */
struct intake_report {
	const char *component;
	const char *version;   /* version or commit */
	const char *impact;    /* attacker gains what */
	const char *steps;     /* reproduction steps */
	const char *code_path; /* or a reasoned code path */
};
#define INTAKE_ITEMS 4

/*
 * Names of what is missing for acceptance (I-03): "component" "version"
 * "impact" "steps". Missing things make the report need information; they do
 * not refuse it. Returns how many.
 */
size_t intake_missing(
    const struct intake_report *report, const char *ret[INTAKE_ITEMS]);

/*
 * Checks the two declarations (I-04), both mandatory: reproduced is "yes" or
 * "no", ai is "no", "partly" or "mostly"; "yes" needs where. ERR_INVALID.
 */
MUST bool intake_declared(
    struct str reproduced, struct str where, struct str ai, struct err *err);

/* Order in the queue by declaration only, 0 first (I-04: it sorts). */
int intake_rank(struct str reproduced, struct str ai);

struct intake_caps {
	int64_t address_day; /* reports per source address and day */
	int64_t day;         /* all reports per day */
	int64_t week;        /* all reports per week */
	int64_t open;        /* open at once, per reporter */
	int64_t new_open;    /* the same without an accepted report */
};

/*
 * From the policy's "intake" object: per_address_day (20), per_day (200),
 * per_week (600), open_per_reporter (20), open_per_new_reporter (3). policy
 * may be NULL.
 */
struct intake_caps intake_caps_of(const json_t *policy);

/* What was counted before this report. */
struct intake_counts {
	int64_t address_day, day, week;
	int64_t open;     /* reports of the reporter not yet closed */
	int64_t accepted; /* his accepted reports ever */
	bool known;       /* there is a reporter to count, not only a source */
};

enum intake_place {
	INTAKE_ACCEPT, /* straight into the inbox */
	INTAKE_QUEUE,  /* stored and numbered, visibly waiting (I-11) */
};

/* Name of the cap that was reached, or "" (I-11). */
enum intake_place intake_cap(struct intake_caps caps,
    const struct intake_counts *counts, const char **cap);

/* Who sends, as far as the pause switch asks (I-10). */
struct intake_sender {
	bool open_case; /* a message to an open case */
	bool exploited; /* marked exploited in the wild */
	bool maker;     /* registered maker */
	bool cna_csirt; /* other CNA or CSIRT */
};

/* Is intake paused at now? Ends at until or when ended earlier; 0: not. */
bool intake_is_paused(int64_t from, int64_t until, int64_t ended, int64_t now);

/* Is this sender never paused (I-10)? */
bool intake_never_paused(const struct intake_sender *sender);

/*
 * Checks a pause before it begins: reason, public notice, an end after the
 * start and within 92 days. ERR_INVALID.
 */
MUST bool intake_pause_check(struct str reason, struct str notice, int64_t from,
    int64_t until, struct err *err);

/* A class of triage (intake.md section 5). */
struct intake_class {
	const char *name; /* stored word, for example "valid" */
	const char *label;
	enum machine_state state; /* where the case goes */
	enum rm rm;               /* RM of the project there */
	const char *next;         /* what to do, for people */
	const char *needs;        /* field that must be filled, or "" */
};
#define INTAKE_CLASSES 7

/* All classes. */
const struct intake_class *intake_classes(void);

/* A class by its stored word, or NULL. */
const struct intake_class *intake_class_find(struct str name);

/*
 * May these people reject for this non-issue (I-17)? "N10" and "N11" need two
 * different persons. "" or any other id needs one.
 */
MUST bool intake_reject_check(struct str non_issue, int64_t first_person,
    int64_t second_person, struct err *err);

/* Spam in a row after which a block of the source is offered (I-13). */
bool intake_offers_block(int64_t spam_in_a_row);

#endif
