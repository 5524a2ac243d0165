/*
 * Whole files: read with a ceiling, written so that a reader or a crash sees
 * the old or the new content and nothing else. Paths are relative to an open
 * directory (AT_FDCWD for the working directory).
 */
#ifndef FOREWARN_OS_FILE_H
#define FOREWARN_OS_FILE_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Appends the content of a regular file to ret, at most its ceiling. Errors:
 * ERR_MISSING (no such file), ERR_LIMIT (larger), ERR_SYSTEM (cannot read).
 */
MUST bool file_read(
    int dir, const char *path, struct buf *ret, struct err *err);

/* The same for an open file, from its beginning. */
MUST bool file_read_fd(int fd, struct buf *ret, struct err *err);

/*
 * Writes bytes to path at once: a temporary file beside it, fsync, rename,
 * fsync of the directory. path may name folders below dir, which must exist,
 * and must not be absolute or contain "..". Errors: ERR_INVALID (path),
 * ERR_RETRY (disk full), ERR_SYSTEM; path is then as it was.
 */
MUST bool file_write(
    int dir, const char *path, struct str bytes, mode_t mode, struct err *err);

/*
 * Makes every folder of path below dir that is not there yet (mode before
 * umask). The same rule for paths as in file_write.
 */
MUST bool file_make_folders(
    int dir, const char *path, mode_t mode, struct err *err);

/* Removes path; true also when there is none. Same rule for paths. */
MUST bool file_remove(int dir, const char *path, struct err *err);

/*
 * Checks that a file with a secret belongs to us or to root and that nobody
 * else may read or write it; the error says which chmod repairs it.
 */
MUST bool file_check_private(const char *path, struct err *err);

/* The same for an open file; path is for the error text only. */
MUST bool file_check_private_fd(int fd, const char *path, struct err *err);

#endif
