#include "config/config.h"

#include "config/check.h"
#include "config/schema.h"
#include "value/value.h"

#define TEXT KEY_TEXT
#define PATH KEY_PATH
#define LIST KEY_LIST
#define NUMBER KEY_NUMBER
#define SWITCH KEY_SWITCH

static const struct schema_section policy_sections[] = {
#define SECTION(name, value, titled, help) { #name, #value, titled, help },
#define KEY(section, name, type, fallback, check, help)
#include "config/policy.def"
#undef SECTION
#undef KEY
};

static const struct schema_key policy_keys[] = {
#define SECTION(name, value, titled, help)
#define KEY(section, name, type, fallback, check, help)                        \
	{ #section, #name, type, fallback, check_##check, help },
#include "config/policy.def"
#undef SECTION
#undef KEY
};

static const struct schema policy_schema = { "policy", policy_sections,
	COUNT(policy_sections), policy_keys, COUNT(policy_keys) };

/* An edge that the file does not name keeps the default of the machine. */
static void
drop_default_edges(json_t *policy)
{
	json_t *edges = json_object_get(policy, "edges"), *roles;
	const char *name;
	void *next;
	json_object_foreach_safe(edges, next, name, roles)
	{
		if (json_array_size(roles) == 0)
			json_object_del(edges, name);
	}
}

static bool
check_numbers(const char *path, const json_t *policy, struct err *err)
{
	if (value_int(policy, "embargo_days", 0) >
	    value_int(policy, "maximum_days", 0))
		return err_set(err, ERR_INVALID, "embargo_days",
		    "%s: embargo_days is more than maximum_days: lower it",
		    path);
	size_t index;
	json_t *limit;
	json_array_foreach(json_object_get(policy, "limits"), index, limit)
	{
		bool days = value_int(limit, "days", 0) > 0;
		bool hours = value_int(limit, "hours", 0) > 0;
		if (days == hours)
			return err_set(err, ERR_INVALID, "limit",
			    "%s: limit \"%s\": set either days or hours", path,
			    value_text(limit, "name"));
	}
	return true;
}

bool
policy_load(const char *path, json_t **ret, struct err *err)
{
	AUTO(value) json_t *policy = NULL;
	if (!schema_read(&policy_schema, path, &policy, err) ||
	    !check_numbers(path, policy, err))
		return false;
	drop_default_edges(policy);
	*ret = json_incref(policy);
	return true;
}

void
policy_print_keys(struct buf *out)
{
	schema_print(&policy_schema, out);
}
