/*
 * The act is killed again and again, at every place between two steps, and
 * goes on where it stood (P-51). This program starts itself as the victim:
 *   test_desk_kill --turn DIR OFFSET STEPS
 * does turns of the act and dies of SIGKILL at the STEPS-th place.
 */
#include "ready.h"

#include "core/num.h"
#include "core/when.h"
#include "desk/disclose.h"
#include "store/statements.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASES 40
#define CASES_POSTGRES 12
#define KILLS 200
#define KILLS_POSTGRES 40

/* The victim ----------------------------------------------------------- */

static void
die_at(void *context, const char *where)
{
	long *left = context;
	(void)where;
	if (--*left == 0)
		(void)kill(getpid(), SIGKILL);
}

static int
victim(const char *dir, const char *offset, const char *steps)
{
	struct house_test t = { 0 };
	char path[128];
	long left = strtol(steps, NULL, 10);
	(void)snprintf(t.base.dir, sizeof(t.base.dir), "%s", dir);
	(void)snprintf(t.base.path, sizeof(t.base.path), "%s/forewarn.db", dir);
	t.base.db = dbtest_open(&t.base);
	house_attach(&t);
	t.house.clock.offset = strtoll(offset, NULL, 10);
	t.house.stepped = die_at;
	t.house.step_context = &left;
	(void)snprintf(path, sizeof(path), "%s/done", dir);
	if (!act_turn(&t.house, &t.base.err)) {
		(void)fprintf(stderr, "%s\n", t.base.err.text);
		return 3;
	}
	return 0;
}

/*
 * 0 when the turn came to its end, SIGKILL when it was killed: at a place, or
 * from outside after so many microseconds (0: not).
 */
