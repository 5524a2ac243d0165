/* Disclosure of a case, as case.show tells it. */
#include "desk/case_show.h"
#include "desk/disclose.h"

bool
case_show_disclosure(struct ask *ask, const struct casefile *file,
    json_t *value, struct err *err)
{
	AUTO(value) json_t *status = json_object();
	static const char *const kept[] = { "checks", "advisories" };
	if (!disclosure_status(ask, file->row.id, status, err))
		return false;
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set(value, kept[i],
		    json_incref(json_object_get(status, kept[i])));
	value_set(value, "documents", json_array());
	(void)json_object_del(status, "checks");
	(void)json_object_del(status, "advisories");
	value_set(value, "disclosure", json_incref(status));
	return true;
}
