#include "formats/version.h"

#include "core/num.h"

#include <string.h>

#define PART_MAX 99999

static bool
part_parse(struct str text, int *ret)
{
	int64_t number = 0;
	if (!num_parse(text, 0, PART_MAX, &number))
		return false;
	*ret = (int)number;
	return true;
}

static bool
suffix_parse(struct str suffix, int *rc)
{
	if (suffix.ptr == NULL || str_eq(suffix, "branch"))
		return true;
	if (!str_starts(suffix, "rc"))
		return false;
	struct str digits = { suffix.ptr + 2, suffix.len - 2 };
	return part_parse(digits, rc) && *rc > 0;
}

bool
version_parse(struct str text, struct version *ret)
{
	struct version version = { 0 };
	if (str_starts(text, "v"))
		text = (struct str){ text.ptr + 1, text.len - 1 };
	struct str suffix = text;
	struct str rest = str_cut(&suffix, '-');
	if (!part_parse(str_cut(&rest, '.'), &version.major) ||
	    rest.ptr == NULL ||
	    !part_parse(str_cut(&rest, '.'), &version.minor))
		return false;
	if (rest.ptr != NULL && !part_parse(rest, &version.patch))
		return false;
	if (!suffix_parse(suffix, &version.rc))
		return false;
	*ret = version;
	return true;
}

int
version_compare(const struct version *a, const struct version *b)
{
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	if (a->patch != b->patch)
		return a->patch < b->patch ? -1 : 1;
	if (a->rc == b->rc)
		return 0;
	if (a->rc == 0 || b->rc == 0)
		return a->rc == 0 ? 1 : -1;
	return a->rc < b->rc ? -1 : 1;
}

int
version_line_compare(const char *a, const char *b)
{
	bool main_a = strcmp(a, "main") == 0, main_b = strcmp(b, "main") == 0;
	if (main_a || main_b)
		return (int)main_b - (int)main_a;
	struct version x, y;
	bool is_x = version_parse(str_of(a), &x);
	bool is_y = version_parse(str_of(b), &y);
	if (is_x && is_y && version_compare(&x, &y) != 0)
		return -version_compare(&x, &y);
	if (is_x != is_y)
		return is_x ? -1 : 1;
	return strcmp(a, b);
}

const char *
version_print(const struct version *version, char text[VERSION_TEXT])
{
	int len = snprintf(text, VERSION_TEXT, "%d.%d.%d", version->major,
	    version->minor, version->patch);
	if (version->rc > 0)
		(void)snprintf(text + len, VERSION_TEXT - (size_t)len, "-rc%d",
		    version->rc);
	return text;
}
