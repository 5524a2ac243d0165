/* File descriptors with a scope. */
#ifndef FOREWARN_OS_FD_H
#define FOREWARN_OS_FD_H

/* Closes *fd when it is not negative, and sets it to -1; for AUTO(fd). */
void fd_auto(int *fd);

/* Gives *fd to the caller and leaves -1 behind, so that AUTO closes nothing. */
int fd_take(int *fd);

#endif
