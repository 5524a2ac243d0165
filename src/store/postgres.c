#include "store/address.h"
#include "store/engine.h"

#include <libpq-fe.h>

/* Types of PostgreSQL's catalogue (pg_type.dat). */
#define OID_BOOL 16
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_INT4 23
#define OID_TEXT 25

#define PARAMS_MAX 64
#define COLUMNS_MAX 64

struct postgres {
	PGconn *conn;
	/* Which statement each slot holds on this connection. */
	const struct db_statement **cache;
	size_t cache_size;
	char *unnamed; /* SQL of the statement prepared without a name */
	bool inside;   /* a transaction, as far as the caller knows */
	char version[32];
};

struct fault {
	const char *state; /* beginning of an SQLSTATE */
	enum err_kind kind;
	const char *text;
};

static const struct fault faults[] = {
	{ "23505", ERR_CONFLICT, "there is such a row" },
	{ "23503", ERR_CONFLICT,
	    "a row this one needs is not there, or is still needed" },
	{ "40", ERR_RETRY, "another one changed the same rows: try again" },
	{ "55P03", ERR_RETRY, "the database is busy: try again" },
	{ "57014", ERR_RETRY, "the database took too long: try again" },
	{ "57P", ERR_RETRY,
	    "the database server is shutting down or starting: try again" },
	{ "08", ERR_RETRY, "the connection to the database was lost" },
	{ "53100", ERR_RETRY,
	    "the database disk is full: make room on the server, nothing was "
	    "changed" },
	{ "53300", ERR_RETRY,
	    "the database server has no connection left: raise "
	    "max_connections" },
	{ "53", ERR_RETRY, "the database server is out of resources" },
	{ "58", ERR_RETRY,
	    "the database server cannot read or write its disk" },
	{ "25006", ERR_SYSTEM,
	    "the database is read-only: it may be a standby, or set so" },
	{ "28", ERR_SYSTEM,
	    "the database server refuses this user: check user, password and "
	    "pg_hba.conf" },
	{ "42501", ERR_SYSTEM,
	    "the database user lacks a right: it must own its schema" },
	{ "3D000", ERR_SYSTEM, "there is no such database: create it" },
	{ "22021", ERR_INVALID, "the text is not valid UTF-8" },
};

static bool
lost(const struct postgres *p)
{
	return PQstatus(p->conn) != CONNECTION_OK;
}

/* First line of a message of the server. */
static int
first_line(const char *text)
{
	return (int)strcspn(text, "\n");
}

/* Writes why a result (or the connection, when NULL) failed; false. */
static bool
fault_set(struct postgres *p, const PGresult *result, const char *what,
    struct err *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	for (size_t i = 0; state != NULL && i < COUNT(faults); i++)
		if (str_starts(str_of(state), faults[i].state))
			return faults[i].kind == ERR_CONFLICT
				   ? err_set(err, ERR_CONFLICT, NULL, "%s: %s",
					 what, faults[i].text)
				   : err_set(err, faults[i].kind, NULL,
					 "%s (PostgreSQL %s)", faults[i].text,
					 state);
	if (text == NULL)
		text = PQerrorMessage(p->conn);
	if (lost(p))
		return err_set(err, ERR_RETRY, NULL,
		    "the connection to the database was lost: %.*s",
		    first_line(text), text);
	return err_set(err, ERR_SYSTEM, NULL, "%s: %.*s (PostgreSQL %s)", what,
	    first_line(text), text, state == NULL ? "-" : state);
}

static void
result_auto(PGresult **result)
{
	PQclear(*result);
}

static void
unnamed_forget(struct postgres *p)
{
	free(p->unnamed);
	p->unnamed = NULL;
}

static bool
postgres_script(void *state, const char *sql, struct err *err)
{
	struct postgres *p = state;
	if (strcmp(sql, "COMMIT") == 0 || strcmp(sql, "ROLLBACK") == 0)
		p->inside = false;
	unnamed_forget(p); /* a simple query drops it */
	AUTO(result) PGresult *result = PQexec(p->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
		/* A COMMIT of a failed transaction answers ROLLBACK. */
		if (strcmp(sql, "COMMIT") != 0 ||
		    strcmp(PQcmdStatus(result), "COMMIT") == 0)
			return true;
		return err_set(err, ERR_SYSTEM, NULL,
		    "the transaction had failed and was rolled back");
	}
	if (lost(p) && strcmp(sql, "COMMIT") == 0)
		return err_set(err, ERR_RETRY, NULL,
		    "the connection to the database was lost while "
		    "committing: look whether it was done, then try again");
	return fault_set(p, result, "SQL", err);
}

