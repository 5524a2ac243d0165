/*
 * The seccomp allow-list: the groups of a row in jail.c, and the calls below
 * whose arguments decide. Everything else ends the process at once.
 */
#include "os/jail_spec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define ALL ~UINT64_C(0)
#define NO_ARGUMENT 9u
#define OPEN_TO_WRITE ((uint64_t)(O_ACCMODE | O_CREAT | O_TRUNC))
#define THREAD ((uint64_t)(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND))

/* Who a rule is for: rows that may, rows that may not, or every row. */
enum whom { EVERY, IF_MAY, UNLESS_MAY };

/* (argument & mask) == value: allowed, or answered with errno. */
struct call_rule {
	enum whom whom;
	unsigned may;
	const char *name;
	unsigned argument;
	uint64_t mask;
	uint64_t value;
	int answer; /* 0 = allowed, else this errno */
};

static const struct call_rule rules[] = {
	/* No code is made from data. */
	{ EVERY, 0, "mmap", 2, PROT_EXEC, 0, 0 },
	{ EVERY, 0, "mmap", 2, PROT_EXEC, PROT_EXEC, EPERM },
	{ EVERY, 0, "mprotect", 2, PROT_EXEC, 0, 0 },
	{ EVERY, 0, "mprotect", 2, PROT_EXEC, PROT_EXEC, EPERM },
	/* Threads where allowed, processes never; libc tries clone3 first. */
	{ EVERY, 0, "clone3", NO_ARGUMENT, 0, 0, ENOSYS },
	{ IF_MAY, MAY_THREAD, "clone", 0, THREAD, THREAD, 0 },
	/* A row that may not write opens files for reading only. */
	{ UNLESS_MAY, MAY_WRITE_FILES, "open", 1, OPEN_TO_WRITE, 0, 0 },
	{ UNLESS_MAY, MAY_WRITE_FILES, "openat", 2, OPEN_TO_WRITE, 0, 0 },
	/* Socket families; name look-up tries AF_UNIX (nscd) by itself. */
	{ IF_MAY, MAY_INTERNET, "socket", 0, ALL, AF_INET, 0 },
	{ IF_MAY, MAY_INTERNET, "socket", 0, ALL, AF_INET6, 0 },
	{ IF_MAY, MAY_INTERNET, "socket", 0, ALL, AF_NETLINK, 0 },
	{ IF_MAY, MAY_LOCAL, "socket", 0, ALL, AF_UNIX, 0 },
	{ UNLESS_MAY, MAY_LOCAL, "socket", 0, ALL, AF_UNIX, EAFNOSUPPORT },
	/* Small questions libraries ask. */
	{ EVERY, 0, "ioctl", 1, ALL, FIONBIO, 0 },
	{ EVERY, 0, "ioctl", 1, ALL, FIONREAD, 0 },
	{ EVERY, 0, "ioctl", 1, ALL, TCGETS, ENOTTY },
	{ EVERY, 0, "prctl", 0, ALL, PR_SET_NAME, 0 },
	{ EVERY, 0, "prlimit64", 2, ALL, 0, 0 }, /* read, not set */
};

#ifdef SANITIZED
/* What the sanitizers' run-time calls; the release build has none of it. */
static const char *const sanitizers[] = { "open", "openat", "readlink",
	"readlinkat", "sched_getaffinity", "sigaltstack", "stat", "lstat",
	"statx", "prctl", "getcwd", NULL };

int __lsan_is_turned_off(void);

/* The leak check would attach to the process with ptrace at its end. */
int
__lsan_is_turned_off(void)
{
	return 1;
}
#endif

static int
allow_group(scmp_filter_ctx filter, const char *const *names)
{
	for (int fault = 0; *names != NULL; names++) {
		int number = seccomp_syscall_resolve_name(*names);
		if (number == __NR_SCMP_ERROR)
			continue; /* not on this architecture */
		fault = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
		if (fault != 0)
			return fault;
	}
	return 0;
}

static bool
applies(const struct call_rule *rule, const struct jail_spec *spec)
{
	bool may = (spec->may & rule->may) != 0;
	return rule->whom == EVERY || may == (rule->whom == IF_MAY);
}

static int
add_rule(scmp_filter_ctx filter, const struct call_rule *rule)
{
	uint32_t action = rule->answer == 0
			      ? SCMP_ACT_ALLOW
			      : SCMP_ACT_ERRNO((uint32_t)rule->answer);
	int number = seccomp_syscall_resolve_name(rule->name);
	if (number == __NR_SCMP_ERROR)
		return 0;
	if (rule->argument == NO_ARGUMENT)
		return seccomp_rule_add(filter, action, number, 0);
	struct scmp_arg_cmp check = { rule->argument, SCMP_CMP_MASKED_EQ,
		rule->mask, rule->value };
	return seccomp_rule_add_array(filter, action, number, 1, &check);
}

/* A process may end itself (abort), and signal nobody else. */
static int
add_own_signals(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp self = { 0, SCMP_CMP_EQ, (uint64_t)getpid(), 0 };
	return seccomp_rule_add_array(
	    filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &self);
}

static int
fill(scmp_filter_ctx filter, const struct jail_spec *spec)
{
	int fault = add_own_signals(filter);
	for (size_t i = 0; fault == 0 && spec->groups[i] != NULL; i++)
		fault = allow_group(filter, spec->groups[i]);
#ifdef SANITIZED
	if (fault == 0)
		fault = allow_group(filter, sanitizers);
#endif
	for (size_t i = 0; fault == 0 && i < COUNT(rules); i++)
		if (applies(&rules[i], spec))
			fault = add_rule(filter, &rules[i]);
	return fault;
}

bool
jail_seccomp(const struct jail_spec *spec, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "seccomp: no memory");
	int fault = fill(filter, spec);
	bool listed = fault == 0;
	if (listed)
		fault = seccomp_load(filter);
	seccomp_release(filter);
	if (fault == 0)
		return true;
	if (!listed)
		return err_set(err, ERR_SYSTEM, NULL,
		    "the seccomp list is not accepted: %s", strerror(-fault));
	return err_set(err, ERR_MISSING, "sandbox",
	    "this kernel loads no seccomp filter (%s): enable it, or write "
	    "sandbox = best-effort and accept the risk",
	    strerror(-fault));
}
