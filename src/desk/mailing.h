/*
 * The desk's side of the courier: leases queued mails, hands them over, and
 * settles what the courier reports. A lease that runs out is taken again, so
 * a mail is sent at least once; its Message-ID never changes.
 */
#ifndef FOREWARN_DESK_MAILING_H
#define FOREWARN_DESK_MAILING_H

#include "desk/ask.h"

/*
 * Leases up to `most` mails as jobs for the courier: an array of {"job",
 * "mail":{"from","to","subject","text","message_id"}}; the caller owns it.
 */
MUST bool mailing_lease(
    struct house *house, int64_t most, json_t **ret, struct err *err);

/*
 * Settles one report {"job","result","code","text"}: sent; refused, which is a
 * bounce; retry, tried again with growing pauses, failed after the tenth time.
 * A report about an unknown or settled mail changes nothing.
 */
MUST bool mailing_settle(
    struct house *house, const json_t *report, struct err *err);

#endif
