/*
 * From a question to an answer: argument check, actor, access, handler, audit
 * row, commit. Whatever comes in, an answer comes out; nothing is half-written.
 */
#ifndef FOREWARN_DESK_DISPATCH_H
#define FOREWARN_DESK_DISPATCH_H

#include "desk/ask.h"

/*
 * Answers one request of a door ({"id", "op", "args", "session"?, "token"?,
 * "address", "agent"}) with {"id", "ok", "me"} or {"id", "error", "me"}. fds
 * are borrowed. The caller owns the answer; NULL only when memory is out.
 */
json_t *dispatch(struct house *house, const json_t *request, const int *fds,
    size_t fds_count);

/*
 * The same, and *ret_fd: -1, or a sealed memory file of bytes that go beside
 * the answer, because a frame is too small for them; the caller's.
 */
json_t *dispatch_file(struct house *house, const json_t *request,
    const int *fds, size_t fds_count, int *ret_fd);

/* Work the service does by itself, inside one transaction. */
typedef bool system_work(struct ask *ask, void *context, struct err *err);

/*
 * Runs work as the system actor under a pass for op, in one transaction that
 * is tried again on ERR_RETRY; what it did is in the audit ledger when it set
 * ask->object.
 */
MUST bool dispatch_system(struct house *house, enum op_id op, system_work *work,
    void *context, struct err *err);

#endif
