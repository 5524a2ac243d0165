#include "ops/ops.h"

#include "core/num.h"
#include "core/utf8.h"
#include "core/when.h"

#include <string.h>

#define ID_MAX ((INT64_C(1) << 53) - 1)
#define LINE_MAX_BYTES 500
#define FILE_NAME_MAX 200

static bool
refuse(struct err *err, const struct op_arg *arg, const char *what)
{
	return err_set(err, ERR_INVALID, arg->name, "%s: %s", arg->name, what);
}

static bool
is_among(const char *choices, struct str word)
{
	struct str rest = str_of(choices);
	while (rest.ptr != NULL)
		if (str_is(str_cut(&rest, '|'), word))
			return true;
	return false;
}

static bool
has_control(struct str text, bool lines)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		if (lines && (byte == '\n' || byte == '\t'))
			continue;
		if (byte < 0x20 || byte == 0x7f)
			return true;
	}
	return false;
}

static bool
within_bytes(const struct op_arg *arg, struct str text, struct err *err)
{
	if ((int64_t)text.len < arg->min)
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: at least %lld bytes are needed", arg->name,
		    (long long)arg->min);
	if ((int64_t)text.len > arg->max)
		return err_set(err, ERR_LIMIT, arg->name,
		    "%s: %zu bytes given, at most %lld are taken", arg->name,
		    text.len, (long long)arg->max);
	return true;
}

static bool
check_text(
    const struct op_arg *arg, struct str text, json_t **ret, struct err *err)
{
	if (arg->type != ARG_SECRET_TEXT)
		text = str_trim(text);
	if (!within_bytes(arg, text, err))
		return false;
	if (has_control(text, false))
		return refuse(err, arg,
		    "one line without control characters is expected");
	*ret = json_stringn(text.ptr, text.len);
	return true;
}

/* Lines: CR LF and CR become LF, white space at the end goes. */
static bool
check_body(
    const struct op_arg *arg, struct str text, json_t **ret, struct err *err)
{
	AUTO(buf) struct buf clean = BUF(text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		bool pair = text.ptr[i] == '\r' && i + 1 < text.len &&
			    text.ptr[i + 1] == '\n';
		if (!pair)
			buf_putc(
			    &clean, text.ptr[i] == '\r' ? '\n' : text.ptr[i]);
	}
	struct str view = str_trim((struct str){ buf_text(&clean), clean.len });
	if (!within_bytes(arg, view, err))
		return false;
	if (has_control(view, true))
		return refuse(err, arg, "control characters are not taken");
	*ret = json_stringn(view.ptr, view.len);
	return true;
}

static bool
is_word_byte(char byte, const char *also)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') ||
	       (byte != '\0' && strchr(also, byte) != NULL);
}

static bool
all_bytes(struct str text, const char *also)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_word_byte(text.ptr[i], also))
			return false;
	return text.len > 0;
}

/* One dot-atom address (RFC 5321), no quotes, comments or lists. */
static bool
is_email(struct str text)
{
	struct str domain = text;
	struct str local = str_cut(&domain, '@');
	if (domain.ptr == NULL || local.len > 64 ||
	    !all_bytes(local, ".!#$%&'*+-/=?^_`{|}~") || local.ptr[0] == '.' ||
	    local.ptr[local.len - 1] == '.')
		return false;
	if (!all_bytes(domain, ".-") ||
	    memchr(domain.ptr, '.', domain.len) == NULL)
		return false;
	struct str rest = domain;
	while (rest.ptr != NULL) {
		struct str label = str_cut(&rest, '.');
		if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' ||
		    label.ptr[label.len - 1] == '-')
			return false;
	}
	return true;
}

/* http(s)://host[:port][/...] in printable ASCII without blanks or quotes. */
static bool
is_url(struct str text)
{
	size_t skip = str_starts(text, "https://")  ? 8
		      : str_starts(text, "http://") ? 7
						    : 0;
	if (skip == 0 || text.len == skip)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~' ||
		    strchr("\"'<>\\^`{|}", text.ptr[i]) != NULL)
			return false;
	size_t end = skip;
	while (end < text.len && strchr("/?#", text.ptr[end]) == NULL)
		end++;
	struct str host = { text.ptr + skip, end - skip };
	return all_bytes(host, ".-:[]") && host.ptr[0] != '.';
}

static bool
is_hex(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr("0123456789abcdef", text.ptr[i]) == NULL)
			return false;
	return text.len > 0;
}

