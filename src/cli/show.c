#include "cli/show.h"

#include "core/utf8.h"
#include "core/when.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>

#define MOST_SECTIONS 200
#define MOST_COLUMNS 12
#define MOST_GENERIC_COLUMNS 8
#define CELL_MOST 4000
#define LONG_TEXT 100

/* Parts of the answer still to be printed, in order. */
struct section {
	char *title; /* owned by titles of the walk */
	const json_t *value;
};

struct walk {
	FILE *out;
	const struct op *op;
	struct section sections[MOST_SECTIONS];
	size_t count;
	bool begun; /* something was printed: a blank line comes first */
};

static const struct {
	enum op_id op;
	const char *list;
	const char *names;
} columns[] = {
#define PARTS(op, names)
#define COLUMNS(op, list, names) { OP_##op, list, names },
#include "cli/columns.def"
#undef PARTS
#undef COLUMNS
};

static const struct {
	enum op_id op;
	const char *names;
} parts[] = {
#define PARTS(op, names) { OP_##op, names },
#define COLUMNS(op, list, names)
#include "cli/columns.def"
#undef PARTS
#undef COLUMNS
};

static void
table_auto(struct libscols_table **table)
{
	scols_unref_table(*table);
}

static bool
is_scalar(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

static bool
is_plain_list(const json_t *value)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)(uintptr_t)value, i,
	    item) if (!is_scalar(item)) return false;
	return json_is_array(value);
}

static void
add_string(struct buf *out, const char *text, size_t len)
{
	char human[WHEN_TEXT];
	int64_t when;
	struct str view = { text, len };
	if (len >= strlen("2026-12-01T15:00:00Z") &&
	    when_parse(view, false, &when))
		buf_puts(out, when_human(when, human));
	else
		utf8_show(out, text, len, true);
}

static void
add_scalar(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		add_string(
		    out, json_string_value(value), json_string_length(value));
	else if (json_is_boolean(value))
		buf_puts(out, json_is_true(value) ? "yes" : "no");
	else if (json_is_number(value))
		value_print(out, value);
}

/* A cell: a scalar, a list with commas, or how many things there are. */
static void
add_cell(struct buf *out, const json_t *value)
{
	size_t i;
	json_t *item;
	if (is_scalar(value)) {
		add_scalar(out, value);
	} else if (is_plain_list(value)) {
		json_array_foreach((json_t *)(uintptr_t)value, i, item)
		{
			buf_puts(out, i == 0 ? "" : ", ");
			add_scalar(out, item);
		}
	} else if (json_is_array(value)) {
		buf_printf(out, "(%zu)", json_array_size(value));
	} else {
		const char *name = value_text(value, "name");
		utf8_show(out, name, strlen(name), false);
	}
}

/* Lines become one, so that a row stays a row. */
static void
flatten(struct buf *cell)
{
	for (size_t i = 0; i < cell->len; i++)
		if (cell->ptr[i] == '\n' || cell->ptr[i] == '\t')
			cell->ptr[i] = ' ';
}

static void
put_cell(struct libscols_line *line, size_t column, const json_t *value)
{
	AUTO(buf) struct buf cell = BUF(CELL_MOST);
	add_cell(&cell, value);
	flatten(&cell);
	(void)scols_line_set_data(line, column, buf_text(&cell));
}

static const char *
wanted_columns(const struct walk *walk, const char *list)
{
	for (size_t i = 0; i < COUNT(columns); i++)
		if (columns[i].op == walk->op->id &&
		    strcmp(columns[i].list, list) == 0)
			return columns[i].names;
	return NULL;
}

/* What stands at a dotted name, or NULL. */
static json_t *
at_name(const json_t *object, struct str name)
{
	json_t *value = (json_t *)(uintptr_t)object;
	while (name.ptr != NULL && value != NULL) {
		struct str part = str_cut(&name, '.');
		value = json_object_getn(value, part.ptr, part.len);
	}
	return value;
}

