/*
 * Errors are values: one of few kinds and a text for the person who must act.
 *
 * A fallible function returns bool, takes a struct err last, and touches its
 * out-parameters only on success. err_set returns false, so a refusal reads
 * `return err_set(err, ERR_INVALID, "cvss31", "...")`. The text says what is
 * wrong, where, and what to do; it never carries a secret. Disadvantage: one
 * error at a time, the first one found.
 */
#ifndef FOREWARN_ERR_H
#define FOREWARN_ERR_H

#include "core/compiler.h"
#include "core/limits.h"

#include <stdbool.h>

enum err_kind {
	ERR_NONE,
	ERR_INVALID,  /* the input is wrong; the asker can mend it */
	ERR_DENIED,   /* not permitted; looks like ERR_MISSING from outside */
	ERR_MISSING,  /* there is no such thing, or none the asker may see */
	ERR_CONFLICT, /* true earlier, not any more: reload and decide again */
	ERR_LIMIT,    /* a ceiling, cap or rate was reached */
	ERR_RETRY,    /* passing fault: the same call may work later */
	ERR_SYSTEM,   /* our fault or the machine's; nothing was changed */
};

struct err {
	enum err_kind kind;
	char field[LIMIT_ERR_FIELD]; /* argument at fault, or "" */
	char text[LIMIT_ERR_TEXT];
};

/*
 * Fills err (may be NULL) and returns false. field may be NULL. Text longer
 * than the struct holds is cut at a whole UTF-8 character.
 */
bool err_set(struct err *err, enum err_kind kind, const char *field,
    const char *fmt, ...) PRINTF(4, 5);

/* Puts "prefix: " before the text of an err already set; returns false. */
bool err_in(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/*
 * Both always answer false. Said here as well, so that compilers and analyzers
 * know that a caller who was answered true holds a result.
 */
#define err_set(...)                                                           \
	__extension__({                                                        \
		(void)err_set(__VA_ARGS__);                                    \
		false;                                                         \
	})
#define err_in(...)                                                            \
	__extension__({                                                        \
		(void)err_in(__VA_ARGS__);                                     \
		false;                                                         \
	})

/* Lower-case word for a kind, for example "invalid"; never NULL. */
const char *err_kind_name(enum err_kind kind);

/* The kind a word of err_kind_name stands for, or ERR_SYSTEM. */
enum err_kind err_kind_find(const char *name);

#endif
