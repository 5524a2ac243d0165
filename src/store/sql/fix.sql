-- line_all many max=2000 () -> (id int, name text, kind text, branch text, first_release_at time, eol_at time, shape text, valid_from time, valid_to time, source text)
--: Every statement about release lines, in the order it became valid.
SELECT id, name, kind, branch, first_release_at, eol_at, shape, valid_from,
  valid_to, source FROM line ORDER BY name, valid_from, id;

-- line_insert exec (id int, name text, kind text, branch text, first_release_at time, eol_at time, shape text, valid_from time, valid_to time, source text)
--: Appends a statement about a release line (P-33).
INSERT INTO line (id, name, kind, branch, first_release_at, eol_at, shape,
  valid_from, valid_to, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- line_close exec (name text, valid_to time)
--: Ends the statement that is valid now; its words stay.
UPDATE line SET valid_to = $2 WHERE name = $1 AND valid_to = 0;

-- release_all many max=5000 () -> (tag text, line text, released_at time, shape text)
--: Every release tag, newest first.
SELECT tag, line, released_at, shape FROM release
ORDER BY released_at DESC, tag;

-- release_put exec (tag text, line text, released_at time, shape text)
--: Records a release tag, or mends its line and instant.
INSERT INTO release (tag, line, released_at, shape) VALUES ($1, $2, $3, $4)
ON CONFLICT (tag) DO UPDATE SET line = excluded.line,
  released_at = excluded.released_at;

-- release_get one (tag text) -> release_all
--: One release tag.
SELECT tag, line, released_at, shape FROM release WHERE tag = $1;

-- fix_list guarded many max=200 (case_id int) -> (line text, disposition text, required int, due_at time, merged_at time, released_at time, changed_at time, body blob)
--: The branch rows of a case (P-35).
SELECT line, disposition, required, due_at, merged_at, released_at, changed_at,
  body FROM fix WHERE case_id = $1 ORDER BY line;

-- fix_put guarded exec (case_id int, line text, disposition text, required int, due_at time, merged_at time, released_at time, changed_at time, body blob)
--: Writes a branch row of a case.
INSERT INTO fix (case_id, line, disposition, required, due_at, merged_at,
  released_at, changed_at, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (case_id, line) DO UPDATE SET disposition = excluded.disposition,
  required = excluded.required, due_at = excluded.due_at,
  merged_at = excluded.merged_at, released_at = excluded.released_at,
  changed_at = excluded.changed_at, body = excluded.body;

-- fix_require guarded exec (case_id int, line text, required int)
--: Says whether a branch row is required; nothing else changes.
UPDATE fix SET required = $3 WHERE case_id = $1 AND line = $2;
