#include "desk/attach.h"

#include "os/fd.h"
#include "os/file.h"
#include "store/statements.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

#define PLACE_BODY "attachment.body"
#define SHA_TEXT (2 * crypto_hash_sha256_BYTES + 1)

/* One file at a time in memory: sealed copy and what surrounds it. */
#define ONE_FILE (LIMIT_UPLOAD_FILE + (64u << 10))

static bool
too_much(const struct ask *ask, struct err *err, const char *what)
{
	return err_set(err, ERR_LIMIT, "files",
	    "%s; send the report without them, then write to %s with the "
	    "number of the case and we agree on another way",
	    what, ask_policy(ask, "contact.mail"));
}

bool
attach_check(struct ask *ask, struct err *err)
{
	const json_t *files = json_object_get(ask->args, "files");
	int64_t total = 0;
	size_t i;
	json_t *file;
	if (json_array_size(files) != ask->fds_count)
		return err_set(err, ERR_INVALID, "files",
		    "%zu files were named but %zu came; send them with the "
		    "form or as multipart",
		    json_array_size(files), ask->fds_count);
	if (ask->fds_count > LIMIT_UPLOAD_FILES)
		return too_much(ask, err, "at most 5 files are taken");
	json_array_foreach((json_t *)(uintptr_t)files, i, file)
	{
		total += value_int(file, "size", 0);
		if (value_int(file, "size", 0) > LIMIT_UPLOAD_FILE)
			return too_much(
			    ask, err, "a file is larger than 10 MiB");
	}
	if (total > LIMIT_UPLOAD_TOTAL)
		return too_much(
		    ask, err, "the files together are larger than 25 MiB");
	return true;
}

static bool
read_one(const struct ask *ask, size_t i, const json_t *file, struct buf *ret,
    struct err *err)
{
	if (!file_read_fd(ask->fds[i], ret, err))
		return err_in(err, "file %zu", i + 1);
	if ((int64_t)ret->len != value_int(file, "size", -1))
		return err_set(err, ERR_INVALID, "files",
		    "file %zu has another size than was said; send it again",
		    i + 1);
	return true;
}

bool
attach_list(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(value) json_t *list = json_array();
	for (size_t i = 0; i < ask->fds_count; i++) {
		AUTO(buf) struct buf bytes = BUF(LIMIT_UPLOAD_FILE);
		unsigned char hash[crypto_hash_sha256_BYTES];
		char text[SHA_TEXT];
		const json_t *file =
		    json_array_get(json_object_get(ask->args, "files"), i);
		if (!read_one(ask, i, file, &bytes, err))
			return false;
		crypto_hash_sha256(
		    hash, (const unsigned char *)buf_text(&bytes), bytes.len);
		sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:I, s:s}", "name",
			      value_text(file, "name"), "size",
			      (json_int_t)bytes.len, "sha256", text));
	}
	*ret = json_incref(list);
	return true;
}

static bool
store_one(struct ask *ask, size_t i, int64_t case_id, int64_t key_id,
    json_t *row, struct err *err)
{
	AUTO(buf) struct buf bytes = BUF(LIMIT_UPLOAD_FILE);
	AUTO(arena) struct arena *room = arena_new(ONE_FILE);
	struct str sealed;
	int64_t id = db_id_new();
	int64_t count;
	if (room == NULL)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	if (!read_one(ask, i, row, &bytes, err) ||
	    !vault_seal(ask->vault, key_id, PLACE_BODY, id,
		(struct str){ buf_text(&bytes), bytes.len }, room, &sealed,
		err))
		return false;
	value_set_int(row, "id", id);
	return q_attachment_insert(ask->db, ask->pass, id, case_id,
	    (int64_t)bytes.len, value_text(row, "sha256"), ask->now, sealed,
	    &count, err);
}

bool
attach_store(struct ask *ask, int64_t case_id, int64_t key_id, json_t *list,
    struct err *err)
{
	size_t i;
	json_t *row;
	json_array_foreach(list, i, row)
	{
		if (!store_one(ask, i, case_id, key_id, row, err))
			return false;
	}
	return true;
}

bool
attach_read(struct ask *ask, int64_t case_id, int64_t key_id, int64_t file_id,
    struct buf *ret, struct err *err)
{
	AUTO(arena) struct arena *room = arena_new(2 * ONE_FILE);
	struct row_attachment_get row;
	struct str bytes;
	if (room == NULL)
		return err_set(err, ERR_RETRY, NULL, "memory is short");
	if (!q_attachment_get(
		ask->db, ask->pass, room, case_id, file_id, &row, err) ||
	    !vault_open(ask->vault, key_id, PLACE_BODY, row.id, row.body, room,
		&bytes, err))
		return false;
	buf_add(ret, bytes.ptr, bytes.len);
	return true;
}

bool
attach_hand(struct ask *ask, const struct buf *bytes, struct err *err)
{
	AUTO(fd)
	int fd = memfd_create("answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t at = 0;
	ssize_t done = 0;
	while (fd >= 0 && done >= 0 && at < bytes->len) {
		done = write(fd, bytes->ptr + at, bytes->len - at);
		at += done > 0 ? (size_t)done : 0;
	}
	if (fd < 0 || done < 0 ||
	    fcntl(fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		return err_set(err, ERR_RETRY, "file",
		    "memory for the file is short: %s", strerror(errno));
	ask->reply_fd = fd_take(&fd);
	return true;
}
