/* Numbers from text: the whole view must be a number within bounds. */
#ifndef FOREWARN_NUM_H
#define FOREWARN_NUM_H

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Decimal integer, optional leading '-', no leading '+', spaces or leading
 * zeros. Returns false, and leaves *ret alone, unless min <= value <= max.
 */
MUST bool num_parse(struct str text, int64_t min, int64_t max, int64_t *ret);

/* Exactly `digits` decimal digits, leading zeros allowed (dates, years). */
MUST bool num_digits(struct str text, size_t digits, int64_t *ret);

#endif
