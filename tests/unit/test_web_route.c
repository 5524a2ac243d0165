#include "test.h"

#include "ops/ops.h"
#include "value/value.h"
#include "web/rate.h"
#include "web/route.h"
#include "web/site.h"
#include "web/template.h"

#include <string.h>

/* The pieces of a pattern must be arguments of the operation. */
static void
pieces_check(const struct route *row, const char *pattern, const struct op *op)
{
	struct str rest = str_of(pattern);
	while (rest.ptr != NULL) {
		(void)str_cut(&rest, '{');
		if (rest.ptr == NULL)
			break;
		AUTO(buf) struct buf name = BUF(64);
		struct str piece = str_cut(&rest, '}');
		buf_add(&name, piece.ptr, piece.len);
		if (op != NULL && op_arg_find(op, buf_text(&name)) == NULL)
			fail_msg("%s: {%s} is no argument of %s", row->path,
			    buf_text(&name), op->name);
	}
}

static void
form_check(const struct route *row, const struct op *op)
{
	const struct route *back = route_page(row->back);
	if (back == NULL)
		fail_msg(
		    "%s: back to %s, which is no page", row->path, row->back);
	if (op == NULL)
		fail_msg("%s: no operation", row->path);
	if (op != NULL && op->kind != OP_CHANGE)
		fail_msg("%s: a form that changes nothing", row->path);
}

static void
test_rows(void **state)
{
	(void)state;
	for (const struct route *row = routes; row->method != NULL; row++) {
		const struct op *op = op_find(row->op);
		if (row->op[0] != '\0' && op == NULL)
			fail_msg("%s: no operation %s", row->path, row->op);
		pieces_check(row, row->path, op);
		if (strcmp(row->method, "POST") == 0)
			form_check(row, op);
		else if (op != NULL && op->kind == OP_CHANGE)
			fail_msg("%s: GET may not change", row->path);
	}
}

/* No row falls back to the bare value: each shows a page of its own. */
static void
test_templates(void **state)
{
	(void)state;
	for (const struct route *row = routes; row->method != NULL; row++) {
		bool away =
		    row->next[0] == '/' || (row->flags & ROUTE_FILE) != 0;
		if (!away && template_find(row->next) == NULL)
			fail_msg("%s: there is no template \"%s\"", row->path,
			    row->next);
	}
}

/* Every row is found by its own path: none hides behind another. */
static void
test_reachable(void **state)
{
	(void)state;
	for (const struct route *row = routes; row->method != NULL; row++) {
		bool known;
		AUTO(value) json_t *args = json_object();
		AUTO(buf) struct buf path = BUF(256);
		for (const char *at = row->path; *at != '\0'; at++)
			if (*at == '{' || *at == '}')
				buf_puts(&path, "~");
			else
				buf_putc(&path, *at);
		const struct route *found =
		    route_find(row->method, buf_text(&path), args, &known);
		if (found != row)
			fail_msg("%s %s is hidden", row->method, row->path);
	}
}

/*
 * The opt-outs from session, request rate and policy: reviewed by eye here.
 * A new OPEN row belongs into this list, and a reader should ask why.
 */
static const char *const open_rows[] = { "GET /login", "POST /login",
	"POST /logout", "GET /report", "POST /report", "GET /renew",
	"POST /renew", "GET /r/{link}", "POST /r/{link}/reply",
	"POST /r/{link}/credit", "POST /r/{link}/consent", "GET /makers",
	"GET /policy", "GET /search", "GET /apply", "POST /apply",
	"GET /application/{link}", "GET /application/{link}/again",
	"POST /application/{link}/again", "GET /confirm/{link}",
	"POST /confirm/{link}", "GET /setup/{link}", "POST /setup/{link}",
	"POST /setup/{link}/finish" };

static void
test_opt_outs(void **state)
{
	(void)state;
	size_t count = 0;
	for (const struct route *row = routes; row->method != NULL; row++) {
		if ((row->flags & ROUTE_OPEN) == 0)
			continue;
		AUTO(buf) struct buf name = BUF(256);
		buf_printf(&name, "%s %s", row->method, row->path);
		print_message("open:%s %s\n",
		    row->flags & ROUTE_RATED ? " rated" : "", buf_text(&name));
		assert_true(count < COUNT(open_rows));
		assert_string_equal(buf_text(&name), open_rows[count++]);
		/* A stranger's change is always counted, but for logging out.
		 */
		if (strcmp(row->method, "POST") == 0 &&
		    strcmp(row->path, "/logout") != 0)
			assert_true(row->flags & ROUTE_RATED);
	}
	assert_int_equal(count, COUNT(open_rows));
}

static void
test_print(void **state)
{
	(void)state;
	AUTO(value) json_t *value = json_pack("{s:s,s:i}", "a", "x/y", "n", 3);
	AUTO(value) json_t *args = json_pack("{s:s,s:s}", "a", "no", "b", "z");
	AUTO(buf) struct buf out = BUF(100);
	assert_true(route_print("/p/{a}/{b}/{n}", value, args, &out));
	assert_string_equal(buf_text(&out), "/p/x%2Fy/z/3");
	assert_false(route_print("/p/{c}", value, args, &out));
}

static void
test_site_path(void **state)
{
	(void)state;
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "/", "index.html" },
		{ "/a", "a" },
		{ "/a/", "a/index.html" },
		{ "/a/b.json", "a/b.json" },
		{ "/a%20b", "a b" },
		{ "/.well-known/security.txt", ".well-known/security.txt" },
		{ "", NULL },
		{ "a", NULL },
		{ "*", NULL },
		{ "//a", NULL },
		{ "/a//b", NULL },
		{ "/.", NULL },
		{ "/..", NULL },
		{ "/a/../b", NULL },
		{ "/%2e%2e/b", NULL },
		{ "/a%2fb", NULL },
		{ "/a%5cb", NULL },
		{ "/a\\b", NULL },
		{ "/.git/config", NULL },
		{ "/a%00", NULL },
		{ "/a%0a", NULL },
		{ "/a%7f", NULL },
		{ "/%ff", NULL },
		{ "/%", NULL },
		{ "/.well-known/.x", NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) struct buf out = BUF(100);
		bool good = site_path(cases[i].path, &out);
		if (good != (cases[i].want != NULL))
			print_message("row %zu: %s\n", i, cases[i].path);
		assert_int_equal(good, cases[i].want != NULL);
		if (good)
			assert_string_equal(buf_text(&out), cases[i].want);
	}
}

static void
test_rate(void **state)
{
	(void)state;
	static struct rate rate;
	int64_t second = 1000000, now = 5 * second;
	for (int i = 0; i < LIMIT_HTTP_RATE_BURST; i++)
		assert_true(rate_take(&rate, "192.0.2.1", now));
	assert_false(rate_take(&rate, "192.0.2.1", now));
	assert_true(rate_take(&rate, "192.0.2.2", now));
	now += LIMIT_HTTP_RATE_SECONDS * second;
	assert_true(rate_take(&rate, "192.0.2.1", now));
	assert_false(rate_take(&rate, "192.0.2.1", now));
	for (int i = 0; i < LIMIT_HTTP_RATE_BURST; i++)
		assert_true(rate_take(&rate, "2001:db8::1", now));
	assert_false(rate_take(&rate, "2001:db8::2", now)); /* same /64 */
	assert_true(rate_take(&rate, "2001:db8:0:1::2", now));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_reachable),
		cmocka_unit_test(test_opt_outs),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_site_path),
		cmocka_unit_test(test_rate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
