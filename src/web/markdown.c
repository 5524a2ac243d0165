#include "core/limits.h"
#include "core/utf8.h"
#include "web/template.h"

#include <cmark.h>

/*
 * Node type to HTML. A type that is not in the table renders its children
 * only, so what is not allowed here cannot come out.
 */
static const struct {
	cmark_node_type type;
	const char *open, *close;
} marks[] = {
	{ CMARK_NODE_PARAGRAPH, "<p>", "</p>\n" },
	{ CMARK_NODE_HEADING, "<p><strong>", "</strong></p>\n" },
	{ CMARK_NODE_BLOCK_QUOTE, "<blockquote>\n", "</blockquote>\n" },
	{ CMARK_NODE_ITEM, "<li>", "</li>\n" },
	{ CMARK_NODE_THEMATIC_BREAK, "<hr>\n", "" },
	{ CMARK_NODE_CODE_BLOCK, "<pre><code>", "</code></pre>\n" },
	{ CMARK_NODE_HTML_BLOCK, "<pre>", "</pre>\n" },
	{ CMARK_NODE_CODE, "<code>", "</code>" },
	{ CMARK_NODE_EMPH, "<em>", "</em>" },
	{ CMARK_NODE_STRONG, "<strong>", "</strong>" },
	{ CMARK_NODE_SOFTBREAK, "\n", "" },
	{ CMARK_NODE_LINEBREAK, "<br>\n", "" },
	{ CMARK_NODE_IMAGE, "[image: ", "]" },
};

static void
put_literal(struct buf *out, cmark_node *node)
{
	const char *text = cmark_node_get_literal(node);
	if (text != NULL)
		template_puts(out, IN_TEXT, str_of(text));
}

static void
put_list(struct buf *out, cmark_node *node, bool entering)
{
	bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	if (!entering)
		buf_puts(out, ordered ? "</ol>\n" : "</ul>\n");
	else if (ordered)
		buf_printf(out, "<ol start=\"%d\">\n",
		    cmark_node_get_list_start(node));
	else
		buf_puts(out, "<ul>\n");
}

/* A link is its text and, unless that says it already, its target. */
static void
put_target(struct buf *out, cmark_node *node)
{
	const char *url = cmark_node_get_url(node);
	cmark_node *child = cmark_node_first_child(node);
	const char *text = child == NULL ? NULL : cmark_node_get_literal(child);
	if (url == NULL || (text != NULL && strcmp(text, url) == 0))
		return;
	buf_puts(out, " (");
	template_puts(out, IN_TEXT, str_of(url));
	buf_puts(out, ")");
}

static bool
is_leaf(cmark_node_type type)
{
	return type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK ||
	       type == CMARK_NODE_THEMATIC_BREAK || type == CMARK_NODE_CODE ||
	       type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK;
}

static void
put_node(struct buf *out, cmark_node *node, bool entering)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_TEXT || type == CMARK_NODE_HTML_INLINE)
		put_literal(out, node);
	else if (type == CMARK_NODE_LIST)
		put_list(out, node, entering);
	else if (type == CMARK_NODE_LINK && !entering)
		put_target(out, node);
	for (size_t i = 0; i < COUNT(marks); i++) {
		if (marks[i].type != type)
			continue;
		if (entering)
			buf_puts(out, marks[i].open);
		if (is_leaf(type))
			put_literal(out, node);
		if (!entering || is_leaf(type))
			buf_puts(out, marks[i].close);
	}
}

static void
put_document(struct buf *out, cmark_node *root)
{
	cmark_iter *iter = cmark_iter_new(root);
	for (;;) {
		cmark_event_type event = cmark_iter_next(iter);
		if (event == CMARK_EVENT_DONE || out->failed)
			break;
		put_node(
		    out, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
	}
	cmark_iter_free(iter);
}

void
template_markdown(struct buf *out, const json_t *value)
{
	size_t len = json_string_length(value);
	if (len == 0)
		return;
	cmark_node *root = NULL;
	if (len <= LIMIT_MARKDOWN)
		root = cmark_parse_document(
		    json_string_value(value), len, CMARK_OPT_DEFAULT);
	if (root == NULL) {
		buf_puts(out, "<pre>");
		template_put(out, IN_TEXT, value);
		buf_puts(out, "</pre>\n");
		return;
	}
	put_document(out, root);
	cmark_node_free(root);
}
