#include "process/supervisor.h"

#include "core/arena.h"
#include "core/when.h"
#include "ipc/channel.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/listen.h"
#include "os/random.h"
#include "os/spawn.h"
#include "value/value.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 3
#define PEERS 2
#define ARGUMENTS 16
#define PAUSE_FIRST (WHEN_SECOND / 10)
#define PAUSE_MOST (30 * WHEN_SECOND)
#define GOOD_WORK WHEN_MINUTE
#define READY_WITHIN WHEN_MINUTE
#define STOP_WITHIN (10 * WHEN_SECOND)

/* Who there is, in starting order, and what each may know. */
struct kind {
	const char *name;
	const char *program;
	const char *peers[PEERS];
	bool listens;
	const char *const *settings; /* keys it gets; NULL = all */
};

static const char *const door_keys[] = { "state", "base_url", "sandbox", "user",
	"trusted_proxy", "rehearsal", "project", NULL };
static const char *const courier_keys[] = { "base_url", "sandbox", "user",
	"smtp", "smtp_user", "smtp_password_file", "smtp_ca_file",
	"smtp_starttls", "smtp_seconds", "mail_from", "rehearsal", "project",
	NULL };

static const struct kind kinds[WORKERS] = {
	{ "desk", "forewarn-desk", { "door", "courier" }, false, NULL },
	{ "courier", "forewarn-courier", { "desk" }, false, courier_keys },
	{ "door", "forewarn-door", { "desk" }, true, door_keys },
};

/* Variables of ours that workers need too. */
static const char *const passed_on[] = { "CREDENTIALS_DIRECTORY", "HOME",
	"PGPASSFILE", "ASAN_OPTIONS", "UBSAN_OPTIONS" };

enum slot_state { SLOT_DOWN, SLOT_STARTING, SLOT_READY };

struct slot {
	const struct kind *kind;
	enum slot_state state;
	pid_t pid;
	struct channel *control;
	int64_t since;     /* ticks: start of this state */
	int64_t start_at;  /* ticks: when a dead one starts again */
	int64_t kill_at;   /* ticks: patience after stop; 0 = not stopping */
	int64_t started;   /* instant, for people */
	unsigned failures; /* in a row */
	int64_t restarts;
	json_t *sandbox;
};

struct supervisor {
	const struct supervisor_plan *plan;
	json_t *settings;
	struct slot slots[WORKERS];
	int signals;
	char door_key[2 * RANDOM_HEX_128]; /* forms outlive a door's death */
	bool stopping;
	bool announced;
	bool news; /* the desk has not been told yet */
};

static const char *const state_names[] = {
	[SLOT_DOWN] = "down",
	[SLOT_STARTING] = "starting",
	[SLOT_READY] = "ready",
};

static struct slot *
slot_find(struct supervisor *all, const char *name)
{
	for (size_t i = 0; i < WORKERS; i++)
		if (strcmp(all->slots[i].kind->name, name) == 0)
			return &all->slots[i];
	return NULL;
}

static void
slot_enter(struct supervisor *all, struct slot *slot, enum slot_state state)
{
	slot->state = state;
	slot->since = clock_ticks();
	all->news = true;
}

/* The part of the settings that a worker may know. */
static json_t *
settings_for(const struct kind *kind, json_t *settings)
{
	if (kind->settings == NULL)
		return json_incref(settings);
	json_t *part = json_object();
	for (const char *const *key = kind->settings; *key != NULL; key++) {
		json_t *value = json_object_get(settings, *key);
		if (value != NULL)
			json_object_set(part, *key, value);
	}
	return part;
}

