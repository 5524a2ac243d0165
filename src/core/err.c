#include "core/err.h"

#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The functions behind the macros. */
#undef err_set
#undef err_in

static const char *const kind_names[] = {
	[ERR_NONE] = "none",
	[ERR_INVALID] = "invalid",
	[ERR_DENIED] = "denied",
	[ERR_MISSING] = "missing",
	[ERR_CONFLICT] = "conflict",
	[ERR_LIMIT] = "limit",
	[ERR_RETRY] = "retry",
	[ERR_SYSTEM] = "system",
};

static void
text_trim(char *text)
{
	text[utf8_prefix(text, strlen(text))] = '\0';
}

bool
err_set(struct err *err, enum err_kind kind, const char *field, const char *fmt,
    ...)
{
	if (err == NULL)
		return false;
	va_list values;
	va_start(values, fmt);
	err->kind = kind;
	(void)snprintf(
	    err->field, sizeof(err->field), "%s", field == NULL ? "" : field);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, values);
	va_end(values);
	text_trim(err->text);
	return false;
}

bool
err_in(struct err *err, const char *fmt, ...)
{
	if (err == NULL)
		return false;
	char old[LIMIT_ERR_TEXT];
	memcpy(old, err->text, sizeof(old));
	va_list values;
	va_start(values, fmt);
	int used = vsnprintf(err->text, sizeof(err->text), fmt, values);
	va_end(values);
	if (used >= 0 && (size_t)used < sizeof(err->text))
		(void)snprintf(err->text + used,
		    sizeof(err->text) - (size_t)used, ": %s", old);
	text_trim(err->text);
	return false;
}

const char *
err_kind_name(enum err_kind kind)
{
	return (size_t)kind < COUNT(kind_names) ? kind_names[kind] : "system";
}

enum err_kind
err_kind_find(const char *name)
{
	for (size_t i = 0; i < COUNT(kind_names); i++)
		if (strcmp(kind_names[i], name) == 0)
			return (enum err_kind)i;
	return ERR_SYSTEM;
}
