#include "test.h"

#include "core/limits.h"
#include "mail/address.h"
#include "mail/compose.h"
#include "mail/smtp.h"
#include "value/value.h"

/* True if out holds text. */
static bool
has(const struct buf *out, const char *text)
{
	return strstr(buf_text(out), text) != NULL;
}

static void
address_takes_one_plain_address(void **state)
{
	(void)state;
	static const char *const good[] = {
		"a@b",
		"alerts@maker.example.org",
		"first.last+tag@example.org",
		"o'brien@x-y.example.org",
	};
	struct err err;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(address_check(str_of(good[i]), "to", &err));
	assert_true(
	    str_eq(address_domain(STR("a@b.example.org")), "b.example.org"));
}

static void
address_refuses_everything_else(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"a",
		"@",
		"a@",
		"@b",
		"a@b@c",
		"a b@example.org",
		"a@example.org ",
		" a@example.org",
		"a@example.org,b@example.org",
		"a@example.org;b@example.org",
		"a@example.org\r\nBcc: b@example.org",
		"a@example.org\n",
		"a\r@example.org",
		"\"a b\"@example.org",
		"A <a@example.org>",
		"<a@example.org>",
		"a(comment)@example.org",
		".a@example.org",
		"a.@example.org",
		"a..b@example.org",
		"a@.example.org",
		"a@example.org.",
		"a@-x.example.org",
		"a@x-.example.org",
		"a@[127.0.0.1]",
		"a@ex_ample.org",
		"\xc3\xbc@example.org",
		"a@\xc3\xbc.example.org",
		"a\x7f@example.org",
	};
	struct err err;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(address_check(str_of(bad[i]), "to", &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(err.field, "to");
	}
	assert_false(address_check(STR("a\0@example.org"), "to", &err));
	char local[80];
	memset(local, 'a', sizeof(local));
	memcpy(local + 65, "@b", 3);
	assert_false(address_check(str_of(local), "to", &err));
	assert_true(address_check(str_of(local + 1), "to", &err));
	char text[300];
	memset(text, 'a', sizeof(text));
	memcpy(text, "a@", 2);
	text[255] = '\0';
	assert_false(address_check(str_of(text), "to", &err));
}

/* A mail that is good in every field, with one of them replaced. */
static json_t *
mail_with(const char *key, const char *text)
{
	json_t *mail = json_object();
	value_set_text(mail, "from", "psirt@example.org");
	value_set_text(mail, "to", "alerts@maker.example.org");
	value_set_text(mail, "subject", "Please log in");
	value_set_text(mail, "text", "Log in to read.\n");
	value_set_text(mail, "message_id", "<1.2@example.org>");
	value_set_text(mail, "date", "2026-12-01T15:00:00Z");
	if (key != NULL)
		json_object_set_new(mail, key, json_string(text));
	return mail;
}

static void
compose_writes_a_whole_message(void **state)
{
	(void)state;
	AUTO(value) json_t *mail = mail_with("reply_to", "case7@example.org");
	AUTO(buf) struct buf out = BUF(LIMIT_MAIL);
	struct err err;
	assert_true(compose_mail(mail, &out, &err));
	static const char *const lines[] = {
		"From: psirt@example.org\r\n",
		"To: alerts@maker.example.org\r\n",
		"Reply-To: case7@example.org\r\n",
		"Subject: Please log in\r\n",
		"Message-Id: <1.2@example.org>\r\n",
		"Date: Tue, 01 Dec 2026 15:00:00 +0000\r\n",
		"Auto-Submitted: auto-generated\r\n",
		"MIME-Version: 1.0\r\n",
		"Content-Type: text/plain; charset=utf-8\r\n",
		"Content-Transfer-Encoding: quoted-printable\r\n",
		"\r\n\r\nLog in to read.\r\n",
	};
	for (size_t i = 0; i < COUNT(lines); i++)
		if (!has(&out, lines[i]))
			fail_msg("lacks %s in\n%s", lines[i], buf_text(&out));
}

