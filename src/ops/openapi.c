#include "ops/ops.h"

/* JSON Schema of one argument. */
static json_t *
arg_schema(const struct op_arg *arg)
{
	json_t *schema = json_object();
	json_t *words = json_array();
	struct str rest = str_of(arg->choices);
	while (rest.ptr != NULL) {
		struct str word = str_cut(&rest, '|');
		(void)json_array_append_new(
		    words, json_stringn(word.ptr, word.len));
	}
	value_set_text(schema, "description", arg->help);
	static const struct {
		const char *type, *format;
	} kinds[] = {
		[ARG_TEXT] = { "string", NULL },
		[ARG_BODY] = { "string", NULL },
		[ARG_SECRET_TEXT] = { "string", "password" },
		[ARG_INT] = { "integer", NULL },
		[ARG_ID] = { "integer", "int64" },
		[ARG_BOOL] = { "boolean", NULL },
		[ARG_INSTANT] = { "string", "date-time" },
		[ARG_EMAIL] = { "string", "email" },
		[ARG_URL] = { "string", "uri" },
		[ARG_WORD] = { "string", NULL },
		[ARG_WORDS] = { "array", NULL },
		[ARG_TEXTS] = { "array", NULL },
		[ARG_CASE] = { "string", NULL },
		[ARG_CVE] = { "string", NULL },
		[ARG_HEX] = { "string", NULL },
		[ARG_TOKEN] = { "string", NULL },
		[ARG_FILES] = { "array", NULL },
	};
	value_set_text(schema, "type", kinds[arg->type].type);
	if (kinds[arg->type].format != NULL)
		value_set_text(schema, "format", kinds[arg->type].format);
	bool numeric = arg->type == ARG_INT;
	bool list = str_eq(str_of(kinds[arg->type].type), "array");
	const char *low = numeric ? "minimum" : list ? "minItems" : "minLength";
	const char *high = numeric ? "maximum"
			   : list  ? "maxItems"
				   : "maxLength";
	if (arg->max > 0) {
		value_set_int(schema, low, arg->min);
		value_set_int(schema, high, arg->max);
	}
	if (list) {
		json_t *items = json_object();
		value_set_text(items, "type",
		    arg->type == ARG_FILES ? "object" : "string");
		if (json_array_size(words) > 0)
			(void)json_object_set(items, "enum", words);
		value_set(schema, "items", items);
	} else if (json_array_size(words) > 0) {
		(void)json_object_set(schema, "enum", words);
	}
	json_decref(words);
	return schema;
}

static json_t *
request_schema(const struct op *op)
{
	json_t *properties = json_object();
	json_t *required = json_array();
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		value_set(properties, arg->name, arg_schema(arg));
		if (arg->required)
			(void)json_array_append_new(
			    required, json_string(arg->name));
	}
	return json_pack("{s:s, s:b, s:o, s:o}", "type", "object",
	    "additionalProperties", 0, "properties", properties, "required",
	    required);
}

static json_t *
answers(void)
{
	json_t *all = json_pack("{s:{s:s, s:{s:{s:{}}}}}", "200", "description",
	    "The answer", "content", "application/json", "schema");
	static const char *const faults[][2] = {
		{ "400", "An argument is wrong; error.field names it" },
		{ "401", "Log in, or send a valid token" },
		{ "404", "No such thing, or none you may see" },
		{ "409", "It changed meanwhile: read again, decide again" },
		{ "429", "A cap or rate was reached" },
		{ "500", "Our fault; nothing was changed" },
		{ "503", "Passing fault; try again" },
	};
	for (size_t i = 0; i < COUNT(faults); i++)
		value_set(all, faults[i][0],
		    json_pack("{s:s, s:{s:{s:{s:s}}}}", "description",
			faults[i][1], "content", "application/json", "schema",
			"$ref", "#/components/schemas/error"));
	return all;
}

static json_t *
operation(const struct op *op)
{
	json_t *request = json_pack("{s:b, s:{s:{s:o}}}", "required",
	    op->args[0].name != NULL, "content", "application/json", "schema",
	    request_schema(op));
	json_t *row = json_pack("{s:s, s:s, s:o, s:o}", "operationId", op->name,
	    "summary", op->summary, "requestBody", request, "responses",
	    answers());
	value_set_bool(row, "x-changes", op->kind == OP_CHANGE);
	return row;
}

json_t *
ops_openapi(const char *project, const char *base_url)
{
	json_t *paths = json_object();
	for (int id = 0; id < OP_COUNT; id++) {
		const struct op *op = op_get((enum op_id)id);
		json_t *path = json_sprintf("/api/v1/%s", op->name);
		value_set(paths, json_string_value(path),
		    json_pack("{s:o}", "post", operation(op)));
		json_decref(path);
	}
	json_t *fault =
	    json_pack("{s:s, s:{s:{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}}}}}",
		"type", "object", "properties", "error", "type", "object",
		"properties", "kind", "type", "string", "field", "type",
		"string", "text", "type", "string");
	json_t *title = json_sprintf("Forewarn of %s", project);
	json_t *document =
	    json_pack("{s:s, s:{s:o, s:s}, s:[{s:s}], s:[{s:[]}, {}], s:o, "
		      "s:{s:{s:o}, s:{s:{s:s, s:s}}}}",
		"openapi", "3.1.0", "info", "title", title, "version", "1",
		"servers", "url", base_url, "security", "token", "paths", paths,
		"components", "schemas", "error", fault, "securitySchemes",
		"token", "type", "http", "scheme", "bearer");
	return document;
}
