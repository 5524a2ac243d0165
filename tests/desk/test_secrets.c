/* What is stored says nothing of an open case: file, log and backup. */
#include "ready.h"

#include "core/when.h"
#include "desk/disclose.h"
#include "os/file.h"
#include "store/backup.h"

#include <fcntl.h>
#include <unistd.h>

#define MOST (64u << 20)

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

/* Words of an open case, its people and its talk. */
static const char *const words[] = { "Overflow 7", "subsys/secret", "Explains",
	"R. Finder", "finder@example.org", "Heap overflow", "Send a long line",
	"net/parser", "git.example.org", "CVSS:3.1", "Marmalade",
	"Needs time." };

static void
expect_no_word(struct house_test *t, const char *name)
{
	char path[160];
	AUTO(buf) struct buf bytes = BUF(MOST);
	(void)snprintf(path, sizeof(path), "%s/%s", t->base.dir, name);
	if (access(path, F_OK) != 0)
		return;
	ok(&t->base, file_read(AT_FDCWD, path, &bytes, &t->base.err));
	for (size_t i = 0; i < COUNT(words); i++)
		if (memmem(bytes.ptr, bytes.len, words[i], strlen(words[i])) !=
		    NULL)
			fail_msg("%s holds \"%s\"", name, words[i]);
}

static void
write_backup(struct house_test *t)
{
	char path[160];
	struct backup_info info;
	(void)snprintf(path, sizeof(path), "%s/backup", t->base.dir);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	ok(&t->base, backup_write(t->house.db, t->house.vault, fd,
			 clock_now(&t->house.clock), &info, &t->base.err));
	(void)close(fd);
}

/* P-16 P-30: no word of an embargoed case stands in what a thief could take. */
static void
no_word_of_an_open_case_is_stored_in_clear(void **state)
{
	struct house_test *t = *state;
	struct person lead =
	    house_person(t, "lead@example.org", "team", NULL, NULL);
	char number[40];
	ready_begin(t, &lead);
	ready_case(t, &lead, 7, 30, number);
	(void)house_ask(t, &lead, "case.note",
	    "{'case':'%s','text':'Marmalade is the code word.'}", number);
	ready_approve(t, &lead, number);
	(void)house_ask(t, &lead, "disclose.run", "{'cases':['%s']}", number);
	ready_turn(t);
	ok(&t->base, site_write_all(&t->house, &t->base.err));
	write_backup(t);
	expect_no_word(t, "forewarn.db");
	expect_no_word(t, "forewarn.db-wal");
	expect_no_word(t, "backup");
	expect_no_word(t, "site/index.html");
	expect_no_word(t, "site/atom.xml");
	expect_no_word(t, "site/notes/4.4.rst");
	expect_no_word(t, "site/vulnerabilities/1900.rst");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    no_word_of_an_open_case_is_stored_in_clear, begin, end),
	};
	return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
