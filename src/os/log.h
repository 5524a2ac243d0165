/*
 * The log: lines on standard error with journald's priority in front
 * (sd-daemon(3)), or without it on a terminal. Hostile text is made visible
 * (core/utf8.h) and a line stays one line. Only processes use it.
 */
#ifndef FOREWARN_OS_LOG_H
#define FOREWARN_OS_LOG_H

#include "core/compiler.h"
#include "core/err.h"

#include <stdbool.h>

enum log_level {
	LOG_FAULT = 3,  /* something failed; a person should look */
	LOG_WARN = 4,   /* works, but not as configured */
	LOG_NOTICE = 5, /* start, stop, configuration */
	LOG_TELL = 6,   /* ordinary events */
};

struct log {
	const char *process; /* stands before each text */
	bool plain;          /* no priority in front */
};

/* A log for this process; looks once whether standard error is a terminal. */
struct log log_open(const char *process);

/* One line of at most 2 kB. */
void log_line(const struct log *log, enum log_level level, const char *fmt, ...)
    PRINTF(3, 4);

/* One line "doing: text of err" at LOG_FAULT. */
void log_err(const struct log *log, const char *doing, const struct err *err);

#endif
