/* Multipart bodies: the first byte says in which steps they arrive. */
#include "value/value.h"
#include "web/form.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct form *form = NULL;
	struct err err;
	AUTO(value) json_t *fields = NULL;
	size_t step = len > 0 ? (size_t)bytes[0] + 1 : 1;
	bool good =
	    form_new(STR("multipart/form-data; boundary=B"), &form, &err);
	for (size_t at = 1; good && at < len; at += step)
		good = form_feed(form, (const char *)bytes + at,
		    step < len - at ? step : len - at, &err);
	if (good)
		(void)!form_finish(form, &fields, &err);
	form_free(form);
	return 0;
}
