-- The first schema, one text for SQLite and PostgreSQL. Tokens between @ become
-- the engine's types. Ids are random positive integers below 2^53, made by us.
-- Instants are microseconds UTC; 0 means none. Columns named body are sealed
-- JSON under the key of the row's scope; columns named tag are keyed hashes for
-- equality look-ups; nothing that may be secret or personal stands in clear.

CREATE TABLE counter (
  name @text@ PRIMARY KEY,
  value @int@ NOT NULL
);

-- Facts about this installation: clock offset of a rehearsal, first start, ...
CREATE TABLE setting (
  name @text@ PRIMARY KEY,
  value @text@ NOT NULL,
  changed_at @time@ NOT NULL
);

-- One key per scope ("case", "maker", "account", "house"), wrapped by the
-- master key. A destroyed key keeps its row, without the wrapped bytes.
CREATE TABLE vault_key (
  id @id@,
  scope @text@ NOT NULL,
  version @int@ NOT NULL,
  wrapped @blob@,
  created_at @time@ NOT NULL,
  destroyed_at @time@ NOT NULL
);

CREATE TABLE audit (
  seq @id@,
  at @time@ NOT NULL,
  actor_kind @text@ NOT NULL,
  actor_id @int@ NOT NULL,
  op @text@ NOT NULL,
  object @text@ NOT NULL,
  outcome @text@ NOT NULL,
  body @blob@,
  prev @blob@ NOT NULL,
  hash @blob@ NOT NULL
);
CREATE INDEX audit_object ON audit (object, seq);

-- The project's policy as it was at each start, appended when it changed.
CREATE TABLE policy (
  version @id@,
  digest @blob@ NOT NULL,
  from_at @time@ NOT NULL,
  text @text@ NOT NULL
);

-- People ---------------------------------------------------------------------

-- state: invited, active, disabled. roles: words separated by one blank.
-- body: name, email, employer, areas, totp secret.
CREATE TABLE account (
  id @id@,
  email_tag @blob@ NOT NULL UNIQUE,
  state @text@ NOT NULL,
  roles @text@ NOT NULL,
  key_id @int@ NOT NULL,
  body @blob@ NOT NULL,
  password @text@ NOT NULL,
  totp_last @int@ NOT NULL,
  created_at @time@ NOT NULL,
  changed_at @time@ NOT NULL
);

-- kind area: value_tag of an area name; kind line: of a release line name.
CREATE TABLE account_scope (
  account_id @int@ NOT NULL,
  kind @text@ NOT NULL,
  value_tag @blob@ NOT NULL,
  PRIMARY KEY (account_id, kind, value_tag)
);

CREATE TABLE recovery_code (
  hash @blob@ PRIMARY KEY,
  account_id @int@ NOT NULL,
  used_at @time@ NOT NULL
);

-- One-time and long-lived links. purpose: setup, reset, report, challenge.
CREATE TABLE link (
  hash @blob@ PRIMARY KEY,
  purpose @text@ NOT NULL,
  object_id @int@ NOT NULL,
  created_at @time@ NOT NULL,
  expires_at @time@ NOT NULL,
  used_at @time@ NOT NULL
);
CREATE INDEX link_object ON link (purpose, object_id);

