-- Contents of activity as a bit mask, read from the leaf that holds the content.
ALTER TABLE dossier ADD COLUMN contents INTEGER DEFAULT 0 NOT NULL;
UPDATE dossier SET contents = (
  SELECT coalesce(sum(DISTINCT 1 << c.value), 0)
  FROM history h, json_each(h.leaf, '$.content.content_codes') c
  WHERE h.dossier = dossier.code AND h.seq = dossier.content_seq AND c.type = 'integer' AND c.value BETWEEN 0 AND 61);

-- The search finds what never moves, too: places, plan years, units.
DROP TABLE dossier_search;
CREATE VIEW dossier_words AS SELECT id, code, folded, char(57344) || replace(province, ':', '') || ' ' || char(57344) || 'y' || plan_year || ' ' || char(57344) || 'u' || hex(unit_office) AS marks FROM dossier;
CREATE VIRTUAL TABLE dossier_search USING fts5(code, folded, marks, content = 'dossier_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3 4');
INSERT INTO dossier_search (dossier_search) VALUES ('rebuild');

-- Whoever may read a dossier may write a note into it, in every state.
INSERT INTO legal_move (lifecycle, action, from_state, to_state, role, needs_reason, ending, fsm)
SELECT DISTINCT m.lifecycle, 'note', m.from_state, m.from_state, r.value, 1, m.ending, m.fsm
FROM legal_move m, json_each('@ROLES@') r
WHERE m.action = 'correct' AND NOT EXISTS (SELECT 1 FROM legal_move n WHERE n.lifecycle = m.lifecycle AND n.action = 'note');
UPDATE lifecycle_version SET moves = (SELECT count(*) FROM legal_move m WHERE m.lifecycle = lifecycle_version."key");

-- Views that people keep.
CREATE TABLE saved_view (
	id INTEGER NOT NULL,
	owner TEXT NOT NULL,
	list TEXT NOT NULL,
	name TEXT NOT NULL,
	shared INTEGER NOT NULL,
	payload TEXT NOT NULL,
	CONSTRAINT pk_saved_view PRIMARY KEY (id),
	CONSTRAINT uq_saved_view_owner_list_name UNIQUE (owner, list, name),
	CONSTRAINT ck_saved_view_shared CHECK (shared IN (0, 1)),
	CONSTRAINT ck_saved_view_payload CHECK (length(payload) <= 20480),
	CONSTRAINT fk_saved_view_owner FOREIGN KEY(owner) REFERENCES person (login)
)
 STRICT;

-- What the lists are read by.
DROP INDEX ix_dossier_due;
DROP INDEX ix_dossier_province;
DROP INDEX ix_dossier_unit_office;
CREATE INDEX ix_dossier_approved ON dossier (approved, code, province) WHERE approved IS NOT NULL;
CREATE INDEX ix_dossier_code ON dossier (code, province);
CREATE INDEX ix_dossier_contents ON dossier (contents, province);
CREATE INDEX ix_dossier_due ON dossier (due_on, code, province, waits_for, due_kind, state, lifecycle, ending, plan_year, source, unit_office) WHERE due_on IS NOT NULL;
CREATE INDEX ix_dossier_province ON dossier (province, code, unit_office, plan_year, source, requested, contents);
CREATE INDEX ix_dossier_requested ON dossier (requested, code, province);
CREATE INDEX ix_dossier_source ON dossier (source, code, province);
CREATE INDEX ix_dossier_state ON dossier (state, lifecycle, code, province, requested, ending, plan_year, source, waits_for, entered_on, approved, due_on, unit_office);
CREATE INDEX ix_dossier_title ON dossier (substr(folded, 1, 60), code, province);
CREATE INDEX ix_dossier_unit_office ON dossier (unit_office, code, province);
CREATE INDEX ix_dossier_year ON dossier (plan_year, code, province);
CREATE INDEX ix_paper_file ON paper (file) WHERE file IS NOT NULL;
