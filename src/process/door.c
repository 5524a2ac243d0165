/*
 * The door: the only process that reads visitors' bytes. It has listening
 * sockets, the public site for reading and a channel to the desk; no database,
 * no keys, no way out. It may die of a visitor's bytes, so what it holds is
 * little: the sessions that pass through it while it lives.
 */
#include "core/limits.h"
#include "ipc/channel.h"
#include "os/clock.h"
#include "os/jail.h"
#include "os/log.h"
#include "os/worker.h"
#include "value/value.h"
#include "web/front.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define FRAMES_AT_ONCE 64

struct door {
	struct log log;
	struct clock clock;
	struct worker worker;
	struct channel *desk; /* NULL while there is none */
	struct front *front;
	struct http *http;
	int listeners[LIMIT_FRAME_FDS];
	size_t nlisteners;
	json_t *project;
	bool stop;
};

/* ---- the desk -------------------------------------------------------- */

static void
desk_drop(struct door *door, const struct err *err)
{
	if (door->desk == NULL)
		return;
	if (err->kind != ERR_MISSING)
		log_err(&door->log, "dropping the desk's channel", err);
	channel_free(door->desk);
	door->desk = NULL;
	front_desk_gone(door->front);
}

static bool
desk_ask(void *context, const json_t *message, const int *fds, size_t nfds,
    struct err *err)
{
	struct door *door = context;
	if (door->desk == NULL)
		return err_set(err, ERR_RETRY, NULL, "the desk is not there");
	return channel_send(door->desk, message, fds, nfds, err);
}

static void
desk_flush(struct door *door)
{
	struct err err;
	if (door->desk != NULL && channel_wants_write(door->desk) &&
	    !channel_flush(door->desk, &err))
		desk_drop(door, &err);
}

static void
desk_read(struct door *door)
{
	struct err err;
	if (!channel_fill(door->desk, &err)) {
		desk_drop(door, &err);
		return;
	}
	for (size_t i = 0; i < FRAMES_AT_ONCE; i++) {
		AUTO(value) json_t *answer = NULL;
		int fds[LIMIT_FRAME_FDS];
		size_t nfds = 0;
		if (!channel_next(door->desk, &answer, fds, &nfds, &err)) {
			desk_drop(door, &err);
			return;
		}
		if (answer == NULL)
			return;
		/* In a rehearsal the desk moves the clock. */
		door->clock.offset =
		    value_int(answer, "clock_offset", door->clock.offset);
		front_answer(door->front, answer, nfds > 0 ? fds[0] : -1);
		for (size_t extra = 1; extra < nfds; extra++)
			(void)close(fds[extra]);
	}
}

static int64_t
door_now(void *context)
{
	struct door *door = context;
	return clock_now(&door->clock);
}

/* ---- orders ---------------------------------------------------------- */

/* News of a rehearsal: {"clock_offset":µs}. */
static void
news_read(struct door *door, const json_t *message)
{
	door->clock.offset =
	    value_int(message, "clock_offset", door->clock.offset);
}

static void
orders_read(struct door *door)
{
	for (;;) {
		struct worker_order order = { 0 };
		worker_order(&door->worker, &order);
		AUTO(value) json_t *message = order.message;
		if (order.kind == WORKER_NONE)
			return;
		if (order.kind == WORKER_STOP) {
			door->stop = true;
			return;
		}
		if (order.kind == WORKER_NEWS)
			news_read(door, message);
		if (order.kind != WORKER_PEER)
			continue;
		if (strcmp(order.peer, "desk") != 0) {
			close(order.fd);
			continue;
		}
		const struct err replaced = { .kind = ERR_MISSING };
		desk_drop(door, &replaced);
		door->desk = channel_new(order.fd);
	}
}

/* ---- start ----------------------------------------------------------- */

/* The directory of the public site: "site", or below the state directory. */
static void
site_print(const json_t *settings, char path[PATH_MAX])
{
	const char *site = value_text(settings, "site");
	if (site[0] != '\0')
		(void)snprintf(path, PATH_MAX, "%s", site);
	else
		(void)snprintf(
		    path, PATH_MAX, "%s/site", value_text(settings, "state"));
}

/* What templates show of the project: an object, or made of its name. */
static json_t *
project_of(const json_t *settings)
{
	json_t *project = json_object_get(settings, "project");
	if (json_is_object(project))
		return json_incref(project);
	project = json_object();
	value_set_text(project, "name", value_text(settings, "project"));
	value_set_text(project, "base_url", value_text(settings, "base_url"));
	value_set_bool(project, "rehearsal", value_true(settings, "rehearsal"));
	return project;
}

