#include "core/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)16 << 10)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks;
	size_t given;
	size_t max;
	bool failed;
};

struct arena *
arena_new(size_t max)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (arena != NULL)
		arena->max = max;
	return arena;
}

static struct block *
block_new(struct arena *arena, size_t size)
{
	size_t room = size < BLOCK_SIZE ? BLOCK_SIZE : size;
	struct block *block = calloc(1, sizeof(*block) + room);
	if (block == NULL)
		return NULL;
	block->size = room;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *
arena_get(struct arena *arena, size_t size)
{
	size_t align = alignof(max_align_t);
	size_t left = arena->max - arena->given;
	if (left < align || size > left - align) {
		arena->failed = true;
		return NULL;
	}
	size = (size + align - 1) / align * align;
	struct block *block = arena->blocks;
	if (block == NULL || block->size - block->used < size)
		block = block_new(arena, size);
	if (block == NULL) {
		arena->failed = true;
		return NULL;
	}
	void *memory = block->bytes + block->used;
	block->used += size;
	arena->given += size;
	return memory;
}

char *
arena_copy(struct arena *arena, const void *bytes, size_t len)
{
	char *copy = arena_get(arena, len + 1);
	if (copy != NULL && len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list values;
	va_start(values, fmt);
	int need = vsnprintf(NULL, 0, fmt, values);
	va_end(values);
	char *text = need < 0 ? NULL : arena_get(arena, (size_t)need + 1);
	if (text == NULL)
		return NULL;
	va_start(values, fmt);
	(void)vsnprintf(text, (size_t)need + 1, fmt, values);
	va_end(values);
	return text;
}

bool
arena_failed(const struct arena *arena)
{
	return arena->failed;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	struct block *block = arena->blocks;
	while (block != NULL) {
		struct block *next = block->next;
		explicit_bzero(block->bytes, block->used);
		free(block);
		block = next;
	}
	free(arena);
}

void
arena_auto(struct arena **arena)
{
	arena_free(*arena);
}
