#include "config/schema.h"

#include "core/num.h"
#include "value/value.h"

#include <confuse.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <unistd.h>

#define OPTIONS 32 /* keys of one section, or of the file with its sections */

struct reading {
	const struct schema *schema;
	struct err *err; /* the first fault */
	char folder[PATH_MAX];
};

/*
 * libconfuse gives its callbacks no context, so the one reading in progress
 * stands here while schema_read runs.
 */
static _Thread_local struct reading *current;

static const char *const type_names[] = {
	[KEY_TEXT] = "text",
	[KEY_PATH] = "path",
	[KEY_LIST] = "list of text",
	[KEY_NUMBER] = "number",
	[KEY_SWITCH] = "yes or no",
};

static const char *
section_of(cfg_t *cfg)
{
	const char *name = cfg_name(cfg);
	return name == NULL || strcmp(name, "root") == 0 ? "top" : name;
}

static const struct schema_key *
key_find(const struct schema *schema, const char *section, const char *name)
{
	for (size_t i = 0; i < schema->nkeys; i++)
		if (strcmp(schema->keys[i].section, section) == 0 &&
		    strcmp(schema->keys[i].name, name) == 0)
			return &schema->keys[i];
	return NULL;
}

/* Keeps the first fault, with its place and a hint for the usual ones. */
static void note_fault(cfg_t *cfg, const char *fmt, va_list values)
    PRINTF(2, 0);
static void
note_fault(cfg_t *cfg, const char *fmt, va_list values)
{
	if (current->err->kind != ERR_NONE)
		return;
	char text[200];
	(void)vsnprintf(text, sizeof(text), fmt, values);
	const char *cure = "";
	if (strncmp(text, "no such option", 14) == 0)
		cure = ": correct its spelling or remove it "
		       "(\"forewarnd --keys\" lists what there is)";
	else if (strncmp(text, "unexpected token", 16) == 0)
		cure = ": write key = \"text\", key = number or "
		       "key = {\"one\", \"two\"}";
	(void)err_set(current->err, ERR_INVALID, NULL, "%s:%d: %s%s",
	    cfg->filename == NULL ? "?" : cfg->filename, cfg->line, text, cure);
}

/* Puts "file:line: key: " before a check's text. */
static int
note_check(cfg_t *cfg, const char *name, const struct err *why)
{
	if (current->err->kind == ERR_NONE)
		(void)err_set(current->err, ERR_INVALID, name, "%s:%d: %s: %s",
		    cfg->filename, cfg->line, name, why->text);
	return -1;
}

/* An absolute path; a relative one begins in the file's folder. */
static void
make_path(const char *text, char ret[PATH_MAX])
{
	if (text[0] == '/' || text[0] == '\0')
		(void)snprintf(ret, PATH_MAX, "%s", text);
	else
		(void)snprintf(
		    ret, PATH_MAX, "%.3000s/%.1000s", current->folder, text);
}

/* Called by libconfuse for each value it has read. */
static int
check_value(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct schema_key *key =
	    key_find(current->schema, section_of(cfg), opt->name);
	unsigned count = cfg_opt_size(opt);
	if (key == NULL || count == 0 || key->type == KEY_SWITCH)
		return 0;
	char text[PATH_MAX] = "";
	struct err why = { 0 };
	if (key->type == KEY_NUMBER)
		(void)snprintf(
		    text, sizeof(text), "%ld", cfg_opt_getnint(opt, count - 1));
	else if (key->type == KEY_PATH)
		make_path(cfg_opt_getnstr(opt, count - 1), text);
	const char *given = key->type == KEY_TEXT || key->type == KEY_LIST
				? cfg_opt_getnstr(opt, count - 1)
				: text;
	if (given == NULL || given[0] == '\0')
		return 0;
	return key->check(given, &why) ? 0 : note_check(cfg, key->name, &why);
}

/* Called at the end of a section: what must be set is set. */
static int
check_section(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	for (size_t i = 0; i < current->schema->nkeys; i++) {
		const struct schema_key *key = &current->schema->keys[i];
		struct err why = { 0 };
		if (strcmp(key->section, opt->name) != 0 ||
		    key->fallback != NULL || cfg_size(section, key->name) > 0)
			continue;
		(void)err_set(&why, ERR_INVALID, NULL,
		    "this %s does not set it; it needs: %s", opt->name,
		    key->help);
		return note_check(cfg, key->name, &why);
	}
	return 0;
}

