/* Shared by form.c and multipart.c only. */
#ifndef FOREWARN_WEB_FORM_IMPL_H
#define FOREWARN_WEB_FORM_IMPL_H

#include "core/limits.h"
#include "web/form.h"

#define LIMIT_PART_HEADER 2048
#define LIMIT_BOUNDARY 70
#define LIMIT_FIELD_NAME 64
#define LIMIT_FILE_NAME 200

enum form_kind { FORM_URLENCODED, FORM_MULTIPART, FORM_JSON };

enum part_state { PART_START, PART_HEADER, PART_BODY, PART_END };

struct multipart {
	enum part_state state;
	char delimiter[LIMIT_BOUNDARY + 5]; /* CR LF -- boundary */
	size_t delimiter_len;
	char name[LIMIT_FIELD_NAME + 1];
	char file[LIMIT_FILE_NAME + 1];
	bool is_file;
	int fd; /* file being received, or -1 */
	size_t fd_size;
	size_t text_total, file_total;
	struct buf text;    /* field being received */
	struct buf pending; /* bytes not yet understood */
};

struct form {
	enum form_kind kind;
	struct buf body; /* urlencoded and JSON */
	json_t *fields;
	size_t count;
	struct multipart part;
	int files[LIMIT_UPLOAD_FILES];
	size_t nfiles;
};

/* Sets up the boundary of a multipart/form-data type. */
MUST bool multipart_init(
    struct multipart *part, struct str type, struct err *err);

/* Takes the next bytes of a multipart body. */
MUST bool multipart_feed(
    struct form *form, const char *bytes, size_t len, struct err *err);

/* True if the closing delimiter was seen. */
bool multipart_is_complete(const struct multipart *part);

/* Releases what a half-read part holds. */
void multipart_free(struct multipart *part);

/* Adds one field; takes value. Counts against LIMIT_HTTP_FIELDS. */
MUST bool form_add(
    json_t *fields, const char *name, json_t *value, struct err *err);

/* Adds one text: UTF-8 checked, CR LF becomes LF. */
MUST bool form_add_text(
    json_t *fields, const char *name, struct str text, struct err *err);

#endif
