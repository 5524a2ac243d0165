#include "os/listen.h"

#include "core/num.h"
#include "core/str.h"
#include "os/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 512
#define SYSTEMD_FIRST 3

static bool
fail(struct err *err, const char *address)
{
	const char *cure = "";
	if (errno == EADDRINUSE)
		cure = ": another program listens there; stop it or choose "
		       "another port";
	else if (errno == EACCES)
		cure = ": ports below 1024 need root or systemd's socket "
		       "activation";
	return err_set(err, ERR_SYSTEM, "listen", "cannot listen on %s: %s%s",
	    address, strerror(errno), cure);
}

/* Path of an AF_UNIX address; false when it does not fit. */
static bool
local_address(const char *path, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	size_t len = strlen(path);
	if (len >= sizeof(ret->sun_path))
		return false;
	memcpy(ret->sun_path, path, len + 1);
	return true;
}

static bool
open_local(const char *address, int *ret, struct err *err)
{
	struct sockaddr_un at;
	struct stat about;
	const char *path = address + strlen("unix:");
	if (!local_address(path, &at))
		return err_set(err, ERR_INVALID, "listen",
		    "%s: the path is too long", address);
	if (lstat(path, &about) == 0 && S_ISSOCK(about.st_mode))
		(void)unlink(path);
	AUTO(fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    chmod(path, 0666) != 0 || listen(fd, BACKLOG) != 0)
		return fail(err, address);
	*ret = fd_take(&fd);
	return true;
}

static bool
bind_one(const struct addrinfo *where, int *ret)
{
	int yes = 1;
	AUTO(fd)
	int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (where->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0)
		return false;
	*ret = fd_take(&fd);
	return true;
}

bool
listen_open(const char *address, int *ret, struct err *err)
{
	if (strncmp(address, "unix:", 5) == 0)
		return open_local(address, ret, err);
	char host[64];
	const char *colon = strrchr(address, ':');
	struct addrinfo *where = NULL;
	struct addrinfo want = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	size_t len = colon == NULL ? 0 : (size_t)(colon - address);
	const char *start = address;
	if (len > 2 && address[0] == '[' && address[len - 1] == ']') {
		start++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(host))
		return err_set(err, ERR_INVALID, "listen",
		    "%s is not address:port", address);
	(void)snprintf(host, sizeof(host), "%.*s", (int)len, start);
	if (getaddrinfo(host, colon + 1, &want, &where) != 0)
		return err_set(err, ERR_INVALID, "listen",
		    "%s is not a numeric address and port", address);
	bool good = bind_one(where, ret);
	int fault = errno;
	freeaddrinfo(where);
	errno = fault;
	return good || fail(err, address);
}

size_t
listen_inherited(int fds[], size_t max)
{
	int64_t pid = 0, count = 0;
	const char *whose = getenv("LISTEN_PID");
	const char *many = getenv("LISTEN_FDS");
	if (whose == NULL || many == NULL ||
	    !num_parse(str_of(whose), 1, INT32_MAX, &pid) || pid != getpid() ||
	    !num_parse(str_of(many), 0, 64, &count))
		return 0;
	size_t got = 0;
	for (int i = 0; i < (int)count && got < max; i++) {
		int fd = SYSTEMD_FIRST + i;
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
			fds[got++] = fd;
	}
	return got;
}

void
notify_send(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to;
	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    !local_address(path, &to))
		return;
	socklen_t size =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	AUTO(fd) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	ssize_t sent = sendto(
	    fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to, size);
	(void)sent; /* systemd's own time-out deals with it */
}
