/*
 * A door that was taken over: any frame to the desk gets an answer, or is no
 * request; the desk lives, nothing is left open, and the ledger stays whole.
 */
#include "fuzz.h"

#include "desk/dispatch.h"
#include "store/statements.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define INPUT_MAX 16384

static void
need(bool good, const struct err *err)
{
	if (good)
		return;
	(void)fprintf(stderr, "fuzz_dispatch: %s\n", err->text);
	abort();
}

/* One house in memory for all inputs; its master key is a file for a moment. */
static struct house
house_new(void)
{
	struct err err = { 0 };
	char dir[] = "/tmp/forewarn-fuzz.XXXXXX";
	char path[64];
	struct house house = { .site_fd = -1 };
	const struct db_settings settings = { .url = "sqlite",
		.path = ":memory:" };
	assert(mkdtemp(dir) != NULL);
	(void)snprintf(path, sizeof(path), "%s/master.key", dir);
	const struct vault_settings keys = { .path = path, .create = true };
	house.settings =
	    json_pack("{s:s, s:s}", "base_url", "https://security.example.org",
		"mail_from", "security@example.org");
	house.policy = json_object();
	need(db_open(&settings, &house.db, &err), &err);
	need(db_migrate(house.db, &store_schema, 1, &err), &err);
	need(vault_load(&keys, &house.vault, &err), &err);
	need(vault_attach(house.vault, house.db, 1, &err), &err);
	(void)unlink(path);
	(void)rmdir(dir);
	return house;
}

static void
check_answer(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	assert(json_is_object(answer));
	assert((error == NULL) != (json_object_get(answer, "ok") == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct house house;
	if (house.db == NULL)
		house = house_new();
	if (size > INPUT_MAX)
		return 0;
	AUTO(value)
	json_t *request =
	    json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(request))
		return 0; /* the channel refuses it: see fuzz_frames */
	int file = -1;
	AUTO(value)
	json_t *answer = dispatch_file(&house, request, NULL, 0, &file);
	check_answer(answer);
	assert(!db_in_transaction(house.db));
	if (file >= 0)
		(void)close(file);
	return 0;
}
