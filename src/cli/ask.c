#include "cli/ask.h"

#include "os/fd.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool
read_line(int fd, struct buf *ret)
{
	char byte;
	while (read(fd, &byte, 1) == 1) {
		if (byte == '\n')
			return !ret->failed;
		buf_putc(ret, byte);
	}
	return false;
}

bool
ask_person(const char *question, bool secret, struct buf *ret, struct err *err)
{
	AUTO(fd) int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios old, silent;
	if (fd < 0 || tcgetattr(fd, &old) != 0)
		return err_set(err, ERR_INVALID, NULL,
		    "%s: there is no terminal to ask at; give it as an option "
		    "(@FILE or - for a secret)",
		    question);
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	if (secret)
		(void)tcsetattr(fd, TCSAFLUSH, &silent);
	(void)dprintf(fd, "%s: ", question);
	bool got = read_line(fd, ret);
	if (secret) {
		(void)tcsetattr(fd, TCSAFLUSH, &old);
		(void)dprintf(fd, "\n");
	}
	if (!got)
		return err_set(
		    err, ERR_INVALID, NULL, "%s: nothing was typed", question);
	return true;
}
