-- embargo_mark guarded exec (case_id int, number int, state text)
--: Moves numbered terms to another state.
UPDATE embargo SET state = $3 WHERE case_id = $1 AND number = $2;

-- fact_insert guarded exec (id int, case_id int, kind text, true_at time, learned_at time, actor_id int, body blob)
--: A fact P, X or A (V-14).
INSERT INTO fact (id, case_id, kind, true_at, learned_at, superseded_at,
  actor_id, body)
VALUES ($1, $2, $3, $4, $5, 0, $6, $7);

-- fact_list guarded many max=500 (case_id int) -> (id int, kind text, true_at time, learned_at time, superseded_at time, actor_id int, body blob)
--: The facts of a case, superseded ones too, in the order they were learnt.
SELECT id, kind, true_at, learned_at, superseded_at, actor_id, body FROM fact
WHERE case_id = $1 ORDER BY learned_at, kind, id;

-- fact_supersede guarded exec (case_id int, id int, superseded_at time, body blob)
--: Marks a mistaken fact; 0 rows when it was superseded before.
UPDATE fact SET superseded_at = $3, body = $4
WHERE case_id = $1 AND id = $2 AND superseded_at = 0;

-- participant_silent guarded many (now time) -> (id int, case_id int)
--: Invited participants whose time to answer is over: the pocket veto.
SELECT id, case_id FROM participant
WHERE pec = 'invited' AND answer_by <> 0 AND answer_by < $1
ORDER BY case_id, id LIMIT 500;

-- contact_list many (maker_id int, now time) -> (account_id int)
--: Accounts that act for a maker now.
SELECT account_id FROM maker_account
WHERE maker_id = $1 AND since <= $2 AND (until = 0 OR until > $2)
ORDER BY account_id;

-- contact_is one (maker_id int, account_id int, now time) -> (found int)
--: 1 if this account acts for that maker now, else 0.
SELECT COUNT(*) FROM maker_account
WHERE maker_id = $1 AND account_id = $2 AND since <= $3
  AND (until = 0 OR until > $3);
