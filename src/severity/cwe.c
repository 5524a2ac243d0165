#include "severity/cwe.h"

#include "core/num.h"

#include <string.h>

#define CWE_HIGHEST 99999

static const struct cwe TABLE[] = {
#include "cwe_rows.inc"
};

static const char *const USAGES[] = {
	[CWE_ALLOWED] = "allowed",
	[CWE_REVIEW] = "review",
	[CWE_DISCOURAGED] = "discouraged",
	[CWE_PROHIBITED] = "prohibited",
};

const char *
cwe_usage_name(enum cwe_usage usage)
{
	return USAGES[usage];
}

const struct cwe *
cwe_find(int id)
{
	size_t low = 0, high = COUNT(TABLE);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (TABLE[middle].id == id)
			return &TABLE[middle];
		if (TABLE[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
cwe_parse(struct str text, const struct cwe **ret, struct err *err)
{
	int64_t id = 0;
	struct str digits = { NULL, 0 };
	if (str_starts(text, "CWE-"))
		digits = (struct str){ text.ptr + 4, text.len - 4 };
	if (digits.ptr == NULL || !num_parse(digits, 1, CWE_HIGHEST, &id))
		return err_set(err, ERR_INVALID, "cwe",
		    "a weakness is written CWE- and its number: CWE-125");
	const struct cwe *cwe = cwe_find((int)id);
	if (cwe == NULL)
		return err_set(err, ERR_INVALID, "cwe",
		    "CWE-%d is not in the list of weaknesses", (int)id);
	if (cwe->usage == CWE_PROHIBITED)
		return err_set(err, ERR_INVALID, "cwe",
		    "CWE-%d (%s) must not be used; choose a current entry",
		    cwe->id, cwe->name);
	*ret = cwe;
	return true;
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte;
}

static bool
name_has(const char *name, struct str word)
{
	for (; strlen(name) >= word.len; name++) {
		size_t i = 0;
		while (i < word.len && lower(name[i]) == lower(word.ptr[i]))
			i++;
		if (i == word.len)
			return true;
	}
	return false;
}

static bool
name_has_all(const char *name, struct str words)
{
	while (words.ptr != NULL)
		if (!name_has(name, str_cut(&words, ' ')))
			return false;
	return true;
}

/* What stands after an optional "cwe-". */
static struct str
query_number(struct str query)
{
	static const char prefix[] = "cwe-";
	size_t i = 0;
	while (i < 4 && i < query.len && lower(query.ptr[i]) == prefix[i])
		i++;
	return i == 4 ? (struct str){ query.ptr + 4, query.len - 4 } : query;
}

static bool
id_starts(int id, struct str digits)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", id);
	return digits.len > 0 && (size_t)len >= digits.len &&
	       memcmp(text, digits.ptr, digits.len) == 0;
}

size_t
cwe_search(struct str query, const struct cwe *found[], size_t max)
{
	query = str_trim(query);
	struct str digits = query_number(query);
	int64_t id = 0;
	size_t count = 0;
	bool number = num_parse(digits, 1, CWE_HIGHEST, &id);
	const struct cwe *exact = number ? cwe_find((int)id) : NULL;
	if (exact != NULL && max > 0)
		found[count++] = exact;
	for (int usage = CWE_ALLOWED; usage < CWE_PROHIBITED; usage++)
		for (size_t i = 0; i < COUNT(TABLE) && count < max; i++) {
			const struct cwe *cwe = &TABLE[i];
			if (cwe == exact || (int)cwe->usage != usage)
				continue;
			if (number ? id_starts(cwe->id, digits)
				   : name_has_all(cwe->name, query))
				found[count++] = cwe;
		}
	return count;
}
