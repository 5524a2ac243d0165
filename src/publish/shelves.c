#include "publish/shelves.h"

#include "core/str.h"
#include "formats/rst.h"
#include "formats/version.h"
#include "publish/publish.h"
#include "value/value.h"

#include <stdlib.h>
#include <string.h>

#define PATH_MOST 128
#define RELEASES_MOST 500

json_t *
shelves_new(const json_t *shapes)
{
	json_t *shelves = json_object();
	value_set(shelves, "shapes", json_deep_copy(shapes));
	value_set(shelves, "years", json_object());
	value_set(shelves, "lines", json_object());
	value_set(shelves, "held", json_object());
	return shelves;
}

static json_t *
shelf(json_t *object, const char *key, bool list)
{
	json_t *at = json_object_get(object, key);
	if (at == NULL) {
		at = list ? json_array() : json_object();
		value_set(object, key, at);
	}
	return at;
}

static const char *
kind_of(const json_t *shelves, const char *line)
{
	const char *shape =
	    value_text(json_object_get(shelves, "shapes"), line);
	return strcmp(shape, "subsection") == 0 ? "notes-subsection"
						: "notes-bullet";
}

bool
shelves_release(const char *tag, char ret[SHELVES_RELEASE])
{
	struct version version;
	char text[VERSION_TEXT];
	if (tag[0] == '\0' || !version_parse(str_of(tag), &version))
		return false;
	version.rc = 0;
	(void)snprintf(
	    ret, SHELVES_RELEASE, "v%s", version_print(&version, text));
	return true;
}

void
shelves_line(const char *line, const char *release, char ret[SHELVES_RELEASE])
{
	struct version version;
	(void)snprintf(ret, SHELVES_RELEASE, "%.40s", line);
	if (strcmp(line, "main") == 0 &&
	    version_parse(str_of(release), &version))
		(void)snprintf(ret, SHELVES_RELEASE, "%d.%d", version.major,
		    version.minor);
}

static bool
add_note(json_t *shelves, const json_t *document, const char *cve,
    const json_t *fix, struct err *err)
{
	char release[SHELVES_RELEASE], line[SHELVES_RELEASE];
	json_t *entry = NULL;
	if (!shelves_release(value_text(fix, "tag"), release))
		return true;
	shelves_line(value_text(fix, "line"), release, line);
	if (!rst_entry(document, cve, kind_of(shelves, line), &entry, err))
		return false;
	json_t *tags = shelf(json_object_get(shelves, "lines"), line, false);
	(void)json_array_append_new(shelf(tags, release, true), entry);
	return true;
}

static bool
add_page(
    json_t *shelves, const json_t *document, const char *cve, struct err *err)
{
	char year[5];
	json_t *entry = NULL;
	if (!rst_entry(document, cve, "page", &entry, err))
		return false;
	(void)snprintf(year, sizeof(year), "%.4s", cve + strlen("CVE-"));
	(void)json_array_append_new(
	    shelf(json_object_get(shelves, "years"), year, true), entry);
	return true;
}

bool
shelves_add(json_t *shelves, const json_t *document, struct err *err)
{
	size_t i, k;
	json_t *cve, *fix;
	json_array_foreach(json_object_get(document, "cves"), i, cve)
	{
		const char *id = json_string_value(cve);
		if (!add_page(shelves, document, id, err))
			return false;
		json_array_foreach(json_object_get(document, "fixes"), k, fix)
		{
			if (strcmp(value_text(fix, "disposition"), "fixed") ==
				0 &&
			    !add_note(shelves, document, id, fix, err))
				return false;
		}
	}
	return true;
}

/* A document that says nothing but until when it says nothing. */
static json_t *
placeholder(const json_t *row)
{
	return json_pack(
	    "{s:O}", "embargo_until", json_object_get(row, "embargo_until"));
}

bool
shelves_hold(json_t *shelves, const json_t *row, struct err *err)
{
	AUTO(value) json_t *document = placeholder(row);
	const char *cve = value_text(row, "cve");
	json_t *held = json_object_get(shelves, "held");
	if (!add_note(shelves, document, cve, row, err))
		return false;
	if (json_object_get(held, cve) != NULL)
		return true;
	value_set_bool(held, cve, true);
	return add_page(shelves, document, cve, err);
}

