-- deadline_of many max=200 (object text, object_id int) -> (kind text, due_at time, warn_at time, done_at time, warned_at time)
--: The deadlines of one object, the next first.
SELECT kind, due_at, warn_at, done_at, warned_at FROM deadline
WHERE object = $1 AND object_id = $2 ORDER BY due_at, kind;

-- deadline_put exec (object text, object_id int, kind text, due_at time, warn_at time, done_at time)
--: Writes a computed deadline; what was warned before stays known.
INSERT INTO deadline (object, object_id, kind, due_at, warn_at, done_at,
  warned_at)
VALUES ($1, $2, $3, $4, $5, $6, 0)
ON CONFLICT (object, object_id, kind) DO UPDATE SET due_at = excluded.due_at,
  warn_at = excluded.warn_at, done_at = excluded.done_at;

-- deadline_drop exec (object text, object_id int, kind text)
--: Takes a deadline away that no rule asks for any more.
DELETE FROM deadline WHERE object = $1 AND object_id = $2 AND kind = $3;

-- deadline_warn many (now time) -> (object text, object_id int, kind text, due_at time, warn_at time)
--: Open deadlines whose reminder is due, at most 200 at a time.
SELECT object, object_id, kind, due_at, warn_at FROM deadline
WHERE done_at = 0 AND warn_at <> 0 AND warn_at <= $1
ORDER BY warn_at, object, object_id, kind LIMIT 200;

-- deadline_warned exec (object text, object_id int, kind text, warned_at time, warn_at time)
--: A reminder went out; warn_at is the next one, or 0.
UPDATE deadline SET warned_at = $4, warn_at = $5
WHERE object = $1 AND object_id = $2 AND kind = $3;

-- deadline_near many max=20000 (kind text, after time, until time) -> (case_id int, due_at time)
--: Cases in which this is not done and due in this time.
SELECT object_id AS case_id, due_at FROM deadline
WHERE object = 'case' AND kind = $1 AND done_at = 0 AND due_at > $2
  AND due_at <= $3 ORDER BY due_at, object_id;

-- deadline_open many max=20000 (due_at time) -> (object text, object_id int, kind text, due_at time, warned_at time)
--: Everything that is due until then and not done, object by object.
SELECT object, object_id, kind, due_at, warned_at FROM deadline
WHERE done_at = 0 AND due_at <= $1 ORDER BY object, object_id, due_at, kind;

-- scope_holders many (kind text, value_tag blob) -> (account_id int)
--: Accounts with this scope, for example managers of a release line.
SELECT account_id FROM account_scope
WHERE kind = $1 AND value_tag = $2 ORDER BY account_id;

-- deadline_notices guarded one (case_id int) -> (alerted_at time, listed_at time)
--: When the makers were first alerted, and last written to, 0 if never.
SELECT COALESCE(MIN(CASE WHEN kind = 'triaged' THEN at END), 0) AS alerted_at,
  COALESCE(MAX(CASE WHEN kind IN ('triaged', 'periodic') THEN at END), 0)
    AS listed_at
FROM notice WHERE case_id = $1;

-- deadline_cve one (case_id int) -> (published_at time)
--: When the last CVE record of a case was published, 0 while one is not.
SELECT COALESCE(CASE WHEN COUNT(*) = SUM(CASE WHEN state = 'published'
  THEN 1 ELSE 0 END) THEN MAX(changed_at) ELSE 0 END, 0) AS published_at
FROM cve WHERE case_id = $1;

-- deadline_receipt guarded one (id int) -> (maker_id int, case_id int)
--: Whose notice a receipt is about.
SELECT maker_id, case_id FROM receipt WHERE id = $1;
