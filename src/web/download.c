#include "core/limits.h"
#include "web/reply.h"
#include "web/template.h"
#include "web/visit.h"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define TYPE "application/octet-stream"

/* Streams a file that the desk made and sealed; takes fd. */
static struct MHD_Response *
stream(int fd, bool secure)
{
	struct stat about;
	struct MHD_Response *reply = NULL;
	if (fstat(fd, &about) == 0 && about.st_size >= 0 &&
	    about.st_size <= LIMIT_UPLOAD_FILE)
		reply =
		    MHD_create_response_from_fd((uint64_t)about.st_size, fd);
	if (reply == NULL)
		(void)close(fd);
	else
		reply_dress(reply, REPLY_DATA, TYPE, secure);
	return reply;
}

static struct MHD_Response *
decode(const char *text, bool secure)
{
	size_t len = strlen(text), got = 0;
	AUTO(buf) struct buf body = BUF(LIMIT_UPLOAD_FILE);
	unsigned char *bytes = malloc(len + 1);
	if (bytes != NULL &&
	    sodium_base642bin(bytes, len + 1, text, len, NULL, &got, NULL,
		sodium_base64_VARIANT_ORIGINAL) == 0)
		buf_add(&body, bytes, got);
	else
		body.failed = true;
	free(bytes);
	return reply_new(&body, REPLY_DATA, TYPE, secure);
}

void
file_send(
    struct front *front, struct request *request, const json_t *value, int fd)
{
	bool secure = front->settings.session.secure;
	struct MHD_Response *reply =
	    fd >= 0 ? stream(fd, secure)
		    : decode(value_text(value, "base64"), secure);
	AUTO(buf) struct buf name = BUF(1024);
	buf_puts(&name, "attachment; filename*=UTF-8''");
	template_put(&name, IN_PART, json_object_get(value, "name"));
	reply_header(reply, "Content-Disposition", buf_text(&name));
	request_reply(request, 200, reply);
}
