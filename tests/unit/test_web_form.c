#include "test.h"

#include "core/limits.h"
#include "value/value.h"
#include "web/form.h"

#include <fcntl.h>
#include <unistd.h>

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=B"
#define FIELD(name, text)                                                      \
	"--B\r\nContent-Disposition: form-data; name=\"" name                  \
	"\"\r\n\r\n" text "\r\n"
#define FILE_OF(name, text)                                                    \
	"--B\r\nContent-Disposition: form-data; name=\"files\"; "              \
	"filename=\"" name "\"\r\nContent-Type: text/html\r\n\r\n" text "\r\n"
#define END "--B--\r\n"

/* want NULL: refused with this kind. */
static const struct row {
	const char *type, *body, *want;
	enum err_kind kind;
} rows[] = {
	{ URLENCODED, "", "{}", ERR_NONE },
	{ URLENCODED, "a=b&c=d+e%2B", "{\"a\":\"b\",\"c\":\"d e+\"}",
	    ERR_NONE },
	{ URLENCODED, "a=1&a=2&a=3", "{\"a\":[\"1\",\"2\",\"3\"]}", ERR_NONE },
	{ URLENCODED, "a=&&b", "{\"a\":\"\",\"b\":\"\"}", ERR_NONE },
	{ URLENCODED, "a=x%0D%0Ay", "{\"a\":\"x\\ny\"}", ERR_NONE },
	{ URLENCODED, "a=%", NULL, ERR_INVALID },
	{ URLENCODED, "a=%4", NULL, ERR_INVALID },
	{ URLENCODED, "a=%zz", NULL, ERR_INVALID },
	{ URLENCODED, "a=%00", NULL, ERR_INVALID },
	{ URLENCODED, "a=%ff", NULL, ERR_INVALID },
	{ URLENCODED, "a=%ed%a0%80", NULL, ERR_INVALID },
	{ URLENCODED, "=b", NULL, ERR_INVALID },
	{ URLENCODED, "a[b]=c", NULL, ERR_INVALID },
	{ URLENCODED, "%22=c", NULL, ERR_INVALID },
	{ URLENCODED, "files=a", "{\"files\":\"a\"}", ERR_NONE },
	{ "Application/X-WWW-Form-URLEncoded; charset=UTF-8", "a=b",
	    "{\"a\":\"b\"}", ERR_NONE },
	{ "application/json", "{\"a\":[1]}", "{\"a\":[1]}", ERR_NONE },
	{ "application/json", "{\"a\":1,\"a\":2}", NULL, ERR_INVALID },
	{ "application/json", "{", NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a", "b") END, "{\"a\":\"b\"}", ERR_NONE },
	{ MULTIPART, "--B--", "{}", ERR_NONE },
	{ MULTIPART, FIELD("a", "") FIELD("a", "\r\n") END,
	    "{\"a\":[\"\",\"\\n\"]}", ERR_NONE },
	{ MULTIPART, FIELD("a", "x\r\n--") END, "{\"a\":\"x\\n--\"}",
	    ERR_NONE },
	{ MULTIPART, FIELD("a", "x\r\n--C") END, "{\"a\":\"x\\n--C\"}",
	    ERR_NONE },
	{ MULTIPART, FILE_OF("a.txt", "hello") END,
	    "{\"files\":[{\"name\":\"a.txt\",\"size\":5}]}", ERR_NONE },
	{ MULTIPART, FILE_OF("../../etc/passwd", "x") END,
	    "{\"files\":[{\"name\":\"passwd\",\"size\":1}]}", ERR_NONE },
	{ MULTIPART, FILE_OF("C:\\\\a\\\\b.c", "x") END,
	    "{\"files\":[{\"name\":\"b.c\",\"size\":1}]}", ERR_NONE },
	{ MULTIPART, FILE_OF("a", "") END,
	    "{\"files\":[{\"name\":\"a\",\"size\":0}]}", ERR_NONE },
	{ MULTIPART, FILE_OF("", "") END, "{}", ERR_NONE },
	{ MULTIPART, FILE_OF("", "x") END, NULL, ERR_INVALID },
	{ MULTIPART,
	    FILE_OF("a", "1") FILE_OF("a", "2") FILE_OF("a", "3")
		FILE_OF("a", "4") FILE_OF("a", "5") FILE_OF("a", "6") END,
	    NULL, ERR_LIMIT }, /* I-07 */
	{ MULTIPART, "preamble\r\n" FIELD("a", "b") END, NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a", "b") END "epilogue", NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a", "b"), NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a", "b") "--B", NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a", "x\r\n--Bogus") END, NULL, ERR_INVALID },
	{ MULTIPART, "", NULL, ERR_INVALID },
	{ MULTIPART, "--B\r\nX: y\r\n\r\nz\r\n" END, NULL, ERR_INVALID },
	{ MULTIPART, "--B\r\n\r\nz\r\n" END, NULL, ERR_INVALID },
	{ MULTIPART, FIELD("", "b") END, NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a b", "b") END, NULL, ERR_INVALID },
	{ MULTIPART, FIELD("a", "\xff") END, NULL, ERR_INVALID },
	{ MULTIPART,
	    "--B\r\nContent-Disposition: attachment; "
	    "name=\"a\"\r\n\r\nb\r\n" END,
	    NULL, ERR_INVALID },
	{ MULTIPART,
	    "--B\r\nContent-Disposition: form-data; name=\"a\"; "
	    "name=\"b\"\r\n\r\nb\r\n" END,
	    NULL, ERR_INVALID },
	{ MULTIPART,
	    "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n" END,
	    NULL, ERR_INVALID },
	{ MULTIPART,
	    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nb\r\n" END,
	    NULL, ERR_INVALID },
	{ MULTIPART,
	    "--B\r\nContent-Disposition: form-data; name=\"other\"; "
	    "filename=\"x\"\r\n\r\nb\r\n" END,
	    NULL, ERR_INVALID },
	{ MULTIPART, FIELD("files", "x") END, NULL, ERR_INVALID },
	{ "multipart/form-data", "", NULL, ERR_INVALID },
	{ "multipart/form-data; boundary=", "", NULL, ERR_INVALID },
	{ "multipart/form-data; boundary=\"a b\"", "", NULL, ERR_INVALID },
	{ "multipart/form-data; boundary=\"\r\nx\"", "", NULL, ERR_INVALID },
	{ "multipart/mixed; boundary=B", "", NULL, ERR_INVALID },
	{ "text/plain", "a=b", NULL, ERR_INVALID },
	{ "", "a=b", NULL, ERR_INVALID },
};

