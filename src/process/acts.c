#include "process/acts.h"

#include "os/file.h"
#include "process/desk_start.h"
#include "store/backup.h"
#include "store/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#define EXIT_BROKEN 1

typedef bool act_fn(struct house *house, const char *path, struct err *err);

static bool
open_file(const char *path, int flags, int *ret, struct err *err)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, ERR_INVALID, NULL, "%s: %s%s", path,
		    strerror(errno),
		    errno == EEXIST ? ": name a file that does not exist yet"
				    : "");
	*ret = fd;
	return true;
}

static void
tell(const char *done, const char *path, const struct backup_info *info)
{
	(void)printf("%s %s: %lld rows of %lld tables, %lld bytes, from %s\n",
	    done, path, (long long)info->rows, (long long)info->tables,
	    (long long)info->bytes, info->engine);
}

static bool
write_backup(struct house *house, const char *path, struct err *err)
{
	struct backup_info info;
	int fd;
	if (!desk_open_store(house, false, err) ||
	    !desk_join_store(house, err) ||
	    !open_file(path, O_WRONLY | O_CREAT | O_EXCL, &fd, err))
		return false;
	bool done = backup_write(house->db, house->vault, fd,
			clock_now(&house->clock), &info, err) &&
		    (fsync(fd) == 0 || err_set(err, ERR_SYSTEM, NULL, "%s: %s",
					   path, strerror(errno)));
	(void)close(fd);
	if (!done) {
		(void)unlink(path);
		return false;
	}
	tell("wrote", path, &info);
	return true;
}

static bool
read_backup(struct house *house, const char *path, struct err *err)
{
	struct backup_info info;
	int fd;
	if (!desk_lock(house, err) || !desk_open_store(house, false, err) ||
	    !open_file(path, O_RDONLY, &fd, err))
		return false;
	bool done = backup_restore(
	    house->db, house->vault, fd, clock_now(&house->clock), &info, err);
	(void)close(fd);
	if (!done || !desk_join_store(house, err))
		return false;
	tell("restored", path, &info);
	return true;
}

static bool
check_backup(struct house *house, const char *path, struct err *err)
{
	AUTO(buf) struct buf key = BUF(4096);
	struct backup_info info;
	int fd;
	const struct vault_settings keys = desk_keys(house, false, &key);
	if (!vault_load(&keys, &house->vault, err) ||
	    !open_file(path, O_RDONLY, &fd, err))
		return false;
	bool done = backup_verify(house->vault, fd, &info, err);
	(void)close(fd);
	if (done)
		tell("whole:", path, &info);
	return done;
}

static bool
check_ledger(struct house *house, struct err *err)
{
	struct ledger_head head;
	if (!desk_open_store(house, false, err) ||
	    !desk_join_store(house, err) ||
	    !ledger_verify(house->db, NULL, &head, err))
		return false;
	(void)printf(
	    "whole: %lld rows of the ledger, head ", (long long)head.seq);
	for (size_t i = 0; i < LEDGER_HASH; i++)
		(void)printf("%02x", head.hash[i]);
	(void)putchar('\n');
	return true;
}

static bool
verify(struct house *house, const char *path, struct err *err)
{
	return path == NULL ? check_ledger(house, err)
			    : check_backup(house, path, err);
}

static bool
rekey(struct house *house, const char *path, struct err *err)
{
	(void)path;
	AUTO(buf) struct buf key = BUF(4096);
	const struct vault_settings keys = desk_keys(house, false, &key);
	if (!desk_lock(house, err) || !desk_open_store(house, false, err) ||
	    !vault_rekey(&keys, house->db, clock_now(&house->clock), err))
		return false;
	(void)printf("new master key in %s; the old one is %s.old, which "
		     "backups made until now need\n",
	    buf_text(&key), buf_text(&key));
	return true;
}

static const struct {
	const char *name;
	int least, most; /* arguments */
	act_fn *run;
} acts[] = {
	{ "backup", 1, 1, write_backup },
	{ "restore", 1, 1, read_backup },
	{ "verify", 0, 1, verify },
	{ "rekey", 0, 0, rekey },
};

int
acts_run(struct house *house, char *const argv[])
{
	struct err err = { 0 };
	int given = 0;
	while (argv[given + 1] != NULL)
		given++;
	for (size_t i = 0; i < COUNT(acts); i++) {
		if (strcmp(acts[i].name, argv[0]) != 0)
			continue;
		if (given < acts[i].least || given > acts[i].most) {
			(void)fprintf(stderr,
			    "forewarnd %s: %d arguments given, see "
			    "forewarnd --help\n",
			    argv[0], given);
			return EX_USAGE;
		}
		if (acts[i].run(house, given > 0 ? argv[1] : NULL, &err))
			return 0;
		(void)fprintf(stderr, "forewarnd %s: %s\n", argv[0], err.text);
		return EXIT_BROKEN;
	}
	return EX_USAGE;
}
