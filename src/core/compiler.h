/* The few compiler words the whole house uses. */
#ifndef FOREWARN_COMPILER_H
#define FOREWARN_COMPILER_H

/* The caller must look at the result. */
#define MUST __attribute__((warn_unused_result))

/* printf-like: the format is argument f, its values begin at argument a. */
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* These pointer arguments may not be NULL. */
#define NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))

/*
 * Scope lifetime: AUTO(buf) calls buf_auto(&variable) when the variable goes
 * out of scope. Every room that hands out something to close defines NAME_auto.
 */
#define AUTO(name) __attribute__((cleanup(name##_auto)))

/* Number of elements of a real array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