/* fork and exec one program of ours with its control channel at 3. */
static bool
start_program(const struct supervisor_plan *plan, const char *program,
    const char *const args[], int control, pid_t *ret, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(64u << 10);
	const char *env[COUNT(passed_on) + 1] = { 0 };
	const char *argv[ARGUMENTS + 2] = { program };
	size_t count = 0;
	for (size_t i = 0; arena != NULL && i < COUNT(passed_on); i++)
		if (getenv(passed_on[i]) != NULL)
			env[count++] = arena_printf(
			    arena, "%s=%s", passed_on[i], getenv(passed_on[i]));
	for (size_t i = 0; args != NULL && args[i] != NULL; i++) {
		if (i == ARGUMENTS)
			return err_set(err, ERR_LIMIT, NULL,
			    "more than %d arguments", ARGUMENTS);
		argv[i + 1] = args[i];
	}
	char *path = arena == NULL
			 ? NULL
			 : arena_printf(arena, "%s/%s", plan->folder, program);
	if (path == NULL || arena_failed(arena))
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	struct spawn spawn = { path, argv, env, &control, 1 };
	return spawn_start(&spawn, ret, err);
}

/* A socket pair, both ends close-on-exec. */
static bool
make_pair(int ends[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0)
		return true;
	return err_set(
	    err, ERR_SYSTEM, NULL, "socketpair: %s", strerror(errno));
}

/* Queues a control frame; a worker that does not read is ended later. */
static void
tell(struct supervisor *all, struct slot *slot, json_t *msg, const int fds[],
    size_t nfds)
{
	struct err err = { 0 };
	if (slot->control != NULL &&
	    !(channel_send(slot->control, msg, fds, nfds, &err) &&
		channel_flush(slot->control, &err)))
		log_err(all->plan->log, slot->kind->name, &err);
	json_decref(msg);
}

/* Gives a running peer its end of a fresh channel to name; ours goes on. */
static bool
wire_peer(struct supervisor *all, struct slot *peer, const char *name, int *ret,
    struct err *err)
{
	int ends[2];
	if (!make_pair(ends, err))
		return false;
	AUTO(fd) int theirs = ends[1];
	tell(all, peer, json_pack("{s:s}", "peer", name), &theirs, 1);
	*ret = ends[0];
	return true;
}

static void
close_fds(const int fds[], size_t nfds)
{
	for (size_t i = 0; i < nfds; i++)
		close(fds[i]);
}

/* Sends the first frame: settings, channels to living peers, listeners. */
static bool
send_start(struct supervisor *all, struct slot *slot, struct err *err)
{
	const struct kind *kind = slot->kind;
	const struct supervisor_plan *plan = all->plan;
	int fds[LIMIT_FRAME_FDS], made[PEERS];
	size_t nfds = 0, nmade = 0;
	json_t *names = json_array();
	AUTO(value) json_t *frame = json_object();
	value_set(frame, "settings", settings_for(kind, all->settings));
	value_set(frame, "fds", names);
	if (kind->listens)
		value_set_text(json_object_get(frame, "settings"), "door_key",
		    all->door_key);
	bool good = true;
	for (size_t i = 0; i < PEERS && kind->peers[i] != NULL && good; i++) {
		struct slot *peer = slot_find(all, kind->peers[i]);
		if (peer == NULL || peer->state == SLOT_DOWN)
			continue; /* it brings a channel when it starts */
		good = wire_peer(all, peer, kind->name, &made[nmade], err);
		if (!good)
			break;
		fds[nfds++] = made[nmade++];
		json_array_append_new(names, json_string(kind->peers[i]));
	}
	for (size_t i = 0;
	     kind->listens && i < plan->nlisten && nfds < LIMIT_FRAME_FDS;
	     i++) {
		fds[nfds++] = plan->listen[i];
		json_array_append_new(names, json_string("listen"));
	}
	good = good && channel_send(slot->control, frame, fds, nfds, err) &&
	       channel_flush(slot->control, err);
	close_fds(made, nmade);
	return good;
}

/* The pause before the next start; doubles with each failure in a row. */
static int64_t
pause_of(unsigned failures)
{
	int64_t pause = PAUSE_FIRST;
	for (unsigned i = 1; i < failures && pause < PAUSE_MOST; i++)
		pause *= 2;
	return pause < PAUSE_MOST ? pause : PAUSE_MOST;
}

