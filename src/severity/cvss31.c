#include "severity/cvss_private.h"

#include <math.h>
#include <string.h>

/* CVSS 3.1 section 7.4: weights in the order of the metric's letters. */
struct weights {
	const char *letters;
	double weight[5];
};

static const struct weights AV = { "NALP", { 0.85, 0.62, 0.55, 0.2 } };
static const struct weights AC = { "LH", { 0.77, 0.44 } };
static const struct weights PR_UNCHANGED = { "NLH", { 0.85, 0.62, 0.27 } };
static const struct weights PR_CHANGED = { "NLH", { 0.85, 0.68, 0.5 } };
static const struct weights UI = { "NR", { 0.85, 0.62 } };
static const struct weights CIA = { "HLN", { 0.56, 0.22, 0 } };
static const struct weights E = { "XHFPU", { 1, 1, 0.97, 0.94, 0.91 } };
static const struct weights RL = { "XUWTO", { 1, 1, 0.97, 0.96, 0.95 } };
static const struct weights RC = { "XCRU", { 1, 1, 0.96, 0.92 } };
static const struct weights REQUIREMENT = { "XHML", { 1, 1.5, 1, 0.5 } };

static double
weight_of(const struct weights *weights, char letter)
{
	const char *at = strchr(weights->letters, letter);
	return at == NULL ? 0 : weights->weight[at - weights->letters];
}

/* Appendix A: the smallest number of tenths not below the score. */
static int
roundup(double score)
{
	long scaled = lround(score * 100000);
	long tenths = scaled / 10000;
	return (int)(scaled % 10000 == 0 ? tenths : tenths + 1);
}

/* The modified metric when it is defined, else the base metric. */
static char
modified(const struct cvss *cvss, enum cvss31_metric base)
{
	char value = cvss->values[CVSS31_MAV + base];
	return value == 'X' ? cvss->values[base] : value;
}

static double
exploitability(char av, char ac, char pr, char ui, bool changed)
{
	const struct weights *privileges =
	    changed ? &PR_CHANGED : &PR_UNCHANGED;
	return 8.22 * weight_of(&AV, av) * weight_of(&AC, ac) *
	       weight_of(privileges, pr) * weight_of(&UI, ui);
}

static double
temporal(const struct cvss *cvss)
{
	return weight_of(&E, cvss->values[CVSS31_E]) *
	       weight_of(&RL, cvss->values[CVSS31_RL]) *
	       weight_of(&RC, cvss->values[CVSS31_RC]);
}

int
cvss31_base(const struct cvss *cvss)
{
	const char *v = cvss->values;
	bool changed = v[CVSS31_S] == 'C';
	double iss = 1 - (1 - weight_of(&CIA, v[CVSS31_C])) *
			     (1 - weight_of(&CIA, v[CVSS31_I])) *
			     (1 - weight_of(&CIA, v[CVSS31_A]));
	double impact = changed
			    ? 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15)
			    : 6.42 * iss;
	if (impact <= 0)
		return 0;
	double sum = impact + exploitability(v[CVSS31_AV], v[CVSS31_AC],
				  v[CVSS31_PR], v[CVSS31_UI], changed);
	int base = roundup(fmin(changed ? 1.08 * sum : sum, 10));
	return roundup(base / 10.0 * temporal(cvss));
}

int
cvss31_full(const struct cvss *cvss)
{
	const char *v = cvss->values;
	bool changed = modified(cvss, CVSS31_S) == 'C';
	double left = 1;
	for (unsigned i = 0; i < 3; i++)
		left *= 1 - weight_of(&REQUIREMENT, v[CVSS31_CR + i]) *
				weight_of(&CIA, modified(cvss, CVSS31_C + i));
	double miss = fmin(1 - left, 0.915);
	double impact = changed ? 7.52 * (miss - 0.029) -
				      3.25 * pow(miss * 0.9731 - 0.02, 13)
				: 6.42 * miss;
	if (impact <= 0)
		return 0;
	double sum =
	    impact + exploitability(modified(cvss, CVSS31_AV),
			 modified(cvss, CVSS31_AC), modified(cvss, CVSS31_PR),
			 modified(cvss, CVSS31_UI), changed);
	int inner = roundup(fmin(changed ? 1.08 * sum : sum, 10));
	return roundup(inner / 10.0 * temporal(cvss));
}
