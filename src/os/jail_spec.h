/* What a row of the jail table says; only jail*.c include this. */
#ifndef FOREWARN_OS_JAIL_SPEC_H
#define FOREWARN_OS_JAIL_SPEC_H

#include "os/jail.h"

enum jail_may {
	MAY_WRITE_FILES = 1, /* open for writing, within its paths */
	MAY_THREAD = 2,      /* threads, never processes */
	MAY_INTERNET = 4,    /* sockets of AF_INET, AF_INET6, AF_NETLINK */
	MAY_LOCAL = 8,       /* sockets of AF_UNIX */
};

#define JAIL_GROUPS 8

struct jail_spec {
	const char *name;
	unsigned may;                           /* enum jail_may */
	unsigned files;                         /* RLIMIT_NOFILE */
	unsigned mebibyte;                      /* RLIMIT_AS */
	const char *const *groups[JAIL_GROUPS]; /* system call names */
};

/* Landlock by its system calls; *abi is 0 when the kernel has none. */
MUST bool jail_landlock(const struct jail_plan *plan,
    const struct jail_spec *spec, int *abi, struct err *err);

/* Loads the allow-list; ERR_MISSING when the kernel has no seccomp. */
MUST bool jail_seccomp(const struct jail_spec *spec, struct err *err);

#endif
