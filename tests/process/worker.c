/*
 * A worker for the supervisor's test: greets every peer it is given, writes
 * what happens to state/NAME.log, and dies on start while state/NAME.crash
 * exists. NAME is its own file name without "forewarn-".
 */
#include "os/worker.h"
#include "os/file.h"
#include "value/value.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define FRIENDS 2

struct test {
	struct worker worker;
	const char *name;
	struct channel *friends[FRIENDS];
	char names[FRIENDS][16];
	int log;
};

static void
note(struct test *test, const char *what, const char *whom)
{
	(void)dprintf(test->log, "%s %s\n", what, whom);
}

/* A new channel to a peer replaces the old one, and is greeted. */
static void
befriend(struct test *test, const char *name, int fd)
{
	size_t place = strcmp(name, "courier") == 0 ? 1 : 0;
	struct err err;
	if (fd < 0)
		return;
	channel_free(test->friends[place]);
	test->friends[place] = channel_new(fd);
	(void)snprintf(
	    test->names[place], sizeof(test->names[place]), "%s", name);
	AUTO(value) json_t *hello = json_pack("{s:s}", "hello", test->name);
	if (!channel_send(test->friends[place], hello, NULL, 0, &err) ||
	    !channel_flush(test->friends[place], &err))
		note(test, "lost", name);
}

static void
hear(struct test *test, size_t place)
{
	struct channel *friend = test->friends[place];
	struct err err;
	bool good = friend != NULL && channel_fill(friend, &err);
	while (good) {
		AUTO(value) json_t *msg = NULL;
		good = channel_next(friend, &msg, NULL, NULL, &err);
		if (msg == NULL)
			break;
		note(test, "hello", value_text(msg, "hello"));
	}
	if (!good && friend != NULL) {
		note(test, "lost", test->names[place]);
		channel_free(friend);
		test->friends[place] = NULL;
	}
}

/* One order; false when it is time to go. */
static bool
obey(struct test *test)
{
	for (;;) {
		struct worker_order order;
		worker_order(&test->worker, &order);
		AUTO(value) json_t *message = order.message;
		if (order.kind == WORKER_NONE)
			return true;
		if (order.kind == WORKER_STOP)
			return false;
		if (order.kind == WORKER_PEER)
			befriend(test, order.peer, order.fd);
		AUTO(buf) struct buf text = BUF(8192);
		value_print(&text, message);
		if (order.kind == WORKER_NEWS)
			note(test, "news", buf_text(&text));
	}
}

static void
loop(struct test *test)
{
	do {
		struct pollfd polls[FRIENDS + 1] = {
			{ channel_fd(test->worker.control), POLLIN, 0 }
		};
		for (size_t i = 0; i < FRIENDS; i++)
			polls[i + 1] =
			    (struct pollfd){ test->friends[i] == NULL
						 ? -1
						 : channel_fd(test->friends[i]),
				    POLLIN, 0 };
		(void)poll(polls, COUNT(polls), -1);
		for (size_t i = 0; i < FRIENDS; i++)
			if (polls[i + 1].revents != 0)
				hear(test, i);
	} while (obey(test));
}

/* The state folder stands beside this program; not every worker is told. */
static bool
enter_state(void)
{
	char path[4096] = { 0 };
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash = len > 0 ? strrchr(path, '/') : NULL;
	if (slash == NULL)
		return false;
	*slash = '\0';
	return chdir(path) == 0 && chdir("state") == 0;
}

int
main(int argc, char **argv)
{
	struct test test = { .name = strchr(argv[0], '-') + 1, .log = -1 };
	struct err err = { 0 };
	char path[32];
	if (argc > 1) { /* an act: say which, and end with its status */
		(void)printf("act %s %s\n", argv[1], argc > 2 ? argv[2] : "");
		return 7;
	}
	if (!worker_start(&test.worker, &err) || !enter_state())
		return 2;
	(void)snprintf(path, sizeof(path), "%s.log", test.name);
	test.log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	(void)dprintf(test.log, "start %d policy=%d listen=%d key=%d\n",
	    getpid(),
	    json_is_object(json_object_get(test.worker.settings, "policy")),
	    worker_take(&test.worker, "listen") >= 0,
	    value_text(test.worker.settings, "master_key")[0] != '\0');
	(void)snprintf(path, sizeof(path), "%s.crash", test.name);
	if (access(path, F_OK) == 0)
		abort();
	static const char *const peers[] = { "desk", "door", "courier" };
	for (size_t i = 0; i < COUNT(peers); i++)
		befriend(&test, peers[i], worker_take(&test.worker, peers[i]));
	AUTO(value) json_t *sandbox = json_pack("{s:[]}", "missing");
	if (!worker_ready(&test.worker, sandbox, &err))
		return 3;
	loop(&test);
	note(&test, "stop", "");
	return 0;
}
