#include "test.h"

#include "ipc/channel.h"
#include "value/value.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A channel under test and the raw other end. */
struct pair {
	struct channel *channel;
	int raw;
};

static struct pair
pair_new(void)
{
	int ends[2];
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	struct pair pair = { channel_new(ends[0]), ends[1] };
	assert_non_null(pair.channel);
	return pair;
}

static void
pair_free(struct pair *pair)
{
	channel_free(pair->channel);
	if (pair->raw >= 0)
		close(pair->raw);
}

static void
raw_write(int fd, const void *bytes, size_t len)
{
	assert_int_equal(send(fd, bytes, len, 0), (ssize_t)len);
}

/* Sends bytes with count duplicates of one descriptor beside them. */
static void
raw_write_fds(int fd, const char *bytes, size_t len, size_t count)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * 64)];
	memset(control, 0, sizeof(control));
	struct iovec part = { (void *)(uintptr_t)bytes, len };
	struct msghdr head = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(sizeof(int) * count) };
	struct cmsghdr *item = CMSG_FIRSTHDR(&head);
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(sizeof(int) * count);
	for (size_t i = 0; i < count; i++) {
		int same = 2;
		memcpy(CMSG_DATA(item) + i * sizeof(int), &same, sizeof(same));
	}
	assert_int_equal(sendmsg(fd, &head, 0), (ssize_t)len);
}

