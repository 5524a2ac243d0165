#include "store/frames.h"

#include <errno.h>
#include <sodium.h>
#include <unistd.h>

#define MAGIC_SIZE (sizeof(FRAMES_MAGIC) - 1)

static bool
write_failed(struct err *err)
{
	int why = errno;
	if (why == ENOSPC || why == EDQUOT || why == EFBIG)
		return err_set(err, ERR_RETRY, "file",
		    "the disk of the backup is full: %s", strerror(why));
	return err_set(err, ERR_SYSTEM, "file",
	    "the backup cannot be written: %s", strerror(why));
}

static bool
magic_write(struct frames *f, struct err *err)
{
	return fwrite(FRAMES_MAGIC, MAGIC_SIZE, 1, f->file) == 1 ||
	       write_failed(err);
}

static bool
magic_read(struct frames *f, struct err *err)
{
	char found[MAGIC_SIZE] = { 0 };
	if (fread(found, sizeof(found), 1, f->file) == 1 &&
	    memcmp(found, FRAMES_MAGIC, MAGIC_SIZE) == 0)
		return true;
	return err_set(
	    err, ERR_INVALID, "file", "the file is not a backup (offset 0)");
}

bool
frames_open(struct frames *frames, int fd, const char *mode,
    const unsigned char key[FRAMES_KEY], struct err *err)
{
	bool reading = mode[0] == 'r';
	*frames = (struct frames){ .payload = BUF(LIMIT_BACKUP_FRAME) };
	if (reading && lseek(fd, 0, SEEK_SET) != 0)
		return err_set(err, ERR_INVALID, "file",
		    "a backup is read from a file, not a pipe: %s",
		    strerror(errno));
	int copy = dup(fd);
	frames->file = copy == -1 ? NULL : fdopen(copy, mode);
	if (frames->file == NULL) {
		int why = errno;
		if (copy != -1)
			(void)close(copy);
		return err_set(err, ERR_SYSTEM, "file",
		    "the backup cannot be opened: %s", strerror(why));
	}
	memcpy(frames->key, key, FRAMES_KEY);
	frames->offset = MAGIC_SIZE;
	if (reading ? magic_read(frames, err) : magic_write(frames, err))
		return true;
	frames_close(frames);
	return false;
}

void
frames_close(struct frames *frames)
{
	if (frames->file != NULL)
		(void)fclose(frames->file);
	frames->file = NULL;
	sodium_memzero(frames->key, sizeof(frames->key));
	buf_free(&frames->payload);
}

static void
mac_next(struct frames *f, const unsigned char length[4])
{
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, f->key, FRAMES_KEY, FRAMES_MAC);
	(void)crypto_generichash_update(&state, f->mac, FRAMES_MAC);
	(void)crypto_generichash_update(&state, length, 4);
	(void)crypto_generichash_update(
	    &state, (const unsigned char *)f->payload.ptr, f->payload.len);
	(void)crypto_generichash_final(&state, f->mac, FRAMES_MAC);
}

static void
moved(struct frames *f)
{
	f->at = f->offset;
	f->offset += 4 + (int64_t)f->payload.len + FRAMES_MAC;
}

bool
frames_write(struct frames *frames, struct err *err)
{
	size_t len = frames->payload.len;
	unsigned char length[4];
	if (frames->payload.failed || len == 0)
		return err_set(err, ERR_LIMIT, "file",
		    "a row is larger than %u MiB and cannot be backed up",
		    LIMIT_BACKUP_FRAME >> 20);
	for (int i = 0; i < 4; i++)
		length[i] = (unsigned char)(len >> (8 * i));
	mac_next(frames, length);
	if (fwrite(length, sizeof(length), 1, frames->file) != 1 ||
	    fwrite(frames->payload.ptr, len, 1, frames->file) != 1 ||
	    fwrite(frames->mac, FRAMES_MAC, 1, frames->file) != 1)
		return write_failed(err);
	moved(frames);
	frames->payload.len = 0;
	return true;
}

bool
frames_flush(struct frames *frames, struct err *err)
{
	if (fflush(frames->file) != 0)
		return write_failed(err);
	/* A pipe cannot be synchronised, and need not be. */
	if (fsync(fileno(frames->file)) != 0 && errno != EINVAL &&
	    errno != EROFS)
		return write_failed(err);
	return true;
}

static bool
cut_off(const struct frames *f, struct err *err)
{
	if (ferror(f->file))
		return err_set(err, ERR_SYSTEM, "file",
		    "the backup cannot be read at offset %lld",
		    (long long)f->offset);
	return err_set(err, ERR_INVALID, "file",
	    "the backup is cut off in what begins at offset %lld",
	    (long long)f->offset);
}

static bool
altered(const struct frames *f, struct err *err)
{
	bool first = f->offset == (int64_t)MAGIC_SIZE;
	return err_set(err, ERR_INVALID, "file",
	    "the backup is altered in what begins at offset %lld%s",
	    (long long)f->offset,
	    first ? ", or was made under another master key" : "");
}

/* Reads len bytes into the payload in steps, so a false length costs little. */
static bool
payload_read(struct frames *f, size_t len, struct err *err)
{
	char part[16384];
	f->payload.len = 0;
	while (f->payload.len < len) {
		size_t left = len - f->payload.len;
		size_t want = left < sizeof(part) ? left : sizeof(part);
		if (fread(part, want, 1, f->file) != 1)
			return cut_off(f, err);
		buf_add(&f->payload, part, want);
		if (f->payload.failed)
			return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	}
	return true;
}

bool
frames_read(struct frames *frames, struct err *err)
{
	unsigned char length[4];
	unsigned char found[FRAMES_MAC];
	size_t len = 0;
	if (fread(length, sizeof(length), 1, frames->file) != 1)
		return cut_off(frames, err);
	for (int i = 3; i >= 0; i--)
		len = len << 8 | length[i];
	if (len == 0 || len > LIMIT_BACKUP_FRAME)
		return altered(frames, err);
	if (!payload_read(frames, len, err))
		return false;
	if (fread(found, sizeof(found), 1, frames->file) != 1)
		return cut_off(frames, err);
	mac_next(frames, length);
	if (sodium_memcmp(found, frames->mac, FRAMES_MAC) != 0)
		return altered(frames, err);
	moved(frames);
	return true;
}

bool
frames_end(struct frames *frames, struct err *err)
{
	if (fgetc(frames->file) == EOF && !ferror(frames->file))
		return true;
	return err_set(err, ERR_INVALID, "file",
	    "something follows the end of the backup at offset %lld",
	    (long long)frames->offset);
}
