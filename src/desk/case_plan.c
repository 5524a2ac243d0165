/* Who works on a case, how urgent it is, and where in the code it lies. */
#include "desk/account.h"
#include "desk/case_parts.h"

#include <ctype.h>
#include <string.h>

struct str
case_area_tag(struct ask *ask, const char *area)
{
	AUTO(buf) struct buf lower = BUF(1000);
	for (; *area != '\0'; area++)
		buf_putc(&lower, (char)tolower((unsigned char)*area));
	return ask_tag(ask, "area", buf_text(&lower));
}

/* The policy's spelling of an area; any word when the policy has no areas. */
static const char *
find_area(const struct ask *ask, const char *name)
{
	const json_t *areas = ask_policy_value(ask, "areas");
	size_t i;
	json_t *area;
	json_array_foreach((json_t *)(uintptr_t)areas, i, area)
	{
		if (strcasecmp(value_text(area, "name"), name) == 0 ||
		    strcasecmp(value_text(area, "title"), name) == 0)
			return value_text(area, "name");
	}
	return json_array_size(areas) == 0 ? name : NULL;
}

static bool
take_domain(struct ask *ask, struct casefile *file, struct err *err)
{
	if (!ask_has(ask, "domain"))
		return true;
	const char *area = find_area(ask, ask_text(ask, "domain"));
	if (area == NULL)
		return err_set(err, ERR_INVALID, "domain",
		    "the policy has no area of this name; choose one of its "
		    "areas");
	value_set_text(file->body, "domain", area);
	file->row.area_tag = case_area_tag(ask, area);
	return true;
}

/* Somebody who may work on cases, and still does. */
static bool
take_assignee(struct ask *ask, struct casefile *file, struct err *err)
{
	AUTO(account) struct account account = { 0 };
	int64_t id = ask_int(ask, "assignee", 0);
	if (id == 0)
		return true;
	if (!account_open(ask, id, &account, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		return err_set(err, ERR_INVALID, "assignee",
		    "there is no account with this number");
	}
	bool works = strstr(account.row.roles, "team") != NULL ||
		     strstr(account.row.roles, "maintainer") != NULL;
	if (!works || strcmp(account.row.state, "active") != 0)
		return err_set(err, ERR_INVALID, "assignee",
		    "choose somebody active of the team or a maintainer");
	file->row.assignee_id = id;
	return true;
}

bool
case_take_plan(struct ask *ask, struct casefile *file, struct err *err)
{
	static const char *const texts[] = { "priority", "pr", "commit" };
	for (size_t i = 0; i < COUNT(texts); i++)
		if (ask_has(ask, texts[i]))
			value_set_text(
			    file->body, texts[i], ask_text(ask, texts[i]));
	return take_domain(ask, file, err) && take_assignee(ask, file, err);
}
