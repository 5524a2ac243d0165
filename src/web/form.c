#include "web/form.h"

#include "core/utf8.h"
#include "value/value.h"
#include "web/form_impl.h"

#include <unistd.h>

static int
hex_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* One byte, or -1 for a bad escape; moves *at past it. */
static int
unescape_byte(struct str text, size_t *at, bool plus)
{
	char byte = text.ptr[(*at)++];
	if (byte == '+' && plus)
		return ' ';
	if (byte != '%')
		return (unsigned char)byte;
	if (text.len - *at < 2)
		return -1;
	int high = hex_of(text.ptr[*at]), low = hex_of(text.ptr[*at + 1]);
	*at += 2;
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool
form_unescape(struct str text, bool plus, struct buf *out, struct err *err)
{
	size_t start = out->len, at = 0;
	while (at < text.len) {
		int byte = unescape_byte(text, &at, plus);
		if (byte < 0)
			return err_set(err, ERR_INVALID, NULL,
			    "a %% that is not followed by two hex digits");
		buf_putc(out, (char)byte);
	}
	if (out->failed)
		return err_set(err, ERR_LIMIT, NULL,
		    "text longer than %zu bytes", out->max);
	if (!utf8_is_valid(buf_text(out) + start, out->len - start))
		return err_set(err, ERR_INVALID, NULL, "text is not UTF-8");
	return true;
}

static bool
name_is_plain(const char *name)
{
	size_t len = strlen(name);
	return len > 0 && len <= LIMIT_FIELD_NAME &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == len;
}

bool
form_add(json_t *fields, const char *name, json_t *value, struct err *err)
{
	json_t *old = json_object_get(fields, name);
	if (old == NULL) {
		value_set(fields, name, value);
		return true;
	}
	if (!json_is_array(old)) {
		json_t *list = json_array();
		(void)json_array_append(list, old);
		value_set(fields, name, list);
		old = list;
	}
	(void)json_array_append_new(old, value);
	if (json_array_size(old) > LIMIT_HTTP_FIELDS)
		return err_set(err, ERR_LIMIT, name,
		    "more than %d values of one field", LIMIT_HTTP_FIELDS);
	return true;
}

bool
form_add_text(
    json_t *fields, const char *name, struct str text, struct err *err)
{
	if (!name_is_plain(name))
		return err_set(err, ERR_INVALID, NULL,
		    "a field's name must be 1 to %d of A-Z a-z 0-9 _ . -",
		    LIMIT_FIELD_NAME);
	if (text.len > 0 && !utf8_is_valid(text.ptr, text.len))
		return err_set(err, ERR_INVALID, name, "text is not UTF-8");
	AUTO(buf) struct buf clean = BUF(text.len);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r' || i + 1 >= text.len ||
		    text.ptr[i + 1] != '\n')
			buf_putc(&clean, text.ptr[i]);
	return form_add(
	    fields, name, json_stringn(buf_text(&clean), clean.len), err);
}

static bool
read_pair(struct str pair, json_t *fields, struct err *err)
{
	struct str name = str_cut(&pair, '=');
	AUTO(buf) struct buf key = BUF(LIMIT_FIELD_NAME);
	AUTO(buf) struct buf text = BUF(LIMIT_HTTP_FORM);
	return form_unescape(name, true, &key, err) &&
	       form_unescape(pair, true, &text, err) &&
	       form_add_text(fields, buf_text(&key),
		   (struct str){ buf_text(&text), text.len }, err);
}

bool
form_read_query(struct str text, json_t *fields, struct err *err)
{
	size_t count = 0;
	while (text.ptr != NULL) {
		struct str pair = str_cut(&text, '&');
		if (pair.len == 0)
			continue;
		if (++count > LIMIT_HTTP_FIELDS)
			return err_set(err, ERR_LIMIT, NULL,
			    "more than %d fields", LIMIT_HTTP_FIELDS);
		if (!read_pair(pair, fields, err))
			return false;
	}
	return true;
}

/* True if type is `want`, alone or followed by parameters. */
static bool
type_is(struct str type, const char *want)
{
	struct str first = str_trim(str_cut(&type, ';'));
	return first.len == strlen(want) &&
	       strncasecmp(first.ptr, want, first.len) == 0;
}

static bool
form_kind_of(struct form *form, struct str type, struct err *err)
{
	if (type_is(type, "application/x-www-form-urlencoded")) {
		form->kind = FORM_URLENCODED;
		return true;
	}
	if (type_is(type, "application/json")) {
		form->kind = FORM_JSON;
		return true;
	}
	form->kind = FORM_MULTIPART;
	if (type_is(type, "multipart/form-data"))
		return multipart_init(&form->part, type, err);
	return err_set(err, ERR_INVALID, NULL,
	    "send a form or JSON: this Content-Type is not taken");
}

bool
form_new(struct str type, struct form **ret, struct err *err)
{
	struct form *form = calloc(1, sizeof(*form));
	if (form == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	form->body = BUF(LIMIT_HTTP_FORM);
	form->part.fd = -1;
	form->fields = json_object();
	if (!form_kind_of(form, type, err)) {
		form_free(form);
		return false;
	}
	*ret = form;
	return true;
}

bool
form_feed(struct form *form, const char *bytes, size_t len, struct err *err)
{
	if (form->kind == FORM_MULTIPART)
		return multipart_feed(form, bytes, len, err);
	buf_add(&form->body, bytes, len);
	if (form->body.failed)
		return err_set(err, ERR_LIMIT, NULL,
		    "the form is larger than %u bytes", LIMIT_HTTP_FORM);
	return true;
}

bool
form_finish(struct form *form, json_t **fields, struct err *err)
{
	struct str body = { buf_text(&form->body), form->body.len };
	if (form->kind == FORM_JSON)
		return value_parse(body, LIMIT_HTTP_FORM, fields, err);
	if (form->kind == FORM_URLENCODED &&
	    !form_read_query(body, form->fields, err))
		return false;
	if (form->kind == FORM_MULTIPART && !multipart_is_complete(&form->part))
		return err_set(
		    err, ERR_INVALID, NULL, "the form ends before its end");
	*fields = json_incref(form->fields);
	return true;
}

bool
form_is_json(const struct form *form)
{
	return form->kind == FORM_JSON;
}

size_t
form_files(const struct form *form, const int **fds)
{
	*fds = form->files;
	return form->nfiles;
}

void
form_free(struct form *form)
{
	if (form == NULL)
		return;
	for (size_t i = 0; i < form->nfiles; i++)
		close(form->files[i]);
	multipart_free(&form->part);
	buf_free(&form->body);
	json_decref(form->fields);
	free(form);
}
