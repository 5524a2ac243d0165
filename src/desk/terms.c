#include "desk/terms.h"

#include "core/when.h"
#include "desk/consent.h"
#include "desk/message.h"
#include "desk/reporter.h"
#include "rules/cross.h"
#include "rules/cs.h"
#include "rules/message.h"

#include <string.h>

#define PLACE_EMBARGO "embargo.body"
#define NUMBER_MOST 10000

static bool
is_open(const struct row_embargo_list *row)
{
	return strcmp(row->state, "proposed") == 0;
}

bool
terms_list(struct ask *ask, const struct casefile *file, struct terms *ret,
    struct err *err)
{
	return q_embargo_list(ask->db, ask->pass, ask->arena, file->row.id,
	    &ret->rows, &ret->count, err);
}

const struct row_embargo_list *
terms_find(const struct terms *terms, int64_t number)
{
	for (size_t i = 0; i < terms->count; i++)
		if (terms->rows[i].number == number)
			return &terms->rows[i];
	return NULL;
}

const struct row_embargo_list *
terms_shortest(const struct terms *terms)
{
	const struct row_embargo_list *found = NULL;
	for (size_t i = 0; i < terms->count; i++)
		if (is_open(&terms->rows[i]) &&
		    (found == NULL || terms->rows[i].ends_at < found->ends_at))
			found = &terms->rows[i];
	return found;
}

const struct row_embargo_list *
terms_newest(const struct terms *terms)
{
	for (size_t i = terms->count; i > 0; i--)
		if (is_open(&terms->rows[i - 1]))
			return &terms->rows[i - 1];
	return NULL;
}

bool
terms_body(struct ask *ask, const struct casefile *file,
    const struct row_embargo_list *row, json_t **ret, struct err *err)
{
	return ask_unseal(ask, file->row.key_id, PLACE_EMBARGO, file->row.id,
	    row->body, ret, err);
}

enum em
terms_em(const struct casefile *file)
{
	enum em em = EM_NONE;
	return em_find(str_of(file->row.em), &em) ? em : EM_NONE;
}

unsigned
terms_pxa(const struct casefile *file)
{
	unsigned state = 0;
	return cs_parse(str_of(file->row.pxa), &state) ? state & CS_PXA : 0;
}

/* One step of EM: allowed by the facts and the machine, and said. */
static bool
step(struct ask *ask, struct casefile *file, enum em_event event,
    struct err *err)
{
	enum em from = terms_em(file);
	enum em to;
	struct cross facts = cross_embargo(from, event, terms_pxa(file));
	if (facts.verdict == CROSS_REFUSE)
		return err_set(err, ERR_CONFLICT, "embargo",
		    "This cannot be negotiated any more: %s (%s).",
		    facts.reason, facts.rule);
	if (!em_step(from, event, &to, err))
		return false;
	const char *code = message_from_em(from, event, to);
	if (code != NULL && !case_says(ask, file, code, 0, 0, err))
		return false;
	file->row.em = em_name(to);
	return consent_follow(ask, file, from, to, err);
}

static bool
mark(struct ask *ask, const struct casefile *file, int64_t number,
    const char *state, struct err *err)
{
	int64_t count;
	return q_embargo_mark(
	    ask->db, ask->pass, file->row.id, number, state, &count, err);
}

/* Marks what is open, but for one number. */
static bool
mark_open(struct ask *ask, const struct casefile *file, int64_t but,
    const char *state, struct err *err)
{
	struct terms terms;
	if (!terms_list(ask, file, &terms, err))
		return false;
	for (size_t i = 0; i < terms.count; i++)
		if (is_open(&terms.rows[i]) && terms.rows[i].number != but &&
		    !mark(ask, file, terms.rows[i].number, state, err))
			return false;
	return true;
}

bool
terms_propose(struct ask *ask, struct casefile *file, int64_t ends_at,
    const json_t *body, int64_t *ret_number, struct err *err)
{
	struct terms terms;
	struct str sealed;
	int64_t count;
	if (!terms_list(ask, file, &terms, err))
		return false;
	int64_t number =
	    terms.count == 0 ? 1 : terms.rows[terms.count - 1].number + 1;
	if (number > NUMBER_MOST)
		return err_set(err, ERR_LIMIT, "ends_at",
		    "This case has too many proposals; decide on one.");
	if (!step(ask, file, EM_PROPOSE, err) ||
	    !ask_seal(ask, file->row.key_id, PLACE_EMBARGO, file->row.id, body,
		&sealed, err) ||
	    !q_embargo_insert(ask->db, ask->pass, file->row.id, number,
		"proposed", ends_at, ask_policy(ask, "version"), ask->now,
		sealed, &count, err))
		return false;
	if (!em_in_force(terms_em(file)))
		file->row.embargo_number = number;
	*ret_number = number;
	return true;
}

