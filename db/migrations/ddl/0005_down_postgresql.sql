-- Back to schema 0004: the history is empty, so its columns are made anew as they were.
DROP TYPE kc_leaf;

ALTER TABLE history
  DROP COLUMN dossier, DROP COLUMN seq, DROP COLUMN lifecycle, DROP COLUMN action, DROP COLUMN from_state,
  DROP COLUMN to_state, DROP COLUMN actor, DROP COLUMN role, DROP COLUMN office, DROP COLUMN on_date,
  DROP COLUMN request;
ALTER TABLE history
  ADD COLUMN dossier TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'dossier')) STORED NOT NULL,
  ADD COLUMN seq BIGINT GENERATED ALWAYS AS ((leaf::jsonb ->> 'seq')::bigint) STORED NOT NULL,
  ADD COLUMN lifecycle TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'lifecycle')) STORED NOT NULL,
  ADD COLUMN action TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'action')) STORED NOT NULL,
  ADD COLUMN from_state TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'from')) STORED,
  ADD COLUMN to_state TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'to')) STORED NOT NULL,
  ADD COLUMN actor TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'actor')) STORED NOT NULL,
  ADD COLUMN role TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'role')) STORED NOT NULL,
  ADD COLUMN office TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'office')) STORED NOT NULL,
  ADD COLUMN on_date TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'on')) STORED NOT NULL,
  ADD COLUMN request TEXT COLLATE "C" GENERATED ALWAYS AS ((leaf::jsonb ->> 'request')) STORED NOT NULL,
  ADD CONSTRAINT uq_history_dossier_seq UNIQUE (dossier, seq),
  ADD CONSTRAINT uq_history_request UNIQUE (request);
CREATE INDEX ix_history_action_id ON history (action, id);
CREATE INDEX ix_history_actor_id ON history (actor, id);
CREATE INDEX ix_history_office_id ON history (office, id);
CREATE INDEX ix_history_on_date_id ON history (on_date, id);

ALTER TABLE dossier RESET (fillfactor);

-- Rules by months.
ALTER TABLE office_rule DROP CONSTRAINT ck_office_rule_months;
ALTER TABLE office_rule DROP CONSTRAINT ck_office_rule_by;
ALTER TABLE office_rule ADD CONSTRAINT ck_office_rule_by
  CHECK ("by" IN ('fixed_date', 'working_days', 'calendar_days', 'monthly', 'term_end'));
ALTER TABLE office_rule DROP COLUMN months;

CREATE INDEX ix_charge_owner_kind_dossier ON charge (owner, kind, dossier);
