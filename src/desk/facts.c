/* The facts P, X and A, and when the fix became visible (V-14, V-15, P-32). */
#include "desk/facts.h"
#include "core/when.h"
#include "desk/fix.h"
#include "desk/message.h"
#include "desk/terms.h"
#include "rules/cross.h"
#include "rules/message.h"

#include <string.h>

#define PLACE_FACT "fact.body"

static const struct {
	const char *word;
	enum cs_event event;
} words[] = {
	{ "public", CS_EVENT_P },
	{ "exploit", CS_EVENT_X },
	{ "attacks", CS_EVENT_A },
};

static const char *
word_of(enum cs_event event)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].event == event)
			return words[i].word;
	return "";
}

static bool
event_of(const char *word, enum cs_event *ret)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			*ret = words[i].event;
			return true;
		}
	return false;
}

bool
fact_body(struct ask *ask, const struct casefile *file,
    const struct row_fact_list *row, json_t **ret, struct err *err)
{
	return ask_unseal(
	    ask, file->row.key_id, PLACE_FACT, row->id, row->body, ret, err);
}

/* One row and its message. */
static bool
write_fact(struct ask *ask, const struct casefile *file, enum cs_event event,
    int64_t true_at, const json_t *about, struct err *err)
{
	struct str sealed;
	int64_t id = db_id_new();
	int64_t count;
	return ask_seal(ask, file->row.key_id, PLACE_FACT, id, about, &sealed,
		   err) &&
	       q_fact_insert(ask->db, ask->pass, id, file->row.id,
		   word_of(event), true_at, ask->now, ask->actor->account_id,
		   sealed, &count, err) &&
	       case_says(ask, file, message_from_cs(event), 0, 0, err);
}

static bool
tell(struct ask *ask, const struct casefile *file, const char *kind,
    const char *text, const json_t *about, struct err *err)
{
	AUTO(value) json_t *body = json_copy((json_t *)(uintptr_t)about);
	value_set_text(body, "text", text);
	return case_tell(ask, file, kind, "team", body, err);
}

/* V-20: attacks alone SHOULD end it; a person decides within a day. */
static bool
ask_for_end(struct ask *ask, struct casefile *file, const struct cross *said,
    struct err *err)
{
	char human[WHEN_TEXT];
	AUTO(value) json_t *about = json_object();
	value_set_when(file->body, "end_asked_at", ask->now);
	value_set_when(about, "due", ask->now + WHEN_DAY);
	return tell(ask, file, "proposal",
	    ask_print(ask, "%s (%s). Decide until %s.", said->reason,
		said->rule, when_human(ask->now + WHEN_DAY, human)),
	    about, err);
}

/* X2: what the facts demand is done now, or put to a person. */
static bool
follow(struct ask *ask, struct casefile *file, unsigned pxa, bool terminate,
    struct err *err)
{
	struct cross said = cross_facts(terms_em(file), pxa);
	if (said.verdict == CROSS_ACT ||
	    (said.verdict == CROSS_PROPOSE && terminate)) {
		(void)json_object_del(file->body, "end_asked_at");
		return terms_end(ask, file, embargo_reason_of(pxa), err);
	}
	if (said.verdict == CROSS_PROPOSE)
		return ask_for_end(ask, file, &said, err);
	return true;
}

/* What holds for the summary letters: V of the project is always true. */
static unsigned
state_of(const struct casefile *file)
{
	return CS_V | terms_pxa(file);
}

