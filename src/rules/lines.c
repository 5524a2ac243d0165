#include "rules/lines.h"

#include "core/num.h"
#include "core/when.h"

bool
lines_is_valid(const struct lines_row *row, int64_t at)
{
	return at >= row->valid_from &&
	       (row->valid_to == 0 || at < row->valid_to);
}

bool
lines_is_supported(const struct lines_row *row, int64_t at)
{
	if (row->kind == LINES_MAIN)
		return true;
	return at >= row->first_release_at &&
	       (row->eol_at == 0 || at < row->eol_at + WHEN_DAY);
}

/* Puts row into the sorted list; a later row for the same line replaces. */
static size_t
insert(const struct lines_row *ret[LINES_MAX], size_t count,
    const struct lines_row *row)
{
	struct str name = str_of(row->name);
	size_t at = 0;
	while (at < count && lines_compare(str_of(ret[at]->name), name) < 0)
		at++;
	if (at < count && strcmp(ret[at]->name, row->name) == 0)
		return count;
	if (count == LINES_MAX)
		return count;
	for (size_t i = count; i > at; i--)
		ret[i] = ret[i - 1];
	ret[at] = row;
	return count + 1;
}

size_t
lines_required(const struct lines_row *rows, size_t count, int64_t landed_at,
    const struct lines_row *ret[LINES_MAX])
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		const struct lines_row *row =
		    lines_find(rows, count, str_of(rows[i].name), landed_at);
		if (row == &rows[i] && lines_is_supported(row, landed_at))
			found = insert(ret, found, row);
	}
	return found;
}

const struct lines_row *
lines_find(
    const struct lines_row *rows, size_t count, struct str name, int64_t at)
{
	const struct lines_row *best = NULL;
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, rows[i].name) &&
		    lines_is_valid(&rows[i], at) &&
		    (best == NULL || rows[i].valid_from >= best->valid_from))
			best = &rows[i];
	return best;
}

/* The number before the next dot; anything else counts as -1. */
static int64_t
next_number(struct str *rest)
{
	int64_t number = -1;
	if (rest->ptr != NULL &&
	    num_parse(str_cut(rest, '.'), 0, INT64_MAX, &number))
		return number;
	return -1;
}

static int
compare_bytes(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

int
lines_compare(struct str a, struct str b)
{
	bool main_a = str_eq(a, "main"), main_b = str_eq(b, "main");
	if (main_a || main_b)
		return main_b - main_a;
	struct str rest_a = a, rest_b = b;
	while (rest_a.ptr != NULL || rest_b.ptr != NULL) {
		int64_t x = next_number(&rest_a), y = next_number(&rest_b);
		if (x != y)
			return x > y ? -1 : 1;
		if (x < 0)
			break;
	}
	return compare_bytes(a, b);
}

static const char *const names[LINES_DISPOSITIONS] = { "", "fixed",
	"not-affected", "wont-fix-eol", "wont-fix-other", "pending" };

const char *
lines_disposition_name(enum lines_disposition disposition)
{
	return names[disposition];
}

bool
lines_disposition_find(struct str name, enum lines_disposition *ret)
{
	for (size_t i = LINES_FIXED; i < LINES_DISPOSITIONS; i++)
		if (str_eq(name, names[i])) {
			*ret = (enum lines_disposition)i;
			return true;
		}
	return false;
}

static bool
is_blank(const char *text)
{
	return str_trim(str_of(text)).len == 0;
}

static bool
is_commit(const char *text)
{
	struct str commit = str_of(text);
	return commit.len >= 7 && commit.len <= 64 &&
	       strspn(text, "0123456789abcdef") == commit.len;
}

static bool
lacks(struct err *err, const struct lines_branch *branch, const char *field,
    const char *ask)
{
	const char *name = names[branch->disposition];
	if (name[0] == '\0')
		return err_set(err, ERR_INVALID, field, "Branch %s: %s",
		    branch->line, ask);
	return err_set(err, ERR_INVALID, field, "Branch %s, \"%s\": %s",
	    branch->line, name, ask);
}

bool
lines_check(const struct lines_branch *branch, struct err *err)
{
	switch (branch->disposition) {
	case LINES_EMPTY:
		return lacks(err, branch, "disposition",
		    "it has no disposition yet. Choose one.");
	case LINES_FIXED:
		if (!is_commit(branch->commit))
			return lacks(err, branch, "commit",
			    "give the commit, 7 to 64 hex digits.");
		return !is_blank(branch->pr) ||
		       lacks(err, branch, "pr", "give the pull request.");
	case LINES_NOT_AFFECTED:
		if (is_blank(branch->reason))
			return lacks(err, branch, "reason", "say why.");
		return is_commit(branch->introduced) ||
		       lacks(err, branch, "introduced",
			   "give the introducing commit, 7 to 64 hex digits.");
	case LINES_WONT_FIX_EOL:
		return !branch->supported ||
		       lacks(err, branch, "disposition",
			   "the branch is still supported. Choose another.");
	case LINES_WONT_FIX_OTHER:
		return !is_blank(branch->reason) ||
		       lacks(err, branch, "reason", "say why.");
	case LINES_PENDING:
		if (is_blank(branch->owner))
			return lacks(err, branch, "owner", "name an owner.");
		if (branch->due_at == 0)
			return lacks(err, branch, "due_at", "give a date.");
		return !is_blank(branch->accepted_by) ||
		       lacks(err, branch, "accepted_by",
			   "name who accepts that it is open.");
	}
	return err_set(err, ERR_INVALID, "disposition",
	    "Branch %s: choose a disposition.", branch->line);
}

bool
lines_check_all(const struct lines_row *const *required, size_t count,
    const struct lines_branch *branches, size_t branch_count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct lines_branch *found = NULL;
		for (size_t at = 0; at < branch_count; at++)
			if (strcmp(branches[at].line, required[i]->name) == 0)
				found = &branches[at];
		struct lines_branch empty = { .line = required[i]->name };
		if (!lines_check(found != NULL ? found : &empty, err))
			return false;
	}
	return true;
}