static int
run_victim(const struct house_test *t, long steps, unsigned micros)
{
	char offset[32], count[32];
	int status;
	(void)snprintf(
	    offset, sizeof(offset), "%lld", (long long)t->house.clock.offset);
	(void)snprintf(count, sizeof(count), "%ld", steps);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)execl("/proc/self/exe", "test_desk_kill", "--turn",
		    t->base.dir, offset, count, (char *)NULL);
		_exit(127);
	}
	if (micros > 0) {
		(void)usleep(micros);
		(void)kill(child, SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	assert_int_equal(WEXITSTATUS(status), 0);
	return 0;
}

/* The judge -------------------------------------------------------------- */

static int
begin(void **state)
{
	static struct house_test t;
	house_begin(&t);
	*state = &t;
	return 0;
}

static int
end(void **state)
{
	house_end(*state);
	return 0;
}

struct count {
	int64_t files;
	int64_t bytes;
};

/* Files below a folder of the site, temporary ones too. */
static void
count_files(struct house_test *t, const char *folder, struct count *ret)
{
	int fd = openat(t->house.site_fd, folder, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return;
	DIR *dir = fdopendir(fd);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		struct stat seen;
		if (fstatat(fd, entry->d_name, &seen, 0) == 0 &&
		    S_ISREG(seen.st_mode)) {
			ret->files++;
			ret->bytes += seen.st_size;
		}
	}
	(void)closedir(dir);
}

/* Nothing of any case is to be seen anywhere. */
static void
expect_silence(struct house_test *t)
{
	struct count count = { 0 };
	count_files(t, "advisory", &count);
	count_files(t, "cve", &count);
	assert_int_equal(count.files, 0);
	assert_int_equal(house_mails(t, "report-published"), 0);
}

static bool
is_closed(
    struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	int64_t *events = context;
	struct row_event_list *rows;
	size_t count;
	assert_int_equal(file->state, MACHINE_PUBLIC);
	if (!q_event_list(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		*events += strcmp(rows[i].kind, "disclosed") == 0;
	return true;
}

static void
expect_all_once(struct house_test *t, const struct person *lead,
    char (*numbers)[40], int cases)
{
	struct count advisories = { 0 }, records = { 0 };
	int64_t events = 0;
	for (int i = 0; i < cases; i++)
		cases_with(t, numbers[i], is_closed, &events);
	assert_int_equal(events, cases);
	assert_int_equal(house_mails(t, "report-published"), cases);
	count_files(t, "advisory", &advisories);
	count_files(t, "cve", &records);
	assert_int_equal(advisories.files, 4 * cases);
	assert_int_equal(records.files, 2 * cases);
	const json_t *value = house_ask(t, lead, "disclose.list", "{}");
	const json_t *act = json_array_get(json_object_get(value, "acts"), 0);
	assert_string_equal(value_text(act, "state"), "done");
	assert_int_equal(value_int(act, "done", 0), cases);
}

/* All public bytes, as one digest per file name in order of the list. */
static void
digest_site(struct house_test *t, char (*numbers)[40], int cases,
    unsigned char hash[crypto_hash_sha256_BYTES])
{
	static const char *const shared[] = { "index.html", "atom.xml",
		"notes/4.4.rst", "notes/3.7.rst", "notes/4.5.rst",
		"vulnerabilities/1900.rst" };
	crypto_hash_sha256_state state;
	(void)crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < COUNT(shared) + 3 * (size_t)cases; i++) {
		char path[128];
		size_t n = i < COUNT(shared) ? 0 : (i - COUNT(shared)) / 3;
		if (i < COUNT(shared))
			(void)snprintf(path, sizeof(path), "%s", shared[i]);
		else if (i % 3 == 0)
			(void)snprintf(
			    path, sizeof(path), "advisory/%s.html", numbers[n]);
		else if (i % 3 == 1)
			(void)snprintf(
			    path, sizeof(path), "advisory/%s.json", numbers[n]);
		else
			(void)snprintf(path, sizeof(path),
			    "cve/CVE-1900-%zu.json", 1000 + n);
		char *text = ready_read(t, path);
		if (text == NULL)
			fail_msg("%s is not there", path);
		(void)crypto_hash_sha256_update(
		    &state, (const unsigned char *)text, strlen(text) + 1);
		free(text);
	}
	(void)crypto_hash_sha256_final(&state, hash);
}

/* P-51: at least 200 kills; every item exactly once, nothing early. */
static void
killed_at_every_step_it_still_ends_once(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	static char numbers[CASES][40];
	int cases = dbtest_postgres() ? CASES_POSTGRES : CASES;
	int wanted = dbtest_postgres() ? KILLS_POSTGRES : KILLS;
	int kills = 0, turns = 0;
	unsigned char once[crypto_hash_sha256_BYTES];
	unsigned char again[crypto_hash_sha256_BYTES];
	ready_begin(t, &lead);
	for (int i = 0; i < cases; i++) {
		ready_case(t, &lead, i, 30, numbers[i]);
		ready_approve(t, &lead, numbers[i]);
	}
	ready_plan(t, &lead, numbers, cases);
	house_wait(t, 30 * WHEN_DAY - WHEN_HOUR);
	assert_int_equal(run_victim(t, 1, 0), 0);
	expect_silence(t);
	house_wait(t, 2 * WHEN_HOUR);
	for (; turns < 10 * KILLS; turns++) {
		bool timed = turns % 5 == 4;
		int sign = run_victim(t, timed ? 5 : 1 + turns % 3,
		    timed ? 1000 + randombytes_uniform(80000) : 0);
		if (sign == 0)
			break;
		assert_int_equal(sign, SIGKILL);
		kills++;
	}
	if (kills < wanted)
		fail_msg("%d kills only", kills);
	(void)fprintf(stderr, "# %d kills, %d cases\n", kills, cases);
	digest_site(t, numbers, cases, once);
	/* a start: sweeps what was cut off, writes the same bytes again */
	ok(&t->base, site_write_all(&t->house, &t->base.err));
	expect_all_once(t, &lead, numbers, cases);
	digest_site(t, numbers, cases, again);
	assert_memory_equal(once, again, sizeof(once));
	ready_turn(t);
	expect_all_once(t, &lead, numbers, cases);
}

int
main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "--turn") == 0)
		_exit(victim(argv[2], argv[3], argv[4]));
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    killed_at_every_step_it_still_ends_once, begin, end),
	};
	return cmocka_run_group_tests_name("kill", tests, NULL, NULL);
}
