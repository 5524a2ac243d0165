#include "web/reply.h"

#include "core/limits.h"
#include "value/value.h"

/* What all our pages have in common: no script, no foreign content. */
#define POLICY                                                                 \
	"default-src 'none'; style-src 'self'; img-src 'self'; "               \
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
/* Whatever a report smuggled in could neither run, nest nor navigate. */
#define REPORT_POLICY                                                          \
	POLICY "; script-src 'none'; frame-src 'none'; sandbox allow-forms "   \
	       "allow-same-origin allow-downloads "                            \
	       "allow-top-navigation-by-user-activation"
#define DATA_POLICY                                                            \
	"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "        \
	"form-action 'none'; sandbox"

static const char *const policies[] = {
	[REPLY_PAGE] = POLICY,
	[REPLY_REPORT] = REPORT_POLICY,
	[REPLY_FILE] = POLICY,
	[REPLY_DATA] = DATA_POLICY,
};

void
reply_header(struct MHD_Response *reply, const char *name, const char *text)
{
	if (reply != NULL)
		(void)MHD_add_response_header(reply, name, text);
}

void
reply_defend(struct MHD_Response *reply, enum reply_kind kind)
{
	reply_header(reply, "Content-Security-Policy", policies[kind]);
	reply_header(reply, "X-Content-Type-Options", "nosniff");
	reply_header(reply, "Referrer-Policy", "no-referrer");
	reply_header(reply, "Cross-Origin-Opener-Policy", "same-origin");
	reply_header(reply, "Cross-Origin-Resource-Policy",
	    kind == REPLY_FILE ? "cross-origin" : "same-origin");
}

void
reply_dress(struct MHD_Response *reply, enum reply_kind kind, const char *type,
    bool secure)
{
	reply_defend(reply, kind);
	reply_header(reply, "Content-Type", type);
	reply_header(reply, "Cache-Control", "no-store");
	if (secure)
		reply_header(
		    reply, "Strict-Transport-Security", "max-age=63072000");
}

struct MHD_Response *
reply_new(struct buf *body, enum reply_kind kind, const char *type, bool secure)
{
	if (body->failed)
		return NULL;
	struct MHD_Response *reply = MHD_create_response_from_buffer(
	    body->len, body->ptr, MHD_RESPMEM_MUST_FREE);
	if (reply == NULL)
		return NULL;
	*body = BUF(body->max);
	reply_dress(reply, kind, type, secure);
	return reply;
}

struct MHD_Response *
reply_json(const json_t *value, bool secure)
{
	AUTO(buf) struct buf body = BUF(LIMIT_DOCUMENT);
	value_print(&body, value);
	buf_putc(&body, '\n');
	return reply_new(&body, REPLY_DATA, "application/json", secure);
}
