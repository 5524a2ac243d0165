#include "ipc/channel.h"

#include "core/str.h"
#include "value/value.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER 4u
#define CHUNK (64u << 10)
#define IN_CEILING (LIMIT_FRAME + HEADER + CHUNK)
#define OUT_CEILING (4u * LIMIT_FRAME)
#define HELD_FDS (4u * LIMIT_FRAME_FDS)

/* A received descriptor and the stream position of a byte of its frame. */
struct held {
	int fd;
	uint64_t at;
};

/* One queued frame; fds travel with its first byte. */
struct parcel {
	struct parcel *next;
	struct buf bytes;
	size_t sent;
	int fds[LIMIT_FRAME_FDS];
	size_t nfds;
};

struct channel {
	int fd;
	bool ended;  /* the peer closed its end */
	bool broken; /* the peer broke the format: no more frames, ever */
	struct buf in;
	size_t taken;   /* bytes of `in` already given out */
	uint64_t begun; /* stream position of in.ptr[0] */
	struct held held[HELD_FDS];
	size_t nheld;
	struct parcel *first;
	struct parcel *last;
	size_t queued; /* bytes in the parcels */
};

struct channel *
channel_new(int fd)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	if (channel == NULL)
		return NULL;
	channel->fd = fd;
	channel->in = BUF(IN_CEILING);
	return channel;
}

int
channel_fd(const struct channel *channel)
{
	return channel->fd;
}

static void
close_all(const int fds[], size_t nfds)
{
	for (size_t i = 0; i < nfds; i++)
		close(fds[i]);
}

