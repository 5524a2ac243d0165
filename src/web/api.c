#include "web/reply.h"
#include "web/visit.h"

#define PREFIX "/api/v1/"

/* What a status without more to say tells a program. */
struct bare {
	int status; /* 0 = every other */
	enum err_kind kind;
	const char *text;
};

static const struct bare bare[] = {
	{ 404, ERR_MISSING,
	    "there is nothing at this address; see /api/openapi.json" },
	{ 405, ERR_INVALID, "use GET to read and POST to change" },
	{ 413, ERR_LIMIT,
	    "the body is larger than is taken here, or came with GET; send "
	    "less, by POST" },
	{ 414, ERR_LIMIT,
	    "the address is too long; send the arguments by POST" },
	{ 415, ERR_INVALID,
	    "send the arguments as one JSON object with the header "
	    "\"Content-Type: application/json\"" },
	{ 429, ERR_LIMIT, "too many requests; wait a minute" },
	{ 503, ERR_RETRY,
	    "part of the service is starting; try again in a few seconds" },
	{ 0, ERR_SYSTEM,
	    "the service could not answer; nothing was changed; the "
	    "administrator finds the reason in the log" },
};

static const struct bare *
bare_find(int status)
{
	const struct bare *row = bare;
	while (row->status != 0 && row->status != status)
		row++;
	return row;
}

static void
send_json(struct front *front, struct request *request, int status,
    const json_t *value)
{
	struct MHD_Response *reply =
	    reply_json(value, front->settings.session.secure);
	if (status == 401)
		reply_header(reply, "WWW-Authenticate", "Bearer");
	if (status == 429 || status == 503)
		reply_header(reply, "Retry-After", "5");
	if (status == 405)
		reply_header(reply, "Allow", "GET, POST");
	request_reply(request, status, reply);
}

void
api_fail(struct front *front, struct request *request, int status,
    const struct err *err)
{
	struct err plain;
	if (err == NULL) {
		const struct bare *row = bare_find(status);
		(void)err_set(&plain, row->kind, NULL, "%s", row->text);
		err = &plain;
	}
	AUTO(value) json_t *value = json_object();
	json_t *row = json_object();
	value_set_text(row, "kind", err_kind_name(err->kind));
	value_set_text(row, "field", err->field);
	value_set_text(row, "text", err->text);
	value_set(value, "error", row);
	send_json(front, request, status, value);
}

/* The arguments: a JSON body, or a query turned into the right types. */
static bool
api_args(
    struct request *request, const struct op *op, json_t **ret, struct err *err)
{
	if (request->form != NULL) {
		AUTO(value) json_t *body = NULL;
		if (!form_finish(request->form, &body, err))
			return false;
		if (!json_is_object(body))
			return err_set(err, ERR_INVALID, NULL,
			    "the body must be one JSON object");
		*ret = json_incref(body);
		return true;
	}
	AUTO(value) json_t *fields = json_object();
	if (!form_read_query(request->query, fields, err))
		return false;
	*ret = op_from_form(op, fields);
	return true;
}

static const struct op *
api_op(struct front *front, struct request *request)
{
	struct err err;
	const struct op *op = NULL;
	if (strncmp(request->path, PREFIX, strlen(PREFIX)) == 0)
		op = op_find(request->path + strlen(PREFIX));
	bool reads = strcmp(request->method, "GET") == 0;
	if (op == NULL) {
		(void)err_set(&err, ERR_MISSING, NULL,
		    "no such operation; see /api/openapi.json");
		api_fail(front, request, 404, &err);
		return NULL;
	}
	if (reads ? op->kind == OP_CHANGE
		  : strcmp(request->method, "POST") != 0) {
		(void)err_set(&err, ERR_INVALID, NULL,
		    "use POST; GET only for operations that read");
		api_fail(front, request, 405, &err);
		return NULL;
	}
	return op;
}

void
api_ready(struct front *front, struct request *request)
{
	struct err err;
	json_t *args = NULL;
	if (strcmp(request->path, "/api/openapi.json") == 0) {
		send_json(front, request, 200, front->openapi);
		return;
	}
	const struct op *op = api_op(front, request);
	if (op == NULL)
		return;
	AUTO(value) json_t *clean = NULL;
	bool good = api_args(request, op, &args, &err);
	if (good)
		good = op_check(op, args, &clean, &err);
	json_decref(args);
	if (!good)
		api_fail(front, request, visit_status(err.kind), &err);
	else
		visit_ask(front, request, op, json_incref(clean));
}

void
api_answer(struct front *front, struct request *request, const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	if (error == NULL) {
		send_json(front, request, 200, json_object_get(answer, "ok"));
		return;
	}
	enum err_kind kind = err_kind_find(value_text(error, "kind"));
	int status = visit_status(kind);
	bool known = json_is_object(json_object_get(answer, "me"));
	if (kind == ERR_DENIED && !known)
		status = 401;
	AUTO(value)
	json_t *value = json_pack("{s:O}", "error", (json_t *)(uintptr_t)error);
	send_json(front, request, status, value);
}
