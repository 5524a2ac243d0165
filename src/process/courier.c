/*
 * The courier: takes jobs from the desk, composes one mail each, hands it to
 * the relay and answers what became of it. It remembers nothing: the desk owns
 * the outbox and asks again. It may die of the relay's bytes, not of the
 * desk's.
 */
#include "core/limits.h"
#include "core/num.h"
#include "core/when.h"
#include "ipc/channel.h"
#include "mail/compose.h"
#include "mail/smtp.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/jail.h"
#include "os/log.h"
#include "os/worker.h"
#include "value/value.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct courier {
	struct log log;
	struct clock clock;
	struct worker worker;
	struct channel *desk; /* NULL while there is none */
	struct smtp *smtp;
	json_t *queue; /* array of jobs, oldest first */
	bool stop;
};

/* What a name resolver and TLS read inside the jail. */
static const struct jail_path paths[] = {
	{ "/etc/hosts", JAIL_READ },
	{ "/etc/host.conf", JAIL_READ },
	{ "/etc/resolv.conf", JAIL_READ },
	{ "/run/systemd/resolve", JAIL_READ },
	{ "/etc/nsswitch.conf", JAIL_READ },
	{ "/etc/gai.conf", JAIL_READ },
	{ "/etc/ld.so.cache", JAIL_READ },
	{ "/etc/services", JAIL_READ },
	{ "/etc/ssl", JAIL_READ },
	{ "/usr/lib", JAIL_READ },
	{ "/usr/share/ca-certificates", JAIL_READ },
	{ "/usr/local/share/ca-certificates", JAIL_READ },
	{ "/usr/share/zoneinfo", JAIL_READ },
	{ "/etc/localtime", JAIL_READ },
};

/* Port of smtp://host:port, or the usual one. */
static uint16_t
relay_port(const char *url)
{
	const char *colon = strrchr(url, ':');
	int64_t port = 0;
	if (colon != NULL && num_parse(str_of(colon + 1), 1, 65535, &port))
		return (uint16_t)port;
	return strncmp(url, "smtps:", 6) == 0 ? 465 : 25;
}

/* Reads a file named by a setting; nothing when the setting is empty. */
static bool
setting_file(
    const json_t *settings, const char *key, struct buf *ret, struct err *err)
{
	const char *path = value_text(settings, key);
	if (path[0] == '\0')
		return true;
	if (!file_read(AT_FDCWD, path, ret, err))
		return err_in(err, "%s", key);
	return true;
}

/* The first line: editors end a file with one. */
static struct str
first_line(const struct buf *buf)
{
	struct str rest = { buf_text(buf), buf->len };
	return str_trim(str_cut(&rest, '\n'));
}

static bool
relay_open(const json_t *settings, struct smtp **ret, struct err *err)
{
	AUTO(buf) struct buf file = BUF(LIMIT_SMTP_TEXT);
	AUTO(buf) struct buf password = BUF(LIMIT_SMTP_TEXT);
	AUTO(buf) struct buf trust = BUF(LIMIT_MAIL);
	const char *path = value_text(settings, "smtp_password_file");
	if (path[0] != '\0' && !file_check_private(path, err))
		return false;
	if (!setting_file(settings, "smtp_password_file", &file, err) ||
	    !setting_file(settings, "smtp_ca_file", &trust, err))
		return false;
	struct str line = first_line(&file);
	buf_add(&password, line.ptr, line.len);
	const char *at = strchr(value_text(settings, "mail_from"), '@');
	const struct smtp_relay relay = {
		.url = value_text(settings, "smtp"),
		.user = value_text(settings, "smtp_user"),
		.password = buf_text(&password),
		.hello = at != NULL ? at + 1 : NULL,
		.trust = { buf_text(&trust), trust.len },
		.seconds = (long)value_int(settings, "smtp_seconds", 0),
	};
	return smtp_new(&relay, ret, err);
}

static bool
courier_start(struct courier *courier, struct err *err)
{
	if (!worker_start(&courier->worker, err))
		return false;
	const json_t *settings = courier->worker.settings;
	int desk = worker_take(&courier->worker, "desk");
	if (desk >= 0)
		courier->desk = channel_new(desk);
	courier->queue = json_array();
	if (!relay_open(settings, &courier->smtp, err))
		return false;
	const uint16_t ports[] = { relay_port(value_text(settings, "smtp")),
		53 };
	const struct jail_plan plan = {
		.spec = "courier",
		.user = value_text(settings, "user"),
		.required =
		    strcmp(value_text(settings, "sandbox"), "best-effort") != 0,
		.paths = paths,
		.npaths = COUNT(paths),
		.ports = ports,
		.nports = COUNT(ports),
	};
	json_t *report = NULL;
	return jail_enter(&plan, &report, err) &&
	       worker_ready(&courier->worker, report, err);
}

/* Forgets the desk and its jobs: they are its own and come again. */
static void
desk_drop(struct courier *courier, const struct err *err)
{
	if (err->kind != ERR_MISSING)
		log_err(&courier->log, "dropping the desk's channel", err);
	channel_free(courier->desk);
	courier->desk = NULL;
	json_array_clear(courier->queue);
}

