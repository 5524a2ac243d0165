#include "core/when.h"

#include "core/num.h"

#include <time.h>

struct date {
	int64_t year, month, day;
};

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static int64_t
days_of(struct date date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = year / 400;
	int64_t of_era = year - era * 400;
	int64_t shifted = date.month + (date.month > 2 ? -3 : 9);
	int64_t of_year = (153 * shifted + 2) / 5 + date.day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static int64_t
days_in_month(int64_t year, int64_t month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

/* Takes `digits` digits from the front of *text. */
static bool
take_digits(struct str *text, size_t digits, int64_t *ret)
{
	if (text->len < digits ||
	    !num_digits((struct str){ text->ptr, digits }, digits, ret))
		return false;
	text->ptr += digits;
	text->len -= digits;
	return true;
}

static bool
take_byte(struct str *text, char a, char b)
{
	if (text->len == 0 || (text->ptr[0] != a && text->ptr[0] != b))
		return false;
	text->ptr++;
	text->len--;
	return true;
}

static bool
take_date(struct str *text, int64_t *ret)
{
	struct date date;
	if (!take_digits(text, 4, &date.year) || !take_byte(text, '-', '-') ||
	    !take_digits(text, 2, &date.month) || !take_byte(text, '-', '-') ||
	    !take_digits(text, 2, &date.day))
		return false;
	if (date.year < 1970 || date.month < 1 || date.month > 12 ||
	    date.day < 1 || date.day > days_in_month(date.year, date.month))
		return false;
	*ret = days_of(date) * WHEN_DAY;
	return true;
}

static bool
take_fraction(struct str *text, int64_t *ret)
{
	int64_t scale = WHEN_SECOND / 10;
	int64_t sum = 0;
	size_t digits = 0;
	while (text->len > 0 && text->ptr[0] >= '0' && text->ptr[0] <= '9') {
		sum += (text->ptr[0] - '0') * scale;
		scale /= 10;
		text->ptr++;
		text->len--;
		if (++digits > 6)
			return false;
	}
	*ret = sum;
	return digits > 0;
}

static bool
take_time(struct str *text, int64_t *ret)
{
	int64_t hour, minute, second, fraction = 0;
	if (!take_digits(text, 2, &hour) || !take_byte(text, ':', ':') ||
	    !take_digits(text, 2, &minute) || !take_byte(text, ':', ':') ||
	    !take_digits(text, 2, &second))
		return false;
	if (take_byte(text, '.', '.') && !take_fraction(text, &fraction))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret = hour * WHEN_HOUR + minute * WHEN_MINUTE + second * WHEN_SECOND +
	       fraction;
	return true;
}

static bool
take_zone(struct str *text, int64_t *ret)
{
	if (take_byte(text, 'Z', 'z')) {
		*ret = 0;
		return true;
	}
	bool west = text->len > 0 && text->ptr[0] == '-';
	int64_t hour, minute;
	if (!take_byte(text, '+', '-') || !take_digits(text, 2, &hour) ||
	    !take_byte(text, ':', ':') || !take_digits(text, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	int64_t offset = hour * WHEN_HOUR + minute * WHEN_MINUTE;
	*ret = west ? -offset : offset;
	return true;
}

bool
when_parse(struct str text, bool allow_date, int64_t *ret)
{
	int64_t day, time = 0, zone = 0;
	if (!take_date(&text, &day))
		return false;
	if (text.len > 0 || !allow_date) {
		if (!take_byte(&text, 'T', ' ') || !take_time(&text, &time) ||
		    !take_zone(&text, &zone) || text.len > 0)
			return false;
	}
	int64_t when = day + time - zone;
	if (when < WHEN_MIN || when >= WHEN_MAX)
		return false;
	*ret = when;
	return true;
}

/* Splits an instant; one out of range becomes the first instant. */
static struct tm
parts_of(int64_t when)
{
	struct tm parts = { 0 };
	if (when < WHEN_MIN || when >= WHEN_MAX)
		when = WHEN_MIN;
	time_t seconds = (time_t)(when / WHEN_SECOND);
	(void)gmtime_r(&seconds, &parts);
	return parts;
}

const char *
when_print(int64_t when, char text[WHEN_TEXT])
{
	struct tm parts = parts_of(when);
	(void)strftime(text, WHEN_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return text;
}

const char *
when_date(int64_t when, char text[WHEN_TEXT])
{
	struct tm parts = parts_of(when);
	(void)strftime(text, WHEN_TEXT, "%Y-%m-%d", &parts);
	return text;
}

const char *
when_human(int64_t when, char text[WHEN_TEXT])
{
	struct tm parts = parts_of(when);
	(void)strftime(text, WHEN_TEXT, "%Y-%m-%d %H:%M UTC", &parts);
	return text;
}

int
when_year(int64_t when)
{
	return parts_of(when).tm_year + 1900;
}