static void
slot_start(struct supervisor *all, struct slot *slot)
{
	struct err err = { 0 };
	int ends[2];
	slot->start_at = 0;
	bool good = make_pair(ends, &err);
	if (good) {
		AUTO(fd) int theirs = ends[1];
		slot->control = channel_new(ends[0]);
		good = start_program(all->plan, slot->kind->program, NULL,
		    theirs, &slot->pid, &err);
	}
	if (!good) {
		log_err(all->plan->log, slot->kind->name, &err);
		channel_free(slot->control);
		slot->control = NULL;
		slot->pid = 0;
		slot->start_at = clock_ticks() + pause_of(++slot->failures);
		return;
	}
	struct clock clock = { 0 };
	slot->started = clock_now(&clock);
	slot_enter(all, slot, SLOT_STARTING);
	if (!send_start(all, slot, &err)) {
		log_err(all->plan->log, slot->kind->name, &err);
		(void)kill(slot->pid, SIGKILL);
	}
}

/* "signal 31 (Bad system call)" or "status 1". */
static void
print_end(struct buf *out, int status)
{
	if (WIFSIGNALED(status))
		buf_printf(out, "signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		buf_printf(out, "status %d", WEXITSTATUS(status));
}

/* A worker has ended: decide when it starts again. */
static void
slot_ended(struct supervisor *all, struct slot *slot, int status)
{
	const struct log *log = all->plan->log;
	int64_t now = clock_ticks();
	bool asked = slot->kill_at != 0;
	if (slot->state == SLOT_READY && now - slot->since >= GOOD_WORK)
		slot->failures = 0;
	if (!asked)
		slot->failures++;
	int64_t pause = asked ? 0 : pause_of(slot->failures);
	AUTO(buf) struct buf how = BUF(200);
	print_end(&how, status);
	if (all->stopping)
		log_line(log, LOG_TELL, "%s ended", slot->kind->name);
	else
		log_line(log, asked ? LOG_NOTICE : LOG_FAULT,
		    "%s ended with %s; it starts again in %.1f s",
		    slot->kind->name, buf_text(&how), (double)pause / 1e6);
	channel_free(slot->control);
	slot->control = NULL;
	json_decref(slot->sandbox);
	slot->sandbox = NULL;
	slot->pid = 0;
	slot->kill_at = 0;
	slot->restarts++;
	slot->start_at = all->stopping ? 0 : now + pause;
	slot_enter(all, slot, SLOT_DOWN);
}

static void
reap(struct supervisor *all)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < WORKERS; i++)
			if (all->slots[i].pid == pid)
				slot_ended(all, &all->slots[i], status);
}

static void
slot_stop(struct supervisor *all, struct slot *slot)
{
	if (slot->pid == 0 || slot->kill_at != 0)
		return;
	slot->kill_at = clock_ticks() + STOP_WITHIN;
	tell(all, slot, json_pack("{s:b}", "stop", 1), NULL, 0);
}

/* The door goes first, so that no visitor meets a half-stopped house. */
static void
stop_on(struct supervisor *all)
{
	for (size_t i = WORKERS; i-- > 0;) {
		if (all->slots[i].pid == 0)
			continue;
		slot_stop(all, &all->slots[i]);
		return;
	}
}

static void
reload(struct supervisor *all)
{
	struct err err = { 0 };
	json_t *settings = NULL;
	notify_send("RELOADING=1");
	if (all->plan->reload(all->plan->context, &settings, &err)) {
		json_decref(all->settings);
		all->settings = settings;
		log_line(all->plan->log, LOG_NOTICE,
		    "configuration read again; the workers restart");
		for (size_t i = 0; i < WORKERS; i++) {
			slot_stop(all, &all->slots[i]);
			all->slots[i].failures = 0;
		}
	} else {
		log_err(all->plan->log,
		    "the configuration was not taken, the old one stays", &err);
	}
	notify_send("READY=1");
}

static void
stop_begin(struct supervisor *all)
{
	if (all->stopping) { /* asked twice: no more patience */
		for (size_t i = 0; i < WORKERS; i++)
			if (all->slots[i].pid > 0)
				(void)kill(all->slots[i].pid, SIGKILL);
		return;
	}
	all->stopping = true;
	notify_send("STOPPING=1");
	log_line(all->plan->log, LOG_NOTICE, "stopping");
}