-- body: address, agent.
CREATE TABLE session (
  hash @blob@ PRIMARY KEY,
  id @int@ NOT NULL UNIQUE,
  account_id @int@ NOT NULL,
  created_at @time@ NOT NULL,
  seen_at @time@ NOT NULL,
  expires_at @time@ NOT NULL,
  revoked_at @time@ NOT NULL,
  body @blob@ NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- scopes: "read", "write" or operation names separated by one blank.
CREATE TABLE api_token (
  id @id@,
  hash @blob@ NOT NULL UNIQUE,
  account_id @int@ NOT NULL,
  name @text@ NOT NULL,
  scopes @text@ NOT NULL,
  created_at @time@ NOT NULL,
  expires_at @time@ NOT NULL,
  used_at @time@ NOT NULL,
  revoked_at @time@ NOT NULL
);
CREATE INDEX api_token_account ON api_token (account_id);

-- Failed logins and capped acts, counted per keyed source and account.
CREATE TABLE attempt (
  id @id@,
  kind @text@ NOT NULL,
  source_tag @blob@ NOT NULL,
  at @time@ NOT NULL
);
CREATE INDEX attempt_source ON attempt (kind, source_tag, at);

-- Cases ----------------------------------------------------------------------

-- One row per report and its whole life (P-02). body: title, description,
-- component, versions, impact, steps, class, cwe, cvss31, cvss40, severity,
-- domain, priority, pr, credit, duplicate_of, reporter contact and the report
-- as sent. content_hash is of the report as received (I-08).
CREATE TABLE cases (
  id @id@,
  number @text@ NOT NULL UNIQUE,
  state @text@ NOT NULL,
  revision @int@ NOT NULL,
  rm @text@ NOT NULL,
  channel @text@ NOT NULL,
  key_id @int@ NOT NULL,
  body @blob@ NOT NULL,
  content_hash @text@ NOT NULL,
  area_tag @blob@,
  assignee_id @int@ NOT NULL,
  reporter_id @int@ NOT NULL,
  reporter_tag @blob@,
  received_at @time@ NOT NULL,
  acknowledged_at @time@ NOT NULL,
  analysed_at @time@ NOT NULL,
  decided_at @time@ NOT NULL,
  fix_public_at @time@ NOT NULL,
  fix_available_at @time@ NOT NULL,
  disclosed_at @time@ NOT NULL,
  em @text@ NOT NULL,
  embargo_number @int@ NOT NULL,
  embargo_ends_at @time@ NOT NULL,
  pxa @text@ NOT NULL,
  changed_at @time@ NOT NULL
);
CREATE INDEX cases_state ON cases (state, received_at);
CREATE INDEX cases_reporter ON cases (reporter_tag);
CREATE INDEX cases_received ON cases (received_at);
CREATE INDEX cases_end ON cases (embargo_ends_at);

-- What happened to a case, in order: transitions, messages, edits, notices.
-- audience: team, reporter (team and reporter), all. body: text and fields.
CREATE TABLE case_event (
  id @id@,
  case_id @int@ NOT NULL,
  seq @int@ NOT NULL,
  at @time@ NOT NULL,
  kind @text@ NOT NULL,
  audience @text@ NOT NULL,
  actor_kind @text@ NOT NULL,
  actor_id @int@ NOT NULL,
  revision @int@ NOT NULL,
  body @blob@ NOT NULL,
  UNIQUE (case_id, seq)
);

-- Files that came with a report. body: name, bytes.
CREATE TABLE attachment (
  id @id@,
  case_id @int@ NOT NULL,
  size @int@ NOT NULL,
  sha256 @text@ NOT NULL,
  created_at @time@ NOT NULL,
  body @blob@ NOT NULL
);
CREATE INDEX attachment_case ON attachment (case_id);

-- The CNA's pool of ids. state: available, reserved, published, rejected.
CREATE TABLE cve (
  id @text@ PRIMARY KEY,
  year @int@ NOT NULL,
  serial @int@ NOT NULL,
  state @text@ NOT NULL,
  case_id @int@ NOT NULL,
  changed_at @time@ NOT NULL
);
CREATE INDEX cve_case ON cve (case_id);
CREATE INDEX cve_order ON cve (state, year, serial);

-- Deadlines as rows (P-12, I-39). object: "case" or "maker".
CREATE TABLE deadline (
  object @text@ NOT NULL,
  object_id @int@ NOT NULL,
  kind @text@ NOT NULL,
  due_at @time@ NOT NULL,
  warn_at @time@ NOT NULL,
  done_at @time@ NOT NULL,
  warned_at @time@ NOT NULL,
  PRIMARY KEY (object, object_id, kind)
);
CREATE INDEX deadline_due ON deadline (done_at, due_at);

-- Numbered embargo terms. state: proposed, in-force, rejected, replaced,
-- ended. body: reason, proposer, attendees, severity, exploitability.
CREATE TABLE embargo (
  case_id @int@ NOT NULL,
  number @int@ NOT NULL,
  state @text@ NOT NULL,
  ends_at @time@ NOT NULL,
  terms @text@ NOT NULL,
  at @time@ NOT NULL,
  body @blob@ NOT NULL,
  PRIMARY KEY (case_id, number)
);

-- Who takes part in a case. kind: reporter, project, maker, member. ref_id:
-- maker id, or 0. pec per vultron.md section 4; signed_number is the embargo
-- revision consented to; vfd is "" where it does not apply.
CREATE TABLE participant (
  id @id@,
  case_id @int@ NOT NULL,
  kind @text@ NOT NULL,
  ref_id @int@ NOT NULL,
  rm @text@ NOT NULL,
  vfd @text@ NOT NULL,
  pec @text@ NOT NULL,
  asked_at @time@ NOT NULL,
  answer_by @time@ NOT NULL,
  signed_at @time@ NOT NULL,
  signed_number @int@ NOT NULL,
  signed_terms @text@ NOT NULL,
  UNIQUE (case_id, kind, ref_id)
);

-- The facts P, X and A. A superseded one stays. body: source, confidence,
-- evidence, note.
CREATE TABLE fact (
  id @id@,
  case_id @int@ NOT NULL,
  kind @text@ NOT NULL,
  true_at @time@ NOT NULL,
  learned_at @time@ NOT NULL,
  superseded_at @time@ NOT NULL,
  actor_id @int@ NOT NULL,
  body @blob@ NOT NULL
);
CREATE INDEX fact_case ON fact (case_id);

-- Vultron messages, a hash chain per case (V-23).
CREATE TABLE case_message (
  case_id @int@ NOT NULL,
  number @int@ NOT NULL,
  at @time@ NOT NULL,
  code @text@ NOT NULL,
  from_id @int@ NOT NULL,
  to_id @int@ NOT NULL,
  revision @int@ NOT NULL,
  prev @blob@ NOT NULL,
  hash @blob@ NOT NULL,
  PRIMARY KEY (case_id, number)
);

-- Release lines as dated rows; a change appends (P-33).
CREATE TABLE line (
  id @id@,
  name @text@ NOT NULL,
  kind @text@ NOT NULL,
  branch @text@ NOT NULL,
  first_release_at @time@ NOT NULL,
  eol_at @time@ NOT NULL,
  shape @text@ NOT NULL,
  valid_from @time@ NOT NULL,
  valid_to @time@ NOT NULL,
  source @text@ NOT NULL
);
CREATE INDEX line_name ON line (name, valid_from);

-- One branch row of a case (P-35). body: commit, pr, reason, introduced,
-- owner, accepted_by, note, tag.
CREATE TABLE fix (
  case_id @int@ NOT NULL,
  line @text@ NOT NULL,
  disposition @text@ NOT NULL,
  required @int@ NOT NULL,
  due_at @time@ NOT NULL,
  merged_at @time@ NOT NULL,
  released_at @time@ NOT NULL,
  changed_at @time@ NOT NULL,
  body @blob@ NOT NULL,
  PRIMARY KEY (case_id, line)
);

-- Release tags the project made; what section a fix belongs to (P-40).
CREATE TABLE release (
  tag @text@ PRIMARY KEY,
  line @text@ NOT NULL,
  released_at @time@ NOT NULL,
  shape @text@ NOT NULL
);

-- Makers ---------------------------------------------------------------------

-- kind: applicant, project-member, committee. body: the application.
-- public_name is "" until active and when confidential (R-31, R-32). state_at:
-- since when it is in its state.
CREATE TABLE maker (
  id @id@,
  kind @text@ NOT NULL,
  state @text@ NOT NULL,
  tier @text@ NOT NULL,
  revision @int@ NOT NULL,
  key_id @int@ NOT NULL,
  body @blob@ NOT NULL,
  public_name @text@ NOT NULL,
  public_domain @text@ NOT NULL,
  category @text@ NOT NULL,
  alias_tag @blob@ NOT NULL,
  terms @text@ NOT NULL,
  terms_at @time@ NOT NULL,
  submitted_at @time@ NOT NULL,
  active_at @time@ NOT NULL,
  reviewed_at @time@ NOT NULL,
  review_at @time@ NOT NULL,
  alias_at @time@ NOT NULL,
  state_at @time@ NOT NULL,
  changed_at @time@ NOT NULL
);
CREATE INDEX maker_state ON maker (state, kind);

-- C1, C2, C3 each with its own evidence (R-05). body: evidence, note.
CREATE TABLE maker_criterion (
  maker_id @int@ NOT NULL,
  criterion @text@ NOT NULL,
  answer @text@ NOT NULL,
  looked_at @time@ NOT NULL,
  actor_id @int@ NOT NULL,
  body @blob@ NOT NULL,
  PRIMARY KEY (maker_id, criterion)
);

-- State changes and decisions, in order (R-10). public_class is what the
-- public history may say of it, "" for nothing.
CREATE TABLE maker_event (
  id @id@,
  maker_id @int@ NOT NULL,
  seq @int@ NOT NULL,
  at @time@ NOT NULL,
  kind @text@ NOT NULL,
  from_state @text@ NOT NULL,
  to_state @text@ NOT NULL,
  actor_id @int@ NOT NULL,
  public_class @text@ NOT NULL,
  body @blob@ NOT NULL,
  UNIQUE (maker_id, seq)
);

-- Accounts that may act for a maker. seat: alerts, or committee.
CREATE TABLE maker_account (
  maker_id @int@ NOT NULL,
  account_id @int@ NOT NULL,
  seat @text@ NOT NULL,
  since @time@ NOT NULL,
  until @time@ NOT NULL,
  PRIMARY KEY (maker_id, account_id)
);
CREATE INDEX maker_account_account ON maker_account (account_id);

-- A notice to makers about a case. kind: triaged, merged, granted, moved,
-- ended, closed (access ended), disclosed. body: its fields.
CREATE TABLE notice (
  id @id@,
  case_id @int@ NOT NULL,
  kind @text@ NOT NULL,
  at @time@ NOT NULL,
  actor_id @int@ NOT NULL,
  body @blob@ NOT NULL
);
CREATE INDEX notice_case ON notice (case_id);

-- What one maker may see of one case (R-17). fields: a grant set's name.
-- body: reason, permitted acts.
CREATE TABLE grants (
  case_id @int@ NOT NULL,
  maker_id @int@ NOT NULL,
  fields @text@ NOT NULL,
  from_at @time@ NOT NULL,
  until_at @time@ NOT NULL,
  actor_id @int@ NOT NULL,
  body @blob@ NOT NULL,
  PRIMARY KEY (case_id, maker_id)
);
CREATE INDEX grants_maker ON grants (maker_id);

-- One copy and receipt per recipient (P-29, R-25). delivery: queued, sent,
-- bounced, failed.
CREATE TABLE receipt (
  id @id@,
  notice_id @int@ NOT NULL,
  case_id @int@ NOT NULL,
  maker_id @int@ NOT NULL,
  delivery @text@ NOT NULL,
  delivered_at @time@ NOT NULL,
  opened_at @time@ NOT NULL,
  acknowledged_at @time@ NOT NULL,
  UNIQUE (notice_id, maker_id)
);
CREATE INDEX receipt_case ON receipt (case_id, maker_id);

-- What a maker says of his products. status: affected, not-affected, working,
-- fixed, shipped. body: text, reason.
CREATE TABLE statement (
  id @id@,
  case_id @int@ NOT NULL,
  maker_id @int@ NOT NULL,
  status @text@ NOT NULL,
  at @time@ NOT NULL,
  actor_id @int@ NOT NULL,
  body @blob@ NOT NULL
);
CREATE INDEX statement_case ON statement (case_id, maker_id);

-- Leaving the house ----------------------------------------------------------

-- Mails to send. key makes a job unique; state: queued, leased, sent,
-- bounced, failed, cancelled. body: to, subject, text.
CREATE TABLE outbox (
  id @id@,
  key @text@ NOT NULL UNIQUE,
  kind @text@ NOT NULL,
  state @text@ NOT NULL,
  receipt_id @int@ NOT NULL,
  key_id @int@ NOT NULL,
  body @blob@ NOT NULL,
  attempts @int@ NOT NULL,
  created_at @time@ NOT NULL,
  next_at @time@ NOT NULL,
  lease_until @time@ NOT NULL,
  done_at @time@ NOT NULL,
  code @int@ NOT NULL,
  reply @text@ NOT NULL
);
CREATE INDEX outbox_next ON outbox (state, next_at);

-- A disclosure act and its ledger (P-51). kind: now, end (of each embargo),
-- early (before it, with a reason), revise. state: running, done.
CREATE TABLE act (
  id @id@,
  kind @text@ NOT NULL,
  state @text@ NOT NULL,
  created_at @time@ NOT NULL,
  done_at @time@ NOT NULL,
  actor_id @int@ NOT NULL
);

-- One case in an act. digest is of the rendered item the approver saw (P-71);
-- began_at is the instant of its disclosure, 0 before; next_at when to try
-- again. state: waiting, done, replaced, withdrawn.
CREATE TABLE act_item (
  act_id @int@ NOT NULL,
  case_id @int@ NOT NULL,
  state @text@ NOT NULL,
  due_at @time@ NOT NULL,
  began_at @time@ NOT NULL,
  next_at @time@ NOT NULL,
  digest @text@ NOT NULL,
  error @text@ NOT NULL,
  PRIMARY KEY (act_id, case_id)
);
CREATE INDEX act_item_case ON act_item (case_id);
CREATE INDEX act_item_state ON act_item (state, due_at);

CREATE TABLE act_step (
  act_id @int@ NOT NULL,
  case_id @int@ NOT NULL,
  step @text@ NOT NULL,
  digest @text@ NOT NULL,
  done_at @time@ NOT NULL,
  PRIMARY KEY (act_id, case_id, step)
);

-- A person's approval of one rendered item; void when the digest changed.
CREATE TABLE approval (
  case_id @int@ NOT NULL,
  digest @text@ NOT NULL,
  actor_id @int@ NOT NULL,
  at @time@ NOT NULL,
  PRIMARY KEY (case_id, digest)
);

-- Published advisories: public facts only, so the value (a document of
-- formats/document.h) stands in clear. case_revision: of the case it was made
-- from.
CREATE TABLE advisory (
  case_id @int@ NOT NULL,
  revision @int@ NOT NULL,
  case_revision @int@ NOT NULL,
  published_at @time@ NOT NULL,
  why @text@ NOT NULL,
  value @text@ NOT NULL,
  PRIMARY KEY (case_id, revision)
);

-- Intake pauses (I-10).
CREATE TABLE pause (
  id @id@,
  from_at @time@ NOT NULL,
  until_at @time@ NOT NULL,
  ended_at @time@ NOT NULL,
  actor_id @int@ NOT NULL,
  reason @text@ NOT NULL,
  notice @text@ NOT NULL
);
