#include "desk/totp.h"

#include "core/num.h"
#include "core/when.h"
#include "os/random.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#define STEP (30 * WHEN_SECOND)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void
totp_new(char text[TOTP_TEXT])
{
	unsigned char bytes[TOTP_TEXT - 1];
	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		text[i] = alphabet[bytes[i] % 32];
	text[TOTP_TEXT - 1] = '\0';
	sodium_memzero(bytes, sizeof(bytes));
}

/* RFC 4648 base32, exactly TOTP_SECRET bytes. */
static bool
decode(const char *text, unsigned char secret[TOTP_SECRET])
{
	unsigned bits = 0, held = 0;
	size_t out = 0;
	if (strlen(text) != TOTP_TEXT - 1)
		return false;
	for (const char *at = text; *at != '\0'; at++) {
		const char *found = strchr(alphabet, *at);
		if (found == NULL)
			return false;
		bits = (bits << 5 | (unsigned)(found - alphabet)) & 0xfffu;
		held += 5;
		if (held >= 8) {
			held -= 8;
			secret[out++] = (unsigned char)(bits >> held & 0xff);
		}
	}
	return true;
}

/* RFC 4226 section 5.3. */
static uint32_t
code_of(const unsigned char secret[TOTP_SECRET], int64_t step)
{
	unsigned char counter[8];
	unsigned char mac[EVP_MAX_MD_SIZE] = { 0 };
	unsigned len = 0;
	for (size_t i = 0; i < sizeof(counter); i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	(void)HMAC(EVP_sha1(), secret, TOTP_SECRET, counter, sizeof(counter),
	    mac, &len);
	const unsigned char *at = mac + (mac[19] & 0x0f);
	uint32_t word = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
			(uint32_t)at[2] << 8 | at[3];
	return word % 1000000;
}

bool
totp_print(const char *secret, int64_t now, char code[7])
{
	unsigned char key[TOTP_SECRET];
	if (!decode(secret, key))
		return false;
	(void)snprintf(code, 7, "%06u", code_of(key, now / STEP));
	sodium_memzero(key, sizeof(key));
	return true;
}

bool
totp_check(const char *secret, const char *code, int64_t now, int64_t *step)
{
	unsigned char key[TOTP_SECRET];
	int64_t given;
	bool found = false;
	if (!num_digits(str_of(code), 6, &given) || !decode(secret, key))
		return false;
	for (int64_t drift = -1; drift <= 1; drift++) {
		int64_t at = now / STEP + drift;
		if ((int64_t)code_of(key, at) == given) {
			*step = at;
			found = true;
		}
	}
	sodium_memzero(key, sizeof(key));
	return found;
}
