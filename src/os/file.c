#include "os/file.h"

#include "os/fd.h"
#include "os/random.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (64u << 10)
#define PATH_ROOM 1024

static bool
fail(struct err *err, const char *what, const char *path)
{
	enum err_kind kind = ERR_SYSTEM;
	if (errno == ENOENT || errno == ENOTDIR)
		kind = ERR_MISSING;
	else if (errno == ENOSPC || errno == EDQUOT)
		kind = ERR_RETRY;
	return err_set(
	    err, kind, NULL, "cannot %s %s: %s", what, path, strerror(errno));
}

/* "folder/name" cut in two; refuses what leads out of the directory. */
static bool
path_split(const char *path, char folder[PATH_ROOM], const char **name,
    struct err *err)
{
	struct str rest = str_of(path);
	bool good = path[0] != '/' && path[0] != '\0' && rest.len < PATH_ROOM;
	while (good && rest.ptr != NULL) {
		struct str part = str_cut(&rest, '/');
		good =
		    part.len > 0 && !str_eq(part, "..") && !str_eq(part, ".");
	}
	if (!good)
		return err_set(err, ERR_INVALID, NULL,
		    "the path \"%s\" is not a plain relative path", path);
	const char *slash = strrchr(path, '/');
	*name = slash == NULL ? path : slash + 1;
	if (slash == NULL)
		(void)snprintf(folder, PATH_ROOM, ".");
	else
		(void)snprintf(
		    folder, PATH_ROOM, "%.*s", (int)(slash - path), path);
	return true;
}

/* Opens the folder that holds path and gives the last name. */
static bool
open_parent(
    int dir, const char *path, int *ret, const char **name, struct err *err)
{
	char folder[PATH_ROOM];
	if (!path_split(path, folder, name, err))
		return false;
	int fd = openat(
	    dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fail(err, "open the folder of", path);
	*ret = fd;
	return true;
}

bool
file_read_fd(int fd, struct buf *ret, struct err *err)
{
	char *piece = malloc(PIECE);
	if (piece == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	ssize_t got = 1;
	off_t at = 0;
	while (got > 0 && !ret->failed) {
		got = pread(fd, piece, PIECE, at);
		if (got < 0 && errno == EINTR) {
			got = 1;
			continue;
		}
		if (got > 0)
			buf_add(ret, piece, (size_t)got);
		at += got > 0 ? got : 0;
	}
	int fault = errno;
	explicit_bzero(piece, PIECE);
	free(piece);
	errno = fault;
	if (got < 0)
		return fail(err, "read", "the file");
	if (ret->failed)
		return err_set(err, ERR_LIMIT, NULL,
		    "the file is larger than %zu bytes", ret->max);
	return true;
}

bool
file_read(int dir, const char *path, struct buf *ret, struct err *err)
{
	AUTO(fd) int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;
	if (fd < 0 || fstat(fd, &about) != 0)
		return fail(err, "open", path);
	if (!S_ISREG(about.st_mode))
		return err_set(
		    err, ERR_INVALID, NULL, "%s is not a regular file", path);
	if (!file_read_fd(fd, ret, err))
		return err_in(err, "%s", path);
	return true;
}

static bool
write_all(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = write(fd, bytes.ptr, bytes.len);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes.ptr += sent;
		bytes.len -= (size_t)sent;
	}
	return true;
}

/* A new file with this content, safely on the disk. */
static bool
write_new(int dir, const char *name, struct str bytes, mode_t mode)
{
	AUTO(fd)
	int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	return fd >= 0 && write_all(fd, bytes) && fsync(fd) == 0;
}

bool
file_write(
    int dir, const char *path, struct str bytes, mode_t mode, struct err *err)
{
	AUTO(fd) int parent = -1;
	const char *name;
	if (!open_parent(dir, path, &parent, &name, err))
		return false;
	char unique[RANDOM_TOKEN_128], temporary[RANDOM_TOKEN_128 + 8];
	(void)snprintf(
	    temporary, sizeof(temporary), ".new-%s", random_token_128(unique));
	if (write_new(parent, temporary, bytes, mode) &&
	    renameat(parent, temporary, parent, name) == 0 &&
	    fsync(parent) == 0)
		return true;
	int fault = errno;
	(void)unlinkat(parent, temporary, 0);
	errno = fault;
	return fail(err, "write", path);
}

bool
file_make_folders(int dir, const char *path, mode_t mode, struct err *err)
{
	char folder[PATH_ROOM];
	const char *name;
	if (!path_split(path, folder, &name, err))
		return false;
	(void)snprintf(folder, sizeof(folder), "%s", path);
	char *slash = folder;
	do {
		slash = strchr(slash, '/');
		if (slash != NULL)
			*slash = '\0';
		if (mkdirat(dir, folder, mode) != 0 && errno != EEXIST)
			return fail(err, "make the folder", folder);
		if (slash != NULL)
			*slash++ = '/';
	} while (slash != NULL);
	return true;
}

bool
file_remove(int dir, const char *path, struct err *err)
{
	char folder[PATH_ROOM];
	const char *name;
	if (!path_split(path, folder, &name, err))
		return false;
	if (unlinkat(dir, path, 0) != 0 && errno != ENOENT)
		return fail(err, "remove", path);
	return true;
}

bool
file_check_private_fd(int fd, const char *path, struct err *err)
{
	struct stat about;
	if (fstat(fd, &about) != 0)
		return fail(err, "look at", path);
	if (!S_ISREG(about.st_mode))
		return err_set(
		    err, ERR_INVALID, NULL, "%s is not a regular file", path);
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return err_set(err, ERR_INVALID, NULL,
		    "%s belongs to user %u: make it yours with \"chown %u %s\"",
		    path, about.st_uid, geteuid(), path);
	if ((about.st_mode & 077) != 0)
		return err_set(err, ERR_INVALID, NULL,
		    "%s can be read or changed by others (mode %03o): "
		    "run \"chmod 600 %s\"",
		    path, about.st_mode & 0777, path);
	return true;
}

bool
file_check_private(const char *path, struct err *err)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(err, "open", path);
	return file_check_private_fd(fd, path, err);
}
