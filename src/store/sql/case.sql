-- case_insert guarded exec (id int, number text, state text, rm text, channel text, key_id int, body blob, content_hash text, reporter_tag blob?, received_at time, em text, embargo_number int, pxa text)
--: A new case, at revision 1. reporter_tag is of the address he gave, if any.
INSERT INTO cases (id, number, state, revision, rm, channel, key_id, body,
  content_hash, area_tag, assignee_id, reporter_id, reporter_tag,
  received_at, acknowledged_at, analysed_at, decided_at, fix_public_at,
  fix_available_at, disclosed_at, em, embargo_number, embargo_ends_at, pxa,
  changed_at)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, NULL, 0, 0, $9, $10, 0, 0, 0, 0, 0,
  0, $11, $12, 0, $13, $10);

-- case_by_number guarded one (number text) -> (id int, number text, state text, revision int, rm text, channel text, key_id int, body blob, content_hash text, area_tag blob?, assignee_id int, reporter_id int, received_at time, acknowledged_at time, analysed_at time, decided_at time, fix_public_at time, fix_available_at time, disclosed_at time, em text, embargo_number int, embargo_ends_at time, pxa text, changed_at time)
--: One case by its number.
SELECT id, number, state, revision, rm, channel, key_id, body, content_hash,
  area_tag, assignee_id, reporter_id, received_at, acknowledged_at,
  analysed_at, decided_at, fix_public_at, fix_available_at, disclosed_at, em,
  embargo_number, embargo_ends_at, pxa, changed_at
FROM cases WHERE number = $1;

-- case_by_id guarded one (id int) -> case_by_number
--: One case by its row id.
SELECT id, number, state, revision, rm, channel, key_id, body, content_hash,
  area_tag, assignee_id, reporter_id, received_at, acknowledged_at,
  analysed_at, decided_at, fix_public_at, fix_available_at, disclosed_at, em,
  embargo_number, embargo_ends_at, pxa, changed_at
FROM cases WHERE id = $1;

-- case_ids guarded many max=1000000 () -> (id int)
--: Every case, oldest first.
SELECT id FROM cases ORDER BY received_at, id;

-- case_update guarded exec (id int, revision int, state text, rm text, body blob, area_tag blob?, assignee_id int, acknowledged_at time, analysed_at time, decided_at time, fix_public_at time, fix_available_at time, disclosed_at time, em text, embargo_number int, embargo_ends_at time, pxa text, changed_at time)
--: Writes a case if it still has this revision, and makes the next revision.
--: 0 rows: somebody else was faster.
UPDATE cases SET revision = revision + 1, state = $3, rm = $4, body = $5,
  area_tag = $6, assignee_id = $7, acknowledged_at = $8, analysed_at = $9,
  decided_at = $10, fix_public_at = $11, fix_available_at = $12,
  disclosed_at = $13, em = $14, embargo_number = $15, embargo_ends_at = $16,
  pxa = $17, changed_at = $18
WHERE id = $1 AND revision = $2;

-- event_insert guarded exec (id int, case_id int, at time, kind text, audience text, actor_kind text, actor_id int, revision int, body blob)
--: The next event of a case.
INSERT INTO case_event (id, case_id, seq, at, kind, audience, actor_kind,
  actor_id, revision, body)
VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM case_event
  WHERE case_id = $2), $3, $4, $5, $6, $7, $8, $9);

-- event_list guarded many max=5000 (case_id int) -> (id int, seq int, at time, kind text, audience text, actor_kind text, actor_id int, revision int, body blob)
--: The time line of a case, oldest first.
SELECT id, seq, at, kind, audience, actor_kind, actor_id, revision, body
FROM case_event WHERE case_id = $1 ORDER BY seq;

-- line_of_case guarded many (case_id int) -> (line text)
--: Names of the release lines a case has rows for.
SELECT line FROM fix WHERE case_id = $1 ORDER BY line;
