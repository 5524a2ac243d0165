/* The frames of a backup file: written and read, nothing of their meaning. */
#ifndef FOREWARN_STORE_FRAMES_H
#define FOREWARN_STORE_FRAMES_H

#include "core/err.h"
#include "core/str.h"

#include <stdint.h>
#include <stdio.h>

#define FRAMES_MAGIC "FOREWARN-BACKUP1"
#define FRAMES_KEY 32
#define FRAMES_MAC 16

struct frames {
	FILE *file;
	int64_t offset; /* in the file, of the next frame */
	int64_t at;     /* of the frame read last */
	unsigned char key[FRAMES_KEY];
	unsigned char mac[FRAMES_MAC];
	struct buf payload; /* of the frame read last, or to write next */
};

/* Opens a copy of fd; mode "r" or "w". The key is copied. */
MUST bool frames_open(struct frames *frames, int fd, const char *mode,
    const unsigned char key[FRAMES_KEY], struct err *err);

/* Writes the payload and empties it. */
MUST bool frames_write(struct frames *frames, struct err *err);

/* Writes out everything and asks the disk to keep it. */
MUST bool frames_flush(struct frames *frames, struct err *err);

/* Reads and checks the next frame into the payload. */
MUST bool frames_read(struct frames *frames, struct err *err);

/* Nothing may follow the last frame. */
MUST bool frames_end(struct frames *frames, struct err *err);

/* Closes and wipes; the caller's fd stays open. */
void frames_close(struct frames *frames);

#endif
