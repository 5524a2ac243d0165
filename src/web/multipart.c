#include "core/utf8.h"
#include "value/value.h"
#include "web/form_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Takes `name=value` or `name="value"`; quotes have no escapes (WHATWG). */
static bool
take_parameter(struct str *rest, struct str *name, struct str *text)
{
	*rest = str_trim(*rest);
	struct str all = *rest;
	*name = str_trim(str_cut(rest, '='));
	if (rest->ptr == NULL || name->len == 0)
		return false;
	if (rest->len > 0 && rest->ptr[0] == '"') {
		rest->ptr++;
		rest->len--;
		*text = str_cut(rest, '"');
		if (rest->ptr == NULL)
			return false;
		*rest = str_trim(*rest);
		if (rest->len > 0 && rest->ptr[0] != ';')
			return false;
		(void)str_cut(rest, ';');
		return true;
	}
	*text = str_trim(str_cut(rest, ';'));
	return all.len > 0;
}

bool
multipart_init(struct multipart *part, struct str type, struct err *err)
{
	struct str name, boundary = { NULL, 0 };
	(void)str_cut(&type, ';');
	while (type.ptr != NULL && str_trim(type).len > 0) {
		struct str text;
		if (!take_parameter(&type, &name, &text))
			break;
		if (str_eq(name, "boundary") && boundary.ptr == NULL)
			boundary = text;
	}
	if (boundary.len == 0 || boundary.len > LIMIT_BOUNDARY)
		return err_set(err, ERR_INVALID, NULL,
		    "multipart form without a boundary of 1 to %d characters",
		    LIMIT_BOUNDARY);
	for (size_t i = 0; i < boundary.len; i++)
		if (boundary.ptr[i] <= ' ' || boundary.ptr[i] > '~')
			return err_set(err, ERR_INVALID, NULL,
			    "multipart boundary with odd characters");
	memcpy(part->delimiter, "\r\n--", 4);
	memcpy(part->delimiter + 4, boundary.ptr, boundary.len);
	part->delimiter_len = boundary.len + 4;
	part->pending = BUF(LIMIT_HTTP_FORM);
	part->text = BUF(LIMIT_REPORT_TEXT);
	part->fd = -1;
	return true;
}

static bool
file_open(struct form *form, struct err *err)
{
	struct multipart *part = &form->part;
	if (strcmp(part->name, "files") != 0)
		return err_set(err, ERR_INVALID, part->name,
		    "files are taken in the field \"files\" only");
	if (part->file[0] == '\0')
		return true; /* an empty file field */
	if (form->nfiles >= LIMIT_UPLOAD_FILES)
		return err_set(err, ERR_LIMIT, part->name, "more than %d files",
		    LIMIT_UPLOAD_FILES);
	part->fd = memfd_create("upload", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (part->fd < 0)
		return err_set(err, ERR_SYSTEM, NULL,
		    "cannot make a memory file: %s", strerror(errno));
	part->fd_size = 0;
	return true;
}

static bool
file_write_all(int fd, const char *bytes, size_t len, struct err *err)
{
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return err_set(err, ERR_SYSTEM, NULL,
			    "cannot keep the file: %s", strerror(errno));
		bytes += done;
		len -= (size_t)done;
	}
	return true;
}

static bool
file_take(
    struct multipart *part, const char *bytes, size_t len, struct err *err)
{
	part->fd_size += len;
	part->file_total += len;
	if (part->fd_size > LIMIT_UPLOAD_FILE)
		return err_set(err, ERR_LIMIT, part->name,
		    "a file larger than %u bytes", LIMIT_UPLOAD_FILE);
	if (part->file_total > LIMIT_UPLOAD_TOTAL)
		return err_set(err, ERR_LIMIT, part->name,
		    "files larger than %u bytes together", LIMIT_UPLOAD_TOTAL);
	if (part->fd < 0)
		return len == 0 || err_set(err, ERR_INVALID, part->name,
				       "a file without a name");
	return file_write_all(part->fd, bytes, len, err);
}

static bool
text_take(
    struct multipart *part, const char *bytes, size_t len, struct err *err)
{
	part->text_total += len;
	buf_add(&part->text, bytes, len);
	if (part->text.failed || part->text_total > LIMIT_HTTP_FORM)
		return err_set(err, ERR_LIMIT, part->name,
		    "text longer than %u bytes", LIMIT_REPORT_TEXT);
	return true;
}

