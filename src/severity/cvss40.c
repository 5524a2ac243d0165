#include "severity/cvss_private.h"

/*
 * CVSS 4.0 section 8.2. Everything is counted in steps: a severity distance
 * of one level is one step, scores are tenths. The mean of proportions is kept
 * over the common denominator of all depths, so rounding is exact.
 */

enum { EQ1, EQ2, EQ3, EQ4, EQ5, EQ6, EQ_COUNT };

#define DEPTHS 840 /* lowest common multiple of all depths */

/* Table of macrovector scores in tenths; 0 = no such macrovector. */
static const unsigned char SCORES[3][2][3][3][3][2] = {
#include "severity/cvss40.def"
};

/* Depth of each macrovector, in steps (section 8.3). */
static const int DEPTH_1[] = { 1, 4, 5 };
static const int DEPTH_2[] = { 1, 2 };
static const int DEPTH_3_6[][2] = { { 7, 6 }, { 8, 8 }, { 0, 10 } };
static const int DEPTH_4[] = { 6, 5, 4 };

/* A highest severity vector of one equivalence set: a level per metric. */
struct highest {
	int eq;  /* level of the set, -1 ends a list */
	int eq6; /* for the joint set EQ3+EQ6, else 0 */
	int level[6];
};

/* AV PR UI */
static const struct highest HIGHEST_1[] = {
	{ 0, 0, { 0, 0, 0 } },
	{ 1, 0, { 1, 0, 0 } },
	{ 1, 0, { 0, 1, 0 } },
	{ 1, 0, { 0, 0, 1 } },
	{ 2, 0, { 3, 0, 0 } },
	{ 2, 0, { 1, 1, 1 } },
	{ -1, 0, { 0 } },
};

/* AC AT */
static const struct highest HIGHEST_2[] = {
	{ 0, 0, { 0, 0 } },
	{ 1, 0, { 1, 0 } },
	{ 1, 0, { 0, 1 } },
	{ -1, 0, { 0 } },
};

/* VC VI VA CR IR AR */
static const struct highest HIGHEST_3_6[] = {
	{ 0, 0, { 0, 0, 0, 0, 0, 0 } },
	{ 0, 1, { 0, 0, 1, 1, 1, 0 } },
	{ 0, 1, { 0, 0, 0, 1, 1, 1 } },
	{ 1, 0, { 1, 0, 0, 0, 0, 0 } },
	{ 1, 0, { 0, 1, 0, 0, 0, 0 } },
	{ 1, 1, { 1, 0, 1, 0, 1, 0 } },
	{ 1, 1, { 1, 0, 0, 0, 1, 1 } },
	{ 1, 1, { 0, 1, 0, 1, 0, 1 } },
	{ 1, 1, { 0, 1, 1, 1, 0, 0 } },
	{ 1, 1, { 1, 1, 0, 0, 0, 1 } },
	{ 2, 1, { 1, 1, 1, 0, 0, 0 } },
	{ -1, 0, { 0 } },
};

/* SC SI SA, in the letters S H L N */
static const struct highest HIGHEST_4[] = {
	{ 0, 0, { 1, 0, 0 } },
	{ 1, 0, { 1, 1, 1 } },
	{ 2, 0, { 2, 2, 2 } },
	{ -1, 0, { 0 } },
};

/* The letter that counts: modified over base, worst case for X. */
static char
effective(const struct cvss *cvss, enum cvss40_metric metric)
{
	char value = cvss->values[metric];
	if (metric == CVSS40_E)
		return value == 'X' ? 'A' : value;
	if (metric >= CVSS40_CR && metric <= CVSS40_AR)
		return value == 'X' ? 'H' : value;
	char over = cvss->values[CVSS40_MAV + metric];
	return over == 'X' ? value : over;
}

/* Steps below the worst letter; letters run from worst to least. */
static int
level(const struct cvss *cvss, enum cvss40_metric metric, const char *letters)
{
	char value = effective(cvss, metric);
	int at = 0;
	while (letters[at] != '\0' && letters[at] != value)
		at++;
	return at;
}

static void
levels_read(
    const struct cvss *cvss, int eq1[6], int eq2[6], int eq36[6], int eq4[6])
{
	eq1[0] = level(cvss, CVSS40_AV, "NALP");
	eq1[1] = level(cvss, CVSS40_PR, "NLH");
	eq1[2] = level(cvss, CVSS40_UI, "NPA");
	eq2[0] = level(cvss, CVSS40_AC, "LH");
	eq2[1] = level(cvss, CVSS40_AT, "NP");
	for (unsigned i = 0; i < 3; i++) {
		eq36[i] = level(cvss, CVSS40_VC + i, "HLN");
		eq36[3 + i] = level(cvss, CVSS40_CR + i, "HML");
		eq4[i] = level(cvss, CVSS40_SC + i, "SHLN");
	}
}