static uint32_t
get_le32(const char *bytes)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
	       (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static void
put_le32(unsigned char bytes[HEADER], uint32_t number)
{
	for (unsigned i = 0; i < HEADER; i++)
		bytes[i] = (unsigned char)(number >> (8 * i));
}

static bool
broken(struct channel *channel, struct err *err, const char *why)
{
	channel->broken = true;
	return err_set(
	    err, ERR_INVALID, NULL, "the peer broke the frame format: %s", why);
}

/* Length of the frame at the front, or SIZE_MAX while it is not all here. */
static bool
front_length(struct channel *channel, size_t *ret, struct err *err)
{
	size_t have = channel->in.len - channel->taken;
	*ret = SIZE_MAX;
	if (have < HEADER)
		return true;
	size_t len = get_le32(channel->in.ptr + channel->taken);
	if (len < 2 || len > LIMIT_FRAME)
		return broken(channel, err, "length out of bounds");
	if (have >= HEADER + len)
		*ret = len;
	return true;
}

/* Moves the bytes not yet given out to the front of the buffer. */
static void
compact(struct channel *channel)
{
	if (channel->taken == 0)
		return;
	size_t left = channel->in.len - channel->taken;
	if (left > 0)
		memmove(
		    channel->in.ptr, channel->in.ptr + channel->taken, left);
	channel->in.len = left;
	channel->begun += channel->taken;
	channel->taken = 0;
}

union control {
	char bytes[CMSG_SPACE(sizeof(int) * LIMIT_FRAME_FDS)];
	struct cmsghdr align;
};

/*
 * Keeps received descriptors. The kernel ends a read with the piece that
 * carried them, so the last byte read belongs to their frame.
 */
static void
hold_fds(struct channel *channel, struct msghdr *head)
{
	uint64_t at = channel->begun + channel->in.len - 1;
	for (struct cmsghdr *item = CMSG_FIRSTHDR(head); item != NULL;
	     item = CMSG_NXTHDR(head, item)) {
		if (item->cmsg_level != SOL_SOCKET ||
		    item->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(
			    &fd, CMSG_DATA(item) + i * sizeof(int), sizeof(fd));
			if (channel->nheld < HELD_FDS)
				channel->held[channel->nheld++] =
				    (struct held){ fd, at };
			else
				close(fd);
		}
	}
}

/* One read; *more is false when the socket is empty or ended. */
static bool
read_piece(struct channel *channel, bool *more, struct err *err)
{
	char *chunk = malloc(CHUNK);
	if (chunk == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	union control control;
	struct iovec room = { chunk, CHUNK };
	struct msghdr head = { .msg_iov = &room,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t got;
	do {
		got = recvmsg(
		    channel->fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	int fault = errno;
	if (got > 0) {
		buf_add(&channel->in, chunk, (size_t)got);
		hold_fds(channel, &head);
	}
	explicit_bzero(chunk, got > 0 ? (size_t)got : 0);
	free(chunk);
	*more = got > 0;
	if (got == 0 || (got < 0 && fault == ECONNRESET))
		channel->ended = true;
	else if (got < 0 && fault != EAGAIN)
		return err_set(err, ERR_SYSTEM, NULL,
		    "cannot read from the channel: %s", strerror(fault));
	if (channel->in.failed)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	if (got > 0 && (head.msg_flags & MSG_CTRUNC) != 0)
		return broken(channel, err, "too many descriptors at once");
	return true;
}

/* True when another read could pass a ceiling. */
static bool
is_full(const struct channel *channel)
{
	return channel->in.len + CHUNK > IN_CEILING ||
	       channel->nheld + LIMIT_FRAME_FDS > HELD_FDS;
}

bool
channel_fill(struct channel *channel, struct err *err)
{
	bool more = !channel->ended;
	if (channel->broken)
		return broken(channel, err, "it did so earlier");
	compact(channel);
	while (more && !is_full(channel)) {
		size_t len;
		if (!read_piece(channel, &more, err) ||
		    !front_length(channel, &len, err))
			return false;
	}
	size_t len;
	if (!front_length(channel, &len, err))
		return false;
	if (is_full(channel) && len == SIZE_MAX)
		return broken(channel, err, "too many descriptors");
	return true;
}

/* Moves the descriptors of the frame that ends at `end` to fds. */
static bool
take_fds(struct channel *channel, uint64_t end, int fds[LIMIT_FRAME_FDS],
    size_t *nfds)
{
	size_t mine = 0, kept = 0;
	int given[HELD_FDS];
	for (size_t i = 0; i < channel->nheld; i++) {
		if (channel->held[i].at < end)
			given[mine++] = channel->held[i].fd;
		else
			channel->held[kept++] = channel->held[i];
	}
	channel->nheld = kept;
	if (mine > LIMIT_FRAME_FDS || fds == NULL) {
		close_all(given, mine);
		*nfds = 0;
		return mine <= LIMIT_FRAME_FDS;
	}
	for (size_t i = 0; i < mine; i++)
		fds[i] = given[i];
	*nfds = mine;
	return true;
}

/* What channel_next says while no whole frame is here. */
static bool
nothing_yet(
    struct channel *channel, json_t **msg, size_t *nfds, struct err *err)
{
	if (channel->ended && channel->in.len > channel->taken)
		return broken(channel, err, "the last frame is cut short");
	if (channel->ended)
		return err_set(err, ERR_MISSING, NULL, "the peer closed");
	*msg = NULL;
	if (nfds != NULL)
		*nfds = 0;
	return true;
}

bool
channel_next(struct channel *channel, json_t **msg, int fds[LIMIT_FRAME_FDS],
    size_t *nfds, struct err *err)
{
	size_t len, count = 0;
	if (channel->broken)
		return broken(channel, err, "it did so earlier");
	if (!front_length(channel, &len, err))
		return false;
	if (len == SIZE_MAX)
		return nothing_yet(channel, msg, nfds, err);
	struct str text = { channel->in.ptr + channel->taken + HEADER, len };
	channel->taken += HEADER + len;
	uint64_t end = channel->begun + channel->taken;
	AUTO(value) json_t *value = NULL;
	if (!value_parse(text, LIMIT_FRAME, &value, err) ||
	    !json_is_object(value)) {
		(void)take_fds(channel, end, NULL, &count);
		return broken(channel, err, "not a JSON object");
	}
	if (!take_fds(channel, end, fds, &count))
		return broken(channel, err, "too many descriptors");
	if (nfds != NULL)
		*nfds = count;
	*msg = json_incref(value);
	return true;
}

static void
parcel_free(struct parcel *parcel)
{
	close_all(parcel->fds, parcel->nfds);
	buf_free(&parcel->bytes);
	free(parcel);
}

static bool
parcel_add_fds(
    struct parcel *parcel, const int fds[], size_t nfds, struct err *err)
{
	for (size_t i = 0; i < nfds; i++) {
		int copy = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (copy < 0)
			return err_set(err, ERR_SYSTEM, NULL,
			    "cannot duplicate a descriptor: %s",
			    strerror(errno));
		parcel->fds[parcel->nfds++] = copy;
	}
	return true;
}

/* Header and JSON of one frame into an empty parcel. */
static bool
parcel_write(struct parcel *parcel, const json_t *msg, struct err *err)
{
	unsigned char header[HEADER] = { 0 };
	parcel->bytes = BUF(LIMIT_FRAME + HEADER);
	buf_add(&parcel->bytes, header, HEADER);
	value_print(&parcel->bytes, msg);
	if (parcel->bytes.failed)
		return err_set(err, ERR_LIMIT, NULL,
		    "a message between processes passed %u bytes", LIMIT_FRAME);
	put_le32(header, (uint32_t)(parcel->bytes.len - HEADER));
	memcpy(parcel->bytes.ptr, header, HEADER);
	return true;
}

bool
channel_send(struct channel *channel, const json_t *msg, const int fds[],
    size_t nfds, struct err *err)
{
	if (!json_is_object(msg) || nfds > LIMIT_FRAME_FDS)
		return err_set(err, ERR_INVALID, NULL,
		    "a frame is one JSON object with at most %d descriptors",
		    LIMIT_FRAME_FDS);
	struct parcel *parcel = calloc(1, sizeof(*parcel));
	if (parcel == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "out of memory");
	bool good = parcel_write(parcel, msg, err);
	if (good && channel->queued + parcel->bytes.len > OUT_CEILING)
		good = err_set(err, ERR_LIMIT, NULL,
		    "the peer does not read: %zu bytes wait", channel->queued);
	if (!good || !parcel_add_fds(parcel, fds, nfds, err)) {
		parcel_free(parcel);
		return false;
	}
	channel->queued += parcel->bytes.len;
	if (channel->first == NULL)
		channel->first = parcel;
	else
		channel->last->next = parcel;
	channel->last = parcel;
	return true;
}

/* Puts the parcel's descriptors into head's control part. */
static void
attach_fds(
    const struct parcel *parcel, struct msghdr *head, union control *control)
{
	if (parcel->nfds == 0 || parcel->sent > 0)
		return;
	size_t size = sizeof(int) * parcel->nfds;
	head->msg_control = control;
	head->msg_controllen = CMSG_SPACE(size);
	struct cmsghdr *item = &control->align;
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(item), parcel->fds, size);
}

/* Sends what the socket takes of one parcel; *more is false when it is full. */
static bool
send_piece(
    struct channel *channel, struct parcel *parcel, bool *more, struct err *err)
{
	union control control = { 0 };
	struct iovec rest = { parcel->bytes.ptr + parcel->sent,
		parcel->bytes.len - parcel->sent };
	struct msghdr head = { .msg_iov = &rest, .msg_iovlen = 1 };
	attach_fds(parcel, &head, &control);
	ssize_t sent;
	do {
		sent = sendmsg(channel->fd, &head, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	*more = sent > 0;
	if (sent > 0)
		parcel->sent += (size_t)sent;
	else if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
		return err_set(err, ERR_MISSING, NULL, "the peer closed");
	else if (sent < 0 && errno != EAGAIN)
		return err_set(err, ERR_SYSTEM, NULL,
		    "cannot write to the channel: %s", strerror(errno));
	return true;
}

bool
channel_flush(struct channel *channel, struct err *err)
{
	bool more = true;
	while (more && channel->first != NULL) {
		struct parcel *parcel = channel->first;
		if (!send_piece(channel, parcel, &more, err))
			return false;
		if (parcel->sent < parcel->bytes.len)
			continue;
		channel->first = parcel->next;
		channel->queued -= parcel->bytes.len;
		parcel_free(parcel);
	}
	return true;
}

bool
channel_wants_write(const struct channel *channel)
{
	return channel->first != NULL;
}

/* Waits for the socket; ERR_RETRY when the time is up. */
static bool
wait_for(struct channel *channel, short events, int timeout_ms, struct err *err)
{
	struct pollfd wait = { .fd = channel->fd, .events = events };
	int got;
	do {
		got = poll(&wait, 1, timeout_ms);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return err_set(
		    err, ERR_RETRY, NULL, "no answer within %d ms", timeout_ms);
	if (got < 0)
		return err_set(
		    err, ERR_SYSTEM, NULL, "poll: %s", strerror(errno));
	return true;
}

bool
channel_wait_next(struct channel *channel, int timeout_ms, json_t **msg,
    int fds[LIMIT_FRAME_FDS], size_t *nfds, struct err *err)
{
	for (;;) {
		json_t *got = NULL;
		if (!channel_next(channel, &got, fds, nfds, err))
			return false;
		if (got != NULL) {
			*msg = got;
			return true;
		}
		if (!wait_for(channel, POLLIN, timeout_ms, err) ||
		    !channel_fill(channel, err))
			return false;
	}
}

bool
channel_wait_flush(struct channel *channel, int timeout_ms, struct err *err)
{
	while (channel_wants_write(channel)) {
		if (!wait_for(channel, POLLOUT, timeout_ms, err) ||
		    !channel_flush(channel, err))
			return false;
	}
	return true;
}

void
channel_free(struct channel *channel)
{
	if (channel == NULL)
		return;
	while (channel->first != NULL) {
		struct parcel *parcel = channel->first;
		channel->first = parcel->next;
		parcel_free(parcel);
	}
	for (size_t i = 0; i < channel->nheld; i++)
		close(channel->held[i].fd);
	buf_free(&channel->in);
	close(channel->fd);
	free(channel);
}

void
channel_auto(struct channel **channel)
{
	channel_free(*channel);
}
