#include "web/front.h"

#include "core/limits.h"
#include "core/num.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/random.h"
#include "web/reply.h"
#include "web/site.h"
#include "web/visit.h"

#define BODY_MAX (LIMIT_UPLOAD_TOTAL + LIMIT_HTTP_FORM)

int
visit_status(enum err_kind kind)
{
	static const int statuses[] = {
		[ERR_NONE] = 200,
		[ERR_INVALID] = 400,
		[ERR_DENIED] = 404,
		[ERR_MISSING] = 404,
		[ERR_CONFLICT] = 409,
		[ERR_LIMIT] = 429,
		[ERR_RETRY] = 503,
		[ERR_SYSTEM] = 500,
	};
	return (size_t)kind < COUNT(statuses) ? statuses[kind] : 500;
}

static bool
is_api(const struct request *request)
{
	return request->path != NULL && strncmp(request->path, "/api/", 5) == 0;
}

static void
on_fail(
    void *context, struct request *request, int status, const struct err *err)
{
	if (is_api(request))
		api_fail(context, request, status, err);
	else
		page_fail(context, request, status, err);
}

/* ---- the desk -------------------------------------------------------- */

/* Gives the request a free slot and an id that says which. */
static bool
slot_take(struct front *front, struct request *request)
{
	if (request->id != 0)
		return true; /* a second question of the same request */
	for (size_t i = 0; i < FRONT_SLOTS; i++) {
		uint64_t serial = front->serial++;
		size_t at = serial % FRONT_SLOTS;
		if (front->waiting[at] != NULL)
			continue;
		front->waiting[at] = request;
		front->nwaiting++;
		request->id = serial;
		return true;
	}
	return false;
}

static void
slot_drop(struct front *front, struct request *request)
{
	if (request->id == 0)
		return;
	front->waiting[request->id % FRONT_SLOTS] = NULL;
	front->nwaiting--;
	request->id = 0;
}

static json_t *
message_of(struct front *front, struct request *request, const struct op *op,
    json_t *args)
{
	const struct visit *visit = request->data;
	json_t *message = json_object();
	value_set_int(message, "id", (int64_t)request->id);
	value_set_text(message, "op", op->name);
	value_set(message, "args", args);
	value_set_text(message, "address", request->address);
	value_set_text(message, "agent", request_header(request, "User-Agent"));
	if (json_is_null(json_object_get(message, "agent")))
		(void)json_object_del(message, "agent");
	const char *who = visit->api
			      ? session_token(request)
			      : session_of(&front->settings.session, request);
	if (who != NULL)
		value_set_text(message, visit->api ? "token" : "session", who);
	return message;
}

void
visit_ask(struct front *front, struct request *request, const struct op *op,
    json_t *args)
{
	struct visit *visit = request->data;
	struct err err;
	const int *fds = NULL;
	size_t nfds = 0;
	visit->op = visit->back ? visit->op : op;
	if (!slot_take(front, request)) {
		json_decref(args);
		on_fail(front, request, 503, NULL);
		return;
	}
	if (json_object_get(args, "files") != NULL && request->form != NULL)
		nfds = form_files(request->form, &fds);
	AUTO(value) json_t *message = message_of(front, request, op, args);
	if (!front->settings.ask(
		front->settings.context, message, fds, nfds, &err))
		on_fail(front, request, 503, NULL);
}

void
front_answer(struct front *front, const json_t *answer, int file)
{
	AUTO(fd) int own = file;
	int64_t id = value_int(answer, "id", 0);
	struct request *request = front->waiting[(uint64_t)id % FRONT_SLOTS];
	if (request == NULL || request->id != (uint64_t)id ||
	    request->state == REQUEST_REPLIED)
		return;
	const struct visit *visit = request->data;
	if (own >= 0 && json_object_get(answer, "ok") != NULL)
		file_send(front, request, json_object_get(answer, "ok"),
		    fd_take(&own));
	else if (visit->api)
		api_answer(front, request, answer);
	else
		page_answer(front, request, answer);
}

void
front_desk_gone(struct front *front)
{
	for (size_t i = 0; i < FRONT_SLOTS; i++)
		if (front->waiting[i] != NULL)
			on_fail(front, front->waiting[i], 503, NULL);
}

size_t
front_waiting(const struct front *front)
{
	return front->nwaiting;
}

/* ---- requests -------------------------------------------------------- */

/* Sets up the reader of the body, or answers. */
static void
body_begin(struct front *front, struct request *request, size_t max)
{
	struct err err;
	int64_t length = 0;
	const char *text = request_header(request, "Content-Length");
	if (!request_has_body(request))
		return;
	if (text != NULL && !num_parse(str_of(text), 0, (int64_t)max, &length))
		on_fail(front, request, 413, NULL);
	else if (!form_new(str_of(request_header(request, "Content-Type")),
		     &request->form, &err))
		on_fail(front, request, 415, is_api(request) ? NULL : &err);
}