/* One libconfuse option for a key. */
static cfg_opt_t
option_of(const struct schema_key *key)
{
	static const cfg_type_t types[] = {
		[KEY_TEXT] = CFGT_STR,
		[KEY_PATH] = CFGT_STR,
		[KEY_LIST] = CFGT_STR,
		[KEY_NUMBER] = CFGT_INT,
		[KEY_SWITCH] = CFGT_BOOL,
	};
	return (cfg_opt_t){ .name = key->name,
		.type = types[key->type],
		.flags = CFGF_NODEFAULT |
			 (key->type == KEY_LIST ? CFGF_LIST : CFGF_NONE),
		.validcb = check_value };
}

/* All keys of a section as options; how many. */
static size_t
options_of(
    const struct schema *schema, const char *section, cfg_opt_t ret[OPTIONS])
{
	size_t count = 0;
	for (size_t i = 0; i < schema->nkeys && count + 1 < OPTIONS; i++)
		if (strcmp(schema->keys[i].section, section) == 0)
			ret[count++] = option_of(&schema->keys[i]);
	ret[count] = (cfg_opt_t){ 0 };
	return count;
}

/* The parser for a schema; libconfuse copies the tables. NULL: no memory. */
static cfg_t *
parser_new(const struct schema *schema)
{
	cfg_opt_t top[2 * OPTIONS];
	cfg_opt_t(*inner)[OPTIONS] =
	    calloc(schema->nsections + 1, sizeof(*inner));
	if (inner == NULL)
		return NULL;
	size_t count = options_of(schema, "top", top);
	for (size_t i = 0; i < schema->nsections && count < OPTIONS * 2 - 1;
	     i++) {
		const struct schema_section *section = &schema->sections[i];
		(void)options_of(schema, section->name, inner[i]);
		cfg_flag_t flags = section->titled ? CFGF_MULTI | CFGF_TITLE |
							 CFGF_NO_TITLE_DUPES
						   : CFGF_NODEFAULT;
		top[count++] = (cfg_opt_t){ .name = section->name,
			.type = CFGT_SEC,
			.flags = flags,
			.subopts = inner[i],
			.validcb = check_section };
	}
	top[count] = (cfg_opt_t){ 0 };
	cfg_t *parser = cfg_init(top, CFGF_NONE);
	free(inner);
	if (parser != NULL)
		(void)cfg_set_error_function(parser, note_fault);
	return parser;
}

/* A list from a default written with spaces. */
static json_t *
list_from(const char *words)
{
	json_t *list = json_array();
	struct str rest = str_trim(str_of(words));
	while (rest.len > 0) {
		struct str word = str_cut(&rest, ' ');
		json_array_append_new(list, json_stringn(word.ptr, word.len));
	}
	return list;
}

/* What a key is worth when the file does not set it. */
static json_t *
fallback_of(const struct schema_key *key)
{
	int64_t number = 0;
	switch (key->type) {
	case KEY_LIST:
		return list_from(key->fallback);
	case KEY_NUMBER:
		if (!num_parse(str_of(key->fallback), 0, INT32_MAX, &number))
			return json_null();
		return json_integer(number);
	case KEY_SWITCH:
		return json_boolean(strcmp(key->fallback, "yes") == 0);
	case KEY_TEXT:
	case KEY_PATH:
		break;
	}
	return json_string(key->fallback);
}

/* What the file sets a key to. */
static json_t *
given_of(const struct schema_key *key, cfg_opt_t *opt)
{
	char path[PATH_MAX];
	json_t *list;
	switch (key->type) {
	case KEY_LIST:
		list = json_array();
		for (unsigned i = 0; i < cfg_opt_size(opt); i++)
			json_array_append_new(
			    list, json_string(cfg_opt_getnstr(opt, i)));
		return list;
	case KEY_NUMBER:
		return json_integer(cfg_opt_getnint(opt, 0));
	case KEY_SWITCH:
		return json_boolean(cfg_opt_getnbool(opt, 0));
	case KEY_PATH:
		make_path(cfg_opt_getnstr(opt, 0), path);
		return json_string(path);
	case KEY_TEXT:
		break;
	}
	return json_string(cfg_opt_getnstr(opt, 0));
}

