#include "web/session.h"

#include "os/random.h"
#include "web/reply.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_MAX 200

void
session_key(struct session_settings *settings, const char *hex)
{
	size_t got = 0, size = sizeof(settings->key);
	if (sodium_init() < 0 ||
	    sodium_hex2bin(
		settings->key, size, hex, strlen(hex), NULL, &got, NULL) != 0 ||
	    got != size)
		random_bytes(settings->key, size);
}

static const char *
cookie_name(const struct session_settings *settings)
{
	return settings->secure ? "__Host-fw" : "fw";
}

static const char *
plain_token(const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);
	if (len == 0 || len > TOKEN_MAX)
		return NULL;
	size_t good = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_.");
	return good == len ? text : NULL;
}

const char *
session_of(
    const struct session_settings *settings, const struct request *request)
{
	return plain_token(request_cookie(request, cookie_name(settings)));
}

const char *
session_token(const struct request *request)
{
	const char *text = request_header(request, "Authorization");
	if (text == NULL || strncasecmp(text, "Bearer ", 7) != 0)
		return NULL;
	return plain_token(text + 7);
}

const char *
session_csrf(const struct session_settings *settings, const char *session,
    char text[SESSION_CSRF])
{
	unsigned char hash[32];
	const char *of = session == NULL ? "visitor" : session;
	crypto_generichash_state state;
	(void)crypto_generichash_init(
	    &state, settings->key, sizeof(settings->key), sizeof(hash));
	(void)crypto_generichash_update(
	    &state, (const unsigned char *)"csrf", 5);
	(void)crypto_generichash_update(
	    &state, (const unsigned char *)of, strlen(of));
	(void)crypto_generichash_final(&state, hash, sizeof(hash));
	return sodium_bin2hex(text, SESSION_CSRF, hash, sizeof(hash));
}

bool
session_check_origin(const struct session_settings *settings,
    const struct request *request, struct err *err)
{
	const char *site = request_header(request, "Sec-Fetch-Site");
	const char *origin = request_header(request, "Origin");
	/* Our own no-referrer policy makes browsers send Origin: null. */
	bool null = origin != NULL && strcmp(origin, "null") == 0;
	bool good = site == NULL || strcmp(site, "same-origin") == 0;
	if (origin != NULL && !(null && site != NULL))
		good = good && strcmp(origin, settings->base_url) == 0;
	if (good)
		return true;
	return err_set(err, ERR_DENIED, NULL,
	    "the form was not sent from %s; open the page there and send it "
	    "again",
	    settings->base_url);
}

bool
session_check_csrf(const struct session_settings *settings, const char *session,
    const char *token, struct err *err)
{
	char want[SESSION_CSRF];
	(void)session_csrf(settings, session, want);
	if (token != NULL && strlen(token) == SESSION_CSRF - 1 &&
	    sodium_memcmp(token, want, SESSION_CSRF - 1) == 0)
		return true;
	return err_set(err, ERR_DENIED, "csrf",
	    "the form is not of this session; reload the page and send it "
	    "again");
}

void
session_set(const struct session_settings *settings, struct MHD_Response *reply,
    const char *session)
{
	bool open = session != NULL && session[0] != '\0';
	AUTO(buf) struct buf text = BUF(512);
	buf_printf(&text, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
	    cookie_name(settings), open ? session : "",
	    settings->secure ? "; Secure" : "", open ? "" : "; Max-Age=0");
	reply_header(reply, "Set-Cookie", buf_text(&text));
}
