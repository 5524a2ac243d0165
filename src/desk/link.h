/*
 * Private links: 256 random bits shown once, a keyed hash in the row. Purposes
 * are words: setup, report, challenge, application.
 */
#ifndef FOREWARN_DESK_LINK_H
#define FOREWARN_DESK_LINK_H

#include "desk/ask.h"

/* Makes a link that ends at expires_at (machine time); the secret text comes
 * from the arena. */
MUST bool link_new(struct ask *ask, const char *purpose, int64_t object_id,
    int64_t expires_at, const char **ret, struct err *err);

/*
 * What the secret leads to. ERR_MISSING when it is wrong, expired, or (with
 * once) used before.
 */
MUST bool link_find(struct ask *ask, const char *purpose, const char *secret,
    bool once, int64_t *ret, struct err *err);

/* Marks a one-time link as used. ERR_MISSING when it was used before. */
MUST bool link_use(
    struct ask *ask, const char *purpose, const char *secret, struct err *err);

#endif
