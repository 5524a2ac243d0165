#include "cli/token.h"

#include "core/num.h"
#include "os/fd.h"
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST (64u << 10)
#define NAME "token"

/* The folder of our files; empty when there is no home. */
static void
folder(struct buf *out)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	if (config != NULL && config[0] == '/')
		buf_printf(out, "%s/forewarn", config);
	else if (home != NULL && home[0] == '/')
		buf_printf(out, "%s/.config/forewarn", home);
}

static bool
read_lines(struct buf *lines, struct err *err)
{
	AUTO(buf) struct buf path = BUF(4096);
	folder(&path);
	buf_puts(&path, "/" NAME);
	if (path.len == strlen("/" NAME) || access(buf_text(&path), F_OK) != 0)
		return true;
	return file_check_private(buf_text(&path), err) &&
	       file_read(AT_FDCWD, buf_text(&path), lines, err);
}

bool
token_find(struct buf *server, struct buf *token, int64_t *id, struct err *err)
{
	AUTO(buf) struct buf lines = BUF(FILE_MOST);
	if (!read_lines(&lines, err))
		return false;
	struct str rest = { buf_text(&lines), lines.len };
	while (rest.ptr != NULL) {
		struct str secret = str_trim(str_cut(&rest, '\n'));
		struct str of = str_cut(&secret, ' ');
		if (secret.ptr == NULL)
			continue;
		if (server->len == 0)
			buf_add(server, of.ptr, of.len);
		if (!str_eq(of, buf_text(server)))
			continue;
		struct str word = str_cut(&secret, ' ');
		buf_add(token, word.ptr, word.len);
		if (secret.ptr == NULL || !num_parse(secret, 1, INT64_MAX, id))
			*id = 0;
		return true;
	}
	return true;
}

/* Opens our folder, made when missing. */
static bool
open_folder(int *ret, struct err *err)
{
	AUTO(buf) struct buf path = BUF(4096);
	folder(&path);
	if (path.len == 0)
		return err_set(err, ERR_SYSTEM, NULL,
		    "HOME is not set: there is no place to keep a token");
	AUTO(fd) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!file_make_folders(root, path.ptr + 1, 0700, err))
		return false;
	int dir = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s: %s", path.ptr, strerror(errno));
	*ret = dir;
	return true;
}

bool
token_keep(const char *server, const char *token, int64_t id, struct err *err)
{
	AUTO(buf) struct buf old = BUF(FILE_MOST);
	AUTO(buf) struct buf text = BUF(FILE_MOST);
	AUTO(fd) int dir = -1;
	if (!read_lines(&old, err) || !open_folder(&dir, err))
		return false;
	if (token[0] != '\0')
		buf_printf(&text, "%s %s %lld\n", server, token, (long long)id);
	struct str rest = { buf_text(&old), old.len };
	while (rest.ptr != NULL) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		struct str tail = line;
		if (line.len == 0 || str_eq(str_cut(&tail, ' '), server))
			continue;
		buf_add(&text, line.ptr, line.len);
		buf_putc(&text, '\n');
	}
	return file_write(
	    dir, NAME, (struct str){ buf_text(&text), text.len }, 0600, err);
}
