/*
 * Where tokens are kept: $XDG_CONFIG_HOME/forewarn/token (~/.config), a line
 * "SERVER TOKEN ID" per service, readable by its owner alone. A token is used
 * for its own service only.
 */
#ifndef FOREWARN_CLI_TOKEN_H
#define FOREWARN_CLI_TOKEN_H

#include "core/err.h"
#include "core/str.h"

#include <stdint.h>

/*
 * Appends the token for server to token, nothing when there is none. With
 * server empty the first line decides: its server is appended to server too.
 * *id is the token's number at the service, 0 when the line has none.
 * Errors: ERR_DENIED (others may read the file), ERR_SYSTEM, ERR_INVALID.
 */
MUST bool token_find(
    struct buf *server, struct buf *token, int64_t *id, struct err *err);

/* Keeps a token for server, first in the file, instead of an older one;
 * token "" forgets it. */
MUST bool token_keep(
    const char *server, const char *token, int64_t id, struct err *err);

#endif
