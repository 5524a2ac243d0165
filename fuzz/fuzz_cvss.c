/* A vector that parses prints canonically and parses to the same again. */
#include "fuzz.h"

#include "severity/cvss.h"

#include <assert.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cvss first, second;
	char text[CVSS_TEXT];
	struct str input = { (const char *)bytes, size };

	if (!cvss_parse(input, &first, NULL))
		return 0;
	cvss_print(&first, text);
	assert(cvss_parse(str_of(text), &second, NULL));
	assert(memcmp(first.values, second.values, sizeof(first.values)) == 0);
	int score = cvss_score(&first), base = cvss_base_score(&first);
	assert(score >= 0 && score <= 100 && base >= 0 && base <= 100);
	assert(score == cvss_score(&second));
	return 0;
}
