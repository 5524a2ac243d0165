#include "formats/markdown.h"

#include "core/utf8.h"
#include "value/value.h"

#include <cmark.h>
#include <string.h>

/* The walk: the block being filled and the text span being gathered. */
struct walk {
	json_t *blocks;
	json_t *spans; /* of the open block, borrowed; NULL between blocks */
	struct buf text;
	bool item; /* the next block is the first of a list item */
};

static void
node_auto(cmark_node **node)
{
	if (*node != NULL)
		cmark_node_free(*node);
}

static void
iter_auto(cmark_iter **iter)
{
	if (*iter != NULL)
		cmark_iter_free(*iter);
}

/* Closes the text span. Inner blanks are collapsed, end blanks kept. */
static void
span_close(struct walk *walk)
{
	const char *text = buf_text(&walk->text);
	if (walk->spans == NULL || text[0] == '\0') {
		walk->text.len = 0;
		return;
	}
	bool first = json_array_size(walk->spans) == 0;
	size_t len = walk->text.len;
	AUTO(buf) struct buf line = BUF(LIMIT_MARKDOWN * 4);
	if (!first && text[0] == ' ')
		buf_putc(&line, ' ');
	document_line(&line, text);
	if (line.len > 0 && text[len - 1] == ' ' &&
	    buf_text(&line)[line.len - 1] != ' ')
		buf_putc(&line, ' ');
	if (line.len > 0)
		(void)json_array_append_new(
		    walk->spans, json_string(buf_text(&line)));
	buf_free(&walk->text);
}

static void
block_open(struct walk *walk)
{
	json_t *block = json_object();
	walk->spans = json_array();
	value_set_text(block, "kind", walk->item ? "item" : "text");
	value_set(block, "spans", walk->spans);
	(void)json_array_append_new(walk->blocks, block);
	walk->item = false;
}

/* Drops a blank at the end of the block, and the block when empty. */
static void
block_close(struct walk *walk)
{
	span_close(walk);
	size_t count = json_array_size(walk->spans);
	json_t *last =
	    count > 0 ? json_array_get(walk->spans, count - 1) : NULL;
	if (json_is_string(last)) {
		size_t len = json_string_length(last);
		const char *text = json_string_value(last);
		if (len > 0 && text[len - 1] == ' ')
			(void)json_array_set_new(walk->spans, count - 1,
			    json_stringn(text, len - 1));
	}
	if (count == 0)
		(void)json_array_remove(
		    walk->blocks, json_array_size(walk->blocks) - 1);
	walk->spans = NULL;
}

static void
code_add(struct walk *walk, const char *code)
{
	AUTO(buf) struct buf line = BUF(LIMIT_MARKDOWN * 4);
	document_line(&line, code);
	if (line.len == 0 || walk->spans == NULL)
		return;
	span_close(walk);
	json_t *span = json_object();
	value_set_text(span, "code", buf_text(&line));
	(void)json_array_append_new(walk->spans, span);
}

static void
code_block_add(struct walk *walk, const char *code)
{
	AUTO(buf) struct buf text = BUF(LIMIT_MARKDOWN * 4);
	utf8_show(&text, code, strlen(code), true);
	while (text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.ptr[--text.len] = '\0';
	if (str_trim(str_of(buf_text(&text))).len == 0)
		return;
	json_t *block = json_object();
	value_set_text(block, "kind", "code");
	value_set_text(block, "text", buf_text(&text));
	(void)json_array_append_new(walk->blocks, block);
	walk->item = false;
}

/* The address of a link that does not already show it. */
static void
link_close(struct walk *walk, cmark_node *node)
{
	const char *url = cmark_node_get_url(node);
	cmark_node *child = cmark_node_first_child(node);
	const char *shown =
	    child == NULL ? NULL : cmark_node_get_literal(child);
	if (!document_url_is_safe(url) ||
	    (shown != NULL && strcmp(shown, url) == 0))
		return;
	buf_printf(&walk->text, " (%s)", url);
}

static void
inline_read(struct walk *walk, cmark_node *node, bool enter)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_TEXT && enter)
		buf_puts(&walk->text, cmark_node_get_literal(node));
	else if (type == CMARK_NODE_CODE && enter)
		code_add(walk, cmark_node_get_literal(node));
	else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
		buf_putc(&walk->text, ' ');
	else if (type == CMARK_NODE_LINK && !enter)
		link_close(walk, node);
}

static void
node_read(struct walk *walk, cmark_node *node, bool enter)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_ITEM)
		walk->item = enter;
	else if (type == CMARK_NODE_CODE_BLOCK)
		code_block_add(walk, cmark_node_get_literal(node));
	else if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)
		enter ? block_open(walk) : block_close(walk);
	else
		inline_read(walk, node, enter);
}

bool
markdown_blocks(
    const char *text, const char *field, json_t **ret, struct err *err)
{
	size_t len = strlen(text);
	if (len > LIMIT_MARKDOWN)
		return err_set(err, ERR_LIMIT, field,
		    "%s is longer than %u bytes", field, LIMIT_MARKDOWN);
	AUTO(node)
	cmark_node *root =
	    cmark_parse_document(text, len, CMARK_OPT_VALIDATE_UTF8);
	AUTO(iter)
	cmark_iter *iter = root == NULL ? NULL : cmark_iter_new(root);
	if (iter == NULL)
		return err_set(err, ERR_SYSTEM, field, "out of memory");
	struct walk walk = { .blocks = json_array(),
		.text = BUF(LIMIT_MARKDOWN * 4) };
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		node_read(&walk, cmark_iter_get_node(iter),
		    event == CMARK_EVENT_ENTER);
	buf_free(&walk.text);
	*ret = walk.blocks;
	return true;
}

static void
spans_plain(struct buf *out, const json_t *spans)
{
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span)
	{
		if (json_is_string(span))
			buf_puts(out, json_string_value(span));
		else
			buf_puts(out, value_text(span, "code"));
	}
}

void
markdown_plain(struct buf *out, const json_t *blocks)
{
	size_t i;
	json_t *block;
	const char *before = "";
	json_array_foreach(blocks, i, block)
	{
		const char *kind = value_text(block, "kind");
		bool item = strcmp(kind, "item") == 0;
		bool list = item && strcmp(before, "item") == 0;
		if (i > 0)
			buf_puts(out, list ? "\n" : "\n\n");
		buf_puts(out, item ? "- " : "");
		buf_puts(out, value_text(block, "text"));
		spans_plain(out, json_object_get(block, "spans"));
		before = kind;
	}
}