static void
notice_ignore(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

static const char session[] =
    "SET client_encoding = 'UTF8';"
    "SET bytea_output = 'hex';"
    "SET timezone = 'UTC';"
    "SET standard_conforming_strings = on;"
    "SET lock_timeout = '5s';"
    "SET statement_timeout = '60s';"
    "SET idle_in_transaction_session_timeout = '120s';"
    "SET default_transaction_isolation = 'serializable'";

/* After connecting, and after every reconnection. */
static bool
session_begin(struct postgres *p, struct err *err)
{
	(void)PQsetNoticeReceiver(p->conn, notice_ignore, NULL);
	unnamed_forget(p);
	if (p->cache_size > 0)
		memset(p->cache, 0, p->cache_size * sizeof(*p->cache));
	if (PQserverVersion(p->conn) < 130000)
		return err_set(err, ERR_SYSTEM, "database",
		    "PostgreSQL 13 or newer is needed, this is %d",
		    PQserverVersion(p->conn));
	const char *version = PQparameterStatus(p->conn, "server_version");
	(void)snprintf(p->version, sizeof(p->version), "%s",
	    version == NULL ? "" : version);
	return postgres_script(p, session, err);
}

static bool
reconnect(struct postgres *p, struct err *err)
{
	PQreset(p->conn);
	if (lost(p)) {
		const char *text = PQerrorMessage(p->conn);
		return err_set(err, ERR_RETRY, NULL,
		    "the database is not reachable: %.*s", first_line(text),
		    text);
	}
	return session_begin(p, err);
}

static void
postgres_close(void *state)
{
	struct postgres *p = state;
	PQfinish(p->conn);
	free(p->unnamed);
	free(p->cache);
	free(p);
}

static bool
connect_first(
    struct postgres *p, const struct db_settings *settings, struct err *err)
{
	struct address address = { 0 };
	if (!address_resolve(settings->url, &address, err))
		return false;
	p->conn = PQconnectdbParams(address.keys, address.values, 0);
	address_free(&address);
	if (p->conn == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (lost(p)) {
		const char *text = PQerrorMessage(p->conn);
		return err_set(err, ERR_RETRY, "database",
		    "the database is not reachable: %.*s", first_line(text),
		    text);
	}
	return session_begin(p, err);
}

static bool
postgres_open(const struct db_settings *settings, void **ret, struct err *err)
{
	struct postgres *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (!connect_first(p, settings, err)) {
		postgres_close(p);
		return false;
	}
	*ret = p;
	return true;
}

/* The server may have gone since the last transaction: that is no fault. */
static bool
begin(struct postgres *p, bool write, struct err *err)
{
	const char *sql =
	    write ? "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
		  : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	if (!lost(p)) {
		if (postgres_script(p, sql, err))
			return true;
		if (!lost(p))
			return false;
	}
	return reconnect(p, err) && postgres_script(p, sql, err);
}

static bool
postgres_begin(void *state, bool write, struct err *err)
{
	struct postgres *p = state;
	p->inside = begin(p, write, err);
	return p->inside;
}

static Oid
type_oid(enum db_type type)
{
	if (type == DB_TEXT)
		return OID_TEXT;
	return type == DB_BLOB ? OID_BYTEA : OID_INT8;
}

static bool
cache_grow(struct postgres *p, size_t slot, struct err *err)
{
	if (slot < p->cache_size)
		return true;
	size_t size = slot + 64;
	const struct db_statement **more =
	    reallocarray(p->cache, size, sizeof(*more));
	if (more == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	memset(more + p->cache_size, 0, (size - p->cache_size) * sizeof(*more));
	p->cache = more;
	p->cache_size = size;
	return true;
}

/* A name per slot on the server; "" is the one that is not kept. */
static bool
statement_get(struct postgres *p, const struct db_statement *statement,
    char name[32], struct err *err)
{
	Oid types[PARAMS_MAX];
	bool keep = statement->slot != DB_SLOT_NONE;
	name[0] = '\0';
	if (!keep && p->unnamed != NULL &&
	    strcmp(p->unnamed, statement->sql) == 0)
		return true;
	if (keep) {
		(void)snprintf(name, 32, "q%zu", statement->slot);
		if (!cache_grow(p, statement->slot, err))
			return false;
		if (p->cache[statement->slot] == statement)
			return true;
	}
	if (keep && p->cache[statement->slot] != NULL) {
		char sql[64];
		(void)snprintf(sql, sizeof(sql), "DEALLOCATE %s", name);
		p->cache[statement->slot] = NULL;
		if (!postgres_script(p, sql, err))
			return false;
	}
	for (size_t i = 0; i < statement->params_count; i++)
		types[i] = type_oid(statement->params[i].type);
	AUTO(result)
	PGresult *result = PQprepare(
	    p->conn, name, statement->sql, (int)statement->params_count, types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return fault_set(p, result, statement->name, err);
	if (keep) {
		p->cache[statement->slot] = statement;
		return true;
	}
	unnamed_forget(p);
	p->unnamed = strdup(statement->sql);
	return true;
}

struct bound {
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX];
	int formats[PARAMS_MAX];
	unsigned char numbers[PARAMS_MAX][8];
};

static bool
bind_one(struct bound *bound, size_t i, const struct db_value *value)
{
	bool bytes = value->type == DB_TEXT || value->type == DB_BLOB;
	bound->formats[i] = 1;
	if (value->null)
		return true; /* values[i] stays NULL */
	if (bytes) {
		if (value->bytes.len > INT32_MAX)
			return false;
		bound->values[i] =
		    value->bytes.ptr == NULL ? "" : value->bytes.ptr;
		bound->lengths[i] = (int)value->bytes.len;
		return true;
	}
	for (int b = 0; b < 8; b++)
		bound->numbers[i][b] =
		    (unsigned char)((uint64_t)value->number >> (56 - 8 * b));
	bound->values[i] = (const char *)bound->numbers[i];
	bound->lengths[i] = 8;
	return true;
}

/* A big-endian signed integer of 1, 4 or 8 bytes. */
static int64_t
number_read(const char *bytes, int len)
{
	uint64_t number = len > 1 && (bytes[0] & 0x80) ? UINT64_MAX : 0;
	for (int i = 0; i < len; i++)
		number = number << 8 | (unsigned char)bytes[i];
	return (int64_t)number;
}

static bool
type_fits(enum db_type type, Oid found)
{
	if (type == DB_TEXT || type == DB_BLOB)
		return found == type_oid(type);
	return found == OID_INT8 || found == OID_INT4 || found == OID_BOOL;
}

static bool
columns_check(const PGresult *result, const struct db_statement *statement,
    struct err *err)
{
	int count = PQnfields(result);
	if ((size_t)count != statement->columns_count || count > COLUMNS_MAX)
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s: %zu columns declared, %d answered", statement->name,
		    statement->columns_count, count);
	for (int i = 0; i < count; i++)
		if (!type_fits(statement->columns[i].type, PQftype(result, i)))
			return err_set(err, ERR_SYSTEM, NULL,
			    "%s: column %s has another type than declared "
			    "(oid %u): CAST it",
			    statement->name, statement->columns[i].name,
			    PQftype(result, i));
	return true;
}

static bool
row_read(const PGresult *result, int at, const struct db_statement *statement,
    db_row_fn *row, void *context, struct err *err)
{
	struct db_value cells[COLUMNS_MAX];
	for (int i = 0; i < (int)statement->columns_count; i++) {
		enum db_type type = statement->columns[i].type;
		const char *bytes = PQgetvalue(result, at, i);
		int len = PQgetlength(result, at, i);
		cells[i] = (struct db_value){ .type = type,
			.null = PQgetisnull(result, at, i) == 1 };
		if (cells[i].null)
			continue;
		if (type == DB_TEXT || type == DB_BLOB)
			cells[i].bytes = (struct str){ bytes, (size_t)len };
		else
			cells[i].number = number_read(bytes, len);
	}
	return row == NULL || row(context, cells, err);
}

static bool
rows_read(struct postgres *p, const PGresult *result,
    const struct db_statement *statement, db_row_fn *row, void *context,
    struct err *err)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_COMMAND_OK)
		return true;
	if (status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE)
		return fault_set(p, result, statement->name, err);
	if (!columns_check(result, statement, err))
		return false;
	for (int i = 0; i < PQntuples(result); i++)
		if (!row_read(result, i, statement, row, context, err))
			return false;
	return true;
}