/* Adds every key of a section to object; cfg NULL means all defaults. */
static bool
fill(const struct schema *schema, const char *section, cfg_t *cfg,
    json_t *object, struct err *err)
{
	for (size_t i = 0; i < schema->nkeys; i++) {
		const struct schema_key *key = &schema->keys[i];
		if (strcmp(key->section, section) != 0)
			continue;
		cfg_opt_t *opt =
		    cfg == NULL ? NULL : cfg_getopt(cfg, key->name);
		bool given = opt != NULL && cfg_opt_size(opt) > 0;
		if (!given && key->fallback == NULL)
			return err_set(err, ERR_INVALID, key->name,
			    "%s%s%s is not set and has no default; it is: %s",
			    strcmp(section, "top") == 0 ? "" : section,
			    strcmp(section, "top") == 0 ? "" : ".", key->name,
			    key->help);
		json_t *value = given ? given_of(key, opt) : fallback_of(key);
		if (value == NULL)
			return err_set(err, ERR_INVALID, key->name,
			    "%s is not valid UTF-8 text", key->name);
		value_set(object, key->name, value);
	}
	return true;
}

/* All sections under one title name, as an array. */
static bool
fill_titled(const struct schema *schema, const struct schema_section *section,
    cfg_t *cfg, json_t *object, struct err *err)
{
	json_t *list = json_array();
	value_set(object, section->value, list);
	for (unsigned i = 0; i < cfg_size(cfg, section->name); i++) {
		cfg_t *part = cfg_getnsec(cfg, section->name, i);
		json_t *row = json_object();
		json_array_append_new(list, row);
		value_set_text(row, "name", cfg_title(part));
		if (!fill(schema, section->name, part, row, err))
			return false;
	}
	return true;
}

static bool
value_of(
    const struct schema *schema, cfg_t *cfg, json_t *object, struct err *err)
{
	if (!fill(schema, "top", cfg, object, err))
		return false;
	for (size_t i = 0; i < schema->nsections; i++) {
		const struct schema_section *section = &schema->sections[i];
		if (section->titled) {
			if (!fill_titled(schema, section, cfg, object, err))
				return false;
			continue;
		}
		cfg_t *part = cfg_size(cfg, section->name) == 0
				  ? NULL
				  : cfg_getsec(cfg, section->name);
		json_t *inner = json_object();
		value_set(object, section->value, inner);
		if (!fill(schema, section->name, part, inner, err))
			return false;
	}
	return true;
}

/* Finds the folder of the file, for relative paths. */
static bool
find_folder(struct reading *reading, const char *path, struct err *err)
{
	char *whole = realpath(path, NULL);
	if (whole == NULL || access(whole, R_OK) != 0) {
		enum err_kind kind = errno == ENOENT ? ERR_MISSING : ERR_SYSTEM;
		(void)err_set(err, kind, NULL,
		    "%s: cannot read the %s file: %s", path,
		    reading->schema->kind, strerror(errno));
		free(whole);
		return false;
	}
	char *slash = strrchr(whole, '/');
	(void)snprintf(reading->folder, sizeof(reading->folder), "%.*s",
	    (int)(slash - whole), whole);
	free(whole);
	return true;
}

/* Parses and converts; the reading is set up. */
static bool
read_file(const struct schema *schema, const char *path, json_t *object,
    struct err *err)
{
	cfg_t *cfg = parser_new(schema);
	if (cfg == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	bool good = cfg_parse(cfg, path) == CFG_SUCCESS;
	if (!good && err->kind == ERR_NONE)
		(void)err_set(err, ERR_INVALID, NULL, "%s: not a %s file", path,
		    schema->kind);
	if (good && !value_of(schema, cfg, object, err))
		good = err_in(err, "%s", path);
	(void)cfg_free(cfg);
	return good;
}

bool
schema_read(const struct schema *schema, const char *path, json_t **ret,
    struct err *err)
{
	struct err fault = { 0 };
	struct reading reading = { .schema = schema, .err = &fault };
	AUTO(value) json_t *object = json_object();
	bool good = find_folder(&reading, path, &fault);
	if (good) {
		current = &reading;
		good = read_file(schema, path, object, &fault);
		current = NULL;
	}
	if (!good)
		return err_set(err, fault.kind, fault.field, "%s", fault.text);
	*ret = json_incref(object);
	return true;
}

static void
print_section(const struct schema *schema, const char *section, struct buf *out)
{
	for (size_t i = 0; i < schema->nkeys; i++) {
		const struct schema_key *key = &schema->keys[i];
		if (strcmp(key->section, section) != 0)
			continue;
		buf_printf(out, "%s\t%s\t%s\t%s\t%s\n", section, key->name,
		    type_names[key->type],
		    key->fallback == NULL ? "(must be set)" : key->fallback,
		    key->help);
	}
}

void
schema_print(const struct schema *schema, struct buf *out)
{
	print_section(schema, "top", out);
	for (size_t i = 0; i < schema->nsections; i++)
		print_section(schema, schema->sections[i].name, out);
}
