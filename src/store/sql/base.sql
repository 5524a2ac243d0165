-- link_insert exec (hash blob, purpose text, object_id int, created_at time, expires_at time)
--: A new one-time or long-lived link.
INSERT INTO link (hash, purpose, object_id, created_at, expires_at, used_at)
VALUES ($1, $2, $3, $4, $5, 0);

-- link_find one (hash blob, purpose text, now time) -> (object_id int, used_at time)
--: What a link that has not expired leads to.
SELECT object_id, used_at FROM link
WHERE hash = $1 AND purpose = $2 AND expires_at > $3;

-- link_use exec (hash blob, now time)
--: Marks a link as used; 0 rows when it was used before.
UPDATE link SET used_at = $2 WHERE hash = $1 AND used_at = 0;

-- link_drop exec (purpose text, object_id int, now time)
--: Ends all open links of one purpose to one object.
UPDATE link SET expires_at = $3
WHERE purpose = $1 AND object_id = $2 AND expires_at > $3;

-- policy_newest one () -> (version int, digest blob, from_at time)
--: The newest recorded policy.
SELECT version, digest, from_at FROM policy ORDER BY version DESC LIMIT 1;

-- policy_insert exec (digest blob, from_at time, body text)
--: Records a policy that changed.
INSERT INTO policy (version, digest, from_at, text)
SELECT COALESCE(MAX(version), 0) + 1, $1, $2, $3 FROM policy;

-- policy_history many () -> (version int, from_at time)
--: When the policy changed.
SELECT version, from_at FROM policy ORDER BY version DESC;
