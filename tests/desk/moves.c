#include "moves.h"

void
report(struct house_test *t, const char *title, char number[32])
{
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{'title':'%s','component':'subsys/bluetooth/host/att.c',"
	    "'version':'4.3.0','steps':'Send a long value.','impact':'Code "
	    "runs.','exploited':'no','reproduced':'yes','reproduced_on':"
	    "'nrf52840dk','ai_help':'no','credit':'name','credit_name':'A. "
	    "Finder','contact':'finder@example.org'}",
	    title);
	(void)snprintf(number, 32, "%s", value_text(value, "case"));
}

int64_t
revision(struct house_test *t, const struct person *who, const char *number)
{
	const json_t *value =
	    house_ask(t, who, "case.show", "{'case':'%s'}", number);
	return value_int(value, "revision", 0);
}

const char *
state_of(struct house_test *t, const struct person *who, const char *number)
{
	return value_text(
	    house_ask(t, who, "case.show", "{'case':'%s'}", number), "state");
}

struct person
lead_of(struct house_test *t)
{
	return house_person(t, "lead@example.org", "team", NULL, NULL);
}

void
give(struct house_test *t, const struct person *who, const char *number)
{
	(void)MOVE(t, who, number,
	    "'to':'assigned','priority':'high','assignee':%lld,'domain':"
	    "'bluetooth'",
	    (long long)who->account);
}

void
assign(struct house_test *t, const struct person *who, const char *number)
{
	(void)MOVE(t, who, number, "'to':'triage'");
	give(t, who, number);
}