/* The parts of an answer that are shown, each under its dotted name. */
static json_t *
select_parts(const struct op *op, const json_t *value)
{
	const char *names = NULL;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].op == op->id)
			names = parts[i].names;
	if (names == NULL)
		return json_incref((json_t *)(uintptr_t)value);
	json_t *selected = json_object();
	struct str rest = str_of(names);
	while (rest.ptr != NULL) {
		struct str name = str_cut(&rest, ' ');
		json_t *part = at_name(value, name);
		if (part != NULL)
			(void)json_object_setn(
			    selected, name.ptr, name.len, part);
	}
	return selected;
}

/* Names for a table's head, each a slice of names; returns how many. */
static size_t
split_names(const char *names, struct str found[MOST_COLUMNS])
{
	size_t count = 0;
	struct str rest = str_of(names);
	while (rest.ptr != NULL && count < MOST_COLUMNS)
		found[count++] = str_cut(&rest, ' ');
	return count;
}

static bool
has_name(const struct str *found, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(found[i], name))
			return true;
	return false;
}

/* The facts that rows have, in the order they are met. */
static size_t
gather_names(const json_t *rows, struct str found[MOST_COLUMNS])
{
	size_t count = 0, i;
	json_t *row, *value;
	const char *key;
	json_array_foreach((json_t *)(uintptr_t)rows, i, row)
	{
		json_object_foreach(row, key, value)
		{
			bool fits =
			    (is_scalar(value) && !json_is_null(value)) ||
			    is_plain_list(value);
			if (fits && count < MOST_GENERIC_COLUMNS &&
			    !has_name(found, count, key))
				found[count++] = str_of(key);
		}
	}
	return count;
}

static const char *
head(struct str name, char out[64])
{
	size_t i = 0;
	for (; i < name.len && i < 63; i++) {
		char c = name.ptr[i];
		bool lower = c >= 'a' && c <= 'z';
		out[i] =
		    c == '_' || c == '.' ? ' ' : (lower ? (char)(c - 32) : c);
	}
	out[i] = '\0';
	return out;
}

static struct libscols_table *
new_table(FILE *out)
{
	struct libscols_table *table = scols_new_table();
	if (table == NULL)
		return NULL;
	(void)scols_table_set_stream(table, out);
	(void)scols_table_enable_noencoding(table, 1);
	return table;
}

static void
begin_section(struct walk *walk, const char *title)
{
	if (walk->begun)
		(void)fputc('\n', walk->out);
	walk->begun = true;
	if (title[0] == '\0')
		return;
	show_text(walk->out, title, "");
}

static void
show_rows(struct walk *walk, const char *title, const json_t *rows)
{
	AUTO(table) struct libscols_table *table = new_table(walk->out);
	struct str names[MOST_COLUMNS];
	const char *wanted = wanted_columns(walk, title);
	size_t count = wanted != NULL ? split_names(wanted, names)
				      : gather_names(rows, names);
	char text[64];
	size_t i;
	json_t *row;
	if (table == NULL)
		return;
	for (size_t k = 0; k < count; k++)
		(void)scols_table_new_column(table, head(names[k], text), 0,
		    k + 1 == count ? SCOLS_FL_TRUNC : 0);
	json_array_foreach((json_t *)(uintptr_t)rows, i, row)
	{
		struct libscols_line *line = scols_table_new_line(table, NULL);
		for (size_t k = 0; line != NULL && k < count; k++)
			put_cell(line, k, at_name(row, names[k]));
	}
	begin_section(walk, walk->begun || walk->count > 2 ? title : "");
	(void)scols_print_table(table);
}

static bool
is_block(const json_t *value)
{
	const char *text = json_string_value(value);
	return text != NULL && (strchr(text, '\n') != NULL ||
				   json_string_length(value) > LONG_TEXT);
}

