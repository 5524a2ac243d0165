/* Bytes → files below the site directory. */
#include "os/file.h"
#include "publish/publish.h"
#include "value/value.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PATH_MOST 512
#define MODE 0644
#define FOLDER_MODE 0755
#define GZIP_WINDOW (15 + 16) /* 15 bits, with a gzip header */

/* gzip without name or instant: same bytes in, same bytes out. */
static bool
pack(struct str bytes, struct buf *out, struct err *err)
{
	z_stream stream = { 0 };
	unsigned char piece[16384];
	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
		8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	stream.next_in = (unsigned char *)(uintptr_t)bytes.ptr;
	stream.avail_in = (unsigned)bytes.len;
	int state;
	do {
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		state = deflate(&stream, Z_FINISH);
		buf_add(out, piece, sizeof(piece) - stream.avail_out);
	} while (state == Z_OK);
	(void)deflateEnd(&stream);
	return (state == Z_STREAM_END && !out->failed) ||
	       err_set(err, ERR_SYSTEM, NULL, "cannot compress a file");
}

static bool
is_there(int dir, const char *path, struct str bytes)
{
	AUTO(buf) struct buf now = BUF(LIMIT_DOCUMENT);
	return file_read(dir, path, &now, NULL) && now.len == bytes.len &&
	       (now.len == 0 || memcmp(now.ptr, bytes.ptr, now.len) == 0);
}

static bool
write_one(int dir, const char *path, struct str bytes, struct err *err)
{
	return is_there(dir, path, bytes) ||
	       file_write(dir, path, bytes, MODE, err);
}

bool
publish_file(int dir, const char *path, struct str bytes, struct err *err)
{
	AUTO(buf) struct buf packed = BUF(LIMIT_DOCUMENT);
	AUTO(buf) struct buf packed_path = BUF(PATH_MOST);
	AUTO(buf) struct buf folder = BUF(PATH_MOST);
	const char *slash = strrchr(path, '/');
	buf_printf(&packed_path, "%s.gz", path);
	if (slash != NULL)
		buf_add(&folder, path, (size_t)(slash - path));
	if (slash != NULL &&
	    !file_make_folders(dir, buf_text(&folder), FOLDER_MODE, err))
		return false;
	if (!pack(bytes, &packed, err) || !write_one(dir, path, bytes, err))
		return err_in(err, "site/%s", path);
	return write_one(dir, buf_text(&packed_path),
		   (struct str){ packed.ptr, packed.len }, err) ||
	       err_in(err, "site/%s.gz", path);
}

bool
publish_files(
    int dir, const json_t *documents, const char *prefix, struct err *err)
{
	size_t i;
	json_t *document;
	json_array_foreach(documents, i, document)
	{
		const char *path = value_text(document, "path");
		if (path[0] == '\0' ||
		    strncmp(path, prefix, strlen(prefix)) != 0)
			continue;
		if (!publish_file(
			dir, path, str_of(value_text(document, "text")), err))
			return false;
	}
	return true;
}

/* Every folder the site has. */
static const char *const folders[] = { ".", ".well-known", "advisory", "cve",
	"notes", "vulnerabilities" };

bool
publish_sweep(int dir, struct err *err)
{
	for (size_t i = 0; i < COUNT(folders); i++) {
		int fd = openat(dir, folders[i],
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		DIR *list = fd < 0 ? NULL : fdopendir(fd);
		if (list == NULL) {
			if (fd >= 0)
				(void)close(fd);
			continue;
		}
		bool gone = true;
		for (struct dirent *entry;
		     gone && (entry = readdir(list)) != NULL;)
			if (strncmp(entry->d_name, ".new-", 5) == 0)
				gone = file_remove(fd, entry->d_name, err);
		(void)closedir(list);
		if (!gone)
			return false;
	}
	return true;
}
