#include "os/spawn.h"

#include "os/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST 3

/*
 * Child: the given descriptors to 3, 4, …, the report pipe behind them, the
 * rest closed. Copies are first made above all targets, so no target is
 * overwritten before it was copied. Returns the pipe, or -1.
 */
static int
arrange_fds(const struct spawn *spawn, int report)
{
	int above = FIRST + (int)spawn->nfds + 1;
	int copies[SPAWN_FDS + 1];
	for (size_t i = 0; i <= spawn->nfds; i++) {
		int from = i < spawn->nfds ? spawn->fds[i] : report;
		copies[i] = fcntl(from, F_DUPFD, above);
		if (copies[i] < 0)
			return -1;
	}
	for (size_t i = 0; i <= spawn->nfds; i++)
		if (dup2(copies[i], FIRST + (int)i) < 0)
			return -1;
	if (close_range((unsigned)above, ~0u, 0) != 0)
		return -1;
	int null = open("/dev/null", O_RDONLY);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		close(null);
	}
	int moved = FIRST + (int)spawn->nfds;
	return fcntl(moved, F_SETFD, FD_CLOEXEC) == 0 ? moved : -1;
}

static void
reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Child: never returns; tells errno through the pipe when exec fails. */
static _Noreturn void
become(const struct spawn *spawn, int report)
{
	static const char *const empty[] = { NULL };
	const char *const *env = spawn->env == NULL ? empty : spawn->env;
	reset_signals();
	int moved = arrange_fds(spawn, report);
	if (moved >= 0)
		(void)execve(spawn->path, (char *const *)(uintptr_t)spawn->argv,
		    (char *const *)(uintptr_t)env);
	int fault = errno;
	ssize_t sent =
	    write(moved >= 0 ? moved : report, &fault, sizeof(fault));
	(void)sent;
	_exit(127);
}

/* Parent: waits until the pipe closes by exec or brings an errno. */
static bool
hear_report(int report, const char *path, pid_t child, struct err *err)
{
	int fault = 0;
	ssize_t got;
	do {
		got = read(report, &fault, sizeof(fault));
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return true;
	(void)waitpid(child, NULL, 0);
	return err_set(err, fault == ENOENT ? ERR_MISSING : ERR_SYSTEM, NULL,
	    "cannot start %s: %s", path, strerror(fault));
}

bool
spawn_start(const struct spawn *spawn, pid_t *ret, struct err *err)
{
	int ends[2];
	if (spawn->nfds > SPAWN_FDS)
		return err_set(err, ERR_INVALID, NULL,
		    "a program gets at most %d descriptors", SPAWN_FDS);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "pipe: %s", strerror(errno));
	AUTO(fd) int reader = ends[0];
	AUTO(fd) int writer = ends[1];
	pid_t child = fork();
	if (child < 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "fork: %s", strerror(errno));
	if (child == 0)
		become(spawn, writer);
	fd_auto(&writer);
	if (!hear_report(reader, spawn->path, child, err))
		return false;
	*ret = child;
	return true;
}
