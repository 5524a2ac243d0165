/*
 * Release lines as dated rows: which were supported on a day as known on that
 * day (P-33, P-34, P-65), what each branch of a case must say (P-35), and
 * which release section a fix belongs to (P-40, P-74). Disadvantage: ancestry
 * of commits is not looked at here; the caller says which tags contain a fix.
 */
#ifndef FOREWARN_LINES_H
#define FOREWARN_LINES_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lines_kind {
	LINES_MAIN,
	LINES_STABLE,
	LINES_LTS,
};

/* One statement about a line, true for those who asked in [from, to). */
struct lines_row {
	const char *name; /* "main", "4.4" */
	enum lines_kind kind;
	int64_t first_release_at; /* 0: long ago */
	int64_t eol_at;           /* start of its last day; 0: none known */
	int64_t valid_from;       /* 0: always */
	int64_t valid_to;         /* 0: still */
};

/* Most lines one answer holds. */
#define LINES_MAX 64

/* Was the row what was known then? */
bool lines_is_valid(const struct lines_row *row, int64_t at);

/*
 * Was the line supported then? From its first release through the whole UTC
 * day of its EOL; main always.
 */
bool lines_is_supported(const struct lines_row *row, int64_t at);

/*
 * The lines a fix that landed on main at this instant must reach: main and
 * those supported on that day, as then known, main first and newest next.
 * Later rows change nothing (P-65). Returns how many, at most LINES_MAX.
 */
size_t lines_required(const struct lines_row *rows, size_t count,
    int64_t landed_at, const struct lines_row *ret[LINES_MAX]);

/*
 * The row that speaks for a line at an instant, or NULL. The one valid from
 * latest wins.
 */
const struct lines_row *lines_find(
    const struct lines_row *rows, size_t count, struct str name, int64_t at);

/* main first, then newest first by number (P-48): < 0, 0, > 0. */
int lines_compare(struct str a, struct str b);

/* What is said about one branch of a case. */
enum lines_disposition {
	LINES_EMPTY, /* nothing was said: no disposition */
	LINES_FIXED,
	LINES_NOT_AFFECTED,
	LINES_WONT_FIX_EOL,
	LINES_WONT_FIX_OTHER,
	LINES_PENDING,
};
#define LINES_DISPOSITIONS 6

/* Stored word, "" for LINES_EMPTY. */
const char *lines_disposition_name(enum lines_disposition disposition);

/* The disposition of a stored word; "" is none and not found. */
MUST bool lines_disposition_find(struct str name, enum lines_disposition *ret);

/* One branch row of a case; absent text is NULL or "". */
struct lines_branch {
	const char *line;
	enum lines_disposition disposition;
	const char *commit;      /* fixed */
	const char *pr;          /* fixed */
	const char *reason;      /* not-affected, wont-fix-other */
	const char *introduced;  /* not-affected: introducing commit */
	const char *owner;       /* pending */
	int64_t due_at;          /* pending */
	const char *accepted_by; /* pending: who takes the risk, by name */
	bool supported;          /* today; wont-fix-eol asks for false */
};

/*
 * Does the row hold what its disposition needs? ERR_INVALID with the field;
 * commits are 7 to 64 hex digits.
 */
MUST bool lines_check(const struct lines_branch *branch, struct err *err);

/*
 * May the case become public (gate of E10)? Each required line needs a row
 * that passes lines_check. ERR_INVALID names the first line that does not.
 */
MUST bool lines_check_all(const struct lines_row *const *required, size_t count,
    const struct lines_branch *branches, size_t branch_count, struct err *err);

/* "v4.4.0-rc2" in numbers; rc 0 is the release itself. */
struct lines_tag {
	int64_t major, minor, patch, rc;
};

/* Reads "v4.4.2", "4.4.2" or "v4.4.0-rc1". */
MUST bool lines_parse_tag(struct str text, struct lines_tag *ret);

/* By version; a candidate comes before its release. */
int lines_compare_tags(struct lines_tag a, struct lines_tag b);

/* A tag of the project and whether it contains the fix of the branch. */
struct lines_release {
	const char *tag;
	const char *line;
	bool contains;
};

/* Room for "4.4.2" and its NUL. */
#define LINES_SECTION 64

/*
 * The release section that lists the CVE for this line: that of the first tag
 * of the line containing the fix, a candidate counting for its release
 * ("v4.4.0-rc1" gives "4.4.0"). For main, the line of a tag does not matter.
 * False: no tag contains it yet.
 */
bool lines_section(const struct lines_release *releases, size_t count,
    const char *line, char section[LINES_SECTION]);

#endif
