/*
 * Disclosure: what a case says to the world, what still stands in the way, and
 * the act that publishes it (P-51). Documents are made by src/publish from the
 * facts gathered here; the act in act.c performs, per case and in this order,
 * begin, page, cve, feed, rst, mails, close, each once.
 */
#ifndef FOREWARN_DESK_DISCLOSE_H
#define FOREWARN_DESK_DISCLOSE_H

#include "desk/case.h"

#define DISCLOSE_DIGEST 65

struct disclosure {
	struct casefile file;
	json_t *fixes;    /* branch rows in clear, see publish.h */
	json_t *document; /* document value; never NULL after success */
	struct err
	    fault; /* why no documents can be made; ERR_NONE if they can */
	char digest[DISCLOSE_DIGEST]; /* "" when they cannot */
};

/*
 * Gathers a case and makes its document value as of an instant (0: as planned,
 * the embargo's end or now). Succeeds also for a case that cannot be published
 * yet; then fault says why.
 */
MUST bool disclosure_open(struct ask *ask, int64_t case_id, int64_t at,
    struct disclosure *ret, struct err *err);

/*
 * Everything about the disclosure of one case but its documents, into value:
 * number, title, state, cves, digest, checks, approvals, approved, waiting,
 * advisories, next {approve, run, early, revise}, ready, changed.
 */
MUST bool disclosure_status(
    struct ask *ask, int64_t case_id, json_t *value, struct err *err);

/* Drops what it owns. For AUTO(disclosure). */
void disclosure_auto(struct disclosure *disclosure);

/*
 * The check list: new array of {name, label, ok, blocks, text, repair}. Only
 * items that block stand in the way. with_end: also whether the embargo is
 * over.
 */
MUST bool disclosure_checks(struct ask *ask,
    const struct disclosure *disclosure, bool with_end, json_t **ret,
    struct err *err);

/* True when nothing that blocks is wrong; else *ret is the first such item. */
bool disclosure_is_ready(const json_t *checks, const json_t **ret);

/* Facts for the gate of E10: a set of MACHINE_BIT. */
unsigned disclosure_gate(const json_t *checks, bool early);

/* The project of every document, see publish_project. Owned. */
json_t *disclosure_project(const struct ask *ask);

/*
 * Works off every item whose instant has come, each step in a transaction of
 * its own; called by the clock, and harmless at any time. An item that fails
 * keeps its error and is tried again after a minute; the others go on. Errors:
 * only of the database.
 */
MUST bool act_turn(struct house *house, struct err *err);

/*
 * Writes what all share: front page, feed, vulnerabilities pages, release
 * notes, security.txt. Makes the same bytes from the same rows.
 */
MUST bool site_write_feed(struct house *house, struct err *err);
MUST bool site_write_rst(struct house *house, struct err *err);
MUST bool site_write_contact(struct house *house, struct err *err);

/* Writes every file of the site again, advisories too; at start. */
MUST bool site_write_all(struct house *house, struct err *err);

typedef bool site_each(
    struct ask *ask, const json_t *document, void *context, struct err *err);

/* Every published document, read in pages so that memory stays small. */
MUST bool site_walk(
    struct ask *ask, site_each *each, void *context, struct err *err);

/* The document value in a stored advisory. Owned. */
MUST bool site_document(const char *stored, json_t **ret, struct err *err);

/*
 * The first tags of fixed branches of embargoed cases: new array of {case_id,
 * cve, embargo_until, line, tag}, for placeholders (P-41). What makes it is
 * secret, what it holds may be published when the policy says so (P-62).
 */
MUST bool notes_embargoed(struct ask *ask, json_t **ret, struct err *err);

/* {"4.4": "subsection"}: the shape of each line's notes (P-39). Owned. */
MUST bool notes_shapes(struct ask *ask, json_t **ret, struct err *err);

#endif
