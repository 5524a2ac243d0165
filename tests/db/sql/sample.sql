-- thing_add exec (id int, name text, note text?, size int?, done bool, at time, body blob?)
--: Adds a thing.
INSERT INTO thing (id, name, note, size, done, at, body)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- thing_get one (id int) -> (id int, name text, note text?, size int?, done bool, at time, body blob?)
--: One thing.
SELECT id, name, note, size, done, at, body FROM thing WHERE id = $1;

-- thing_list many max=3 () -> thing_get
--: At most three things.
SELECT id, name, note, size, done, at, body FROM thing ORDER BY name;

-- thing_put insert (id int, name text) -> (id int)
--: Adds a bare thing unless its name is taken.
INSERT INTO thing (id, name, done, at) VALUES ($1, $2, 0, 0)
ON CONFLICT (name) DO NOTHING RETURNING id;

-- thing_grow exec (id int, by int)
--: Makes a thing larger.
UPDATE thing SET size = COALESCE(size, 0) + $2 WHERE id = $1;

-- thing_wrong one (id int) -> (note text)
--: Declares a nullable column as never absent.
SELECT note FROM thing WHERE id = $1;

-- thing_count one () -> (many int)
--: How many things.
SELECT COUNT(*) FROM thing;

-- part_add guarded exec (id int, thing_id int)
--: Adds a part.
INSERT INTO part (id, thing_id) VALUES ($1, $2);

-- part_get guarded one (id int) -> (thing_id int)
--: The thing a part belongs to.
SELECT thing_id FROM part WHERE id = $1;
