/* The picker of weaknesses. */
#include "desk/ask.h"

#include "severity/cwe.h"

#define MOST 60

bool
do_cwe_find(struct ask *ask, json_t **ret, struct err *err)
{
	const struct cwe *found[MOST];
	const char *text = ask_text(ask, "text");
	size_t count =
	    text[0] == '\0' ? 0 : cwe_search(str_of(text), found, MOST);
	json_t *list = json_array();
	(void)err;
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:o, s:i, s:s, s:s}", "id",
			      json_sprintf("CWE-%d", found[i]->id), "number",
			      found[i]->id, "name", found[i]->name, "usage",
			      cwe_usage_name(found[i]->usage)));
	*ret = json_pack("{s:o, s:b}", "found", list, "more", count == MOST);
	value_set_text(*ret, "text", text);
	value_set_text(*ret, "case", ask_text(ask, "case"));
	return true;
}
