/* Frames: whatever a peer sends, the channel gives objects or one refusal. */
#include "fuzz.h"

#include "ipc/channel.h"
#include "value/value.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

/* Takes every frame there is; false once the channel is to be dropped. */
static bool
take_all(struct channel *channel)
{
	struct err err = { 0 };
	for (bool good = channel_fill(channel, &err); good;) {
		AUTO(value) json_t *msg = NULL;
		good = channel_next(channel, &msg, NULL, NULL, &err);
		assert(msg == NULL || (good && json_is_object(msg)));
		if (good && msg == NULL)
			return true;
	}
	assert(err.kind == ERR_INVALID || err.kind == ERR_MISSING);
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return 0;
	AUTO(channel) struct channel *channel = channel_new(ends[0]);
	bool good = channel != NULL;
	/* The first byte says in what pieces the rest arrives. */
	size_t piece = size > 0 ? bytes[0] + 1u : 1;
	for (size_t at = 1; at < size && good; at += piece) {
		size_t len = size - at < piece ? size - at : piece;
		if (send(ends[1], bytes + at, len, MSG_DONTWAIT) < 0)
			break;
		good = take_all(channel);
	}
	close(ends[1]);
	assert(!good || !take_all(channel));
	return 0;
}
