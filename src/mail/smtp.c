#include "mail/smtp.h"

#include "core/num.h"
#include "core/utf8.h"
#include "mail/address.h"

#include <curl/curl.h>

/* How far the talk with the relay had come when it ended. */
enum stage {
	STAGE_HELLO,
	STAGE_SENDER,
	STAGE_RECIPIENT,
	STAGE_DATA,
};

struct smtp {
	CURL *curl;
	enum stage stage;
	struct str left;    /* of the message, not yet handed out */
	bool began;         /* a byte of the message was handed out */
	int code;           /* of the last reply, or 0 */
	struct buf reply;   /* last whole reply of the relay */
	bool reply_is_over; /* the next line begins a new reply */
	bool quit;          /* we said QUIT: what follows is not ours */
	char fault[CURL_ERROR_SIZE];
};

static const struct {
	const char *command;
	enum stage stage;
} stages[] = {
	{ "EHLO", STAGE_HELLO },
	{ "HELO", STAGE_HELLO },
	{ "MAIL FROM:", STAGE_SENDER },
	{ "RCPT TO:", STAGE_RECIPIENT },
	{ "DATA", STAGE_DATA },
};

/* A fault makes libcurl say QUIT at once: that reply is not the verdict. */
static void
stage_follow(struct smtp *smtp, struct str command)
{
	if (str_starts(command, "QUIT"))
		smtp->quit = true;
	for (size_t i = 0; i < COUNT(stages); i++) {
		if (!str_starts(command, stages[i].command))
			continue;
		smtp->stage = stages[i].stage;
		smtp->quit = false;
	}
}

/* Keeps the lines of the last reply; "250-" goes on, "250 " ends it. */
static void
reply_follow(struct smtp *smtp, struct str line)
{
	if (smtp->quit || line.len < 3)
		return;
	int64_t code = 0;
	if (!num_digits((struct str){ line.ptr, 3 }, 3, &code))
		return;
	if (smtp->reply_is_over)
		buf_free(&smtp->reply);
	smtp->code = (int)code;
	smtp->reply_is_over = line.len == 3 || line.ptr[3] != '-';
	struct str text = { line.ptr + 3, line.len - 3 };
	if (text.len > 0) {
		text.ptr++;
		text.len--;
	}
	text = str_trim(text);
	if (smtp->reply.len > 0)
		buf_putc(&smtp->reply, ' ');
	buf_add(&smtp->reply, text.ptr, text.len);
}

static int
on_talk(CURL *curl, curl_infotype type, char *bytes, size_t len, void *data)
{
	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		stage_follow(data, (struct str){ bytes, len });
	else if (type == CURLINFO_HEADER_IN)
		reply_follow(data, (struct str){ bytes, len });
	return 0;
}

static size_t
on_read(char *room, size_t size, size_t count, void *data)
{
	struct smtp *smtp = data;
	size_t len = size * count;
	if (len > smtp->left.len)
		len = smtp->left.len;
	if (len > 0)
		memcpy(room, smtp->left.ptr, len);
	smtp->left.ptr += len;
	smtp->left.len -= len;
	smtp->began = true;
	return len;
}

static size_t
on_write(char *bytes, size_t size, size_t count, void *data)
{
	(void)bytes;
	(void)data;
	return size * count;
}

static bool
host_is_here(const char *url)
{
	bool here = false;
	char *host = NULL;
	CURLU *parts = curl_url();
	if (parts != NULL &&
	    curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) ==
		CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		here = strcmp(host, "localhost") == 0 ||
		       strncmp(host, "127.", 4) == 0 ||
		       strcmp(host, "[::1]") == 0;
	curl_free(host);
	curl_url_cleanup(parts);
	return here;
}

static bool
text_is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* smtp[s]://host[:port] and nothing more, plus our name for EHLO. */
static bool
url_build(const struct smtp_relay *relay, struct buf *ret, struct err *err)
{
	struct str url = str_of(relay->url);
	struct str rest = url;
	if (str_starts(url, "smtp://"))
		rest.ptr += 7;
	else if (str_starts(url, "smtps://"))
		rest.ptr += 8;
	else
		return err_set(err, ERR_INVALID, "smtp",
		    "the relay must be smtp://host:port or smtps://host:port");
	rest.len -= (size_t)(rest.ptr - url.ptr);
	if (rest.len == 0 || rest.len > LIMIT_ADDRESS ||
	    strcspn(rest.ptr, "/@?# \r\n") != rest.len)
		return err_set(err, ERR_INVALID, "smtp",
		    "write only host and port after smtp:// in the relay; "
		    "user and password have their own settings");
	buf_printf(ret, "%s/%s", relay->url,
	    text_is_set(relay->hello) ? relay->hello : "localhost");
	return true;
}

