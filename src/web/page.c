#include "core/limits.h"
#include "core/when.h"
#include "web/reply.h"
#include "web/template.h"
#include "web/visit.h"

/* ---- showing --------------------------------------------------------- */

static json_t *
err_value(const struct err *err)
{
	if (err == NULL || err->kind == ERR_NONE)
		return NULL;
	json_t *row = json_object();
	value_set_text(row, "kind", err_kind_name(err->kind));
	value_set_text(row, "field", err->field);
	value_set_text(row, "text", err->text);
	return row;
}

static void
value_share(json_t *object, const char *key, const json_t *value)
{
	value_set(object, key, json_incref((json_t *)(uintptr_t)value));
}

/* Everything a template may ask for (docs/templates.md). */
static json_t *
page_value(struct front *front, struct request *request, int status,
    const json_t *value, const json_t *me)
{
	const struct visit *visit = request->data;
	const struct session_settings *settings = &front->settings.session;
	const char *session = session_of(settings, request);
	char csrf[SESSION_CSRF], path[LIMIT_HTTP_URI + 1];
	json_t *all = json_object();
	(void)snprintf(path, sizeof(path), "%s",
	    request->path == NULL ? "" : request->path);
	value_share(all, "page", value);
	value_share(all, "me", me);
	value_share(all, "project", front->settings.project);
	value_share(all, "form", visit == NULL ? NULL : visit->form);
	value_set(all, "error", visit == NULL ? NULL : err_value(&visit->err));
	value_set_text(all, "csrf", session_csrf(settings, session, csrf));
	value_set_text(all, "path", path);
	value_set_int(all, "status", status);
	value_set_when(
	    all, "now", front->settings.now(front->settings.context));
	return all;
}

/* A template that is not written yet shows the bare value. */
static void
page_render(struct buf *out, const char *name, const json_t *all)
{
	const struct template *template = template_find(name);
	if (template == NULL)
		template = template_find("value");
	if (template != NULL)
		template->page(out, all);
}

void
page_show(struct front *front, struct request *request, int status,
    const char *name, const json_t *value, const json_t *me)
{
	const struct visit *visit = request->data;
	bool report = visit != NULL && visit->page != NULL &&
		      (visit->page->flags & ROUTE_REPORT) != 0;
	AUTO(value) json_t *all = page_value(front, request, status, value, me);
	AUTO(buf) struct buf out = BUF(LIMIT_PAGE);
	page_render(&out, name, all);
	struct MHD_Response *reply =
	    reply_new(&out, report ? REPLY_REPORT : REPLY_PAGE,
		"text/html; charset=utf-8", front->settings.session.secure);
	if (status == 503 || status == 429)
		reply_header(reply, "Retry-After", "5");
	if (status == 405)
		reply_header(reply, "Allow", "GET, HEAD, POST, OPTIONS");
	request_reply(request, status, reply);
}

static void
visit_set_err(struct visit *visit, const struct err *err)
{
	if (visit != NULL && err != NULL)
		visit->err = *err;
}

void
page_fail(struct front *front, struct request *request, int status,
    const struct err *err)
{
	struct visit none = { 0 };
	void *data = request->data;
	if (data == NULL)
		request->data = &none;
	visit_set_err(request->data, err);
	page_show(front, request, status, "error", NULL, NULL);
	request->data = data;
}

static void
page_redirect(struct front *front, struct request *request,
    const char *location, const char *session)
{
	AUTO(buf) struct buf none = BUF(16);
	buf_puts(&none, "\n");
	struct MHD_Response *reply = reply_new(&none, REPLY_PAGE,
	    "text/plain; charset=utf-8", front->settings.session.secure);
	reply_header(reply, "Location", location);
	if (session != NULL)
		session_set(&front->settings.session, reply, session);
	request_reply(request, 303, reply);
}

/* ---- asking ---------------------------------------------------------- */

/* Of the fields, those that are arguments of op. */
static json_t *
args_for(const struct op *op, const json_t *fields)
{
	json_t *args = json_object();
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		const json_t *field = json_object_get(fields, arg->name);
		if (field != NULL)
			value_share(args, arg->name, field);
	}
	json_t *typed = op_from_form(op, args);
	json_decref(args);
	return typed;
}

/* What a form gets back: everything but secrets, files and the token. */
static void
form_keep(struct visit *visit, const struct op *op, json_t *fields)
{
	visit->form = json_incref(fields);
	(void)json_object_del(fields, "csrf");
	if (op == NULL)
		return;
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++)
		if (arg->type == ARG_SECRET_TEXT || arg->type == ARG_FILES)
			(void)json_object_del(fields, arg->name);
}

