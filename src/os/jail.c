#include "os/jail_spec.h"

#include "value/value.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Which process may touch what. First the groups of system calls, then one
 * row for each process. Calls whose arguments matter (mmap, socket, clone,
 * openat of a reader, ...) are in the table of jail_seccomp.c.
 */

/* Compute, wait, and use descriptors that are already open. */
static const char *const ordinary[] = { "read", "readv", "write", "writev",
	"close", "fstat", "newfstatat", "lseek", "munmap", "mremap", "brk",
	"madvise", "futex", "clock_gettime", "clock_getres", "clock_nanosleep",
	"nanosleep", "gettimeofday", "time", "getrandom", "exit", "exit_group",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
	"restart_syscall", "sched_yield", "sched_getaffinity", "getpid",
	"gettid", "getuid", "geteuid", "getgid", "getegid", "poll", "ppoll",
	"select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait",
	"epoll_pwait", "epoll_pwait2", "eventfd2", "timerfd_create",
	"timerfd_settime", "pipe2", "dup", "dup2", "dup3", "fcntl", "sysinfo",
	"getrusage", "uname", "membarrier", "set_robust_list", "rseq",
	"set_tid_address", "shutdown", NULL };

/* Messages on sockets that are already connected. */
static const char *const messages[] = { "recvmsg", "recvfrom", "sendmsg",
	"sendto", "getsockopt", "setsockopt", "getsockname", "getpeername",
	NULL };

/* Take visitors from listening sockets; hold an upload in memory. */
static const char *const visitors[] = { "accept", "accept4", "memfd_create",
	"ftruncate", "sendfile", "pread64", "pwrite64", NULL };

/* Look at files below the paths that Landlock grants. */
static const char *const readers[] = { "open", "openat", "stat", "lstat",
	"statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat",
	"getdents64", "pread64", "preadv", "getcwd", "statfs", "fstatfs",
	NULL };

/* What a reader of files needs besides opening. */
static const char *const lookers[] = { "stat", "lstat", "statx", "access",
	"faccessat", "faccessat2", "readlink", "readlinkat", "getdents64",
	"preadv", NULL };

/*
 * Change files below the paths that Landlock grants (SQLite, the site), and
 * hand a large answer over as a memory file.
 */
static const char *const writers[] = { "memfd_create", "pwrite64", "pwritev",
	"ftruncate", "fallocate", "fsync", "fdatasync", "sync_file_range",
	"unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir",
	"mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "fchown",
	"utimensat", "flock", "umask", "mlock", "munlock", "mlock2", NULL };

/* Open connections of the families the row allows. */
static const char *const callers[] = { "connect", "bind", "socketpair",
	"sendmmsg", "recvmmsg", NULL };

/* The four inmates. */
static const struct jail_spec table[] = {
	/* Visitors' bytes: no key, no database, no way out. */
	{ "door", 0, 8192, 2048, { ordinary, messages, visitors, lookers } },
	/* The database and the site: no network, no program. */
	{ "desk", MAY_WRITE_FILES, 1024, 8192,
	    { ordinary, messages, readers, writers } },
	/* The same with a database server: its socket or its one port. */
	{ "desk-postgresql", MAY_WRITE_FILES | MAY_INTERNET | MAY_LOCAL, 1024,
	    8192, { ordinary, messages, readers, writers, callers } },
	/* The only way out: mail. Threads are curl's name resolver. */
	{ "courier", MAY_INTERNET | MAY_THREAD, 512, 2048,
	    { ordinary, messages, lookers, callers } },
};

static const struct jail_spec *
spec_find(const char *name)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

bool
jail_become(const char *user, struct err *err)
{
	if (geteuid() != 0 || user == NULL || user[0] == '\0')
		return true;
	const struct passwd *who = getpwnam(user);
	if (who == NULL)
		return err_set(err, ERR_MISSING, "user",
		    "there is no user \"%s\": make one with \"adduser "
		    "--system --group %s\" or change \"user\"",
		    user, user);
	if (setgroups(0, NULL) != 0 ||
	    setresgid(who->pw_gid, who->pw_gid, who->pw_gid) != 0 ||
	    setresuid(who->pw_uid, who->pw_uid, who->pw_uid) != 0)
		return err_set(err, ERR_SYSTEM, "user",
		    "cannot become user %s: %s", user, strerror(errno));
	return true;
}

static bool
limit(int which, rlim_t most)
{
	struct rlimit now = { 0 };
	if (getrlimit((__rlimit_resource_t)which, &now) != 0)
		return false;
	if (now.rlim_max < most)
		most = now.rlim_max;
	struct rlimit want = { most, most };
	return setrlimit((__rlimit_resource_t)which, &want) == 0;
}

/* Limits of memory and descriptors; no core file may hold secrets. */
static bool
set_limits(const struct jail_spec *spec, struct err *err)
{
	bool good = limit(RLIMIT_NOFILE, spec->files) && limit(RLIMIT_CORE, 0);
#ifndef SANITIZED /* which reserves terabytes of addresses */
	good = good && limit(RLIMIT_AS, (rlim_t)spec->mebibyte << 20) &&
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
	if (good)
		return true;
	return err_set(err, ERR_SYSTEM, NULL, "cannot set the limits: %s",
	    strerror(errno));
}

/* Notes what is missing; false when it is required. */
static bool
miss(const struct jail_plan *plan, json_t *missing, struct err *what)
{
	if (what->kind != ERR_MISSING || plan->required)
		return false;
	json_array_append_new(missing, json_string(what->text));
	return true;
}

/* Names what an old Landlock leaves to seccomp alone. */
static void
report_abi(int abi, json_t *missing)
{
	static const struct {
		int since;
		const char *what;
	} levels[] = {
		{ 3, "Landlock: truncating files (Linux 6.2)" },
		{ 4, "Landlock: TCP ports (Linux 6.7)" },
		{ 5, "Landlock: device controls (Linux 6.10)" },
		{ 6, "Landlock: signals and abstract sockets (Linux 6.12)" },
	};
	for (size_t i = 0; abi > 0 && i < COUNT(levels); i++)
		if (abi < levels[i].since)
			json_array_append_new(
			    missing, json_string(levels[i].what));
}

bool
jail_enter(const struct jail_plan *plan, json_t **report, struct err *err)
{
	struct err local = { 0 };
	struct err *what = err == NULL ? &local : err;
	const struct jail_spec *spec = spec_find(plan->spec);
	AUTO(value) json_t *missing = json_array();
	int abi = 0;
	bool filtered = true;
	if (spec == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "there is no jail named %s", plan->spec);
	if (!jail_become(plan->user, what) && !miss(plan, missing, what))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "no_new_privs: %s", strerror(errno));
	if (!set_limits(spec, err))
		return false;
	if (!jail_landlock(plan, spec, &abi, what) &&
	    !miss(plan, missing, what))
		return false;
	report_abi(abi, missing);
	if (!jail_seccomp(spec, what)) {
		filtered = false;
		if (!miss(plan, missing, what))
			return false;
	}
	*report = json_object();
	value_set_int(*report, "landlock", abi);
	value_set_bool(*report, "seccomp", filtered);
	value_set(*report, "missing", json_incref(missing));
	return true;
}
