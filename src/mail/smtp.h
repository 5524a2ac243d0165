/*
 * Sending one message to one recipient through the relay, over one connection
 * that is kept and renewed (libcurl). The answer says what to do next, not only
 * what happened: a refusal is permanent and about this recipient or message;
 * all that is about the relay, the network or the login is worth another try.
 */
#ifndef FOREWARN_SMTP_H
#define FOREWARN_SMTP_H

#include "core/err.h"
#include "core/limits.h"
#include "core/str.h"

struct smtp;

/*
 * Where mail goes; borrowed while smtp_new runs. NULL or "" means not set. Past
 * this machine there is always TLS with a checked certificate: smtp:// then
 * insists on STARTTLS. On loopback STARTTLS is used where offered, and the
 * certificate is not looked at unless trust is given: there is nobody between.
 */
struct smtp_relay {
	const char *url;  /* smtp://host:port or smtps://host:port */
	const char *user; /* log in when set */
	const char *password;
	const char *hello; /* name said in EHLO */
	struct str trust;  /* PEM certificates; empty: the system's */
	long seconds;      /* ceiling for one mail; 0: LIMIT_SMTP_SECONDS */
};

enum smtp_result {
	SMTP_SENT,    /* the relay took it */
	SMTP_REFUSED, /* never for this recipient: do not repeat */
	SMTP_RETRY,   /* not now: repeat later */
};

struct smtp_reply {
	enum smtp_result result;
	int code;                   /* SMTP code at fault or of success, or 0 */
	char text[LIMIT_SMTP_TEXT]; /* reply or fault, made visible, cut */
};

/*
 * Prepares a sender; connects at the first mail. Errors: ERR_INVALID (not an
 * smtp URL, or more in it than host and port), ERR_SYSTEM. Free with smtp_free.
 */
MUST bool smtp_new(
    const struct smtp_relay *relay, struct smtp **ret, struct err *err);

/*
 * Sends message (CRLF lines) and fills ret in every case. from and to are
 * checked again (address_check). A kept connection that the relay has closed is
 * renewed once, unless a byte of the message had left already: repeating then
 * might deliver twice, so the answer is SMTP_RETRY and the owner of the job
 * decides.
 */
void smtp_send(struct smtp *smtp, const char *from, const char *to,
    struct str message, struct smtp_reply *ret);

/* "sent", "refused" or "retry". */
const char *smtp_result_name(enum smtp_result result);

/* Says QUIT and frees; NULL is allowed. */
void smtp_free(struct smtp *smtp);

/* For AUTO(smtp). */
void smtp_auto(struct smtp **smtp);

#endif
