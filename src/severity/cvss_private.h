/* Shared by the files of CVSS only: metric indices and the two scorers. */
#ifndef FOREWARN_CVSS_PRIVATE_H
#define FOREWARN_CVSS_PRIVATE_H

#include "severity/cvss.h"

enum cvss31_metric {
#define METRIC31(id, ...) CVSS31_##id,
#include "severity/cvss.def"
	CVSS31_COUNT
};

enum cvss40_metric {
#define METRIC40(id, ...) CVSS40_##id,
#include "severity/cvss.def"
	CVSS40_COUNT
};

/* Scores in tenths. */
int cvss31_base(const struct cvss *cvss);
int cvss31_full(const struct cvss *cvss);
int cvss40_full(const struct cvss *cvss);

#endif
