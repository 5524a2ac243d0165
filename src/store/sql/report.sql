-- case_total_since guarded one (since time) -> (found int)
--: How many reports came since then, for the caps.
SELECT COUNT(*) AS found FROM cases WHERE received_at > $1;

-- case_quiet guarded many max=20000 (before time) -> (case_id int)
--: Open cases in which no person took a step since then, and nobody was told.
SELECT c.id AS case_id FROM cases c
WHERE c.state NOT IN ('public', 'rejected') AND c.received_at <= $1
  AND NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = c.id
    AND e.at > $1 AND (e.actor_kind <> 'system' OR e.kind = 'escalated'))
ORDER BY c.id;

-- reporter_totals guarded one (reporter_tag blob) -> (open int, accepted int, rejected int)
--: What became of the reports of one reporter (I-12).
SELECT COALESCE(SUM(CASE WHEN state IN ('public', 'rejected') THEN 0 ELSE 1
    END), 0) AS open,
  COALESCE(SUM(CASE WHEN state IN ('assigned', 'review', 'accepted', 'public')
    THEN 1 ELSE 0 END), 0) AS accepted,
  COALESCE(SUM(CASE WHEN state = 'rejected' THEN 1 ELSE 0 END), 0) AS rejected
FROM cases WHERE reporter_tag = $1;

-- reporter_cases guarded many (reporter_tag blob) -> case_ids
--: The cases of one reporter, newest first.
SELECT id FROM cases WHERE reporter_tag = $1
ORDER BY received_at DESC, id LIMIT 200;

-- attachment_insert guarded exec (id int, case_id int, size int, sha256 text, created_at time, body blob)
--: A file that came with a report; body is its sealed bytes.
INSERT INTO attachment (id, case_id, size, sha256, created_at, body)
VALUES ($1, $2, $3, $4, $5, $6);

-- attachment_list guarded many (case_id int) -> (id int, size int, sha256 text, created_at time)
--: The files of a case, without their bytes.
SELECT id, size, sha256, created_at FROM attachment
WHERE case_id = $1 ORDER BY created_at, id;

-- attachment_get guarded one (case_id int, id int) -> (id int, size int, sha256 text, body blob)
--: One file of a case.
SELECT id, size, sha256, body FROM attachment WHERE case_id = $1 AND id = $2;

-- participant_insert guarded exec (id int, case_id int, kind text, ref_id int, rm text, vfd text, pec text, asked_at time, answer_by time)
--: A new participant of a case; 0 rows when he takes part already.
INSERT INTO participant (id, case_id, kind, ref_id, rm, vfd, pec, asked_at,
  answer_by, signed_at, signed_number, signed_terms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '')
ON CONFLICT (case_id, kind, ref_id) DO NOTHING;

-- participant_find guarded one (case_id int, kind text, ref_id int) -> (id int, case_id int, kind text, ref_id int, rm text, vfd text, pec text, asked_at time, answer_by time, signed_at time, signed_number int, signed_terms text)
--: One participant of a case.
SELECT id, case_id, kind, ref_id, rm, vfd, pec, asked_at, answer_by, signed_at,
  signed_number, signed_terms
FROM participant WHERE case_id = $1 AND kind = $2 AND ref_id = $3;

-- participant_list guarded many max=2000 (case_id int) -> participant_find
--: Everybody who takes part in a case.
SELECT id, case_id, kind, ref_id, rm, vfd, pec, asked_at, answer_by, signed_at,
  signed_number, signed_terms
FROM participant WHERE case_id = $1 ORDER BY kind, ref_id;

-- participant_update guarded exec (id int, rm text, vfd text, pec text, asked_at time, answer_by time, signed_at time, signed_number int, signed_terms text)
--: Writes the states of a participant back.
UPDATE participant SET rm = $2, vfd = $3, pec = $4, asked_at = $5,
  answer_by = $6, signed_at = $7, signed_number = $8, signed_terms = $9
WHERE id = $1;

