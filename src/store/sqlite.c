#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BUSY_MS 5000
#define PAGE_SIZE 4096
#define FREE_MIN (8u << 20) /* bytes; below this the disk counts as full */

struct cached {
	const struct db_statement *statement;
	sqlite3_stmt *handle;
};

struct sqlite {
	sqlite3 *handle;
	char *path;
	struct cached *cache;
	size_t cache_size;
	bool reading; /* query_only is on for the open transaction */
};

struct fault {
	int code; /* primary or extended */
	enum err_kind kind;
	const char *text;
};

static const struct fault faults[] = {
	{ SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT, "there is such a row" },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT, "there is such a row" },
	{ SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT, "there is such a row" },
	{ SQLITE_CONSTRAINT_FOREIGNKEY, ERR_CONFLICT,
	    "a row this one needs is not there, or is still needed" },
	{ SQLITE_FULL, ERR_RETRY,
	    "the database disk is full: make room, nothing was changed" },
	{ SQLITE_READONLY, ERR_SYSTEM,
	    "the database is read-only: make the file and its directory "
	    "writable for this user" },
	{ SQLITE_BUSY, ERR_RETRY, "the database is busy: try again" },
	{ SQLITE_LOCKED, ERR_RETRY, "the database is busy: try again" },
	{ SQLITE_IOERR, ERR_RETRY,
	    "the database disk cannot be read or written: check the disk, "
	    "nothing was changed" },
	{ SQLITE_CANTOPEN, ERR_SYSTEM,
	    "the database file cannot be opened: check its directory" },
	{ SQLITE_CORRUPT, ERR_SYSTEM,
	    "the database file is damaged: restore a backup" },
	{ SQLITE_NOTADB, ERR_SYSTEM,
	    "the file is not a database: check the path" },
};

static const struct fault *
fault_find(int code)
{
	for (size_t i = 0; i < COUNT(faults); i++)
		if (faults[i].code == code || faults[i].code == (code & 0xff))
			return &faults[i];
	return NULL;
}

/* Writes the last error of the connection; returns false. */
static bool
fault_set(struct sqlite *s, const char *what, struct err *err)
{
	int code = sqlite3_extended_errcode(s->handle);
	const struct fault *fault = fault_find(code);
	if (fault == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "%s: %s (SQLite %d)",
		    what, sqlite3_errmsg(s->handle), code);
	if (fault->kind == ERR_CONFLICT)
		return err_set(
		    err, fault->kind, NULL, "%s: %s", what, fault->text);
	return err_set(err, fault->kind, NULL, "%s (%s, SQLite %d)",
	    fault->text, s->path, code);
}

static bool
sqlite_script(void *state, const char *sql, struct err *err)
{
	struct sqlite *s = state;
	if (sqlite3_exec(s->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fault_set(s, "SQL", err);
	if (!s->reading || sqlite3_get_autocommit(s->handle) == 0)
		return true;
	s->reading = false;
	const char *again = "PRAGMA query_only = OFF";
	if (sqlite3_exec(s->handle, again, NULL, NULL, NULL) != SQLITE_OK)
		return fault_set(s, again, err);
	return true;
}

static void
sqlite_close(void *state)
{
	struct sqlite *s = state;
	for (size_t i = 0; i < s->cache_size; i++)
		(void)sqlite3_finalize(s->cache[i].handle);
	free(s->cache);
	(void)sqlite3_close(s->handle);
	free(s->path);
	free(s);
}

/* Private from its first byte; SQLite gives its WAL the same mode. */
static bool
file_make(const char *path, struct err *err)
{
	if (strcmp(path, ":memory:") == 0)
		return true;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd == -1 && errno != EROFS && errno != EACCES)
		return err_set(err, ERR_SYSTEM, "state",
		    "the database file %s cannot be made: %s", path,
		    strerror(errno));
	if (fd != -1)
		(void)close(fd);
	return true;
}

static const struct {
	int option;
	int value;
} options[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 },
};

static bool
sqlite_setup(
    struct sqlite *s, const struct db_settings *settings, struct err *err)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (sqlite3_db_config(s->handle, options[i].option,
			options[i].value, (int *)NULL) != SQLITE_OK)
			return fault_set(s, "options", err);
	(void)sqlite3_limit(s->handle, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_busy_timeout(s->handle, BUSY_MS);
	if (!sqlite_script(s,
		"PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
		"PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;",
		err))
		return false;
	if (settings->max_size <= 0)
		return true;
	char text[64];
	(void)snprintf(text, sizeof(text), "PRAGMA max_page_count = %lld",
	    (long long)(settings->max_size / PAGE_SIZE));
	return sqlite_script(s, text, err);
}

