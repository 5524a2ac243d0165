#include "store/backup.h"

#include "core/when.h"
#include "store/engine.h"
#include "store/frames.h"
#include "store/statements.h"

#include <sodium.h>
#include <unistd.h>

#define KEY_USE 1 /* of vault_master_key */
#define COLUMNS_MAX 64
#define SQL_MAX 4096
#define NAME_MAX_LEN 63

enum cell { CELL_NULL, CELL_INT, CELL_TEXT, CELL_BLOB };

/* Writing ---------------------------------------------------------------- */

static void
number_add(struct buf *out, uint64_t number, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_putc(out, (char)(unsigned char)(number >> (8 * i)));
}

static void
cell_add(struct buf *out, const struct db_value *cell)
{
	if (cell->null) {
		buf_putc(out, CELL_NULL);
		return;
	}
	if (cell->type != DB_TEXT && cell->type != DB_BLOB) {
		buf_putc(out, CELL_INT);
		number_add(out, (uint64_t)cell->number, 8);
		return;
	}
	buf_putc(out, cell->type == DB_TEXT ? CELL_TEXT : CELL_BLOB);
	number_add(out, cell->bytes.len, 4);
	buf_add(out, cell->bytes.ptr, cell->bytes.len);
}

struct writer {
	struct frames frames;
	const struct db_table *table;
	struct backup_info info;
};

static bool
row_write(void *context, const struct db_value *cells, struct err *err)
{
	struct writer *w = context;
	buf_putc(&w->frames.payload, 'R');
	for (size_t i = 0; i < w->table->columns_count; i++)
		cell_add(&w->frames.payload, &cells[i]);
	w->info.rows++;
	return frames_write(&w->frames, err) ||
	       err_in(err, "table %s", w->table->name);
}

/* A frame of JSON; takes the reference. */
static bool
json_write(struct writer *w, char kind, json_t *value, struct err *err)
{
	buf_putc(&w->frames.payload, kind);
	value_print(&w->frames.payload, value);
	json_decref(value);
	return frames_write(&w->frames, err);
}

static bool
table_write(struct db *db, struct writer *w, struct err *err)
{
	char sql[SQL_MAX];
	AUTO(buf) struct buf names = BUF(sizeof(sql) / 2);
	json_t *columns = json_array();
	json_t *types = json_array();
	for (size_t i = 0; i < w->table->columns_count; i++) {
		const struct db_field *column = &w->table->columns[i];
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ", column->name);
		(void)json_array_append_new(columns, json_string(column->name));
		(void)json_array_append_new(
		    types, json_integer((json_int_t)column->type));
	}
	/* The first column begins the primary key: an order without a sort. */
	(void)snprintf(sql, sizeof(sql), "SELECT %s FROM %s ORDER BY 1",
	    buf_text(&names), w->table->name);
	struct db_statement all = { .name = w->table->name,
		.sql = sql,
		.columns = w->table->columns,
		.columns_count = w->table->columns_count,
		.slot = DB_SLOT_NONE };
	json_t *head = json_pack("{s:s,s:o,s:o}", "table", w->table->name,
	    "columns", columns, "types", types);
	w->info.tables++;
	return json_write(w, 'T', head, err) &&
	       db_each(db, &all, NULL, row_write, w, err);
}

static bool
header_write(struct writer *w, struct err *err)
{
	char text[WHEN_TEXT];
	size_t last = (size_t)w->info.schema - 1;
	return json_write(w, 'H',
	    json_pack("{s:i,s:I,s:s,s:s,s:s}", "format", 1, "schema",
		(json_int_t)w->info.schema, "checksum",
		store_schema.migrations[last].checksum, "created",
		when_print(w->info.created_at, text), "engine", w->info.engine),
	    err);
}

/* A server's limits for visitors are not for a long, patient reader. */
static bool
patience(struct db *db, struct err *err)
{
	return strcmp(db_engine_name(db), "postgresql") != 0 ||
	       db_script(db,
		   "SET LOCAL statement_timeout = 0;"
		   "SET LOCAL idle_in_transaction_session_timeout = 0",
		   err);
}

