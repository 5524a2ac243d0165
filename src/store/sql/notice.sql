-- notice_insert guarded exec (id int, case_id int, kind text, at time, actor_id int, body blob)
--: A notice about a case.
INSERT INTO notice (id, case_id, kind, at, actor_id, body)
VALUES ($1, $2, $3, $4, $5, $6);

-- notice_list guarded many (case_id int) -> (id int, kind text, at time, actor_id int)
--: The notices of a case, oldest first.
SELECT id, kind, at, actor_id FROM notice WHERE case_id = $1 ORDER BY at, id;

-- notice_had guarded one (case_id int, maker_id int, kind text) -> (found int)
--: How many notices of a kind a maker got about a case.
SELECT COUNT(*) FROM receipt r JOIN notice n ON n.id = r.notice_id
WHERE r.case_id = $1 AND r.maker_id = $2 AND n.kind = $3;

-- notice_cve one (case_id int) -> (id text)
--: The CVE id of a case.
SELECT id FROM cve WHERE case_id = $1 AND state IN ('reserved', 'published')
ORDER BY id LIMIT 1;

-- notice_lines guarded many (case_id int) -> (line text, disposition text, required int, due_at time, merged_at time, released_at time)
--: The branches of a case without their texts.
SELECT line, disposition, required, due_at, merged_at, released_at FROM fix
WHERE case_id = $1 ORDER BY line;

-- receipt_insert guarded exec (id int, notice_id int, case_id int, maker_id int)
--: The receipt of one recipient of a notice.
INSERT INTO receipt (id, notice_id, case_id, maker_id, delivery, delivered_at,
  opened_at, acknowledged_at) VALUES ($1, $2, $3, $4, 'queued', 0, 0, 0);

-- receipt_list guarded many max=20000 (case_id int) -> (id int, maker_id int, kind text, at time, delivery text, delivered_at time, opened_at time, acknowledged_at time)
--: Receipts of a case with the kind of their notice, oldest first.
SELECT r.id, r.maker_id, n.kind, n.at, r.delivery, r.delivered_at,
  r.opened_at, r.acknowledged_at
FROM receipt r JOIN notice n ON n.id = r.notice_id
WHERE r.case_id = $1 ORDER BY n.at, n.id, r.maker_id;

-- receipt_of_maker guarded many (case_id int, maker_id int) -> receipt_list
--: Receipts of one maker for a case, oldest first.
SELECT r.id, r.maker_id, n.kind, n.at, r.delivery, r.delivered_at,
  r.opened_at, r.acknowledged_at
FROM receipt r JOIN notice n ON n.id = r.notice_id
WHERE r.case_id = $1 AND r.maker_id = $2 ORDER BY n.at, n.id;

-- receipt_opened guarded exec (id int, now time)
--: First opening of what a receipt is for.
UPDATE receipt SET opened_at = $2 WHERE id = $1 AND opened_at = 0;

-- receipt_acknowledged guarded exec (case_id int, maker_id int, now time)
--: A maker acknowledges everything it got about a case.
UPDATE receipt SET acknowledged_at = $3
WHERE case_id = $1 AND maker_id = $2 AND acknowledged_at = 0;

-- receipt_waiting guarded many max=20000 (before time) -> (id int, maker_id int, case_id int, at time)
--: Receipts not acknowledged of notices older than this, their grant alive.
SELECT r.id, r.maker_id, r.case_id, n.at
FROM receipt r JOIN notice n ON n.id = r.notice_id
JOIN grants g ON g.case_id = r.case_id AND g.maker_id = r.maker_id
WHERE r.acknowledged_at = 0 AND n.kind IN ('triaged', 'merged', 'granted')
  AND n.at <= $1 AND g.until_at = 0 ORDER BY n.at, r.id;

-- grant_put guarded exec (case_id int, maker_id int, fields text, from_at time, actor_id int, body blob)
--: Gives a maker what a grant set names, from now until it is ended.
INSERT INTO grants (case_id, maker_id, fields, from_at, until_at, actor_id,
  body) VALUES ($1, $2, $3, $4, 0, $5, $6)
ON CONFLICT (case_id, maker_id) DO UPDATE SET fields = excluded.fields,
  from_at = excluded.from_at, until_at = 0, actor_id = excluded.actor_id,
  body = excluded.body;

