/*
 * Instants: microseconds since 1970-01-01T00:00:00Z in an int64_t, always UTC
 * (process.md P-13: an embargo ends at an instant, not on a date). 0 means "no
 * instant" wherever a row or a value may lack one. Nothing here reads a clock.
 */
#ifndef FOREWARN_WHEN_H
#define FOREWARN_WHEN_H

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

#define WHEN_SECOND INT64_C(1000000)
#define WHEN_MINUTE (60 * WHEN_SECOND)
#define WHEN_HOUR (60 * WHEN_MINUTE)
#define WHEN_DAY (24 * WHEN_HOUR)

/* First and one past the last instant of the years 1970 to 9999. */
#define WHEN_MIN INT64_C(0)
#define WHEN_MAX (INT64_C(253402300800) * WHEN_SECOND)

/* Room for any text this room prints, with its NUL. */
#define WHEN_TEXT 40

/*
 * RFC 3339 with seconds and a zone ("2026-12-01T15:00:00Z", "+02:00"), at most
 * six fraction digits, or with allow_date also a bare "2026-12-01" (midnight).
 * Leap seconds and impossible dates are refused.
 */
MUST bool when_parse(struct str text, bool allow_date, int64_t *ret);

/* "2026-12-01T15:00:00Z"; fractions are dropped. Returns text. */
const char *when_print(int64_t when, char text[WHEN_TEXT]);

/* "2026-12-01", the UTC date part. Returns text. */
const char *when_date(int64_t when, char text[WHEN_TEXT]);

/* "2026-12-01 15:00 UTC", for people. Returns text. */
const char *when_human(int64_t when, char text[WHEN_TEXT]);

/* Year in UTC, for example 2026. */
int when_year(int64_t when);

#endif
