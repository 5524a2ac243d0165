#include "desk/fix.h"

#include "core/when.h"

#include <stdlib.h>
#include <string.h>

static const char *
place(struct ask *ask, const char *line)
{
	return ask_print(ask, "fix.body %s", line);
}

bool
fix_list(struct ask *ask, const struct casefile *file, struct fixes *ret,
    struct err *err)
{
	struct row_fix_list *rows;
	struct fixes fixes = { 0 };
	size_t count;
	if (!q_fix_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	fixes.rows = arena_get(ask->arena, (count + 1) * sizeof(*fixes.rows));
	if (fixes.rows == NULL)
		return err_set(err, ERR_LIMIT, NULL, "too many branch rows");
	for (size_t i = 0; i < count; i++) {
		json_t *body;
		if (!ask_unseal(ask, file->row.key_id, place(ask, rows[i].line),
			file->row.id, rows[i].body, &body, err)) {
			fixes_auto(&fixes);
			return false;
		}
		size_t at = fixes.count++;
		for (; at > 0 &&
		       lines_compare(str_of(fixes.rows[at - 1].row.line),
			   str_of(rows[i].line)) > 0;
		     at--)
			fixes.rows[at] = fixes.rows[at - 1];
		fixes.rows[at] = (struct fix){ rows[i], body };
	}
	*ret = fixes;
	return true;
}

void
fixes_auto(struct fixes *fixes)
{
	for (size_t i = 0; i < fixes->count; i++)
		json_decref(fixes->rows[i].body);
	fixes->count = 0;
}

bool
fix_save(struct ask *ask, const struct casefile *file, const struct fix *fix,
    struct err *err)
{
	const struct row_fix_list *row = &fix->row;
	struct str sealed;
	int64_t count;
	return ask_seal(ask, file->row.key_id, place(ask, row->line),
		   file->row.id, fix->body, &sealed, err) &&
	       q_fix_put(ask->db, ask->pass, file->row.id, row->line,
		   row->disposition, row->required, row->due_at, row->merged_at,
		   row->released_at, ask->now, sealed, &count, err);
}

static const struct fix *
find(const struct fixes *fixes, const char *line)
{
	for (size_t i = 0; i < fixes->count; i++)
		if (strcmp(fixes->rows[i].row.line, line) == 0)
			return &fixes->rows[i];
	return NULL;
}

static bool
has_rows(enum machine_state state)
{
	return state == MACHINE_TRIAGE || state == MACHINE_ASSIGNED ||
	       state == MACHINE_REVIEW || state == MACHINE_ACCEPTED;
}

static bool
is_named(const struct lines_row *const *lines, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(lines[i]->name, name) == 0)
			return true;
	return false;
}

/* Adds what is missing, and says of the rest whether it is required. */
static bool
require(struct ask *ask, const struct casefile *file, const struct fixes *fixes,
    const struct lines_row *const *lines, size_t count, struct err *err)
{
	AUTO(value) json_t *nothing = json_object();
	int64_t changed;
	for (size_t i = 0; i < count; i++) {
		const struct fix fresh = { .row = { .line = lines[i]->name,
					       .disposition = "",
					       .required = 1 },
			.body = nothing };
		if (find(fixes, lines[i]->name) == NULL &&
		    !fix_save(ask, file, &fresh, err))
			return false;
	}
	for (size_t i = 0; i < fixes->count; i++) {
		const struct row_fix_list *row = &fixes->rows[i].row;
		int64_t wanted = is_named(lines, count, row->line);
		if (row->required != wanted &&
		    !q_fix_require(ask->db, ask->pass, file->row.id, row->line,
			wanted, &changed, err))
			return false;
	}
	return true;
}

/* When the fix reached main for the first time, or 0. Settled at once. */
static int64_t
landed_at(const struct fixes *fixes)
{
	const struct fix *trunk = find(fixes, "main");
	bool landed =
	    trunk != NULL && value_when(trunk->body, "landed_at") != 0;
	return landed ? trunk->row.merged_at : 0;
}