-- grant_stop guarded exec (case_id int, maker_id int, now time)
--: Ends a maker's access to a case; 0 rows when there was none.
UPDATE grants SET until_at = $3
WHERE case_id = $1 AND maker_id = $2 AND (until_at = 0 OR until_at > $3);

-- grant_stop_case guarded exec (case_id int, now time)
--: Ends all grants of a case.
UPDATE grants SET until_at = $2
WHERE case_id = $1 AND (until_at = 0 OR until_at > $2);

-- grant_stop_maker guarded exec (maker_id int, now time)
--: Ends all grants of a maker.
UPDATE grants SET until_at = $2
WHERE maker_id = $1 AND (until_at = 0 OR until_at > $2);

-- grant_list guarded many max=20000 (case_id int) -> (maker_id int, fields text, from_at time, until_at time, actor_id int, body blob)
--: Who was given access to a case, oldest first.
SELECT maker_id, fields, from_at, until_at, actor_id, body FROM grants
WHERE case_id = $1 ORDER BY from_at, maker_id;

-- grant_of_maker guarded many (maker_id int) -> (case_id int, number text, from_at time, until_at time)
--: The cases a maker was given access to, newest first.
SELECT g.case_id, c.number, g.from_at, g.until_at FROM grants g
JOIN cases c ON c.id = g.case_id
WHERE g.maker_id = $1 ORDER BY g.from_at DESC, g.case_id;

-- grant_holders guarded many max=20000 (now time) -> (maker_id int, found int)
--: Makers with grants that live now, and how many.
SELECT maker_id, COUNT(*) AS found FROM grants
WHERE from_at <= $1 AND (until_at = 0 OR until_at > $1)
GROUP BY maker_id ORDER BY maker_id;

-- notice_unlisted guarded many max=20000 (since time) -> (case_id int)
--: Cases whose regular mail is owed and that no mail named since then.
SELECT d.object_id AS case_id FROM deadline d
WHERE d.object = 'case' AND d.kind = 'list' AND d.done_at = 0
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.case_id = d.object_id
    AND n.kind IN ('triaged', 'periodic') AND n.at >= $1)
ORDER BY d.object_id;

-- alert_mine guarded many (account_id int, now time, terms text, grace_from time) -> (case_id int, maker_id int, fields text, from_at time, body blob)
--: What an account may read as a contact of entitled makers, newest first. The
--: same conditions as grant_live.
SELECT g.case_id, g.maker_id, g.fields, g.from_at, g.body FROM grants g
JOIN maker m ON m.id = g.maker_id
JOIN maker_account a ON a.maker_id = m.id
WHERE a.account_id = $1
  AND g.from_at <= $2 AND (g.until_at = 0 OR g.until_at > $2)
  AND (a.until = 0 OR a.until > $2)
  AND (m.state = 'active' OR (m.state = 'unreachable' AND m.state_at > $4))
  AND m.terms = $3 ORDER BY g.from_at DESC, g.case_id, g.maker_id;

-- alert_past guarded many (account_id int, now time) -> (case_id int, maker_id int, until_at time)
--: Grants of an account's makers that ended, newest first.
SELECT g.case_id, g.maker_id, g.until_at FROM grants g
JOIN maker_account a ON a.maker_id = g.maker_id
WHERE a.account_id = $1 AND (a.until = 0 OR a.until > $2)
  AND g.until_at <> 0 AND g.until_at <= $2
ORDER BY g.until_at DESC, g.case_id LIMIT 200;

-- statement_insert guarded exec (id int, case_id int, maker_id int, status text, at time, actor_id int, body blob)
--: What a maker says of its products.
INSERT INTO statement (id, case_id, maker_id, status, at, actor_id, body)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- statement_of_case guarded many max=5000 (case_id int) -> (id int, case_id int, maker_id int, status text, at time, actor_id int, body blob)
--: What was stated about a case, newest first.
SELECT id, case_id, maker_id, status, at, actor_id, body FROM statement
WHERE case_id = $1 ORDER BY at DESC, id DESC;

-- statement_mine guarded many (account_id int, now time) -> statement_of_case
--: What an account's makers stated, newest first.
SELECT s.id, s.case_id, s.maker_id, s.status, s.at, s.actor_id, s.body
FROM statement s JOIN maker_account a ON a.maker_id = s.maker_id
WHERE a.account_id = $1 AND (a.until = 0 OR a.until > $2)
ORDER BY s.at DESC, s.id DESC LIMIT 1000;
