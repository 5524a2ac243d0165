/*
 * The jail: after jail_enter a process may do what its row of the table at
 * the top of jail.c says, and nothing else: no_new_privs, its own user, limits,
 * Landlock (files, TCP ports, signals) and a seccomp allow-list whose breach
 * ends the process. Disadvantage: a library that starts to use another system
 * call ends the process too; tests/jail and the running tests show that.
 */
#ifndef FOREWARN_OS_JAIL_H
#define FOREWARN_OS_JAIL_H

#include "core/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum jail_right {
	JAIL_READ = 1,  /* read this file, or everything below this folder */
	JAIL_WRITE = 2, /* also make, change, rename and remove */
};

struct jail_path {
	const char *path; /* one that does not exist is left out */
	enum jail_right right;
};

struct jail_plan {
	const char *spec; /* "door", "desk", "desk-postgresql", "courier" */
	const char *user; /* become this user when root; NULL or "" = stay */
	bool required;    /* false: go on without what the kernel lacks */
	const struct jail_path *paths;
	size_t npaths;
	const uint16_t *ports; /* TCP ports that may be connected to */
	size_t nports;         /* 0: any port, if the spec has sockets */
};

/*
 * Becomes the user, when started by root; does nothing otherwise. A process
 * that makes files calls it before it opens them. Errors: ERR_MISSING (no such
 * user), ERR_SYSTEM.
 */
MUST bool jail_become(const char *user, struct err *err);

/*
 * Enters the jail for ever. *report is what the start protocol sends:
 * {"landlock":7,"seccomp":true,"missing":["…"]}, for people; the caller owns
 * it. Errors: ERR_INVALID (no such spec), ERR_MISSING (the kernel lacks what
 * is required; says what and how to go on without), ERR_SYSTEM. After an error
 * the process may be half in jail and should exit.
 */
MUST bool jail_enter(
    const struct jail_plan *plan, json_t **report, struct err *err);

#endif
