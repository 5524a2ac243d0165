#include "os/log.h"

#include "core/str.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <unistd.h>

#define LINE 2048

struct log
log_open(const char *process)
{
	return (struct log){ process, isatty(STDERR_FILENO) == 1 };
}

void
log_line(const struct log *log, enum log_level level, const char *fmt, ...)
{
	char text[LINE];
	va_list values;
	va_start(values, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, values);
	va_end(values);
	if (len < 0)
		return;
	size_t size =
	    (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1;
	AUTO(buf) struct buf line = BUF(8u * LINE);
	if (!log->plain)
		buf_printf(&line, "<%d>", (int)level);
	buf_printf(&line, "%s: ", log->process);
	utf8_show(&line, text, size, false);
	buf_putc(&line, '\n');
	ssize_t sent = write(STDERR_FILENO, buf_text(&line), line.len);
	(void)sent; /* a log that cannot be written has nowhere to complain */
}

void
log_err(const struct log *log, const char *doing, const struct err *err)
{
	log_line(log, LOG_FAULT, "%s: %s", doing, err->text);
}
