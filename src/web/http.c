#include "web/http.h"

#include "core/limits.h"
#include "os/clock.h"
#include "web/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)
#define ACCEPTS_AT_ONCE 64

struct connection {
	struct http *http;
	struct connection *next, **back; /* list of all */
	int fd;
	int64_t deadline; /* clock_ticks */
	char address[64];
	char *uri;
	struct request *request;
};

struct http {
	struct MHD_Daemon *daemon;
	const struct http_front *front;
	struct connection *all;
	size_t count;
	int64_t reaped;
	int epoll;
	char trusted[64];
};

static void
deadline_set(struct connection *connection, int64_t seconds)
{
	if (connection != NULL)
		connection->deadline = clock_ticks() + seconds * SECOND;
}

static struct connection *
connection_of(struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info == NULL ? NULL : info->socket_context;
}

/* ---- requests -------------------------------------------------------- */

const char *
request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(
	    request->connection, MHD_HEADER_KIND, name);
}

const char *
request_cookie(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(
	    request->connection, MHD_COOKIE_KIND, name);
}

void
request_reply(struct request *request, int status, struct MHD_Response *reply)
{
	if (request->state == REQUEST_REPLIED) {
		if (reply != NULL)
			MHD_destroy_response(reply);
		return;
	}
	bool waiting = request->state == REQUEST_WAITING;
	request->state = REQUEST_REPLIED;
	request->status = status;
	request->reply = reply;
	if (waiting)
		MHD_resume_connection(request->connection);
}

void
request_share(struct request *request, int status, struct MHD_Response *reply)
{
	request->shared = true;
	request_reply(request, status, reply);
}

/* The visitor behind a trusted proxy is the last one the proxy names. */
static void
address_set(struct request *request, const struct connection *connection)
{
	const char *text = connection->address;
	const char *named = request_header(request, "X-Forwarded-For");
	if (named != NULL && request->http->trusted[0] != '\0' &&
	    strcmp(text, request->http->trusted) == 0) {
		const char *comma = strrchr(named, ',');
		named = comma == NULL ? named : comma + 1;
		named += strspn(named, " \t");
		struct in6_addr probe;
		if (inet_pton(AF_INET, named, &probe) == 1 ||
		    inet_pton(AF_INET6, named, &probe) == 1)
			text = named;
	}
	(void)snprintf(request->address, sizeof(request->address), "%s", text);
}

static struct request *
request_new(struct connection *connection, struct MHD_Connection *handle,
    const char *method)
{
	struct request *request = calloc(1, sizeof(*request));
	if (request == NULL)
		return NULL;
	request->http = connection->http;
	request->connection = handle;
	request->method = strcmp(method, "HEAD") == 0 ? "GET" : method;
	request->path = connection->uri;
	connection->uri = NULL;
	connection->request = request;
	address_set(request, connection);
	char *mark = request->path == NULL ? NULL : strchr(request->path, '?');
	if (mark != NULL) {
		*mark = '\0';
		request->query = str_of(mark + 1);
	}
	return request;
}

static void
request_free(struct request *request)
{
	const struct http_front *front = request->http->front;
	front->gone(front->context, request);
	form_free(request->form);
	if (request->reply != NULL && !request->shared)
		MHD_destroy_response(request->reply);
	free(request->path);
	free(request);
}

static enum MHD_Result
reply_send(struct request *request)
{
	if (request->reply == NULL)
		return MHD_NO;
	struct connection *connection = connection_of(request->connection);
	deadline_set(connection, LIMIT_HTTP_SEND_SECONDS);
	return MHD_queue_response(
	    request->connection, (unsigned)request->status, request->reply);
}

static int
status_of(const struct err *err)
{
	if (err->kind == ERR_LIMIT)
		return 413;
	return err->kind == ERR_SYSTEM ? 500 : 400;
}

static void
request_fail(struct request *request, int status, const struct err *err)
{
	const struct http_front *front = request->http->front;
	front->fail(front->context, request, status, err);
}

bool
request_has_body(const struct request *request)
{
	const char *length = request_header(request, "Content-Length");
	return request_header(request, "Transfer-Encoding") != NULL ||
	       (length != NULL && strcmp(length, "0") != 0);
}

/*
 * Headers are complete. A refusal waits for the body, up to a limit, so that
 * the visitor reads it; one for broken framing does not. (A reply in this
 * first call makes libmicrohttpd close the connection.)
 */
