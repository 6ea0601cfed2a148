"""Connections: to a SQLite file with every setting that durability and the guards need, or to PostgreSQL.

Settings from the reliability study 3.1: WAL with synchronous=FULL lost nothing in 1,530 simulated power cuts;
BEGIN IMMEDIATE lost no update, SQLAlchemy's default lost 175 of 240.
"""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from db import leaf as leaves
from db.authorizer import Role, authorizer
from db.errors import StoreUnusable
from db.failures import translated
from db.search import has_terms

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy as sa

APPLICATION_ID: Final = 0x4B43464C
"""PRAGMA application_id of our files: "KCFL"."""

SETTINGS: Final = (
    # For new files. Half the default: a move touches a dozen pages, so half as much to write, to sync and to
    # keep for a rollback (what SQLite keeps of one statement goes to a file on disk beyond 64 KB).
    "page_size=2048",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "synchronous=FULL",
    "cell_size_check=ON",
    # In pages: as many bytes as the default has with pages of 4 KB.
    "wal_autocheckpoint=2000",
)


READER_CACHE: Final = 2048
"""KB of pages that a reader keeps: the system keeps the file's, and there are several readers."""
WRITER_CACHE: Final = 16384
"""The same for a writer: with less, a decision on a thousand dossiers spills to the disk half way."""


class Seals:
    """The last leaf that was sealed on a connection, so that its trigger need not parse it again."""

    __slots__ = ("sealed",)

    def __init__(self) -> None:
        self.sealed: tuple[str, str] | None = None

    def check(self, text: str, claimed: str) -> str:
        """Return "ok", or what is wrong with a leaf's text and its claimed hash (function kc_leaf)."""
        if self.sealed == (text, claimed):
            return "ok"
        try:
            leaves.parse(text)
        except leaves.LeafError as error:
            return "digest" if error.digest else "form"
        except (TypeError, AttributeError):
            return "form"
        return "ok" if leaves.leaf_hash(text) == claimed else "hash"


class SqliteConnection(sqlite3.Connection):
    """A connection that knows the leaf it is about to write."""

    seals: Seals


def _sha256(data: bytes | None) -> str | None:
    return None if data is None else sha256(data).hexdigest()


def connect_sqlite(
    path: Path, role: Role | None, *, timeout: float = 10.0, create: bool = False, cache: int = WRITER_CACHE
) -> SqliteConnection:
    """Open a SQLite store with durable settings, the guards' functions, and the authorizer of `role`.

    role: None for migrations, which change the schema. timeout: seconds to wait for another writer.
    cache: KB of the file's pages to keep.
    Raises the `StoreUnusable` errors; never creates a file unless `create`.
    """
    mode = "rwc" if create else "rw"
    with translated(path):
        raw = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            factory=SqliteConnection,
        )
    try:
        with translated(path):
            _prepare(raw, role, path, cache)
    except BaseException:
        raw.close()
        raise
    return raw


def _prepare(raw: SqliteConnection, role: Role | None, path: Path, cache: int) -> None:
    for setting in (*SETTINGS, f"cache_size=-{cache}"):
        raw.execute(f"PRAGMA {setting}")
    if role is not None and cache == WRITER_CACHE:
        # What a statement would have to take back, some 20 pages for each leaf, is kept in memory: in a file,
        # where SQLite puts it from 64 KB on, it is 36 writes for each leaf of a decision over many.
        raw.execute("PRAGMA temp_store=MEMORY")
    mode = raw.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise StoreUnusable(location=str(path), detail=f"journal mode {mode} instead of wal")
    raw.seals = Seals()
    raw.create_function("kc_leaf", 2, raw.seals.check, deterministic=True)
    raw.create_function("kc_peaks", 3, leaves.append_peak, deterministic=True)
    raw.create_function("kc_sha256", 1, _sha256, deterministic=True)
    raw.create_function("kc_terms", 2, has_terms, deterministic=True)
    if role is not None:
        raw.set_authorizer(authorizer(role))


def connect_postgresql(dsn: str, *, timeout: float = 10.0) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to PostgreSQL; transactions are begun by hand. Raises the `StoreUnusable` errors."""
    import psycopg

    with translated(dsn):
        raw = psycopg.connect(dsn, autocommit=True, connect_timeout=max(2, round(timeout)))
    try:
        with translated(dsn):
            raw.execute(f"SET lock_timeout = {round(timeout * 1000)}")
            # An acknowledged move must be on disk, whatever the server's or the role's default is.
            raw.execute("SET synchronous_commit = on")
            raw.execute("SET search_path = public, pg_temp")
            # A date in a guard is read and written as in the leaf.
            raw.execute("SET datestyle = 'ISO, YMD'")
    except BaseException:
        raw.close()
        raise
    return raw


def sqlalchemy_engine(path: Path | None, dsn: str | None, *, create: bool = False) -> sa.Engine:
    """Return an engine over the same connections, for migrations and the ORM; close it with `dispose`."""
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    if path is not None:
        engine = sa.create_engine(
            "sqlite://", creator=lambda: connect_sqlite(path, None, create=create), poolclass=NullPool
        )

        # Python's sqlite3 begins late and only for some statements; the driver is told to leave it to us.
        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine
    address = str(dsn).replace("postgresql://", "postgresql+psycopg://", 1)
    return sa.create_engine(address, poolclass=NullPool)
