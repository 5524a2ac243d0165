/*
 * JSON values: jansson under the few rules of this house. Parsing is strict
 * (UTF-8, no duplicate keys, no NUL, depth and size bounded); printing gives
 * the shortest round number (CVSS 9.8, not 9.8000000000000007). Values are
 * reference counted by jansson; AUTO(value) drops one reference.
 */
#ifndef FOREWARN_VALUE_H
#define FOREWARN_VALUE_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdint.h>

/*
 * Parses one JSON document of at most max bytes. Errors: ERR_LIMIT (size or
 * depth beyond LIMIT_JSON_DEPTH), ERR_INVALID with line and column. The caller
 * owns *ret.
 */
MUST bool value_parse(
    struct str text, size_t max, json_t **ret, struct err *err);

/* Appends compact JSON, keys in insertion order. */
void value_print(struct buf *out, const json_t *value);

/* Appends indented JSON with a final newline, for people and documents. */
void value_pretty(struct buf *out, const json_t *value);

/* Text at key, or "" when absent or not a string. Borrowed. */
const char *value_text(const json_t *object, const char *key);

/* Integer at key, or fallback when absent or not an integer. */
int64_t value_int(const json_t *object, const char *key, int64_t fallback);

/* True only for JSON true at key. */
bool value_true(const json_t *object, const char *key);

/* Instant at key (RFC 3339 text), or 0. */
int64_t value_when(const json_t *object, const char *key);

/* Sets key to text; NULL or "" stores null, so that templates can ask. */
void value_set_text(json_t *object, const char *key, const char *text);

/* Sets key to an integer. */
void value_set_int(json_t *object, const char *key, int64_t number);

/* Sets key to true or false. */
void value_set_bool(json_t *object, const char *key, bool truth);

/* Sets key to an RFC 3339 instant; 0 stores null. */
void value_set_when(json_t *object, const char *key, int64_t when);

/* Sets key to value and takes the reference; NULL value stores null. */
void value_set(json_t *object, const char *key, json_t *value);

/* For AUTO(value). */
void value_auto(json_t **value);

#endif