static bool
sqlite_open(const struct db_settings *settings, void **ret, struct err *err)
{
	if (settings->path == NULL || settings->path[0] == '\0')
		return err_set(err, ERR_INVALID, "state",
		    "SQLite needs the path of its file");
	if (!file_make(settings->path, err))
		return false;
	struct sqlite *s = calloc(1, sizeof(*s));
	if (s == NULL || (s->path = strdup(settings->path)) == NULL) {
		free(s);
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	}
	int flags =
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (sqlite3_open_v2(s->path, &s->handle, flags, NULL) != SQLITE_OK) {
		(void)fault_set(s, "open", err);
		sqlite_close(s);
		return false;
	}
	if (!sqlite_setup(s, settings, err)) {
		sqlite_close(s);
		return false;
	}
	*ret = s;
	return true;
}

static bool
sqlite_begin(void *state, bool write, struct err *err)
{
	struct sqlite *s = state;
	if (write)
		return sqlite_script(s, "BEGIN IMMEDIATE", err);
	if (!sqlite_script(s, "BEGIN; PRAGMA query_only = ON", err))
		return false;
	s->reading = true;
	return true;
}

/* The prepared statement, from the cache or new. */
static bool
statement_get(struct sqlite *s, const struct db_statement *statement,
    sqlite3_stmt **ret, struct err *err)
{
	size_t slot = statement->slot;
	bool keep = slot != DB_SLOT_NONE;
	if (keep && slot >= s->cache_size) {
		size_t size = slot + 64;
		struct cached *more =
		    reallocarray(s->cache, size, sizeof(*more));
		if (more == NULL)
			return err_set(err, ERR_SYSTEM, NULL, "memory is out");
		memset(more + s->cache_size, 0,
		    (size - s->cache_size) * sizeof(*more));
		s->cache = more;
		s->cache_size = size;
	}
	if (keep && s->cache[slot].statement == statement) {
		*ret = s->cache[slot].handle;
		return true;
	}
	sqlite3_stmt *handle = NULL;
	if (sqlite3_prepare_v3(s->handle, statement->sql, -1,
		keep ? SQLITE_PREPARE_PERSISTENT : 0, &handle,
		NULL) != SQLITE_OK)
		return fault_set(s, statement->name, err);
	if (keep) {
		(void)sqlite3_finalize(s->cache[slot].handle);
		s->cache[slot] = (struct cached){ statement, handle };
	}
	*ret = handle;
	return true;
}

static int
bind_one(sqlite3_stmt *handle, int index, const struct db_value *value)
{
	if (value->null)
		return sqlite3_bind_null(handle, index);
	const char *bytes = value->bytes.ptr == NULL ? "" : value->bytes.ptr;
	if (value->type == DB_TEXT)
		return sqlite3_bind_text64(handle, index, bytes,
		    value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
	if (value->type == DB_BLOB)
		return sqlite3_bind_blob64(
		    handle, index, bytes, value->bytes.len, SQLITE_STATIC);
	return sqlite3_bind_int64(handle, index, value->number);
}

static bool
bind_all(struct sqlite *s, sqlite3_stmt *handle,
    const struct db_statement *statement, const struct db_value *params,
    struct err *err)
{
	for (size_t i = 0; i < statement->params_count; i++) {
		char name[24];
		(void)snprintf(name, sizeof(name), "$%zu", i + 1);
		int index = sqlite3_bind_parameter_index(handle, name);
		if (index == 0)
			return err_set(err, ERR_SYSTEM, NULL,
			    "%s does not use %s", statement->name, name);
		if (bind_one(handle, index, &params[i]) != SQLITE_OK)
			return fault_set(s, statement->name, err);
	}
	return true;
}

/* One cell; false when the stored type is not the declared one. */
static bool
cell_read(
    sqlite3_stmt *handle, int column, enum db_type type, struct db_value *cell)
{
	int found = sqlite3_column_type(handle, column);
	*cell = (struct db_value){ .type = type, .null = found == SQLITE_NULL };
	if (cell->null)
		return true;
	int wanted = type == DB_TEXT   ? SQLITE_TEXT
		     : type == DB_BLOB ? SQLITE_BLOB
				       : SQLITE_INTEGER;
	if (found != wanted)
		return false;
	if (type == DB_TEXT)
		cell->bytes.ptr =
		    (const char *)sqlite3_column_text(handle, column);
	else if (type == DB_BLOB)
		cell->bytes.ptr = sqlite3_column_blob(handle, column);
	else
		cell->number = sqlite3_column_int64(handle, column);
	if (type == DB_TEXT || type == DB_BLOB)
		cell->bytes.len = (size_t)sqlite3_column_bytes(handle, column);
	if (cell->bytes.ptr == NULL)
		cell->bytes.ptr = "";
	return true;
}

#define COLUMNS_MAX 64

static bool
row_read(sqlite3_stmt *handle, const struct db_statement *statement,
    db_row_fn *row, void *context, struct err *err)
{
	struct db_value cells[COLUMNS_MAX];
	for (size_t i = 0; i < statement->columns_count; i++)
		if (!cell_read(
			handle, (int)i, statement->columns[i].type, &cells[i]))
			return err_set(err, ERR_SYSTEM, NULL,
			    "%s: column %s has another type than declared",
			    statement->name, statement->columns[i].name);
	return row == NULL || row(context, cells, err);
}

static bool
columns_check(
    sqlite3_stmt *handle, const struct db_statement *statement, struct err *err)
{
	int count = sqlite3_column_count(handle);
	if ((size_t)count != statement->columns_count ||
	    statement->columns_count > COLUMNS_MAX)
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s: %zu columns declared, %d answered", statement->name,
		    statement->columns_count, count);
	return true;
}

