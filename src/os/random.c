#include "os/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void
random_bytes(void *bytes, size_t len)
{
	unsigned char *at = bytes;
	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort(); /* no safe way on without randomness */
		at += got;
		len -= (size_t)got;
	}
}

/* Unpadded base64url of len bytes; text has room for it and the NUL. */
static void
write_base64url(const unsigned char *bytes, size_t len, char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | bytes[i];
		for (held += 8; held >= 6; held -= 6)
			*text++ = digits[bits >> (held - 6) & 63];
	}
	if (held > 0)
		*text++ = digits[bits << (6 - held) & 63];
	*text = '\0';
}

const char *
random_token_128(char text[RANDOM_TOKEN_128])
{
	unsigned char bytes[16];
	random_bytes(bytes, sizeof(bytes));
	write_base64url(bytes, sizeof(bytes), text);
	explicit_bzero(bytes, sizeof(bytes));
	return text;
}

const char *
random_token_256(char text[RANDOM_TOKEN_256])
{
	unsigned char bytes[32];
	random_bytes(bytes, sizeof(bytes));
	write_base64url(bytes, sizeof(bytes), text);
	explicit_bzero(bytes, sizeof(bytes));
	return text;
}

const char *
random_hex_128(char text[RANDOM_HEX_128])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * sizeof(bytes)] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return text;
}
