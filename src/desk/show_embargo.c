/* Embargo, people and facts of a case, as case.show tells them. */
#include "desk/case_show.h"

bool
case_show_embargo(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	(void)ask;
	(void)file;
	(void)err;
	value_set(value, "terms", json_array());
	value_set(value, "participants", json_array());
	value_set(value, "facts", json_array());
	return true;
}
