#include "value/value.h"

#include "core/when.h"

#include <string.h>

#define PRINT_FLAGS JSON_REAL_PRECISION(15)

/* Deepest nesting of a text, counted without recursion before parsing. */
static size_t
depth_of(struct str text)
{
	size_t depth = 0, deepest = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		if (quoted && byte == '\\')
			i++;
		else if (byte == '"')
			quoted = !quoted;
		else if (!quoted && (byte == '{' || byte == '['))
			depth++;
		else if (!quoted && (byte == '}' || byte == ']'))
			depth -= depth > 0;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

bool
value_parse(struct str text, size_t max, json_t **ret, struct err *err)
{
	if (text.len > max)
		return err_set(err, ERR_LIMIT, NULL,
		    "JSON of %zu bytes; the limit is %zu", text.len, max);
	if (depth_of(text) > LIMIT_JSON_DEPTH)
		return err_set(err, ERR_LIMIT, NULL,
		    "JSON nested deeper than %d levels", LIMIT_JSON_DEPTH);
	json_error_t fault;
	json_t *value = json_loadb(text.ptr == NULL ? "" : text.ptr, text.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (value == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "not valid JSON at line %d, column %d: %s", fault.line,
		    fault.column, fault.text);
	*ret = value;
	return true;
}

static int
print_chunk(const char *bytes, size_t len, void *context)
{
	buf_add(context, bytes, len);
	return 0;
}

void
value_print(struct buf *out, const json_t *value)
{
	if (json_dump_callback(value, print_chunk, out,
		PRINT_FLAGS | JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		out->failed = true;
}

void
value_pretty(struct buf *out, const json_t *value)
{
	if (json_dump_callback(value, print_chunk, out,
		PRINT_FLAGS | JSON_INDENT(2) | JSON_ENCODE_ANY) != 0)
		out->failed = true;
	buf_putc(out, '\n');
}

const char *
value_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text == NULL ? "" : text;
}

int64_t
value_int(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *number = json_object_get(object, key);
	return json_is_integer(number) ? json_integer_value(number) : fallback;
}

bool
value_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

int64_t
value_when(const json_t *object, const char *key)
{
	int64_t when = 0;
	if (!when_parse(str_of(value_text(object, key)), false, &when))
		return 0;
	return when;
}

void
value_set(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(
	    object, key, value == NULL ? json_null() : value);
}

void
value_set_text(json_t *object, const char *key, const char *text)
{
	bool empty = text == NULL || text[0] == '\0';
	value_set(object, key, empty ? NULL : json_string(text));
}

void
value_set_int(json_t *object, const char *key, int64_t number)
{
	value_set(object, key, json_integer(number));
}

void
value_set_bool(json_t *object, const char *key, bool truth)
{
	value_set(object, key, json_boolean(truth));
}

void
value_set_when(json_t *object, const char *key, int64_t when)
{
	char text[WHEN_TEXT];
	value_set_text(object, key, when == 0 ? NULL : when_print(when, text));
}

void
value_auto(json_t **value)
{
	json_decref(*value);
}