static bool
front_open(struct door *door, const char *site, struct err *err)
{
	const json_t *settings = door->worker.settings;
	const char *base = value_text(settings, "base_url");
	door->project = project_of(settings);
	struct front_settings front = {
		.session.base_url = base,
		.session.secure = strncmp(base, "https://", 8) == 0,
		.project = door->project,
		.api_title = value_text(door->project, "name"),
		.site = open(site, O_PATH | O_DIRECTORY | O_CLOEXEC),
		.context = door,
		.ask = desk_ask,
		.now = door_now,
	};
	if (front.site < 0)
		log_line(&door->log, LOG_WARN, "no public site yet at %s: %s",
		    site, strerror(errno));
	session_key(&front.session, value_text(settings, "door_key"));
	return front_new(&front, &door->front, err) &&
	       http_new(front_calls(door->front),
		   value_text(settings, "trusted_proxy"), &door->http, err);
}

static bool
jail_open(struct door *door, const char *site, struct err *err)
{
	const json_t *settings = door->worker.settings;
	const struct jail_path paths[] = { { site, JAIL_READ } };
	const struct jail_plan plan = {
		.spec = "door",
		.user = value_text(settings, "user"),
		.required =
		    strcmp(value_text(settings, "sandbox"), "best-effort") != 0,
		.paths = paths,
		.npaths = COUNT(paths),
	};
	json_t *report = NULL;
	return jail_enter(&plan, &report, err) &&
	       worker_ready(&door->worker, report, err);
}

static bool
door_start(struct door *door, struct err *err)
{
	char site[PATH_MAX];
	if (!worker_start(&door->worker, err))
		return false;
	int desk = worker_take(&door->worker, "desk");
	if (desk >= 0)
		door->desk = channel_new(desk);
	for (;;) {
		int fd = worker_take(&door->worker, "listen");
		if (fd < 0)
			break;
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
		door->listeners[door->nlisteners++] = fd;
	}
	door->clock.offset =
	    value_int(door->worker.settings, "clock_offset", 0);
	site_print(door->worker.settings, site);
	return front_open(door, site, err) && jail_open(door, site, err);
}

/* ---- loop ------------------------------------------------------------ */

/* control, desk, HTTP, listeners */
#define FIXED 3

static size_t
polls_fill(struct door *door, struct pollfd fds[])
{
	fds[0] = (struct pollfd){ .fd = channel_fd(door->worker.control),
		.events = POLLIN };
	fds[1] = (struct pollfd){ .fd = -1 };
	if (door->desk != NULL) {
		fds[1].fd = channel_fd(door->desk);
		fds[1].events = POLLIN;
		if (channel_wants_write(door->desk))
			fds[1].events |= POLLOUT;
	}
	fds[2] = (struct pollfd){ .fd = http_fd(door->http), .events = POLLIN };
	for (size_t i = 0; i < door->nlisteners; i++)
		fds[FIXED + i] = (struct pollfd){ .fd = door->listeners[i],
			.events = POLLIN };
	return FIXED + door->nlisteners;
}

static void
door_turn(struct door *door)
{
	struct pollfd fds[FIXED + LIMIT_FRAME_FDS];
	size_t count = polls_fill(door, fds);
	if (poll(fds, count, http_timeout(door->http)) < 0)
		return;
	if (fds[0].revents != 0)
		orders_read(door);
	if (door->desk != NULL && fds[1].fd == channel_fd(door->desk) &&
	    (fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		desk_read(door);
	for (size_t i = FIXED; i < count; i++)
		if (fds[i].revents != 0)
			http_accept(door->http, fds[i].fd);
	http_run(door->http);
	desk_flush(door);
}

static void
door_done(struct door *door)
{
	http_free(door->http);
	front_free(door->front);
	channel_free(door->desk);
	for (size_t i = 0; i < door->nlisteners; i++)
		close(door->listeners[i]);
	json_decref(door->project);
	worker_done(&door->worker);
}

int
main(void)
{
	struct door door = { .log = log_open("door") };
	struct err err;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setenv("TZ", "UTC0", 1); /* so that nobody looks for a file */
	if (!door_start(&door, &err)) {
		log_err(&door.log, "cannot start", &err);
		door_done(&door);
		return EXIT_FAILURE;
	}
	while (!door.stop)
		door_turn(&door);
	door_done(&door);
	return EXIT_SUCCESS;
}
