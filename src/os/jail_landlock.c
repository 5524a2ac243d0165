/*
 * Landlock (Documentation/userspace-api/landlock.rst) up to ABI 7. The system
 * headers may be older than the kernel, so the constants are our own.
 */
#include "os/jail_spec.h"

#include "os/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL_CREATE_RULESET 444 /* the same on every architecture */
#define CALL_ADD_RULE 445
#define CALL_RESTRICT_SELF 446
#define CREATE_VERSION 1u
#define RULE_PATH 1
#define RULE_PORT 2

#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_REMOVE_DIR (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_DIR (UINT64_C(1) << 7)
#define FS_MAKE_REG (UINT64_C(1) << 8)
#define FS_REFER (UINT64_C(1) << 13)     /* ABI 2 */
#define FS_TRUNCATE (UINT64_C(1) << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */
#define NET_BIND_TCP (UINT64_C(1) << 0)  /* ABI 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT (UINT64_C(1) << 0) /* ABI 6 */
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

#define OF_FILES (FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)
#define TO_READ (FS_READ_FILE | FS_READ_DIR)
#define TO_WRITE                                                               \
	(TO_READ | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE |            \
	    FS_MAKE_DIR | FS_MAKE_REG | FS_REFER | FS_TRUNCATE)

struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scope;
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

struct port_rule {
	uint64_t allowed;
	uint64_t port;
};

/* All rights this ABI can refuse; what is not handled stays allowed. */
static struct ruleset
handled(int abi, bool any_port, bool local)
{
	struct ruleset set = { .files = FS_REFER - 1 };
	if (abi >= 2)
		set.files |= FS_REFER;
	if (abi >= 3)
		set.files |= FS_TRUNCATE;
	if (abi >= 5)
		set.files |= FS_IOCTL_DEV;
	if (abi >= 4)
		set.net =
		    NET_BIND_TCP | (any_port ? UINT64_C(0) : NET_CONNECT_TCP);
	if (abi >= 6)
		set.scope =
		    SCOPE_SIGNAL | (local ? UINT64_C(0) : SCOPE_ABSTRACT);
	return set;
}

static bool
add_path(
    int rules, const struct jail_path *path, uint64_t known, struct err *err)
{
	AUTO(fd) int fd = open(path->path, O_PATH | O_CLOEXEC);
	struct stat about;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (fd < 0 || fstat(fd, &about) != 0)
		return err_set(err, ERR_SYSTEM, NULL, "cannot open %s: %s",
		    path->path, strerror(errno));
	uint64_t want = (path->right & JAIL_WRITE) != 0 ? TO_WRITE : TO_READ;
	if (!S_ISDIR(about.st_mode))
		want &= OF_FILES;
	struct path_rule rule = { want & known, fd };
	if (syscall(CALL_ADD_RULE, rules, RULE_PATH, &rule, 0) != 0)
		return err_set(err, ERR_SYSTEM, NULL, "Landlock refused %s: %s",
		    path->path, strerror(errno));
	return true;
}

static bool
add_port(int rules, uint16_t port, struct err *err)
{
	struct port_rule rule = { NET_CONNECT_TCP, port };
	if (syscall(CALL_ADD_RULE, rules, RULE_PORT, &rule, 0) == 0)
		return true;
	return err_set(err, ERR_SYSTEM, NULL, "Landlock refused port %u: %s",
	    port, strerror(errno));
}

bool
jail_landlock(const struct jail_plan *plan, const struct jail_spec *spec,
    int *abi, struct err *err)
{
	long version =
	    syscall(CALL_CREATE_RULESET, NULL, (size_t)0, CREATE_VERSION);
	if (version < 2)
		return err_set(err, ERR_MISSING, "sandbox",
		    "this kernel has no Landlock (Linux 5.19 or later, with "
		    "landlock in its lsm= list): update it, or write "
		    "sandbox = best-effort and accept the risk");
	bool internet = (spec->may & MAY_INTERNET) != 0;
	bool any_port = internet && plan->nports == 0;
	struct ruleset set =
	    handled((int)version, any_port, (spec->may & MAY_LOCAL) != 0);
	size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
	AUTO(fd) int rules = (int)syscall(CALL_CREATE_RULESET, &set, size, 0u);
	if (rules < 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "Landlock: %s", strerror(errno));
	for (size_t i = 0; i < plan->npaths; i++)
		if (!add_path(rules, &plan->paths[i], set.files, err))
			return false;
	for (size_t i = 0;
	     (set.net & NET_CONNECT_TCP) != 0 && internet && i < plan->nports;
	     i++)
		if (!add_port(rules, plan->ports[i], err))
			return false;
	if (syscall(CALL_RESTRICT_SELF, rules, 0u) != 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "Landlock: %s", strerror(errno));
	*abi = (int)version;
	return true;
}
