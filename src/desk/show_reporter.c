/* What became of the other reports of a reporter (I-12). */
#include "desk/case_show.h"
#include "desk/reporter.h"

#include <string.h>

/* Adds one to the row of this code. */
static void
count_code(json_t *list, const char *code)
{
	size_t i;
	json_t *row;
	json_array_foreach(list, i, row)
	{
		if (strcmp(value_text(row, "code"), code) != 0)
			continue;
		value_set_int(row, "found", value_int(row, "found", 0) + 1);
		return;
	}
	(void)json_array_append_new(
	    list, json_pack("{s:s, s:i}", "code", code, "found", 1));
}

static bool
count_case(struct ask *ask, const struct row_case_by_number *row, void *context,
    struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_unseal(ask, row, &file, err))
		return false;
	if (file.state == MACHINE_REJECTED)
		count_code(context,
		    value_text(json_object_get(file.body, "reject"), "code"));
	return true;
}

bool
case_show_reporter(struct ask *ask, const struct casefile *file, json_t *value,
    struct err *err)
{
	struct row_reporter_totals totals;
	const char *contact = report_contact(file);
	if (contact[0] == '\0')
		return true;
	struct str tag = ask_tag(ask, "email", contact);
	json_t *counts = json_object();
	json_t *reasons = json_array();
	value_set(value, "reporter_counts", counts);
	value_set(counts, "reasons", reasons);
	if (!q_reporter_totals(
		ask->db, ask->pass, ask->arena, tag, &totals, err))
		return false;
	value_set_int(counts, "open", totals.open);
	value_set_int(counts, "accepted", totals.accepted);
	value_set_int(counts, "rejected", totals.rejected);
	return case_each_of(ask, tag, count_case, reasons, err);
}
