/* Random bytes of the kernel, and unguessable text made of them. */
#ifndef FOREWARN_OS_RANDOM_H
#define FOREWARN_OS_RANDOM_H

#include <stddef.h>

#define RANDOM_TOKEN_128 23 /* 22 characters and the NUL */
#define RANDOM_TOKEN_256 44 /* 43 characters and the NUL */
#define RANDOM_HEX_128 33   /* 32 characters and the NUL */

/* Fills len bytes from getrandom(2); ends the process if the kernel cannot. */
void random_bytes(void *bytes, size_t len);

/* 128 random bits as unpadded base64url (RFC 4648 section 5). Returns text. */
const char *random_token_128(char text[RANDOM_TOKEN_128]);

/* 256 random bits as unpadded base64url. Returns text. */
const char *random_token_256(char text[RANDOM_TOKEN_256]);

/* 128 random bits as lower-case hex. Returns text. */
const char *random_hex_128(char text[RANDOM_HEX_128]);

#endif
