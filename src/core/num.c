#include "core/num.h"

bool
num_parse(struct str text, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	size_t pos = negative ? 1 : 0;
	if (pos == text.len || (text.ptr[pos] == '0' && text.len > pos + 1))
		return false;
	int64_t value = 0;
	for (; pos < text.len; pos++) {
		char byte = text.ptr[pos];
		if (byte < '0' || byte > '9')
			return false;
		int64_t digit = negative ? '0' - byte : byte - '0';
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool
num_digits(struct str text, size_t digits, int64_t *ret)
{
	if (text.len != digits || digits == 0 || digits > 18)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < digits; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = value * 10 + (text.ptr[i] - '0');
	}
	*ret = value;
	return true;
}
