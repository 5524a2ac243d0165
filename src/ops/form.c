#include "ops/ops.h"

#include "core/num.h"

#include <string.h>

/* The first text of a field that may be repeated, "" when there is none. */
static struct str
first_text(const json_t *field)
{
	const json_t *text =
	    json_is_array(field) ? json_array_get(field, 0) : field;
	if (!json_is_string(text))
		return STR("");
	return (
	    struct str){ json_string_value(text), json_string_length(text) };
}

static void
add_lines(json_t *list, struct str text, char sep)
{
	while (text.ptr != NULL) {
		struct str line = str_trim(str_cut(&text, sep));
		if (line.len > 0)
			(void)json_array_append_new(
			    list, json_stringn(line.ptr, line.len));
	}
}

/* Repeated fields, or one field with an item per line. */
static json_t *
list_value(const json_t *field)
{
	json_t *list = json_array();
	if (!json_is_array(field)) {
		add_lines(list, first_text(field), '\n');
		return list;
	}
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)(uintptr_t)field, i, item)
	    add_lines(list, first_text(item), '\n');
	return list;
}

static json_t *
field_value(const struct op_arg *arg, const json_t *field)
{
	struct str text = first_text(field);
	int64_t number;
	switch (arg->type) {
	case ARG_INT:
	case ARG_ID:
		if (num_parse(str_trim(text), INT64_MIN, INT64_MAX, &number))
			return json_integer(number);
		return json_stringn(text.ptr, text.len);
	case ARG_BOOL:
		if (str_eq(text, "on") || str_eq(text, "true") ||
		    str_eq(text, "yes"))
			return json_true();
		if (str_eq(text, "off") || str_eq(text, "false") ||
		    str_eq(text, "no"))
			return json_false();
		return json_stringn(text.ptr, text.len);
	case ARG_WORDS:
	case ARG_TEXTS:
		return list_value(field);
	case ARG_FILES:
		return json_incref((json_t *)(uintptr_t)field);
	case ARG_TEXT:
	case ARG_BODY:
	case ARG_SECRET_TEXT:
	case ARG_INSTANT:
	case ARG_EMAIL:
	case ARG_URL:
	case ARG_WORD:
	case ARG_CASE:
	case ARG_CVE:
	case ARG_HEX:
	case ARG_TOKEN:
		break;
	}
	return json_stringn(text.ptr, text.len);
}

/* "2026-12-01T15:00" is what a browser's date-time field sends; it is UTC. */
static json_t *
instant_value(json_t *value)
{
	const char *text = json_string_value(value);
	if (text == NULL || strlen(text) != strlen("2026-12-01T15:00"))
		return value;
	json_t *full = json_sprintf("%s:00Z", text);
	json_decref(value);
	return full;
}

json_t *
op_from_form(const struct op *op, const json_t *fields)
{
	json_t *args = json_object();
	const char *key;
	json_t *field;
	json_object_foreach((json_t *)(uintptr_t)fields, key, field)
	{
		const struct op_arg *arg = op_arg_find(op, key);
		if (arg == NULL) {
			(void)json_object_set(args, key, field);
			continue;
		}
		bool list = arg->type == ARG_WORDS || arg->type == ARG_TEXTS ||
			    arg->type == ARG_FILES;
		if (!list && str_trim(first_text(field)).len == 0)
			continue;
		json_t *value = field_value(arg, field);
		if (arg->type == ARG_INSTANT)
			value = instant_value(value);
		if (list && json_array_size(value) == 0 &&
		    arg->type == ARG_FILES)
			json_decref(value);
		else
			value_set(args, key, value);
	}
	return args;
}
