#include "process/desk_start.h"

#include "store/statements.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

/* systemd's credentials have group bits that stand for an ACL mask. */
static bool
is_credential(const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	return folder != NULL && folder[0] != '\0' &&
	       str_starts(str_of(path), folder);
}

struct vault_settings
desk_keys(const struct house *house, bool create, struct buf *path)
{
	const char *set = value_text(house->settings, "master_key");
	if (set[0] != '\0')
		buf_puts(path, set);
	else
		buf_printf(path, "%s/master.key",
		    value_text(house->settings, "state"));
	return (struct vault_settings){ .path = buf_text(path),
		.create = create,
		.credential = is_credential(buf_text(path)) };
}

bool
desk_open_store(struct house *house, bool create, struct err *err)
{
	AUTO(buf) struct buf path = BUF(4096);
	AUTO(buf) struct buf key = BUF(4096);
	buf_printf(
	    &path, "%s/forewarn.db", value_text(house->settings, "state"));
	const struct vault_settings keys = desk_keys(house, create, &key);
	const struct db_settings store = {
		.url = value_text(house->settings, "database"),
		.path = buf_text(&path),
	};
	return vault_load(&keys, &house->vault, err) &&
	       db_open(&store, &house->db, err);
}

bool
desk_join_store(struct house *house, struct err *err)
{
	int64_t now = clock_now(&house->clock);
	return db_migrate(house->db, &store_schema, now, err) &&
	       vault_attach(house->vault, house->db, now, err);
}

bool
desk_lock(const struct house *house, struct err *err)
{
	AUTO(buf) struct buf path = BUF(4096);
	buf_printf(&path, "%s/lock", value_text(house->settings, "state"));
	int fd = open(buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "state", "%s: %s",
		    buf_text(&path), strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	return err_set(err, ERR_CONFLICT, "state",
	    "a service is running on %s: stop it first",
	    value_text(house->settings, "state"));
}