/* The open proposal with this number. */
static bool
find_open(struct ask *ask, const struct casefile *file, int64_t number,
    struct terms *terms, const struct row_embargo_list **ret, struct err *err)
{
	if (!terms_list(ask, file, terms, err))
		return false;
	const struct row_embargo_list *row = terms_find(terms, number);
	if (row == NULL)
		return err_set(err, ERR_INVALID, "number",
		    "This case has no proposal %lld.", (long long)number);
	if (!is_open(row))
		return err_set(err, ERR_CONFLICT, "number",
		    "Proposal %lld is %s already. Read the case again.",
		    (long long)number, row->state);
	*ret = row;
	return true;
}

bool
terms_accept(
    struct ask *ask, struct casefile *file, int64_t number, struct err *err)
{
	struct terms terms;
	const struct row_embargo_list *row;
	int64_t old = file->row.embargo_number;
	if (!find_open(ask, file, number, &terms, &row, err))
		return false;
	bool first = !em_in_force(terms_em(file));
	const struct row_embargo_list *shortest = terms_shortest(&terms);
	if (first && shortest != NULL && shortest->ends_at < row->ends_at)
		return err_set(err, ERR_CONFLICT, "number",
		    "Proposal %lld ends earlier. Accept it first, then propose "
		    "to lengthen it.",
		    (long long)shortest->number);
	if (row->ends_at <= ask->now)
		return err_set(err, ERR_CONFLICT, "number",
		    "The end of proposal %lld has passed. Propose a later one.",
		    (long long)number);
	if (!step(ask, file, EM_ACCEPT, err) ||
	    (!first && !mark(ask, file, old, "replaced", err)) ||
	    !mark(ask, file, number, "in-force", err) ||
	    !mark_open(ask, file, number, "replaced", err))
		return false;
	file->row.embargo_number = number;
	file->row.embargo_ends_at = row->ends_at;
	return consent_renew(ask, file, number, err);
}

bool
terms_reject(
    struct ask *ask, struct casefile *file, int64_t number, struct err *err)
{
	struct terms terms;
	const struct row_embargo_list *row;
	if (!find_open(ask, file, number, &terms, &row, err) ||
	    !mark(ask, file, number, "rejected", err) ||
	    !terms_list(ask, file, &terms, err))
		return false;
	const struct row_embargo_list *left = terms_newest(&terms);
	bool in_force = em_in_force(terms_em(file));
	if (left != NULL) {
		if (!in_force)
			file->row.embargo_number = left->number;
		return true;
	}
	if (!step(ask, file, EM_REJECT, err))
		return false;
	if (in_force)
		return consent_restore(
		    ask, file, file->row.embargo_number, err);
	file->row.embargo_number = 0;
	file->row.embargo_ends_at = 0;
	return true;
}

/* V-21: when and which class of reason, nothing else. */
static bool
tell_end(struct ask *ask, const struct casefile *file,
    const struct embargo_reason *reason, struct err *err)
{
	char human[WHEN_TEXT];
	AUTO(value) json_t *body = json_object();
	value_set_text(body, "text",
	    ask_print(ask, "The embargo ended at %s: %s.",
		when_human(ask->now, human), reason->text));
	value_set_text(body, "reason", reason->name);
	value_set_bool(body, "early", reason->early);
	value_set_when(body, "ended_at", ask->now);
	return case_tell(ask, file, "embargo-ended", "reporter", body, err);
}

bool
terms_end(struct ask *ask, struct casefile *file,
    const struct embargo_reason *reason, struct err *err)
{
	enum em em = terms_em(file);
	bool in_force = em_in_force(em);
	if (!in_force && em != EM_PROPOSED)
		return true;
	if (in_force && !consent_tell_end(ask, file, reason, err))
		return false;
	if (!step(ask, file, in_force ? EM_TERMINATE : EM_REJECT, err) ||
	    !mark_open(ask, file, 0, "rejected", err) ||
	    (in_force &&
		!mark(ask, file, file->row.embargo_number, "ended", err)))
		return false;
	file->row.embargo_ends_at = 0;
	if (!in_force)
		file->row.embargo_number = 0;
	return !in_force || tell_end(ask, file, reason, err);
}
