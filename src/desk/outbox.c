#include "desk/outbox.h"

#include "store/statements.h"

#define PLACE_BODY "outbox.body"

bool
outbox_add(struct ask *ask, const char *key, const char *kind,
    int64_t receipt_id, const char *to, const char *subject, const char *text,
    struct err *err)
{
	AUTO(value)
	json_t *body = json_pack(
	    "{s:s, s:s, s:s}", "to", to, "subject", subject, "text", text);
	struct str sealed;
	int64_t id = db_id_new();
	int64_t key_id = ask_house_key(ask);
	int64_t count;
	if (!ask_seal(ask, key_id, PLACE_BODY, id, body, &sealed, err))
		return false;
	return q_outbox_insert(ask->db, id, key, kind, receipt_id, key_id,
	    sealed, ask->now, ask->real_now, &count, err);
}
