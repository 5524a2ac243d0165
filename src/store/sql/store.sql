-- What the store itself needs: keys, the ledger, counters.

-- vault_key_get one (id int) -> (scope text, version int, wrapped blob?, destroyed_at time)
--: One wrapped key; wrapped is absent when it was destroyed.
SELECT scope, version, wrapped, destroyed_at FROM vault_key WHERE id = $1;

-- vault_key_first one (scope text) -> (id int)
--: The oldest living key of a scope: the house's own.
SELECT id FROM vault_key WHERE scope = $1 AND destroyed_at = 0
ORDER BY created_at, id LIMIT 1;

-- vault_key_list many (after int) -> (id int, scope text, version int, wrapped blob)
--: Living keys in the order of their ids, 500 at a time, for rekeying.
SELECT id, scope, version, wrapped FROM vault_key
WHERE id > $1 AND destroyed_at = 0 ORDER BY id LIMIT 500;

-- vault_key_add exec (id int, scope text, version int, wrapped blob, created_at time)
--: A new wrapped key.
INSERT INTO vault_key (id, scope, version, wrapped, created_at, destroyed_at)
VALUES ($1, $2, $3, $4, $5, 0);

-- vault_key_wrap exec (id int, wrapped blob)
--: The same key under another master key.
UPDATE vault_key SET wrapped = $2 WHERE id = $1 AND destroyed_at = 0;

-- vault_key_destroy exec (id int, at time)
--: Forgets the wrapped bytes: what was sealed under the key is gone.
UPDATE vault_key SET wrapped = NULL, destroyed_at = $2
WHERE id = $1 AND destroyed_at = 0;

-- audit_last one () -> (seq int, hash blob)
--: Head of the ledger.
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

-- audit_add exec (seq int, at time, actor_kind text, actor_id int, op text, object text, outcome text, body blob?, prev blob, hash blob)
--: Appends a row; ledger.h makes its hash.
INSERT INTO audit (seq, at, actor_kind, actor_id, op, object, outcome, body,
  prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- audit_page many (after int) -> (seq int, at time, actor_kind text, actor_id int, op text, object text, outcome text, body blob?, prev blob, hash blob)
--: Rows in order, 500 at a time, after a sequence number.
SELECT seq, at, actor_kind, actor_id, op, object, outcome, body, prev, hash
FROM audit WHERE seq > $1 ORDER BY seq LIMIT 500;

-- counter_next insert (name text) -> (value int)
--: The next number of a counter, 1 at first.
INSERT INTO counter (name, value) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET value = counter.value + 1
RETURNING value;

-- setting_get one (name text) -> (value text, changed_at time)
--: A fact about this installation.
SELECT value, changed_at FROM setting WHERE name = $1;

-- setting_put exec (name text, value text, at time)
--: Writes a fact about this installation, replacing the old one.
INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value,
  changed_at = excluded.changed_at;
