#include "os/fd.h"

#include <unistd.h>

void
fd_auto(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int
fd_take(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}
