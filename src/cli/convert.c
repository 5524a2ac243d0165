#include "cli/convert.h"

#include "core/num.h"
#include "core/utf8.h"
#include "os/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Numbers that count time, and the seconds of one. */
static const struct {
	const char *name;
	int64_t seconds;
} spans[] = {
	{ "seconds", 1 },
	{ "days", 86400 },
	{ "due", 86400 },
	{ "weeks", 604800 },
};

static const struct {
	char letter;
	int64_t seconds;
} units[] = {
	{ 's', 1 },
	{ 'm', 60 },
	{ 'h', 3600 },
	{ 'd', 86400 },
	{ 'w', 604800 },
};

static const char *const placeholders[] = {
	[ARG_TEXT] = "TEXT",
	[ARG_BODY] = "TEXT|@FILE|-",
	[ARG_SECRET_TEXT] = "@FILE|-",
	[ARG_INT] = "NUMBER",
	[ARG_ID] = "ID",
	[ARG_BOOL] = "yes|no",
	[ARG_INSTANT] = "INSTANT",
	[ARG_EMAIL] = "ADDRESS",
	[ARG_URL] = "URL",
	[ARG_WORD] = "WORD",
	[ARG_WORDS] = "WORD,…",
	[ARG_TEXTS] = "TEXT…",
	[ARG_CASE] = "CASE",
	[ARG_CVE] = "CVE",
	[ARG_HEX] = "HEX",
	[ARG_TOKEN] = "SECRET",
	[ARG_FILES] = "FILE…",
};

bool
convert_is_offered(const struct op_arg *arg)
{
	return arg->type != ARG_FILES;
}

bool
convert_is_list(const struct op_arg *arg)
{
	return arg->type == ARG_WORDS || arg->type == ARG_TEXTS;
}

static int64_t
span_of(const struct op_arg *arg)
{
	for (size_t i = 0; i < COUNT(spans); i++)
		if (arg->type == ARG_INT &&
		    strcmp(arg->name, spans[i].name) == 0)
			return spans[i].seconds;
	return 0;
}

const char *
convert_placeholder(const struct op_arg *arg)
{
	return span_of(arg) > 0 ? "LENGTH" : placeholders[arg->type];
}

const char *
convert_option_name(const struct op_arg *arg, char out[48])
{
	size_t i = 0;
	for (; arg->name[i] != '\0' && i < 47; i++)
		out[i] = arg->name[i] == '_' ? '-' : arg->name[i];
	out[i] = '\0';
	return out;
}

/* "7d" in units of the argument; false when it is no such length. */
static bool
read_span(struct str text, int64_t span, int64_t *ret)
{
	if (text.len < 2)
		return false;
	struct str digits = { text.ptr, text.len - 1 };
	char letter = text.ptr[text.len - 1];
	int64_t number;
	if (!num_parse(digits, 0, INT32_MAX, &number))
		return false;
	for (size_t i = 0; i < COUNT(units); i++) {
		int64_t seconds = number * units[i].seconds;
		if (units[i].letter != letter || seconds % span != 0)
			continue;
		*ret = seconds / span;
		return true;
	}
	return false;
}

static json_t *
number_value(const struct op_arg *arg, struct str text)
{
	int64_t number;
	int64_t span = span_of(arg);
	if (num_parse(text, INT64_MIN, INT64_MAX, &number))
		return json_integer(number);
	if (span > 0 && read_span(text, span, &number))
		return json_integer(number);
	return json_stringn(text.ptr, text.len);
}

static json_t *
bool_value(const char *typed)
{
	static const char *const yes[] = { "yes", "true", "on" };
	static const char *const no[] = { "no", "false", "off" };
	if (typed == NULL)
		return json_true();
	for (size_t i = 0; i < COUNT(yes); i++) {
		if (strcmp(typed, yes[i]) == 0)
			return json_true();
		if (strcmp(typed, no[i]) == 0)
			return json_false();
	}
	return json_string(typed);
}

/* "2026-12-01 15:00" and "2026-12-01T15:00" are UTC. */
static json_t *
instant_value(const char *typed)
{
	if (strlen(typed) != strlen("2026-12-01 15:00"))
		return json_string(typed);
	return json_sprintf("%.10sT%s:00Z", typed, typed + 11);
}

