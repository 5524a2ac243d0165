#include "desk/line.h"

#include "core/when.h"

#include <string.h>

#define SHAPE "bullet"

static enum lines_kind
kind_of(const char *word)
{
	if (strcmp(word, "main") == 0)
		return LINES_MAIN;
	return strcmp(word, "lts") == 0 ? LINES_LTS : LINES_STABLE;
}

bool
line_book(struct ask *ask, struct line_book *ret, struct err *err)
{
	struct line_book book;
	if (!q_line_all(ask->db, ask->arena, &book.rows, &book.count, err))
		return false;
	book.lines =
	    arena_get(ask->arena, (book.count + 1) * sizeof(*book.lines));
	if (book.lines == NULL)
		return err_set(err, ERR_LIMIT, NULL, "too many release lines");
	for (size_t i = 0; i < book.count; i++)
		book.lines[i] = (struct lines_row){
			.name = book.rows[i].name,
			.kind = kind_of(book.rows[i].kind),
			.first_release_at = book.rows[i].first_release_at,
			.eol_at = book.rows[i].eol_at,
			.valid_from = book.rows[i].valid_from,
			.valid_to = book.rows[i].valid_to,
		};
	*ret = book;
	return true;
}

const struct row_line_all *
line_at(const struct line_book *book, const char *name, int64_t at)
{
	const struct lines_row *found =
	    lines_find(book->lines, book->count, str_of(name), at);
	return found == NULL ? NULL : &book->rows[found - book->lines];
}

static bool
append(struct ask *ask, const struct row_line_all *row, struct err *err)
{
	int64_t count;
	return q_line_insert(ask->db, db_id_new(), row->name, row->kind,
	    row->branch, row->first_release_at, row->eol_at, row->shape,
	    row->valid_from, row->valid_to, row->source, &count, err);
}

/* A bare day of the policy, or 0. */
static int64_t
day_of(const char *text)
{
	int64_t when = 0;
	return when_parse(str_of(text), true, &when) ? when : 0;
}

/*
 * What the policy says of one line. When an earlier end of life was believed
 * is not known unless valid_from says it, so it stands as history of no
 * length, before the row that counts.
 */
static bool
seed_line(struct ask *ask, const json_t *line, struct err *err)
{
	size_t i;
	json_t *eol;
	struct row_line_all row = { .name = value_text(line, "name"),
		.kind = value_text(line, "kind"),
		.branch = value_text(line, "branch"),
		.first_release_at = day_of(value_text(line, "first")),
		.shape = SHAPE,
		.valid_from = day_of(value_text(line, "valid_from")),
		.source = value_text(line, "source") };
	struct row_line_all before = row;
	before.valid_from = row.first_release_at;
	before.valid_to =
	    row.valid_from != 0 ? row.valid_from : row.first_release_at;
	if (before.valid_to == 0)
		before.valid_from = before.valid_to = 1;
	json_array_foreach(json_object_get(line, "earlier_eol"), i, eol)
	{
		before.eol_at = day_of(json_string_value(eol));
		if (!append(ask, &before, err))
			return false;
	}
	row.eol_at = day_of(value_text(line, "eol"));
	row.valid_to = day_of(value_text(line, "valid_to"));
	return append(ask, &row, err);
}

static bool
is_known(const struct line_book *book, const char *name)
{
	for (size_t i = 0; i < book->count; i++)
		if (strcmp(book->rows[i].name, name) == 0)
			return true;
	return false;
}

bool
line_seed(struct ask *ask, struct err *err)
{
	struct line_book book;
	const json_t *lines = ask_policy_value(ask, "lines");
	bool main_named = false;
	if (!line_book(ask, &book, err))
		return false;
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		const char *name = value_text(line, "name");
		main_named = main_named || strcmp(name, "main") == 0;
		if (!is_known(&book, name) && !seed_line(ask, line, err))
			return false;
	}
	const struct row_line_all trunk = { .name = "main",
		.kind = "main",
		.branch = "main",
		.shape = SHAPE,
		.source = "every project has one" };
	return main_named || is_known(&book, "main") ||
	       append(ask, &trunk, err);
}

static json_t *
row_value(const struct row_line_all *row, int64_t now)
{
	json_t *value = json_object();
	const struct lines_row line = { .name = row->name,
		.kind = kind_of(row->kind),
		.first_release_at = row->first_release_at,
		.eol_at = row->eol_at };
	value_set_text(value, "name", row->name);
	value_set_text(value, "kind", row->kind);
	value_set_text(value, "branch", row->branch);
	value_set_when(value, "first_release", row->first_release_at);
	value_set_when(value, "eol", row->eol_at);
	value_set_text(value, "shape", row->shape);
	value_set_when(value, "valid_from", row->valid_from);
	value_set_when(value, "valid_to", row->valid_to);
	value_set_text(value, "source", row->source);
	value_set_bool(value, "supported", lines_is_supported(&line, now));
	value_set_bool(value, "planned", row->first_release_at > now);
	return value;
}

