/* The master key's file, and the steps of rekeying; used by vault.c. */
#ifndef FOREWARN_STORE_MASTER_H
#define FOREWARN_STORE_MASTER_H

#include "store/vault.h"

#define MASTER_SIZE 32

/*
 * Reads a master key. *found says whether there is such a file; a missing one
 * is no error here.
 */
MUST bool master_read(const char *path, bool credential,
    unsigned char key[MASTER_SIZE], bool *found, struct err *err);

/* Puts path.new in the place of path and keeps the old one as path.old. */
MUST bool master_replace(const char *path, struct err *err);

/* A test's chance to end the process after a step of rekeying. */
typedef void rekey_step_fn(void *context, const char *step);

/* vault_rekey that tells each step: "made", "wrapped", "committed". */
MUST bool vault_rekey_steps(const struct vault_settings *settings,
    struct db *db, int64_t now, rekey_step_fn *step, void *context,
    struct err *err);

#endif
