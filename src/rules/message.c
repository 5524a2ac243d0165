#include "rules/message.h"

static const struct message messages[MESSAGES] = {
	{ "RS", "report submission", "RK", "RE" },
	{ "RI", "report invalid", "RK", "RE" },
	{ "RV", "report valid", "RK", "RE" },
	{ "RD", "report deferred", "RK", "RE" },
	{ "RA", "report accepted", "RK", "RE" },
	{ "RC", "report closed", "RK", "RE" },
	{ "RK", "report message acknowledged", "", "" },
	{ "RE", "report message unexpected", "RK", "GI" },
	{ "EP", "embargo proposed", "EK", "EE" },
	{ "ER", "embargo proposal rejected", "EK", "EE" },
	{ "EA", "embargo accepted", "EK", "EE" },
	{ "EV", "embargo revision proposed", "EK", "EE" },
	{ "EJ", "embargo revision rejected", "EK", "EE" },
	{ "EC", "embargo revision accepted", "EK", "EE" },
	{ "ET", "embargo terminated", "EK", "EE" },
	{ "EK", "embargo message acknowledged", "", "" },
	{ "EE", "embargo message unexpected", "EK", "GI" },
	{ "CV", "vendor aware", "CK", "CE" },
	{ "CF", "fix ready", "CK", "CE" },
	{ "CD", "fix deployed", "CK", "CE" },
	{ "CP", "public aware", "CK", "CE" },
	{ "CX", "exploit public", "CK", "CE" },
	{ "CA", "attacks observed", "CK", "CE" },
	{ "CK", "case message acknowledged", "", "" },
	{ "CE", "case message unexpected", "CK", "GI" },
	{ "GI", "inquiry", "GK", "GE" },
	{ "GK", "inquiry acknowledged", "", "" },
	{ "GE", "inquiry unexpected", "GK", "GI" },
};

const struct message *
message_all(void)
{
	return messages;
}

const struct message *
message_find(struct str code)
{
	for (size_t i = 0; i < MESSAGES; i++)
		if (str_eq(code, messages[i].code))
			return &messages[i];
	return NULL;
}

const char *
message_from_rm(enum rm from, enum rm to)
{
	static const struct {
		const char *from;
		enum rm to;
		const char *code;
	} rows[] = {
		{ "R", RM_INVALID, "RI" },
		{ "RI", RM_VALID, "RV" },
		{ "VA", RM_DEFERRED, "RD" },
		{ "VD", RM_ACCEPTED, "RA" },
		{ "IDA", RM_CLOSED, "RC" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].to == to &&
		    strchr(rows[i].from, rm_name(from)[0]) != NULL)
			return rows[i].code;
	return NULL;
}

const char *
message_from_em(enum em from, enum em_event event, enum em to)
{
	static const struct {
		enum em from;
		enum em_event event;
		enum em to;
		const char *code;
	} rows[] = {
		{ EM_NONE, EM_PROPOSE, EM_PROPOSED, "EP" },
		{ EM_PROPOSED, EM_PROPOSE, EM_PROPOSED, "EP" },
		{ EM_PROPOSED, EM_REJECT, EM_NONE, "ER" },
		{ EM_PROPOSED, EM_ACCEPT, EM_ACTIVE, "EA" },
		{ EM_ACTIVE, EM_PROPOSE, EM_REVISE, "EV" },
		{ EM_REVISE, EM_PROPOSE, EM_REVISE, "EV" },
		{ EM_REVISE, EM_REJECT, EM_ACTIVE, "EJ" },
		{ EM_REVISE, EM_ACCEPT, EM_ACTIVE, "EC" },
		{ EM_ACTIVE, EM_TERMINATE, EM_EXITED, "ET" },
		{ EM_REVISE, EM_TERMINATE, EM_EXITED, "ET" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].from == from && rows[i].event == event &&
		    rows[i].to == to)
			return rows[i].code;
	return NULL;
}

const char *
message_from_cs(enum cs_event event)
{
	static const char *const codes[CS_EVENTS] = { "CV", "CF", "CD", "CP",
		"CX", "CA" };
	return codes[event];
}

bool
message_may_submit(enum rm sender)
{
	return sender == RM_ACCEPTED;
}

bool
message_moves_rm(struct str code, enum rm receiver, enum rm_event *ret)
{
	if (!str_eq(code, "RS") || receiver != RM_START)
		return false;
	*ret = RM_RECEIVE;
	return true;
}

bool
message_sets_fact(struct str code, enum cs_event *ret)
{
	for (size_t event = CS_EVENT_P; event < CS_EVENTS; event++)
		if (str_eq(code, message_from_cs((enum cs_event)event))) {
			*ret = (enum cs_event)event;
			return true;
		}
	return false;
}

bool
message_is_ignored(enum rm receiver)
{
	return receiver == RM_CLOSED;
}
