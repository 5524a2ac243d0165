#include "formats/document.h"

#include "core/num.h"
#include "core/utf8.h"
#include "formats/version.h"
#include "value/value.h"

#include <string.h>

#define URL_MAX 2048

static int
print_chunk(const char *bytes, size_t len, void *context)
{
	buf_add(context, bytes, len);
	return 0;
}

void
document_print(struct buf *out, const json_t *value)
{
	size_t flags =
	    JSON_SORT_KEYS | JSON_INDENT(2) | JSON_REAL_PRECISION(15);
	if (json_dump_callback(value, print_chunk, out, flags) != 0)
		out->failed = true;
	buf_putc(out, '\n');
}

/* Blanks that are neither unsafe nor ASCII; all become one blank. */
static bool
point_is_blank(uint32_t point)
{
	return point == ' ' || point == '\n' || point == '\t' ||
	       point == '\r' || point == 0xa0 || point == 0x1680 ||
	       (point >= 0x2000 && point <= 0x200a) || point == 0x202f ||
	       point == 0x205f || point == 0x3000;
}

void
document_line(struct buf *out, const char *text)
{
	size_t len = strlen(text), pos = 0;
	bool gap = false, begun = false;
	len = utf8_prefix(text, len);
	while (pos < len) {
		size_t start = pos;
		if (point_is_blank(utf8_next(text, len, &pos))) {
			gap = begun;
			continue;
		}
		if (gap)
			buf_putc(out, ' ');
		gap = false;
		begun = true;
		utf8_show(out, text + start, pos - start, false);
	}
}

bool
document_url_is_safe(const char *url)
{
	size_t len = strlen(url);
	if (!str_starts(str_of(url), "https://") || len > URL_MAX || len < 12)
		return false;
	for (size_t i = 0; i < len; i++)
		if (url[i] <= ' ' || url[i] > '~' ||
		    strchr("\"<>`\\^{}|", url[i]) != NULL)
			return false;
	return true;
}

/* The number part, or a view with ptr NULL. */
static struct str
cve_number(const char *cve)
{
	int64_t year = 0;
	struct str rest = str_of(cve);
	if (!str_eq(str_cut(&rest, '-'), "CVE") ||
	    !num_digits(str_cut(&rest, '-'), 4, &year) || year < 1900)
		return (struct str){ NULL, 0 };
	return rest;
}

bool
document_cve_is_valid(const char *cve)
{
	struct str number = cve_number(cve);
	if (number.ptr == NULL || number.len < 4 || number.len > 19)
		return false;
	for (size_t i = 0; i < number.len; i++)
		if (number.ptr[i] < '0' || number.ptr[i] > '9')
			return false;
	return number.len == 4 || number.ptr[0] != '0';
}

int
document_cve_compare(const char *a, const char *b)
{
	struct str x = cve_number(a), y = cve_number(b);
	if (x.ptr == NULL || y.ptr == NULL)
		return strcmp(a, b);
	int years = strncmp(a, b, 9);
	if (years != 0)
		return years;
	if (x.len != y.len)
		return x.len < y.len ? -1 : 1;
	return memcmp(x.ptr, y.ptr, x.len);
}

bool
document_has(const json_t *object, const char *key)
{
	return value_text(object, key)[0] != '\0';
}

bool
document_url(
    const json_t *object, const char *key, const char **ret, struct err *err)
{
	const char *url = value_text(object, key);
	if (!document_url_is_safe(url))
		return err_set(err, ERR_INVALID, key,
		    "%s must be an https address without blanks or quotes",
		    key);
	*ret = url;
	return true;
}

json_t *
document_fixes(const json_t *document)
{
	json_t *sorted = json_array();
	size_t i;
	json_t *fix;
	json_array_foreach(json_object_get(document, "fixes"), i, fix)
	{
		const char *line = value_text(fix, "line");
		size_t at = json_array_size(sorted);
		while (at > 0 && version_line_compare(line,
				     value_text(json_array_get(sorted, at - 1),
					 "line")) < 0)
			at--;
		(void)json_array_insert(sorted, at, fix);
	}
	return sorted;
}

json_t *
document_credits(const json_t *document)
{
	json_t *named = json_array();
	size_t i;
	json_t *credit;
	json_array_foreach(json_object_get(document, "credits"), i, credit)
	{
		AUTO(buf) struct buf name = BUF(512);
		document_line(&name, value_text(credit, "name"));
		if (!value_true(credit, "consented") || name.len == 0 ||
		    name.failed)
			continue;
		json_t *copy = json_object();
		value_set_text(copy, "name", buf_text(&name));
		value_set_text(copy, "role", value_text(credit, "role"));
		(void)json_array_append_new(named, copy);
	}
	return named;
}
