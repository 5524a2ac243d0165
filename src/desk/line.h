/*
 * Release lines and tags as the desk keeps them: dated statements, appended
 * and never overwritten (P-33). Everybody may read them; they are no secret.
 */
#ifndef FOREWARN_DESK_LINE_H
#define FOREWARN_DESK_LINE_H

#include "desk/ask.h"
#include "rules/lines.h"
#include "store/statements.h"

struct line_book {
	struct row_line_all *rows;
	struct lines_row *lines; /* the same, for the rule book */
	size_t count;
};

/* All statements about release lines, in the arena. */
MUST bool line_book(struct ask *ask, struct line_book *ret, struct err *err);

/* What is said of a line at an instant, or NULL. */
const struct row_line_all *line_at(
    const struct line_book *book, const char *name, int64_t at);

/*
 * Writes lines of the policy that are not known yet, with the earlier ends of
 * life as history, and "main" in any case. A work of the first start.
 */
MUST bool line_seed(struct ask *ask, struct err *err);

#endif
