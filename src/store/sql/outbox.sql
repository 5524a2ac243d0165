-- outbox_insert exec (id int, key text, kind text, receipt_id int, key_id int, body blob, now time, next_at time)
--: Queues a mail; 0 rows when its key was queued before.
INSERT INTO outbox (id, key, kind, state, receipt_id, key_id, body, attempts,
  created_at, next_at, lease_until, done_at, code, reply)
VALUES ($1, $2, $3, 'queued', $4, $5, $6, 0, $7, $8, 0, 0, 0, '')
ON CONFLICT (key) DO NOTHING;

-- outbox_lease many (now time, lease_until time, most int) -> (id int, key_id int, body blob, receipt_id int, attempts int)
--: Takes the next mails to send, and those whose sender died.
UPDATE outbox SET state = 'leased', lease_until = $2, attempts = attempts + 1
WHERE id IN (SELECT id FROM outbox
  WHERE (state = 'queued' AND next_at <= $1)
     OR (state = 'leased' AND lease_until <= $1)
  ORDER BY next_at, id LIMIT $3)
RETURNING id, key_id, body, receipt_id, attempts;

-- outbox_get one (id int) -> (id int, state text, receipt_id int, attempts int, kind text)
--: One mail without its text.
SELECT id, state, receipt_id, attempts, kind FROM outbox WHERE id = $1;

-- outbox_done exec (id int, state text, done_at time, code int, reply text)
--: Settles a leased mail: sent, bounced or failed.
UPDATE outbox SET state = $2, done_at = $3, code = $4, reply = $5,
  lease_until = 0 WHERE id = $1 AND state = 'leased';

-- outbox_again exec (id int, next_at time, code int, reply text)
--: Queues a leased mail for a later try.
UPDATE outbox SET state = 'queued', next_at = $2, code = $3, reply = $4,
  lease_until = 0 WHERE id = $1 AND state = 'leased';

-- outbox_requeue exec (id int, now time)
--: Queues a bounced or failed mail again, by hand.
UPDATE outbox SET state = 'queued', next_at = $2, attempts = 0, done_at = 0
WHERE id = $1 AND state IN ('bounced', 'failed');

-- outbox_recent many max=500 (state text) -> (id int, kind text, state text, attempts int, created_at time, next_at time, done_at time, code int, reply text, key_id int, body blob)
--: The newest mails, of one state or ('') of all.
SELECT id, kind, state, attempts, created_at, next_at, done_at, code, reply,
  key_id, body FROM outbox WHERE $1 = '' OR state = $1
ORDER BY created_at DESC, id DESC LIMIT 500;

-- outbox_totals many () -> (state text, total int)
--: How many mails there are in each state.
SELECT state, COUNT(*) AS total FROM outbox GROUP BY state ORDER BY state;

-- receipt_delivered guarded exec (id int, delivery text, delivered_at time)
--: What became of the mail of one receipt.
UPDATE receipt SET delivery = $2, delivered_at = $3 WHERE id = $1;