static void
curl_tune(struct smtp *smtp, const struct smtp_relay *relay, const char *url)
{
	CURL *curl = smtp->curl;
	bool here = host_is_here(relay->url);
	long seconds = relay->seconds > 0 ? relay->seconds : LIMIT_SMTP_SECONDS;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, seconds);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
	    (long)(here ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	if (here && relay->trust.len == 0) {
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_talk);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->fault);
	if (text_is_set(relay->user))
		curl_easy_setopt(curl, CURLOPT_USERNAME, relay->user);
	if (text_is_set(relay->password))
		curl_easy_setopt(curl, CURLOPT_PASSWORD, relay->password);
	if (relay->trust.len > 0) {
		struct curl_blob blob = { (void *)(uintptr_t)relay->trust.ptr,
			relay->trust.len, CURL_BLOB_COPY };
		curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
}

bool
smtp_new(const struct smtp_relay *relay, struct smtp **ret, struct err *err)
{
	AUTO(buf) struct buf url = BUF(3 * LIMIT_ADDRESS);
	if (!url_build(relay, &url, err))
		return false;
	struct smtp *smtp = calloc(1, sizeof(*smtp));
	if (smtp == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	smtp->reply = BUF(LIMIT_SMTP_TEXT);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		smtp->curl = curl_easy_init();
	if (smtp->curl == NULL) {
		free(smtp);
		return err_set(err, ERR_SYSTEM, NULL, "libcurl did not start");
	}
	curl_tune(smtp, relay, buf_text(&url));
	*ret = smtp;
	return true;
}

static CURLcode
talk(struct smtp *smtp, struct str message, bool fresh)
{
	smtp->stage = STAGE_HELLO;
	smtp->left = message;
	smtp->began = false;
	smtp->code = 0;
	smtp->quit = false;
	smtp->reply_is_over = true;
	smtp->fault[0] = '\0';
	buf_free(&smtp->reply);
	curl_easy_setopt(smtp->curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	curl_easy_setopt(
	    smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.len);
	return curl_easy_perform(smtp->curl);
}

/*
 * True when a kept connection had died, or was taken leave of with 421, before
 * this mail got anywhere.
 */
static bool
connection_was_stale(struct smtp *smtp, CURLcode code)
{
	long made = 1;
	curl_easy_getinfo(smtp->curl, CURLINFO_NUM_CONNECTS, &made);
	return code != CURLE_OK && made == 0 && !smtp->began &&
	       code != CURLE_OPERATION_TIMEDOUT &&
	       (smtp->code < 400 || smtp->code == 421);
}

static void
reply_text(struct smtp_reply *ret, const char *text)
{
	AUTO(buf) struct buf shown = BUF(8 * LIMIT_SMTP_TEXT);
	utf8_show(&shown, text, strlen(text), false);
	size_t len =
	    shown.len < sizeof(ret->text) ? shown.len : sizeof(ret->text) - 1;
	len = utf8_prefix(buf_text(&shown), len);
	memcpy(ret->text, buf_text(&shown), len);
	ret->text[len] = '\0';
}

static void
reply_judge(struct smtp *smtp, CURLcode code, struct smtp_reply *ret)
{
	bool good = code == CURLE_OK;
	bool no = !good && smtp->code >= 400 && smtp->code <= 599;
	ret->code = good || no ? smtp->code : 0;
	ret->result = SMTP_RETRY;
	if (good)
		ret->result = SMTP_SENT;
	else if (no && smtp->code >= 500 && smtp->stage >= STAGE_RECIPIENT)
		ret->result = SMTP_REFUSED;
	if ((good || no) && smtp->reply.len > 0)
		reply_text(ret, buf_text(&smtp->reply));
	else if (smtp->fault[0] != '\0')
		reply_text(ret, smtp->fault);
	else
		reply_text(ret, curl_easy_strerror(code));
}

void
smtp_send(struct smtp *smtp, const char *from, const char *to,
    struct str message, struct smtp_reply *ret)
{
	struct err err;
	if (!address_check(str_of(from), "from", &err) ||
	    !address_check(str_of(to), "to", &err)) {
		ret->result = SMTP_REFUSED;
		ret->code = 0;
		reply_text(ret, err.text);
		return;
	}
	struct curl_slist *list = curl_slist_append(NULL, to);
	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, list);
	CURLcode code =
	    list == NULL ? CURLE_OUT_OF_MEMORY : talk(smtp, message, false);
	if (list != NULL && connection_was_stale(smtp, code))
		code = talk(smtp, message, true);
	reply_judge(smtp, code, ret);
	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(list);
}

const char *
smtp_result_name(enum smtp_result result)
{
	static const char *const names[] = { "sent", "refused", "retry" };
	return names[result];
}

void
smtp_free(struct smtp *smtp)
{
	if (smtp == NULL)
		return;
	curl_easy_cleanup(smtp->curl);
	buf_free(&smtp->reply);
	free(smtp);
}

void
smtp_auto(struct smtp **smtp)
{
	smtp_free(*smtp);
}