static bool
is_cve(struct str text)
{
	if (!str_starts(text, "CVE-") || text.len < 13 || text.len > 28 ||
	    text.ptr[8] != '-')
		return false;
	int64_t number;
	return num_digits((struct str){ text.ptr + 4, 4 }, 4, &number) &&
	       num_digits((struct str){ text.ptr + 9,
			      text.len - 9 > 18 ? 18 : text.len - 9 },
		   text.len - 9 > 18 ? 18 : text.len - 9, &number) &&
	       all_bytes(text, "-");
}

static bool
is_case_number(struct str text)
{
	return all_bytes(text, "-");
}

static bool
is_token(struct str text)
{
	return all_bytes(text, "-_");
}

/* One-line types with a grammar of their own. */
static const struct {
	enum arg_type type;
	bool (*is)(struct str text);
	const char *expected;
} grammars[] = {
	{ ARG_EMAIL, is_email, "one plain mail address is expected" },
	{ ARG_URL, is_url, "a full http:// or https:// address is expected" },
	{ ARG_HEX, is_hex, "lower-case hexadecimal digits are expected" },
	{ ARG_CVE, is_cve, "a CVE id such as CVE-2026-12345 is expected" },
	{ ARG_CASE, is_case_number, "a case number is expected" },
	{ ARG_TOKEN, is_token, "the link is not complete; copy it whole" },
};

static bool
check_grammar(
    const struct op_arg *arg, struct str text, json_t **ret, struct err *err)
{
	text = str_trim(text);
	if (!within_bytes(arg, text, err))
		return false;
	for (size_t i = 0; i < COUNT(grammars); i++)
		if (grammars[i].type == arg->type && !grammars[i].is(text))
			return refuse(err, arg, grammars[i].expected);
	*ret = json_stringn(text.ptr, text.len);
	return true;
}

static bool
check_instant(
    const struct op_arg *arg, struct str text, json_t **ret, struct err *err)
{
	int64_t when;
	bool exact = arg->min > 0;
	if (exact && when_parse(str_trim(text), true, &when) &&
	    !when_parse(str_trim(text), false, &when))
		return refuse(err, arg,
		    "a date alone is not an instant; add time and zone, for "
		    "example 2026-12-01T15:00:00Z");
	if (!when_parse(str_trim(text), !exact, &when))
		return refuse(err, arg,
		    "an instant such as 2026-12-01T15:00:00Z is expected");
	char printed[WHEN_TEXT];
	*ret = json_string(when_print(when, printed));
	return true;
}

static bool
check_word(
    const struct op_arg *arg, struct str text, json_t **ret, struct err *err)
{
	if (!is_among(arg->choices, text))
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: one of %s is expected", arg->name, arg->choices);
	*ret = json_stringn(text.ptr, text.len);
	return true;
}

static bool
check_number(const struct op_arg *arg, const json_t *value, json_t **ret,
    struct err *err)
{
	int64_t max = arg->type == ARG_ID ? ID_MAX : arg->max;
	if (!json_is_integer(value) || json_integer_value(value) < arg->min ||
	    json_integer_value(value) > max)
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: a whole number from %lld to %lld is expected",
		    arg->name, (long long)arg->min, (long long)max);
	*ret = json_integer(json_integer_value(value));
	return true;
}

static bool
check_string(const struct op_arg *arg, const json_t *value, json_t **ret,
    struct err *err)
{
	if (!json_is_string(value))
		return refuse(err, arg, "text is expected");
	struct str text = { json_string_value(value),
		json_string_length(value) };
	switch (arg->type) {
	case ARG_TEXT:
	case ARG_SECRET_TEXT:
		return check_text(arg, text, ret, err);
	case ARG_BODY:
		return check_body(arg, text, ret, err);
	case ARG_INSTANT:
		return check_instant(arg, text, ret, err);
	case ARG_WORD:
		return check_word(arg, text, ret, err);
	case ARG_EMAIL:
	case ARG_URL:
	case ARG_CASE:
	case ARG_CVE:
	case ARG_HEX:
	case ARG_TOKEN:
		return check_grammar(arg, text, ret, err);
	case ARG_INT:
	case ARG_ID:
	case ARG_BOOL:
	case ARG_WORDS:
	case ARG_TEXTS:
	case ARG_FILES:
		break;
	}
	return refuse(err, arg, "this type is not text");
}

