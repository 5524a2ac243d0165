-- audit_view many max=500 (object text, before int, most int) -> (seq int, at time, actor_kind text, actor_id int, op text, object text, outcome text, body blob?)
--: Rows of the ledger older than one, newest first, of one object or ('') all.
SELECT seq, at, actor_kind, actor_id, op, object, outcome, body FROM audit
WHERE ($1 = '' OR object = $1) AND seq < $2 ORDER BY seq DESC LIMIT $3;
