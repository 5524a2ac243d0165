/*
 * Severity: CVSS 3.1 and 4.0 vectors, and the CWE list. Knows the arithmetic
 * of FIRST's specifications and nothing about cases. The vector is the stored
 * truth; scores and words are computed from it every time (formats.md F-42).
 * Disadvantages: CVSS 2.0 and 3.0 are not read; CVSS 3.1 uses floating point
 * as its specification does, CVSS 4.0 exact integers.
 */
#ifndef FOREWARN_CVSS_H
#define FOREWARN_CVSS_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

#define CVSS_METRICS 32

/* Room for any vector this room prints, with its NUL. */
#define CVSS_TEXT 256

enum cvss_version {
	CVSS_31,
	CVSS_40,
};

enum cvss_group {
	CVSS_BASE,
	CVSS_THREAT, /* "temporal" in 3.1 */
	CVSS_ENVIRONMENTAL,
	CVSS_SUPPLEMENTAL,
};

/* One metric, for a calculator form. */
struct cvss_metric {
	const char *code;   /* "AV" */
	const char *name;   /* "Attack Vector" */
	const char *values; /* one letter each: "NALP"; X = not defined */
	const char *words;  /* the same in words, separated by '|' */
	enum cvss_group group;
};

/* A parsed vector: values[i] is a letter of metric i, or 'X'. */
struct cvss {
	enum cvss_version version;
	char values[CVSS_METRICS];
};

/* The metrics of a version in canonical order; *count is their number. */
const struct cvss_metric *cvss_metrics(
    enum cvss_version version, size_t *count);

/*
 * Parses "CVSS:3.1/AV:N/..." (metrics in any order, CVSS 3.1 section 6) or
 * "CVSS:4.0/AV:N/..." (only in the order of its Table 23, CVSS 4.0 section 7).
 * Errors, all ERR_INVALID with field "cvss31", "cvss40" or "cvss", name the
 * metric: unknown prefix, metric or value, duplicate, wrong order, missing
 * base metric.
 */
MUST bool cvss_parse(struct str vector, struct cvss *ret, struct err *err);

/*
 * Canonical text: metrics in the order of the specification, those that are
 * not defined left out. Returns text.
 */
const char *cvss_print(const struct cvss *cvss, char text[CVSS_TEXT]);

/* "3.1" or "4.0". */
const char *cvss_version_name(enum cvss_version version);

/* Score in tenths (0 to 100) of the base metrics alone. */
int cvss_base_score(const struct cvss *cvss);

/* Score in tenths with all metrics that are present. */
int cvss_score(const struct cvss *cvss);

/* "NONE", "LOW", "MEDIUM", "HIGH" or "CRITICAL" for a score in tenths. */
const char *cvss_severity(int tenths);

#endif
