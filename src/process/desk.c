/*
 * forewarn-desk: the database, the master key, every rule. It hears only
 * frames of the door and the courier, has no network and cannot start
 * programs. Whatever a peer sends, it drops the channel at worst.
 */
#include "desk/clocks.h"
#include "desk/disclose.h"
#include "desk/dispatch.h"
#include "desk/first.h"
#include "desk/mailing.h"
#include "ipc/channel.h"
#include "os/fd.h"
#include "os/jail.h"
#include "os/log.h"
#include "os/worker.h"
#include "process/acts.h"
#include "process/desk_start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define TURN_MS 1000
#define JOBS_AT_ONCE 50

struct desk {
	struct log log;
	struct house house;
	struct clocks clocks;
	struct worker worker;
	struct channel *door;
	struct channel *courier;
	int64_t in_flight; /* jobs the courier has */
	bool failing;      /* the last turn of the clocks failed: log once */
};

static void
drop(struct desk *desk, struct channel **channel, const char *peer,
    const struct err *err)
{
	if (err->kind != ERR_MISSING)
		log_line(&desk->log, LOG_WARN, "channel of %s dropped: %s",
		    peer, err->text);
	channel_free(*channel);
	*channel = NULL;
}

static bool
answer_door(struct desk *desk, const json_t *request, const int *fds,
    size_t nfds, struct err *err)
{
	AUTO(fd) int beside = -1;
	AUTO(value)
	json_t *reply =
	    dispatch_file(&desk->house, request, fds, nfds, &beside);
	if (reply == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	return channel_send(desk->door, reply, &beside, beside >= 0, err) &&
	       channel_flush(desk->door, err);
}

static bool
read_door(struct desk *desk, struct err *err)
{
	if (!channel_fill(desk->door, err))
		return false;
	for (;;) {
		AUTO(value) json_t *request = NULL;
		int fds[LIMIT_FRAME_FDS];
		size_t nfds = 0;
		if (!channel_next(desk->door, &request, fds, &nfds, err))
			return false;
		if (request == NULL)
			return true;
		bool sent = answer_door(desk, request, fds, nfds, err);
		for (size_t i = 0; i < nfds; i++)
			(void)close(fds[i]);
		if (!sent)
			return false;
	}
}

static bool
read_courier(struct desk *desk, struct err *err)
{
	if (!channel_fill(desk->courier, err))
		return false;
	for (;;) {
		AUTO(value) json_t *report = NULL;
		struct err fault = { 0 };
		if (!channel_next(desk->courier, &report, NULL, NULL, err))
			return false;
		if (report == NULL)
			return true;
		desk->in_flight -= desk->in_flight > 0;
		if (!mailing_settle(&desk->house, report, &fault))
			log_err(&desk->log, "settling a mail", &fault);
	}
}

/* Hands the courier as many mails as it may hold. */
static void
feed_courier(struct desk *desk)
{
	AUTO(value) json_t *jobs = NULL;
	struct err err = { 0 };
	size_t i;
	json_t *job;
	if (desk->courier == NULL || desk->in_flight >= JOBS_AT_ONCE)
		return;
	if (!mailing_lease(
		&desk->house, JOBS_AT_ONCE - desk->in_flight, &jobs, &err))
		return;
	json_array_foreach(jobs, i, job)
	{
		if (!channel_send(desk->courier, job, NULL, 0, &err) ||
		    !channel_flush(desk->courier, &err)) {
			drop(desk, &desk->courier, "courier", &err);
			return;
		}
		desk->in_flight++;
	}
}

static void
take_peer(struct desk *desk, const struct worker_order *order)
{
	bool door = strcmp(order->peer, "door") == 0;
	struct channel **place = door ? &desk->door : &desk->courier;
	channel_free(*place);
	*place = channel_new(order->fd);
	if (!door)
		desk->in_flight = 0;
}

/* False when it is time to stop. */
static bool
read_control(struct desk *desk)
{
	for (;;) {
		struct worker_order order;
		worker_order(&desk->worker, &order);
		AUTO(value) json_t *message = order.message;
		switch (order.kind) {
		case WORKER_NONE:
			return true;
		case WORKER_STOP:
			return false;
		case WORKER_PEER:
			take_peer(desk, &order);
			break;
		case WORKER_NEWS:
			json_decref(desk->house.status);
			desk->house.status = json_incref(message);
			break;
		}
	}
}

static void
run_clocks(struct desk *desk)
{
	struct err err = { 0 };
	bool done = clocks_run(&desk->house, &desk->clocks, &err);
	if (!done && !desk->failing)
		log_err(&desk->log, "the service's own works", &err);
	desk->failing = !done;
	feed_courier(desk);
}

static struct pollfd
watch(const struct channel *channel)
{
	bool writes = channel != NULL && channel_wants_write(channel);
	return (struct pollfd){
		.fd = channel == NULL ? -1 : channel_fd(channel),
		.events = (short)(writes ? POLLIN | POLLOUT : POLLIN),
	};
}

static void
serve(struct desk *desk, const struct pollfd *polls)
{
	struct err err = { 0 };
	if (polls[1].revents != 0 && desk->door != NULL &&
	    (!channel_flush(desk->door, &err) || !read_door(desk, &err)))
		drop(desk, &desk->door, "door", &err);
	err = (struct err){ 0 };
	if (polls[2].revents != 0 && desk->courier != NULL &&
	    (!channel_flush(desk->courier, &err) || !read_courier(desk, &err)))
		drop(desk, &desk->courier, "courier", &err);
}

static void
run(struct desk *desk)
{
	for (;;) {
		struct pollfd polls[3] = { watch(desk->worker.control),
			watch(desk->door), watch(desk->courier) };
		if (poll(polls, COUNT(polls), TURN_MS) < 0 && errno != EINTR)
			return;
		if (polls[0].revents != 0 && !read_control(desk))
			return;
		serve(desk, polls);
		run_clocks(desk);
	}
}

static bool
open_site(struct house *house, struct err *err)
{
	AUTO(buf) struct buf path = BUF(4096);
	buf_printf(&path, "%s/site", value_text(house->settings, "state"));
	house->site_fd =
	    open(buf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return house->site_fd >= 0 ||
	       err_set(err, ERR_SYSTEM, "state", "cannot open %s: %s",
		   buf_text(&path), strerror(errno));
}

static bool
enter_jail(struct desk *desk, json_t **report, struct err *err)
{
	const json_t *settings = desk->house.settings;
	const char *sandbox = value_text(settings, "sandbox");
	bool sqlite = strcmp(value_text(settings, "database"), "sqlite") == 0;
	const struct jail_path paths[] = {
		{ value_text(settings, "state"), JAIL_READ | JAIL_WRITE },
	};
	const struct jail_plan plan = {
		.spec = sqlite ? "desk" : "desk-postgresql",
		.required = strcmp(sandbox, "best-effort") != 0,
		.paths = paths,
		.npaths = COUNT(paths),
	};
	return jail_enter(&plan, report, err);
}

static bool
take_settings(struct desk *desk, struct err *err)
{
	if (!worker_start(&desk->worker, err))
		return false;
	desk->house.settings = desk->worker.settings;
	desk->house.policy = json_object_get(desk->worker.settings, "policy");
	return jail_become(value_text(desk->house.settings, "user"), err);
}

static bool
start(struct desk *desk, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	AUTO(value) json_t *report = NULL;
	const char *link = NULL;
	if (!desk_lock(&desk->house, err) || !open_site(&desk->house, err) ||
	    !desk_open_store(&desk->house, true, err) ||
	    !desk_join_store(&desk->house, err) ||
	    !enter_jail(desk, &report, err) ||
	    !first_clock(&desk->house, err) ||
	    !first_start(&desk->house, arena, &link, err) ||
	    !site_write_feed(&desk->house, err) ||
	    !site_write_contact(&desk->house, err))
		return false;
	if (link != NULL)
		log_line(&desk->log, LOG_NOTICE,
		    "first administrator: set up the account within 7 days at "
		    "%s",
		    link);
	int door = worker_take(&desk->worker, "door");
	int courier = worker_take(&desk->worker, "courier");
	desk->door = door < 0 ? NULL : channel_new(door);
	desk->courier = courier < 0 ? NULL : channel_new(courier);
	return worker_ready(&desk->worker, report, err);
}

static int
serve_doors(struct desk *desk)
{
	struct err err = { 0 };
	if (!start(desk, &err)) {
		log_err(&desk->log, "start", &err);
		return 1;
	}
	run(desk);
	return 0;
}

int
main(int argc, char **argv)
{
	struct desk desk = { .log = log_open("desk"),
		.house = { .site_fd = -1 } };
	struct err err = { 0 };
	if (!take_settings(&desk, &err)) {
		log_err(&desk.log, "start", &err);
		return 1;
	}
	int status =
	    argc > 1 ? acts_run(&desk.house, argv + 1) : serve_doors(&desk);
	db_close(desk.house.db);
	vault_free(desk.house.vault);
	json_decref(desk.house.status);
	channel_free(desk.door);
	channel_free(desk.courier);
	worker_done(&desk.worker);
	return status;
}
