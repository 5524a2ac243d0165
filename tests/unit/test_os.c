#include "test.h"

#include "core/when.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/log.h"
#include "os/random.h"
#include "os/spawn.h"
#include "os/worker.h"
#include "value/value.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A fresh folder under /tmp, and its descriptor. */
struct place {
	char path[64];
	int fd;
};

static struct place
place_new(void)
{
	struct place place = { "/tmp/forewarn-test-XXXXXX", -1 };
	assert_non_null(mkdtemp(place.path));
	place.fd = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(place.fd >= 0);
	return place;
}

static void
clock_moves_by_its_offset(void **state)
{
	(void)state;
	struct clock plain = { 0 }, ahead = { 90 * WHEN_DAY };
	int64_t now = clock_now(&plain);
	assert_true(now > INT64_C(1700000000) * WHEN_SECOND);
	int64_t apart = clock_now(&ahead) - now;
	assert_true(apart >= 90 * WHEN_DAY);
	assert_true(apart < 90 * WHEN_DAY + WHEN_MINUTE);
	assert_true(clock_ticks() <= clock_ticks());
}

static void
tokens_are_url_safe_and_differ(void **state)
{
	(void)state;
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_";
	char a[RANDOM_TOKEN_256], b[RANDOM_TOKEN_256];
	char c[RANDOM_TOKEN_128], d[RANDOM_HEX_128];
	for (int i = 0; i < 200; i++) {
		assert_int_equal(strspn(random_token_256(a), safe), 43);
		assert_int_equal(strlen(a), 43);
		assert_string_not_equal(a, random_token_256(b));
		assert_int_equal(strspn(random_token_128(c), safe), 22);
		assert_int_equal(
		    strspn(random_hex_128(d), "0123456789abcdef"), 32);
	}
}

static void
write_replaces_whole_files_only_inside(void **state)
{
	(void)state;
	static const char *const refused[] = { "", "/etc/x", "../x", "a/../x",
		"a//x", "./x", "a/", "none/x" };
	struct err err = { 0 };
	struct place place = place_new();
	assert_true(file_make_folders(place.fd, "a/b", 0755, &err));
	assert_true(file_make_folders(place.fd, "a/b", 0755, &err));
	for (int i = 0; i < 2; i++)
		assert_true(file_write(place.fd, "a/b/text",
		    i == 0 ? STR("first and long") : STR("second"), 0644,
		    &err));
	AUTO(buf) struct buf text = BUF(100);
	assert_true(file_read(place.fd, "a/b/text", &text, &err));
	assert_string_equal(buf_text(&text), "second");
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_false(
		    file_write(place.fd, refused[i], STR("x"), 0644, &err));
	assert_true(symlinkat("/tmp", place.fd, "link") == 0);
	assert_false(file_write(place.fd, "link/x", STR("x"), 0644, &err));
	assert_true(file_remove(place.fd, "a/b/text", &err));
	assert_true(file_remove(place.fd, "a/b/text", &err));
	assert_false(file_remove(place.fd, "../x", &err));
	AUTO(buf) struct buf none = BUF(100);
	assert_false(file_read(place.fd, "a/b/text", &none, &err));
	assert_int_equal(err.kind, ERR_MISSING);
	close(place.fd);
}

static void
failed_write_leaves_the_old_file(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct place place = place_new();
	assert_true(file_write(place.fd, "f", STR("old"), 0600, &err));
	pid_t child = fork();
	if (child == 0) { /* a full disk, as far as this process sees */
		struct rlimit none = { 0, 0 };
		struct err fault = { 0 };
		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &none);
		_exit(file_write(place.fd, "f", STR("new"), 0600, &fault));
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	AUTO(buf) struct buf text = BUF(100);
	assert_true(file_read(place.fd, "f", &text, &err));
	assert_string_equal(buf_text(&text), "old");
	close(place.fd);
}

static void
reading_stops_at_the_ceiling(void **state)
{
	(void)state;
	struct err err = { 0 };
	AUTO(buf) struct buf text = BUF(10);
	assert_false(file_read(AT_FDCWD, "/proc/self/stat", &text, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	AUTO(buf) struct buf more = BUF(10);
	assert_false(file_read(AT_FDCWD, "/dev/zero", &more, &err));
	assert_int_equal(err.kind, ERR_INVALID);
}

static void
secrets_must_be_private(void **state)
{
	(void)state;
	static const struct {
		mode_t mode;
		bool good;
	} cases[] = {
		{ 0600, true },
		{ 0400, true },
		{ 0640, false },
		{ 0604, false },
		{ 0620, false },
	};
	struct err err = { 0 };
	struct place place = place_new();
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/key", place.path);
	assert_true(file_write(place.fd, "key", STR("k"), 0600, &err));
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(chmod(path, cases[i].mode), 0);
		assert_int_equal(file_check_private(path, &err), cases[i].good);
		if (!cases[i].good)
			assert_non_null(strstr(err.text, "chmod 600"));
	}
	assert_false(file_check_private("/dev/null", &err));
	assert_false(file_check_private("/nowhere", &err));
	close(place.fd);
}

/* Runs body with standard error in a pipe and gives what it wrote. */
static void
log_lines_are_harmless(void **state)
{
	(void)state;
	int ends[2], saved = dup(2);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], 2), 2);
	struct log log = log_open("door");
	log_line(&log, LOG_WARN, "name %s", "a\n<0>b\x1b[2J\xe2\x80\xae");
	assert_int_equal(dup2(saved, 2), 2);
	char text[200] = { 0 };
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	assert_string_equal(
	    text, "<4>door: name a<U+000A><0>b<U+001B>[2J<U+202E>\n");
	close(ends[0]);
	close(ends[1]);
	close(saved);
}

