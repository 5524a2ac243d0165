-- cve_insert exec (id text, year int, serial int, changed_at time)
--: Adds an id to the pool; 0 rows when it is there already.
INSERT INTO cve (id, year, serial, state, case_id, changed_at)
VALUES ($1, $2, $3, 'available', 0, $4) ON CONFLICT (id) DO NOTHING;

-- cve_get one (id text) -> (id text, year int, serial int, state text, case_id int, changed_at time)
--: One id of the pool.
SELECT id, year, serial, state, case_id, changed_at FROM cve WHERE id = $1;

-- cve_lowest one () -> cve_get
--: The lowest id that belongs to no case (P-46 order).
SELECT id, year, serial, state, case_id, changed_at FROM cve
WHERE state = 'available' ORDER BY year, serial LIMIT 1;

-- cve_pool many max=100000 (state text) -> cve_get
--: Ids of one state, or ('') of all.
SELECT id, year, serial, state, case_id, changed_at FROM cve
WHERE $1 = '' OR state = $1 ORDER BY year, serial;

-- cve_of_case many (case_id int) -> cve_get
--: The ids of one case (P-22), lowest first.
SELECT id, year, serial, state, case_id, changed_at FROM cve
WHERE case_id = $1 ORDER BY year, serial;

-- cve_given many max=100000 () -> (id text, case_id int, state text)
--: Every id that belongs to a case.
SELECT id, case_id, state FROM cve WHERE case_id <> 0
ORDER BY year, serial;

-- cve_totals many max=1000 () -> (year int, state text, total int)
--: How many ids there are of each year and state.
SELECT year, state, COUNT(*) AS total FROM cve
GROUP BY year, state ORDER BY year, state;

-- cve_move exec (id text, before text, state text, case_id int, changed_at time)
--: Moves an id to another state; 0 rows when somebody else was faster.
UPDATE cve SET state = $3, case_id = $4, changed_at = $5
WHERE id = $1 AND state = $2;

-- deadline_next many max=100000 () -> (object_id int, kind text, due_at time, warn_at time)
--: What is still due for cases, soonest first.
SELECT object_id, kind, due_at, warn_at FROM deadline
WHERE object = 'case' AND done_at = 0 ORDER BY due_at, kind;

-- deadline_of_case many (case_id int) -> (kind text, due_at time, warn_at time, done_at time)
--: All deadlines of one case, soonest first.
SELECT kind, due_at, warn_at, done_at FROM deadline
WHERE object = 'case' AND object_id = $1 ORDER BY due_at, kind;

-- fix_of_line guarded many max=100000 (line text) -> (case_id int)
--: Cases with a row for one release line.
SELECT case_id FROM fix WHERE line = $1 ORDER BY case_id;
