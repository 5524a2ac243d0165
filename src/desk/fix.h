/*
 * Where the fix of a case stands on every release line: one row per line with
 * its disposition, typed by hand (P-34 to P-36, P-64, P-65), and the letters
 * V, F and D it gives (V-27 to V-31). Disadvantage: nothing here has seen the
 * repository; rows say what a person said.
 */
#ifndef FOREWARN_DESK_FIX_H
#define FOREWARN_DESK_FIX_H

#include "desk/case.h"
#include "desk/line.h"
#include "rules/cs.h"

/* One branch row with its unsealed body: commit, pr, tag, reason, ... */
struct fix {
	struct row_fix_list row;
	json_t *body; /* borrowed from the list */
};

struct fixes {
	struct fix *rows; /* main first, newest line next */
	size_t count;
};

/* All branch rows of a case. Drop with fixes_auto. */
MUST bool fix_list(struct ask *ask, const struct casefile *file,
    struct fixes *ret, struct err *err);

/* For AUTO(fixes). */
void fixes_auto(struct fixes *fixes);

/*
 * Makes the rows a case must have (P-34): the lines supported now, or, once
 * the fix landed on main, those of that day and then never again (P-65).
 * Cases before triage and rejected ones get none. Called by case_save.
 */
MUST bool fix_require(
    struct ask *ask, const struct casefile *file, struct err *err);

/* The row as the rule book reads it; merged counts as fixed. */
struct lines_branch fix_branch(
    const struct fix *fix, const struct line_book *book, int64_t now);

/* V, F and D of one row; CS_V alone where nothing is known. */
unsigned fix_letters(const struct fix *fix);

/* Letters and counts of a case from its rows and facts (V-30). */
struct cs_summary fix_summary(
    const struct fixes *fixes, const struct casefile *file);

/*
 * Has every required line a disposition that is complete (gate of E10)?
 * ERR_INVALID names the first that has not.
 */
MUST bool fix_check_all(
    struct ask *ask, const struct casefile *file, struct err *err);

/*
 * The release section that lists this row, "4.4.2" (P-40): that of the first
 * tag that contains its fix. False while there is none.
 */
bool fix_section(const struct fix *fix, char section[LINES_SECTION]);

/*
 * The case was accepted: its commit is on main. Sets the row of main to
 * merged, when nothing was said of it yet, and settles the required lines.
 * Commit and pull request come from the case; without either, nothing. The
 * caller saves the case.
 */
MUST bool fix_accepted(struct ask *ask, struct casefile *file, struct err *err);

/* Writes one row back. */
MUST bool fix_save(struct ask *ask, const struct casefile *file,
    const struct fix *fix, struct err *err);

#endif
