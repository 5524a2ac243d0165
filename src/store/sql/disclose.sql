-- disclose_embargoed guarded many max=100000 () -> (case_id int)
--: Cases with a fix whose embargo is in force and nothing published yet.
SELECT DISTINCT f.case_id FROM fix f JOIN cases c ON c.id = f.case_id
WHERE f.disposition IN ('fixed', 'merged') AND c.em IN ('A', 'R')
  AND c.state NOT IN ('public', 'rejected') AND c.embargo_ends_at > 0
  AND NOT EXISTS (SELECT 1 FROM advisory a WHERE a.case_id = f.case_id)
ORDER BY f.case_id;

-- disclose_cves many (case_id int) -> (id text, state text)
--: The live CVE ids of a case, in their order.
SELECT id, state FROM cve WHERE case_id = $1
  AND state IN ('reserved', 'published') ORDER BY year, serial;

-- disclose_publish_cves exec (case_id int, now time)
--: Its reserved ids are published from now on.
UPDATE cve SET state = 'published', changed_at = $2
WHERE case_id = $1 AND state = 'reserved';

-- approval_insert exec (case_id int, digest text, actor_id int, at time)
--: Approves documents with this digest; 0 rows when they were before.
INSERT INTO approval (case_id, digest, actor_id, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (case_id, digest) DO NOTHING;

-- approval_list many (case_id int) -> (digest text, actor_id int, at time)
--: Approvals of a case, newest first.
SELECT digest, actor_id, at FROM approval WHERE case_id = $1 ORDER BY at DESC;

-- approval_find one (case_id int, digest text) -> (digest text, actor_id int, at time)
--: The approval of documents with this digest.
SELECT digest, actor_id, at FROM approval WHERE case_id = $1 AND digest = $2;

-- act_insert exec (id int, kind text, now time, actor_id int)
--: A new act.
INSERT INTO act (id, kind, state, created_at, done_at, actor_id)
VALUES ($1, $2, 'running', $3, 0, $4);

-- act_list many max=200 () -> (id int, kind text, state text, created_at time, done_at time, actor_id int)
--: The newest acts.
SELECT id, kind, state, created_at, done_at, actor_id FROM act
ORDER BY created_at DESC, id DESC LIMIT 100;

-- act_finish exec (id int, now time)
--: Ends an act none of whose items waits.
UPDATE act SET state = 'done', done_at = $2 WHERE id = $1
  AND state = 'running' AND NOT EXISTS (SELECT 1 FROM act_item
    WHERE act_id = $1 AND state = 'waiting');

-- act_item_insert exec (act_id int, case_id int, due_at time, began_at time, digest text)
--: One case of an act.
INSERT INTO act_item (act_id, case_id, state, due_at, began_at, next_at, digest,
  error) VALUES ($1, $2, 'waiting', $3, $4, 0, $5, '');

-- act_item_open many (case_id int) -> (act_id int, due_at time, began_at time, digest text, error text)
--: Items of a case that still wait.
SELECT act_id, due_at, began_at, digest, error FROM act_item
WHERE case_id = $1 AND state = 'waiting';

-- act_item_replace exec (case_id int)
--: Puts aside what waits for a case and has not begun.
UPDATE act_item SET state = 'replaced'
WHERE case_id = $1 AND state = 'waiting' AND began_at = 0;

-- act_item_due guarded many max=1000 (now time) -> (act_id int, case_id int, kind text, actor_id int, began_at time, digest text)
--: Items whose instant has come: that of an embargo in force
--: moves with it, that of an ended one has come.
SELECT i.act_id, i.case_id, a.kind, a.actor_id, i.began_at, i.digest
FROM act_item i JOIN act a ON a.id = i.act_id JOIN cases c ON c.id = i.case_id
WHERE i.state = 'waiting' AND i.next_at <= $1
  AND (i.began_at > 0 OR $1 >= CASE
    WHEN a.kind = 'end' AND c.em IN ('A', 'R') THEN c.embargo_ends_at
    WHEN a.kind = 'end' AND c.em = 'X' THEN 0
    ELSE i.due_at END)
ORDER BY i.due_at, i.act_id, i.case_id;

-- act_item_begin exec (act_id int, case_id int, began_at time)
--: From here on the item is being disclosed; 0 rows when it was before.
UPDATE act_item SET began_at = $3, error = ''
WHERE act_id = $1 AND case_id = $2 AND state = 'waiting' AND began_at = 0;

-- act_item_end exec (act_id int, case_id int)
--: The item is disclosed.
UPDATE act_item SET state = 'done', error = ''
WHERE act_id = $1 AND case_id = $2 AND state = 'waiting';

-- act_item_fail exec (act_id int, case_id int, next_at time, error text)
--: Says why an item did not go on, and when it is tried again.
UPDATE act_item SET next_at = $3, error = $4
WHERE act_id = $1 AND case_id = $2 AND state = 'waiting';

-- act_items guarded many max=5000 (act_id int) -> (case_id int, number text, key_id int, body blob, state text, due_at time, began_at time, error text, em text, embargo_ends_at time)
--: The items of an act with their cases.
SELECT i.case_id, c.number, c.key_id, c.body, i.state, i.due_at, i.began_at,
  i.error, c.em, c.embargo_ends_at
FROM act_item i JOIN cases c ON c.id = i.case_id
WHERE i.act_id = $1 ORDER BY i.due_at, c.number;

-- act_steps many max=50000 (act_id int) -> (case_id int, step text, done_at time)
--: The steps of an act that are done.
SELECT case_id, step, done_at FROM act_step WHERE act_id = $1
ORDER BY case_id, done_at;

-- act_step_find one (act_id int, case_id int, step text) -> (done_at time)
--: When a step was done.
SELECT done_at FROM act_step
WHERE act_id = $1 AND case_id = $2 AND step = $3;

-- act_step_insert exec (act_id int, case_id int, step text, digest text, now time)
--: A step is done; 0 rows when it was before.
INSERT INTO act_step (act_id, case_id, step, digest, done_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (act_id, case_id, step) DO NOTHING;

-- advisory_insert exec (case_id int, revision int, case_revision int, published_at time, why text, value text)
--: A revision of an advisory.
INSERT INTO advisory (case_id, revision, case_revision, published_at, why,
  value) VALUES ($1, $2, $3, $4, $5, $6);

-- advisory_seen exec (case_id int, revision int, case_revision int)
--: The case is at this revision and says what the advisory says.
UPDATE advisory SET case_revision = $3 WHERE case_id = $1 AND revision = $2;

-- advisory_newest one (case_id int) -> (case_id int, revision int, case_revision int, published_at time, why text, value text)
--: The newest revision of an advisory.
SELECT case_id, revision, case_revision, published_at, why, value FROM advisory
WHERE case_id = $1 ORDER BY revision DESC LIMIT 1;

-- advisory_revisions many (case_id int) -> (revision int, published_at time, why text)
--: What happened to an advisory, oldest first.
SELECT revision, published_at, why FROM advisory
WHERE case_id = $1 ORDER BY revision;

-- advisory_count one () -> (total int)
--: How many advisories are public.
SELECT COUNT(*) AS total FROM advisory WHERE revision = 1;

-- advisory_latest many max=1000 (most int) -> advisory_newest
--: The newest revision of those published last.
SELECT a.case_id, a.revision, a.case_revision, f.published_at, a.why, a.value
FROM advisory a JOIN advisory f ON f.case_id = a.case_id AND f.revision = 1
WHERE a.revision = (SELECT MAX(b.revision) FROM advisory b
  WHERE b.case_id = a.case_id)
ORDER BY f.published_at DESC, a.case_id LIMIT $1;

-- advisory_page many max=1000 (after int, most int) -> advisory_newest
--: The newest revision of every advisory, in pages by case id.
SELECT a.case_id, a.revision, a.case_revision, a.published_at, a.why, a.value
FROM advisory a WHERE a.case_id > $1
  AND a.revision = (SELECT MAX(b.revision) FROM advisory b
    WHERE b.case_id = a.case_id)
ORDER BY a.case_id LIMIT $2;

-- advisory_stale guarded many max=500 () -> (case_id int, number text, revision int, published_at time)
--: Advisories whose case or branches changed since.
SELECT a.case_id, c.number, a.revision, a.published_at
FROM advisory a JOIN cases c ON c.id = a.case_id
WHERE c.state = 'public' AND a.revision = (SELECT MAX(b.revision)
    FROM advisory b WHERE b.case_id = a.case_id)
  AND (c.revision <> a.case_revision OR EXISTS (SELECT 1 FROM fix f
    WHERE f.case_id = a.case_id AND f.changed_at > a.published_at))
ORDER BY c.number LIMIT 500;

-- disclose_accepted guarded many max=500 () -> case_by_number
--: Cases whose fix is merged, the next to end first.
SELECT id, number, state, revision, rm, channel, key_id, body, content_hash,
  area_tag, assignee_id, reporter_id, received_at, acknowledged_at,
  analysed_at, decided_at, fix_public_at, fix_available_at, disclosed_at, em,
  embargo_number, embargo_ends_at, pxa, changed_at
FROM cases WHERE state = 'accepted' ORDER BY embargo_ends_at, number LIMIT 500;
