-- account_insert exec (id int, email_tag blob, state text, roles text, key_id int, body blob, now time)
--: A new account without a password.
INSERT INTO account (id, email_tag, state, roles, key_id, body, password,
  totp_last, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, $7);

-- account_by_id one (id int) -> (id int, state text, roles text, key_id int, body blob, password text, totp_last int, created_at time)
--: One account.
SELECT id, state, roles, key_id, body, password, totp_last, created_at
FROM account WHERE id = $1;

-- account_by_email one (email_tag blob) -> account_by_id
--: The account of a mail address.
SELECT id, state, roles, key_id, body, password, totp_last, created_at
FROM account WHERE email_tag = $1;

-- account_list many () -> account_by_id
--: Every account, oldest first.
SELECT id, state, roles, key_id, body, password, totp_last, created_at
FROM account ORDER BY created_at, id;

-- account_count one () -> (found int)
--: How many accounts there are.
SELECT COUNT(*) FROM account;

-- account_update exec (id int, state text, roles text, body blob, password text, now time)
--: Writes an account back.
UPDATE account SET state = $2, roles = $3, body = $4, password = $5,
  changed_at = $6 WHERE id = $1;

-- account_code_used exec (id int, step int)
--: Remembers the last authenticator step; 0 rows: it was used before.
UPDATE account SET totp_last = $2 WHERE id = $1 AND totp_last < $2;

-- scope_insert exec (account_id int, kind text, value_tag blob)
--: Gives an account an area or a release line.
INSERT INTO account_scope (account_id, kind, value_tag) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING;

-- scope_clear exec (account_id int)
--: Takes all areas and release lines from an account.
DELETE FROM account_scope WHERE account_id = $1;

-- recovery_insert exec (hash blob, account_id int)
--: A new recovery code.
INSERT INTO recovery_code (hash, account_id, used_at) VALUES ($1, $2, 0);

-- recovery_use exec (hash blob, account_id int, now time)
--: Uses a recovery code; 0 rows: there is none, or it was used.
UPDATE recovery_code SET used_at = $3
WHERE hash = $1 AND account_id = $2 AND used_at = 0;

-- recovery_clear exec (account_id int)
--: Ends all recovery codes of an account.
DELETE FROM recovery_code WHERE account_id = $1;

-- session_insert exec (hash blob, id int, account_id int, now time, expires_at time, body blob)
--: A new session.
INSERT INTO session (hash, id, account_id, created_at, seen_at, expires_at,
  revoked_at, body) VALUES ($1, $2, $3, $4, $4, $5, 0, $6);

-- session_find one (hash blob, now time) -> (id int, account_id int)
--: An open session.
SELECT id, account_id FROM session
WHERE hash = $1 AND expires_at > $2 AND revoked_at = 0;

-- session_list many (account_id int, now time) -> (id int, created_at time, expires_at time, body blob)
--: Open sessions of an account, newest first.
SELECT id, created_at, expires_at, body FROM session
WHERE account_id = $1 AND expires_at > $2 AND revoked_at = 0
ORDER BY created_at DESC;

-- session_revoke exec (id int, account_id int, now time)
--: Ends one session of an account.
UPDATE session SET revoked_at = $3
WHERE id = $1 AND account_id = $2 AND revoked_at = 0;

-- session_revoke_all exec (account_id int, but_id int, now time)
--: Ends all sessions of an account but one (0: all).
UPDATE session SET revoked_at = $3
WHERE account_id = $1 AND id <> $2 AND revoked_at = 0;

-- token_insert exec (id int, hash blob, account_id int, name text, scopes text, now time, expires_at time)
--: A new API token.
INSERT INTO api_token (id, hash, account_id, name, scopes, created_at,
  expires_at, used_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0);

-- token_find one (hash blob, now time) -> (id int, account_id int, scopes text)
--: A live API token.
SELECT id, account_id, scopes FROM api_token
WHERE hash = $1 AND expires_at > $2 AND revoked_at = 0;

-- token_list many (account_id int) -> (id int, name text, scopes text, created_at time, expires_at time, revoked_at time)
--: API tokens of an account, newest first.
SELECT id, name, scopes, created_at, expires_at, revoked_at FROM api_token
WHERE account_id = $1 ORDER BY created_at DESC;

-- token_revoke exec (id int, account_id int, now time)
--: Ends one API token of an account.
UPDATE api_token SET revoked_at = $3
WHERE id = $1 AND account_id = $2 AND revoked_at = 0;

-- token_revoke_all exec (account_id int, now time)
--: Ends all API tokens of an account.
UPDATE api_token SET revoked_at = $2 WHERE account_id = $1 AND revoked_at = 0;

-- attempt_insert exec (id int, kind text, source_tag blob, now time)
--: Counts one act of a source.
INSERT INTO attempt (id, kind, source_tag, at) VALUES ($1, $2, $3, $4);

-- attempt_count one (kind text, source_tag blob, since time) -> (found int)
--: How many acts of this kind a source made since then.
SELECT COUNT(*) FROM attempt
WHERE kind = $1 AND source_tag = $2 AND at > $3;

-- attempt_clear exec (kind text, source_tag blob)
--: Forgets the acts of a source.
DELETE FROM attempt WHERE kind = $1 AND source_tag = $2;

-- attempt_expire exec (before time)
--: Forgets what is too old to count.
DELETE FROM attempt WHERE at < $1;
