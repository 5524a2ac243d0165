/*
 * The worker's side of the start protocol. The supervisor places a control
 * channel at descriptor 3 and sends one frame {"settings":{…},"fds":["desk",
 * "listen",…]} with those descriptors beside. The worker opens what it needs,
 * enters its jail and answers {"ready":true,"sandbox":{…}}. Later orders are
 * {"peer":"door"} with a fresh channel, {"stop":true}, or news. The end of the
 * channel means stop.
 */
#ifndef FOREWARN_OS_WORKER_H
#define FOREWARN_OS_WORKER_H

#include "core/err.h"
#include "core/limits.h"
#include "ipc/channel.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define WORKER_CONTROL_FD 3

struct worker {
	struct channel *control;
	json_t *settings; /* object; owned */
	json_t *names;    /* what fds are, in order */
	int fds[LIMIT_FRAME_FDS];
	size_t nfds;
};

enum worker_order_kind {
	WORKER_NONE, /* nothing more now: poll */
	WORKER_PEER, /* peer restarted: order->peer, order->fd */
	WORKER_NEWS, /* any other message: order->message */
	WORKER_STOP, /* finish what is begun and exit */
};

struct worker_order {
	enum worker_order_kind kind;
	const char *peer; /* points into message */
	int fd;           /* the receiver owns it */
	json_t *message;  /* the receiver owns it; NULL for NONE and EOF */
};

/*
 * Reads the first frame from descriptor 3 (waits at most 10 s) and checks that
 * names and descriptors agree. Errors: ERR_RETRY (nothing came), ERR_INVALID
 * (for example when a person started the program by hand).
 */
MUST bool worker_start(struct worker *ret, struct err *err);

/* Takes the next descriptor with this name, or -1 when there is none left. */
int worker_take(struct worker *worker, const char *name);

/* Tells the supervisor that work begins; sandbox is jail_enter's report. */
MUST bool worker_ready(struct worker *worker, json_t *sandbox, struct err *err);

/*
 * The next order, never waiting; poll channel_fd(worker->control). A broken
 * control channel is a stop too.
 */
void worker_order(struct worker *worker, struct worker_order *ret);

/* Releases what worker_start got and nobody took. */
void worker_done(struct worker *worker);

#endif
