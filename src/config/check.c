#include "config/check.h"

#include "core/num.h"
#include "core/when.h"
#include "os/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRONG(err, ...) err_set((err), ERR_INVALID, NULL, __VA_ARGS__)

bool
check_any(const char *text, struct err *err)
{
	(void)text;
	(void)err;
	return true;
}

/* The folder that holds a path is there. */
static bool
has_parent(const char *path)
{
	char parent[1024];
	struct stat about;
	const char *slash = strrchr(path, '/');
	size_t len =
	    slash == NULL || slash == path ? 1 : (size_t)(slash - path);
	(void)snprintf(parent, sizeof(parent), "%.*s", (int)len, path);
	return stat(parent, &about) == 0 && S_ISDIR(about.st_mode);
}

bool
check_folder(const char *text, struct err *err)
{
	struct stat about;
	bool there = stat(text, &about) == 0;
	if (there && !S_ISDIR(about.st_mode))
		return WRONG(err, "%s is not a folder", text);
	if (!there && !has_parent(text))
		return WRONG(err,
		    "there is no folder %s and no place to make it: "
		    "run \"mkdir -p %s\"",
		    text, text);
	return true;
}

bool
check_file(const char *text, struct err *err)
{
	struct stat about;
	if (stat(text, &about) != 0 || access(text, R_OK) != 0)
		return WRONG(err, "cannot read %s: %s", text, strerror(errno));
	if (!S_ISREG(about.st_mode))
		return WRONG(err, "%s is not a file", text);
	return true;
}

bool
check_key_file(const char *text, struct err *err)
{
	struct stat about;
	if (stat(text, &about) == 0)
		return file_check_private(text, err);
	if (!has_parent(text))
		return WRONG(err,
		    "there is no folder for %s: make it, or name another file",
		    text);
	return true;
}

bool
check_secret_file(const char *text, struct err *err)
{
	return check_file(text, err) && file_check_private(text, err);
}

/* "host:port" or "[v6]:port" cut in two; host may be empty only if allowed. */
static bool
cut_port(const char *text, struct str *host, int64_t *port)
{
	const char *colon = strrchr(text, ':');
	if (colon == NULL || !num_parse(str_of(colon + 1), 1, 65535, port))
		return false;
	*host = (struct str){ text, (size_t)(colon - text) };
	if (host->len > 2 && text[0] == '[' && colon[-1] == ']')
		*host = (struct str){ text + 1, host->len - 2 };
	else if (memchr(text, ':', host->len) != NULL)
		return false;
	return host->len > 0;
}

static bool
is_address(struct str text)
{
	char copy[64];
	unsigned char bytes[16];
	if (text.len >= sizeof(copy))
		return false;
	(void)snprintf(copy, sizeof(copy), "%.*s", (int)text.len, text.ptr);
	return inet_pton(AF_INET, copy, bytes) == 1 ||
	       inet_pton(AF_INET6, copy, bytes) == 1;
}

bool
check_listen(const char *text, struct err *err)
{
	struct str host;
	int64_t port;
	if (strncmp(text, "unix:", 5) == 0) {
		if (text[5] == '/' && strlen(text + 5) < 108 &&
		    has_parent(text + 5))
			return true;
		return WRONG(err,
		    "\"%s\" needs an absolute path below 108 characters in a "
		    "folder that exists",
		    text);
	}
	if (cut_port(text, &host, &port) && is_address(host))
		return true;
	return WRONG(err,
	    "\"%s\" is not address:port with a numeric address: write for "
	    "example 127.0.0.1:8080, [::1]:8080 or unix:/run/forewarn/door",
	    text);
}

/* Host, or host:port, without path, user or spaces. */
static bool
is_authority(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789.-";
	struct str host = { text, strlen(text) };
	int64_t port;
	if (strrchr(text, ':') != NULL && !cut_port(text, &host, &port))
		return false;
	if (is_address(host))
		return true;
	return host.len > 0 && host.len < 254 &&
	       strspn(host.ptr, plain) >= host.len;
}

static bool
is_this_machine(const char *authority)
{
	static const char *const names[] = { "localhost", "127.0.0.1",
		"[::1]" };
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t len = strlen(names[i]);
		if (strncmp(authority, names[i], len) == 0 &&
		    (authority[len] == ':' || authority[len] == '\0'))
			return true;
	}
	return false;
}

bool
check_base_url(const char *text, struct err *err)
{
	bool open = strncmp(text, "http://", 7) == 0;
	bool secure = strncmp(text, "https://", 8) == 0;
	if (open && is_authority(text + 7) && !is_this_machine(text + 7))
		return WRONG(err,
		    "%s is not encrypted: write https://, plain http is for "
		    "this machine only",
		    text);
	if ((open && is_authority(text + 7)) ||
	    (secure && is_authority(text + 8)))
		return true;
	return WRONG(err,
	    "\"%s\" is not an address such as https://security.example.org, "
	    "without path and final slash",
	    text);
}

