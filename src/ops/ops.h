/*
 * The table of operations (ops.def) as data, and what is derived from it:
 * argument checking and the OpenAPI document. This room knows what can be
 * asked and in which shape; it does not know who may ask or what happens.
 */
#ifndef FOREWARN_OPS_H
#define FOREWARN_OPS_H

#include "core/err.h"
#include "core/str.h"
#include "value/value.h"

#include <stdint.h>

enum op_id {
#define OP(id, name, kind, subject, summary) OP_##id,
#define ARG(name, type, min, max, need, choices, help)
#define OP_END
#include "ops/ops.def"
#undef OP
#undef ARG
#undef OP_END
	OP_COUNT
};

enum op_kind { OP_READ, OP_SECRET, OP_CHANGE };

enum op_subject { OP_ON_NONE, OP_ON_CASE, OP_ON_MAKER, OP_ON_LINK };

enum arg_type {
	ARG_TEXT,        /* one line of UTF-8, min..max bytes, trimmed */
	ARG_BODY,        /* lines of UTF-8, min..max bytes */
	ARG_SECRET_TEXT, /* as text, never printed, logged or audited */
	ARG_INT,         /* integer min..max */
	ARG_ID,          /* positive integer below 2^53 */
	ARG_BOOL,
	ARG_INSTANT, /* RFC 3339 text, or a date meaning 00:00 UTC */
	ARG_EMAIL,   /* one plain mail address */
	ARG_URL,     /* http or https */
	ARG_WORD,    /* one of choices */
	ARG_WORDS,   /* list of min..max different choices */
	ARG_TEXTS,   /* list of min..max lines of at most 500 bytes */
	ARG_CASE,    /* case number */
	ARG_CVE,     /* CVE-YYYY-NNNN…, upper case */
	ARG_HEX,     /* lower-case hexadecimal, min..max digits */
	ARG_TOKEN,   /* secret part of a link: letters, digits, - and _ */
	ARG_FILES,   /* list of {"name", "size"}, bytes in descriptors */
};

struct op_arg {
	const char *name; /* NULL ends the list */
	enum arg_type type;
	int64_t min, max;
	bool required;
	const char *choices; /* "a|b|c" or NULL */
	const char *help;
};

struct op {
	enum op_id id;
	const char *name; /* "case.move" */
	enum op_kind kind;
	enum op_subject subject;
	const char *summary;
	const struct op_arg *args;
};

/* The row of an operation; never NULL for a valid id. */
const struct op *op_get(enum op_id id);

/* The row with this name, or NULL. */
const struct op *op_find(const char *name);

/* The argument with this name, or NULL. */
const struct op_arg *op_arg_find(const struct op *op, const char *name);

/*
 * Checks args (an object, or NULL for none) against the table and makes a new
 * object of clean values: trimmed text, normal instants, no unknown keys, no
 * nulls. The caller owns *ret. Errors: ERR_INVALID or ERR_LIMIT with the
 * argument's name in err->field and what to do in err->text.
 */
MUST bool op_check(
    const struct op *op, const json_t *args, json_t **ret, struct err *err);

/*
 * Turns form or query fields (object of text, or list of text for repeated
 * keys) into JSON of the right types for op_check: numbers, booleans ("on"),
 * lists split at lines; empty fields are dropped. Text that does not fit its
 * type stays text, so that op_check names the fault. The caller owns the
 * result.
 */
json_t *op_from_form(const struct op *op, const json_t *fields);

/* A text ready to be looked at: audit copy of args without secrets. Owned. */
json_t *op_audit_args(const struct op *op, const json_t *args);

/* The OpenAPI 3.1 document of all operations; the caller owns it. */
json_t *ops_openapi(const char *project, const char *base_url);

#endif