static enum MHD_Result
request_begin(struct request *request, const char *version)
{
	const struct http_front *front = request->http->front;
	struct err err;
	bool sound = guard_check(request->connection, version, &err);
	if (!sound)
		request_fail(request, 400, &err);
	else if (request->path == NULL)
		request_fail(request, 414, NULL);
	else
		front->begin(front->context, request);
	if (!sound)
		return reply_send(request);
	if (request->state == REQUEST_REPLIED) {
		deadline_set(connection_of(request->connection),
		    LIMIT_HTTP_HEADER_SECONDS);
		return MHD_YES;
	}
	request->state = REQUEST_BODY;
	deadline_set(
	    connection_of(request->connection), LIMIT_HTTP_BODY_SECONDS);
	return MHD_YES;
}

/* The body goes on, or is complete with size 0. */
static enum MHD_Result
request_go_on(struct request *request, const char *bytes, size_t *size)
{
	const struct http_front *front = request->http->front;
	struct err err;
	if (*size > 0) {
		bool good =
		    request->state == REQUEST_BODY && request->form != NULL;
		if (good && !form_feed(request->form, bytes, *size, &err))
			request_fail(request, status_of(&err), &err);
		else if (!good && request->state == REQUEST_BODY)
			request_fail(request, 413, NULL);
		request->swallowed +=
		    request->state == REQUEST_REPLIED ? *size : 0;
		*size = 0;
		return request->swallowed > LIMIT_HTTP_SWALLOW ? MHD_NO
							       : MHD_YES;
	}
	if (request->state == REQUEST_BODY) {
		front->ready(front->context, request);
		if (request->state == REQUEST_BODY) {
			request->state = REQUEST_WAITING;
			deadline_set(connection_of(request->connection),
			    LIMIT_HTTP_DESK_SECONDS);
			MHD_suspend_connection(request->connection);
			return MHD_YES;
		}
	}
	return reply_send(request);
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *handle, const char *url,
    const char *method, const char *version, const char *bytes, size_t *size,
    void **slot)
{
	(void)context;
	(void)url;
	struct connection *connection = connection_of(handle);
	if (connection == NULL)
		return MHD_NO;
	struct request *request = connection->request;
	if (request != NULL) {
		*slot = request;
		return request_go_on(request, bytes, size);
	}
	request = request_new(connection, handle, method);
	*slot = request;
	return request == NULL ? MHD_NO : request_begin(request, version);
}

static void
on_completed(void *context, struct MHD_Connection *handle, void **slot,
    enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)code;
	struct connection *connection = connection_of(handle);
	*slot = NULL;
	if (connection == NULL || connection->request == NULL)
		return;
	request_free(connection->request);
	connection->request = NULL;
	deadline_set(connection, LIMIT_HTTP_IDLE_SECONDS);
}

/* Called with the request line, before headers. */
static void *
on_uri(void *context, const char *uri, struct MHD_Connection *handle)
{
	(void)context;
	struct connection *connection = connection_of(handle);
	if (connection == NULL)
		return NULL;
	free(connection->uri);
	connection->uri = strlen(uri) > LIMIT_HTTP_URI ? NULL : strdup(uri);
	return NULL;
}

/* Paths and queries are decoded by us, once, and strictly. */
static size_t
keep_escapes(void *context, struct MHD_Connection *handle, char *text)
{
	(void)context;
	(void)handle;
	return strlen(text);
}

/* ---- connections ----------------------------------------------------- */

static struct connection *
connection_new(struct http *http, int fd, const char *address)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return NULL;
	connection->http = http;
	connection->fd = fd;
	(void)snprintf(
	    connection->address, sizeof(connection->address), "%s", address);
	connection->next = http->all;
	connection->back = &http->all;
	if (http->all != NULL)
		http->all->back = &connection->next;
	http->all = connection;
	http->count++;
	deadline_set(connection, LIMIT_HTTP_HEADER_SECONDS);
	return connection;
}

static void
connection_free(struct connection *connection)
{
	*connection->back = connection->next;
	if (connection->next != NULL)
		connection->next->back = connection->back;
	connection->http->count--;
	if (connection->request != NULL)
		request_free(connection->request);
	free(connection->uri);
	free(connection);
}

