/* Operations whose handler is not written yet answer so. Goes when empty. */
#include "desk/ask.h"

#define OP(id, name, kind, subject, summary)                                   \
	__attribute__((weak)) bool do_##id(                                    \
	    struct ask *ask, json_t **ret, struct err *err)                    \
	{                                                                      \
		(void)ask;                                                     \
		(void)ret;                                                     \
		return err_set(err, ERR_SYSTEM, NULL, name " is not built");   \
	}
#define ARG(name, type, min, max, need, choices, help)
#define OP_END
#include "ops/ops.def"
#undef OP
#undef ARG
#undef OP_END
