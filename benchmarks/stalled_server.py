"""A big store on PostgreSQL: the tables of a SQLite file copied as they are, past the triggers.

The rows were made by the real engine (benchmarks.bigstore); what is asked of the copy is how fast it answers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from db.models import tables

BATCH: Final = 20_000
GUARDS: Final = """
    SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgenabled = 'A' AND NOT t.tgisinternal AND c.relname = ANY (%s)"""
"""Guards that nobody may switch off for a session."""
INDEXES: Final = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisunique"""
"""Indexes that are quicker to build anew than to keep up while rows come in."""
NEEDED: Final = """
    WHERE id IN (SELECT h.id FROM dossier d CROSS JOIN history h
      WHERE d.ending = '' AND h.dossier = d.code AND h.seq IN (d.version, d.content_seq))"""
"""The rows of the history that the list looks at: each open dossier's last, and the one with its content."""
UNREAD: Final = frozenset(
    {"paper", "amount", "charge", "refusal", "attachment_blob", "log_position", "log_queue"}
)
"""Tables that neither a page's order nor a count reads."""


@contextmanager
def copied(file: Path, *, last_rows: bool = False) -> Iterator[str]:
    """Give the address of a new database with all that is in `file`, and drop it after.

    last_rows: of the history only what the list looks at, where all of it would not fit the disk; every
    dossier is there.
    """
    from tests.postgres import fresh_database

    source = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        with fresh_database() as url, psycopg.connect(url) as server:
            names = [table.name for table in tables("postgresql")]
            server.execute("SET maintenance_work_mem = '1GB'")
            # Rows that are right already need no guard.
            guards = server.execute(GUARDS, [names]).fetchall()
            for name in names:
                server.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(name)))
            for name in names:
                if not (last_rows and name in UNREAD):
                    _copy(source, server, name, NEEDED if last_rows and name == "history" else "")
            for name in names:
                server.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER ALL").format(sql.Identifier(name)))
            for table, guard in guards:
                always = sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}")
                server.execute(always.format(sql.Identifier(table), sql.Identifier(guard)))
            server.commit()
            server.autocommit = True
            server.execute("ANALYZE")
            yield url
    finally:
        source.close()


def _copy(
    source: sqlite3.Connection, server: psycopg.Connection[tuple[str, ...]], name: str, where: str
) -> None:
    from db.base import Base, FromLeaf

    there = {row[0] for row in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if name not in there:
        return
    # What is generated from the leaf in a file is filled by the guard on a server.
    columns = [
        column.name
        for column in Base.metadata.tables[name].columns
        if column.computed is None or isinstance(column.computed.sqltext, FromLeaf)
    ]
    named = ", ".join(f'"{column}"' for column in columns)
    target = sql.Identifier(name)
    server.execute(sql.SQL("TRUNCATE {} CASCADE").format(target))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(target, sql.SQL(", ").join(map(sql.Identifier, columns)))
    indexes = server.execute(INDEXES, [name]).fetchall()
    for index, _ in indexes:
        server.execute(sql.SQL(f"DROP INDEX {index}"))
    rows = source.execute(f'SELECT {named} FROM "{name}" {where}')
    with server.cursor() as cursor, cursor.copy(into) as copy:
        while batch := rows.fetchmany(BATCH):
            for row in batch:
                copy.write_row(row)
    for _, made in indexes:
        server.execute(sql.SQL(made))
