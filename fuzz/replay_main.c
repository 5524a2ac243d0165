/*
 * Runs a fuzz target once over every file of a directory, and over the empty
 * input, as a TAP test. A crash ends the output early, which fails the test.
 */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPLAY_MAX (16u << 20)

/* Feeds one file; false when it cannot be read whole. */
static bool
replay_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat info;
	if (fd < 0 || fstat(fd, &info) != 0 || info.st_size > REPLAY_MAX) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	size_t size = (size_t)info.st_size;
	uint8_t *bytes = malloc(size + 1);
	bool whole = bytes != NULL && read(fd, bytes, size) == info.st_size;
	if (whole)
		LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	close(fd);
	return whole;
}

/* Directory entries that are inputs: everything not hidden. */
static int
replay_wants(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **list = NULL;
	int n =
	    argc == 2 ? scandir(argv[1], &list, replay_wants, alphasort) : -1;
	if (n < 0) {
		printf("Bail out! usage: %s CORPUS-DIRECTORY\n", argv[0]);
		return 1;
	}
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	printf("1..%d\n", n + 1);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("ok 1 - empty input\n");
	for (int i = 0; i < n; i++) {
		bool ok = replay_file(dir, list[i]->d_name);
		printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 2,
		    list[i]->d_name);
		fflush(stdout);
		free(list[i]);
	}
	free(list);
	close(dir);
	return 0;
}