static void
answer(
    struct courier *courier, const json_t *job, const struct smtp_reply *reply)
{
	struct err err;
	AUTO(value) json_t *message = json_object();
	json_t *id = json_object_get(job, "job");
	value_set(message, "job", json_incref(id != NULL ? id : json_null()));
	value_set_text(message, "result", smtp_result_name(reply->result));
	value_set_int(message, "code", reply->code);
	value_set_text(message, "text", reply->text);
	if (courier->desk != NULL &&
	    (!channel_send(courier->desk, message, NULL, 0, &err) ||
		!channel_flush(courier->desk, &err)))
		desk_drop(courier, &err);
}

/* Composes and sends one job; whatever is wrong with it is a refusal. */
static void
job_do(struct courier *courier, const json_t *job, struct smtp_reply *ret)
{
	struct err err;
	AUTO(buf) struct buf bytes = BUF(LIMIT_MAIL);
	AUTO(value) json_t *mail = json_deep_copy(json_object_get(job, "mail"));
	if (json_is_object(mail) && value_text(mail, "date")[0] == '\0')
		value_set_when(mail, "date", clock_now(&courier->clock));
	bool named = json_is_integer(json_object_get(job, "job"));
	if (!named)
		err_set(&err, ERR_INVALID, "job", "the job has no number");
	if (!named || !compose_mail(mail, &bytes, &err)) {
		ret->result = SMTP_REFUSED;
		ret->code = 0;
		snprintf(ret->text, sizeof(ret->text), "%s", err.text);
		return;
	}
	smtp_send(courier->smtp, value_text(mail, "from"),
	    value_text(mail, "to"), (struct str){ buf_text(&bytes), bytes.len },
	    ret);
}

static void
job_next(struct courier *courier)
{
	AUTO(value)
	json_t *job = json_incref(json_array_get(courier->queue, 0));
	json_array_remove(courier->queue, 0);
	struct smtp_reply reply = { 0 };
	job_do(courier, job, &reply);
	answer(courier, job, &reply);
}

static bool
queue_has_room(const struct courier *courier)
{
	return json_array_size(courier->queue) < LIMIT_COURIER_QUEUE;
}

/* Takes jobs while there is room; the rest waits in the desk's channel. */
static void
desk_read(struct courier *courier)
{
	struct err err;
	if (!channel_fill(courier->desk, &err)) {
		desk_drop(courier, &err);
		return;
	}
	while (queue_has_room(courier)) {
		json_t *job = NULL;
		size_t nfds = 0;
		if (!channel_next(courier->desk, &job, NULL, &nfds, &err)) {
			desk_drop(courier, &err);
			return;
		}
		if (job == NULL)
			return;
		json_array_append_new(courier->queue, job);
	}
}

static void
orders_read(struct courier *courier)
{
	for (;;) {
		struct worker_order order = { 0 };
		worker_order(&courier->worker, &order);
		AUTO(value) json_t *message = order.message;
		(void)message; /* held for its end of scope only */
		if (order.kind == WORKER_NONE)
			return;
		if (order.kind == WORKER_STOP) {
			courier->stop = true;
			return;
		}
		if (order.kind != WORKER_PEER)
			continue;
		if (strcmp(order.peer, "desk") != 0) {
			close(order.fd);
			continue;
		}
		const struct err replaced = { .kind = ERR_MISSING };
		desk_drop(courier, &replaced);
		courier->desk = channel_new(order.fd);
	}
}

/* Sleeps until the supervisor or the desk says something, or work waits. */
static void
courier_wait(struct courier *courier)
{
	struct pollfd fds[] = {
		{ .fd = channel_fd(courier->worker.control), .events = POLLIN },
		{ .fd = -1 },
	};
	if (courier->desk != NULL) {
		fds[1].fd = channel_fd(courier->desk);
		if (queue_has_room(courier))
			fds[1].events |= POLLIN;
		if (channel_wants_write(courier->desk))
			fds[1].events |= POLLOUT;
	}
	bool busy = json_array_size(courier->queue) > 0;
	if (poll(fds, COUNT(fds), busy ? 0 : -1) < 0)
		return;
	struct err err;
	if (fds[0].revents != 0)
		orders_read(courier);
	if (courier->desk != NULL && channel_wants_write(courier->desk) &&
	    !channel_flush(courier->desk, &err))
		desk_drop(courier, &err);
	if (courier->desk != NULL && queue_has_room(courier))
		desk_read(courier);
}

static void
courier_done(struct courier *courier)
{
	channel_free(courier->desk);
	smtp_free(courier->smtp);
	json_decref(courier->queue);
	worker_done(&courier->worker);
}

int
main(void)
{
	struct courier courier = { .log = log_open("courier") };
	struct err err;
	(void)signal(SIGPIPE, SIG_IGN);
	if (!courier_start(&courier, &err)) {
		log_err(&courier.log, "cannot start", &err);
		courier_done(&courier);
		return EXIT_FAILURE;
	}
	while (!courier.stop) {
		courier_wait(&courier);
		if (!courier.stop && json_array_size(courier.queue) > 0)
			job_next(&courier);
	}
	courier_done(&courier);
	return EXIT_SUCCESS;
}
