/*
 * Prints one compiled page for the browser tests.
 * usage: render TEMPLATE < value.json
 */
#include "core/limits.h"
#include "web/template.h"

#include <stdio.h>

static int
refuse(const char *what, const char *which)
{
	(void)fprintf(stderr, "render: %s %s\n", what, which);
	return 1;
}

int
main(int argc, char **argv)
{
	const struct template *page = argc == 2 ? template_find(argv[1]) : NULL;
	if (page == NULL)
		return refuse("no template", argc == 2 ? argv[1] : "named");
	json_error_t wrong;
	json_t *value = json_loadf(stdin, 0, &wrong);
	if (value == NULL)
		return refuse("the value is not JSON:", wrong.text);
	AUTO(buf) struct buf out = BUF(LIMIT_PAGE);
	page->page(&out, value);
	json_decref(value);
	const char *text = buf_text(&out);
	if (out.failed || fputs(text, stdout) < 0)
		return refuse("cannot print", argv[1]);
	return 0;
}