static void
read_signals(struct supervisor *all)
{
	struct signalfd_siginfo info;
	while (read(all->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			stop_begin(all);
		else if (info.ssi_signo == SIGHUP && !all->stopping)
			reload(all);
	}
	reap(all);
}

/* A frame from a worker; the only one there is says ready. */
static void
hear(struct supervisor *all, struct slot *slot, const json_t *msg)
{
	if (!value_true(msg, "ready") || slot->state != SLOT_STARTING)
		return;
	json_decref(slot->sandbox);
	slot->sandbox = json_incref(json_object_get(msg, "sandbox"));
	slot_enter(all, slot, SLOT_READY);
	size_t count =
	    json_array_size(json_object_get(slot->sandbox, "missing"));
	if (count > 0)
		log_line(all->plan->log, LOG_WARN,
		    "%s: the sandbox lacks %zu things; see the status page",
		    slot->kind->name, count);
}

/* Reads and writes what a control channel has; a broken one ends its worker. */
static void
serve(struct supervisor *all, struct slot *slot)
{
	struct err err = { 0 };
	bool good = channel_fill(slot->control, &err);
	while (good) {
		AUTO(value) json_t *msg = NULL;
		good = channel_next(slot->control, &msg, NULL, NULL, &err);
		if (msg == NULL)
			break;
		hear(all, slot, msg);
	}
	good = good && channel_flush(slot->control, &err);
	if (good)
		return;
	if (err.kind != ERR_MISSING)
		log_err(all->plan->log, slot->kind->name, &err);
	channel_free(slot->control); /* its end tells the worker to go */
	slot->control = NULL;
	if (slot->kill_at == 0)
		(void)kill(slot->pid, SIGKILL);
}

/* What the desk shows on its status page. */
static void
send_news(struct supervisor *all)
{
	struct slot *desk = slot_find(all, "desk");
	if (!all->news || desk == NULL || desk->state != SLOT_READY)
		return;
	json_t *workers = json_object();
	for (size_t i = 0; i < WORKERS; i++) {
		struct slot *slot = &all->slots[i];
		json_t *row = json_object();
		value_set_int(row, "pid", slot->pid);
		value_set_text(row, "state", state_names[slot->state]);
		value_set_int(row, "restarts", slot->restarts);
		value_set_when(row, "started", slot->started);
		value_set(row, "sandbox", json_incref(slot->sandbox));
		value_set(workers, slot->kind->name, row);
	}
	all->news = false;
	tell(all, desk, json_pack("{s:o}", "workers", workers), NULL, 0);
}

static void
announce(struct supervisor *all)
{
	for (size_t i = 0; i < WORKERS; i++)
		if (all->slots[i].state != SLOT_READY)
			return;
	if (!all->announced)
		log_line(all->plan->log, LOG_NOTICE, "ready");
	all->announced = true;
	notify_send("READY=1");
}

/* Starts, ends and forgives what is due now. */
static void
look_at_clock(struct supervisor *all)
{
	int64_t now = clock_ticks();
	for (size_t i = 0; i < WORKERS; i++) {
		struct slot *slot = &all->slots[i];
		if (slot->pid == 0 && slot->start_at != 0 &&
		    slot->start_at <= now && !all->stopping)
			slot_start(all, slot);
		bool late = slot->state == SLOT_STARTING &&
			    now - slot->since > READY_WITHIN;
		bool stubborn = slot->kill_at != 0 && slot->kill_at <= now;
		if (slot->pid > 0 && (late || stubborn)) {
			log_line(all->plan->log, LOG_FAULT, "%s %s",
			    slot->kind->name,
			    late ? "did not become ready"
				 : "did not stop in time");
			(void)kill(slot->pid, SIGKILL);
			slot->since = now;
			slot->kill_at += stubborn ? STOP_WITHIN : 0;
		}
	}
}

/* Milliseconds until look_at_clock has something to do. */
static int
next_turn(const struct supervisor *all)
{
	int64_t now = clock_ticks(), soonest = now + WHEN_SECOND;
	for (size_t i = 0; i < WORKERS; i++) {
		const struct slot *slot = &all->slots[i];
		if (slot->start_at != 0 && slot->start_at < soonest)
			soonest = slot->start_at;
	}
	return soonest <= now ? 0 : (int)((soonest - now) / 1000 + 1);
}

static void
turn(struct supervisor *all)
{
	struct pollfd polls[WORKERS + 1] = { { all->signals, POLLIN, 0 } };
	for (size_t i = 0; i < WORKERS; i++) {
		struct channel *control = all->slots[i].control;
		bool full = control != NULL && channel_wants_write(control);
		polls[i + 1] =
		    (struct pollfd){ control == NULL ? -1 : channel_fd(control),
			    (short)(full ? POLLIN | POLLOUT : POLLIN), 0 };
	}
	if (poll(polls, COUNT(polls), next_turn(all)) < 0 && errno != EINTR)
		return;
	for (size_t i = 0; i < WORKERS; i++)
		if (polls[i + 1].revents != 0)
			serve(all, &all->slots[i]);
	bool changed = all->news;
	if (polls[0].revents != 0)
		read_signals(all);
	look_at_clock(all);
	if ((changed || all->news) && !all->stopping)
		announce(all);
	send_news(all);
	if (all->stopping)
		stop_on(all);
}

static bool
is_empty(const struct supervisor *all)
{
	for (size_t i = 0; i < WORKERS; i++)
		if (all->slots[i].pid != 0)
			return false;
	return true;
}

static bool
block_signals(int *ret, struct err *err)
{
	sigset_t mine;
	sigemptyset(&mine);
	sigaddset(&mine, SIGCHLD);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGHUP);
	int fd = -1;
	if (sigprocmask(SIG_BLOCK, &mine, NULL) == 0)
		fd = signalfd(-1, &mine, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "signals: %s", strerror(errno));
	*ret = fd;
	return true;
}

