/* Everything of one case the asker may see, as one value. */
#include "desk/case_show.h"

static void
show_head(const struct casefile *file, json_t *value)
{
	value_set_text(value, "number", file->row.number);
	value_set_text(value, "state", machine_name(file->state));
	value_set_text(value, "state_label", machine_label(file->state));
	value_set_int(value, "revision", file->row.revision);
}

bool
do_case_show(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *value = json_object();
	unsigned seen = access_sections(ask->actor, ask->subject.relations);
	if (!case_open(ask, &file, err))
		return false;
	show_head(&file, value);
	value_set(value, "embargo", json_object());
	if (((seen & SECTION_PEOPLE) != 0 &&
		(!case_show_embargo(ask, &file, value, err) ||
		    !case_show_makers(ask, &file, value, err))) ||
	    ((seen & SECTION_FIX) != 0 &&
		!case_show_fixes(ask, &file, value, err)) ||
	    ((seen & SECTION_DOCUMENTS) != 0 &&
		!case_show_disclosure(ask, &file, value, err)))
		return false;
	*ret = json_incref(value);
	return true;
}
