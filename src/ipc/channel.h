/*
 * Messages between our processes: JSON objects on a stream socket pair, file
 * descriptors beside them.
 *
 * A frame is a u32 little-endian length and that many bytes of one JSON
 * object, at most LIMIT_FRAME; up to LIMIT_FRAME_FDS descriptors travel with a
 * frame's first byte. Nothing here blocks unless its name says wait. A peer
 * that breaks the format gets an error once and for ever: the caller drops the
 * channel and goes on. Disadvantage: a frame is whole or absent, so large
 * files must travel as descriptors, not as text.
 */
#ifndef FOREWARN_IPC_CHANNEL_H
#define FOREWARN_IPC_CHANNEL_H

#include "core/err.h"
#include "core/limits.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct channel;

/* Takes over fd, an AF_UNIX stream socket; NULL when memory is out. */
struct channel *channel_new(int fd);

/* The socket, to be polled; the channel goes on owning it. */
int channel_fd(const struct channel *channel);

/*
 * Reads what has arrived, without blocking, until the socket is empty or a
 * frame and the ceiling are reached: call channel_next until it gives nothing,
 * then poll again. The end of the stream is not an error here; channel_next
 * tells it after the last frame. Errors: ERR_INVALID (a frame that breaks the
 * format: too long, too many descriptors), ERR_SYSTEM (the socket failed).
 */
MUST bool channel_fill(struct channel *channel, struct err *err);

/*
 * Takes the next whole frame. *msg is NULL when there is none yet; otherwise
 * the caller owns *msg and the *nfds descriptors in fds (close-on-exec). With
 * fds NULL whatever came along is closed. Errors, after which the channel must
 * be dropped: ERR_MISSING (the peer closed, every frame was taken),
 * ERR_INVALID (not a JSON object, length out of bounds, cut short).
 */
MUST bool channel_next(struct channel *channel, json_t **msg,
    int fds[LIMIT_FRAME_FDS], size_t *nfds, struct err *err);

/*
 * Queues one frame; msg stays the caller's, descriptors are duplicated. Errors:
 * ERR_INVALID (msg is no object, too many descriptors), ERR_LIMIT (frame or
 * queue too large: the peer does not read), ERR_SYSTEM.
 */
MUST bool channel_send(struct channel *channel, const json_t *msg,
    const int fds[], size_t nfds, struct err *err);

/*
 * Writes as much of the queue as the socket takes now. Errors: ERR_MISSING
 * (the peer is gone), ERR_SYSTEM. The channel must be dropped then.
 */
MUST bool channel_flush(struct channel *channel, struct err *err);

/* True while something is queued: poll for writing and flush. */
bool channel_wants_write(const struct channel *channel);

/*
 * channel_next for start-up and tools: waits for a frame up to timeout_ms (-1 =
 * for ever); ERR_RETRY when time is up.
 */
MUST bool channel_wait_next(struct channel *channel, int timeout_ms,
    json_t **msg, int fds[LIMIT_FRAME_FDS], size_t *nfds, struct err *err);

/* Writes the whole queue, waiting as channel_wait_next does. */
MUST bool channel_wait_flush(
    struct channel *channel, int timeout_ms, struct err *err);

/* Closes the socket and every descriptor not yet taken; NULL is allowed. */
void channel_free(struct channel *channel);

/* For AUTO(channel). */
void channel_auto(struct channel **channel);

#endif