static bool
write_year(const char *year, const json_t *entries, int dir, int this_year,
    struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	int number = (int)strtol(year, NULL, 10);
	AUTO(value) json_t *section = rst_section("page", number, entries);
	char path[PATH_MOST];
	if (!rst_write(section, &text, err))
		return err_in(err, "vulnerabilities of %s", year);
	struct str bytes = { buf_text(&text), text.len };
	(void)snprintf(path, sizeof(path), "vulnerabilities/%.4s.rst", year);
	return (number != this_year ||
		   publish_file(dir, "vulnerabilities.rst", bytes, err)) &&
	       publish_file(dir, path, bytes, err);
}

/* Names of releases, newest first; returns how many. */
static size_t
sort_releases(const json_t *tags, const char *names[RELEASES_MOST])
{
	size_t count = 0;
	const char *tag;
	json_t *entries;
	json_object_foreach((json_t *)(uintptr_t)tags, tag, entries)
	{
		size_t at = count;
		if (count == RELEASES_MOST)
			break;
		for (; at > 0 && version_line_compare(tag, names[at - 1]) < 0;
		     at--)
			names[at] = names[at - 1];
		names[at] = tag;
		count++;
	}
	return count;
}

static bool
print_release(const char *kind, const char *name, const char *tag,
    const json_t *entries, struct buf *text, struct err *err)
{
	AUTO(value) json_t *section = rst_section(kind, 0, entries);
	size_t start = text->len;
	buf_printf(text, "%s %s", name, tag + 1);
	size_t width = text->len - start;
	buf_putc(text, '\n');
	for (size_t i = 0; i < width; i++)
		buf_putc(text, '#');
	buf_puts(text, "\n\n");
	return rst_write(section, text, err) || err_in(err, "%s", tag);
}

static bool
write_line(const json_t *shelves, const char *line, const json_t *tags, int dir,
    const char *name, struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	const char *names[RELEASES_MOST];
	size_t count = sort_releases(tags, names);
	char path[PATH_MOST];
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_putc(&text, '\n');
		if (!print_release(kind_of(shelves, line), name, names[i],
			json_object_get(tags, names[i]), &text, err))
			return false;
	}
	(void)snprintf(path, sizeof(path), "notes/%.60s.rst", line);
	if (text.failed)
		return err_set(err, ERR_LIMIT, NULL, "%s is too long", path);
	return publish_file(
	    dir, path, (struct str){ buf_text(&text), text.len }, err);
}

bool
shelves_write(const json_t *shelves, int dir, const char *name, int this_year,
    struct err *err)
{
	const char *key;
	json_t *item;
	json_object_foreach(json_object_get(shelves, "years"), key, item)
	{
		if (!write_year(key, item, dir, this_year, err))
			return false;
	}
	json_object_foreach(json_object_get(shelves, "lines"), key, item)
	{
		if (!write_line(shelves, key, item, dir, name, err))
			return false;
	}
	return true;
}

static bool
collect(const char *kind, const json_t *documents, const json_t *held,
    json_t *entries, struct err *err)
{
	size_t i, k;
	json_t *document, *cve, *row;
	json_array_foreach(documents, i, document)
	{
		json_array_foreach(json_object_get(document, "cves"), k, cve)
		{
			json_t *entry = NULL;
			if (!rst_entry(document, json_string_value(cve), kind,
				&entry, err))
				return false;
			(void)json_array_append_new(entries, entry);
		}
	}
	json_array_foreach(held, i, row)
	{
		AUTO(value) json_t *empty = placeholder(row);
		json_t *entry = NULL;
		if (!rst_entry(
			empty, value_text(row, "cve"), kind, &entry, err))
			return false;
		(void)json_array_append_new(entries, entry);
	}
	return true;
}

bool
shelves_section(const char *kind, const json_t *documents, const json_t *held,
    struct buf *out, struct err *err)
{
	AUTO(value) json_t *entries = json_array();
	if (!collect(kind, documents, held, entries, err))
		return false;
	if (json_array_size(entries) == 0)
		return true;
	AUTO(value) json_t *section = rst_section(kind, 0, entries);
	return rst_write(section, out, err);
}
