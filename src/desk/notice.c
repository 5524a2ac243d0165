#include "desk/notice.h"

#include "core/when.h"
#include "desk/account.h"
#include "rules/embargo.h"
#include "severity/cvss.h"

#define PLACE_NOTICE "notice.body"

const json_t *
notice_policy(const struct ask *ask, const char *kind)
{
	const char *name = strcmp(kind, "merged") == 0 ? "T2" : "T1";
	size_t i;
	json_t *row;
	const json_t *list = ask_policy_value(ask, "notices");
	json_array_foreach((json_t *)(uintptr_t)list, i, row)
	{
		if (strcmp(value_text(row, "name"), name) == 0)
			return row;
	}
	return NULL;
}

static const char *
severity_of(struct ask *ask, const json_t *body)
{
	static const char *const vectors[] = { "cvss40", "cvss31" };
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct cvss cvss;
		const char *text = value_text(body, vectors[i]);
		if (text[0] != '\0' && cvss_parse(str_of(text), &cvss, NULL))
			return cvss_severity(cvss_score(&cvss));
	}
	return ask_print(ask, "%s", value_text(body, "severity"));
}

static bool
cve_of(struct ask *ask, const struct casefile *file, const char **ret,
    struct err *err)
{
	struct row_notice_cve row;
	struct err fault = { 0 };
	*ret = "";
	if (q_notice_cve(ask->db, ask->arena, file->row.id, &row, &fault)) {
		*ret = row.id;
		return true;
	}
	return fault.kind == ERR_MISSING ||
	       err_set(err, fault.kind, NULL, "%s", fault.text);
}

static bool
lines_of(
    struct ask *ask, const struct casefile *file, json_t **ret, struct err *err)
{
	struct row_notice_lines *rows;
	size_t count;
	if (!q_notice_lines(ask->db, ask->pass, ask->arena, file->row.id, &rows,
		&count, err))
		return false;
	*ret = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		value_set_text(item, "line", rows[i].line);
		value_set_text(item, "disposition", rows[i].disposition);
		value_set_when(item, "due_at", rows[i].due_at);
		value_set_when(item, "released_at", rows[i].released_at);
		(void)json_array_append_new(*ret, item);
	}
	return true;
}

static const struct {
	const char *name;
	const char *label;
	const char *repair;
} labels[] = {
	{ "link", "Advisory", "" },
	{ "cve", "CVE number", "Assign a CVE id to the case." },
	{ "subsystem", "Subsystem involved",
	    "Name the component in the case's facts." },
	{ "severity", "Severity",
	    "Give a CVSS vector or a severity word in the case's facts." },
	{ "pr", "Fix of this CVE",
	    "Record the pull request, or the merge commit, of the fix." },
	{ "backports", "Backport plans",
	    "Write the backport plans in the case's facts." },
};

static const char *
value_of(struct ask *ask, const struct casefile *file, const char *name,
    const char *cve)
{
	const json_t *body = file->body;
	const char *pr = value_text(body, "pr");
	if (strcmp(name, "link") == 0)
		return account_link(ask, "/maker/alert/", file->row.number);
	if (strcmp(name, "cve") == 0)
		return cve;
	if (strcmp(name, "subsystem") == 0)
		return value_text(body, "component");
	if (strcmp(name, "severity") == 0)
		return severity_of(ask, body);
	if (strcmp(name, "pr") == 0)
		return pr[0] != '\0' ? pr : value_text(body, "commit");
	if (strcmp(name, "backports") == 0)
		return value_text(body, "backport_plan");
	return "";
}