static void
page_get(struct front *front, struct request *request)
{
	struct visit *visit = request->data;
	visit->page = visit->route;
	if (visit->op == NULL) {
		page_show(front, request, 200, visit->route->next, NULL, NULL);
		return;
	}
	AUTO(value) json_t *clean = NULL;
	json_t *args = args_for(visit->op, visit->form);
	bool good = op_check(visit->op, args, &clean, &visit->err);
	json_decref(args);
	if (good)
		visit_ask(front, request, visit->op, json_incref(clean));
	else
		page_fail(
		    front, request, visit_status(visit->err.kind), &visit->err);
}

/* Shows the page the form stands on again, with the error. */
static void
page_back(struct front *front, struct request *request, const json_t *me)
{
	struct visit *visit = request->data;
	const struct route *page = route_page(visit->route->back);
	int status = visit_status(visit->err.kind);
	if (visit->back || page == NULL) {
		page_fail(front, request, status, &visit->err);
		return;
	}
	visit->back = true;
	visit->page = page;
	const struct op *op = op_find(page->op);
	if (op == NULL) {
		page_show(front, request, status, page->next, NULL, me);
		return;
	}
	AUTO(value) json_t *clean = NULL;
	json_t *args = args_for(op, visit->args);
	bool good = op_check(op, args, &clean, NULL);
	json_decref(args);
	if (good)
		visit_ask(front, request, op, json_incref(clean));
	else
		page_fail(front, request, status, &visit->err);
}

static void
page_post(struct front *front, struct request *request, json_t *fields)
{
	struct visit *visit = request->data;
	const struct session_settings *settings = &front->settings.session;
	if (!session_check_csrf(settings, session_of(settings, request),
		value_text(fields, "csrf"), &visit->err)) {
		page_fail(front, request, 403, &visit->err);
		return;
	}
	AUTO(value) json_t *clean = NULL;
	(void)json_object_update(fields, visit->args);
	json_t *args = args_for(visit->op, fields);
	form_keep(visit, visit->op, fields);
	bool good = op_check(visit->op, args, &clean, &visit->err);
	json_decref(args);
	if (good)
		visit_ask(front, request, visit->op, json_incref(clean));
	else
		page_back(front, request, NULL);
}

void
page_ready(struct front *front, struct request *request)
{
	struct visit *visit = request->data;
	AUTO(value) json_t *fields = NULL;
	struct err err;
	if (strcmp(visit->route->method, "GET") == 0) {
		page_get(front, request);
		return;
	}
	if (request->form == NULL) {
		fields = json_object();
	} else if (!form_finish(request->form, &fields, &err)) {
		page_fail(front, request, visit_status(err.kind), &err);
		return;
	}
	page_post(front, request, fields);
}

/* ---- answering ------------------------------------------------------- */

static void
post_answer(struct front *front, struct request *request, json_t *value,
    const json_t *me)
{
	struct visit *visit = request->data;
	const char *next = visit->route->next;
	AUTO(value)
	json_t *session = json_incref(json_object_get(value, "session"));
	const char *cookie = NULL;
	if (visit->op->id == OP_session_close)
		cookie = "";
	else if (visit->op->id == OP_session_open)
		cookie = json_string_value(session);
	if (cookie != NULL)
		(void)json_object_del(value, "session");
	if (next[0] != '/') {
		visit->page = visit->route;
		page_show(front, request, 200, next, value, me);
		return;
	}
	AUTO(buf) struct buf location = BUF(LIMIT_HTTP_URI);
	if (!route_print(next, value, visit->args, &location)) {
		buf_free(&location);
		buf_puts(&location, "/");
	}
	page_redirect(front, request, buf_text(&location), cookie);
}

static void
error_answer(struct front *front, struct request *request, const json_t *error,
    const json_t *me)
{
	struct visit *visit = request->data;
	struct err err = { .kind = err_kind_find(value_text(error, "kind")) };
	(void)snprintf(
	    err.field, sizeof(err.field), "%s", value_text(error, "field"));
	(void)snprintf(
	    err.text, sizeof(err.text), "%s", value_text(error, "text"));
	if (visit->err.kind == ERR_NONE)
		visit->err = err;
	bool wants = (visit->route->flags & ROUTE_OPEN) == 0;
	if (wants && !json_is_object(me)) {
		page_redirect(front, request, "/login", "");
		return;
	}
	if (strcmp(visit->route->method, "POST") == 0)
		page_back(front, request, me);
	else
		page_fail(front, request, visit_status(err.kind), &err);
}

void
page_answer(struct front *front, struct request *request, const json_t *answer)
{
	struct visit *visit = request->data;
	const json_t *me = json_object_get(answer, "me");
	const json_t *error = json_object_get(answer, "error");
	json_t *value = json_object_get(answer, "ok");
	if (error != NULL)
		error_answer(front, request, error, me);
	else if (visit->route->flags & ROUTE_FILE)
		file_send(front, request, value, -1);
	else if (visit->page != NULL)
		page_show(front, request,
		    visit->back ? visit_status(visit->err.kind) : 200,
		    visit->page->next, value, me);
	else
		post_answer(front, request, value, me);
}
