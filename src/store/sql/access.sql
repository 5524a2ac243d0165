-- account_has_scope one (account_id int, kind text, value_tag blob) -> (found int)
--: How many scopes of this kind and value an account has: 0 or 1.
SELECT COUNT(*) FROM account_scope
WHERE account_id = $1 AND kind = $2 AND value_tag = $3;

-- grant_live guarded one (case_id int, account_id int, now time, terms text, grace_from time) -> (found int)
--: How many live grants for a case this account may use: the maker is active
--: (or unreachable since after grace_from), under the current terms, the person
--: still acts for it, the grant not ended.
SELECT COUNT(*) FROM grants g
JOIN maker m ON m.id = g.maker_id
JOIN maker_account a ON a.maker_id = m.id
WHERE g.case_id = $1 AND a.account_id = $2
  AND g.from_at <= $3 AND (g.until_at = 0 OR g.until_at > $3)
  AND (a.until = 0 OR a.until > $3)
  AND (m.state = 'active' OR (m.state = 'unreachable' AND m.state_at > $5))
  AND m.terms = $4;

-- maker_relation guarded one (maker_id int, account_id int, now time) -> (id int, state text, key_id int, body blob, contacts int)
--: A maker, and whether this account acts for it.
SELECT m.id, m.state, m.key_id, m.body, (SELECT COUNT(*) FROM maker_account a
  WHERE a.maker_id = m.id AND a.account_id = $2
  AND (a.until = 0 OR a.until > $3)) AS contacts
FROM maker m WHERE m.id = $1;

-- seat_list guarded many (account_id int, now time) -> (maker_id int, kind text, state text, key_id int, body blob)
--: Makers, members and committee seats an account acts for.
SELECT m.id AS maker_id, m.kind, m.state, m.key_id, m.body
FROM maker_account a
JOIN maker m ON m.id = a.maker_id
WHERE a.account_id = $1 AND (a.until = 0 OR a.until > $2) ORDER BY m.id;
