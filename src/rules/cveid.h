/*
 * CVE ids: how they are written, ranges of them, their order and the states an
 * id of the project's own pool goes through. Disadvantage: whether an id is
 * really ours is not here; the pool is the caller's.
 */
#ifndef FOREWARN_CVEID_H
#define FOREWARN_CVEID_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

/* "CVE-2026-" and up to 19 digits with the NUL. */
#define CVEID_TEXT 32

/* Most ids one range may hold. */
#define CVEID_RANGE 10000

struct cveid {
	int year;       /* 1900 and later; 1900 is for examples */
	int64_t serial; /* beyond 2^63-1 an id is refused */
	int digits;     /* as written, at least 4 */
};

/*
 * Exactly "CVE-YYYY-N…" with 4 to 19 digits. More than four digits may not
 * begin with 0, so that an id has one spelling. Upper case only. ERR_INVALID.
 */
MUST bool cveid_parse(struct str text, struct cveid *ret, struct err *err);

/* "CVE-2026-1000". Returns text. */
const char *cveid_print(struct cveid id, char text[CVEID_TEXT]);

/*
 * "CVE-2026-1000" or "CVE-2026-1000..1049" or "CVE-2026-1000..CVE-2026-1049":
 * the first id and how many. ERR_INVALID (order, year), ERR_LIMIT beyond
 * CVEID_RANGE.
 */
MUST bool cveid_parse_range(
    struct str text, struct cveid *first, int64_t *count, struct err *err);

/* The id n places after first. */
struct cveid cveid_plus(struct cveid first, int64_t n);

/* By year, then by number (P-46): < 0, 0, > 0; fits qsort's meaning. */
int cveid_compare(struct cveid a, struct cveid b);

enum cveid_state {
	CVEID_AVAILABLE, /* in the pool, belongs to no case */
	CVEID_RESERVED,  /* assigned to a case, nothing public */
	CVEID_PUBLISHED,
	CVEID_REJECTED,
};
#define CVEID_STATES 4

/*
 * May the id go from one state to the other? available → reserved, rejected;
 * reserved → available (only while no one was told), published, rejected;
 * published → rejected; rejected → published (a mistake mended). told: anybody
 * outside the team has read the id. ERR_CONFLICT.
 */
MUST bool cveid_move(
    enum cveid_state from, enum cveid_state to, bool told, struct err *err);

/* Stored word. */
const char *cveid_state_name(enum cveid_state state);

/* The state of a stored word. */
MUST bool cveid_state_find(struct str name, enum cveid_state *ret);

#endif
