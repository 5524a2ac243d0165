/* Every row of the jail's table against every attempt, one by one. */
#include "../unit/test.h"

#include "os/fd.h"
#include "os/jail.h"
#include "os/spawn.h"
#include "value/value.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPECS 4

static const char *const specs[SPECS] = { "door", "desk", "desk-postgresql",
	"courier" };

/* y: must work, n: must be refused or end the process; one per spec. */
static const struct {
	const char *attempt;
	const char *allowed;
} matrix[] = {
	{ "read_foreign", "nnnn" },
	{ "read_own_environment", "nnnn" },
	{ "list_root", "nnnn" },
	{ "write_foreign", "nnnn" },
	{ "read_place", "yyyy" },
	{ "write_place", "nyyn" },
	{ "truncate_place", "nnnn" },
	{ "open_memory", "yyyn" },
	{ "socket_internet", "nnyy" },
	{ "socket_local", "nnyn" },
	{ "socket_raw", "nnnn" },
	{ "connect_foreign", "nnnn" },
	{ "connect_granted", "nnyy" },
	{ "connect_inherited", "nnnn" },
	{ "listen_port", "nnnn" },
	{ "exec_program", "nnnn" },
	{ "trace_parent", "nnnn" },
	{ "fork_process", "nnnn" },
	{ "kill_parent", "nnnn" },
	{ "kill_parent_thread", "nnnn" },
	{ "mount_tmp", "nnnn" },
	{ "make_code", "nnnn" },
	{ "become_root", "nnnn" },
	{ "new_namespace", "nnnn" },
	{ "read_other_memory", "nnnn" },
	{ "start_thread", "nnny" },
};

static char place[64] = "/tmp/forewarn-jail-XXXXXX";

/* The wait status of one probe. */
static int
probe(const char *spec, const char *attempt)
{
	const char *argv[] = { PROBE, spec, attempt, place, NULL };
	const char *env[] = { "SECRET=1", NULL };
	struct spawn spawn = { PROBE, argv, env, NULL, 0 };
	struct err err = { 0 };
	pid_t child = -1;
	int status = -1;
	assert_true(spawn_start(&spawn, &child, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static bool
is_refused(int status)
{
	return (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) ||
	       (WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

/* Before Landlock ABI 4 a process that may have sockets may use any port. */
static bool
has_no_ports(const char *attempt, const char *spec)
{
	long abi = syscall(444, NULL, (size_t)0, 1u);
	bool port = strcmp(attempt, "connect_foreign") == 0 ||
		    strcmp(attempt, "listen_port") == 0;
	return port && abi < 4 && strcmp(spec, "door") != 0;
}

static void
every_attempt_ends_as_the_matrix_says(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(matrix); i++) {
		for (size_t j = 0; j < SPECS; j++) {
			if (has_no_ports(matrix[i].attempt, specs[j]))
				continue;
			int status = probe(specs[j], matrix[i].attempt);
			bool good = matrix[i].allowed[j] == 'y'
					? status == 0
					: is_refused(status);
			wrong += !good;
			if (!good)
				print_error("%s in %s: status %x\n",
				    matrix[i].attempt, specs[j],
				    (unsigned)status);
		}
	}
	assert_int_equal(wrong, 0);
}

/* Runs in a child: what a best-effort jail reports. */
static int
report_is_whole(void)
{
	struct err err;
	AUTO(value) json_t *report = NULL;
	struct jail_plan plan = { .spec = "door", .user = "no-such-user" };
	if (!jail_enter(&plan, &report, &err))
		return 1;
	bool root = geteuid() == 0;
	json_t *missing = json_object_get(report, "missing");
	return value_true(report, "seccomp") &&
		       value_int(report, "landlock", 0) > 0 &&
		       json_array_size(missing) >= root
		   ? 0
		   : 2;
}

static void
best_effort_goes_on_and_tells(void **state)
{
	(void)state;
	int status = -1;
	pid_t child = fork();
	if (child == 0)
		_exit(report_is_whole());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
unknown_jails_and_users_are_refused(void **state)
{
	(void)state;
	struct err err = { 0 };
	json_t *report = NULL;
	struct jail_plan plan = { .spec = "kitchen", .required = true };
	assert_false(jail_enter(&plan, &report, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	if (geteuid() == 0) {
		assert_false(jail_become("no-such-user", &err));
		assert_int_equal(err.kind, ERR_MISSING);
		assert_non_null(strstr(err.text, "adduser"));
	}
	assert_null(report);
}

static int
make_place(void **state)
{
	(void)state;
	if (mkdtemp(place) == NULL || chmod(place, 0777) != 0)
		return -1;
	AUTO(fd) int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(fd)
	int page = openat(dir, "page", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return page >= 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_attempt_ends_as_the_matrix_says),
		cmocka_unit_test(best_effort_goes_on_and_tells),
		cmocka_unit_test(unknown_jails_and_users_are_refused),
	};
	if (make_place(NULL) != 0)
		return 99;
	if (WEXITSTATUS(probe("door", "read_place")) == 77) {
		(void)printf("1..0 # SKIP this kernel has no Landlock\n");
		return 0;
	}
	return cmocka_run_group_tests_name("jail", tests, NULL, NULL);
}
