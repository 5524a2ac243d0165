/*
 * Request lifetime: everything one request needs comes from one arena, which
 * is wiped and freed as a whole. A function without an arena parameter gives
 * you nothing to free. Every arena has a ceiling; past it arena_get returns
 * NULL and arena_failed() stays true, so a handler may check once at its end.
 * Disadvantage: memory lives until the request ends.
 */
#ifndef FOREWARN_ARENA_H
#define FOREWARN_ARENA_H

#include "core/compiler.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A new arena that gives at most max bytes; NULL when memory is out. */
struct arena *arena_new(size_t max);

/* Zeroed memory, aligned for any type; NULL past the ceiling. */
void *arena_get(struct arena *arena, size_t size);

/* Copy of len bytes plus a NUL. */
char *arena_copy(struct arena *arena, const void *bytes, size_t len);

/* Formatted text. */
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);

/* True once any request was refused. */
bool arena_failed(const struct arena *arena);

/* Wipes and frees everything; NULL is allowed. */
void arena_free(struct arena *arena);

/* For AUTO(arena). */
void arena_auto(struct arena **arena);

#endif
