/*
 * The supervisor's heart: starts the workers, wires them together, starts a
 * dead one again, and passes stop and reload on. It reads nothing but the
 * workers' short reports. A worker that dies is started again after a pause
 * that doubles from 100 ms to 30 s and forgets after a minute of good work; it
 * never gives up. Disadvantage: what a dead worker had in hand is lost, so its
 * peers must be able to ask again.
 */
#ifndef FOREWARN_PROCESS_SUPERVISOR_H
#define FOREWARN_PROCESS_SUPERVISOR_H

#include "core/err.h"
#include "core/limits.h"
#include "os/log.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct supervisor;

struct supervisor_plan {
	const struct log *log;
	const char *folder; /* where the workers' programs are */
	json_t *settings;   /* borrowed at start, replaced by reload */
	const int *listen;  /* listening sockets, borrowed */
	size_t nlisten;
	/* Reads the configuration again; false, with err, keeps the old. */
	bool (*reload)(void *context, json_t **settings, struct err *err);
	void *context;
};

/*
 * Runs until SIGTERM or SIGINT has been obeyed: false only when it could not
 * begin. SIGHUP reloads and restarts the workers.
 */
MUST bool supervisor_run(const struct supervisor_plan *plan, struct err *err);

/*
 * Runs `forewarn-desk act args…` once with the settings, for acts such as
 * backup; *ret is its exit status.
 */
MUST bool supervisor_once(const struct supervisor_plan *plan, const char *act,
    char *const args[], int *ret, struct err *err);

#endif