bool
notice_fields(struct ask *ask, const struct casefile *file, const char *kind,
    json_t **ret, struct err *err)
{
	const json_t *wanted =
	    json_object_get(notice_policy(ask, kind), "fields");
	const char *cve;
	if (!cve_of(ask, file, &cve, err))
		return false;
	AUTO(value) json_t *list = json_array();
	for (size_t f = 0; f < json_array_size(wanted); f++) {
		const char *name = json_string_value(json_array_get(wanted, f));
		const char *value = value_of(ask, file, name, cve);
		json_t *item = json_object();
		json_t *lines = NULL;
		(void)json_array_append_new(list, item);
		value_set_text(item, "name", name);
		value_set_text(item, "value", value);
		value_set_bool(item, "missing", value[0] == '\0');
		for (size_t i = 0; i < COUNT(labels); i++)
			if (strcmp(labels[i].name, name) == 0) {
				value_set_text(item, "label", labels[i].label);
				value_set_text(
				    item, "repair", labels[i].repair);
			}
		if (strcmp(name, "backports") == 0 &&
		    !lines_of(ask, file, &lines, err))
			return false;
		if (lines != NULL)
			value_set(item, "lines", lines);
	}
	*ret = json_incref(list);
	return true;
}

struct notice_embargo
notice_embargo(const struct casefile *file)
{
	enum em em;
	if (!em_find(str_of(file->row.em), &em))
		em = EM_NONE;
	bool over = file->row.disclosed_at != 0 ||
		    file->state == MACHINE_PUBLIC || em == EM_EXITED;
	return (struct notice_embargo){
		.on = em_in_force(em) && !over,
		.decided = over || em_in_force(em) || file->row.decided_at != 0,
	};
}

bool
notice_part(struct ask *ask, int64_t case_id, int64_t maker_id,
    struct notice_part *ret, struct err *err)
{
	struct notice_part part = { .pec = PEC_NO_EMBARGO };
	struct err fault = { 0 };
	if (!q_participant_find(ask->db, ask->pass, ask->arena, case_id,
		"maker", maker_id, &part.row, &fault)) {
		if (fault.kind != ERR_MISSING)
			return err_set(err, fault.kind, NULL, "%s", fault.text);
		part.row = (struct row_participant_find){ .rm = "S",
			.vfd = "vfd",
			.pec = "no-embargo",
			.signed_terms = "" };
	} else if (!pec_find(str_of(part.row.pec), &part.pec)) {
		return err_set(err, ERR_SYSTEM, NULL,
		    "a participant has the unknown consent \"%s\"",
		    part.row.pec);
	}
	part.pec = pec_now(part.pec, part.row.answer_by, ask->now);
	*ret = part;
	return true;
}

const char *
notice_receipt_state(const struct row_receipt_list *row, bool assessed)
{
	if (assessed && row->acknowledged_at != 0)
		return "assessed";
	if (row->acknowledged_at != 0)
		return "acknowledged";
	if (row->opened_at != 0)
		return "opened";
	if (strcmp(row->delivery, "sent") == 0)
		return "delivered";
	if (strcmp(row->delivery, "bounced") == 0)
		return "bounced";
	return "not delivered";
}

bool
notice_new(struct ask *ask, const struct casefile *file, const char *kind,
    int64_t *ret, struct err *err)
{
	AUTO(value) json_t *body = json_object();
	struct str sealed;
	int64_t id = db_id_new();
	int64_t count;
	value_set_text(body, "kind", kind);
	if (!ask_seal(
		ask, file->row.key_id, PLACE_NOTICE, id, body, &sealed, err) ||
	    !q_notice_insert(ask->db, ask->pass, id, file->row.id, kind,
		ask->now, ask->actor->account_id, sealed, &count, err))
		return false;
	*ret = id;
	return true;
}

bool
notice_post(struct ask *ask, const struct casefile *file, int64_t notice_id,
    const struct maker *maker, const struct letter *letter, struct err *err)
{
	int64_t id = db_id_new();
	int64_t count;
	const char *key = ask_print(ask, "notice:%lld", (long long)notice_id);
	return q_receipt_insert(ask->db, ask->pass, id, notice_id, file->row.id,
		   maker->row.id, &count, err) &&
	       maker_mail(ask, maker, key, "notice", id, letter->subject,
		   letter->text, err);
}

