/*
 * Mails on their way out. Queued in the transaction of the act that causes
 * them, sent by the courier afterwards; `key` makes a mail unique, so an act
 * that is run again queues nothing twice.
 */
#ifndef FOREWARN_DESK_OUTBOX_H
#define FOREWARN_DESK_OUTBOX_H

#include "desk/ask.h"

/*
 * Queues one mail. key: "report-receipt:17", unique for ever. receipt_id: row
 * of `receipt` that follows its delivery, or 0. The text is lines with \n.
 * Nothing that is embargoed may stand in subject or text (P-28). Queueing a
 * key that exists is a success that changes nothing.
 */
MUST bool outbox_add(struct ask *ask, const char *key, const char *kind,
    int64_t receipt_id, const char *to, const char *subject, const char *text,
    struct err *err);

#endif
