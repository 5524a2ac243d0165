#include "web/route.h"

#include "web/form.h"
#include "web/template.h"

#include <string.h>

#define OPEN ROUTE_OPEN
#define RATED ROUTE_RATED
#define REPORT ROUTE_REPORT
#define FILE ROUTE_FILE
#define FILES ROUTE_FILES
#define PAGE(path, op, page, flags) { "GET", path, op, page, NULL, flags },
#define FORM(path, op, next, back, flags)                                      \
	{ "POST", path, op, next, back, flags },

const struct route routes[] = {
#include "web/routes.def"
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};

#undef OPEN
#undef RATED
#undef REPORT
#undef FILE
#undef FILES
#undef PAGE
#undef FORM

#define PIECE_MAX 512

static bool
piece_add(struct str name, struct str piece, json_t *args)
{
	AUTO(buf) struct buf key = BUF(64), text = BUF(PIECE_MAX);
	buf_add(&key, name.ptr + 1, name.len - 2);
	if (piece.len == 0 || !form_unescape(piece, false, &text, NULL))
		return false;
	return json_object_set_new(args, buf_text(&key),
		   json_stringn(buf_text(&text), text.len)) == 0;
}

static bool
path_fits(const char *pattern, const char *path, json_t *args)
{
	struct str want = str_of(pattern), have = str_of(path);
	while (want.ptr != NULL && have.ptr != NULL) {
		struct str name = str_cut(&want, '/');
		struct str piece = str_cut(&have, '/');
		if (str_starts(name, "{")) {
			if (args != NULL && !piece_add(name, piece, args))
				return false;
		} else if (!str_is(name, piece)) {
			return false;
		}
	}
	return want.ptr == NULL && have.ptr == NULL;
}

const struct route *
route_find(const char *method, const char *path, json_t *args, bool *known)
{
	*known = false;
	for (const struct route *row = routes; row->method != NULL; row++) {
		if (!path_fits(row->path, path, NULL))
			continue;
		if (strcmp(row->method, method) == 0) {
			*known = false;
			return path_fits(row->path, path, args) ? row : NULL;
		}
		*known = true;
	}
	return NULL;
}

const struct route *
route_page(const char *path)
{
	for (const struct route *row = routes; row->method != NULL; row++)
		if (strcmp(row->method, "GET") == 0 &&
		    strcmp(row->path, path) == 0)
			return row;
	return NULL;
}

bool
route_print(const char *pattern, const json_t *value, const json_t *args,
    struct buf *out)
{
	struct str rest = str_of(pattern);
	while (rest.ptr != NULL) {
		struct str fixed = str_cut(&rest, '{');
		buf_add(out, fixed.ptr, fixed.len);
		if (rest.ptr == NULL)
			break;
		struct str name = str_cut(&rest, '}');
		const json_t *piece =
		    json_object_getn(value, name.ptr, name.len);
		if (!json_is_string(piece) && !json_is_integer(piece))
			piece = json_object_getn(args, name.ptr, name.len);
		if (!json_is_string(piece) && !json_is_integer(piece))
			return false;
		template_put(out, IN_PART, piece);
	}
	return !out->failed;
}
