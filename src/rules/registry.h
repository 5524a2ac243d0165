/*
 * The register of product makers: the states of a maker, what an application
 * must hold before it can be approved, how an address and a web page are
 * checked against the declared domains, who is entitled to embargoed content
 * and what the public list may show. Disadvantages: no public suffix list is
 * consulted, so a reviewer must notice a declared "co.uk"; and what a page
 * really says only a person can judge.
 */
#ifndef FOREWARN_REGISTRY_H
#define FOREWARN_REGISTRY_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum registry_state {
	REGISTRY_DRAFT,
	REGISTRY_SUBMITTED,
	REGISTRY_INCOMPLETE,
	REGISTRY_IN_REVIEW,
	REGISTRY_ACTIVE,
	REGISTRY_REFUSED,
	REGISTRY_LAPSED,
	REGISTRY_UNREACHABLE,
	REGISTRY_SUSPENDED,
	REGISTRY_REMOVED,
};
#define REGISTRY_STATES 10

enum registry_event {
	REGISTRY_SUBMIT,
	REGISTRY_FIND_MISSING,
	REGISTRY_RESUBMIT,
	REGISTRY_REVIEW, /* alias answered, criteria filled */
	REGISTRY_APPROVE,
	REGISTRY_REFUSE,
	REGISTRY_UPHOLD,  /* appeal upheld */
	REGISTRY_EXPIRE,  /* review date passed without confirmation */
	REGISTRY_SILENCE, /* alias challenge unanswered */
	REGISTRY_ANSWER,  /* alias answers */
	REGISTRY_SUSPEND,
	REGISTRY_REINSTATE,
	REGISTRY_REVALIDATE,
	REGISTRY_REMOVE, /* leave or remove */
};
#define REGISTRY_EVENTS 14

/* One step of a maker (section 3.4); ERR_CONFLICT when not in the table. */
MUST bool registry_step(enum registry_state from, enum registry_event event,
    enum registry_state *ret, struct err *err);

/* Stored word, for example "in-review". */
const char *registry_state_name(enum registry_state state);

/* The state of a stored word. */
MUST bool registry_state_find(struct str name, enum registry_state *ret);

/* Stored word of an event, for example "suspend". */
const char *registry_event_name(enum registry_event event);

enum registry_kind {
	REGISTRY_APPLICANT,
	REGISTRY_PROJECT_MEMBER, /* gives alerts, not case content */
	REGISTRY_COMMITTEE,      /* bound to the seat */
};
#define REGISTRY_KINDS 3

/* Stored word: "applicant" "project-member" "committee". */
const char *registry_kind_name(enum registry_kind kind);

/* The kind of a stored word. */
MUST bool registry_kind_find(struct str name, enum registry_kind *ret);

/* One product of an application; absent text is NULL or "". */
struct registry_product {
	const char *name;
	const char *page;     /* URL on the maker's web site */
	const char *evidence; /* URL or note that proves the use */
};

/* What an application holds, for the check only. */
struct registry_application {
	const char *organisation, *legal_name, *country, *category;
	const char *const *domains; /* declared web domains */
	size_t domain_count;
	const struct registry_product *products;
	size_t product_count;
	const char *contact_url;  /* public vulnerability contact */
	const char *alias;        /* role address for alerts */
	const char *alias_reason; /* recorded when the alias warns */
	const char *terms;        /* version accepted */
	bool alias_answered;      /* the challenge was answered */
};

/* What may be missing; names are stable and shown to the applicant. */
struct registry_item {
	const char *name;      /* field, for example "products" */
	const char *criterion; /* "C1" "C2" "C3" or "" */
	const char *text;      /* what to do */
};
#define REGISTRY_ITEMS 16

/*
 * Everything an application lacks, each item once; 0 means
 * complete. A project member or committee seat needs only alias, answered
 * challenge and terms.
 */
size_t registry_missing(const struct registry_application *application,
    enum registry_kind kind, const struct registry_item *ret[REGISTRY_ITEMS]);