bool
notice_walk(
    struct ask *ask, notice_visit *visit, void *context, struct err *err)
{
	static const char *const states[] = { "active", "unreachable" };
	for (size_t s = 0; s < COUNT(states); s++) {
		struct row_maker_by_id *rows;
		size_t count;
		if (!q_maker_all(ask->db, ask->pass, ask->arena, states[s],
			&rows, &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			AUTO(maker) struct maker maker = { 0 };
			if (!maker_unseal(ask, &rows[i], &maker, err) ||
			    !visit(ask, &maker, context, err))
				return false;
		}
	}
	return true;
}

/* Those who are told something about a case they were let into. */
struct round {
	const struct casefile *file;
	const struct letter *letter;
	int64_t notice_id;
	bool everybody; /* also who has no grant, all tiers */
	const struct row_grant_list *grants;
	size_t count;
};

static bool
tell_holder(
    struct ask *ask, const struct maker *maker, void *context, struct err *err)
{
	const struct round *round = context;
	bool holds = round->everybody;
	for (size_t i = 0; i < round->count && !holds; i++)
		holds = round->grants[i].maker_id == maker->row.id &&
			(round->grants[i].until_at == 0 ||
			    round->grants[i].until_at > ask->now);
	if (!holds || !maker_entitled(ask, maker))
		return true;
	return notice_post(
	    ask, round->file, round->notice_id, maker, round->letter, err);
}

static bool
tell_round(struct ask *ask, const struct casefile *file,
    const struct letter *letter, bool everybody, struct err *err)
{
	struct round round = {
		.file = file, .letter = letter, .everybody = everybody
	};
	struct row_grant_list *grants;
	if (!q_grant_list(ask->db, ask->pass, ask->arena, file->row.id, &grants,
		&round.count, err) ||
	    !notice_new(ask, file, letter->kind, &round.notice_id, err))
		return false;
	round.grants = grants;
	return notice_walk(ask, tell_holder, &round, err);
}

static const char *
own_page(struct ask *ask, const struct casefile *file)
{
	return account_link(ask, "/maker/alert/", file->row.number);
}

bool
makers_disclosed(struct ask *ask, const struct casefile *file, struct err *err)
{
	const char *cve;
	int64_t count;
	if (!cve_of(ask, file, &cve, err))
		return false;
	const struct letter letter = { .kind = "disclosed",
		.subject = ask_print(ask, "[%s] An advisory was published",
		    ask_policy(ask, "name")),
		.text = ask_print(ask,
		    "%s is public now%s%s:\n%s/advisory/%s.html\n\n"
		    "What you were given early is no longer confidential. "
		    "Please publish a statement\nof your own where your "
		    "products are affected.\n",
		    file->row.number, cve[0] == '\0' ? "" : " as ", cve,
		    ask_setting(ask, "base_url"), file->row.number) };
	return tell_round(ask, file, &letter, true, err) &&
	       q_grant_stop_case(
		   ask->db, ask->pass, file->row.id, ask->now, &count, err);
}

bool
makers_moved(struct ask *ask, const struct casefile *file, struct err *err)
{
	char date[WHEN_TEXT];
	const struct letter letter = { .kind = "moved",
		.subject = ask_print(
		    ask, "[%s] A planned date moved", ask_policy(ask, "name")),
		.text = ask_print(ask,
		    "%s is now planned to be published on %s.\n\n"
		    "Log in to read it:\n%s\n",
		    file->row.number,
		    when_human(file->row.embargo_ends_at, date),
		    own_page(ask, file)) };
	return tell_round(ask, file, &letter, false, err);
}

bool
makers_ended(struct ask *ask, const struct casefile *file, const char *why,
    struct err *err)
{
	const struct letter letter = { .kind = "ended",
		.subject = ask_print(ask, "[%s] An embargo ended early",
		    ask_policy(ask, "name")),
		.text = ask_print(ask,
		    "The embargo of %s ended early: %s.\n\n"
		    "Log in to read it:\n%s\n",
		    file->row.number, why, own_page(ask, file)) };
	return tell_round(ask, file, &letter, false, err);
}