/* CVSS 4.0 tables 24 to 29. */
static void
macro_find(const struct cvss *cvss, const int eq1[6], const int eq2[6],
    const int eq36[6], const int eq4[6], int macro[EQ_COUNT])
{
	bool some = eq1[0] == 0 || eq1[1] == 0 || eq1[2] == 0;
	bool all = eq1[0] == 0 && eq1[1] == 0 && eq1[2] == 0;
	macro[EQ1] = all ? 0 : some && eq1[0] != 3 ? 1 : 2;
	macro[EQ2] = eq2[0] != 0 || eq2[1] != 0;
	bool any_high = eq36[0] == 0 || eq36[1] == 0 || eq36[2] == 0;
	macro[EQ3] = eq36[0] == 0 && eq36[1] == 0 ? 0 : any_high ? 1 : 2;
	bool safety = eq4[1] == 0 || eq4[2] == 0;
	bool high = eq4[0] == 1 || eq4[1] == 1 || eq4[2] == 1;
	macro[EQ4] = safety ? 0 : high ? 1 : 2;
	macro[EQ5] = level(cvss, CVSS40_E, "APU");
	macro[EQ6] = 1;
	for (unsigned i = 0; i < 3; i++)
		if (eq36[i] == 0 && eq36[3 + i] == 0)
			macro[EQ6] = 0;
}

/* Score of the macrovector with `set` lowered by one, or 0 when none. */
static int
macro_score(const int macro[EQ_COUNT], int lower3, int lower6)
{
	if (macro[EQ1] > 2 || macro[EQ2] > 1 || macro[EQ3] + lower3 > 2 ||
	    macro[EQ4] > 2 || macro[EQ5] > 2 || macro[EQ6] + lower6 > 1)
		return 0;
	return SCORES[macro[EQ1]][macro[EQ2]][macro[EQ3] + lower3][macro[EQ4]]
		     [macro[EQ5]][macro[EQ6] + lower6];
}

static int
score_below(const int macro[EQ_COUNT], size_t set)
{
	int lower[EQ_COUNT];
	for (size_t i = 0; i < EQ_COUNT; i++)
		lower[i] = macro[i] + (i == set);
	return macro_score(lower, 0, 0);
}

/* EQ3 and EQ6 are lowered together; from 0,0 the higher neighbour counts. */
static int
score_below_3_6(const int macro[EQ_COUNT])
{
	if (macro[EQ3] == 0 && macro[EQ6] == 0) {
		int left = macro_score(macro, 0, 1);
		int right = macro_score(macro, 1, 0);
		return left > right ? left : right;
	}
	if (macro[EQ6] == 1)
		return macro_score(macro, 1, 0);
	return macro_score(macro, 0, 1);
}

/* Steps from the first highest vector that is nowhere below the levels. */
static int
distance(const struct highest *list, int eq, int eq6, const int levels[6],
    size_t count)
{
	for (; list->eq >= 0; list++) {
		if (list->eq != eq || list->eq6 != eq6)
			continue;
		int sum = 0;
		bool below = false;
		for (size_t i = 0; i < count; i++) {
			int step = levels[i] - list->level[i];
			below = below || step < 0;
			sum += step;
		}
		if (!below)
			return sum;
	}
	return 0;
}

/* Adds one set's proportional distance, if it has a lower neighbour. */
static void
proportion_add(int score, int below, int steps, int depth, int *sum, int *count)
{
	if (below == 0)
		return;
	*count += 1;
	*sum += (score - below) * steps * (DEPTHS / depth);
}

static bool
no_impact(const int eq36[6], const int eq4[6])
{
	for (unsigned i = 0; i < 3; i++)
		if (eq36[i] != 2 || eq4[i] != 3)
			return false;
	return true;
}

int
cvss40_full(const struct cvss *cvss)
{
	int eq1[6] = { 0 }, eq2[6] = { 0 }, eq36[6] = { 0 }, eq4[6] = { 0 };
	int macro[EQ_COUNT];
	levels_read(cvss, eq1, eq2, eq36, eq4);
	if (no_impact(eq36, eq4))
		return 0;
	macro_find(cvss, eq1, eq2, eq36, eq4, macro);
	int score = macro_score(macro, 0, 0), sum = 0, count = 0;
	proportion_add(score, score_below(macro, EQ1),
	    distance(HIGHEST_1, macro[EQ1], 0, eq1, 3), DEPTH_1[macro[EQ1]],
	    &sum, &count);
	proportion_add(score, score_below(macro, EQ2),
	    distance(HIGHEST_2, macro[EQ2], 0, eq2, 2), DEPTH_2[macro[EQ2]],
	    &sum, &count);
	proportion_add(score, score_below_3_6(macro),
	    distance(HIGHEST_3_6, macro[EQ3], macro[EQ6], eq36, 6),
	    DEPTH_3_6[macro[EQ3]][macro[EQ6]], &sum, &count);
	proportion_add(score, score_below(macro, EQ4),
	    distance(HIGHEST_4, macro[EQ4], 0, eq4, 3), DEPTH_4[macro[EQ4]],
	    &sum, &count);
	proportion_add(score, score_below(macro, EQ5), 0, 1, &sum, &count);
	if (count == 0)
		return score;
	int unit = DEPTHS * count;
	int rounded = (2 * (score * unit - sum) + unit) / (2 * unit);
	return rounded < 0 ? 0 : rounded > 100 ? 100 : rounded;
}
