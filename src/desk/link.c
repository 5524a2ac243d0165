#include "desk/link.h"

#include "os/random.h"
#include "store/statements.h"

bool
link_new(struct ask *ask, const char *purpose, int64_t object_id,
    int64_t expires_at, const char **ret, struct err *err)
{
	int64_t count;
	char *secret = arena_get(ask->arena, RANDOM_TOKEN_256);
	if (secret == NULL)
		return err_set(err, ERR_LIMIT, NULL, "memory is short");
	random_token_256(secret);
	if (!q_link_insert(ask->db, ask_hash(ask, purpose, secret), purpose,
		object_id, ask->real_now, expires_at, &count, err))
		return false;
	*ret = secret;
	return true;
}

bool
link_find(struct ask *ask, const char *purpose, const char *secret, bool once,
    int64_t *ret, struct err *err)
{
	struct row_link_find row;
	if (!q_link_find(ask->db, ask->arena, ask_hash(ask, purpose, secret),
		purpose, ask->real_now, &row, err))
		return false;
	if (once && row.used_at != 0)
		return err_set(err, ERR_MISSING, "link",
		    "this link was used before; ask for a new one");
	*ret = row.object_id;
	return true;
}

bool
link_use(
    struct ask *ask, const char *purpose, const char *secret, struct err *err)
{
	int64_t count;
	if (!q_link_use(ask->db, ask_hash(ask, purpose, secret), ask->real_now,
		&count, err))
		return false;
	if (count == 0)
		return err_set(err, ERR_MISSING, "link",
		    "this link was used before; ask for a new one");
	return true;
}
