/* What serving and the acts by hand share: opening the desk's stores. */
#ifndef FOREWARN_DESK_START_H
#define FOREWARN_DESK_START_H

#include "desk/ask.h"

/* Opens vault and database, without migrating. */
MUST bool desk_open_store(struct house *house, bool create, struct err *err);

/* Migrates the database and joins the vault to it. */
MUST bool desk_join_store(struct house *house, struct err *err);

/*
 * Takes the state folder for this process until it ends. ERR_CONFLICT: a
 * service is at work there; it must be stopped first.
 */
MUST bool desk_lock(const struct house *house, struct err *err);

/*
 * How to read the master key: the setting's file, or master.key in the state
 * folder; one of systemd's credentials is known by its folder. path holds the
 * text the result points to.
 */
struct vault_settings desk_keys(
    const struct house *house, bool create, struct buf *path);

#endif
