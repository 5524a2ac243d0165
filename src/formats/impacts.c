#include "formats/impacts.h"

#include "formats/version.h"
#include "value/value.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_MAX 200

struct range {
	const json_t *row;
	bool from_start, open;
	bool numbered; /* the line is X.Y, not main */
	bool clipped;  /* was open, ends with its line */
	struct version line, introduced, fixed;
};

static bool
range_read(const json_t *row, struct range *ret, struct err *err)
{
	const char *introduced = value_text(row, "introduced");
	const char *fixed = value_text(row, "fixed");
	struct range range = { .row = row,
		.from_start = strcmp(introduced, "0") == 0,
		.open = fixed[0] == '\0' };
	range.numbered =
	    version_parse(str_of(value_text(row, "line")), &range.line);
	if (!range.numbered)
		range.line.major = INT_MAX;
	if (!range.from_start &&
	    !version_parse(str_of(introduced), &range.introduced))
		return err_set(err, ERR_INVALID, "affected",
		    "line %.20s: introduced must be 0 or a release X.Y.Z",
		    value_text(row, "line"));
	if (!range.open && !version_parse(str_of(fixed), &range.fixed))
		return err_set(err, ERR_INVALID, "affected",
		    "line %.20s: fixed must be a release X.Y.Z",
		    value_text(row, "line"));
	if (!range.open &&
	    version_compare(&range.introduced, &range.fixed) >= 0)
		return err_set(err, ERR_INVALID, "affected",
		    "line %.20s: the fix is not after the introduction",
		    value_text(row, "line"));
	*ret = range;
	return true;
}

static int
range_order(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	int order = version_compare(&x->line, &y->line);
	if (order != 0)
		return order;
	order = version_compare(&x->introduced, &y->introduced);
	if (order != 0)
		return order;
	return version_compare(&x->fixed, &y->fixed);
}

static struct version
line_after(const struct range *range)
{
	return (struct version){ .major = range->line.major,
		.minor = range->line.minor + 1 };
}

/* Ends open rows with their line, begins rows after the line before. */
static void
ranges_clip(struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct range *range = &ranges[i];
		if (range->open && i + 1 < count && range->numbered) {
			range->open = false;
			range->clipped = true;
			range->fixed = line_after(range);
		}
		if (i == 0 || !ranges[i - 1].numbered ||
		    version_compare(&ranges[i - 1].line, &range->line) == 0)
			continue;
		struct version after = line_after(&ranges[i - 1]);
		if (version_compare(&range->introduced, &after) < 0) {
			range->introduced = after;
			range->from_start = false;
		}
	}
}

/* A range that ends where the next begins without a fix joins it. */
static void
ranges_join(struct range *ranges, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct range *range = &ranges[i], *next = &ranges[i + 1];
		if (!range->clipped ||
		    version_compare(&range->fixed, &next->introduced) != 0)
			continue;
		next->introduced = range->introduced;
		next->from_start = range->from_start;
		range->fixed = range->introduced;
	}
}

static bool
range_is_empty(const struct range *range)
{
	return !range->open &&
	       version_compare(&range->introduced, &range->fixed) >= 0;
}

static json_t *
range_value(const struct range *range)
{
	char text[VERSION_TEXT];
	json_t *value = json_object();
	value_set_text(value, "introduced",
	    range->from_start ? "0" : version_print(&range->introduced, text));
	value_set_text(value, "fixed",
	    range->open ? NULL : version_print(&range->fixed, text));
	static const char *const commits[] = { "introduced_commit",
		"fixed_commit" };
	for (size_t i = 0; i < COUNT(commits); i++)
		value_set_text(
		    value, commits[i], value_text(range->row, commits[i]));
	return value;
}

bool
impacts_ranges(const json_t *document, json_t **ret, struct err *err)
{
	const json_t *rows = json_object_get(document, "affected");
	size_t count = json_array_size(rows);
	struct range ranges[RANGES_MAX];
	if (count == 0)
		return err_set(err, ERR_INVALID, "affected",
		    "no affected release is known; name at least one range");
	if (count > RANGES_MAX)
		return err_set(err, ERR_LIMIT, "affected",
		    "more than %d affected ranges", RANGES_MAX);
	for (size_t i = 0; i < count; i++)
		if (!range_read(json_array_get(rows, i), &ranges[i], err))
			return false;
	qsort(ranges, count, sizeof(ranges[0]), range_order);
	ranges_clip(ranges, count);
	ranges_join(ranges, count);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		if (!range_is_empty(&ranges[i]))
			(void)json_array_append_new(
			    list, range_value(&ranges[i]));
	*ret = list;
	return true;
}

bool
impacts_print(const json_t *document, struct buf *out, struct err *err)
{
	AUTO(value) json_t *ranges = NULL;
	if (!impacts_ranges(document, &ranges, err))
		return false;
	size_t i;
	json_t *range;
	json_array_foreach(ranges, i, range)
	{
		const char *introduced = value_text(range, "introduced");
		const char *fixed = value_text(range, "fixed");
		bool start = strcmp(introduced, "0") == 0;
		buf_puts(out, i > 0 ? "; " : "");
		if (!start)
			buf_printf(out, ">= %s", introduced);
		if (fixed[0] != '\0')
			buf_printf(out, "%s< %s", start ? "" : ", ", fixed);
		else if (start)
			buf_puts(out, "all releases");
	}
	return true;
}
