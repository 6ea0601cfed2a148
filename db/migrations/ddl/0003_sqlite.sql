-- The money of a proposal after its allocation, and who worked for whoever did the last act.
ALTER TABLE dossier ADD COLUMN contracted INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_dossier_contracted CHECK (contracted >= 0 AND contracted <= coalesce(approved, 0));
ALTER TABLE dossier ADD COLUMN accepted INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_dossier_accepted CHECK (accepted >= 0 AND accepted <= contracted);
ALTER TABLE dossier ADD COLUMN settled INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_dossier_settled CHECK (settled >= 0 AND settled <= accepted);
ALTER TABLE dossier ADD COLUMN returned INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_dossier_returned CHECK (returned >= 0 AND returned <= advanced);
ALTER TABLE dossier ADD COLUMN last_operator TEXT;
UPDATE dossier SET last_operator = (
  SELECT json_extract(h.leaf, '$.operator') FROM history h
  WHERE h.dossier = dossier.code AND h.action NOT IN ('record_papers', 'correct', 'note')
  ORDER BY h.seq DESC LIMIT 1);

-- Rules of acts that another person confirms, and of acts that charge funds.
ALTER TABLE legal_move ADD COLUMN second_person INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_legal_move_second_person CHECK (second_person IN (0, 1));
ALTER TABLE legal_move ADD COLUMN charges TEXT DEFAULT '' NOT NULL;
ALTER TABLE lifecycle_version ADD COLUMN fund INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_lifecycle_version_fund CHECK (fund IN (0, 1));

-- The search knows proposals only.
DROP VIEW dossier_words;
CREATE VIEW dossier_words AS SELECT id, code, folded, char(57344) || replace(province, ':', '') || ' ' || char(57344) || 'y' || plan_year || ' ' || char(57344) || 'u' || hex(unit_office) AS marks FROM dossier WHERE id > 0;

-- Funds, what charges them, what is being prepared, what others published.
CREATE TABLE charge (
	dossier TEXT NOT NULL,
	seq INTEGER NOT NULL,
	owner TEXT NOT NULL,
	owner_kind TEXT NOT NULL,
	no INTEGER NOT NULL,
	kind TEXT NOT NULL,
	dong INTEGER NOT NULL,
	CONSTRAINT pk_charge PRIMARY KEY (dossier, seq, owner),
	CONSTRAINT uq_charge_owner_no UNIQUE (owner, no)
)
 WITHOUT ROWID,
 STRICT;
CREATE INDEX ix_charge_owner_kind_dossier ON charge (owner, kind, dossier);
CREATE UNIQUE INDEX uq_charge_round ON charge (owner, dossier) WHERE owner_kind = 'allocation_round' AND kind = 'allocated' AND dong > 0;
CREATE TABLE fund (
	dossier TEXT NOT NULL,
	ceiling INTEGER NOT NULL,
	approved INTEGER NOT NULL,
	allocated INTEGER NOT NULL,
	contracted INTEGER NOT NULL,
	advanced INTEGER NOT NULL,
	accepted INTEGER NOT NULL,
	settled INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	charges INTEGER NOT NULL,
	CONSTRAINT pk_fund PRIMARY KEY (dossier),
	CONSTRAINT ck_fund_ceiling CHECK (ceiling >= 0 AND charges >= 0),
	CONSTRAINT ck_fund_approved CHECK (approved >= 0 AND approved <= ceiling),
	CONSTRAINT ck_fund_allocated CHECK (allocated >= 0 AND allocated - returned <= ceiling),
	CONSTRAINT ck_fund_contracted CHECK (contracted >= 0 AND contracted <= ceiling),
	CONSTRAINT ck_fund_advanced CHECK (advanced >= 0 AND advanced - returned <= contracted),
	CONSTRAINT ck_fund_accepted CHECK (accepted >= 0 AND accepted <= contracted),
	CONSTRAINT ck_fund_settled CHECK (settled >= 0 AND settled <= accepted),
	CONSTRAINT ck_fund_returned CHECK (returned >= 0)
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE budget_figure (
	id INTEGER NOT NULL,
	plan_year INTEGER NOT NULL,
	area TEXT NOT NULL,
	source TEXT NOT NULL,
	stage TEXT NOT NULL,
	round INTEGER,
	dong INTEGER NOT NULL,
	unit_dong INTEGER NOT NULL,
	basis TEXT NOT NULL,
	entered_by TEXT NOT NULL,
	entered_at TEXT NOT NULL,
	withdrawn_at TEXT,
	CONSTRAINT pk_budget_figure PRIMARY KEY (id),
	CONSTRAINT ck_budget_figure_dong CHECK (dong >= 0 AND dong <= 9007199254740991 AND unit_dong > 0),
	CONSTRAINT ck_budget_figure_source CHECK (source IN ('kcqg', 'kcdp', 'total')),
	CONSTRAINT ck_budget_figure_round CHECK (round IS NULL OR round > 0),
	CONSTRAINT fk_budget_figure_entered_by FOREIGN KEY(entered_by) REFERENCES person (login)
)
 STRICT;
CREATE INDEX ix_budget_figure_plan_year ON budget_figure (plan_year);
CREATE TABLE worksheet (
	owner TEXT NOT NULL,
	dossier TEXT NOT NULL,
	dong INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	note TEXT,
	CONSTRAINT pk_worksheet PRIMARY KEY (owner, dossier),
	CONSTRAINT ck_worksheet_dong CHECK (dong > 0 AND dong <= 9007199254740991),
	CONSTRAINT ck_worksheet_note CHECK (length(note) <= 2000),
	CONSTRAINT fk_worksheet_owner FOREIGN KEY(owner) REFERENCES dossier (code),
	CONSTRAINT fk_worksheet_dossier FOREIGN KEY(dossier) REFERENCES dossier (code)
)
 WITHOUT ROWID,
 STRICT;
