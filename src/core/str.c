#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str
str_of(const char *text)
{
	return (struct str){ text, text == NULL ? 0 : strlen(text) };
}

bool
str_is(struct str a, struct str b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
str_eq(struct str a, const char *b)
{
	return str_is(a, str_of(b));
}

bool
str_starts(struct str a, const char *prefix)
{
	size_t len = strlen(prefix);
	return a.len >= len && (len == 0 || memcmp(a.ptr, prefix, len) == 0);
}

static bool
is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct str
str_trim(struct str a)
{
	while (a.len > 0 && is_space(a.ptr[0])) {
		a.ptr++;
		a.len--;
	}
	while (a.len > 0 && is_space(a.ptr[a.len - 1]))
		a.len--;
	return a;
}

struct str
str_cut(struct str *rest, char sep)
{
	struct str head = *rest;
	const char *at =
	    rest->len == 0 ? NULL : memchr(rest->ptr, sep, rest->len);
	if (at == NULL) {
		*rest = (struct str){ NULL, 0 };
		return head;
	}
	head.len = (size_t)(at - rest->ptr);
	rest->ptr = at + 1;
	rest->len -= head.len + 1;
	return head;
}

/* Makes room for len more bytes and a NUL, or marks the builder failed. */
static bool
buf_reserve(struct buf *buf, size_t len)
{
	if (buf->failed || len > buf->max - buf->len) {
		buf->failed = true;
		return false;
	}
	size_t need = buf->len + len + 1;
	if (need <= buf->cap)
		return true;
	size_t cap = buf->cap < 64 ? 64 : buf->cap;
	while (cap < need)
		cap *= 2;
	char *grown = malloc(cap);
	if (grown == NULL) {
		buf->failed = true;
		return false;
	}
	if (buf->ptr != NULL) {
		memcpy(grown, buf->ptr, buf->len);
		explicit_bzero(buf->ptr, buf->cap);
		free(buf->ptr);
	}
	buf->ptr = grown;
	buf->cap = cap;
	return true;
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	if (len > 0)
		memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void
buf_puts(struct buf *buf, const char *text)
{
	if (text != NULL)
		buf_add(buf, text, strlen(text));
}

void
buf_putc(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list values;
	va_start(values, fmt);
	int need = vsnprintf(NULL, 0, fmt, values);
	va_end(values);
	if (need < 0 || !buf_reserve(buf, (size_t)need)) {
		buf->failed = true;
		return;
	}
	va_start(values, fmt);
	(void)vsnprintf(buf->ptr + buf->len, (size_t)need + 1, fmt, values);
	va_end(values);
	buf->len += (size_t)need;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->ptr == NULL ? "" : buf->ptr;
}

void
buf_free(struct buf *buf)
{
	if (buf->ptr != NULL) {
		explicit_bzero(buf->ptr, buf->cap);
		free(buf->ptr);
	}
	*buf = BUF(buf->max);
}

void
buf_auto(struct buf *buf)
{
	buf_free(buf);
}
