#include "test.h"

#include "value/value.h"
#include "web/template.h"

struct row {
	const char *page;  /* a file of tests/templates */
	const char *value; /* JSON of "page" */
	const char *want;
};

#define BIDI "\\u202e"
#define SHOWN "<span class=\"unsafe\">U+202E</span>"

static const struct row rows[] = {
	/* text */
	{ "text", "\"<script>alert('1')&\\\"\"",
	    "<p>&lt;script&gt;alert(&#39;1&#39;)&amp;&quot;</p>" },
	{ "text", "\"a" BIDI "b\"", "<p>a" SHOWN "b</p>" }, /* I-32 */
	{ "text", "\"\\u001b[2J\"",
	    "<p><span class=\"unsafe\">U+001B</span>[2J</p>" },
	{ "text", "\"{{ me }}{% x %}\"", "<p>{{ me }}{% x %}</p>" }, /* I-35 */
	{ "text", "12", "<p>12</p>" },
	{ "text", "9.8", "<p>9.8</p>" },
	{ "text", "true", "<p>yes</p>" },
	{ "text", "null", "<p></p>" },
	{ "text", "{\"a\":1}", "<p></p>" },
	{ "text", "[1]", "<p></p>" },
	/* attributes */
	{ "attr", "\"\\\" onclick=x y='\"",
	    "<p title=\"&quot; onclick=x y=&#39;\">" },
	{ "attr", "\"" BIDI "\"", "<p title=\"&lt;U+202E&gt;\">" },
	{ "single", "\"' onclick=x\"", "<p title='&#39; onclick=x'>" },
	{ "value", "\"\\\"><b>" BIDI "\"",
	    "<input value=\"&quot;&gt;&lt;b&gt;\u202e\">" },
	{ "value", "true", "<input value=\"true\">" },
	{ "area", "\"\\n</textarea><script>\"",
	    "<textarea>\n\n&lt;/textarea&gt;&lt;script&gt;</textarea>" },
	{ "title", "\"</title><b>\"",
	    "<title>&lt;/title&gt;&lt;b&gt;</title>" },
	/* addresses */
	{ "url", "\"https://example.org/a?b=c&d=%20\"",
	    "<a href=\"https://example.org/a?b=c&amp;d=%20\">" },
	{ "url", "\"mailto:a@example.org\"",
	    "<a href=\"mailto:a@example.org\">" },
	{ "url", "\"/desk\"", "<a href=\"/desk\">" },
	{ "url", "\"?after=3\"", "<a href=\"?after=3\">" },
	{ "url", "\"javascript:alert(1)\"", "<a href=\"#unsafe\">" },
	{ "url", "\"JaVaScRiPt:alert(1)\"", "<a href=\"#unsafe\">" },
	{ "url", "\" javascript:alert(1)\"", "<a href=\"#unsafe\">" },
	{ "url", "\"java\\tscript:alert(1)\"", "<a href=\"#unsafe\">" },
	{ "url", "\"data:text/html,x\"", "<a href=\"#unsafe\">" },
	{ "url", "\"vbscript:x\"", "<a href=\"#unsafe\">" },
	{ "url", "\"//evil.example\"", "<a href=\"#unsafe\">" },
	{ "url", "\"/\\\\evil.example\"", "<a href=\"#unsafe\">" },
	{ "url", "\"/\\t/evil.example\"", "<a href=\"/%09/evil.example\">" },
	{ "url", "\"evil\"", "<a href=\"#unsafe\">" },
	{ "url", "\"/\\\"><script>\"", "<a href=\"/%22%3E%3Cscript%3E\">" },
	{ "url", "\"\"", "<a href=\"#unsafe\">" },
	{ "part", "\"a/../b?c=d&e\\\"\"",
	    "<a href=\"/case/a%2F..%2Fb%3Fc%3Dd%26e%22?q="
	    "a%2F..%2Fb%3Fc%3Dd%26e%22#x\">" },
	{ "part", "\"..\"", "<a href=\"/case/%252E%252E?q=%252E%252E#x\">" },
	{ "part", "\"\\u00e9\"", "<a href=\"/case/%C3%A9?q=%C3%A9#x\">" },
	{ "urlif", "\"x\"", "<a href=\"/a/x\">" },
	/* filters */
	{ "when", "\"2026-12-01T15:00:00Z\"",
	    "<time datetime=\"2026-12-01T15:00:00Z\">2026-12-01 15:00 UTC"
	    "</time>|<p title=\"2026-12-01 15:00 UTC\">|2026-12-01" },
	{ "when", "\"<b>\"", "|<p title=\"\">|" },
	{ "left", "\"2026-12-04T12:00:00Z\"", "in 3 days" },
	{ "left", "\"2026-12-01T11:59:00Z\"", "1 minute late" },
	{ "left", "\"2026-11-29T11:00:00Z\"", "2 days late" },
	{ "left", "\"2026-12-02T13:00:00Z\"", "in 25 hours" },
	{ "left", "null", "" },
	{ "lines", "\"a\\n<b>\"", "a<br>\n&lt;b&gt;" },
	{ "count", "[1,2]", "2" },
	{ "count", "null", "0" },
	{ "size", "3", "3 bytes" },
	{ "size", "10485760", "10 MiB" },
	{ "words", "\"in_<review\"", "in &lt;review" },
	{ "join", "[\"<a>\",\"b\"]", "&lt;a&gt;, &lt;b" },
	{ "json", "{\"a\":\"<\"}",
	    "<pre>{\n  &quot;a&quot;: &quot;&lt;&quot;\n}\n</pre>" },
	{ "default", "\"\"", "&lt;none&gt;" },
	{ "default", "\"x\"", "x" },
	/* markdown: I-31, I-37 */
	{ "markdown", "\"# T\\n\\n*a* `<b>`\"",
	    "<p><strong>T</strong></p>\n"
	    "<p><em>a</em> <code>&lt;b&gt;</code></p>\n" },
	{ "markdown", "\"[x](javascript:alert(1))\"",
	    "<p>x (javascript:alert(1))</p>\n" },
	{ "markdown", "\"<https://example.org>\"",
	    "<p>https://example.org</p>\n" },
	{ "markdown", "\"![alt](https://evil.example/x.png)\"",
	    "<p>[image: alt]</p>\n" },
	{ "markdown", "\"<script>x</script>\"",
	    "<pre>&lt;script&gt;x&lt;/script&gt;\n</pre>\n" },
	{ "markdown", "\"a <img src=x onerror=y> b\"",
	    "<p>a &lt;img src=x onerror=y&gt; b</p>\n" },
	{ "markdown", "\"- a\\n- b\"",
	    "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>\n" },
	{ "markdown", "\"a" BIDI "\"", "<p>a" SHOWN "</p>\n" },
	{ "markdown", "\"```\\n<x>\\n```\"",
	    "<pre><code>&lt;x&gt;\n</code></pre>\n" },
	{ "markdown", "3", "" },
	/* statements */
	{ "loop", "[{\"n\":1},{\"n\":\"<\"}]", "1,&lt;," },
	{ "loop", "[]", "empty" },
	{ "loop", "\"text\"", "" },
	{ "object", "{\"<\":1,\"b\":\"c\"}", "&lt;=1;b=c;" },
	{ "object", "{}", "empty" },
	{ "nested", "[{\"n\":1,\"l\":[2,3]},{\"n\":4,\"l\":[5]}]",
	    "12 13 45 " },
	{ "cond", "{\"a\":1}", "1" },
	{ "cond", "{\"a\":1,\"b\":1,\"c\":\"x\"}", "1" },
	{ "cond", "{\"d\":3}", "2" },
	{ "cond", "{\"e\":[\"q\",\"r\"]}", "3" },
	{ "cond", "{\"f\":\"\"}", "5" },
	{ "option", "true", "<option selected>" },
	{ "option", "false", "<option >" },
	{ "with", "{\"a\":{\"b\":7}}", "7" },
	{ "form", "1",
	    "<form method=\"post\"><input type=\"hidden\" name=\"csrf\" "
	    "value=\"tok\"></form>" },
	{ "comment", "1", "ab\nc\nd" },
	{ "array", "[{},{\"n\":\"x\"}]", "x" },
	{ "layout", "{\"a\":\"A\",\"b\":\"B\"}",
	    "<html><head><title>A</title></head>\n<body>\n<p>B</p>\n\n"
	    "</body></html>\n" },
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(value) json_t *value = json_object();
		AUTO(buf) struct buf out = BUF(LIMIT_PAGE);
		json_t *page = NULL;
		struct err err;
		assert_true(
		    value_parse(str_of(rows[i].value), 10000, &page, &err));
		value_set(value, "page", page);
		value_set_text(value, "csrf", "tok");
		value_set_text(value, "now", "2026-12-01T12:00:00Z");
		const struct template *row = template_find(rows[i].page);
		assert_non_null(row);
		row->page(&out, value);
		if (strcmp(buf_text(&out), rows[i].want) != 0)
			print_message(
			    "row %zu: %s %s\n", i, rows[i].page, rows[i].value);
		assert_string_equal(buf_text(&out), rows[i].want);
	}
}

static void
test_markdown_ceiling(void **state)
{
	(void)state;
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN + 10);
	for (size_t i = 0; i <= LIMIT_MARKDOWN; i++)
		buf_putc(&text, '>');
	AUTO(value) json_t *value = json_string(buf_text(&text));
	AUTO(buf) struct buf out = BUF(LIMIT_PAGE);
	template_markdown(&out, value);
	assert_memory_equal(buf_text(&out), "<pre>&gt;", 9);
}

/* Deeply nested quotes cost no stack and little time (I-36). */
static void
test_markdown_depth(void **state)
{
	(void)state;
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN);
	for (size_t i = 0; i < LIMIT_MARKDOWN; i++)
		buf_putc(&text, '>');
	AUTO(value) json_t *value = json_string(buf_text(&text));
	AUTO(buf) struct buf out = BUF(LIMIT_PAGE);
	template_markdown(&out, value);
	assert_false(out.failed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_markdown_ceiling),
		cmocka_unit_test(test_markdown_depth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
