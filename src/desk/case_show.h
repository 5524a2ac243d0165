/*
 * The parts of case.show. One value holds everything of a case the asker may
 * see; case_show.c makes its head, texts, talk and time line, and the parts
 * below come from the rooms that own their rows. Each part sets its keys in
 * `value`, lists empty rather than absent, and is called only for a reader
 * whose sections (rules/access.h) hold what the comment names.
 */
#ifndef FOREWARN_DESK_CASE_SHOW_H
#define FOREWARN_DESK_CASE_SHOW_H

#include "desk/case.h"

/*
 * SECTION_PEOPLE: "terms" (numbered proposals, newest first), "participants"
 * with their consents, "facts" (P, X, A with what was superseded). The head has
 * made value.embargo {"em","label","on","decided","number","ends_at"} before,
 * which may get more keys here.
 */
MUST bool case_show_embargo(struct ask *ask, const struct casefile *file,
    json_t *value, struct err *err);

/*
 * SECTION_TALK: "reporter_counts" {"open","accepted","rejected","reasons":
 * [{"code","found"}]} of all reports from this address, the reasons of its
 * newest ones; nothing when he gave no address.
 */
MUST bool case_show_reporter(struct ask *ask, const struct casefile *file,
    json_t *value, struct err *err);

/* SECTION_FIX: "branches", one row per release line; "fixed", "to_fix". */
MUST bool case_show_fixes(struct ask *ask, const struct casefile *file,
    json_t *value, struct err *err);

/* SECTION_PEOPLE: "notices", "makers" (grants, receipts, statements). */
MUST bool case_show_makers(struct ask *ask, const struct casefile *file,
    json_t *value, struct err *err);

/*
 * SECTION_DOCUMENTS: "checks" (what stands in the way of disclosure, each
 * {"name","ok","text","repair"}), "documents", "advisories" (revisions).
 */
MUST bool case_show_disclosure(struct ask *ask, const struct casefile *file,
    json_t *value, struct err *err);

#endif
