"""What the application's own connection may not even try on SQLite."""

from __future__ import annotations

import sqlite3

import pytest

from db.authorizer import Role
from db.errors import IntegrityRefused
from db.statements import Statement
from db.store import Store
from tests.store import world

ANSWERS = "not authorized|prohibited|may not be modified"
DENIED = (
    "DELETE FROM history",
    "DELETE FROM refusal",
    "UPDATE history SET hash = ''",
    "UPDATE dossier SET state = 'done'",
    "INSERT INTO dossier (code) VALUES ('x')",
    "INSERT INTO paper (dossier, seq, idx, kind) VALUES ('x', 1, 0, 'x')",
    "INSERT INTO amount (dossier, seq, kind, dong) VALUES ('x', 1, 'approved', 1)",
    "UPDATE log_head SET size = 1",
    "INSERT INTO clock (dossier, seq, entered_seq, reminders, level) VALUES ('x', 1, 1, 0, 0)",
    "UPDATE clock SET level = 1",
    "INSERT INTO hold (dossier, seq, entered_seq, party, from_on, until_on)"
    " VALUES ('x', 1, 1, 'x', 'x', 'x')",
    "UPDATE hold SET until_on = ''",
    "DELETE FROM hold",
    "DELETE FROM office_rule",
    "DELETE FROM office_day",
    "DELETE FROM digest",
    "INSERT INTO duty (organisation, level, person, valid_from) VALUES ('x', 'head', 'x', '2020-01-01')",
    "INSERT INTO legal_move VALUES ('x', 'x', 'x', 'x', 'x', 0, '', 'x')",
    "INSERT INTO lifecycle_version (key) VALUES ('x')",
    "INSERT INTO dossier_search (rowid, code, folded, place) VALUES (1, 'x', 'x', 'x')",
    "INSERT INTO person (login, name, valid_from) VALUES ('x', 'x', '2020-01-01')",
    "UPDATE meta SET value = ''",
    "UPDATE alembic_version SET version_num = ''",
    "UPDATE sqlite_master SET sql = ''",
    "DROP TRIGGER history_delete",
    "DROP TABLE history",
    "DROP INDEX ix_dossier_due",
    "ALTER TABLE history RENAME TO h",
    "ALTER TABLE dossier ADD COLUMN x",
    "CREATE TABLE x (y)",
    "CREATE TEMP TABLE dossier (code)",
    "CREATE TEMP VIEW legal_move AS SELECT 1",
    "CREATE TRIGGER x AFTER INSERT ON history BEGIN SELECT 1; END",
    "CREATE TEMP TRIGGER x BEFORE INSERT ON history BEGIN SELECT RAISE(IGNORE); END",
    "CREATE INDEX x ON history (leaf)",
    "CREATE VIRTUAL TABLE x USING fts5(y)",
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "PRAGMA writable_schema = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = OFF",
    "PRAGMA application_id = 1",
    "PRAGMA user_version = 1",
    "REINDEX",
    "ANALYZE",
    "SELECT load_extension('x')",
)


@pytest.mark.parametrize("sql", DENIED)
def test_denied(sqlite_store: Store, sql: str) -> None:
    world.started(sqlite_store)
    raw = sqlite_store.take(Role.APPLICATION, writes=True)
    try:
        with pytest.raises(
            sqlite3.DatabaseError, match=r"not authorized|prohibited|may not be modified"
        ) as refused:
            raw.execute(sql)
        assert refused.value.sqlite_errorname in ("SQLITE_AUTH", "SQLITE_ERROR")
    finally:
        sqlite_store.give_back(Role.APPLICATION, raw, writes=True, healthy=True)
    assert world.dossier(sqlite_store).state == "draft"


def test_administration_does_not_move_dossiers(sqlite_store: Store) -> None:
    row = world.started(sqlite_store)
    with pytest.raises(IntegrityRefused, match="KC00"), sqlite_store.administer() as admin:
        admin.append(world.move(row, "submit", "review"))
    with pytest.raises(IntegrityRefused, match="KC00"), sqlite_store.write() as writer:
        writer.run(Statement("INSERT INTO meta (key, value) VALUES ('a', 'b')", {}), {})


def test_reading_pragmas_are_allowed(sqlite_store: Store) -> None:
    with sqlite_store.read() as reader:
        assert reader.raw.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert reader.raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert reader.raw.execute("PRAGMA synchronous").fetchone() == (2,)