static bool
all_write(struct db *db, struct writer *w, struct err *err)
{
	if (!db_begin_read(db, err))
		return false;
	bool done = patience(db, err) && header_write(w, err);
	for (size_t i = 0; done && i < store_schema.tables_count; i++) {
		w->table = &store_schema.tables[i];
		done = table_write(db, w, err);
	}
	db_rollback(db);
	if (!done)
		return false;
	json_t *end = json_pack("{s:I,s:I}", "tables",
	    (json_int_t)w->info.tables, "rows", (json_int_t)w->info.rows);
	return json_write(w, 'E', end, err) && frames_flush(&w->frames, err);
}

static bool
frames_start(struct frames *frames, const struct vault *vault, int fd,
    const char *mode, struct err *err)
{
	unsigned char key[FRAMES_KEY];
	vault_master_key(vault, KEY_USE, key);
	bool done = frames_open(frames, fd, mode, key, err);
	sodium_memzero(key, sizeof(key));
	return done;
}

bool
backup_write(struct db *db, const struct vault *vault, int fd, int64_t now,
    struct backup_info *ret, struct err *err)
{
	struct writer w = { .info.created_at = now };
	if (!db_schema_number(db, &w.info.schema, err))
		return false;
	if (w.info.schema != (int64_t)store_schema.migrations_count)
		return err_set(err, ERR_SYSTEM, NULL,
		    "the database has another schema than this program: "
		    "start the service once, then back up");
	(void)snprintf(
	    w.info.engine, sizeof(w.info.engine), "%s", db_engine_name(db));
	if (!frames_start(&w.frames, vault, fd, "w", err))
		return false;
	bool done = all_write(db, &w, err);
	w.info.bytes = w.frames.offset;
	frames_close(&w.frames);
	if (done)
		*ret = w.info;
	return done;
}

/* Reading ---------------------------------------------------------------- */

struct reader {
	struct frames frames;
	struct db *db; /* NULL: only verify */
	int64_t now;
	struct backup_info info;
	char table[NAME_MAX_LEN + 1];
	int64_t table_rows;
	char sql[SQL_MAX]; /* the INSERT of this table */
	char names[COLUMNS_MAX][NAME_MAX_LEN + 1];
	struct db_field columns[COLUMNS_MAX];
	size_t columns_count;
};

static bool
malformed(const struct reader *r, const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID, "file",
	    "the backup has %s at offset %lld (table %s, row %lld)", what,
	    (long long)r->frames.at, r->table[0] == '\0' ? "-" : r->table,
	    (long long)r->table_rows);
}

