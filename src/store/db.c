#include "store/db.h"

#include "core/utf8.h"
#include "store/engine.h"

#include <sodium.h>

struct db {
	const struct db_engine *engine;
	void *state;
	bool open;         /* a transaction */
	bool mark;         /* a savepoint inside it */
	struct err failed; /* first failure of the open transaction */
};

struct db_value
db_int(int64_t number)
{
	return (struct db_value){ .type = DB_INT, .number = number };
}

struct db_value
db_time(int64_t when)
{
	return (struct db_value){ .type = DB_TIME, .number = when };
}

struct db_value
db_bool(bool truth)
{
	return (struct db_value){ .type = DB_BOOL, .number = truth };
}

struct db_value
db_text(const char *text)
{
	return (struct db_value){ .type = DB_TEXT, .bytes = str_of(text) };
}

struct db_value
db_blob(struct str bytes)
{
	return (struct db_value){ .type = DB_BLOB, .bytes = bytes };
}

bool
db_open(const struct db_settings *settings, struct db **ret, struct err *err)
{
	struct str url = str_of(settings->url);
	const struct db_engine *engine = NULL;
	if (str_eq(url, "sqlite"))
		engine = &sqlite_engine;
	else if (str_starts(url, "postgresql://"))
		engine = &postgres_engine;
	else
		return err_set(err, ERR_INVALID, "database",
		    "the database must be \"sqlite\" or "
		    "\"postgresql://user@host/name\"");
	struct db *db = calloc(1, sizeof(*db));
	if (db == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	db->engine = engine;
	if (!engine->open(settings, &db->state, err)) {
		free(db);
		return false;
	}
	*ret = db;
	return true;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	db_rollback(db);
	db->engine->close(db->state);
	free(db);
}

void
db_auto(struct db **db)
{
	db_close(*db);
	*db = NULL;
}

const char *
db_engine_name(const struct db *db)
{
	return db->engine->name;
}

const char *
db_version(const struct db *db)
{
	return db->engine->version(db->state);
}

static bool
begin(struct db *db, bool write, struct err *err)
{
	if (db->open)
		return err_set(err, ERR_SYSTEM, NULL,
		    "a transaction was begun inside another");
	if (!db->engine->begin(db->state, write, err))
		return false;
	db->open = true;
	db->mark = false;
	db->failed = (struct err){ 0 };
	return true;
}

bool
db_begin(struct db *db, struct err *err)
{
	return begin(db, true, err);
}

bool
db_begin_read(struct db *db, struct err *err)
{
	return begin(db, false, err);
}

/* The failure that doomed the transaction, told again. */
static bool
doomed(const struct db *db, struct err *err)
{
	if (db->failed.kind == ERR_NONE)
		return false;
	(void)err_set(err, db->failed.kind, db->failed.field,
	    "nothing was changed: %s", db->failed.text);
	return true;
}

/* Remembers the first failure of the open transaction; returns false. */
static bool
doom(struct db *db, const struct err *why, struct err *err)
{
	if (db->open && db->failed.kind == ERR_NONE)
		db->failed = *why;
	if (err != NULL)
		*err = *why;
	return false;
}

bool
db_commit(struct db *db, struct err *err)
{
	if (!db->open)
		return err_set(
		    err, ERR_SYSTEM, NULL, "commit without a transaction");
	if (doomed(db, err) || !db->engine->script(db->state, "COMMIT", err)) {
		db_rollback(db);
		return false;
	}
	db->open = false;
	return true;
}

void
db_rollback(struct db *db)
{
	if (!db->open)
		return;
	/* The engine may have ended it already; either way it is over. */
	(void)!db->engine->script(db->state, "ROLLBACK", NULL);
	db->open = false;
	db->mark = false;
	db->failed = (struct err){ 0 };
}

bool
db_in_transaction(const struct db *db)
{
	return db->open;
}

bool
db_script(struct db *db, const char *sql, struct err *err)
{
	struct err why = { 0 };
	if (db->open && doomed(db, err))
		return false;
	if (!db->engine->script(db->state, sql, &why))
		return doom(db, &why, err);
	return true;
}

bool
db_savepoint(struct db *db, struct err *err)
{
	if (!db->open || db->mark)
		return err_set(err, ERR_SYSTEM, NULL,
		    "a savepoint needs a transaction without another one");
	if (!db_script(db, "SAVEPOINT mark", err))
		return false;
	db->mark = true;
	return true;
}

bool
db_release(struct db *db, struct err *err)
{
	if (!db->mark)
		return err_set(
		    err, ERR_SYSTEM, NULL, "there is no savepoint to release");
	if (!db_script(db, "RELEASE SAVEPOINT mark", err))
		return false;
	db->mark = false;
	return true;
}

bool
db_undo(struct db *db, struct err *err)
{
	if (!db->mark)
		return err_set(
		    err, ERR_SYSTEM, NULL, "there is no savepoint to undo");
	struct err why = { 0 };
	if (!db->engine->script(
		db->state, "ROLLBACK TO SAVEPOINT mark", &why) ||
	    !db->engine->script(db->state, "RELEASE SAVEPOINT mark", &why))
		return doom(db, &why, err);
	db->mark = false;
	db->failed = (struct err){ 0 };
	return true;
}

int64_t
db_id_new(void)
{
	uint64_t id = 0;
	while (id == 0) {
		randombytes_buf(&id, sizeof(id));
		id &= (UINT64_C(1) << 53) - 1;
	}
	return (int64_t)id;
}

bool
db_health(struct db *db, struct err *err)
{
	return db->open || db->engine->health(db->state, err);
}

bool
db_check(struct db *db, const struct db_statement *statement, struct err *err)
{
	return db->engine->check(db->state, statement, err);
}

static bool
param_set(const struct db_statement *statement, size_t i,
    struct db_value *value, struct err *err)
{
	const struct db_field *field = &statement->params[i];
	bool text = field->type == DB_TEXT;
	bool bytes = text || field->type == DB_BLOB;
	if (statement->kind == DB_COPY)
		return true;
	bool absent = bytes ? value->bytes.ptr == NULL : value->number == 0;
	value->null = field->nullable && absent && field->type != DB_BOOL;
	if (text && absent && !value->null)
		return err_set(err, ERR_SYSTEM, field->name,
		    "%s: %s may not be NULL", statement->name, field->name);
	if (text && !absent &&
	    !utf8_is_valid(value->bytes.ptr, value->bytes.len))
		return err_set(err, ERR_INVALID, field->name,
		    "%s is not valid UTF-8 text", field->name);
	return true;
}

/* Rows on their way from the engine to whoever asked. */
struct sink {
	db_row_fn *row;
	void *context;
	bool refused; /* by the taker, not by the database */
};

static bool
sink_row(void *context, const struct db_value *cells, struct err *err)
{
	struct sink *sink = context;
	sink->refused = !sink->row(sink->context, cells, err);
	return !sink->refused;
}

#define PARAMS_MAX 64

static bool
run(struct db *db, const struct db_statement *statement,
    const struct pass *pass, const struct db_value *params, struct sink *sink,
    int64_t *changes, struct err *err)
{
	struct db_value bound[PARAMS_MAX] = { 0 };
	struct err why = { 0 };
	if (statement->guarded && pass == NULL)
		return err_set(err, ERR_DENIED, NULL,
		    "%s needs to know who asks", statement->name);
	if (statement->params_count > PARAMS_MAX ||
	    (params == NULL && statement->params_count > 0))
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s has too many parameters or none", statement->name);
	if (db->open && doomed(db, err))
		return false;
	for (size_t i = 0; i < statement->params_count; i++) {
		bound[i] = params[i];
		if (!param_set(statement, i, &bound[i], err))
			return false;
	}
	bool done = db->engine->run(db->state, statement, bound,
	    sink == NULL ? NULL : sink_row, sink, changes, &why);
	if (done)
		return true;
	if (sink == NULL || !sink->refused)
		return doom(db, &why, err);
	if (err != NULL)
		*err = why;
	return false;
}

bool
db_exec(struct db *db, const struct db_statement *statement,
    const struct pass *pass, const struct db_value *params, int64_t *ret,
    struct err *err)
{
	int64_t changes = 0;
	if (!run(db, statement, pass, params, NULL, &changes, err))
		return false;
	if (ret != NULL)
		*ret = changes;
	return true;
}

bool
db_each(struct db *db, const struct db_statement *statement,
    const struct db_value *params, db_row_fn *row, void *context,
    struct err *err)
{
	struct sink sink = { .row = row, .context = context };
	int64_t changes = 0;
	if (statement->guarded)
		return err_set(err, ERR_DENIED, NULL,
		    "%s needs to know who asks", statement->name);
	return run(db, statement, NULL, params, &sink, &changes, err);
}

/* Rows taken into an arena, as structs. */
struct taker {
	const struct db_statement *statement;
	struct arena *arena;
	char *rows;
	size_t count;
	size_t room;
	size_t max;
};

static bool
cell_take(struct taker *taker, const struct db_field *field,
    const struct db_value *cell, char *row, struct err *err)
{
	struct str bytes = { 0 };
	if (cell->null && !field->nullable)
		return err_set(err, ERR_SYSTEM, NULL, "%s: column %s is NULL",
		    taker->statement->name, field->name);
	if ((field->type == DB_TEXT || field->type == DB_BLOB) && !cell->null) {
		bytes.ptr =
		    arena_copy(taker->arena, cell->bytes.ptr, cell->bytes.len);
		bytes.len = cell->bytes.len;
		if (bytes.ptr == NULL)
			return err_set(err, ERR_LIMIT, NULL,
			    "%s: the answer is too large",
			    taker->statement->name);
	}
	bool truth = cell->number != 0;
	if (field->type == DB_TEXT)
		memcpy(row + field->offset, &bytes.ptr, sizeof(bytes.ptr));
	else if (field->type == DB_BLOB)
		memcpy(row + field->offset, &bytes, sizeof(bytes));
	else if (field->type == DB_BOOL)
		memcpy(row + field->offset, &truth, sizeof(truth));
	else
		memcpy(
		    row + field->offset, &cell->number, sizeof(cell->number));
	return true;
}

static bool
taker_grow(struct taker *taker, struct err *err)
{
	if (taker->count >= taker->max)
		return err_set(err, ERR_LIMIT, NULL, "%s: more than %zu rows",
		    taker->statement->name, taker->max);
	if (taker->count < taker->room)
		return true;
	size_t room = taker->room == 0 ? 8 : taker->room * 2;
	if (taker->max == 1)
		room = 1;
	size_t size = taker->statement->row_size;
	char *rows = arena_get(taker->arena, room * size);
	if (rows == NULL)
		return err_set(err, ERR_LIMIT, NULL,
		    "%s: the answer is too large", taker->statement->name);
	if (taker->count > 0)
		memcpy(rows, taker->rows, taker->count * size);
	taker->rows = rows;
	taker->room = room;
	return true;
}

static bool
taker_row(void *context, const struct db_value *cells, struct err *err)
{
	struct taker *taker = context;
	const struct db_statement *statement = taker->statement;
	if (!taker_grow(taker, err))
		return false;
	char *row = taker->rows + taker->count * statement->row_size;
	for (size_t i = 0; i < statement->columns_count; i++)
		if (!cell_take(
			taker, &statement->columns[i], &cells[i], row, err))
			return false;
	taker->count++;
	return true;
}

static bool
take(struct db *db, const struct pass *pass, const struct db_value *params,
    struct taker *taker, struct err *err)
{
	struct sink sink = { .row = taker_row, .context = taker };
	int64_t changes = 0;
	return run(db, taker->statement, pass, params, &sink, &changes, err);
}

bool
db_one(struct db *db, const struct db_statement *statement,
    const struct pass *pass, struct arena *arena, const struct db_value *params,
    void *ret, struct err *err)
{
	struct taker taker = {
		.statement = statement, .arena = arena, .max = 1
	};
	if (!take(db, pass, params, &taker, err))
		return false;
	if (taker.count == 0)
		return err_set(err,
		    statement->kind == DB_INSERT ? ERR_CONFLICT : ERR_MISSING,
		    NULL, "%s: there is no such row", statement->name);
	memcpy(ret, taker.rows, statement->row_size);
	return true;
}

bool
db_many(struct db *db, const struct db_statement *statement,
    const struct pass *pass, struct arena *arena, const struct db_value *params,
    void **ret, size_t *count, struct err *err)
{
	struct taker taker = {
		.statement = statement, .arena = arena, .max = statement->max
	};
	if (!take(db, pass, params, &taker, err))
		return false;
	*ret = taker.rows;
	*count = taker.count;
	return true;
}

static bool
number_row(void *context, const struct db_value *cells, struct err *err)
{
	(void)err;
	*(int64_t *)context = cells[0].number;
	return true;
}

/*
 * The one table that is not in a migration, because it says which of them
 * were applied. BIGINT and TEXT mean the same to both engines.
 */
static const char version_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT NOT NULL "
    "PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

static const struct db_field number_field[] = { { .name = "number" } };
static const struct db_statement number_get = { .name = "schema_number",
	.sql = "SELECT COALESCE(MAX(number), 0) FROM schema_version",
	.columns = number_field,
	.columns_count = 1,
	.slot = DB_SLOT_NONE };

static const struct db_field version_fields[] = { { .name = "number" },
	{ .name = "checksum", .type = DB_TEXT },
	{ .name = "applied_at", .type = DB_TIME } };
static const struct db_statement version_list = { .name = "schema_list",
	.sql = "SELECT number, checksum FROM schema_version ORDER BY number",
	.columns = version_fields,
	.columns_count = 2,
	.slot = DB_SLOT_NONE };
static const struct db_statement version_add = { .name = "schema_add",
	.sql = "INSERT INTO schema_version (number, checksum, applied_at) "
	       "VALUES ($1, $2, $3)",
	.params = version_fields,
	.params_count = 3,
	.slot = DB_SLOT_NONE };

bool
db_schema_number(struct db *db, int64_t *ret, struct err *err)
{
	int64_t number = 0;
	if (!db_script(db, version_table, err) ||
	    !db_each(db, &number_get, NULL, number_row, &number, err))
		return false;
	*ret = number;
	return true;
}

static bool
version_row(void *context, const struct db_value *cells, struct err *err)
{
	const struct db_schema *schema = context;
	int64_t number = cells[0].number;
	if (number < 1 || (uint64_t)number > schema->migrations_count)
		return err_set(err, ERR_SYSTEM, NULL,
		    "the database has schema %lld, this program knows up to "
		    "%zu: start the newer program, or restore a backup",
		    (long long)number, schema->migrations_count);
	const struct db_migration *known = &schema->migrations[number - 1];
	if (!str_eq(cells[1].bytes, known->checksum))
		return err_set(err, ERR_SYSTEM, NULL,
		    "schema %lld of the database is not the one of this "
		    "program: it was made by another build; start that one, "
		    "or restore a backup",
		    (long long)number);
	return true;
}

static bool
migrate_one(struct db *db, const struct db_migration *migration, int64_t now,
    struct err *err)
{
	const struct db_value params[] = { db_int(migration->number),
		db_text(migration->checksum), db_time(now) };
	if (!db_begin(db, err))
		return false;
	if (!db_exec(db, &version_add, NULL, params, NULL, err) ||
	    !db_script(db, db->engine->schema(migration), err)) {
		db_rollback(db);
		return err_in(
		    err, "migration %lld", (long long)migration->number);
	}
	return db_commit(db, err);
}

bool
db_migrate_to(struct db *db, const struct db_schema *schema, int64_t number,
    int64_t now, struct err *err)
{
	int64_t have = 0;
	if (!db_schema_number(db, &have, err) ||
	    !db_each(db, &version_list, NULL, version_row,
		(void *)(uintptr_t)schema, err))
		return false;
	for (int64_t n = have; n < number; n++)
		if (!migrate_one(db, &schema->migrations[n], now, err))
			return false;
	return true;
}

bool
db_migrate(
    struct db *db, const struct db_schema *schema, int64_t now, struct err *err)
{
	return db_migrate_to(
	    db, schema, (int64_t)schema->migrations_count, now, err);
}
