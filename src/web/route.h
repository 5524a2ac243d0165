/*
 * The table of pages and forms (routes.def) and finding a row by address.
 * Disadvantage: rows are tried in order, so a fixed path must stand before a
 * pattern that would match it too.
 */
#ifndef FOREWARN_WEB_ROUTE_H
#define FOREWARN_WEB_ROUTE_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>
#include <stdbool.h>

enum route_flag {
	ROUTE_OPEN = 1,
	ROUTE_RATED = 2,
	ROUTE_REPORT = 4,
	ROUTE_FILE = 8,
	ROUTE_FILES = 16,
};

struct route {
	const char *method; /* "GET" or "POST" */
	const char *path;
	const char *op;   /* "" asks nothing */
	const char *next; /* template, or for POST an address pattern */
	const char *back; /* POST: path of the page for errors */
	unsigned flags;
};

/* All rows, ended by a NULL method. */
extern const struct route routes[];

/*
 * The row for method and path (as sent, not decoded), its {name} pieces added
 * to args as text. NULL when there is none; *known then tells whether another
 * method has one.
 */
const struct route *route_find(
    const char *method, const char *path, json_t *args, bool *known);

/* The GET row whose pattern is path, or NULL. */
const struct route *route_page(const char *path);

/*
 * Fills the {name} pieces of a pattern, percent-encoded, from the value and,
 * where that has none, from the arguments. False if a piece is in neither.
 */
MUST bool route_print(const char *pattern, const json_t *value,
    const json_t *args, struct buf *out);

#endif