bool
lines_parse_tag(struct str text, struct lines_tag *ret)
{
	struct str rest = text;
	if (str_starts(rest, "v")) {
		rest.ptr++;
		rest.len--;
	}
	struct lines_tag tag = { 0 };
	struct str number = str_cut(&rest, '-');
	if (rest.ptr != NULL) {
		if (!str_starts(rest, "rc"))
			return false;
		struct str rc = { rest.ptr + 2, rest.len - 2 };
		if (!num_parse(rc, 1, 999, &tag.rc))
			return false;
	}
	int64_t *const parts[] = { &tag.major, &tag.minor, &tag.patch };
	for (size_t i = 0; i < COUNT(parts); i++)
		if (number.ptr == NULL ||
		    !num_parse(str_cut(&number, '.'), 0, 999999, parts[i]))
			return false;
	if (number.ptr != NULL)
		return false;
	*ret = tag;
	return true;
}

int
lines_compare_tags(struct lines_tag a, struct lines_tag b)
{
	const int64_t rows[][2] = {
		{ a.major, b.major },
		{ a.minor, b.minor },
		{ a.patch, b.patch },
		/* The release itself comes after all its candidates. */
		{ a.rc == 0 ? INT64_MAX : a.rc, b.rc == 0 ? INT64_MAX : b.rc },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i][0] != rows[i][1])
			return rows[i][0] < rows[i][1] ? -1 : 1;
	return 0;
}

bool
lines_section(const struct lines_release *releases, size_t count,
    const char *line, char section[LINES_SECTION])
{
	bool any = false, main_line = strcmp(line, "main") == 0;
	struct lines_tag first = { 0 };
	for (size_t i = 0; i < count; i++) {
		struct lines_tag tag;
		if (!releases[i].contains ||
		    (!main_line && strcmp(releases[i].line, line) != 0) ||
		    !lines_parse_tag(str_of(releases[i].tag), &tag))
			continue;
		/* A fix on main is released by X.Y.0, not by a backport. */
		if (main_line && tag.patch != 0)
			continue;
		if (!any || lines_compare_tags(tag, first) < 0)
			first = tag;
		any = true;
	}
	if (any)
		snprintf(section, LINES_SECTION, "%lld.%lld.%lld",
		    (long long)first.major, (long long)first.minor,
		    (long long)first.patch);
	return any;
}
