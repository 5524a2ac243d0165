/*
 * security.txt (RFC 9116), for /.well-known/security.txt. Unsigned; the pgp
 * room may sign the bytes.
 */
#ifndef FOREWARN_SECURITYTXT_H
#define FOREWARN_SECURITYTXT_H

#include "formats/document.h"

/*
 * Appends the file. contact is {contacts: ["mailto:…", "https://…"],
 * canonical: [], encryption: [], policy: [], acknowledgments: [], csaf: [],
 * languages: ["en"]}; now and expires are instants. Errors, ERR_INVALID with
 * the field: no contact, an address that is neither https, mailto nor tel,
 * or an expiry that is not within the 365 days after now (formats.md F-44).
 */
MUST bool securitytxt_write(const json_t *contact, int64_t now, int64_t expires,
    struct buf *out, struct err *err);

#endif