static bool
check_file(const struct op_arg *arg, const json_t *value, json_t **ret,
    struct err *err)
{
	static const struct op_arg name = { "files", ARG_TEXT, 1, FILE_NAME_MAX,
		true, NULL, NULL };
	json_t *clean = NULL;
	int64_t size = value_int(value, "size", -1);
	if (!json_is_object(value) || json_object_size(value) != 2 || size < 0)
		return refuse(err, arg, "name and size of each file expected");
	if (size > LIMIT_UPLOAD_FILE)
		return err_set(err, ERR_LIMIT, arg->name,
		    "%s: a file of %lld bytes; at most %u are taken", arg->name,
		    (long long)size, LIMIT_UPLOAD_FILE);
	if (!check_string(&name, json_object_get(value, "name"), &clean, err))
		return false;
	*ret = json_pack("{s:o, s:I}", "name", clean, "size", (json_int_t)size);
	return true;
}

static bool
check_item(const struct op_arg *arg, const json_t *value, json_t **ret,
    struct err *err)
{
	struct op_arg item = *arg;
	if (arg->type == ARG_FILES)
		return check_file(arg, value, ret, err);
	item.type = arg->type == ARG_WORDS ? ARG_WORD : ARG_TEXT;
	item.min = 1;
	item.max = LINE_MAX_BYTES;
	return check_string(&item, value, ret, err);
}

static bool
list_has(const json_t *list, const json_t *value)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)(uintptr_t)list, i,
	    item) if (json_equal(item, value)) return true;
	return false;
}

static bool
check_list(const struct op_arg *arg, const json_t *value, json_t **ret,
    struct err *err)
{
	size_t count = json_array_size(value);
	if (!json_is_array(value) || (int64_t)count < arg->min ||
	    (int64_t)count > arg->max)
		return err_set(err, ERR_INVALID, arg->name,
		    "%s: a list of %lld to %lld items is expected", arg->name,
		    (long long)arg->min, (long long)arg->max);
	AUTO(value) json_t *clean = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *item = NULL;
		if (!check_item(arg, json_array_get(value, i), &item, err))
			return false;
		bool twice = arg->type != ARG_FILES && list_has(clean, item);
		(void)json_array_append_new(clean, item);
		if (twice)
			return refuse(err, arg, "an item is there twice");
	}
	*ret = json_incref(clean);
	return true;
}

static bool
check_one(const struct op_arg *arg, const json_t *value, json_t **ret,
    struct err *err)
{
	switch (arg->type) {
	case ARG_INT:
	case ARG_ID:
		return check_number(arg, value, ret, err);
	case ARG_BOOL:
		if (!json_is_boolean(value))
			return refuse(err, arg, "true or false is expected");
		*ret = json_boolean(json_is_true(value));
		return true;
	case ARG_WORDS:
	case ARG_TEXTS:
	case ARG_FILES:
		return check_list(arg, value, ret, err);
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
		return check_string(arg, value, ret, err);
	}
	return refuse(err, arg, "unknown type");
}

static bool
refuse_unknown(const struct op *op, const json_t *args, struct err *err)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)args, key, value)
	{
		if (op_arg_find(op, key) != NULL)
			continue;
		AUTO(buf) struct buf shown = BUF(200);
		utf8_show(&shown, key, strnlen(key, 40), false);
		return err_set(err, ERR_INVALID, NULL,
		    "%s has no argument \"%s\"", op->name, buf_text(&shown));
	}
	return true;
}

bool
op_check(const struct op *op, const json_t *args, json_t **ret, struct err *err)
{
	AUTO(value) json_t *clean = json_object();
	if (args != NULL && !json_is_object(args))
		return err_set(err, ERR_INVALID, NULL,
		    "the arguments of %s are a JSON object", op->name);
	if (args != NULL && !refuse_unknown(op, args, err))
		return false;
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		const json_t *given = json_object_get(args, arg->name);
		json_t *value = NULL;
		if (given == NULL || json_is_null(given)) {
			if (arg->required)
				return err_set(err, ERR_INVALID, arg->name,
				    "%s is missing: %s", arg->name, arg->help);
			continue;
		}
		if (!check_one(arg, given, &value, err))
			return false;
		value_set(clean, arg->name, value);
	}
	*ret = json_incref(clean);
	return true;
}

json_t *
op_audit_args(const struct op *op, const json_t *args)
{
	json_t *copy = json_object();
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		json_t *value = json_object_get(args, arg->name);
		bool secret = arg->type == ARG_SECRET_TEXT ||
			      arg->type == ARG_TOKEN ||
			      strcmp(arg->name, "code") == 0;
		if (value != NULL && !secret)
			(void)json_object_set(copy, arg->name, value);
	}
	return copy;
}
