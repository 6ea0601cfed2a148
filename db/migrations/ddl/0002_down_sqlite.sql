DELETE FROM legal_move WHERE action = 'note';
UPDATE lifecycle_version SET moves = (SELECT count(*) FROM legal_move m WHERE m.lifecycle = lifecycle_version."key");
DROP TABLE saved_view;
DROP TABLE dossier_search;
DROP VIEW dossier_words;
ALTER TABLE dossier DROP COLUMN contents;
CREATE VIRTUAL TABLE dossier_search USING fts5(code, folded, content = 'dossier', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3');
