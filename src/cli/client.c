#include "cli/client.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_SECONDS 10L
#define ANSWER_SECONDS 120L

/* What an error kind of the service means to the shell. */
static const enum exit_status statuses[] = {
	[ERR_NONE] = EXIT_DONE,
	[ERR_INVALID] = EXIT_REFUSED,
	[ERR_DENIED] = EXIT_DENIED,
	[ERR_MISSING] = EXIT_DENIED,
	[ERR_CONFLICT] = EXIT_CONFLICT,
	[ERR_LIMIT] = EXIT_REFUSED,
	[ERR_RETRY] = EXIT_UNAVAILABLE,
	[ERR_SYSTEM] = EXIT_FAULT,
};

static void
curl_auto(CURL **curl)
{
	curl_easy_cleanup(*curl);
}

static void
slist_auto(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static struct str
host_of(const char *server)
{
	struct str rest = str_of(server);
	size_t skip = str_starts(rest, "https://")  ? 8
		      : str_starts(rest, "http://") ? 7
						    : 0;
	rest = (struct str){ rest.ptr + skip, skip == 0 ? 0 : rest.len - skip };
	if (rest.len > 0 && rest.ptr[0] == '[')
		return str_cut(&rest, ']');
	return str_cut(&rest, ':');
}

static bool
is_here(const char *server)
{
	struct str host = host_of(server);
	return str_eq(host, "127.0.0.1") || str_eq(host, "localhost") ||
	       str_eq(host, "[::1");
}

bool
client_is_server(const char *server)
{
	size_t scheme = strncmp(server, "https://", 8) == 0  ? 8
			: strncmp(server, "http://", 7) == 0 ? 7
							     : 0;
	const char *allowed = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
	size_t len = strlen(server + scheme);
	return scheme > 0 && len > 0 && len < 256 &&
	       strspn(server + scheme, allowed) == len;
}

static size_t
take(char *bytes, size_t size, size_t count, void *context)
{
	struct buf *answer = context;
	buf_add(answer, bytes, size * count);
	return answer->failed ? 0 : size * count;
}

static struct curl_slist *
headers_of(const struct client *client)
{
	AUTO(buf) struct buf line = BUF(1024);
	struct curl_slist *list =
	    curl_slist_append(NULL, "Content-Type: application/json");
	list = curl_slist_append(list, "Accept: application/json");
	list = curl_slist_append(list, "Expect:");
	if (client->token[0] == '\0')
		return list;
	buf_printf(&line, "Authorization: Bearer %s", client->token);
	return curl_slist_append(list, buf_text(&line));
}

static void
configure(CURL *curl, const struct client *client, const char *url,
    const struct buf *body, struct curl_slist *headers, struct buf *answer)
{
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, ANSWER_SECONDS);
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "forewarn/" VERSION);
	(void)curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, buf_text(body));
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	if (is_here(client->server))
		(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static enum exit_status
judge(const struct client *client, long http, const struct buf *bytes,
    json_t **ret, struct err *err)
{
	AUTO(value) json_t *value = NULL;
	struct str text = { buf_text(bytes), bytes->len };
	bool read = value_parse(text, LIMIT_DOCUMENT, &value, err);
	if (read && http == 200) {
		*ret = json_incref(value);
		return EXIT_DONE;
	}
	const json_t *error = json_object_get(value, "error");
	if (!read || !json_is_object(error)) {
		(void)err_set(err, ERR_RETRY, NULL,
		    "%s answered with status %ld, and not as Forewarn does; is "
		    "the address right?",
		    client->server, http);
		return EXIT_UNAVAILABLE;
	}
	enum err_kind kind = err_kind_find(value_text(error, "kind"));
	(void)err_set(err, kind, value_text(error, "field"), "%s%s",
	    value_text(error, "text"), http == 401 ? " (forewarn login)" : "");
	return statuses[kind];
}

static enum exit_status
unreachable(const struct client *client, CURLcode code, const char *detail,
    struct err *err)
{
	(void)err_set(err, ERR_RETRY, NULL, "%s cannot be reached: %s",
	    client->server,
	    detail[0] == '\0' ? curl_easy_strerror(code) : detail);
	return EXIT_UNAVAILABLE;
}

static bool
may_send(const struct client *client, struct err *err)
{
	if (client->token[0] == '\0' || is_here(client->server) ||
	    strncmp(client->server, "https://", 8) == 0)
		return true;
	return err_set(err, ERR_INVALID, NULL,
	    "a token is not sent to %s in the clear; use https",
	    client->server);
}

enum exit_status
client_ask(const struct client *client, const struct op *op, const json_t *args,
    json_t **ret, struct err *err)
{
	AUTO(buf) struct buf body = BUF(LIMIT_DOCUMENT);
	AUTO(buf) struct buf url = BUF(512);
	AUTO(buf) struct buf answer = BUF(LIMIT_DOCUMENT);
	AUTO(curl) CURL *curl = curl_easy_init();
	AUTO(slist) struct curl_slist *headers = headers_of(client);
	char detail[CURL_ERROR_SIZE] = "";
	long http = 0;
	if (!may_send(client, err))
		return EXIT_USAGE;
	if (curl == NULL || headers == NULL) {
		(void)err_set(err, ERR_SYSTEM, NULL, "memory is out");
		return EXIT_FAULT;
	}
	value_print(&body, args);
	buf_printf(&url, "%s/api/v1/%s", client->server, op->name);
	configure(curl, client, buf_text(&url), &body, headers, &answer);
	(void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
	CURLcode code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		return unreachable(client, code, detail, err);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
	return judge(client, http, &answer, ret, err);
}