static size_t
open_fds(void)
{
	size_t count = 0;
	for (int fd = 0; fd < 512; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static void
split_bytes_become_one_frame(void **state)
{
	(void)state;
	static const char frame[] = "\x07\0\0\0{\"a\":1}";
	struct pair pair = pair_new();
	struct err err;
	json_t *msg = NULL;
	for (size_t i = 0; i < sizeof(frame) - 1; i++) {
		assert_true(channel_next(pair.channel, &msg, NULL, NULL, &err));
		assert_null(msg);
		raw_write(pair.raw, frame + i, 1);
		assert_true(channel_fill(pair.channel, &err));
	}
	assert_true(channel_next(pair.channel, &msg, NULL, NULL, &err));
	assert_int_equal(value_int(msg, "a", 0), 1);
	json_decref(msg);
	pair_free(&pair);
}

static void
frames_in_one_read_come_one_by_one(void **state)
{
	(void)state;
	static const char frames[] =
	    "\x07\0\0\0{\"a\":1}\x07\0\0\0{\"a\":2}\x07\0\0\0{\"a\"";
	struct pair pair = pair_new();
	struct err err;
	raw_write(pair.raw, frames, sizeof(frames) - 1);
	assert_true(channel_fill(pair.channel, &err));
	for (int i = 1; i <= 2; i++) {
		AUTO(value) json_t *msg = NULL;
		assert_true(channel_next(pair.channel, &msg, NULL, NULL, &err));
		assert_int_equal(value_int(msg, "a", 0), i);
	}
	json_t *none = NULL;
	assert_true(channel_next(pair.channel, &none, NULL, NULL, &err));
	assert_null(none);
	close(pair.raw);
	pair.raw = -1;
	assert_true(channel_fill(pair.channel, &err));
	assert_false(channel_next(pair.channel, &none, NULL, NULL, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	pair_free(&pair);
}

static void
garbage_breaks_the_channel_for_ever(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "\0\0\0\0", 4 },
		{ "\x01\0\0\0{", 5 },
		{ "\xff\xff\xff\xff{}", 6 },
		{ "\x01\0\x40\0{}", 6 }, /* LIMIT_FRAME + 1 */
		{ "\x02\0\0\0[]", 6 },
		{ "\x02\0\0\0{x", 6 },
		{ "\x03\0\0\0{}\xff", 7 },
		{ "\x0d\0\0\0{\"a\":1,\"a\":1}", 17 },
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair pair = pair_new();
		struct err err = { 0 };
		json_t *msg = NULL;
		raw_write(pair.raw, cases[i].bytes, cases[i].len);
		bool good = channel_fill(pair.channel, &err) &&
			    channel_next(pair.channel, &msg, NULL, NULL, &err);
		assert_false(good);
		assert_int_equal(err.kind, ERR_INVALID);
		raw_write(pair.raw, "\x02\0\0\0{}", 6);
		assert_false(channel_fill(pair.channel, &err));
		assert_false(
		    channel_next(pair.channel, &msg, NULL, NULL, &err));
		assert_null(msg);
		pair_free(&pair);
	}
}

static void
closed_peer_is_told_after_the_last_frame(void **state)
{
	(void)state;
	struct pair pair = pair_new();
	struct err err;
	raw_write(pair.raw, "\x02\0\0\0{}", 6);
	close(pair.raw);
	pair.raw = -1;
	assert_true(channel_fill(pair.channel, &err));
	AUTO(value) json_t *msg = NULL;
	assert_true(channel_next(pair.channel, &msg, NULL, NULL, &err));
	assert_non_null(msg);
	json_t *none = NULL;
	assert_false(channel_next(pair.channel, &none, NULL, NULL, &err));
	assert_int_equal(err.kind, ERR_MISSING);
	AUTO(value) json_t *empty = json_object();
	assert_true(channel_send(pair.channel, empty, NULL, 0, &err));
	assert_false(channel_flush(pair.channel, &err));
	assert_int_equal(err.kind, ERR_MISSING);
	pair_free(&pair);
}

static void
large_frames_pass_whole_with_their_fds(void **state)
{
	(void)state;
	struct pair pair = pair_new();
	struct channel *far = channel_new(pair.raw);
	struct err err;
	char *text = malloc(3u << 20);
	assert_non_null(text);
	memset(text, 'x', 3u << 20);
	AUTO(value) json_t *small = json_pack("{s:i}", "n", 1);
	AUTO(value) json_t *large = json_pack("{s:s%}", "t", text, 3u << 20);
	free(text);
	int fds[2] = { 1, 2 }, got[LIMIT_FRAME_FDS];
	size_t ngot = 9, frames = 0;
	size_t want_fds[] = { 1, 2, 0, 2 };
	assert_true(channel_send(pair.channel, small, fds, 1, &err));
	assert_true(channel_send(pair.channel, large, fds, 2, &err));
	assert_true(channel_send(pair.channel, small, NULL, 0, &err));
	assert_true(channel_send(pair.channel, small, fds, 2, &err));
	while (frames < COUNT(want_fds)) {
		assert_true(channel_flush(pair.channel, &err));
		assert_true(channel_fill(far, &err));
		AUTO(value) json_t *msg = NULL;
		assert_true(channel_next(far, &msg, got, &ngot, &err));
		if (msg == NULL)
			continue;
		assert_true(json_equal(msg, frames == 1 ? large : small));
		assert_int_equal(ngot, want_fds[frames]);
		for (size_t i = 0; i < ngot; i++)
			assert_int_equal(close(got[i]), 0);
		frames++;
	}
	assert_false(channel_wants_write(pair.channel));
	channel_free(far);
	pair.raw = -1;
	pair_free(&pair);
}

static void
descriptors_nobody_takes_are_closed(void **state)
{
	(void)state;
	size_t before = open_fds();
	struct err err;
	struct pair pair = pair_new();
	json_t *msg = NULL;
	raw_write_fds(pair.raw, "\x02\0\0\0{}", 6, LIMIT_FRAME_FDS);
	raw_write_fds(pair.raw, "\x02\0\0\0{}", 6, 3);
	assert_true(channel_fill(pair.channel, &err));
	assert_true(channel_next(pair.channel, &msg, NULL, NULL, &err));
	json_decref(msg);
	assert_int_equal(open_fds(), before + 2 + 3);
	pair_free(&pair);
	assert_int_equal(open_fds(), before);
}

static void
too_many_descriptors_break_the_channel(void **state)
{
	(void)state;
	size_t before = open_fds();
	struct err err = { 0 };
	json_t *msg = NULL;
	struct pair pair = pair_new();
	raw_write_fds(pair.raw, "\x02\0\0\0{}", 6, LIMIT_FRAME_FDS + 1);
	assert_false(channel_fill(pair.channel, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	pair_free(&pair);
	assert_int_equal(open_fds(), before);

	pair = pair_new(); /* a few with every byte of one frame */
	raw_write_fds(pair.raw, "\x02", 1, 5);
	raw_write_fds(pair.raw, "\0\0\0{}", 5, 5);
	assert_true(channel_fill(pair.channel, &err));
	assert_false(channel_next(pair.channel, &msg, NULL, NULL, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	pair_free(&pair);
	assert_int_equal(open_fds(), before);

	pair = pair_new(); /* and a frame that never ends */
	raw_write(pair.raw, "\x40\0\0\0", 4);
	bool good = true;
	for (int i = 0; i < 10 && good; i++) {
		raw_write_fds(pair.raw, " ", 1, LIMIT_FRAME_FDS);
		good = channel_fill(pair.channel, &err);
	}
	assert_false(good);
	pair_free(&pair);
	assert_int_equal(open_fds(), before);
}

static void
send_refuses_what_a_frame_cannot_be(void **state)
{
	(void)state;
	struct pair pair = pair_new();
	struct err err = { 0 };
	AUTO(value) json_t *list = json_array();
	AUTO(value) json_t *object = json_object();
	int fds[LIMIT_FRAME_FDS + 1] = { 0 };
	assert_false(channel_send(pair.channel, list, NULL, 0, &err));
	assert_false(
	    channel_send(pair.channel, object, fds, LIMIT_FRAME_FDS + 1, &err));
	char *text = calloc(1, LIMIT_FRAME + 1);
	assert_non_null(text);
	memset(text, 'x', LIMIT_FRAME);
	json_object_set_new(object, "text", json_string(text));
	assert_false(channel_send(pair.channel, object, NULL, 0, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	text[LIMIT_FRAME - 100] = '\0';
	json_object_set_new(object, "text", json_string(text));
	bool good = true;
	for (int i = 0; i < 10 && good; i++)
		good = channel_send(pair.channel, object, NULL, 0, &err);
	assert_false(good); /* nobody reads */
	assert_int_equal(err.kind, ERR_LIMIT);
	free(text);
	pair_free(&pair);
}

static void
waiting_gives_up_in_time(void **state)
{
	(void)state;
	struct pair pair = pair_new();
	struct err err = { 0 };
	json_t *msg = NULL;
	assert_false(
	    channel_wait_next(pair.channel, 1, &msg, NULL, NULL, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	raw_write(pair.raw, "\x02\0\0\0{}", 6);
	assert_true(
	    channel_wait_next(pair.channel, 1000, &msg, NULL, NULL, &err));
	json_decref(msg);
	pair_free(&pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_bytes_become_one_frame),
		cmocka_unit_test(frames_in_one_read_come_one_by_one),
		cmocka_unit_test(garbage_breaks_the_channel_for_ever),
		cmocka_unit_test(closed_peer_is_told_after_the_last_frame),
		cmocka_unit_test(large_frames_pass_whole_with_their_fds),
		cmocka_unit_test(descriptors_nobody_takes_are_closed),
		cmocka_unit_test(too_many_descriptors_break_the_channel),
		cmocka_unit_test(send_refuses_what_a_frame_cannot_be),
		cmocka_unit_test(waiting_gives_up_in_time),
	};
	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
