#include "rules/cveid.h"

#include "core/num.h"

static const char *const names[CVEID_STATES] = { "available", "reserved",
	"published", "rejected" };

/* Reads 4 to 19 digits. */
static bool
serial_parse(struct str text, struct cveid *ret)
{
	if (text.len < 4 || text.len > 19)
		return false;
	if (text.len > 4 && text.ptr[0] == '0')
		return false;
	struct str rest = text;
	while (rest.len > 1 && rest.ptr[0] == '0') {
		rest.ptr++;
		rest.len--;
	}
	if (!num_parse(rest, 0, INT64_MAX, &ret->serial))
		return false;
	ret->digits = (int)text.len;
	return true;
}

bool
cveid_parse(struct str text, struct cveid *ret, struct err *err)
{
	struct cveid id = { 0 };
	int64_t year = 0;
	struct str rest = text;
	bool ok = str_eq(str_cut(&rest, '-'), "CVE") &&
		  num_digits(str_cut(&rest, '-'), 4, &year) && year >= 1900 &&
		  rest.ptr != NULL && serial_parse(rest, &id);
	if (!ok)
		return err_set(err, ERR_INVALID, "cve",
		    "This is not a CVE id. Write it like CVE-2026-1000, with "
		    "at least four digits at the end.");
	id.year = (int)year;
	*ret = id;
	return true;
}

const char *
cveid_print(struct cveid id, char text[CVEID_TEXT])
{
	snprintf(
	    text, CVEID_TEXT, "CVE-%04d-%04lld", id.year, (long long)id.serial);
	return text;
}

/* Cuts text at "..": false when there is none. */
static bool
cut_dots(struct str text, struct str *before, struct str *after)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == '.' && text.ptr[i + 1] == '.') {
			*before = (struct str){ text.ptr, i };
			*after =
			    (struct str){ text.ptr + i + 2, text.len - i - 2 };
			return true;
		}
	return false;
}

bool
cveid_parse_range(
    struct str text, struct cveid *first, int64_t *count, struct err *err)
{
	struct str from, to;
	struct cveid a, b;
	if (!cut_dots(text, &from, &to)) {
		from = text;
		to = text;
	}
	if (!cveid_parse(from, &a, err))
		return false;
	b = a;
	if (!str_starts(to, "CVE-") && !serial_parse(to, &b))
		return err_set(err, ERR_INVALID, "cve",
		    "The end of the range is no number. Write it like "
		    "CVE-2026-1000..1049.");
	if (str_starts(to, "CVE-") && !cveid_parse(to, &b, err))
		return false;
	if (a.year != b.year || b.serial < a.serial)
		return err_set(err, ERR_INVALID, "cve",
		    "A range stays within one year and runs upwards.");
	if (b.serial - a.serial >= CVEID_RANGE)
		return err_set(err, ERR_LIMIT, "cve",
		    "A range holds at most %d ids. Split it.", CVEID_RANGE);
	*first = a;
	*count = b.serial - a.serial + 1;
	return true;
}

struct cveid
cveid_plus(struct cveid first, int64_t n)
{
	first.serial += n;
	int digits = 1;
	for (int64_t left = first.serial; left >= 10; left /= 10)
		digits++;
	first.digits = digits < 4 ? 4 : digits;
	return first;
}

int
cveid_compare(struct cveid a, struct cveid b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	return (a.serial > b.serial) - (a.serial < b.serial);
}

bool
cveid_move(
    enum cveid_state from, enum cveid_state to, bool told, struct err *err)
{
	static const char *const to_states[CVEID_STATES] = {
		[CVEID_AVAILABLE] = "-x-x",
		[CVEID_RESERVED] = "x-xx",
		[CVEID_PUBLISHED] = "---x",
		[CVEID_REJECTED] = "--x-",
	};
	if (to_states[from][to] != 'x')
		return err_set(err, ERR_CONFLICT, "state",
		    "A CVE id that is %s cannot become %s.", names[from],
		    names[to]);
	if (to == CVEID_AVAILABLE && told)
		return err_set(err, ERR_CONFLICT, "state",
		    "Others know this id already: reject it instead of giving "
		    "it back.");
	return true;
}

const char *
cveid_state_name(enum cveid_state state)
{
	return names[state];
}

bool
cveid_state_find(struct str name, enum cveid_state *ret)
{
	for (size_t i = 0; i < CVEID_STATES; i++)
		if (str_eq(name, names[i])) {
			*ret = (enum cveid_state)i;
			return true;
		}
	return false;
}
