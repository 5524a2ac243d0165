/* Setting the disposition of one branch by hand (P-35, P-36). */
#include "core/when.h"
#include "desk/fix.h"
#include "desk/message.h"
#include "rules/cross.h"
#include "rules/leak.h"

#include <string.h>

static bool
is_one(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* A release manager speaks for his own lines only. */
static bool
is_own_line(struct ask *ask, const char *line, struct err *err)
{
	struct row_account_has_scope row;
	if (ask->pass->role != ROLE_RELEASE_MANAGER)
		return true;
	if (!q_account_has_scope(ask->db, ask->arena, ask->actor->account_id,
		"line", ask_tag(ask, "line", line), &row, err))
		return false;
	return row.found > 0 ||
	       err_set(err, ERR_INVALID, "line",
		   "You do not manage the line %.40s. Choose one of yours.",
		   line);
}

/* The row of this line, or a fresh one for a line without. */
static bool
find_row(struct ask *ask, const struct fixes *fixes,
    const struct line_book *book, struct fix *ret, struct err *err)
{
	const char *line = ask_text(ask, "line");
	for (size_t i = 0; i < fixes->count; i++)
		if (strcmp(fixes->rows[i].row.line, line) == 0) {
			*ret = (struct fix){ fixes->rows[i].row,
				json_incref(fixes->rows[i].body) };
			return true;
		}
	if (line_at(book, line, ask->now) == NULL)
		return err_set(err, ERR_INVALID, "line",
		    "There is no release line \"%.40s\".", line);
	*ret = (struct fix){ .row = { .line = line, .disposition = "" },
		.body = json_object() };
	return true;
}

static void
take_texts(struct ask *ask, json_t *body)
{
	static const char *const kept[] = { "commit", "pr", "tag", "introduced",
		"reason", "owner" };
	for (size_t i = 0; i < COUNT(kept); i++)
		if (ask_has(ask, kept[i]))
			value_set_text(body, kept[i], ask_text(ask, kept[i]));
}

/* D: a recorded tag of this line, or of any for main (V-27, P-40). */
static bool
take_tag(struct ask *ask, struct fix *fix, struct err *err)
{
	struct row_release_all row;
	const char *tag = value_text(fix->body, "tag");
	if (tag[0] == '\0' || !is_one(fix->row.disposition, "merged", "fixed"))
		return true;
	if (!q_release_get(ask->db, ask->arena, tag, &row, err)) {
		if (err->kind != ERR_MISSING)
			return false;
		return err_set(err, ERR_INVALID, "tag",
		    "No release has the tag %.40s. Record the tag under "
		    "release lines first.",
		    tag);
	}
	bool trunk = strcmp(fix->row.line, "main") == 0;
	if (!trunk && strcmp(row.line, fix->row.line) != 0)
		return err_set(err, ERR_INVALID, "tag",
		    "The tag %.40s belongs to line %.40s.", tag, row.line);
	fix->row.released_at = row.released_at;
	return true;
}

static bool
take_instants(struct ask *ask, struct fix *fix, struct err *err)
{
	bool merged = is_one(fix->row.disposition, "merged", "fixed");
	int64_t at = ask_when(ask, "merged_at");
	if (at > ask->now)
		return err_set(err, ERR_INVALID, "merged_at",
		    "It cannot have been merged in the future.");
	if (merged && (at != 0 || fix->row.merged_at == 0))
		fix->row.merged_at = at != 0 ? at : ask->now;
	if (!merged)
		fix->row.merged_at = fix->row.released_at = 0;
	fix->row.due_at = strcmp(fix->row.disposition, "pending") == 0
			      ? ask_when(ask, "due")
			      : 0;
	return true;
}

/* What lines_check calls due_at and who accepts, in our words. */
static bool
check(struct ask *ask, const struct casefile *file, const struct fix *fix,
    const struct line_book *book, struct err *err)
{
	const struct lines_branch branch = fix_branch(fix, book, ask->now);
	enum rm rm = RM_START;
	if (strcmp(fix->row.disposition, "in-review") == 0)
		return branch.pr[0] != '\0' ||
		       err_set(err, ERR_INVALID, "pr",
			   "Give the pull request that is in review.");
	if (!lines_check(&branch, err)) {
		if (strcmp(err->field, "due_at") == 0)
			(void)snprintf(err->field, sizeof(err->field), "due");
		return false;
	}
	if (fix->row.due_at != 0 && fix->row.due_at <= ask->now)
		return err_set(err, ERR_INVALID, "due",
		    "A pending backport is due in the future.");
	if (!is_one(fix->row.disposition, "merged", "fixed"))
		return true;
	if (!rm_find(str_of(file->row.rm), &rm))
		rm = RM_START;
	struct cross ready = cross_fix_ready(rm);
	return ready.verdict != CROSS_REFUSE ||
	       err_set(err, ERR_CONFLICT, "disposition", "%s (%s).",
		   ready.reason, ready.rule);
}

/* CF and CD once each, when the letter turns on. */
static bool
say(struct ask *ask, const struct casefile *file, unsigned before,
    unsigned after, struct err *err)
{
	unsigned fresh = after & ~before;
	if ((fresh & CS_F) != 0 && !case_says(ask, file, "CF", 0, 0, err))
		return false;
	return (fresh & CS_D) == 0 || case_says(ask, file, "CD", 0, 0, err);
}

/* The fix reached main for the first time: the required set is settled. */
static bool
land(struct ask *ask, struct casefile *file, struct fix *fix, struct err *err)
{
	bool trunk = strcmp(fix->row.line, "main") == 0;
	if (!trunk || fix->row.merged_at == 0)
		return fix_save(ask, file, fix, err);
	bool first = value_when(fix->body, "landed_at") == 0;
	if (first)
		value_set_when(fix->body, "landed_at", fix->row.merged_at);
	if (!fix_save(ask, file, fix, err))
		return false;
	if (!first)
		return true;
	file->row.fix_available_at = fix->row.merged_at;
	if (!fix_require(ask, file, err))
		return false;
	value_set_bool(file->body, "lines_settled", true);
	return true;
}

bool
fix_accepted(struct ask *ask, struct casefile *file, struct err *err)
{
	AUTO(fixes) struct fixes fixes = { 0 };
	const char *commit = value_text(file->body, "commit");
	const char *pr = value_text(file->body, "pr");
	if (commit[0] == '\0' || pr[0] == '\0')
		return true;
	if (!fix_require(ask, file, err) || !fix_list(ask, file, &fixes, err))
		return false;
	for (size_t i = 0; i < fixes.count; i++) {
		struct fix *fix = &fixes.rows[i];
		bool said = is_one(fix->row.disposition, "merged", "fixed");
		if (strcmp(fix->row.line, "main") != 0 || said)
			continue;
		fix->row.disposition = "merged";
		fix->row.merged_at = ask->now;
		fix->row.due_at = 0;
		value_set_text(fix->body, "commit", commit);
		value_set_text(fix->body, "pr", pr);
		value_set_text(fix->body, "confirmed_by", ask->actor->name);
		return land(ask, file, fix, err) &&
		       case_says(ask, file, "CF", 0, 0, err);
	}
	return true;
}

static void
warn(json_t *list, const char *text)
{
	(void)json_array_append_new(list, json_string(text));
}

/* What looks odd in what was typed (P-36, P-31); nothing is refused for it. */
static json_t *
warnings(struct ask *ask, const struct casefile *file, const struct fix *fix,
    const struct fixes *fixes)
{
	json_t *list = json_array();
	struct leak hits[LEAK_HITS];
	const char *commit = value_text(fix->body, "commit");
	bool fixed = is_one(fix->row.disposition, "merged", "fixed");
	for (size_t i = 0; fixed && i < fixes->count; i++)
		if (strcmp(fixes->rows[i].row.line, fix->row.line) != 0 &&
		    strcmp(value_text(fixes->rows[i].body, "commit"), commit) ==
			0)
			warn(list,
			    ask_print(ask,
				"Line %s has the same commit; a backport has "
				"one of its own.",
				fixes->rows[i].row.line));
	if (strcmp(fix->row.disposition, "fixed") == 0 &&
	    fix->row.released_at == 0)
		warn(list, "No release tag contains it yet.");
	if (file->row.disclosed_at == 0 &&
	    leak_scan(str_of(value_text(fix->body, "pr")),
		ask_policy(ask, "cna.id_prefix"), hits) > 0)
		warn(list,
		    ask_print(ask,
			"The address of the pull request gives the problem "
			"away: \"%s\".",
			hits[0].word));
	return list;
}

static bool
tell(struct ask *ask, const struct casefile *file, const struct fix *fix,
    json_t *warned, struct err *err)
{
	AUTO(value) json_t *body = json_copy(fix->body);
	value_set_text(body, "line", fix->row.line);
	value_set_text(body, "disposition", fix->row.disposition);
	value_set_text(body, "text",
	    ask_print(
		ask, "Line %s: %s.", fix->row.line, fix->row.disposition));
	if (!case_tell(ask, file, "fix", "team", body, err))
		return false;
	size_t i;
	json_t *text;
	json_array_foreach(warned, i, text)
	{
		AUTO(value)
		json_t *warning = json_pack(
		    "{s:O, s:s}", "text", text, "line", fix->row.line);
		if (!case_tell(ask, file, "warning", "team", warning, err))
			return false;
	}
	return true;
}

static bool
set(struct ask *ask, struct casefile *file, struct fixes *fixes,
    struct fix *fix, const struct line_book *book, struct err *err)
{
	unsigned before = fix_letters(fix);
	fix->row.disposition = ask_text(ask, "disposition");
	take_texts(ask, fix->body);
	value_set_text(fix->body, "accepted_by",
	    strcmp(fix->row.disposition, "pending") == 0 ? ask->actor->name
							 : NULL);
	value_set_text(fix->body, "confirmed_by", ask->actor->name);
	AUTO(value) json_t *warned = NULL;
	if (!take_instants(ask, fix, err) || !take_tag(ask, fix, err) ||
	    !check(ask, file, fix, book, err))
		return false;
	warned = warnings(ask, file, fix, fixes);
	return land(ask, file, fix, err) &&
	       say(ask, file, before, fix_letters(fix), err) &&
	       tell(ask, file, fix, warned, err) && case_save(ask, file, err);
}

bool
do_fix_set(struct ask *ask, json_t **ret, struct err *err)
{
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(fixes) struct fixes fixes = { 0 };
	struct line_book book;
	struct fix fix = { 0 };
	if (!is_own_line(ask, ask_text(ask, "line"), err) ||
	    !case_open(ask, &file, err) || !fix_list(ask, &file, &fixes, err) ||
	    !line_book(ask, &book, err) ||
	    !find_row(ask, &fixes, &book, &fix, err))
		return false;
	bool done = set(ask, &file, &fixes, &fix, &book, err);
	char vfd[CS_TEXT];
	if (done) {
		*ret = json_pack("{s:s, s:s, s:I}", "line", fix.row.line,
		    "disposition", fix.row.disposition, "revision",
		    (json_int_t)file.row.revision);
		value_set_text(
		    *ret, "vfd", cs_print_vfd(fix_letters(&fix), vfd));
	}
	json_decref(fix.body);
	return done;
}