static int
spawn_shell(const char *script, const int fds[], size_t nfds)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct spawn spawn = { "/bin/sh", argv, NULL, fds, nfds };
	struct err err = { 0 };
	pid_t child = -1;
	int status = -1;
	assert_true(spawn_start(&spawn, &child, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
spawn_gives_these_descriptors_and_no_other(void **state)
{
	(void)state;
	int a[2], b[2];
	char text[3] = { 0 };
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	/* the low numbers in reverse order: no target may be overwritten */
	int fds[] = { b[1], a[1] };
	assert_int_equal(
	    spawn_shell("printf b >&3; printf a >&4; for n in 0 1 2 3 4 5 6 "
			"7 8 9; do if [ -e /proc/self/fd/$n ]; then open="
			"$open$n; fi; done; [ \"$open\" = 01234 ]",
		fds, 2),
	    0);
	assert_int_equal(read(b[0], text, 2), 1);
	assert_string_equal(text, "b");
	assert_int_equal(read(a[0], text, 2), 1);
	assert_string_equal(text, "a");
	assert_int_equal(spawn_shell("[ -z \"$HOME\" ]", NULL, 0), 0);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

static void
spawn_tells_what_it_cannot_start(void **state)
{
	(void)state;
	const char *argv[] = { "x", NULL };
	struct spawn missing = { "/nowhere/x", argv, NULL, NULL, 0 };
	struct spawn foreign = { "/etc/passwd", argv, NULL, NULL, 0 };
	struct err err = { 0 };
	pid_t child = -1;
	assert_false(spawn_start(&missing, &child, &err));
	assert_int_equal(err.kind, ERR_MISSING);
	assert_false(spawn_start(&foreign, &child, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_int_equal(child, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Runs in a child, where descriptor 3 is free to be the control channel. */
static int
worker_child(int control)
{
	struct worker worker;
	struct worker_order order;
	struct err err;
	if (dup2(control, WORKER_CONTROL_FD) < 0 ||
	    !worker_start(&worker, &err))
		return 1;
	if (strcmp(value_text(worker.settings, "user"), "x") != 0 ||
	    worker_take(&worker, "door") >= 0 ||
	    worker_take(&worker, "listen") < 0 ||
	    worker_take(&worker, "listen") < 0 ||
	    worker_take(&worker, "listen") >= 0)
		return 2;
	AUTO(value) json_t *sandbox = json_object();
	worker_order(&worker, &order);
	if (order.kind != WORKER_NONE || !worker_ready(&worker, sandbox, &err))
		return 3;
	static const enum worker_order_kind want[] = { WORKER_PEER, WORKER_NEWS,
		WORKER_STOP };
	for (size_t i = 0; i < COUNT(want); i++) {
		do {
			worker_order(&worker, &order);
		} while (order.kind == WORKER_NONE);
		if (order.kind != want[i])
			return 4 + (int)i;
		if (i == 0 && (strcmp(order.peer, "desk") != 0 || order.fd < 0))
			return 8;
		json_decref(order.message);
	}
	worker_done(&worker);
	return 0;
}

static void
worker_follows_the_start_protocol(void **state)
{
	(void)state;
	int ends[2], status = -1, listen[2] = { 0, 1 };
	struct err err;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(worker_child(ends[1]));
	close(ends[1]);
	AUTO(channel) struct channel *control = channel_new(ends[0]);
	AUTO(value)
	json_t *start = json_pack("{s:{s:s},s:[s,s]}", "settings", "user", "x",
	    "fds", "listen", "listen");
	AUTO(value) json_t *peer = json_pack("{s:s}", "peer", "desk");
	AUTO(value) json_t *news = json_pack("{s:{}}", "workers");
	AUTO(value) json_t *stop = json_pack("{s:b}", "stop", 1);
	AUTO(value) json_t *ready = NULL;
	assert_true(channel_send(control, start, listen, 2, &err));
	assert_true(channel_wait_flush(control, 5000, &err));
	assert_true(channel_wait_next(control, 5000, &ready, NULL, NULL, &err));
	assert_true(value_true(ready, "ready"));
	assert_true(channel_send(control, peer, listen, 1, &err));
	assert_true(channel_send(control, news, NULL, 0, &err));
	assert_true(channel_send(control, stop, NULL, 0, &err));
	assert_true(channel_wait_flush(control, 5000, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_moves_by_its_offset),
		cmocka_unit_test(tokens_are_url_safe_and_differ),
		cmocka_unit_test(write_replaces_whole_files_only_inside),
		cmocka_unit_test(failed_write_leaves_the_old_file),
		cmocka_unit_test(reading_stops_at_the_ceiling),
		cmocka_unit_test(secrets_must_be_private),
		cmocka_unit_test(log_lines_are_harmless),
		cmocka_unit_test(spawn_gives_these_descriptors_and_no_other),
		cmocka_unit_test(spawn_tells_what_it_cannot_start),
		cmocka_unit_test(worker_follows_the_start_protocol),
	};
	return cmocka_run_group_tests_name("os", tests, NULL, NULL);
}