static bool
method_is_known(struct front *front, struct request *request)
{
	if (strcmp(request->method, "GET") == 0 ||
	    strcmp(request->method, "POST") == 0)
		return true;
	if (strcmp(request->method, "OPTIONS") != 0) {
		on_fail(front, request, 405, NULL);
		return false;
	}
	struct MHD_Response *reply =
	    MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	reply_header(reply, "Allow", "GET, HEAD, POST, OPTIONS");
	request_reply(request, 204, reply);
	return false;
}

static void
form_begin(struct front *front, struct request *request)
{
	const struct visit *visit = request->data;
	struct err err;
	if (!session_check_origin(&front->settings.session, request, &err)) {
		on_fail(front, request, 403, &err);
		return;
	}
	if ((visit->route->flags & ROUTE_RATED) != 0 &&
	    !rate_take(&front->rate, request->address, clock_ticks())) {
		on_fail(front, request, 429, NULL);
		return;
	}
	bool files = (visit->route->flags & ROUTE_FILES) != 0;
	body_begin(front, request, files ? BODY_MAX : LIMIT_HTTP_FORM);
	if (request->form != NULL && form_is_json(request->form)) {
		(void)err_set(&err, ERR_INVALID, NULL,
		    "this address takes forms; JSON goes to /api/v1/%s",
		    visit->op == NULL ? "" : visit->op->name);
		on_fail(front, request, 415, &err);
	}
}

/* A page for the logged-in: a visitor without cookie is sent to log in. */
static void
login_send(struct front *front, struct request *request)
{
	AUTO(buf) struct buf none = BUF(4);
	buf_puts(&none, "\n");
	struct MHD_Response *reply = reply_new(&none, REPLY_PAGE,
	    "text/plain; charset=utf-8", front->settings.session.secure);
	reply_header(reply, "Location", "/login");
	request_reply(request, 303, reply);
}

static void
route_begin(struct front *front, struct request *request)
{
	struct visit *visit = request->data;
	bool known = false;
	visit->route =
	    route_find(request->method, request->path, visit->args, &known);
	if (visit->route == NULL) {
		if (known || strcmp(request->method, "GET") != 0)
			on_fail(front, request, known ? 405 : 404, NULL);
		return; /* perhaps a file of the site */
	}
	visit->op = op_find(visit->route->op);
	if ((visit->route->flags & ROUTE_OPEN) == 0 &&
	    session_of(&front->settings.session, request) == NULL) {
		login_send(front, request);
		return;
	}
	if (strcmp(request->method, "POST") == 0) {
		form_begin(front, request);
		return;
	}
	visit->form = json_object();
	if (!form_read_query(request->query, visit->form, &visit->err)) {
		on_fail(front, request, 400, &visit->err);
		return;
	}
	(void)json_object_update(visit->form, visit->args);
}

static void
on_begin(void *context, struct request *request)
{
	struct front *front = context;
	if (!method_is_known(front, request))
		return;
	bool reads = strcmp(request->method, "GET") == 0;
	if (reads && request_has_body(request)) {
		on_fail(front, request, 413, NULL);
		return;
	}
	struct visit *visit = calloc(1, sizeof(*visit));
	if (visit == NULL) {
		request_reply(request, 500, NULL);
		return;
	}
	request->data = visit;
	visit->args = json_object();
	visit->api = is_api(request);
	if (!visit->api)
		route_begin(front, request);
	else
		body_begin(front, request, LIMIT_HTTP_FORM);
	if (visit->api && request->form != NULL && !form_is_json(request->form))
		on_fail(front, request, 415, NULL);
}

static void
on_ready(void *context, struct request *request)
{
	const struct visit *visit = request->data;
	struct front *front = context;
	if (visit->api)
		api_ready(front, request);
	else if (visit->route != NULL)
		page_ready(front, request);
	else if (!site_reply(front->site, request))
		on_fail(front, request, 404, NULL);
}

static void
on_gone(void *context, struct request *request)
{
	struct visit *visit = request->data;
	slot_drop(context, request);
	if (visit == NULL)
		return;
	json_decref(visit->args);
	json_decref(visit->form);
	free(visit);
	request->data = NULL;
}

bool
front_new(
    const struct front_settings *settings, struct front **ret, struct err *err)
{
	struct front *front = calloc(1, sizeof(*front));
	if (front == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	if (!site_new(settings->site, &front->site, err)) {
		free(front);
		return false;
	}
	front->settings = *settings;
	front->calls = (struct http_front){ .context = front,
		.begin = on_begin,
		.ready = on_ready,
		.fail = on_fail,
		.gone = on_gone };
	front->serial = 1;
	random_bytes(&front->rate.seed, sizeof(front->rate.seed));
	front->openapi =
	    ops_openapi(settings->api_title, settings->session.base_url);
	*ret = front;
	return true;
}

const struct http_front *
front_calls(const struct front *front)
{
	return &front->calls;
}

void
front_free(struct front *front)
{
	if (front == NULL)
		return;
	site_free(front->site);
	json_decref(front->openapi);
	free(front);
}
