/*
 * A house with everybody in it and a case in every state, for asking each
 * operation as each of them. After world_freeze nothing can be changed: each
 * change fails at its last step, the ledger, and is undone.
 */
#ifndef FOREWARN_TEST_WORLD_H
#define FOREWARN_TEST_WORLD_H

#include "../desk/cases.h"
#include "../desk/makers.h"

#define WORLD_ACTORS 24
#define WORLD_CASES (MACHINE_STATES - 1)

/* Somebody who asks, and what the test knows of him by itself. */
struct world_actor {
	const char *name;
	char session[64];
	char token[80];
	bool read_only;
	bool nobody;      /* counts as not logged in */
	unsigned roles;   /* besides public */
	unsigned cases;   /* relations to every case of the world */
	unsigned maker;   /* relations to the maker of the world */
	int64_t acts_for; /* maker he names in requests */
};

struct world_case {
	enum machine_state state;
	char number[40];
	char link[128];
};

struct world {
	struct house_test house;
	struct world_actor actors[WORLD_ACTORS];
	size_t actors_count;
	struct world_case cases[WORLD_CASES];
	int64_t maker;
	size_t faults; /* cells that were not as they must be */
};

void world_begin(struct world *world);
void world_end(struct world *world);

/* From here on no request can change anything. */
void world_freeze(struct world *world);

/* Any valid arguments of op about this case and maker; the caller owns them. */
json_t *world_args(
    const struct op *op, const char *number, const char *link, int64_t maker);

/* The whole answer of the desk; the caller owns it. */
json_t *world_ask(struct world *world, const struct world_actor *who,
    const struct op *op, const json_t *args);

#endif