bool
fix_require(struct ask *ask, const struct casefile *file, struct err *err)
{
	const struct lines_row *lines[LINES_MAX];
	struct line_book book;
	AUTO(fixes) struct fixes fixes = { 0 };
	if (!has_rows(file->state))
		return true;
	if (!fix_list(ask, file, &fixes, err))
		return false;
	if (value_true(file->body, "lines_settled"))
		return true;
	int64_t landed = landed_at(&fixes);
	if (!line_book(ask, &book, err))
		return false;
	size_t count = lines_required(
	    book.lines, book.count, landed != 0 ? landed : ask->now, lines);
	return require(ask, file, &fixes, lines, count, err);
}

static bool
is(const struct fix *fix, const char *disposition)
{
	return strcmp(fix->row.disposition, disposition) == 0;
}

struct lines_branch
fix_branch(const struct fix *fix, const struct line_book *book, int64_t now)
{
	const struct lines_row *line =
	    lines_find(book->lines, book->count, str_of(fix->row.line), now);
	struct lines_branch branch = { .line = fix->row.line,
		.commit = value_text(fix->body, "commit"),
		.pr = value_text(fix->body, "pr"),
		.reason = value_text(fix->body, "reason"),
		.introduced = value_text(fix->body, "introduced"),
		.owner = value_text(fix->body, "owner"),
		.due_at = fix->row.due_at,
		.accepted_by = value_text(fix->body, "accepted_by"),
		.supported = line != NULL && lines_is_supported(line, now) };
	const char *word = is(fix, "merged") ? "fixed" : fix->row.disposition;
	if (!lines_disposition_find(str_of(word), &branch.disposition))
		branch.disposition = LINES_EMPTY;
	return branch;
}

unsigned
fix_letters(const struct fix *fix)
{
	unsigned letters = CS_V;
	if (is(fix, "merged") || is(fix, "fixed"))
		letters |= CS_F;
	if ((letters & CS_F) != 0 && fix->row.released_at != 0)
		letters |= CS_D;
	return letters;
}

#define BRANCHES_MOST 200

struct cs_summary
fix_summary(const struct fixes *fixes, const struct casefile *file)
{
	struct cs_branch branches[BRANCHES_MOST] = { 0 };
	size_t count =
	    fixes->count < BRANCHES_MOST ? fixes->count : BRANCHES_MOST;
	unsigned state = 0;
	if (!cs_parse(str_of(file->row.pxa), &state))
		state = 0;
	for (size_t i = 0; i < count; i++) {
		const struct fix *fix = &fixes->rows[i];
		branches[i] = (struct cs_branch){
			.vfd = fix_letters(fix),
			.required = fix->row.required != 0,
			.not_affected = is(fix, "not-affected"),
			.wont_fix = is(fix, "wont-fix-eol") ||
				    is(fix, "wont-fix-other"),
		};
	}
	return cs_summary_of(branches, count, true, state & CS_PXA);
}

bool
fix_check_all(struct ask *ask, const struct casefile *file, struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	struct line_book book;
	size_t required = 0;
	if (!fix_list(ask, file, &fixes, err) || !line_book(ask, &book, err))
		return false;
	for (size_t i = 0; i < fixes.count; i++) {
		const struct lines_branch branch =
		    fix_branch(&fixes.rows[i], &book, ask->now);
		if (fixes.rows[i].row.required == 0)
			continue;
		required++;
		if (!lines_check(&branch, err))
			return false;
	}
	return required > 0 || err_set(err, ERR_INVALID, "branches",
				   "No release line is required yet. Move the "
				   "case to triage first.");
}

bool
fix_section(const struct fix *fix, char section[LINES_SECTION])
{
	const struct lines_release tag = { .tag = value_text(fix->body, "tag"),
		.line = fix->row.line,
		.contains = true };
	return tag.tag[0] != '\0' &&
	       lines_section(&tag, 1, fix->row.line, section);
}