static int64_t
changes_read(PGresult *result)
{
	const char *text = PQcmdTuples(result);
	int64_t changes = 0;
	for (; *text >= '0' && *text <= '9'; text++)
		changes = changes * 10 + (*text - '0');
	return changes;
}

/* Takes results to the last one, so that the connection is usable again. */
static bool
results_take(struct postgres *p, const struct db_statement *statement,
    db_row_fn *row, void *context, int64_t *changes, struct err *err)
{
	bool done = true;
	for (PGresult *result; (result = PQgetResult(p->conn)) != NULL;) {
		if (done)
			done =
			    rows_read(p, result, statement, row, context, err);
		if (done && PQresultStatus(result) != PGRES_SINGLE_TUPLE)
			*changes = changes_read(result);
		PQclear(result);
	}
	if (done && lost(p))
		return fault_set(p, NULL, statement->name, err);
	return done;
}

static bool
statement_send(struct postgres *p, const struct db_statement *statement,
    const struct db_value *params, struct err *err)
{
	char name[32];
	struct bound bound = { 0 };
	if (statement->params_count > PARAMS_MAX)
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s has too many parameters", statement->name);
	for (size_t i = 0; i < statement->params_count; i++)
		if (!bind_one(&bound, i, &params[i]))
			return err_set(err, ERR_LIMIT, NULL,
			    "%s: a value is too large", statement->name);
	if (!statement_get(p, statement, name, err))
		return false;
	if (PQsendQueryPrepared(p->conn, name, (int)statement->params_count,
		bound.values, bound.lengths, bound.formats, 1) != 1)
		return fault_set(p, NULL, statement->name, err);
	(void)PQsetSingleRowMode(p->conn);
	return true;
}

