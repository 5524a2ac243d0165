/* The one function of a fuzz target; libFuzzer and replay_main.c call it. */
#ifndef FOREWARN_FUZZ_H
#define FOREWARN_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * Feeds size hostile bytes to one parser. Always returns 0; a fault shows as a
 * crash, a sanitizer report or a failed assert.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
