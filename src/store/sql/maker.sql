-- maker_insert guarded exec (id int, kind text, state text, tier text, key_id int, body blob, category text, alias_tag blob, terms text, now time)
--: A new maker at revision 1, not on the public list.
INSERT INTO maker (id, kind, state, tier, revision, key_id, body, public_name,
  public_domain, category, alias_tag, terms, terms_at, submitted_at, active_at,
  reviewed_at, review_at, alias_at, state_at, changed_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, '', '', $7, $8, $9, $10, $10, 0, 0, 0, 0,
  $10, $10);

-- maker_by_id guarded one (id int) -> (id int, kind text, state text, tier text, revision int, key_id int, body blob, public_name text, public_domain text, category text, alias_tag blob, terms text, terms_at time, submitted_at time, active_at time, reviewed_at time, review_at time, alias_at time, state_at time, changed_at time)
--: One maker.
SELECT id, kind, state, tier, revision, key_id, body, public_name,
  public_domain, category, alias_tag, terms, terms_at, submitted_at, active_at,
  reviewed_at, review_at, alias_at, state_at, changed_at
FROM maker WHERE id = $1;

-- maker_all guarded many max=20000 (state text) -> maker_by_id
--: Makers of one state, or ('') all, newest application first.
SELECT id, kind, state, tier, revision, key_id, body, public_name,
  public_domain, category, alias_tag, terms, terms_at, submitted_at, active_at,
  reviewed_at, review_at, alias_at, state_at, changed_at
FROM maker WHERE $1 = '' OR state = $1 ORDER BY submitted_at DESC, id;

-- maker_update guarded exec (id int, revision int, state text, tier text, next_revision int, body blob, public_name text, public_domain text, category text, alias_tag blob, terms text, terms_at time, submitted_at time, active_at time, reviewed_at time, review_at time, alias_at time, state_at time, changed_at time)
--: Writes a maker if the application still has this revision. 0 rows: somebody
--: else was faster.
UPDATE maker SET state = $3, tier = $4, revision = $5, body = $6,
  public_name = $7, public_domain = $8, category = $9, alias_tag = $10,
  terms = $11, terms_at = $12, submitted_at = $13, active_at = $14,
  reviewed_at = $15, review_at = $16, alias_at = $17, state_at = $18,
  changed_at = $19
WHERE id = $1 AND revision = $2;

-- maker_same_alias guarded many (alias_tag blob, id int) -> (id int, state text, submitted_at time)
--: Other records with the same role address.
SELECT id, state, submitted_at FROM maker
WHERE alias_tag = $1 AND id <> $2 ORDER BY submitted_at DESC, id;

-- maker_criterion_put guarded exec (maker_id int, criterion text, answer text, looked_at time, actor_id int, body blob)
--: Answers one criterion, replacing the old answer.
INSERT INTO maker_criterion (maker_id, criterion, answer, looked_at, actor_id,
  body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (maker_id, criterion) DO UPDATE SET answer = excluded.answer,
  looked_at = excluded.looked_at, actor_id = excluded.actor_id,
  body = excluded.body;

-- maker_criteria guarded many (maker_id int) -> (criterion text, answer text, looked_at time, actor_id int, body blob)
--: What was answered so far, C1 first.
SELECT criterion, answer, looked_at, actor_id, body FROM maker_criterion
WHERE maker_id = $1 ORDER BY criterion;

-- maker_event_insert guarded exec (id int, maker_id int, at time, kind text, from_state text, to_state text, actor_id int, public_class text, body blob)
--: The next event of a maker.
INSERT INTO maker_event (id, maker_id, seq, at, kind, from_state, to_state,
  actor_id, public_class, body)
VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM maker_event
  WHERE maker_id = $2), $3, $4, $5, $6, $7, $8, $9);

-- maker_events guarded many max=5000 (maker_id int) -> (id int, seq int, at time, kind text, from_state text, to_state text, actor_id int, public_class text, body blob)
--: The history of a maker, newest first.
SELECT id, seq, at, kind, from_state, to_state, actor_id, public_class, body
FROM maker_event WHERE maker_id = $1 ORDER BY seq DESC;

-- maker_public_list guarded many max=20000 () -> (public_name text, public_domain text, category text, active_at time, reviewed_at time)
--: Members as the public may see them; a confidential one has no name.
SELECT public_name, public_domain, category, active_at, reviewed_at FROM maker
WHERE state IN ('active', 'unreachable') ORDER BY public_name, active_at, id;

-- maker_public_events guarded many max=20000 () -> (at time, public_class text, public_name text)
--: What the public history says, newest first.
SELECT e.at, e.public_class, m.public_name FROM maker_event e
JOIN maker m ON m.id = e.maker_id
WHERE e.public_class <> '' ORDER BY e.at DESC, e.seq DESC;

-- maker_refusals guarded many () -> (criterion text, total int)
--: How often each criterion was the reason of a refusal.
SELECT c.criterion, COUNT(*) AS total FROM maker_criterion c
JOIN maker m ON m.id = c.maker_id
WHERE m.state = 'refused' AND c.answer = 'no'
GROUP BY c.criterion ORDER BY c.criterion;

-- maker_account_put exec (maker_id int, account_id int, seat text, since time)
--: A person acts for a maker from now on.
INSERT INTO maker_account (maker_id, account_id, seat, since, until)
VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (maker_id, account_id) DO UPDATE SET seat = excluded.seat,
  since = excluded.since, until = 0;

-- maker_account_end exec (maker_id int, account_id int, now time)
--: A person acts for a maker no longer; 0 rows when he did not.
UPDATE maker_account SET until = $3
WHERE maker_id = $1 AND account_id = $2 AND (until = 0 OR until > $3);

-- maker_account_end_all exec (maker_id int, now time)
--: Nobody acts for a maker any longer.
UPDATE maker_account SET until = $2
WHERE maker_id = $1 AND (until = 0 OR until > $2);

-- maker_accounts many (maker_id int) -> (account_id int, seat text, since time, until time)
--: Persons who act or acted for a maker.
SELECT account_id, seat, since, until FROM maker_account
WHERE maker_id = $1 ORDER BY since, account_id;

-- maker_seats one (maker_id int, now time) -> (found int)
--: How many persons act for a maker now.
SELECT COUNT(*) FROM maker_account
WHERE maker_id = $1 AND (until = 0 OR until > $2);

-- maker_bounces guarded one (maker_id int, since time) -> (found int)
--: How many mails to a maker bounced since then.
SELECT COUNT(*) FROM receipt
WHERE maker_id = $1 AND delivery = 'bounced' AND delivered_at > $2;

-- maker_mails_cancel exec (pattern text, done_at time)
--: Takes back the mails not yet sent whose key looks so.
UPDATE outbox SET state = 'cancelled', done_at = $2
WHERE state = 'queued' AND key LIKE $1;
