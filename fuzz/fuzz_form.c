/* Urlencoded bodies, queries and request paths. */
#include "value/value.h"
#include "web/form.h"
#include "web/site.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO(value) json_t *fields = json_object();
	AUTO(buf) struct buf text = BUF(65536), path = BUF(1024);
	struct err err;
	(void)!form_read_query(
	    (struct str){ (const char *)bytes, len }, fields, &err);
	buf_add(&text, bytes, len);
	(void)!site_path(buf_text(&text), &path);
	return 0;
}
