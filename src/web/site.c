#include "web/site.h"

#include "core/limits.h"
#include "os/clock.h"
#include "os/fd.h"
#include "web/asset.h"
#include "web/reply.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MAX_BYTES 1024
#define FRESH INT64_C(1000000)

struct entry {
	char *path; /* NULL = free */
	struct MHD_Response *reply;
	char etag[64];
	struct stat seen;
	int64_t checked;
};

struct site {
	int dir;
	struct entry entries[LIMIT_SITE_CACHED_FILES];
};

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".xml", "application/atom+xml; charset=utf-8" },
	{ ".atom", "application/atom+xml; charset=utf-8" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".csv", "text/csv; charset=utf-8" },
	{ ".rst", "text/plain; charset=utf-8" },
	{ ".md", "text/plain; charset=utf-8" },
	{ ".asc", "text/plain; charset=utf-8" },
	{ ".sig", "text/plain; charset=utf-8" },
	{ ".sha256", "text/plain; charset=utf-8" },
	{ ".sha512", "text/plain; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
};

static const char *
type_of(const char *path)
{
	size_t len = strlen(path);
	for (size_t i = 0; i < COUNT(types); i++) {
		size_t want = strlen(types[i].ending);
		if (len > want &&
		    strcmp(path + len - want, types[i].ending) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

static bool
piece_is_plain(struct str piece)
{
	if (piece.len == 0)
		return false;
	if (piece.ptr[0] == '.' && !str_eq(piece, ".well-known"))
		return false;
	for (size_t i = 0; i < piece.len; i++)
		if ((unsigned char)piece.ptr[i] < 0x20 || piece.ptr[i] == '/' ||
		    piece.ptr[i] == '\\' || piece.ptr[i] == 0x7f)
			return false;
	return true;
}

bool
site_path(const char *path, struct buf *ret)
{
	struct str rest = str_of(path);
	if (!str_starts(rest, "/"))
		return false;
	(void)str_cut(&rest, '/');
	if (rest.len == 0)
		rest = (struct str){ "", 0 };
	for (;;) {
		size_t start = ret->len;
		struct str piece = str_cut(&rest, '/');
		if (rest.ptr == NULL && piece.len == 0) {
			buf_puts(ret, "index.html");
			return !ret->failed;
		}
		if (!form_unescape(piece, false, ret, NULL) ||
		    !piece_is_plain((struct str){
			buf_text(ret) + start, ret->len - start }))
			return false;
		if (rest.ptr == NULL)
			return !ret->failed;
		buf_putc(ret, '/');
	}
}

/*
 * Opens piece by piece without following links. The pieces hold no ".."
 * (site_path), so this stays below the directory; openat2 would do the same
 * in one call, but the jail cannot look into its arguments.
 */
static int
site_open(const struct site *site, const char *path, struct stat *seen)
{
	struct str rest = str_of(path);
	AUTO(fd) int at = -1;
	while (rest.ptr != NULL) {
		AUTO(buf) struct buf piece = BUF(PATH_MAX_BYTES);
		struct str name = str_cut(&rest, '/');
		int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
		if (rest.ptr != NULL)
			flags = O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
		buf_add(&piece, name.ptr, name.len);
		int next =
		    openat(at < 0 ? site->dir : at, buf_text(&piece), flags);
		fd_auto(&at);
		at = next;
		if (at < 0)
			return -1;
	}
	if (fstat(at, seen) != 0 || !S_ISREG(seen->st_mode))
		return -1;
	return fd_take(&at);
}

static bool
stat_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
etag_print(const struct stat *seen, const char *path, char etag[64])
{
	uint64_t stamp = (uint64_t)seen->st_mtim.tv_sec * 1000000000u +
			 (uint64_t)seen->st_mtim.tv_nsec;
	size_t len = strlen(path);
	bool packed = len > 3 && strcmp(path + len - 3, ".gz") == 0;
	(void)snprintf(etag, 64, "\"%llx-%llx-%llx%s\"",
	    (unsigned long long)stamp, (unsigned long long)seen->st_size,
	    (unsigned long long)seen->st_ino, packed ? "-gz" : "");
}

static void
entry_clear(struct entry *entry)
{
	if (entry->path == NULL)
		return;
	MHD_destroy_response(entry->reply);
	free(entry->path);
	*entry = (struct entry){ 0 };
}

static struct entry *
entry_at(struct site *site, const char *path)
{
	uint32_t hash = 2166136261u;
	for (const char *at = path; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	return &site->entries[hash % LIMIT_SITE_CACHED_FILES];
}

static struct MHD_Response *
body_of(int fd, const struct stat *seen)
{
	size_t size = (size_t)seen->st_size;
	if (size > LIMIT_SITE_CACHED_FILE) {
		int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		return copy < 0 ? NULL
				: MHD_create_response_from_fd64(size, copy);
	}
	char *bytes = malloc(size + 1);
	if (bytes == NULL)
		return NULL;
	size_t got = 0;
	while (got < size) {
		ssize_t step = read(fd, bytes + got, size - got);
		if (step <= 0)
			break;
		got += (size_t)step;
	}
	struct MHD_Response *reply = got == size
					 ? MHD_create_response_from_buffer(size,
					       bytes, MHD_RESPMEM_MUST_FREE)
					 : NULL;
	if (reply == NULL)
		free(bytes);
	return reply;
}

/* type is of the file asked for, path may be its packed form. */
static struct MHD_Response *
file_reply(int fd, const struct stat *seen, const char *type, bool packed,
    const char *etag)
{
	struct MHD_Response *reply = body_of(fd, seen);
	if (reply == NULL)
		return NULL;
	reply_defend(reply, REPLY_FILE);
	reply_header(reply, "Content-Type", type);
	reply_header(reply, "ETag", etag);
	reply_header(reply, "Cache-Control", "public, max-age=60");
	reply_header(reply, "Vary", "Accept-Encoding");
	reply_header(reply, "Access-Control-Allow-Origin", "*");
	if (packed)
		reply_header(reply, "Content-Encoding", "gzip");
	return reply;
}

/* The cached entry of a file, made or renewed; NULL when there is none. */
static struct entry *
entry_get(struct site *site, const char *path, const char *type, bool packed)
{
	struct entry *entry = entry_at(site, path);
	bool mine = entry->path != NULL && strcmp(entry->path, path) == 0;
	int64_t now = clock_ticks();
	if (mine && now - entry->checked < FRESH)
		return entry;
	struct stat seen;
	AUTO(fd) int fd = site_open(site, path, &seen);
	if (mine && fd >= 0 && stat_is_same(&seen, &entry->seen)) {
		entry->checked = now;
		return entry;
	}
	if (mine || fd >= 0)
		entry_clear(entry);
	if (fd < 0)
		return NULL;
	char etag[64];
	etag_print(&seen, path, etag);
	struct MHD_Response *reply = file_reply(fd, &seen, type, packed, etag);
	char *copy = strdup(path);
	if (reply == NULL || copy == NULL) {
		free(copy);
		if (reply != NULL)
			MHD_destroy_response(reply);
		return NULL;
	}
	*entry = (struct entry){
		.path = copy, .reply = reply, .seen = seen, .checked = now
	};
	memcpy(entry->etag, etag, sizeof(etag));
	return entry;
}

/* True if a list of codings names gzip without q=0 (RFC 9110 12.5.3). */
static bool
takes_gzip(const char *codings)
{
	struct str rest = str_of(codings);
	while (rest.ptr != NULL) {
		struct str item = str_cut(&rest, ',');
		struct str name = str_trim(str_cut(&item, ';'));
		item = str_trim(item);
		if (str_eq(name, "gzip"))
			return !str_eq(item, "q=0") && !str_eq(item, "q=0.0");
	}
	return false;
}

/* True if an If-None-Match names this tag (weak comparison). */
static bool
tag_is_known(const char *known, const char *etag)
{
	struct str rest = str_of(known);
	while (rest.ptr != NULL) {
		struct str tag = str_trim(str_cut(&rest, ','));
		if (str_starts(tag, "W/")) {
			tag.ptr += 2;
			tag.len -= 2;
		}
		if (str_eq(tag, "*") || str_eq(tag, etag))
			return true;
	}
	return false;
}

static void
entry_reply(struct entry *entry, struct request *request)
{
	if (tag_is_known(
		request_header(request, "If-None-Match"), entry->etag)) {
		struct MHD_Response *none = MHD_create_response_from_buffer(
		    0, NULL, MHD_RESPMEM_PERSISTENT);
		if (none != NULL) {
			reply_header(none, "ETag", entry->etag);
			reply_header(none, "Vary", "Accept-Encoding");
			reply_header(
			    none, "Cache-Control", "public, max-age=60");
		}
		request_reply(request, 304, none);
		return;
	}
	request_share(request, 200, entry->reply);
}

static bool
asset_reply(struct request *request)
{
	for (const struct asset *row = assets; row->path != NULL; row++) {
		if (strcmp(row->path, request->path) != 0)
			continue;
		struct MHD_Response *reply =
		    MHD_create_response_from_buffer(row->len,
			(void *)(uintptr_t)row->body, MHD_RESPMEM_PERSISTENT);
		if (reply != NULL) {
			reply_defend(reply, REPLY_FILE);
			reply_header(reply, "Content-Type", row->type);
			reply_header(reply, "Cache-Control",
			    "public, max-age=31536000, immutable");
		}
		request_reply(request, 200, reply);
		return true;
	}
	return false;
}

bool
site_reply(struct site *site, struct request *request)
{
	if (strncmp(request->path, "/static/", 8) == 0)
		return asset_reply(request);
	AUTO(buf) struct buf path = BUF(PATH_MAX_BYTES);
	if (site->dir < 0 || !site_path(request->path, &path))
		return false;
	const char *type = type_of(buf_text(&path));
	struct entry *entry = NULL;
	if (takes_gzip(request_header(request, "Accept-Encoding"))) {
		AUTO(buf) struct buf packed = BUF(PATH_MAX_BYTES + 3);
		buf_add(&packed, path.ptr, path.len);
		buf_puts(&packed, ".gz");
		entry = entry_get(site, buf_text(&packed), type, true);
	}
	if (entry == NULL)
		entry = entry_get(site, buf_text(&path), type, false);
	if (entry == NULL)
		return false;
	entry_reply(entry, request);
	return true;
}

bool
site_new(int dir, struct site **ret, struct err *err)
{
	struct site *site = calloc(1, sizeof(*site));
	if (site == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	site->dir = dir;
	*ret = site;
	return true;
}

void
site_free(struct site *site)
{
	if (site == NULL)
		return;
	for (size_t i = 0; i < LIMIT_SITE_CACHED_FILES; i++)
		entry_clear(&site->entries[i]);
	if (site->dir >= 0)
		close(site->dir);
	free(site);
}
