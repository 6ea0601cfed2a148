-- What supervisors do about time; an office's own rules and days; who is told; what was sent.
CREATE TABLE clock (
	dossier TEXT NOT NULL,
	seq INTEGER NOT NULL,
	entered_seq INTEGER NOT NULL,
	holder TEXT,
	reminders INTEGER NOT NULL,
	reminded_on TEXT,
	level INTEGER NOT NULL,
	CONSTRAINT pk_clock PRIMARY KEY (dossier),
	CONSTRAINT ck_clock_level CHECK (level BETWEEN 0 AND 3 AND reminders >= 0)
)
 WITHOUT ROWID,
 STRICT;
CREATE INDEX ix_clock_holder ON clock (holder, dossier) WHERE holder IS NOT NULL;
CREATE TABLE hold (
	dossier TEXT NOT NULL,
	seq INTEGER NOT NULL,
	entered_seq INTEGER NOT NULL,
	party TEXT NOT NULL,
	from_on TEXT NOT NULL,
	until_on TEXT NOT NULL,
	lifted_on TEXT,
	lifted_seq INTEGER,
	CONSTRAINT pk_hold PRIMARY KEY (dossier, seq),
	CONSTRAINT ck_hold_until CHECK (until_on >= from_on),
	CONSTRAINT ck_hold_lifted CHECK ((lifted_on IS NULL) = (lifted_seq IS NULL)),
	CONSTRAINT ck_hold_lifted_on CHECK (lifted_on IS NULL OR lifted_on BETWEEN from_on AND until_on)
)
 WITHOUT ROWID,
 STRICT;
CREATE INDEX ix_hold_until_on_from_on ON hold (until_on, from_on);
CREATE TABLE digest (
	id INTEGER NOT NULL,
	day TEXT NOT NULL,
	person TEXT NOT NULL,
	address TEXT NOT NULL,
	subject TEXT NOT NULL,
	body TEXT NOT NULL,
	items INTEGER NOT NULL,
	made_at TEXT NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER DEFAULT 0 NOT NULL,
	last_error TEXT,
	tried_at TEXT,
	sent_at TEXT,
	message_id TEXT,
	CONSTRAINT pk_digest PRIMARY KEY (id),
	CONSTRAINT uq_digest_day_person UNIQUE (day, person),
	CONSTRAINT ck_digest_state CHECK (state IN ('pending', 'sent', 'failed')),
	CONSTRAINT ck_digest_items CHECK (items >= 0 AND attempts >= 0),
	CONSTRAINT ck_digest_sent CHECK (state <> 'sent' OR sent_at IS NOT NULL),
	CONSTRAINT fk_digest_person FOREIGN KEY(person) REFERENCES person (login)
)
 STRICT;
CREATE INDEX ix_digest_person_day ON digest (person, day);
CREATE INDEX ix_digest_state ON digest (state, id) WHERE state <> 'sent';
CREATE TABLE duty (
	id INTEGER NOT NULL,
	organisation TEXT NOT NULL,
	level TEXT NOT NULL,
	person TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	valid_to TEXT,
	CONSTRAINT pk_duty PRIMARY KEY (id),
	CONSTRAINT ck_duty_level CHECK (level IN ('head', 'leader')),
	CONSTRAINT ck_duty_validity CHECK (valid_to IS NULL OR valid_to >= valid_from),
	CONSTRAINT fk_duty_organisation FOREIGN KEY(organisation) REFERENCES organisation (code),
	CONSTRAINT fk_duty_person FOREIGN KEY(person) REFERENCES person (login)
)
 STRICT;
CREATE INDEX ix_duty_organisation ON duty (organisation);
CREATE TABLE office_day (
	id INTEGER NOT NULL,
	day TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	document TEXT NOT NULL,
	set_by TEXT NOT NULL,
	set_at TEXT NOT NULL,
	withdrawn_by TEXT,
	withdrawn_at TEXT,
	CONSTRAINT pk_office_day PRIMARY KEY (id),
	CONSTRAINT ck_office_day_kind CHECK (kind IN ('off', 'working')),
	CONSTRAINT ck_office_day_document CHECK (trim(name) <> '' AND trim(document) <> ''),
	CONSTRAINT ck_office_day_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	CONSTRAINT fk_office_day_set_by FOREIGN KEY(set_by) REFERENCES person (login),
	CONSTRAINT fk_office_day_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES person (login)
)
 STRICT;
CREATE UNIQUE INDEX uq_office_day_day ON office_day (day) WHERE withdrawn_at IS NULL;
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
	CONSTRAINT pk_office_rule PRIMARY KEY (id),
	CONSTRAINT ck_office_rule_by CHECK ("by" IN ('fixed_date', 'working_days', 'calendar_days', 'monthly', 'term_end')),
	CONSTRAINT ck_office_rule_days CHECK ("by" NOT IN ('working_days', 'calendar_days') OR days > 0),
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
CREATE INDEX ix_office_rule_lifecycle_state ON office_rule (lifecycle, state);