static bool
step_all(struct sqlite *s, sqlite3_stmt *handle,
    const struct db_statement *statement, db_row_fn *row, void *context,
    struct err *err)
{
	int code = SQLITE_ROW;
	while ((code = sqlite3_step(handle)) == SQLITE_ROW)
		if (!row_read(handle, statement, row, context, err))
			return false;
	return code == SQLITE_DONE || fault_set(s, statement->name, err);
}

static bool
sqlite_run(void *state, const struct db_statement *statement,
    const struct db_value *params, db_row_fn *row, void *context,
    int64_t *changes, struct err *err)
{
	struct sqlite *s = state;
	sqlite3_stmt *handle = NULL;
	if (!statement_get(s, statement, &handle, err))
		return false;
	bool done = columns_check(handle, statement, err) &&
		    bind_all(s, handle, statement, params, err) &&
		    step_all(s, handle, statement, row, context, err);
	if (done)
		*changes = sqlite3_changes64(s->handle);
	(void)sqlite3_reset(handle);
	(void)sqlite3_clear_bindings(handle);
	if (statement->slot == DB_SLOT_NONE)
		(void)sqlite3_finalize(handle);
	return done;
}

static bool
sqlite_check(void *state, const struct db_statement *statement, struct err *err)
{
	sqlite3_stmt *handle = NULL;
	bool good = statement_get(state, statement, &handle, err) &&
		    columns_check(handle, statement, err);
	if (statement->slot == DB_SLOT_NONE)
		(void)sqlite3_finalize(handle);
	return good;
}

static bool
sqlite_health(void *state, struct err *err)
{
	struct sqlite *s = state;
	struct statvfs disk;
	if (access(s->path, F_OK) != 0)
		return err_set(err, ERR_SYSTEM, NULL,
		    "the database file %s is gone: stop the service and put "
		    "it back or restore a backup",
		    s->path);
	if (sqlite3_db_readonly(s->handle, "main") == 1)
		return err_set(err, ERR_SYSTEM, NULL,
		    "the database is read-only: make %s and its directory "
		    "writable for this user",
		    s->path);
	if (statvfs(s->path, &disk) == 0 &&
	    disk.f_bavail * disk.f_frsize < FREE_MIN)
		return err_set(err, ERR_RETRY, NULL,
		    "the database disk is full: less than %u MiB free for %s",
		    FREE_MIN >> 20, s->path);
	return sqlite_begin(s, true, err) && sqlite_script(s, "ROLLBACK", err);
}

static const char *
sqlite_version(void *state)
{
	(void)state;
	return sqlite3_libversion();
}

static const char *
sqlite_schema(const struct db_migration *migration)
{
	return migration->sqlite;
}

const struct db_engine sqlite_engine = {
	.name = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.script = sqlite_script,
	.run = sqlite_run,
	.check = sqlite_check,
	.health = sqlite_health,
	.version = sqlite_version,
	.schema = sqlite_schema,
};