/* The whole way, `step` bytes at a time. */
static bool
read_form(const struct row *row, size_t step, struct buf *out, struct err *err)
{
	struct form *form = NULL;
	AUTO(value) json_t *fields = NULL;
	size_t len = strlen(row->body);
	if (!form_new(str_of(row->type), &form, err))
		return false;
	bool good = true;
	for (size_t at = 0; good && at < len; at += step)
		good = form_feed(form, row->body + at,
		    step < len - at ? step : len - at, err);
	good = good && form_finish(form, &fields, err);
	if (good)
		value_print(out, fields);
	form_free(form);
	return good;
}

static void
test_table(void **state)
{
	(void)state;
	static const size_t steps[] = { 1, 2, 7, 4096 };
	for (size_t i = 0; i < COUNT(rows) * COUNT(steps); i++) {
		const struct row *row = &rows[i / COUNT(steps)];
		struct err err = { .kind = ERR_NONE };
		AUTO(buf) struct buf out = BUF(LIMIT_HTTP_FORM);
		bool good = read_form(row, steps[i % COUNT(steps)], &out, &err);
		if (good != (row->want != NULL) ||
		    (good && strcmp(buf_text(&out), row->want) != 0))
			print_message("row %zu: %s %s\n  gives %s %s\n",
			    i / COUNT(steps), row->type, row->body,
			    buf_text(&out), err.text);
		assert_int_equal(good, row->want != NULL);
		assert_int_equal(err.kind, row->kind);
		if (good)
			assert_string_equal(buf_text(&out), row->want);
	}
}

/* A body of `count` times `piece` between head and tail. */
static enum err_kind
feed_many(const char *type, const char *head, const char *piece, size_t count)
{
	struct form *form = NULL;
	struct err err = { .kind = ERR_NONE };
	AUTO(value) json_t *fields = NULL;
	AUTO(buf) struct buf block = BUF(1 << 20);
	assert_true(form_new(str_of(type), &form, &err));
	for (size_t i = 0; i < 1000; i++)
		buf_puts(&block, piece);
	bool good = form_feed(form, head, strlen(head), &err);
	for (size_t i = 0; good && i < count; i += 1000)
		good = form_feed(form, block.ptr, block.len, &err);
	if (good)
		(void)!form_finish(form, &fields, &err);
	form_free(form);
	return err.kind;
}

static void
test_limits(void **state)
{
	(void)state;
	static const char file[] =
	    "--B\r\nContent-Disposition: form-data; name=\"files\"; "
	    "filename=\"a\"\r\n\r\n";
	static const char field[] =
	    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
	/* I-07 */
	assert_int_equal(feed_many(MULTIPART, file, "0123456789abcdef",
			     LIMIT_UPLOAD_FILE / 16 + 1000),
	    ERR_LIMIT);
	assert_int_equal(feed_many(MULTIPART, field, "0123456789abcdef",
			     LIMIT_REPORT_TEXT / 16 + 1000),
	    ERR_LIMIT);
	assert_int_equal(
	    feed_many(MULTIPART, "--B\r\n", "X: y\r\n", 1000), ERR_LIMIT);
	assert_int_equal(feed_many(URLENCODED, "a=", "0123456789abcdef",
			     LIMIT_HTTP_FORM / 16 + 1000),
	    ERR_LIMIT);
	assert_int_equal(feed_many(URLENCODED, "a=b", "&a=b", 1000), ERR_LIMIT);
	assert_int_equal(
	    feed_many("application/json", "[", "[[[[", 1000), ERR_LIMIT);
}

/* What was uploaded cannot be changed behind its size. */
static void
test_sealed(void **state)
{
	(void)state;
	static const char body[] = FILE_OF("a", "hello") END;
	struct form *form = NULL;
	struct err err;
	const int *fds = NULL;
	char text[8] = "";
	assert_true(form_new(str_of(MULTIPART), &form, &err));
	assert_true(form_feed(form, body, strlen(body), &err));
	assert_int_equal(form_files(form, &fds), 1);
	assert_int_equal(pread(fds[0], text, 7, 0), 5);
	assert_string_equal(text, "hello");
	assert_int_equal(write(fds[0], "x", 1), -1);
	assert_int_equal(ftruncate(fds[0], 0), -1);
	form_free(form);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_sealed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
