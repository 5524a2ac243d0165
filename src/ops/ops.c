#include "ops/ops.h"

#include <string.h>

#define MUST_HAVE true
#define MAY_HAVE false

#define OP(id, name, kind, subject, summary)                                   \
	static const struct op_arg args_##id[] = {
#define ARG(name, type, min, max, need, choices, help)                         \
	{ name, ARG_##type, min, max, need, choices, help },
#define OP_END                                                                 \
	{                                                                      \
		NULL, ARG_TEXT, 0, 0, false, NULL, NULL                        \
	}                                                                      \
	}                                                                      \
	;
#include "ops/ops.def"
#undef OP
#undef ARG
#undef OP_END

static const struct op table[OP_COUNT] = {
#define OP(id, name, kind, subject, summary)                                   \
	[OP_##id] = { OP_##id, name, OP_##kind, OP_ON_##subject, summary,      \
		args_##id },
#define ARG(name, type, min, max, need, choices, help)
#define OP_END
#include "ops/ops.def"
#undef OP
#undef ARG
#undef OP_END
};

const struct op *
op_get(enum op_id id)
{
	return &table[id];
}

const struct op *
op_find(const char *name)
{
	for (size_t i = 0; i < OP_COUNT; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

const struct op_arg *
op_arg_find(const struct op *op, const char *name)
{
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg;
	return NULL;
}