/* Statements about the same line that do not hold now, newest first. */
static json_t *
history_value(
    const struct line_book *book, const struct row_line_all *but, int64_t now)
{
	json_t *history = json_array();
	for (size_t i = book->count; i > 0; i--) {
		const struct row_line_all *row = &book->rows[i - 1];
		if (row != but && strcmp(row->name, but->name) == 0)
			(void)json_array_append_new(
			    history, row_value(row, now));
	}
	return history;
}

/* Puts value where main comes first and newer lines before older ones. */
static void
insert_sorted(json_t *list, json_t *value)
{
	size_t at = 0;
	struct str name = str_of(value_text(value, "name"));
	while (
	    at < json_array_size(list) &&
	    lines_compare(
		str_of(value_text(json_array_get(list, at), "name")), name) < 0)
		at++;
	(void)json_array_insert_new(list, at, value);
}

static json_t *
releases_value(const struct row_release_all *rows, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_object();
		value_set_text(row, "tag", rows[i].tag);
		value_set_text(row, "line", rows[i].line);
		value_set_when(row, "released_at", rows[i].released_at);
		(void)json_array_append_new(list, row);
	}
	return list;
}

bool
do_line_list(struct ask *ask, json_t **ret, struct err *err)
{
	struct line_book book;
	struct row_release_all *releases;
	size_t count;
	if (!line_book(ask, &book, err) ||
	    !q_release_all(ask->db, ask->arena, &releases, &count, err))
		return false;
	json_t *lines = json_array();
	for (size_t i = 0; i < book.count; i++) {
		const struct row_line_all *row = &book.rows[i];
		if (line_at(&book, row->name, ask->now) != row)
			continue;
		json_t *value = row_value(row, ask->now);
		value_set(
		    value, "history", history_value(&book, row, ask->now));
		insert_sorted(lines, value);
	}
	bool may_set = access_may(ask->actor, OP_line_set, MACHINE_INIT, 0);
	bool may_tag = access_may(ask->actor, OP_release_set, MACHINE_INIT, 0);
	*ret = json_pack("{s:o, s:o, s:b, s:b}", "lines", lines, "releases",
	    releases_value(releases, count), "may_set", may_set, "may_tag",
	    may_tag);
	return true;
}

static bool
check_line(const struct row_line_all *row, struct err *err)
{
	bool trunk = strcmp(row->kind, "main") == 0;
	if (trunk != (strcmp(row->name, "main") == 0))
		return err_set(err, ERR_INVALID, "kind",
		    "Only the line \"main\" has the kind main. Choose another "
		    "kind or name.");
	if (trunk && row->eol_at != 0)
		return err_set(err, ERR_INVALID, "eol",
		    "main has no end of life. Leave it empty.");
	if (row->eol_at != 0 && row->eol_at < row->first_release_at)
		return err_set(err, ERR_INVALID, "eol",
		    "The end of life lies before the first release. Correct "
		    "one of them.");
	return true;
}

bool
do_line_set(struct ask *ask, json_t **ret, struct err *err)
{
	struct line_book book;
	int64_t count;
	struct row_line_all row = { .name = ask_text(ask, "name"),
		.kind = ask_text(ask, "kind"),
		.branch = ask_text(ask, "branch"),
		.first_release_at = ask_when(ask, "first_release"),
		.eol_at = ask_when(ask, "eol"),
		.shape = ask_text(ask, "shape"),
		.valid_from = ask->now,
		.source = ask_text(ask, "source") };
	if (!line_book(ask, &book, err))
		return false;
	const struct row_line_all *old = line_at(&book, row.name, ask->now);
	if (old != NULL && row.first_release_at == 0)
		row.first_release_at = old->first_release_at;
	if (row.shape[0] == '\0')
		row.shape = old != NULL ? old->shape : SHAPE;
	ask->object = ask_print(ask, "line:%s", row.name);
	if (!check_line(&row, err) ||
	    !q_line_close(ask->db, row.name, ask->now, &count, err) ||
	    !append(ask, &row, err))
		return false;
	*ret = row_value(&row, ask->now);
	return true;
}

bool
do_release_set(struct ask *ask, json_t **ret, struct err *err)
{
	struct line_book book;
	struct lines_tag tag;
	int64_t count;
	const char *text = ask_text(ask, "tag");
	const char *line = ask_text(ask, "line");
	int64_t at = ask_when(ask, "released_at");
	if (!lines_parse_tag(str_of(text), &tag))
		return err_set(err, ERR_INVALID, "tag",
		    "This is no release tag. Write it like v4.4.2 or "
		    "v4.5.0-rc1.");
	if (at > ask->now)
		return err_set(err, ERR_INVALID, "released_at",
		    "A tag is recorded once it exists. This instant is in the "
		    "future.");
	if (!line_book(ask, &book, err))
		return false;
	const struct row_line_all *row = line_at(&book, line, ask->now);
	if (row == NULL)
		return err_set(err, ERR_INVALID, "line",
		    "There is no release line \"%.40s\". Add it first.", line);
	ask->object = ask_print(ask, "tag:%s", text);
	if (!q_release_put(ask->db, text, line, at, row->shape, &count, err))
		return false;
	*ret = json_object();
	value_set_text(*ret, "tag", text);
	value_set_text(*ret, "line", line);
	value_set_when(*ret, "released_at", at);
	return true;
}