/* 256 random bits as hex. */
static void
make_key(char key[2 * RANDOM_HEX_128])
{
	char first[RANDOM_HEX_128], second[RANDOM_HEX_128];
	(void)snprintf(key, 2 * RANDOM_HEX_128, "%s%s", random_hex_128(first),
	    random_hex_128(second));
}

bool
supervisor_run(const struct supervisor_plan *plan, struct err *err)
{
	struct supervisor all = { .plan = plan, .signals = -1, .news = true };
	if (!block_signals(&all.signals, err))
		return false;
	all.settings = json_incref(plan->settings);
	make_key(all.door_key);
	for (size_t i = 0; i < WORKERS; i++)
		all.slots[i].kind = &kinds[i];
	for (size_t i = 0; i < WORKERS; i++)
		slot_start(&all, &all.slots[i]);
	while (!all.stopping || !is_empty(&all))
		turn(&all);
	json_decref(all.settings);
	close(all.signals);
	return true;
}

bool
supervisor_once(const struct supervisor_plan *plan, const char *act,
    char *const args[], int *ret, struct err *err)
{
	const char *argv[ARGUMENTS + 1] = { act };
	int ends[2], status = 0;
	pid_t pid = 0;
	for (size_t i = 0; args[i] != NULL; i++) {
		if (i + 1 >= ARGUMENTS)
			return err_set(err, ERR_LIMIT, NULL,
			    "more than %d arguments", ARGUMENTS - 1);
		argv[i + 1] = args[i];
	}
	if (!make_pair(ends, err))
		return false;
	AUTO(channel) struct channel *control = channel_new(ends[0]);
	AUTO(fd) int theirs = ends[1];
	AUTO(value) json_t *frame = json_object();
	value_set(frame, "settings", json_incref(plan->settings));
	value_set(frame, "fds", json_array());
	value_set_text(frame, "act", act);
	if (!start_program(plan, "forewarn-desk", argv, theirs, &pid, err))
		return false;
	fd_auto(&theirs);
	bool sent = channel_send(control, frame, NULL, 0, err) &&
		    channel_wait_flush(control, 10000, err);
	if (waitpid(pid, &status, 0) != pid || (status == 0 && !sent))
		return false;
	*ret = WIFEXITED(status) ? WEXITSTATUS(status) : 70;
	return true;
}
