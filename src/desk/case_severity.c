/* Severity and weakness of a case, computed from what is stored. */
#include "desk/case_parts.h"

#include "severity/cvss.h"
#include "severity/cwe.h"

#include <ctype.h>

static const char *const words[] = { "none", "low", "medium", "high",
	"critical" };

static const char *
word_of(int tenths)
{
	const char *upper = cvss_severity(tenths);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasecmp(upper, words[i]) == 0)
			return words[i];
	return words[0];
}

/* The score of one vector, -1 without one. */
static int
add_vector(json_t *value, const json_t *body, const char *key)
{
	struct cvss cvss;
	const char *vector = value_text(body, key);
	if (vector[0] == '\0' || !cvss_parse(str_of(vector), &cvss, NULL)) {
		value_set(value, key, NULL);
		return -1;
	}
	int tenths = cvss_score(&cvss);
	json_t *row = json_object();
	value_set_text(row, "version", cvss_version_name(cvss.version));
	value_set_text(row, "vector", vector);
	value_set(row, "score", json_real((double)tenths / 10));
	value_set(row, "base", json_real((double)cvss_base_score(&cvss) / 10));
	value_set_text(row, "severity", word_of(tenths));
	value_set(value, key, row);
	return tenths;
}

json_t *
case_severity(const json_t *body)
{
	json_t *value = json_object();
	int old = add_vector(value, body, "cvss31");
	int new = add_vector(value, body, "cvss40");
	const char *word = value_text(body, "severity");
	int score = new >= 0 ? new : old;
	value_set_text(value, "chosen", word);
	value_set_text(value, "word", score >= 0 ? word_of(score) : word);
	value_set(
	    value, "score", score >= 0 ? json_real((double)score / 10) : NULL);
	return value;
}

json_t *
case_weakness(const json_t *body)
{
	int64_t number = value_int(body, "cwe", 0);
	const struct cwe *cwe = number > 0 ? cwe_find((int)number) : NULL;
	if (cwe == NULL)
		return json_null();
	json_t *value = json_sprintf("CWE-%d", cwe->id);
	return json_pack("{s:o, s:i, s:s, s:s}", "id", value, "number", cwe->id,
	    "name", cwe->name, "usage", cwe_usage_name(cwe->usage));
}
