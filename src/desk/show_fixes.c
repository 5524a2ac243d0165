/* Release lines of a case, as case.show tells them. */
#include "core/when.h"
#include "desk/case_show.h"
#include "desk/fix.h"

#include <string.h>

/* "#82072" of ".../pull/82072", or the whole address. */
static const char *
pr_name(struct ask *ask, const char *pr)
{
	const char *slash = strrchr(pr, '/');
	if (slash == NULL || slash[1] == '\0' ||
	    strspn(slash + 1, "0123456789") != strlen(slash + 1))
		return pr;
	return ask_print(ask, "#%s", slash + 1);
}

static void
show_texts(struct ask *ask, const struct fix *fix, json_t *value)
{
	static const char *const kept[] = { "pr", "commit", "tag", "reason",
		"introduced", "owner", "accepted_by", "confirmed_by" };
	char section[LINES_SECTION];
	const char *pr = value_text(fix->body, "pr");
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set_text(value, kept[i], value_text(fix->body, kept[i]));
	value_set_text(value, "pr_name", pr_name(ask, pr));
	value_set_text(value, "commit_short",
	    ask_print(ask, "%.12s", value_text(fix->body, "commit")));
	value_set_text(
	    value, "section", fix_section(fix, section) ? section : NULL);
}

static json_t *
fix_value(struct ask *ask, const struct fix *fix, const struct line_book *book)
{
	const struct row_fix_list *row = &fix->row;
	const struct lines_branch branch = fix_branch(fix, book, ask->now);
	const struct row_line_all *line = line_at(book, row->line, ask->now);
	char vfd[CS_TEXT];
	bool affected = strcmp(row->disposition, "not-affected") != 0;
	json_t *value = json_object();
	show_texts(ask, fix, value);
	value_set_text(value, "line", row->line);
	value_set_text(value, "kind", line == NULL ? NULL : line->kind);
	value_set_text(value, "disposition", row->disposition);
	value_set_bool(value, "required", row->required != 0);
	value_set_bool(value, "supported", branch.supported);
	value_set_bool(value, "final", lines_check(&branch, NULL));
	value_set_text(value, "vfd",
	    affected ? cs_print_vfd(fix_letters(fix), vfd) : NULL);
	value_set_when(value, "due", row->due_at);
	value_set_bool(
	    value, "late", row->due_at != 0 && row->due_at < ask->now);
	value_set_when(value, "merged_at", row->merged_at);
	value_set_when(value, "released_at", row->released_at);
	return value;
}

/* Lines one may choose: those with a row, then the others that are known. */
static json_t *
lines_value(const struct fixes *fixes, const struct line_book *book)
{
	json_t *lines = json_array();
	for (size_t i = 0; i < fixes->count; i++)
		(void)json_array_append_new(
		    lines, json_string(fixes->rows[i].row.line));
	for (size_t i = 0; i < book->count; i++) {
		size_t at;
		json_t *name;
		bool known = false;
		json_array_foreach(lines, at, name)
		{
			known = known || strcmp(json_string_value(name),
					     book->rows[i].name) == 0;
		}
		if (!known)
			(void)json_array_append_new(
			    lines, json_string(book->rows[i].name));
	}
	return lines;
}

bool
case_show_fixes(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	struct line_book book;
	char letters[CS_TEXT];
	json_t *list = json_array();
	value_set(value, "branches", list);
	if (!fix_list(ask, file, &fixes, err) || !line_book(ask, &book, err))
		return false;
	for (size_t i = 0; i < fixes.count; i++)
		(void)json_array_append_new(
		    list, fix_value(ask, &fixes.rows[i], &book));
	struct cs_summary summary = fix_summary(&fixes, file);
	value_set(value, "lines", lines_value(&fixes, &book));
	value_set_int(value, "fixed", (int64_t)summary.fixed);
	value_set_int(value, "deployed", (int64_t)summary.deployed);
	value_set_int(value, "to_fix", (int64_t)summary.to_fix);
	value_set_text(value, "letters", cs_print(summary.state, letters));
	return true;
}
