#include "store/master.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_SIZE (2 * MASTER_SIZE)

static bool
refuse(const char *path, const char *what, struct err *err)
{
	return err_set(
	    err, ERR_SYSTEM, "master_key", "master key %s: %s", path, what);
}

static bool
mode_check(int fd, const char *path, bool credential, struct err *err)
{
	struct stat found;
	if (fstat(fd, &found) != 0)
		return refuse(path, strerror(errno), err);
	if (!S_ISREG(found.st_mode))
		return refuse(path, "is not a regular file", err);
	mode_t others = credential ? 0037 : 0077;
	if ((found.st_mode & others) != 0)
		return err_set(err, ERR_SYSTEM, "master_key",
		    "master key %s may be read by others (mode %03o): "
		    "chmod 600 %s",
		    path, found.st_mode & 0777u, path);
	if (!credential && found.st_uid != geteuid() && found.st_uid != 0)
		return err_set(err, ERR_SYSTEM, "master_key",
		    "master key %s belongs to user %u: chown it to the "
		    "service's user",
		    path, (unsigned)found.st_uid);
	return true;
}

static bool
key_parse(const unsigned char *bytes, size_t len, unsigned char *key)
{
	size_t made = 0;
	const char *end = NULL;
	if (len == MASTER_SIZE) {
		memcpy(key, bytes, MASTER_SIZE);
		return true;
	}
	if (len == HEX_SIZE + 1 && bytes[HEX_SIZE] == '\n')
		len--;
	return len == HEX_SIZE &&
	       sodium_hex2bin(key, MASTER_SIZE, (const char *)bytes, len, NULL,
		   &made, &end) == 0 &&
	       made == MASTER_SIZE && end == (const char *)bytes + len;
}

/* Reads at most size bytes; -1 with errno on failure. */
static ssize_t
read_all(int fd, unsigned char *bytes, size_t size)
{
	size_t len = 0;
	while (len < size) {
		ssize_t got = read(fd, bytes + len, size - len);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 ? (ssize_t)len : -1;
		len += (size_t)got;
	}
	return (ssize_t)len;
}

bool
master_read(const char *path, bool credential, unsigned char key[MASTER_SIZE],
    bool *found, struct err *err)
{
	unsigned char bytes[HEX_SIZE + 2];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT) {
		*found = false;
		return true;
	}
	if (fd == -1)
		return refuse(path, strerror(errno), err);
	if (!mode_check(fd, path, credential, err)) {
		(void)close(fd);
		return false;
	}
	ssize_t len = read_all(fd, bytes, sizeof(bytes));
	(void)close(fd);
	bool good = len >= 0 && key_parse(bytes, (size_t)len, key);
	sodium_memzero(bytes, sizeof(bytes));
	if (!good)
		return refuse(path,
		    "must be 32 bytes, or 64 hex digits and a newline", err);
	*found = true;
	return true;
}

static bool
directory_sync(const char *path, struct err *err)
{
	char copy[PATH_MAX];
	(void)snprintf(copy, sizeof(copy), "%s", path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd != -1 && fsync(fd) == 0;
	if (fd != -1)
		(void)close(fd);
	return done || refuse(path, strerror(errno), err);
}

/* Writes a new key to a file nobody knows yet. */
static bool
key_write(const char *path, struct err *err)
{
	unsigned char key[MASTER_SIZE];
	char text[HEX_SIZE + 2];
	(void)unlink(path);
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return refuse(path, strerror(errno), err);
	randombytes_buf(key, sizeof(key));
	(void)sodium_bin2hex(text, HEX_SIZE + 1, key, sizeof(key));
	text[HEX_SIZE] = '\n';
	bool done =
	    write(fd, text, HEX_SIZE + 1) == HEX_SIZE + 1 && fsync(fd) == 0;
	int why = errno;
	(void)close(fd);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	return done || refuse(path, strerror(why), err);
}

static bool
path_make(
    const char *path, const char *suffix, char ret[PATH_MAX], struct err *err)
{
	int len = snprintf(ret, PATH_MAX, "%s%s", path, suffix);
	if (len < 0 || len >= PATH_MAX)
		return refuse(path, "the path is too long", err);
	return true;
}

bool
vault_create_master(const char *path, struct err *err)
{
	char draft[PATH_MAX];
	if (sodium_init() == -1)
		return refuse(path, "no random numbers", err);
	if (!path_make(path, ".draft", draft, err) || !key_write(draft, err))
		return false;
	bool done = link(draft, path) == 0;
	int why = errno;
	(void)unlink(draft);
	if (!done && why == EEXIST)
		return err_set(err, ERR_CONFLICT, "master_key",
		    "master key %s is there already; it was left alone", path);
	if (!done)
		return refuse(path, strerror(why), err);
	return directory_sync(path, err);
}

bool
master_replace(const char *path, struct err *err)
{
	char next[PATH_MAX];
	char old[PATH_MAX];
	if (!path_make(path, ".new", next, err) ||
	    !path_make(path, ".old", old, err))
		return false;
	(void)unlink(old);
	if (link(path, old) != 0 || rename(next, path) != 0)
		return refuse(path, strerror(errno), err);
	return directory_sync(path, err);
}