bool
check_web(const char *text, struct err *err)
{
	const char *rest = strstr(text, "://");
	bool good = rest != NULL && strpbrk(text, " \"<>\\\t\n") == NULL &&
		    (strncmp(text, "https://", 8) == 0 ||
			strncmp(text, "http://", 7) == 0) &&
		    rest[3] != '\0' && rest[3] != '/';
	if (good)
		return true;
	return WRONG(err, "\"%s\" is not a web address (https://...)", text);
}

bool
check_database(const char *text, struct err *err)
{
	if (strcmp(text, "sqlite") == 0 ||
	    strncmp(text, "postgresql://", 13) == 0)
		return true;
	return WRONG(
	    err, "write \"sqlite\" or \"postgresql://user@host:5432/name\"");
}

bool
check_smtp(const char *text, struct err *err)
{
	if ((strncmp(text, "smtp://", 7) == 0 && is_authority(text + 7)) ||
	    (strncmp(text, "smtps://", 8) == 0 && is_authority(text + 8)))
		return true;
	return WRONG(err,
	    "\"%s\" is not a relay such as smtp://127.0.0.1:25 or "
	    "smtps://mail.example.org:465; user and password have keys of "
	    "their own",
	    text);
}

bool
check_mail(const char *text, struct err *err)
{
	const char *at = strchr(text, '@');
	bool good = at != NULL && at != text && strlen(text) < 255 &&
		    strpbrk(text, " \"<>()[],;:\\\t\r\n") == NULL &&
		    strchr(at + 1, '@') == NULL && is_authority(at + 1);
	if (good)
		return true;
	return WRONG(err,
	    "\"%s\" is not a plain mail address such as security@example.org",
	    text);
}

/* text is one of the words; otherwise an error that lists them. */
static bool
is_word(const char *text, const char *words, struct err *err)
{
	struct str rest = str_of(words);
	while (rest.ptr != NULL)
		if (str_eq(str_cut(&rest, ' '), text))
			return true;
	return WRONG(err, "\"%s\" is none of: %s", text, words);
}

bool
check_sandbox(const char *text, struct err *err)
{
	return is_word(text, "required best-effort", err);
}

bool
check_role(const char *text, struct err *err)
{
	return is_word(text,
	    "public reporter team assignee observer maintainer release "
	    "manager director maker admin auditor system",
	    err);
}

bool
check_start(const char *text, struct err *err)
{
	return is_word(text,
	    "received decided reserved assigned fixed disclosed asked", err);
}

bool
check_line_kind(const char *text, struct err *err)
{
	return is_word(text, "main stable lts", err);
}

bool
check_tier_when(const char *text, struct err *err)
{
	return is_word(text, "triage fix disclosure", err);
}

bool
check_user(const char *text, struct err *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	if (strlen(text) <= 32 && text[strspn(text, plain)] == '\0')
		return true;
	return WRONG(err, "\"%s\" is not a user name", text);
}

bool
check_address(const char *text, struct err *err)
{
	if (is_address(str_of(text)))
		return true;
	return WRONG(err, "\"%s\" is not an IP address", text);
}

static bool
is_between(const char *text, int64_t min, int64_t max, struct err *err)
{
	int64_t number;
	if (num_parse(str_of(text), min, max, &number))
		return true;
	return WRONG(err, "%s is not a number from %lld to %lld", text,
	    (long long)min, (long long)max);
}

bool
check_days(const char *text, struct err *err)
{
	return is_between(text, 1, 3650, err);
}

bool
check_span(const char *text, struct err *err)
{
	return is_between(text, 0, 3650, err);
}

bool
check_count(const char *text, struct err *err)
{
	return is_between(text, 1, 100000, err);
}

bool
check_date(const char *text, struct err *err)
{
	int64_t when;
	if (strlen(text) == 10 && when_parse(str_of(text), true, &when))
		return true;
	return WRONG(err, "\"%s\" is not a day such as 2026-11-22", text);
}

bool
check_uuid(const char *text, struct err *err)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	static const char hex[] = "0123456789abcdef";
	bool good = strlen(text) == sizeof(shape) - 1;
	for (size_t i = 0; good && shape[i] != '\0'; i++)
		good = shape[i] == '-' ? text[i] == '-'
				       : strchr(hex, text[i]) != NULL;
	if (good)
		return true;
	return WRONG(
	    err, "\"%s\" is not a lower-case UUID of the form %s", text, shape);
}
