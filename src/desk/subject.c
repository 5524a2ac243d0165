#include "desk/subject.h"

#include "desk/link.h"
#include "desk/maker.h"

#include <strings.h>

/* Looking at a row in order to decide access needs a pass of its own. */
static struct pass
lookup_pass(const struct ask *ask)
{
	return access_system(ask->actor, ask->op->id);
}

static bool
has_relation(struct ask *ask, struct str tag, const char *kind, bool *ret,
    struct err *err)
{
	struct row_account_has_scope row;
	if (!q_account_has_scope(ask->db, ask->arena, ask->actor->account_id,
		kind, tag, &row, err))
		return false;
	*ret = row.found > 0;
	return true;
}

static bool
manages_line(struct ask *ask, const struct pass *pass, int64_t case_id,
    bool *ret, struct err *err)
{
	struct row_line_of_case *lines;
	size_t count;
	if (!q_line_of_case(
		ask->db, pass, ask->arena, case_id, &lines, &count, err))
		return false;
	bool found = false;
	for (size_t i = 0; i < count && !found; i++) {
		if (!has_relation(ask, ask_tag(ask, "line", lines[i].line),
			"line", &found, err))
			return false;
	}
	*ret = found;
	return true;
}

/* A contact of an active maker who has a live grant for this case. */
static bool
is_granted(struct ask *ask, const struct pass *pass, int64_t case_id, bool *ret,
    struct err *err)
{
	struct row_grant_live row;
	if (!q_grant_live(ask->db, pass, ask->arena, case_id,
		ask->actor->account_id, ask->now,
		ask_policy(ask, "terms.version"), maker_grace_from(ask), &row,
		err))
		return false;
	*ret = row.found > 0;
	return true;
}

bool
case_relations(struct ask *ask, const struct row_case_by_number *row,
    unsigned *ret, struct err *err)
{
	const struct pass pass = lookup_pass(ask);
	unsigned relations = REL_ANY;
	unsigned roles = ask->actor->roles;
	bool area = false, line = false, granted = false;
	if (ask->actor->account_id != 0 &&
	    row->assignee_id == ask->actor->account_id)
		relations |= REL_ASSIGNED;
	if ((roles & ROLE_BIT(ROLE_MAINTAINER)) != 0 && row->area_tag.len > 0 &&
	    !has_relation(ask, row->area_tag, "area", &area, err))
		return false;
	if ((roles & ROLE_BIT(ROLE_RELEASE_MANAGER)) != 0 &&
	    !manages_line(ask, &pass, row->id, &line, err))
		return false;
	if ((roles & (ROLE_BIT(ROLE_MAKER) | ROLE_BIT(ROLE_MEMBER))) != 0 &&
	    !is_granted(ask, &pass, row->id, &granted, err))
		return false;
	relations |= area ? REL_AREA : 0;
	relations |= line ? REL_LINE : 0;
	relations |= granted ? REL_GRANTED : 0;
	*ret = relations;
	return true;
}

static bool
use_case(struct ask *ask, const struct row_case_by_number *row,
    struct subject *ret, struct err *err)
{
	struct subject subject = {
		.kind = OP_ON_CASE, .id = row->id, .number = row->number
	};
	if (!machine_find(str_of(row->state), &subject.state))
		return err_set(err, ERR_SYSTEM, NULL,
		    "case %s has the unknown state %s", row->number,
		    row->state);
	if (!case_relations(ask, row, &subject.relations, err))
		return false;
	*ret = subject;
	return true;
}

static bool
find_case(struct ask *ask, struct subject *ret, struct err *err)
{
	const struct pass pass = lookup_pass(ask);
	struct row_case_by_number row;
	return q_case_by_number(ask->db, &pass, ask->arena,
		   ask_text(ask, "case"), &row, err) &&
	       use_case(ask, &row, ret, err);
}

static bool
find_link(
    struct ask *ask, struct actor *actor, struct subject *ret, struct err *err)
{
	const struct pass pass = lookup_pass(ask);
	struct row_case_by_number row;
	int64_t case_id;
	if (!link_find(
		ask, "report", ask_text(ask, "link"), false, &case_id, err) ||
	    !q_case_by_id(ask->db, &pass, ask->arena, case_id, &row, err) ||
	    !use_case(ask, &row, ret, err))
		return false;
	actor->roles |= ROLE_BIT(ROLE_REPORTER);
	ret->relations |= REL_LINK;
	return true;
}

/* Employed by the maker, by name or by mail domain. */
static bool
is_employed(const struct actor *actor, const json_t *body)
{
	static const char *const names[] = { "organisation", "legal_name" };
	struct str domain = registry_alias_domain(str_of(actor->email));
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *name = value_text(body, names[i]);
		if (name[0] != '\0' && strcasecmp(name, actor->employer) == 0)
			return true;
	}
	size_t i;
	json_t *own;
	json_array_foreach(json_object_get(body, "domains"), i, own)
	{
		if (registry_host_in(domain, str_of(json_string_value(own))))
			return true;
	}
	return false;
}

static bool
find_maker(struct ask *ask, struct subject *ret, struct err *err)
{
	const struct pass pass = lookup_pass(ask);
	struct row_maker_relation row;
	AUTO(value) json_t *body = NULL;
	int64_t maker_id = ask_int(ask, "maker", 0);
	if (!q_maker_relation(ask->db, &pass, ask->arena, maker_id,
		ask->actor->account_id, ask->now, &row, err) ||
	    !ask_unseal(
		ask, row.key_id, "maker.body", maker_id, row.body, &body, err))
		return false;
	bool employed = row.contacts > 0 || is_employed(ask->actor, body);
	*ret = (struct subject){ .kind = OP_ON_MAKER,
		.id = maker_id,
		.number =
		    arena_printf(ask->arena, "maker:%lld", (long long)maker_id),
		.relations = REL_ANY | (row.contacts > 0 ? REL_OWN : 0) |
			     (employed ? REL_EMPLOYER : 0) };
	return true;
}

bool
subject_find(
    struct ask *ask, struct actor *actor, struct subject *ret, struct err *err)
{
	switch (ask->op->subject) {
	case OP_ON_CASE:
		return find_case(ask, ret, err);
	case OP_ON_LINK:
		return find_link(ask, actor, ret, err);
	case OP_ON_MAKER:
		return find_maker(ask, ret, err);
	case OP_ON_NONE:
		break;
	}
	*ret = (struct subject){
		.kind = OP_ON_NONE, .number = "", .relations = REL_ANY
	};
	return true;
}
