/*
 * Atom feeds (RFC 4287) of public advisories, for people. All text is
 * escaped, type "text"; ids are tag: URIs (RFC 4151) that never change
 * (formats.md F-43).
 */
#ifndef FOREWARN_ATOM_H
#define FOREWARN_ATOM_H

#include "formats/document.h"

/*
 * Appends a feed. project is the document value's project object, advisories
 * an array of document values, newest first, feed_url the feed's own https
 * address. The feed's "updated" is the newest of its entries, or fallback for
 * an empty feed. Errors, ERR_INVALID: project without name, base_url or
 * tag_authority; an advisory without id, title, url or disclosed_at.
 */
MUST bool atom_write(const json_t *project, const json_t *advisories,
    const char *feed_url, int64_t fallback, struct buf *out, struct err *err);

/*
 * Appends text for XML 1.0 element content or a quoted attribute: markup
 * escaped, characters XML forbids and unsafe ones made visible.
 */
void atom_escape(struct buf *out, const char *text, bool keep_lines);

#endif
