"""The schema's fingerprint: whoever drops or changes a guard, a table or a rule changes it.

`EXPECTED` is part of the program, so that a store can't vouch for itself. It says nothing about the rows:
that is db.verify's work.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from db.errors import StoreTampered
from db.reader import Reader, Row
from db.statements import Statement
from db.url import Dialect

EXPECTED: Final[dict[Dialect, str]] = {
    "sqlite": "3ab5455a6838fae9798ae00a0b6a85ce4858d23d3fb154887159468a3aea3842",
    "postgresql": "e613719008e8d705822902366e909fe3bf58f32da34b820c5d0d45d9b47f2d0e",
}
"""Of the newest revision; `python -m db.fingerprint URL` prints that of a store."""

# FTS5's own tables and the statistics of ANALYZE differ between versions of SQLite and hold no rule.
_SQLITE = """
SELECT type, name, tbl_name, sql FROM sqlite_schema
WHERE NOT (type = 'index' AND sql IS NULL)
  AND NOT (type = 'table' AND name IN ('dossier_search_data', 'dossier_search_idx', 'dossier_search_docsize',
    'dossier_search_config', 'sqlite_stat1', 'sqlite_stat4', 'sqlite_sequence'))
ORDER BY type, name
"""
_POSTGRESQL = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
    || a.attgenerated::text || a.attidentity::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid
    AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND a.attnum > 0
    AND NOT a.attisdropped
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'p', 'f')
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled::text || ' ' || pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
    AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
UNION ALL SELECT 'rule', tablename::text, rulename::text, definition FROM pg_rules WHERE schemaname = 'public'
UNION ALL SELECT 'function', p.proname, pg_get_function_identity_arguments(p.oid),
    coalesce(array_to_string(p.proconfig, ','), '') || ' ' || p.prosecdef || p.provolatile::text || ' '
    || p.prosrc
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
ORDER BY 1, 2, 3
"""
_VERSIONS = """
SELECT "key", name, version, subject, fingerprint, definition, parameters, moves, fund FROM lifecycle_version
"""
_MOVES = """
SELECT lifecycle, action, from_state, to_state, role, needs_reason, ending, fsm, second_person, charges
FROM legal_move
"""


def _digest(rows: list[Row]) -> str:
    total = sha256()
    for row in sorted("\x1f".join("" if value is None else str(value) for value in row) for row in rows):
        total.update(row.encode() + b"\x1e")
    return total.hexdigest()


def schema(reader: Reader) -> str:
    """Return the SHA-256 hex of tables, columns, constraints, triggers and functions."""
    return _digest(reader.rows(Statement(_SQLITE if reader.dialect == "sqlite" else _POSTGRESQL, {}), {}))


def moves(reader: Reader) -> str:
    """Return the SHA-256 hex of the installed lifecycles and their legal moves."""
    rows = reader.rows(Statement(_VERSIONS, {}), {})
    return _digest(rows + reader.rows(Statement(_MOVES, {}), {}))


def check(reader: Reader) -> None:
    """Raise `StoreTampered` unless the schema is the one that this program made."""
    found = schema(reader)
    if found != EXPECTED[reader.dialect]:
        expected = EXPECTED[reader.dialect]
        raise StoreTampered(location=reader.store.location, found=found[:16], expected=expected[:16])


if __name__ == "__main__":
    import sys

    from db.store import Store

    with Store(sys.argv[1]) as store, store.read() as reading:
        sys.stdout.write(f"{schema(reading)}\n")
