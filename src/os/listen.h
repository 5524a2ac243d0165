/* Listening sockets: made here, or handed over by systemd. */
#ifndef FOREWARN_OS_LISTEN_H
#define FOREWARN_OS_LISTEN_H

#include "core/err.h"

#include <stddef.h>

/*
 * Binds and listens on "127.0.0.1:8080", "[::1]:8080" or "unix:/path" (a
 * socket left behind by an earlier run is replaced). *ret is close-on-exec.
 */
MUST bool listen_open(const char *address, int *ret, struct err *err);

/*
 * Sockets handed over by systemd (sd_listen_fds(3)): fills fds, at most max,
 * and returns how many; 0 when there are none.
 */
size_t listen_inherited(int fds[], size_t max);

/*
 * Tells systemd about us, for example "READY=1" (sd_notify(3)); does nothing
 * when nobody asked to be told.
 */
void notify_send(const char *text);

#endif
