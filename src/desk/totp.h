/* Time-based one-time passwords: RFC 6238 with SHA-1, 30 s, six digits. */
#ifndef FOREWARN_DESK_TOTP_H
#define FOREWARN_DESK_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#define TOTP_SECRET 20                      /* bytes */
#define TOTP_TEXT (TOTP_SECRET * 8 / 5 + 1) /* base32, with the NUL */

/* A new random secret as base32 text. */
void totp_new(char text[TOTP_TEXT]);

/* The code an authenticator shows at an instant; false: malformed secret. */
bool totp_print(const char *secret, int64_t now, char code[7]);

/*
 * True if code fits the secret now or one step before or after; *step is the
 * one it fits, for refusing a second use. False too for a malformed secret.
 */
bool totp_check(
    const char *secret, const char *code, int64_t now, int64_t *step);

#endif
