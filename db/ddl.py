"""The whole schema as SQL text, made from the models and the trigger files.

Migrations run a frozen copy of this text (db/migrations/ddl); a test says when the two have drifted apart.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.schema import CreateIndex, CreateTable

from db import leaf
from db.models import indexes, tables
from db.statements import MARK
from db.url import Dialect

MARKS = (
    f"char({ord(MARK)}) || replace(province, ':', '') || ' ' || char({ord(MARK)}) || 'y' || plan_year"
    f" || ' ' || char({ord(MARK)}) || 'u' || hex(unit_office)"
)
"""The words by which the search finds a province, a plan year, a unit (db.search)."""
_SEARCH = (
    "CREATE VIEW dossier_words AS SELECT id, code, folded,"  # noqa: S608 - our own words
    f" {MARKS} AS marks FROM dossier WHERE id > 0",
    "CREATE VIRTUAL TABLE dossier_search USING fts5(code, folded, marks, content = 'dossier_words',"
    " content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3 4')",
)
_HEAD = "INSERT INTO log_head (id, size, peaks) VALUES (1, 0, '')"
_SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "LEAF": leaf.SPEC,
    "PAPER": leaf.PAPER_SPEC,
    "AMOUNT": leaf.AMOUNT_SPEC,
    "DUE": leaf.DUE_SPEC,
    "DEADLINE": leaf.DEADLINE_SPEC,
    "CONTENT": leaf.CONTENT_SPEC,
    "CLOCK": leaf.CLOCK_SPEC,
}


_TEXTS: Final[Mapping[str, tuple[Mapping[str, str], Callable[[str], str]]]] = {
    "LEAF_TEXT": (leaf.SPEC, lambda key: f'r."{key}"'),
    "PAPER_TEXT": (leaf.PAPER_SPEC, lambda key: f"p ->> '{key}'"),
    "AMOUNT_TEXT": (leaf.AMOUNT_SPEC, lambda key: f"p ->> '{key}'"),
    "DUE_TEXT": (leaf.DUE_SPEC, lambda key: f"p ->> '{key}'"),
    "DEADLINE_TEXT": (leaf.DEADLINE_SPEC, lambda key: f"p ->> '{key}'"),
}
_INNER: Final[Mapping[str, str]] = {
    "doc": "kc_paper({})",
    "papers": "kc_papers({})",
    "amount": "kc_amount({})",
    "deadline": "kc_due({}, true)",
    "due": "kc_due({}, false)",
    "refs": "kc_refs({})",
    "changes": "kc_canonical({})",
    "content": "kc_canonical({})",
}
"""What gives the one text of an object or array inside a leaf."""


def _one_text(spec: Mapping[str, str], value: Callable[[str], str]) -> str:
    """PostgreSQL: the canonical text of an object of this shape as an expression; NULL when a key has none.

    value: the expression of a key's value as text. The keys are written out in their order, so that nothing
    need be sorted: that makes it ten times as fast as a text of any object.
    """
    parts = []
    for mark, key in zip("{" + "," * len(spec), sorted(spec), strict=False):
        kinds, given = spec[key].split(), value(key)
        made = _INNER[key].format(given) if kinds[0] in ("object", "array") else given
        if made != given:
            made = f"public.{made}"
        elif kinds[0] == "string":
            made = f"to_json({given})::text"
        else:
            made = f"({given})"
        if "null" in kinds:
            made = f"CASE WHEN {given} IS NULL THEN 'null' ELSE {made} END"
        parts.append(f"'{mark}\"{key}\":' || {made}")
    return "\n      || ".join(parts) + " || '}'"


class _Compiler(SQLiteCompiler):
    def get_from_hint_text(self, table: sa.FromClause, text: str | None) -> str | None:  # noqa: ARG002
        """Write `with_hint` behind the table (INDEXED BY …); SQLAlchemy's own compiler leaves it out."""
        return text


def dialect_of(name: Dialect) -> sa.Dialect:
    """Return SQLAlchemy's dialect with the parameter style that the store's statements use."""
    if name == "sqlite":
        made = sqlite.dialect(paramstyle="named")
        made.statement_compiler = _Compiler
        return made
    return psycopg.dialect()  # type: ignore[no-untyped-call]


def triggers(name: Dialect) -> str:
    """Return the guards of one database as SQL text."""
    text = (resources.files("db") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    for mark, spec in _SHAPES.items():
        text = text.replace(f"'@{mark}@'", f"'{json.dumps(spec)}'")
    for mark, shape in _TEXTS.items():
        if f"@{mark}@" in text:
            text = text.replace(f"@{mark}@", _one_text(*shape))
    return text


def tables_ddl(name: Dialect) -> list[str]:
    """Return CREATE TABLE and CREATE INDEX of one database, in order."""
    dialect = dialect_of(name)
    made = []
    for table in tables(name):
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        made += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes(table, name)]
    return ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in made]


def schema(name: Dialect) -> str:
    """Return everything that makes a new store, as one SQL text."""
    parts = tables_ddl(name) + (list(_SEARCH) if name == "sqlite" else []) + [_HEAD]
    return ";\n\n".join(parts) + ";\n\n" + triggers(name)


def split(text: str) -> list[str]:
    """Return the single statements of a SQLite script (triggers hold semicolons)."""
    statements, rest = [], ""
    for line in text.splitlines(keepends=True):
        if not rest and (line.startswith("--") or not line.strip()):
            continue
        rest += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(rest):
            statements.append(rest.strip().rstrip(";"))
            rest = ""
    return statements


if __name__ == "__main__":
    import sys

    asked: Dialect = "postgresql" if "postgresql" in sys.argv[1:] else "sqlite"
    sys.stdout.write(triggers(asked) if "guards" in sys.argv[1:] else schema(asked))
