/* One mail address, as narrow as a service that writes first can afford. */
#ifndef FOREWARN_ADDRESS_H
#define FOREWARN_ADDRESS_H

#include "core/err.h"
#include "core/str.h"

/*
 * Checks that text is exactly one bare address: an RFC 5321 dot-string of at
 * most 64 bytes, "@", and host labels of letters, digits and hyphens; at most
 * LIMIT_ADDRESS bytes in all, ASCII only. Display names, lists, quoted local
 * parts, comments, address literals and RFC 6531 addresses are refused, so the
 * text can stand in a header and in an SMTP command as it is. ERR_INVALID
 * names field.
 */
MUST bool address_check(struct str text, const char *field, struct err *err);

/* The part after the last "@" of a checked address. */
struct str address_domain(struct str address);

#endif
