/*
 * CVE records, JSON format 5.1 (lowest common form of 5.1.1 and 5.2.0), state
 * PUBLISHED and REJECTED. Checks what the CVE schema, the CVE Services and the
 * CNA rules ask of a record before it leaves (cve-services.md section 7).
 */
#ifndef FOREWARN_CVE_RECORD_H
#define FOREWARN_CVE_RECORD_H

#include "formats/document.h"

/*
 * New CNA container of this CVE id for the CVE Services: published, or
 * rejected when the document has "rejected". Errors are ERR_INVALID and name
 * the document's field: a missing description, range, weakness, reference or
 * organisation id, a text that is too long, a credited name inside the
 * description (CNA rule 5.2.4).
 */
MUST bool cve_record_container(
    const json_t *document, const char *cve, json_t **ret, struct err *err);

/* Appends the whole record as the CVE list holds it. Same errors. */
MUST bool cve_record_write(
    const json_t *document, const char *cve, struct buf *out, struct err *err);

#endif