static bool
postgres_run(void *state, const struct db_statement *statement,
    const struct db_value *params, db_row_fn *row, void *context,
    int64_t *changes, struct err *err)
{
	struct postgres *p = state;
	/* Inside a transaction a lost connection is an error, told below. */
	if (lost(p) && !p->inside && !reconnect(p, err))
		return false;
	return statement_send(p, statement, params, err) &&
	       results_take(p, statement, row, context, changes, err);
}

static bool
postgres_check(
    void *state, const struct db_statement *statement, struct err *err)
{
	struct postgres *p = state;
	char name[32];
	if (!statement_get(p, statement, name, err))
		return false;
	AUTO(result) PGresult *result = PQdescribePrepared(p->conn, name);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return fault_set(p, result, statement->name, err);
	if ((size_t)PQnparams(result) != statement->params_count)
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s: %zu parameters declared, %d found", statement->name,
		    statement->params_count, PQnparams(result));
	return columns_check(result, statement, err);
}

/* A writing transaction can begin, and the server is not a standby. */
static bool
postgres_health(void *state, struct err *err)
{
	struct postgres *p = state;
	if (!postgres_begin(p, true, err))
		return false;
	bool done = postgres_script(
	    p, "CREATE TEMPORARY TABLE health (n INTEGER) ON COMMIT DROP", err);
	return postgres_script(p, "ROLLBACK", done ? err : NULL) && done;
}

static const char *
postgres_version(void *state)
{
	const struct postgres *p = state;
	return p->version;
}

static const char *
postgres_schema(const struct db_migration *migration)
{
	return migration->postgres;
}

const struct db_engine postgres_engine = {
	.name = "postgresql",
	.open = postgres_open,
	.close = postgres_close,
	.begin = postgres_begin,
	.script = postgres_script,
	.run = postgres_run,
	.check = postgres_check,
	.health = postgres_health,
	.version = postgres_version,
	.schema = postgres_schema,
};
