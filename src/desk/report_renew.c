/* A new private link by mail (I-25). The answer never tells whether it fits. */
#include "core/when.h"
#include "desk/account.h"
#include "desk/link.h"
#include "desk/outbox.h"
#include "desk/reporter.h"

#include <string.h>

#define MOST_PER_DAY 3
#define LINK_LIFE (10 * 365 * WHEN_DAY)

/*
 * False in *ret when this was asked for often enough today. Counted with the
 * address, so that nobody can use up another one's tries by numbers alone.
 */
static bool
count_try(struct ask *ask, bool *ret, struct err *err)
{
	struct str tag = ask_tag(ask, "report.renew",
	    ask_print(
		ask, "%s %s", ask_text(ask, "case"), ask_text(ask, "contact")));
	struct row_attempt_count row;
	int64_t count;
	if (!q_attempt_count(ask->db, ask->arena, "report.renew", tag,
		ask->real_now - WHEN_DAY, &row, err) ||
	    !q_attempt_insert(ask->db, db_id_new(), "report.renew", tag,
		ask->real_now, &count, err))
		return false;
	*ret = row.found < MOST_PER_DAY;
	return true;
}

static bool
send_link(struct ask *ask, const struct casefile *file, struct err *err)
{
	const char *secret;
	const char *number = file->row.number;
	int64_t count;
	if (!q_link_drop(
		ask->db, "report", file->row.id, ask->real_now, &count, err) ||
	    !link_new(ask, "report", file->row.id, ask->real_now + LINK_LIFE,
		&secret, err))
		return false;
	const char *text = ask_print(ask,
	    "You asked for a new private link to your report %s:\n%s\n\nKeep "
	    "it: whoever has it can read and answer. The old link no longer "
	    "works.\n\n-- \n%s\n",
	    number, account_link(ask, "/r/", secret), ask_policy(ask, "name"));
	return outbox_add(ask,
	    ask_print(
		ask, "report-renew:%s:%lld", number, (long long)ask->real_now),
	    "report-renew", 0, report_contact(file),
	    ask_print(ask, "%s: your new private link", number), text, err);
}

/* The case of this number if the address is its reporter's. */
static bool
find_case(struct ask *ask, struct casefile *file, bool *ret, struct err *err)
{
	struct row_case_by_number row;
	*ret = false;
	if (!q_case_by_number(ask->db, ask->pass, ask->arena,
		ask_text(ask, "case"), &row, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		*err = (struct err){ 0 };
		return true;
	}
	if (!case_unseal(ask, &row, file, err))
		return false;
	*ret = strcasecmp(report_contact(file), ask_text(ask, "contact")) == 0;
	return true;
}

bool
do_report_renew(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	bool few, fits;
	if (!count_try(ask, &few, err) || !find_case(ask, &file, &fits, err))
		return false;
	if (few && fits && !send_link(ask, &file, err))
		return false;
	*ret = json_object();
	return true;
}
