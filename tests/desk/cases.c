#include "cases.h"

void
cases_report(struct house_test *t, char number[40])
{
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{'title':'Heap overflow in the parser','component':'net/parser',"
	    "'version':'v4.2.0','steps':'Send a long line.','impact':'Remote "
	    "code execution.','exploited':'no','reproduced':'no',"
	    "'ai_help':'no','contact':'finder@example.org'}");
	(void)snprintf(number, 40, "%s", value_text(value, "case"));
}

struct visit {
	const char *number;
	cases_look *look;
	void *context;
};

static bool
visit(struct ask *ask, void *context, struct err *err)
{
	const struct visit *visit = context;
	AUTO(casefile) struct casefile file = { 0 };
	struct row_case_by_number row;
	return q_case_by_number(
		   ask->db, ask->pass, ask->arena, visit->number, &row, err) &&
	       case_unseal(ask, &row, &file, err) &&
	       visit->look(ask, &file, visit->context, err);
}

void
cases_with(
    struct house_test *t, const char *number, cases_look *look, void *context)
{
	struct visit all = { number, look, context };
	ok(&t->base, dispatch_system(
			 &t->house, OP_case_move, visit, &all, &t->base.err));
}

struct position {
	enum machine_state state;
	const char *rm;
};

static bool
move(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	const struct position *position = context;
	file->state = position->state;
	file->row.rm = position->rm;
	return case_save(ask, file, err);
}

void
cases_place(struct house_test *t, const char *number, enum machine_state state,
    const char *rm)
{
	struct position position = { state, rm };
	cases_with(t, number, move, &position);
}
