#include "os/worker.h"

#include "value/value.h"

#include <sys/stat.h>
#include <unistd.h>

#define START_MS 10000

/* The first frame's two parts; names and descriptors must agree. */
static bool
read_start(struct worker *worker, json_t *frame, struct err *err)
{
	json_t *settings = json_object_get(frame, "settings");
	json_t *names = json_object_get(frame, "fds");
	if (!json_is_object(settings) || !json_is_array(names) ||
	    json_array_size(names) != worker->nfds)
		return err_set(err, ERR_INVALID, NULL,
		    "the first message is not a start message");
	worker->settings = json_incref(settings);
	worker->names = json_incref(names);
	return true;
}

bool
worker_start(struct worker *ret, struct err *err)
{
	struct stat about;
	if (fstat(WORKER_CONTROL_FD, &about) != 0 || !S_ISSOCK(about.st_mode))
		return err_set(err, ERR_INVALID, NULL,
		    "this program is started by forewarnd, not by hand");
	struct worker worker = { 0 };
	worker.control = channel_new(WORKER_CONTROL_FD);
	if (worker.control == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	AUTO(value) json_t *frame = NULL;
	if (channel_wait_next(worker.control, START_MS, &frame, worker.fds,
		&worker.nfds, err) &&
	    read_start(&worker, frame, err)) {
		*ret = worker;
		return true;
	}
	worker_done(&worker);
	return false;
}

int
worker_take(struct worker *worker, const char *name)
{
	for (size_t i = 0; i < worker->nfds; i++) {
		const char *its =
		    json_string_value(json_array_get(worker->names, i));
		int fd = worker->fds[i];
		if (fd < 0 || its == NULL || strcmp(its, name) != 0)
			continue;
		worker->fds[i] = -1;
		return fd;
	}
	return -1;
}

bool
worker_ready(struct worker *worker, json_t *sandbox, struct err *err)
{
	AUTO(value) json_t *answer = json_object();
	value_set_bool(answer, "ready", true);
	value_set(answer, "sandbox", json_incref(sandbox));
	return channel_send(worker->control, answer, NULL, 0, err) &&
	       channel_wait_flush(worker->control, START_MS, err);
}

static void
close_fds(const int fds[], size_t nfds)
{
	for (size_t i = 0; i < nfds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* What one control frame orders; takes msg and its descriptors. */
static struct worker_order
read_order(json_t *msg, const int fds[], size_t nfds)
{
	struct worker_order order = { WORKER_NEWS, NULL, -1, msg };
	const char *peer = value_text(msg, "peer");
	if (value_true(msg, "stop")) {
		order.kind = WORKER_STOP;
	} else if (peer[0] != '\0' && nfds == 1) {
		order.kind = WORKER_PEER;
		order.peer = peer;
		order.fd = fds[0];
		return order;
	}
	close_fds(fds, nfds);
	return order;
}

void
worker_order(struct worker *worker, struct worker_order *ret)
{
	int fds[LIMIT_FRAME_FDS];
	size_t nfds = 0;
	json_t *msg = NULL;
	*ret = (struct worker_order){ WORKER_STOP, NULL, -1, NULL };
	if (!channel_fill(worker->control, NULL) ||
	    !channel_next(worker->control, &msg, fds, &nfds, NULL))
		return;
	if (msg == NULL)
		ret->kind = WORKER_NONE;
	else
		*ret = read_order(msg, fds, nfds);
}

void
worker_done(struct worker *worker)
{
	close_fds(worker->fds, worker->nfds);
	json_decref(worker->settings);
	json_decref(worker->names);
	channel_free(worker->control);
	*worker = (struct worker){ 0 };
}
