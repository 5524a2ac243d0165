#include "desk/deadline.h"

bool
deadline_refresh(struct ask *ask, const struct casefile *file, struct err *err)
{
	(void)ask;
	(void)file;
	(void)err;
	return true;
}