bool
fact_note(struct ask *ask, struct casefile *file, enum cs_event event,
    int64_t true_at, const json_t *about, bool terminate, struct err *err)
{
	enum cs_event events[3];
	size_t count;
	unsigned state;
	char text[CS_TEXT];
	if (true_at > ask->now)
		return err_set(err, ERR_INVALID, "true_at",
		    "A fact cannot become true in the future.");
	if (!cs_record(state_of(file), event, events, &count, &state, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (events[i] >= CS_EVENT_P &&
		    !write_fact(ask, file, events[i], true_at, about, err))
			return false;
	file->row.pxa =
	    ask_print(ask, "%s", cs_print_pxa(state & CS_PXA, text));
	if ((state & (CS_P | CS_X)) != 0 &&
	    value_when(file->body, "public_since") == 0)
		value_set_when(file->body, "public_since", ask->now);
	return follow(ask, file, state & CS_PXA, terminate, err);
}

static const char *
sentence(enum cs_event event)
{
	switch (event) {
	case CS_EVENT_X:
		return "An exploit is public.";
	case CS_EVENT_A:
		return "Attacks were observed.";
	case CS_EVENT_V:
	case CS_EVENT_F:
	case CS_EVENT_D:
	case CS_EVENT_P:
		break;
	}
	return "The vulnerability is publicly known.";
}

bool
do_fact_record(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *about = json_object();
	static const char *const kept[] = { "source", "confidence",
		"evidence" };
	enum cs_event event;
	for (size_t i = 0; i < COUNT(kept); i++)
		value_set_text(about, kept[i], ask_text(ask, kept[i]));
	if (!event_of(ask_text(ask, "fact"), &event))
		return err_set(
		    err, ERR_INVALID, "fact", "Choose one of the facts.");
	if (!case_open(ask, &file, err) ||
	    !fact_note(ask, &file, event, ask_when(ask, "true_at"), about,
		ask_true(ask, "terminate"), err) ||
	    !tell(ask, &file, "fact", sentence(event), about, err) ||
	    !case_save(ask, &file, err))
		return false;
	*ret = json_pack("{s:s, s:s, s:I}", "pxa", file.row.pxa, "em",
	    file.row.em, "revision", (json_int_t)file.row.revision);
	return true;
}

/* The letters of the facts that stand. */
static unsigned
standing(const struct row_fact_list *rows, size_t count, int64_t but)
{
	unsigned pxa = 0;
	for (size_t i = 0; i < count; i++) {
		enum cs_event event;
		if (rows[i].superseded_at == 0 && rows[i].id != but &&
		    event_of(rows[i].kind, &event))
			pxa |= cs_bit(event);
	}
	return pxa;
}

static const struct row_fact_list *
find(const struct row_fact_list *rows, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

/* The mistake keeps its words and gets the reason beside them. */
static bool
supersede(struct ask *ask, const struct casefile *file,
    const struct row_fact_list *row, struct err *err)
{
	AUTO(value) json_t *body = NULL;
	struct str sealed;
	int64_t count;
	if (row->superseded_at != 0)
		return err_set(err, ERR_CONFLICT, "fact",
		    "This fact was corrected already. Read the case again.");
	if (!fact_body(ask, file, row, &body, err))
		return false;
	value_set_text(body, "mistake", ask_text(ask, "reason"));
	value_set_text(body, "corrected_by", ask->actor->name);
	return ask_seal(ask, file->row.key_id, PLACE_FACT, row->id, body,
		   &sealed, err) &&
	       q_fact_supersede(ask->db, ask->pass, file->row.id, row->id,
		   ask->now, sealed, &count, err);
}

/* Letters of what stands, and a new decision asked for (V-14). */
static void
reopen(struct ask *ask, struct casefile *file, unsigned pxa)
{
	char text[CS_TEXT];
	file->row.pxa = ask_print(ask, "%s", cs_print_pxa(pxa, text));
	file->row.decided_at = 0;
	if ((pxa & (CS_P | CS_X)) == 0)
		(void)json_object_del(file->body, "public_since");
	if ((pxa & CS_A) == 0)
		(void)json_object_del(file->body, "end_asked_at");
}

bool
do_fact_correct(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *about = json_object();
	struct row_fact_list *rows;
	size_t count;
	int64_t id = ask_int(ask, "fact", 0);
	if (!case_open(ask, &file, err) ||
	    !q_fact_list(ask->db, ask->pass, ask->arena, file.row.id, &rows,
		&count, err))
		return false;
	const struct row_fact_list *row = find(rows, count, id);
	if (row == NULL)
		return err_set(
		    err, ERR_MISSING, "fact", "this case has no such fact");
	unsigned left = standing(rows, count, id);
	if ((left & CS_X) != 0 && (left & CS_P) == 0)
		return err_set(err, ERR_CONFLICT, "fact",
		    "A public exploit makes the vulnerability public. Correct "
		    "the exploit first.");
	if (!supersede(ask, &file, row, err))
		return false;
	reopen(ask, &file, left);
	value_set_text(about, "reason", ask_text(ask, "reason"));
	value_set_text(about, "fact", row->kind);
	if (!tell(ask, &file, "fact-corrected",
		ask_print(ask,
		    "The fact \"%s\" was a mistake. It stays on record; the "
		    "embargo needs a new decision.",
		    row->kind),
		about, err) ||
	    !case_save(ask, &file, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "pxa", file.row.pxa, "revision",
	    (json_int_t)file.row.revision);
	return true;
}

/* V-22: whether it is public knowledge too is the policy's switch. */
static bool
count_as_public(struct ask *ask, struct casefile *file, struct err *err)
{
	struct embargo_policy policy = embargo_policy_of(ask->house->policy);
	if (!policy.public_fix_counts_as_p || (terms_pxa(file) & CS_P) != 0)
		return true;
	AUTO(value)
	json_t *about = json_pack(
	    "{s:s, s:s}", "source", "the public fix", "confidence", "high");
	return fact_note(ask, file, CS_EVENT_P, ask_when(ask, "fix_public_at"),
	    about, false, err);
}

bool
do_exposure_set(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value) json_t *about = json_object();
	char human[WHEN_TEXT];
	int64_t at = ask_when(ask, "fix_public_at");
	if (at > ask->now)
		return err_set(err, ERR_INVALID, "fix_public_at",
		    "The fix cannot have become visible in the future.");
	if (!case_open(ask, &file, err))
		return false;
	value_set_when(about, "old", file.row.fix_public_at);
	value_set_when(about, "new", at);
	file.row.fix_public_at = at;
	if (!count_as_public(ask, &file, err) ||
	    !tell(ask, &file, "exposure",
		ask_print(ask, "The fix is visible in public since %s.",
		    when_human(at, human)),
		about, err) ||
	    !case_save(ask, &file, err))
		return false;
	*ret = json_pack("{s:s, s:I}", "pxa", file.row.pxa, "revision",
	    (json_int_t)file.row.revision);
	return true;
}
