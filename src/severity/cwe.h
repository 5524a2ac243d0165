/*
 * The Common Weakness Enumeration: ids, names and whether the list's owner
 * recommends mapping a vulnerability to the entry. A closed table built in;
 * a newer list is a newer cwe.tsv. Views and categories are not weaknesses
 * and are not here.
 */
#ifndef FOREWARN_CWE_H
#define FOREWARN_CWE_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Mapping usage, best first. */
enum cwe_usage {
	CWE_ALLOWED,
	CWE_REVIEW, /* allowed, but look for a more exact entry */
	CWE_DISCOURAGED,
	CWE_PROHIBITED,
};

struct cwe {
	int id;
	enum cwe_usage usage;
	const char *name; /* "Out-of-bounds Read" */
};

/* The entry, or NULL. */
const struct cwe *cwe_find(int id);

/*
 * Entry for "CWE-125". ERR_INVALID, field "cwe": not of that shape, not in the
 * list, or prohibited for mapping.
 */
MUST bool cwe_parse(struct str text, const struct cwe **ret, struct err *err);

/*
 * Picker: query is a number ("125", "cwe-12") or words that must all occur in
 * the name, ASCII case ignored. Fills found with at most max entries: the
 * exact number first, then by usage, then by id. Prohibited entries come only
 * for their exact number. Returns how many.
 */
size_t cwe_search(struct str query, const struct cwe *found[], size_t max);

/* "allowed", "review", "discouraged" or "prohibited". */
const char *cwe_usage_name(enum cwe_usage usage);

#endif
