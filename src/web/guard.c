#include "web/guard.h"

#include "core/str.h"

#include <strings.h>

/* RFC 9110 section 5.6.2. */
#define TOKEN_CHARS                                                            \
	"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"                  \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct framing {
	unsigned hosts, lengths, encodings;
	const char *fault;
	const char *end; /* where the line before ended; NULL = do not look */
};

/*
 * libmicrohttpd 0.9.75 leaves the lines where they were received and writes
 * NUL over each CR LF. So a line that does not begin two bytes behind the one
 * before hides something: a NUL byte, a folded line, a bare LF, a line that
 * the library dropped. Later versions refuse those themselves.
 */
static bool
layout_is_known(void)
{
	return strncmp(MHD_get_version(), "0.9.75", 6) == 0;
}

static const char *
layout_fault(struct framing *framing, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	if (framing->end == NULL)
		return NULL;
	if (name != framing->end + 2 || value <= name + name_len)
		return "a header line that is folded or ends oddly";
	framing->end = value + value_len;
	return NULL;
}

/* Behind the last line stand its CR LF and that of the empty line. */
static const char *
tail_fault(const struct framing *framing)
{
	static const char tail[4];
	if (framing->end == NULL ||
	    memcmp(framing->end, tail, sizeof(tail)) == 0)
		return NULL;
	return "a header line that ends oddly";
}

static const char *
value_fault(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)value[i];
		if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
			return "a control character in a header";
	}
	return NULL;
}

static const char *
framing_fault(struct framing *framing, const char *name, struct str value)
{
	if (strcasecmp(name, "host") == 0) {
		framing->hosts++;
		if (value.len == 0)
			return "an empty Host";
	} else if (strcasecmp(name, "content-length") == 0) {
		framing->lengths++;
		if (value.len == 0 || value.len > 18 ||
		    strspn(value.ptr, "0123456789") != value.len)
			return "a Content-Length that is no number";
	} else if (strcasecmp(name, "transfer-encoding") == 0) {
		framing->encodings++;
		if (strcasecmp(value.ptr, "chunked") != 0)
			return "a Transfer-Encoding other than chunked";
	}
	return NULL;
}

static enum MHD_Result
look(void *context, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	struct framing *framing = context;
	(void)kind;
	if (value == NULL)
		value = "";
	framing->fault =
	    layout_fault(framing, name, name_len, value, value_len);
	if (name_len == 0 || strspn(name, TOKEN_CHARS) != name_len)
		framing->fault = "a header name that is no token";
	if (framing->fault == NULL)
		framing->fault = value_fault(value, value_len);
	if (framing->fault == NULL)
		framing->fault = framing_fault(
		    framing, name, (struct str){ value, value_len });
	return framing->fault == NULL ? MHD_YES : MHD_NO;
}

bool
guard_check(
    struct MHD_Connection *connection, const char *version, struct err *err)
{
	struct framing framing = { 0 };
	if (layout_is_known())
		framing.end = version + strlen(version);
	(void)MHD_get_connection_values_n(
	    connection, MHD_HEADER_KIND, look, &framing);
	const char *fault = framing.fault;
	if (fault == NULL)
		fault = tail_fault(&framing);
	if (strcmp(version, "HTTP/1.1") != 0 &&
	    strcmp(version, "HTTP/1.0") != 0)
		fault = "a version other than HTTP/1.1 and 1.0";
	else if (fault == NULL && framing.hosts != 1 &&
		 (framing.hosts > 1 || strcmp(version, "HTTP/1.1") == 0))
		fault = "exactly one Host is needed";
	else if (fault == NULL && framing.lengths + framing.encodings > 1)
		fault = "the length of the body is said twice";
	if (fault == NULL)
		return true;
	return err_set(err, ERR_INVALID, NULL, "%s", fault);
}