static void
address_text(const struct sockaddr_storage *from, char text[64])
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
	const void *bytes = &four->sin_addr;
	if (from->ss_family == AF_INET6)
		bytes = &six->sin6_addr;
	if (inet_ntop(from->ss_family, bytes, text, 64) == NULL)
		(void)snprintf(text, 64, "unknown");
	if (strncmp(text, "::ffff:", 7) == 0)
		memmove(text, text + 7, strlen(text + 7) + 1);
}

static void
on_connection(void *context, struct MHD_Connection *handle, void **slot,
    enum MHD_ConnectionNotificationCode code)
{
	struct http *http = context;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*slot != NULL)
			connection_free(*slot);
		*slot = NULL;
		return;
	}
	const union MHD_ConnectionInfo *peer =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_storage from = { 0 };
	memcpy(&from, peer->client_addr,
	    peer->client_addr->sa_family == AF_INET6
		? sizeof(struct sockaddr_in6)
		: sizeof(struct sockaddr_in));
	char address[64];
	address_text(&from, address);
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
	*slot = connection_new(http, info->connect_fd, address);
}

static size_t
connections_from(const struct http *http, const char *address)
{
	size_t count = 0;
	for (struct connection *c = http->all; c != NULL; c = c->next)
		count += strcmp(c->address, address) == 0;
	return count;
}

/* Too busy for a parser: a fixed answer, and the connection ends. */
static void
turn_away(int fd)
{
	static const char text[] =
	    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n"
	    "Content-Type: text/plain\r\nRetry-After: 5\r\n"
	    "Connection: close\r\n\r\nbusy\n";
	(void)!send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

void
http_accept(struct http *http, int listener)
{
	for (size_t i = 0; i < ACCEPTS_AT_ONCE; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof(from);
		char address[64];
		int on = 1;
		int fd = accept4(listener, (struct sockaddr *)&from, &len,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		address_text(&from, address);
		bool proxy = strcmp(address, http->trusted) == 0;
		if (http->count >= LIMIT_HTTP_CONNECTIONS ||
		    (!proxy && connections_from(http, address) >=
				   LIMIT_HTTP_PER_ADDRESS)) {
			turn_away(fd);
			continue;
		}
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		(void)MHD_add_connection(
		    http->daemon, fd, (struct sockaddr *)&from, len);
	}
}

/* Ends what is late: a waiting request gets an answer, the rest is cut. */
static void
reap(struct http *http)
{
	int64_t now = clock_ticks();
	if (now - http->reaped < SECOND / 2)
		return;
	http->reaped = now;
	struct connection *next = NULL;
	for (struct connection *c = http->all; c != NULL; c = next) {
		next = c->next;
		if (now < c->deadline)
			continue;
		if (c->request != NULL && c->request->state == REQUEST_WAITING)
			request_fail(c->request, 503, NULL);
		else
			(void)shutdown(c->fd, SHUT_RDWR);
	}
}

/* ---- the engine ------------------------------------------------------ */

bool
http_new(const struct http_front *front, const char *trusted, struct http **ret,
    struct err *err)
{
	struct http *http = calloc(1, sizeof(*http));
	if (http == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	http->front = front;
	(void)snprintf(http->trusted, sizeof(http->trusted), "%s", trusted);
	http->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME,
	    0, NULL, NULL, on_request, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_HTTP_CONNECTIONS + 8,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)LIMIT_HTTP_HEADER + 16384, MHD_OPTION_NOTIFY_CONNECTION,
	    on_connection, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
	    NULL, MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL,
	    MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_END);
	if (http->daemon == NULL) {
		free(http);
		return err_set(
		    err, ERR_SYSTEM, NULL, "cannot start the HTTP engine");
	}
	http->epoll =
	    MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		->epoll_fd;
	*ret = http;
	return true;
}

int
http_fd(const struct http *http)
{
	return http->epoll;
}

size_t
http_connections(const struct http *http)
{
	return http->count;
}

void
http_run(struct http *http)
{
	reap(http);
	(void)MHD_run(http->daemon);
}

int
http_timeout(const struct http *http)
{
	MHD_UNSIGNED_LONG_LONG wait;
	if (MHD_get_timeout(http->daemon, &wait) == MHD_YES && wait < 500)
		return (int)wait;
	return http->count > 0 ? 500 : 5000;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	for (struct connection *c = http->all; c != NULL; c = c->next)
		if (c->request != NULL && c->request->state == REQUEST_WAITING)
			request_fail(c->request, 503, NULL);
	MHD_stop_daemon(http->daemon);
	free(http);
}
