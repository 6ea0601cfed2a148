-- Schema 0005. What a leaf is read into, and the columns of the history that its guard fills from the leaf that it
-- has read anyway: as generated columns each of them read the leaf once more.

CREATE TYPE kc_leaf AS (
  "action" text,
  "actor" text,
  "actor_name" text,
  "amount" jsonb,
  "at" text,
  "authority" text,
  "basis" text,
  "budget_year" text,
  "changes" jsonb,
  "content" jsonb,
  "corrects" text,
  "deadline" jsonb,
  "digest" text,
  "doc" jsonb,
  "dossier" text,
  "due" jsonb,
  "edited" text,
  "entered_on" text,
  "from" text,
  "fsm" text,
  "lifecycle" text,
  "office" text,
  "office_name" text,
  "on" text,
  "operator" text,
  "operator_name" text,
  "papers" jsonb,
  "prev" text,
  "reason" text,
  "refs" jsonb,
  "request" text,
  "return_to" text,
  "role" text,
  "seq" text,
  "system" text,
  "to" text,
  "v" text,
  "waits_for" text);

ALTER TABLE history
  ALTER COLUMN dossier DROP EXPRESSION,
  ALTER COLUMN seq DROP EXPRESSION,
  ALTER COLUMN lifecycle DROP EXPRESSION,
  ALTER COLUMN action DROP EXPRESSION,
  ALTER COLUMN from_state DROP EXPRESSION,
  ALTER COLUMN to_state DROP EXPRESSION,
  ALTER COLUMN actor DROP EXPRESSION,
  ALTER COLUMN role DROP EXPRESSION,
  ALTER COLUMN office DROP EXPRESSION,
  ALTER COLUMN on_date DROP EXPRESSION,
  ALTER COLUMN request DROP EXPRESSION;

-- Room on each page for the next form of its rows, so that a move which changes nothing that is listed by is no
-- new entry in fifteen indexes.
ALTER TABLE dossier SET (fillfactor = 50);

-- Rules by months.
ALTER TABLE office_rule ADD COLUMN months BIGINT NOT NULL DEFAULT 0;
ALTER TABLE office_rule ALTER COLUMN months DROP DEFAULT;
ALTER TABLE office_rule DROP CONSTRAINT ck_office_rule_by;
ALTER TABLE office_rule ADD CONSTRAINT ck_office_rule_by
  CHECK ("by" IN ('fixed_date', 'working_days', 'calendar_days', 'months', 'monthly', 'term_end'));
ALTER TABLE office_rule ADD CONSTRAINT ck_office_rule_months CHECK (("by" = 'months') = (months > 0) AND months >= 0);

-- No query needs it.
DROP INDEX ix_charge_owner_kind_dossier;
