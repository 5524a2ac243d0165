#include "severity/cvss.h"

#include "core/utf8.h"
#include "severity/cvss_private.h"

#include <string.h>

struct version_facts {
	const char *name;
	const char *prefix;
	const char *field; /* named in errors */
	bool ordered;
	const struct cvss_metric *metrics;
	size_t count;
};

static const struct cvss_metric METRICS_31[] = {
#define METRIC31(id, group, name, values, words)                               \
	{ #id, name, values, words, CVSS_##group },
#include "severity/cvss.def"
};

static const struct cvss_metric METRICS_40[] = {
#define METRIC40(id, group, name, values, words)                               \
	{ #id, name, values, words, CVSS_##group },
#include "severity/cvss.def"
};

static const struct version_facts VERSIONS[] = {
	[CVSS_31] = { "3.1", "CVSS:3.1/", "cvss31", false, METRICS_31,
	    COUNT(METRICS_31) },
	[CVSS_40] = { "4.0", "CVSS:4.0/", "cvss40", true, METRICS_40,
	    COUNT(METRICS_40) },
};

/* The only values written as a word: metric U of 4.0. */
static const char *const URGENCY[] = { "Clear", "Green", "Amber", "Red" };

_Static_assert(COUNT(METRICS_31) <= CVSS_METRICS, "grow CVSS_METRICS");
_Static_assert(COUNT(METRICS_40) <= CVSS_METRICS, "grow CVSS_METRICS");

const struct cvss_metric *
cvss_metrics(enum cvss_version version, size_t *count)
{
	*count = VERSIONS[version].count;
	return VERSIONS[version].metrics;
}

const char *
cvss_version_name(enum cvss_version version)
{
	return VERSIONS[version].name;
}

static bool
metric_is_urgency(const struct cvss_metric *metric)
{
	return strcmp(metric->code, "U") == 0;
}

/* The letter a value text stands for, or 0. */
static char
value_find(const struct cvss_metric *metric, struct str text)
{
	if (metric_is_urgency(metric)) {
		for (size_t i = 0; i < COUNT(URGENCY); i++)
			if (str_eq(text, URGENCY[i]))
				return URGENCY[i][0];
		return str_eq(text, "X") ? 'X' : '\0';
	}
	if (text.len != 1 || text.ptr[0] == '\0')
		return '\0';
	return strchr(metric->values, text.ptr[0]) ? text.ptr[0] : '\0';
}

static size_t
metric_find(const struct version_facts *facts, struct str code)
{
	size_t i = 0;
	while (i < facts->count && !str_eq(code, facts->metrics[i].code))
		i++;
	return i;
}

static bool
refuse_piece(const struct version_facts *facts, struct str piece,
    const char *what, struct err *err)
{
	AUTO(buf) struct buf shown = BUF(64);
	utf8_show(&shown, piece.ptr, piece.len < 24 ? piece.len : 24, false);
	return err_set(err, ERR_INVALID, facts->field, "CVSS %s: %s: \"%s\"",
	    facts->name, what, buf_text(&shown));
}

/* One "AV:N"; *next is the lowest index the order still permits. */
static bool
piece_parse(const struct version_facts *facts, struct str piece, size_t *next,
    struct cvss *cvss, struct err *err)
{
	struct str rest = piece;
	struct str code = str_cut(&rest, ':');
	size_t at = metric_find(facts, code);
	if (at == facts->count)
		return refuse_piece(facts, piece, "unknown metric", err);
	if (rest.ptr == NULL)
		return refuse_piece(facts, piece, "no value after", err);
	char value = value_find(&facts->metrics[at], rest);
	if (value == '\0')
		return refuse_piece(facts, piece, "unknown value", err);
	if (cvss->values[at] != '\0')
		return refuse_piece(facts, piece, "metric given twice", err);
	if (facts->ordered && at < *next)
		return refuse_piece(facts, piece,
		    "metric out of the order of the specification", err);
	cvss->values[at] = value;
	*next = at + 1;
	return true;
}

static bool
missing_check(
    const struct version_facts *facts, struct cvss *cvss, struct err *err)
{
	for (size_t i = 0; i < facts->count; i++) {
		if (cvss->values[i] != '\0')
			continue;
		const struct cvss_metric *metric = &facts->metrics[i];
		if (metric->group == CVSS_BASE)
			return err_set(err, ERR_INVALID, facts->field,
			    "CVSS %s: base metric %s (%s) is missing",
			    facts->name, metric->code, metric->name);
		cvss->values[i] = 'X';
	}
	return true;
}

bool
cvss_parse(struct str vector, struct cvss *ret, struct err *err)
{
	size_t version = 0;
	while (version < COUNT(VERSIONS) &&
	       !str_starts(vector, VERSIONS[version].prefix))
		version++;
	if (version == COUNT(VERSIONS))
		return err_set(err, ERR_INVALID, "cvss",
		    "a CVSS vector begins with CVSS:3.1/ or CVSS:4.0/");
	const struct version_facts *facts = &VERSIONS[version];
	size_t skip = strlen(facts->prefix), next = 0;
	struct str rest = { vector.ptr + skip, vector.len - skip };
	struct cvss cvss = { .version = (enum cvss_version)version };
	while (rest.ptr != NULL) {
		struct str piece = str_cut(&rest, '/');
		if (!piece_parse(facts, piece, &next, &cvss, err))
			return false;
	}
	if (!missing_check(facts, &cvss, err))
		return false;
	*ret = cvss;
	return true;
}

static const char *
urgency_word(char letter)
{
	for (size_t i = 0; i < COUNT(URGENCY); i++)
		if (URGENCY[i][0] == letter)
			return URGENCY[i];
	return "X";
}

const char *
cvss_print(const struct cvss *cvss, char text[CVSS_TEXT])
{
	const struct version_facts *facts = &VERSIONS[cvss->version];
	AUTO(buf) struct buf out = BUF(CVSS_TEXT - 1);
	buf_printf(&out, "CVSS:%s", facts->name);
	for (size_t i = 0; i < facts->count; i++) {
		char value[2] = { cvss->values[i], '\0' };
		if (value[0] == 'X' || value[0] == '\0')
			continue;
		bool word = metric_is_urgency(&facts->metrics[i]);
		buf_printf(&out, "/%s:%s", facts->metrics[i].code,
		    word ? urgency_word(value[0]) : value);
	}
	memcpy(text, buf_text(&out), out.len + 1);
	return text;
}

int
cvss_base_score(const struct cvss *cvss)
{
	const struct version_facts *facts = &VERSIONS[cvss->version];
	struct cvss base = *cvss;
	for (size_t i = 0; i < facts->count; i++)
		if (facts->metrics[i].group != CVSS_BASE)
			base.values[i] = 'X';
	return cvss_score(&base);
}

int
cvss_score(const struct cvss *cvss)
{
	if (cvss->version == CVSS_40)
		return cvss40_full(cvss);
	for (size_t i = CVSS31_CR; i < CVSS31_COUNT; i++)
		if (cvss->values[i] != 'X')
			return cvss31_full(cvss);
	return cvss31_base(cvss);
}

const char *
cvss_severity(int tenths)
{
	if (tenths <= 0)
		return "NONE";
	if (tenths < 40)
		return "LOW";
	if (tenths < 70)
		return "MEDIUM";
	return tenths < 90 ? "HIGH" : "CRITICAL";
}