/*
 * Host part of an http or https URL, borrowed; user information, empty hosts
 * and addresses in numbers are refused.
 */
MUST bool registry_host(struct str url, struct str *ret);

/*
 * Is host this domain or one below it? "evil-example.org" and
 * "example.org.evil.net" are not below "example.org". Case and a final dot do
 * not matter; a domain of one label matches nothing.
 */
bool registry_host_in(struct str host, struct str domain);

/* Does the URL lie on one of the declared domains (C2)? */
bool registry_url_in(struct str url, const char *const *domains, size_t count);

/*
 * What is wrong with an alias; bits. A foreign one is missing in an
 * application unless a mailbox provider's; the others need a recorded reason.
 */
#define REGISTRY_ALIAS_FOREIGN 1u  /* not on a declared domain, if any is */
#define REGISTRY_ALIAS_FREEMAIL 2u /* mailbox provider */
#define REGISTRY_ALIAS_PERSONAL 4u /* names no role */
#define REGISTRY_ALIAS_PLUS 8u     /* plus-address */

/*
 * Checks a role alias: ERR_INVALID when it is no mail address, otherwise the
 * warnings in *warnings (0: none).
 */
MUST bool registry_alias(struct str alias, const char *const *domains,
    size_t count, unsigned *warnings, struct err *err);

/* Sentence for one warning bit. */
const char *registry_alias_text(unsigned bit);

/* The domain of a mail address, borrowed; the public list shows only this. */
struct str registry_alias_domain(struct str alias);

/* One criterion as decided. */
struct registry_criterion {
	bool met;
	const char *note;
};

struct registry_decision {
	bool approve;
	struct registry_criterion criteria[3]; /* C1 C2 C3 */
	const char *reason;
	int64_t review_at; /* at most 12 months ahead */
	const char *decider_employer;
	size_t deciders; /* distinct persons */
};

/*
 * Checks a decision record: approval needs every item there, every criterion
 * met with a note, and a review date within a year; a refusal names at least
 * one failed criterion; both need a reason, enough deciders, and none
 * of the applicant's own employ. ERR_CONFLICT when items are missing,
 * ERR_DENIED for one's own employer.
 */
MUST bool registry_decide(const struct registry_decision *decision,
    const struct registry_application *application, enum registry_kind kind,
    size_t deciders_needed, int64_t now, struct err *err);

enum registry_challenge {
	REGISTRY_CHALLENGE_NONE,
	REGISTRY_CHALLENGE_WAITING,
	REGISTRY_CHALLENGE_ANSWERED,
	REGISTRY_CHALLENGE_EXPIRED, /* fire REGISTRY_SILENCE */
};

/* State of an alias challenge after `days` (R-27: 7). Instants 0: not yet. */
enum registry_challenge registry_challenge(
    int64_t sent_at, int64_t answered_at, int64_t days, int64_t now);

/* Must a maker lapse now? */
bool registry_review_is_over(
    enum registry_state state, int64_t review_at, int64_t now);

/* Facts the entitlement depends on. */
struct registry_standing {
	enum registry_kind kind;
	enum registry_state state;
	int64_t unreachable_since; /* 0: not unreachable */
	const char *terms;         /* version accepted */
	bool seat;                 /* committee: the seat is held now */
};

/*
 * Is he entitled to new embargoed content now? Only active and on
 * the current terms; an unreachable one until grace days (14) are over; a
 * committee person only while seated. Consent and grants are asked apart.
 */
bool registry_entitled(const struct registry_standing *standing,
    const char *current_terms, int64_t grace_days, int64_t now);

/* Do grants end at once in this state? */
bool registry_cuts_grants(enum registry_state state);

/* Does the kind give case content, not only alerts? */
bool registry_reads_cases(const struct registry_standing *standing);

/* Does a maker in this state stand in the public list? */
bool registry_is_listed(enum registry_state state);

/* The only fields the public list may show; NULL ends the list. */
const char *const *registry_public_fields(void);

/* May a field of this name be shown publicly? */
bool registry_is_public(struct str field);

#endif