/* Only such names come into SQL. */
static bool
name_take(char ret[NAME_MAX_LEN + 1], const char *name)
{
	size_t len = name == NULL ? 0 : strlen(name);
	if (len == 0 || len > NAME_MAX_LEN ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
		return false;
	memcpy(ret, name, len + 1);
	return true;
}

static bool
json_read(struct reader *r, json_t **ret, struct err *err)
{
	struct str text = { r->frames.payload.ptr + 1,
		r->frames.payload.len - 1 };
	return value_parse(text, SQL_MAX * 4, ret, NULL) ||
	       malformed(r, "an unreadable part", err);
}

static bool
schema_prepare(struct reader *r, struct err *err)
{
	int64_t have = 0;
	if (!db_schema_number(r->db, &have, err))
		return false;
	if (have != 0 && have != r->info.schema)
		return err_set(err, ERR_CONFLICT, "database",
		    "the database is not empty (schema %lld): restore into a "
		    "new one",
		    (long long)have);
	return db_migrate_to(r->db, &store_schema, r->info.schema, r->now, err);
}

static bool
header_read(struct reader *r, struct err *err)
{
	AUTO(value) json_t *head = NULL;
	if (!json_read(r, &head, err))
		return false;
	r->info.schema = value_int(head, "schema", 0);
	r->info.created_at = value_when(head, "created");
	(void)snprintf(r->info.engine, sizeof(r->info.engine), "%s",
	    value_text(head, "engine"));
	if (value_int(head, "format", 0) != 1 || r->info.schema < 1)
		return malformed(r, "an unknown format", err);
	if (r->info.schema > (int64_t)store_schema.migrations_count)
		return err_set(err, ERR_INVALID, "file",
		    "the backup is of schema %lld, newer than this program: "
		    "use the program that made it",
		    (long long)r->info.schema);
	if (strcmp(value_text(head, "checksum"),
		store_schema.migrations[r->info.schema - 1].checksum) != 0)
		return err_set(err, ERR_INVALID, "file",
		    "schema %lld of the backup is of another build",
		    (long long)r->info.schema);
	return r->db == NULL ||
	       (schema_prepare(r, err) && db_begin(r->db, err));
}

static bool
any_row(void *context, const struct db_value *cells, struct err *err)
{
	(void)cells;
	return err_set(err, ERR_CONFLICT, "database",
	    "the database is not empty (table %s has rows): restore into a "
	    "new one",
	    (const char *)context);
}

static bool
table_is_empty(struct reader *r, struct err *err)
{
	static const struct db_field number[] = { { .name = "one" } };
	char sql[128];
	(void)snprintf(sql, sizeof(sql), "SELECT 1 FROM %s LIMIT 1", r->table);
	struct db_statement one = { .name = r->table,
		.sql = sql,
		.columns = number,
		.columns_count = 1,
		.slot = DB_SLOT_NONE };
	return db_each(r->db, &one, NULL, any_row, r->table, err);
}

static bool
columns_take(struct reader *r, const json_t *head)
{
	const json_t *names = json_object_get(head, "columns");
	const json_t *types = json_object_get(head, "types");
	r->columns_count = json_array_size(names);
	if (r->columns_count == 0 || r->columns_count > COLUMNS_MAX ||
	    json_array_size(types) != r->columns_count)
		return false;
	for (size_t i = 0; i < r->columns_count; i++) {
		json_int_t type = json_integer_value(json_array_get(types, i));
		if (!name_take(r->names[i],
			json_string_value(json_array_get(names, i))) ||
		    type < DB_INT || type > DB_BOOL)
			return false;
		r->columns[i] = (struct db_field){ .name = r->names[i],
			.type = (enum db_type)type,
			.nullable = true };
	}
	return true;
}

/* The INSERT of the table; false when it does not fit. */
static bool
insert_make(struct reader *r)
{
	AUTO(buf) struct buf sql = BUF(sizeof(r->sql) - 1);
	buf_printf(&sql, "INSERT INTO %s (", r->table);
	for (size_t i = 0; i < r->columns_count; i++)
		buf_printf(&sql, "%s%s", i == 0 ? "" : ", ", r->names[i]);
	buf_puts(&sql, ") VALUES (");
	for (size_t i = 0; i < r->columns_count; i++)
		buf_printf(&sql, "%s$%zu", i == 0 ? "" : ", ", i + 1);
	buf_puts(&sql, ")");
	(void)snprintf(r->sql, sizeof(r->sql), "%s", buf_text(&sql));
	return !sql.failed;
}

static bool
table_read(struct reader *r, struct err *err)
{
	AUTO(value) json_t *head = NULL;
	r->table_rows = 0;
	if (!json_read(r, &head, err))
		return false;
	if (!name_take(r->table, value_text(head, "table")) ||
	    !columns_take(r, head) || !insert_make(r))
		return malformed(r, "a malformed table", err);
	r->info.tables++;
	return r->db == NULL || table_is_empty(r, err);
}

/* Advances *rest over a little-endian number. */
static bool
number_take(struct str *rest, int bytes, uint64_t *ret)
{
	if (rest->len < (size_t)bytes)
		return false;
	*ret = 0;
	for (int i = bytes - 1; i >= 0; i--)
		*ret = *ret << 8 | (unsigned char)rest->ptr[i];
	rest->ptr += bytes;
	rest->len -= (size_t)bytes;
	return true;
}

static bool
cell_take(struct str *rest, enum db_type type, struct db_value *cell)
{
	bool bytes = type == DB_TEXT || type == DB_BLOB;
	uint64_t kind = 0;
	uint64_t number = 0;
	*cell = (struct db_value){ .type = type };
	if (!number_take(rest, 1, &kind))
		return false;
	cell->null = kind == CELL_NULL;
	if (cell->null)
		return true;
	if (!bytes) {
		bool done = kind == CELL_INT && number_take(rest, 8, &number);
		cell->number = (int64_t)number;
		return done;
	}
	if (kind != (type == DB_TEXT ? CELL_TEXT : CELL_BLOB) ||
	    !number_take(rest, 4, &number) || number > rest->len)
		return false;
	cell->bytes = (struct str){ rest->ptr, (size_t)number };
	rest->ptr += number;
	rest->len -= (size_t)number;
	return true;
}

static bool
row_read(struct reader *r, struct err *err)
{
	struct db_value cells[COLUMNS_MAX];
	struct str rest = { r->frames.payload.ptr + 1,
		r->frames.payload.len - 1 };
	if (r->table[0] == '\0')
		return malformed(r, "a row without a table", err);
	r->table_rows++;
	r->info.rows++;
	for (size_t i = 0; i < r->columns_count; i++)
		if (!cell_take(&rest, r->columns[i].type, &cells[i]))
			return malformed(r, "a malformed row", err);
	if (rest.len != 0)
		return malformed(r, "a row with too much", err);
	if (r->db == NULL)
		return true;
	struct db_statement insert = { .name = r->table,
		.sql = r->sql,
		.kind = DB_COPY,
		.params = r->columns,
		.params_count = r->columns_count,
		.slot = DB_SLOT_NONE };
	return db_exec(r->db, &insert, NULL, cells, NULL, err);
}

static bool
end_read(struct reader *r, struct err *err)
{
	AUTO(value) json_t *end = NULL;
	if (!json_read(r, &end, err))
		return false;
	if (value_int(end, "rows", -1) != r->info.rows ||
	    value_int(end, "tables", -1) != r->info.tables)
		return malformed(r, "another count of rows", err);
	return frames_end(&r->frames, err);
}

/* Header first, end last, tables and rows between. */
static bool
all_read(struct reader *r, struct err *err)
{
	char kind = '\0';
	if (!frames_read(&r->frames, err))
		return false;
	if (r->frames.payload.ptr[0] != 'H')
		return malformed(r, "no header", err);
	if (!header_read(r, err))
		return false;
	while (kind != 'E') {
		if (!frames_read(&r->frames, err))
			return r->table[0] != '\0' &&
			       err_in(err, "after row %lld of table %s",
				   (long long)r->table_rows, r->table);
		kind = r->frames.payload.ptr[0];
		bool done = kind == 'T'   ? table_read(r, err)
			    : kind == 'R' ? row_read(r, err)
			    : kind == 'E'
				? end_read(r, err)
				: malformed(r, "an unknown part", err);
		if (!done)
			return false;
	}
	return true;
}

static bool
read_backup(struct db *db, const struct vault *vault, int fd, int64_t now,
    struct backup_info *ret, struct err *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	r->db = db;
	r->now = now;
	bool done = frames_start(&r->frames, vault, fd, "r", err);
	if (done) {
		done = all_read(r, err);
		r->info.bytes = r->frames.offset;
		frames_close(&r->frames);
	}
	if (done)
		*ret = r->info;
	free(r);
	return done;
}

bool
backup_verify(
    const struct vault *vault, int fd, struct backup_info *ret, struct err *err)
{
	return read_backup(NULL, vault, fd, 0, ret, err);
}

bool
backup_restore(struct db *db, const struct vault *vault, int fd, int64_t now,
    struct backup_info *ret, struct err *err)
{
	struct backup_info info;
	if (!backup_verify(vault, fd, &info, err))
		return false;
	if (!read_backup(db, vault, fd, now, &info, err)) {
		db_rollback(db);
		return false;
	}
	if (!db_commit(db, err))
		return false;
	*ret = info;
	return true;
}
