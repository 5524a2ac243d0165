#include "formats/securitytxt.h"

#include "core/when.h"
#include "value/value.h"

#include <string.h>

/* Fields in the order they are written; only the first accepts any scheme. */
static const struct {
	const char *key, *name;
	bool https;
} FIELDS[] = {
	{ "contacts", "Contact", false },
	{ "encryption", "Encryption", false },
	{ "policy", "Policy", true },
	{ "acknowledgments", "Acknowledgments", true },
	{ "csaf", "CSAF", true },
	{ "canonical", "Canonical", true },
};

static bool
uri_is_safe(const char *uri, bool https)
{
	static const char *const schemes[] = {
		"mailto:", "tel:", "openpgp4fpr:", "dns:"
	};
	if (document_url_is_safe(uri))
		return true;
	for (size_t i = 0; !https && i < COUNT(schemes); i++) {
		if (!str_starts(str_of(uri), schemes[i]))
			continue;
		size_t len = strlen(uri);
		for (size_t k = 0; k < len; k++)
			if (uri[k] <= ' ' || uri[k] > '~')
				return false;
		return len > strlen(schemes[i]) && len < 320;
	}
	return false;
}

static bool
field_write(
    const json_t *contact, size_t field, struct buf *out, struct err *err)
{
	const char *key = FIELDS[field].key;
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(contact, key), i, item)
	{
		const char *uri = json_string_value(item);
		if (uri == NULL || !uri_is_safe(uri, FIELDS[field].https))
			return err_set(err, ERR_INVALID, key,
			    "%s number %zu is not an address security.txt "
			    "may hold",
			    key, i + 1);
		buf_printf(out, "%s: %s\n", FIELDS[field].name, uri);
	}
	return true;
}

static bool
languages_write(const json_t *contact, struct buf *out, struct err *err)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(contact, "languages"), i, item)
	{
		const char *tag = json_string_value(item);
		size_t len = tag == NULL ? 0 : strlen(tag);
		if (len < 2 || len > 35 ||
		    strspn(tag, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != len)
			return err_set(err, ERR_INVALID, "languages",
			    "a language is a tag such as en or de-AT");
		buf_printf(
		    out, "%s%s", i == 0 ? "Preferred-Languages: " : ", ", tag);
	}
	buf_puts(out, i > 0 ? "\n" : "");
	return true;
}

bool
securitytxt_write(const json_t *contact, int64_t now, int64_t expires,
    struct buf *out, struct err *err)
{
	char text[WHEN_TEXT];
	if (json_array_size(json_object_get(contact, "contacts")) == 0)
		return err_set(err, ERR_INVALID, "contacts",
		    "security.txt needs at least one contact");
	if (expires <= now || expires > now + 365 * WHEN_DAY)
		return err_set(err, ERR_INVALID, "expires",
		    "security.txt expires within 365 days from now");
	for (size_t i = 0; i < COUNT(FIELDS); i++)
		if (!field_write(contact, i, out, err))
			return false;
	if (!languages_write(contact, out, err))
		return false;
	buf_printf(out, "Expires: %s\n", when_print(expires, text));
	return !out->failed ||
	       err_set(err, ERR_LIMIT, NULL, "security.txt is too long");
}