static void
show_block(struct walk *walk, const char *title, const char *text)
{
	begin_section(walk, title);
	show_text(walk->out, text, "    ");
}

static void
push(struct walk *walk, const char *title, const char *key, const json_t *value)
{
	if (walk->count == MOST_SECTIONS)
		return;
	AUTO(buf) struct buf name = BUF(200);
	buf_printf(&name, "%s%s%s", title, title[0] == '\0' ? "" : ".", key);
	char *copy = strdup(buf_text(&name));
	if (copy != NULL)
		walk->sections[walk->count++] = (struct section){ copy, value };
}

/* Facts in two columns; what is not one line waits for its own section. */
static void
show_facts(struct walk *walk, const char *title, const json_t *object)
{
	AUTO(table) struct libscols_table *table = new_table(walk->out);
	const char *key;
	json_t *value;
	size_t rows = 0;
	if (table == NULL)
		return;
	(void)scols_table_enable_noheadings(table, 1);
	(void)scols_table_new_column(table, "fact", 0, 0);
	(void)scols_table_new_column(table, "value", 0, 0);
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		bool plain = is_scalar(value) || is_plain_list(value);
		if (!plain || is_block(value)) {
			push(walk, title, key, value);
			continue;
		}
		if (json_is_null(value) ||
		    (json_is_array(value) && json_array_size(value) == 0))
			continue;
		struct libscols_line *line = scols_table_new_line(table, NULL);
		AUTO(buf) struct buf name = BUF(100);
		utf8_show(&name, key, strlen(key), false);
		for (size_t i = 0; i < name.len; i++)
			if (name.ptr[i] == '_' || name.ptr[i] == '.')
				name.ptr[i] = ' ';
		(void)scols_line_set_data(line, 0, buf_text(&name));
		put_cell(line, 1, value);
		rows++;
	}
	if (rows == 0)
		return;
	begin_section(walk, title);
	(void)scols_print_table(table);
}

static void
show_section(struct walk *walk, const char *title, const json_t *value)
{
	if (json_is_object(value)) {
		show_facts(walk, title, value);
	} else if (json_is_array(value)) {
		if (json_array_size(value) > 0)
			show_rows(walk, title, value);
	} else if (json_is_string(value)) {
		show_block(walk, title, json_string_value(value));
	}
}

static bool
is_written(FILE *out, struct err *err)
{
	if (fflush(out) == 0 && !ferror(out))
		return true;
	return err_set(err, ERR_SYSTEM, NULL,
	    "the answer cannot be written: %s", strerror(errno));
}

bool
show_value(FILE *out, const struct op *op, const json_t *value, struct err *err)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	if (walk == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	walk->out = out;
	walk->op = op;
	AUTO(value) json_t *shown = select_parts(op, value);
	push(walk, "", "", shown);
	for (size_t i = 0; i < walk->count; i++)
		show_section(
		    walk, walk->sections[i].title, walk->sections[i].value);
	if (!walk->begun)
		(void)fputs(
		    op->kind == OP_CHANGE ? "done\n" : "nothing\n", out);
	for (size_t i = 0; i < walk->count; i++)
		free(walk->sections[i].title);
	free(walk);
	return is_written(out, err);
}

bool
show_json(FILE *out, const json_t *value, struct err *err)
{
	AUTO(buf) struct buf text = BUF(2 * LIMIT_DOCUMENT);
	value_pretty(&text, value);
	show_text(out, buf_text(&text), "");
	return is_written(out, err);
}

void
show_text(FILE *out, const char *text, const char *indent)
{
	AUTO(buf) struct buf safe = BUF(2 * LIMIT_DOCUMENT);
	utf8_show(&safe, text, strlen(text), true);
	struct str rest = { buf_text(&safe), safe.len };
	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');
		(void)fprintf(out, "%s%.*s\n", line.len == 0 ? "" : indent,
		    (int)line.len, line.ptr);
	}
}
