/*
 * The Vultron message codes (vultron.md section 6): which step of which
 * machine emits which code. The code is data of the ledger, never text for
 * people (V-24); the name is for the evidence export. Disadvantage: only codes
 * are here; the ledger chain itself is the caller's.
 */
#ifndef FOREWARN_MESSAGE_H
#define FOREWARN_MESSAGE_H

#include "rules/cs.h"
#include "rules/vultron.h"

struct message {
	const char *code; /* "RS" */
	const char *name; /* "report submission" */
	const char *ack;  /* code that acknowledges it, "" for none */
	const char *fail; /* code that answers an unexpected one, "" for none */
};
#define MESSAGES 28

/* All codes, in the order of the document. */
const struct message *message_all(void);

/* A code's row, or NULL. */
const struct message *message_find(struct str code);

/* Code a participant sends after this RM step of his own, or NULL. */
const char *message_from_rm(enum rm from, enum rm to);

/*
 * Code for an EM step, or NULL; event tells an accepted revision from a
 * rejected one.
 */
const char *message_from_em(enum em from, enum em_event event, enum em to);

/* Code for a bit that became true: "CV" to "CA". */
const char *message_from_cs(enum cs_event event);

/* May a sender in this RM state give the report to another (V-04)? */
bool message_may_submit(enum rm sender);

/*
 * What receiving a code does to the receiver's RM: only RS moves it, and only
 * from start. False: nothing.
 */
bool message_moves_rm(struct str code, enum rm receiver, enum rm_event *ret);

/*
 * What receiving a code does to the facts: CP, CX and CA set their bit (CX
 * while p also P, see cs_record); CV, CF and CD never set the receiver's own.
 */
bool message_sets_fact(struct str code, enum cs_event *ret);

/* Messages to a closed participant are ignored and logged. */
bool message_is_ignored(enum rm receiver);

#endif
