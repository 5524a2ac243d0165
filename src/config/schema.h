/*
 * What a configuration file may say, as data, and the reader for it. Only the
 * rooms' own files include this.
 */
#ifndef FOREWARN_CONFIG_SCHEMA_H
#define FOREWARN_CONFIG_SCHEMA_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum key_type { KEY_TEXT, KEY_PATH, KEY_LIST, KEY_NUMBER, KEY_SWITCH };

/* A check sees one value as text; its error says what is wrong and the cure. */
typedef bool key_check(const char *text, struct err *err);

struct schema_key {
	const char *section; /* "top" for the file itself */
	const char *name;
	enum key_type type;
	const char *fallback; /* NULL: must be set; lists: separated by space */
	key_check *check;
	const char *help;
};

struct schema_section {
	const char *name;
	const char *value; /* its name in the JSON value */
	bool titled;
	const char *help;
};

struct schema {
	const char *kind; /* "configuration", for errors */
	const struct schema_section *sections;
	size_t nsections;
	const struct schema_key *keys;
	size_t nkeys;
};

/* Reads a file by the schema; errors begin with "file:line: ". */
MUST bool schema_read(const struct schema *schema, const char *path,
    json_t **ret, struct err *err);

/* Appends the keys with type, default and help. */
void schema_print(const struct schema *schema, struct buf *out);

#endif
