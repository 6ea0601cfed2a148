DELETE FROM legal_move WHERE action = 'note';
UPDATE lifecycle_version SET moves = (SELECT count(*) FROM legal_move m WHERE m.lifecycle = lifecycle_version.key);
DROP TABLE saved_view;
ALTER TABLE dossier DROP COLUMN contents;
DROP INDEX IF EXISTS ix_dossier_search;
