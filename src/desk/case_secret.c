/* What must not be said to one reporter about another's case (I-20). */
#include "desk/case_parts.h"
#include "desk/fix.h"

#include "rules/machine.h"

#include <string.h>

/* Anything shorter would stop honest sentences. */
#define SHORTEST 6

struct search {
	struct ask *ask;
	const char *text;
	const char *own; /* the own case's words, which may be said */
	const char *found;
	int64_t own_id;
};

static bool
is_said(struct search *search, const char *word)
{
	if (strlen(word) < SHORTEST || strcasestr(search->text, word) == NULL ||
	    strcasestr(search->own, word) != NULL)
		return false;
	search->found = ask_print(search->ask, "%s", word);
	return true;
}

/* A component is a give-away when it is a path, not when it is a word. */
static bool
is_path_said(struct search *search, const char *component)
{
	return strchr(component, '/') != NULL && is_said(search, component);
}

static bool
case_said(struct search *search, const struct casefile *other)
{
	const json_t *body = other->body;
	return is_said(search, other->row.number) ||
	       is_said(search, value_text(body, "pr")) ||
	       is_said(search, value_text(body, "commit")) ||
	       is_path_said(search, value_text(body, "component")) ||
	       is_path_said(search,
		   value_text(json_object_get(body, "report"), "component"));
}

/* Pull requests and commits of the other case's branches. */
static bool
search_branches(
    struct search *search, const struct casefile *other, struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	if (!fix_list(search->ask, other, &fixes, err))
		return false;
	for (size_t i = 0; i < fixes.count && search->found == NULL; i++) {
		const json_t *body = fixes.rows[i].body;
		if (!is_said(search, value_text(body, "pr")))
			(void)is_said(search, value_text(body, "commit"));
	}
	return true;
}

/* Ids that are not public and not of this case. */
static bool
search_ids(struct search *search, int64_t own_id, struct err *err)
{
	struct row_cve_given *rows;
	size_t count;
	if (!q_cve_given(
		search->ask->db, search->ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count && search->found == NULL; i++)
		if (rows[i].case_id != own_id &&
		    strcmp(rows[i].state, "published") != 0)
			(void)is_said(search, rows[i].id);
	return true;
}

static bool
search_case(struct ask *ask, const struct row_case_by_number *row,
    void *context, struct err *err)
{
	struct search *search = context;
	AUTO(casefile) struct casefile other = { 0 };
	if (search->found != NULL || row->id == search->own_id ||
	    strcmp(row->state, "public") == 0)
		return true;
	if (!case_unseal(ask, row, &other, err))
		return false;
	return case_said(search, &other) ||
	       search_branches(search, &other, err);
}

static const char *
own_words(struct ask *ask, const struct casefile *file)
{
	const json_t *report = json_object_get(file->body, "report");
	return ask_print(ask, "%s %s %s %s %s %s %s %s %s", file->row.number,
	    value_text(file->body, "pr"), value_text(file->body, "commit"),
	    value_text(file->body, "component"),
	    value_text(report, "component"), value_text(report, "title"),
	    value_text(report, "steps"), value_text(report, "impact"),
	    value_text(report, "poc"));
}

bool
case_is_discreet(struct ask *ask, const struct casefile *file, const char *text,
    const char *field, struct err *err)
{
	struct search search = { .ask = ask,
		.text = text,
		.own = own_words(ask, file),
		.own_id = file->row.id };
	if (text[0] == '\0')
		return true;
	if (!search_ids(&search, file->row.id, err) ||
	    !case_each(ask, search_case, &search, err))
		return false;
	if (search.found == NULL)
		return true;
	return err_set(err, ERR_INVALID, field,
	    "the text names %.120s, which is embargoed in another case; take "
	    "it out, the reporter must learn nothing of that case",
	    search.found);
}