static json_t *
cased_value(const char *typed, char from, char to)
{
	AUTO(buf) struct buf text = BUF(LIMIT_HTTP_FORM);
	for (size_t i = 0; typed[i] != '\0'; i++) {
		bool inside = typed[i] >= from && typed[i] <= from + 25;
		buf_putc(
		    &text, inside ? (char)(typed[i] - from + to) : typed[i]);
	}
	return json_stringn(buf_text(&text), text.len);
}

/* The bytes of a file, or of standard input for "-". */
static bool
read_source(
    const struct op_arg *arg, const char *path, json_t **ret, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_HTTP_FORM);
	char block[4096];
	if (strcmp(path, "-") != 0) {
		if (!file_read(AT_FDCWD, path, &text, err))
			return false;
	} else {
		ssize_t got;
		while ((got = read(STDIN_FILENO, block, sizeof(block))) > 0)
			buf_add(&text, block, (size_t)got);
		if (got < 0)
			return err_set(err, ERR_SYSTEM, arg->name,
			    "standard input cannot be read: %m");
		if (text.failed)
			return err_set(err, ERR_LIMIT, arg->name,
			    "%s: more than %u bytes on standard input",
			    arg->name, LIMIT_HTTP_FORM);
	}
	bool secret = arg->type == ARG_SECRET_TEXT;
	while (secret && text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.len--;
	if (!utf8_is_valid(buf_text(&text), text.len))
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: the file is not UTF-8 text", arg->name);
	*ret = json_stringn(buf_text(&text), text.len);
	return true;
}

static bool
source_value(
    const struct op_arg *arg, const char *typed, json_t **ret, struct err *err)
{
	if (strcmp(typed, "-") == 0)
		return read_source(arg, typed, ret, err);
	if (typed[0] == '@' && typed[1] != '@')
		return read_source(arg, typed + 1, ret, err);
	if (arg->type == ARG_SECRET_TEXT)
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: others see a command line; give @FILE, - for "
		    "standard input, or nothing to be asked",
		    arg->name);
	*ret = json_string(typed[0] == '@' ? typed + 1 : typed);
	return true;
}

static void
add_items(const struct op_arg *arg, const char *typed, json_t *args)
{
	json_t *list = json_object_get(args, arg->name);
	if (list == NULL) {
		list = json_array();
		value_set(args, arg->name, list);
	}
	struct str rest = str_of(typed);
	while (arg->type == ARG_WORDS && rest.ptr != NULL) {
		struct str item = str_trim(str_cut(&rest, ','));
		(void)json_array_append_new(
		    list, json_stringn(item.ptr, item.len));
	}
	if (arg->type != ARG_WORDS)
		(void)json_array_append_new(list, json_string(typed));
}

static bool
one_value(
    const struct op_arg *arg, const char *typed, json_t **ret, struct err *err)
{
	switch (arg->type) {
	case ARG_BODY:
	case ARG_SECRET_TEXT:
		return source_value(arg, typed, ret, err);
	case ARG_INT:
	case ARG_ID:
		*ret = number_value(arg, str_trim(str_of(typed)));
		return true;
	case ARG_INSTANT:
		*ret = instant_value(typed);
		return true;
	case ARG_CASE:
	case ARG_CVE:
		*ret = cased_value(typed, 'a', 'A');
		return true;
	case ARG_HEX:
		*ret = cased_value(typed, 'A', 'a');
		return true;
	case ARG_BOOL:
	case ARG_TEXT:
	case ARG_EMAIL:
	case ARG_URL:
	case ARG_WORD:
	case ARG_WORDS:
	case ARG_TEXTS:
	case ARG_TOKEN:
	case ARG_FILES:
		break;
	}
	*ret = json_string(typed);
	return true;
}

bool
convert_argument(
    const struct op_arg *arg, const char *typed, json_t *args, struct err *err)
{
	json_t *value = NULL;
	if (typed != NULL && !utf8_is_valid(typed, strlen(typed)))
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: the text is not UTF-8", arg->name);
	if (convert_is_list(arg) && typed != NULL) {
		add_items(arg, typed, args);
		return true;
	}
	if (json_object_get(args, arg->name) != NULL)
		return err_set(err, ERR_INVALID, arg->name, "%s is given twice",
		    arg->name);
	if (arg->type == ARG_BOOL || typed == NULL)
		value = bool_value(typed);
	else if (!one_value(arg, typed, &value, err))
		return false;
	value_set(args, arg->name, value);
	return true;
}
