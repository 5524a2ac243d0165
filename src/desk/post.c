#include "desk/post.h"

#include "desk/account.h"
#include "desk/outbox.h"

#include <string.h>

static bool
send(struct ask *ask, const struct account *account, const struct post *post,
    struct err *err)
{
	const char *key =
	    ask_print(ask, "%s:%lld", post->key, (long long)account->row.id);
	return outbox_add(ask, key, post->kind, 0,
	    value_text(account->body, "email"), post->subject, post->text, err);
}

bool
post_account(struct ask *ask, int64_t account_id, const struct post *post,
    struct err *err)
{
	AUTO(account) struct account account = { 0 };
	struct err fault = { 0 };
	if (!account_open(ask, account_id, &account, &fault)) {
		if (fault.kind == ERR_MISSING)
			return true;
		*err = fault;
		return false;
	}
	if (strcmp(account.row.state, "active") != 0)
		return true;
	return send(ask, &account, post, err);
}

static bool
has_word(const char *words, const char *word)
{
	struct str rest = str_of(words);
	while (rest.ptr != NULL)
		if (str_eq(str_cut(&rest, ' '), word))
			return true;
	return false;
}

bool
post_role(
    struct ask *ask, const char *role, const struct post *post, struct err *err)
{
	struct row_account_by_id *rows;
	size_t count;
	if (!q_account_list(ask->db, ask->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (has_word(rows[i].roles, role) &&
		    !post_account(ask, rows[i].id, post, err))
			return false;
	return true;
}

bool
post_maker(
    struct ask *ask, int64_t maker_id, const struct post *post, struct err *err)
{
	struct row_contact_list *rows;
	size_t count;
	if (!q_contact_list(
		ask->db, ask->arena, maker_id, ask->now, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!post_account(ask, rows[i].account_id, post, err))
			return false;
	return true;
}
