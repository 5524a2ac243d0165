#include "mail/address.h"

#include "core/limits.h"

static bool
byte_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool
byte_is_atom(char c)
{
	return byte_is_alnum(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
local_is_good(struct str local)
{
	if (local.len == 0 || local.len > 64)
		return false;
	while (local.ptr != NULL) {
		struct str atom = str_cut(&local, '.');
		if (atom.len == 0)
			return false;
		for (size_t i = 0; i < atom.len; i++)
			if (!byte_is_atom(atom.ptr[i]))
				return false;
	}
	return true;
}

static bool
label_is_good(struct str label)
{
	if (label.len == 0 || label.len > 63)
		return false;
	if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!byte_is_alnum(label.ptr[i]) && label.ptr[i] != '-')
			return false;
	return true;
}

static bool
domain_is_good(struct str domain)
{
	if (domain.ptr == NULL || domain.len == 0)
		return false;
	while (domain.ptr != NULL)
		if (!label_is_good(str_cut(&domain, '.')))
			return false;
	return true;
}

bool
address_check(struct str text, const char *field, struct err *err)
{
	if (text.len == 0)
		return err_set(err, ERR_INVALID, field,
		    "an address is missing; write one like name@example.org");
	if (text.len > LIMIT_ADDRESS)
		return err_set(err, ERR_INVALID, field,
		    "the address has %zu bytes; at most %d are allowed",
		    text.len, LIMIT_ADDRESS);
	struct str domain = text;
	struct str local = str_cut(&domain, '@');
	if (!local_is_good(local) || !domain_is_good(domain))
		return err_set(err, ERR_INVALID, field,
		    "this is not one plain address like name@example.org; "
		    "leave out names, brackets, commas, quotes and spaces");
	return true;
}

struct str
address_domain(struct str address)
{
	struct str domain = address;
	(void)str_cut(&domain, '@');
	return domain;
}
