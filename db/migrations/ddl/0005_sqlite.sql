-- Indexes that no query needs; that a dossier stands in a round once is looked up by its own charges.
DROP INDEX ix_charge_owner_kind_dossier;
DROP INDEX uq_charge_round;

-- Rules by months.
ALTER TABLE office_rule RENAME TO office_rule_former;
DROP INDEX ix_office_rule_lifecycle_state;
CREATE TABLE office_rule (
	id INTEGER NOT NULL,
	office TEXT NOT NULL,
	lifecycle TEXT NOT NULL,
	state TEXT NOT NULL,
	"by" TEXT NOT NULL,
	days INTEGER NOT NULL,
	month INTEGER NOT NULL,
	day INTEGER NOT NULL,
	plan_year INTEGER NOT NULL,
	inclusive INTEGER NOT NULL,
	basis TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	valid_to TEXT,
	set_by TEXT NOT NULL,
	set_at TEXT NOT NULL,
	closed_by TEXT,
	closed_at TEXT,
	months INTEGER NOT NULL,
	CONSTRAINT pk_office_rule PRIMARY KEY (id),
	CONSTRAINT ck_office_rule_by CHECK ("by" IN ('fixed_date', 'working_days', 'calendar_days', 'months', 'monthly', 'term_end')),
	CONSTRAINT ck_office_rule_days CHECK ("by" NOT IN ('working_days', 'calendar_days') OR days > 0),
	CONSTRAINT ck_office_rule_months CHECK (("by" = 'months') = (months > 0) AND months >= 0),
	CONSTRAINT ck_office_rule_date CHECK ("by" <> 'fixed_date' OR (month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31)),
	CONSTRAINT ck_office_rule_day CHECK ("by" <> 'monthly' OR day BETWEEN 1 AND 31),
	CONSTRAINT ck_office_rule_plan_year CHECK (plan_year BETWEEN -2 AND 2 AND inclusive IN (0, 1)),
	CONSTRAINT ck_office_rule_basis CHECK (trim(basis) <> ''),
	CONSTRAINT ck_office_rule_validity CHECK (valid_to IS NULL OR valid_to >= valid_from OR closed_at IS NOT NULL),
	CONSTRAINT ck_office_rule_closed CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
	CONSTRAINT ck_office_rule_closed_to CHECK (closed_at IS NULL OR valid_to IS NOT NULL),
	CONSTRAINT fk_office_rule_office FOREIGN KEY(office) REFERENCES organisation (code),
	CONSTRAINT fk_office_rule_set_by FOREIGN KEY(set_by) REFERENCES person (login),
	CONSTRAINT fk_office_rule_closed_by FOREIGN KEY(closed_by) REFERENCES person (login)
)
 STRICT;
INSERT INTO office_rule (id, office, lifecycle, state, "by", days, month, day, plan_year, inclusive, basis, valid_from, valid_to,
  set_by, set_at, closed_by, closed_at, months)
SELECT id, office, lifecycle, state, "by", days, month, day, plan_year, inclusive, basis, valid_from, valid_to,
  set_by, set_at, closed_by, closed_at, 0 FROM office_rule_former;
DROP TABLE office_rule_former;
CREATE INDEX ix_office_rule_lifecycle_state ON office_rule (lifecycle, state);
