/*
 * probe SPEC ATTEMPT PLACE: enters the jail named SPEC, which may use the
 * folder PLACE, makes one attempt, and exits with 0 when it succeeded or 42
 * when the kernel refused it; a killed process tells the rest.
 */
#include "os/jail.h"
#include "value/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
open_one(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	return fd >= 0;
}

static bool
read_foreign(void)
{
	return open_one("/etc/passwd", O_RDONLY);
}

static bool
read_own_environment(void)
{
	return open_one("/proc/self/environ", O_RDONLY);
}

static bool
list_root(void)
{
	return open_one("/", O_RDONLY | O_DIRECTORY);
}

static bool
write_foreign(void)
{
	return open_one("/tmp/forewarn-probe", O_WRONLY | O_CREAT);
}

static bool
read_place(void)
{
	return open_one("page", O_RDONLY);
}

static bool
write_place(void)
{
	return open_one("new", O_WRONLY | O_CREAT) &&
	       rename("new", "newer") == 0 && unlink("newer") == 0;
}

static bool
truncate_place(void)
{
	return truncate("page", 0) == 0;
}

static bool
open_memory(void)
{
	int fd = memfd_create("upload", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd >= 0 && write(fd, "x", 1) == 1 &&
	       fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0;
}

static bool
socket_internet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool
socket_local(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
socket_raw(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

/* True also when nobody listens: the kernel let us try. */
static bool
connect_port(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 &&
	       (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
		   errno == ECONNREFUSED);
}

static bool
connect_foreign(void)
{
	return connect_port(9);
}

static bool
connect_granted(void)
{
	return connect_port(2525);
}

/* Door and desk have no socket call; the attempt uses an inherited one. */
static bool
connect_inherited(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	return connect(0, (struct sockaddr *)&to, sizeof(to)) == 0 ||
	       errno == ECONNREFUSED;
}

static bool
listen_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	       listen(fd, 1) == 0;
}

static bool
exec_program(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
	return false;
}

static bool
trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool
fork_process(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return child > 0;
}

static bool
kill_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool
kill_parent_thread(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static bool
mount_tmp(void)
{
	return mount("none", "/tmp", "tmpfs", 0, NULL) == 0;
}

static bool
make_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
become_root(void)
{
	return setuid(0) == 0;
}

static bool
new_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

static bool
read_other_memory(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };
	return syscall(SYS_process_vm_readv, getppid(), &here, 1UL, &there, 1UL,
		   0UL) == 1;
}

static void *
thread_body(void *context)
{
	return context;
}

static bool
start_thread(void)
{
	pthread_t thread;
	return pthread_create(&thread, NULL, thread_body, NULL) == 0 &&
	       pthread_join(thread, NULL) == 0;
}

static const struct {
	const char *name;
	bool (*run)(void);
} attempts[] = {
	{ "read_foreign", read_foreign },
	{ "read_own_environment", read_own_environment },
	{ "list_root", list_root },
	{ "write_foreign", write_foreign },
	{ "read_place", read_place },
	{ "write_place", write_place },
	{ "truncate_place", truncate_place },
	{ "open_memory", open_memory },
	{ "socket_internet", socket_internet },
	{ "socket_local", socket_local },
	{ "socket_raw", socket_raw },
	{ "connect_foreign", connect_foreign },
	{ "connect_granted", connect_granted },
	{ "connect_inherited", connect_inherited },
	{ "listen_port", listen_port },
	{ "exec_program", exec_program },
	{ "trace_parent", trace_parent },
	{ "fork_process", fork_process },
	{ "kill_parent", kill_parent },
	{ "kill_parent_thread", kill_parent_thread },
	{ "mount_tmp", mount_tmp },
	{ "make_code", make_code },
	{ "become_root", become_root },
	{ "new_namespace", new_namespace },
	{ "read_other_memory", read_other_memory },
	{ "start_thread", start_thread },
};

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	AUTO(value) json_t *report = NULL;
	if (argc != 4 || chdir(argv[3]) != 0)
		return 2;
	const char *spec = argv[1];
	struct jail_path path = { argv[3],
		strncmp(spec, "desk", 4) == 0 ? JAIL_WRITE : JAIL_READ };
	uint16_t port = 2525;
	struct jail_plan plan = { spec, "nobody", true, &path, 1, &port, 1 };
	if (!jail_enter(&plan, &report, &err)) {
		(void)fprintf(stderr, "%s\n", err.text);
		return err.kind == ERR_MISSING ? 77 : 2;
	}
	for (size_t i = 0; i < COUNT(attempts); i++)
		if (strcmp(attempts[i].name, argv[2]) == 0)
			_exit(attempts[i].run() ? 0 : 42);
	_exit(3);
}