static bool
part_take(
    struct multipart *part, const char *bytes, size_t len, struct err *err)
{
	return part->is_file ? file_take(part, bytes, len, err)
			     : text_take(part, bytes, len, err);
}

/* Seals the file, so that nobody can change it after it was counted. */
static bool
file_close(struct form *form, struct err *err)
{
	struct multipart *part = &form->part;
	if (part->fd < 0)
		return true;
	if (fcntl(part->fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		return err_set(err, ERR_SYSTEM, NULL,
		    "cannot seal the file: %s", strerror(errno));
	form->files[form->nfiles++] = part->fd;
	part->fd = -1;
	json_t *list = json_object_get(form->fields, part->name);
	if (list != NULL && !json_is_array(list))
		return err_set(err, ERR_INVALID, part->name,
		    "a field that is both text and file");
	if (list == NULL) {
		list = json_array();
		value_set(form->fields, part->name, list);
	}
	json_t *row = json_object();
	value_set_text(row, "name", part->file);
	value_set_int(row, "size", (int64_t)part->fd_size);
	(void)json_array_append_new(list, row);
	return true;
}

static bool
part_close(struct form *form, struct err *err)
{
	struct multipart *part = &form->part;
	if (++form->count > LIMIT_HTTP_FIELDS)
		return err_set(err, ERR_LIMIT, NULL, "more than %d fields",
		    LIMIT_HTTP_FIELDS);
	if (part->is_file)
		return file_close(form, err);
	if (strcmp(part->name, "files") == 0)
		return part->text.len == 0 ||
		       err_set(err, ERR_INVALID, part->name,
			   "send files as a multipart form");
	bool good = form_add_text(form->fields, part->name,
	    (struct str){ buf_text(&part->text), part->text.len }, err);
	buf_free(&part->text);
	return good;
}

/* The last piece of a path, without what a file name cannot carry. */
static bool
file_name(struct multipart *part, struct str text, struct err *err)
{
	for (size_t i = text.len; i > 0; i--) {
		if (text.ptr[i - 1] != '/' && text.ptr[i - 1] != '\\')
			continue;
		text.ptr += i;
		text.len -= i;
		break;
	}
	if (text.len > LIMIT_FILE_NAME)
		return err_set(err, ERR_LIMIT, "files",
		    "a file name longer than %d bytes", LIMIT_FILE_NAME);
	if (text.len > 0 && !utf8_is_valid(text.ptr, text.len))
		return err_set(
		    err, ERR_INVALID, "files", "a file name is not UTF-8");
	memcpy(part->file, text.ptr, text.len);
	part->file[text.len] = '\0';
	return true;
}

static bool
disposition(struct multipart *part, struct str rest, struct err *err)
{
	struct str name, text;
	if (!str_eq(str_trim(str_cut(&rest, ';')), "form-data"))
		return err_set(
		    err, ERR_INVALID, NULL, "a part that is not form-data");
	while (rest.ptr != NULL && str_trim(rest).len > 0) {
		if (!take_parameter(&rest, &name, &text))
			return err_set(err, ERR_INVALID, NULL,
			    "a part with a broken header");
		if (str_eq(name, "filename")) {
			part->is_file = true;
			if (!file_name(part, text, err))
				return false;
		} else if (str_eq(name, "name")) {
			if (text.len > LIMIT_FIELD_NAME || part->name[0] != 0)
				return err_set(err, ERR_INVALID, NULL,
				    "a part with a bad name");
			memcpy(part->name, text.ptr, text.len);
			part->name[text.len] = '\0';
		}
	}
	return true;
}

static bool
header_line(struct multipart *part, struct str line, struct err *err)
{
	struct str name = str_cut(&line, ':');
	if (line.ptr == NULL)
		return err_set(
		    err, ERR_INVALID, NULL, "a part with a broken header");
	if (name.len == strlen("content-disposition") &&
	    strncasecmp(name.ptr, "content-disposition", name.len) == 0)
		return disposition(part, str_trim(line), err);
	if (name.len == strlen("content-transfer-encoding") &&
	    strncasecmp(name.ptr, "content-transfer-encoding", name.len) == 0)
		return err_set(
		    err, ERR_INVALID, NULL, "a part with a transfer encoding");
	return true;
}

static bool
read_header(struct form *form, struct str text, struct err *err)
{
	struct multipart *part = &form->part;
	part->name[0] = part->file[0] = '\0';
	part->is_file = false;
	while (text.ptr != NULL) {
		struct str line = str_cut(&text, '\n');
		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len > 0 && !header_line(part, line, err))
			return false;
	}
	if (part->name[0] == '\0')
		return err_set(err, ERR_INVALID, NULL, "a part without a name");
	return !part->is_file || file_open(form, err);
}

/* One step over the pending bytes: how many were used; 0 = needs more. */
static bool
step_start(
    struct multipart *part, struct str text, size_t *used, struct err *err)
{
	size_t len = part->delimiter_len - 2; /* the first has no CR LF */
	if (text.len < len + 2)
		return true;
	if (memcmp(text.ptr, part->delimiter + 2, len) != 0)
		return err_set(err, ERR_INVALID, NULL,
		    "the form does not begin with its boundary");
	bool last = memcmp(text.ptr + len, "--", 2) == 0;
	if (!last && memcmp(text.ptr + len, "\r\n", 2) != 0)
		return err_set(
		    err, ERR_INVALID, NULL, "a boundary that goes on");
	part->state = last ? PART_END : PART_HEADER;
	*used = len + 2;
	return true;
}

static bool
step_header(struct form *form, struct str text, size_t *used, struct err *err)
{
	const char *end = memmem(text.ptr, text.len, "\r\n\r\n", 4);
	size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
	if (len > LIMIT_PART_HEADER)
		return err_set(err, ERR_LIMIT, NULL,
		    "a part with a header beyond %d bytes", LIMIT_PART_HEADER);
	if (end == NULL)
		return true;
	form->part.state = PART_BODY;
	if (!read_header(form, (struct str){ text.ptr, len }, err))
		return false;
	*used = len + 4;
	return true;
}

static bool
step_body(struct form *form, struct str text, size_t *used, struct err *err)
{
	struct multipart *part = &form->part;
	const char *end =
	    memmem(text.ptr, text.len, part->delimiter, part->delimiter_len);
	if (end == NULL) {
		if (text.len < part->delimiter_len)
			return true;
		*used = text.len - (part->delimiter_len - 1);
		return part_take(part, text.ptr, *used, err);
	}
	size_t len = (size_t)(end - text.ptr);
	if (text.len - len < part->delimiter_len + 2) {
		*used = len;
		return part_take(part, text.ptr, len, err);
	}
	end += part->delimiter_len;
	bool last = memcmp(end, "--", 2) == 0;
	if (!last && memcmp(end, "\r\n", 2) != 0)
		return err_set(
		    err, ERR_INVALID, NULL, "a boundary that goes on");
	if (!part_take(part, text.ptr, len, err) || !part_close(form, err))
		return false;
	part->state = last ? PART_END : PART_HEADER;
	*used = len + part->delimiter_len + 2;
	return true;
}

static bool
step_end(struct str text, size_t *used, struct err *err)
{
	*used = text.len;
	return str_trim(text).len == 0 ||
	       err_set(err, ERR_INVALID, NULL, "bytes behind the form");
}

static bool
step(struct form *form, struct str text, size_t *used, struct err *err)
{
	switch (form->part.state) {
	case PART_START:
		return step_start(&form->part, text, used, err);
	case PART_HEADER:
		return step_header(form, text, used, err);
	case PART_BODY:
		return step_body(form, text, used, err);
	case PART_END:
		break;
	}
	return step_end(text, used, err);
}

bool
multipart_feed(
    struct form *form, const char *bytes, size_t len, struct err *err)
{
	struct buf *pending = &form->part.pending;
	buf_add(pending, bytes, len);
	if (pending->failed)
		return err_set(err, ERR_LIMIT, NULL, "a part that never ends");
	size_t at = 0;
	for (;;) {
		size_t used = 0;
		struct str rest = { pending->ptr + at, pending->len - at };
		if (rest.len == 0)
			break;
		if (!step(form, rest, &used, err))
			return false;
		if (used == 0)
			break;
		at += used;
	}
	if (at > 0) {
		memmove(pending->ptr, pending->ptr + at, pending->len - at);
		pending->len -= at;
	}
	return true;
}

bool
multipart_is_complete(const struct multipart *part)
{
	return part->state == PART_END;
}

void
multipart_free(struct multipart *part)
{
	if (part->fd >= 0)
		close(part->fd);
	part->fd = -1;
	buf_free(&part->text);
	buf_free(&part->pending);
}