-- embargo_insert guarded exec (case_id int, number int, state text, ends_at time, terms text, at time, body blob)
--: A numbered proposal.
INSERT INTO embargo (case_id, number, state, ends_at, terms, at, body)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- embargo_list guarded many max=2000 (case_id int) -> (number int, state text, ends_at time, terms text, at time, body blob)
--: All terms of a case, oldest first.
SELECT number, state, ends_at, terms, at, body FROM embargo
WHERE case_id = $1 ORDER BY number;

-- message_last guarded one (case_id int) -> (number int, hash blob)
--: The newest row of a case's message ledger.
SELECT number, hash FROM case_message
WHERE case_id = $1 ORDER BY number DESC LIMIT 1;

-- message_insert guarded exec (case_id int, number int, at time, code text, from_id int, to_id int, revision int, prev blob, hash blob)
--: Appends to a case's message ledger (V-23).
INSERT INTO case_message (case_id, number, at, code, from_id, to_id, revision,
  prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- message_list guarded many max=5000 (case_id int) -> (number int, at time, code text, from_id int, to_id int, revision int, prev blob, hash blob)
--: The message ledger of a case, oldest first.
SELECT number, at, code, from_id, to_id, revision, prev, hash
FROM case_message WHERE case_id = $1 ORDER BY number;

-- pause_at one (at time) -> (id int, from_at time, until_at time, ended_at time, actor_id int, reason text, notice text)
--: The pause in force at an instant.
SELECT id, from_at, until_at, ended_at, actor_id, reason, notice FROM pause
WHERE from_at <= $1 AND until_at > $1 AND (ended_at = 0 OR ended_at > $1)
ORDER BY from_at DESC LIMIT 1;

-- pause_insert exec (id int, from_at time, until_at time, actor_id int, reason text, notice text)
--: Begins a pause.
INSERT INTO pause (id, from_at, until_at, ended_at, actor_id, reason, notice)
VALUES ($1, $2, $3, 0, $4, $5, $6);

-- pause_end exec (now time)
--: Ends the pause in force; 0 rows when there is none.
UPDATE pause SET ended_at = $1
WHERE from_at <= $1 AND until_at > $1 AND ended_at = 0;

-- pause_list many () -> pause_at
--: Every pause there was, newest first.
SELECT id, from_at, until_at, ended_at, actor_id, reason, notice FROM pause
ORDER BY from_at DESC;

-- advisory_find many max=1000 (pattern text, most int) -> (case_id int, value text)
--: The newest revisions of public advisories like a lower-case pattern, newest
--: first.
SELECT a.case_id, a.value FROM advisory a
WHERE a.revision = (SELECT MAX(b.revision) FROM advisory b
  WHERE b.case_id = a.case_id) AND LOWER(a.value) LIKE $1
ORDER BY (SELECT MIN(c.published_at) FROM advisory c
  WHERE c.case_id = a.case_id) DESC, a.case_id LIMIT $2;

-- reporter_cve many (case_id int) -> (id text)
--: The CVE ids a case was given.
SELECT id FROM cve WHERE case_id = $1 AND state <> 'rejected'
ORDER BY year, serial;

-- reporter_advisory one (case_id int) -> (published_at time, value text)
--: The newest public revision of a case's advisory.
SELECT published_at, value FROM advisory WHERE case_id = $1
ORDER BY revision DESC LIMIT 1;

-- case_statistics guarded one (since time) -> (received int, accepted int, rejected int, waiting int)
--: What became of the reports that came since then.
SELECT COUNT(*) AS received,
  COALESCE(SUM(CASE WHEN state IN ('assigned', 'review', 'accepted', 'public')
    THEN 1 ELSE 0 END), 0) AS accepted,
  COALESCE(SUM(CASE WHEN state = 'rejected' THEN 1 ELSE 0 END), 0) AS rejected,
  COALESCE(SUM(CASE WHEN state IN ('new', 'triage') THEN 1 ELSE 0 END), 0)
    AS waiting
FROM cases WHERE received_at > $1;

-- reporter_talk guarded one (case_id int) -> (bytes int)
--: How much a reporter wrote on his page, sealed.
SELECT COALESCE(SUM(LENGTH(body)), 0) AS bytes FROM case_event
WHERE case_id = $1 AND actor_kind = 'reporter';
