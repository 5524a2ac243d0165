/*
 * Strings: views with a length (struct str, borrowed) and builders with a
 * ceiling (struct buf, owned). A builder never grows past the ceiling it was
 * born with; past it the builder is `failed`, keeps what it has, ignores
 * further appends, and the user checks once at the end.
 */
#ifndef FOREWARN_STR_H
#define FOREWARN_STR_H

#include "core/compiler.h"

#include <stdbool.h>
#include <stddef.h>

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })

/* View of a C string; NULL gives an empty view. */
struct str str_of(const char *text);

/* Byte-wise equality. */
bool str_is(struct str a, struct str b);

/* Equality with a C string. */
bool str_eq(struct str a, const char *b);

/* True if a begins with prefix. */
bool str_starts(struct str a, const char *prefix);

/* View without leading and trailing ASCII white space. */
struct str str_trim(struct str a);

/*
 * Cuts *rest at the first sep: returns what stands before it and leaves what
 * stands after. Without sep the whole rest is returned and *rest becomes empty
 * with ptr NULL, so `while (rest.ptr != NULL)` walks a list.
 */
struct str str_cut(struct str *rest, char sep);

struct buf {
	char *ptr; /* NUL-terminated after any append; NULL when empty */
	size_t len;
	size_t cap;
	size_t max; /* ceiling in bytes, without the NUL */
	bool failed;
};

/* An empty builder with this ceiling; allocates nothing yet. */
#define BUF(ceiling) ((struct buf){ .max = (ceiling) })

/* Appends len bytes. */
void buf_add(struct buf *buf, const void *bytes, size_t len);

/* Appends a C string; NULL adds nothing. */
void buf_puts(struct buf *buf, const char *text);

/* Appends one byte. */
void buf_putc(struct buf *buf, char byte);

/* Appends formatted text. */
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF(2, 3);

/* The text, "" when empty; valid until the next append or free. */
const char *buf_text(const struct buf *buf);

/* Wipes and frees; the builder is empty with the same ceiling afterwards. */
void buf_free(struct buf *buf);

/* For AUTO(buf). */
void buf_auto(struct buf *buf);

#endif