static void
compose_names_the_field_at_fault(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		const char *text;
	} bad[] = {
		{ "from", "" },
		{ "from", "a@b\r\nX: y" },
		{ "to", "a@b, c@d" },
		{ "to", "Name <a@b>" },
		{ "reply_to", "a@b\nBcc: c@d" },
		{ "message_id", "" },
		{ "message_id", "<a@b>\r\nX: y" },
		{ "message_id", "<a b@c>" },
		{ "date", "yesterday" },
		{ "date", "2026-02-30T00:00:00Z" },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(value) json_t *mail = mail_with(bad[i].key, bad[i].text);
		AUTO(buf) struct buf out = BUF(LIMIT_MAIL);
		struct err err = { 0 };
		assert_false(compose_mail(mail, &out, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(err.field, bad[i].key);
		assert_int_equal(out.len, 0);
	}
}

static void
compose_refuses_the_wrong_shape(void **state)
{
	(void)state;
	static const char *const keys[] = { "from", "to", "subject", "text",
		"message_id", "date" };
	struct err err;
	AUTO(buf) struct buf out = BUF(LIMIT_MAIL);
	for (size_t i = 0; i < COUNT(keys); i++) {
		AUTO(value) json_t *mail = mail_with(NULL, NULL);
		json_object_del(mail, keys[i]);
		assert_false(compose_mail(mail, &out, &err));
		assert_string_equal(err.field, keys[i]);
		json_object_set_new(mail, keys[i], json_integer(1));
		assert_false(compose_mail(mail, &out, &err));
		assert_string_equal(err.field, keys[i]);
	}
	AUTO(value) json_t *extra = mail_with("bcc", "a@b");
	assert_false(compose_mail(extra, &out, &err));
	AUTO(value) json_t *list = json_array();
	assert_false(compose_mail(list, &out, &err));
	assert_false(compose_mail(NULL, &out, &err));
	AUTO(value) json_t *mail = mail_with(NULL, NULL);
	AUTO(buf) struct buf small = BUF(100);
	assert_false(compose_mail(mail, &small, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(small.len, 0);
}

/* Every byte visible ASCII, every line ended by CRLF and short. */
static void
bytes_check(const struct buf *out)
{
	size_t line = 0;
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = (unsigned char)out->ptr[i];
		if (c == '\n') {
			assert_true(i > 0 && out->ptr[i - 1] == '\r');
			line = 0;
			continue;
		}
		if (c == '\r')
			assert_int_equal(out->ptr[i + 1], '\n');
		else
			assert_true(c == '\t' || (c >= ' ' && c < 0x7f));
		assert_true(++line <= 998);
	}
	assert_int_equal(out->ptr[out->len - 1], '\n');
}

static void
compose_keeps_hostile_text_out_of_the_headers(void **state)
{
	(void)state;
	static const char *const hostile[] = {
		"x\r\nBcc: evil@example.net",
		"x\nBcc: evil@example.net",
		"x\rBcc: evil@example.net",
		"x\r\n\r\n<script>alert(1)</script>",
		"x\r\n\tBcc: evil@example.net",
		"\xe2\x80\xae"
		"gpj.exe",
		"=?utf-8?q?x=0D=0ABcc:_evil=40example.net?=",
		"\x1b[2Jx",
		"a\x7f",
		"\xe2\x80\xa8"
		"Bcc: evil@example.net",
		"\xf0\x9f\x94\x92 umlaut \xc3\xa4 \xe6\xbc\x8f\xe6\xb4\x9e",
		"From psirt@example.org\n.\r\n.\r\nMAIL FROM:<a@b>\r\n",
	};
	static const char *const keys[] = { "subject", "from_name", "text" };
	struct err err;
	for (size_t i = 0; i < COUNT(hostile) * COUNT(keys); i++) {
		const char *key = keys[i % COUNT(keys)];
		AUTO(value)
		json_t *mail = mail_with(key, hostile[i / COUNT(keys)]);
		AUTO(buf) struct buf out = BUF(LIMIT_MAIL);
		assert_true(compose_mail(mail, &out, &err));
		bytes_check(&out);
		const char *end = strstr(buf_text(&out), "\r\n\r\n");
		const char *bcc = strstr(buf_text(&out), "\nBcc:");
		assert_true(bcc == NULL || bcc > end);
		assert_false(has(&out, "=?utf-8?q?x"));
	}
}

static void
compose_cuts_a_long_subject_at_a_character(void **state)
{
	(void)state;
	char subject[4 * LIMIT_MAIL_SUBJECT + 1];
	for (size_t i = 0; i < sizeof(subject) - 1; i += 2)
		memcpy(subject + i, "\xc3\xa4", 2);
	subject[sizeof(subject) - 1] = '\0';
	AUTO(value) json_t *mail = mail_with("subject", subject);
	AUTO(buf) struct buf out = BUF(LIMIT_MAIL);
	struct err err;
	assert_true(compose_mail(mail, &out, &err));
	bytes_check(&out);
	assert_true(out.len < 2000);
}

static void
smtp_refuses_a_bad_relay(void **state)
{
	(void)state;
	static const struct smtp_relay bad[] = {
		{ .url = NULL },
		{ .url = "" },
		{ .url = "http://127.0.0.1" },
		{ .url = "smtp://" },
		{ .url = "smtp://host/path" },
		{ .url = "smtp://user:word@host" },
		{ .url = "smtp://host\r\nx" },
	};
	static const struct smtp_relay good[] = {
		{ .url = "smtp://127.0.0.1:25" },
		{ .url = "smtps://mail.example.org",
		    .user = "a",
		    .password = "b" },
		{ .url = "smtp://mail.example.org:587",
		    .user = "a",
		    .password = "b" },
		{ .url = "smtp://localhost", .user = "a", .password = "b" },
		{ .url = "smtp://[::1]:25", .user = "a", .password = "b" },
	};
	struct err err;
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(smtp) struct smtp *smtp = NULL;
		assert_false(smtp_new(&bad[i], &smtp, &err));
		assert_string_equal(err.field, "smtp");
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		AUTO(smtp) struct smtp *smtp = NULL;
		assert_true(smtp_new(&good[i], &smtp, &err));
	}
}

static void
smtp_answers_retry_when_nobody_listens(void **state)
{
	(void)state;
	const struct smtp_relay relay = { .url = "smtp://127.0.0.1:1" };
	AUTO(smtp) struct smtp *smtp = NULL;
	struct err err;
	struct smtp_reply reply;
	assert_true(smtp_new(&relay, &smtp, &err));
	smtp_send(smtp, "a@example.org", "b@example.org", STR("x\r\n"), &reply);
	assert_int_equal(reply.result, SMTP_RETRY);
	assert_int_equal(reply.code, 0);
	assert_true(reply.text[0] != '\0');
	smtp_send(smtp, "a@example.org", "b@example.org>\r\nRCPT TO:<c@d",
	    STR("x\r\n"), &reply);
	assert_int_equal(reply.result, SMTP_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_takes_one_plain_address),
		cmocka_unit_test(address_refuses_everything_else),
		cmocka_unit_test(compose_writes_a_whole_message),
		cmocka_unit_test(compose_names_the_field_at_fault),
		cmocka_unit_test(compose_refuses_the_wrong_shape),
		cmocka_unit_test(compose_keeps_hostile_text_out_of_the_headers),
		cmocka_unit_test(compose_cuts_a_long_subject_at_a_character),
		cmocka_unit_test(smtp_refuses_a_bad_relay),
		cmocka_unit_test(smtp_answers_retry_when_nobody_listens),
	};
	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
