"""Making a store, and bringing an older one up to date. Alembic is imported only when there is work to do."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from db import netfs
from db.authorizer import Role
from db.engine import APPLICATION_ID, connect_postgresql, connect_sqlite, sqlalchemy_engine
from db.errors import (
    StoreEmpty,
    StoreForeign,
    StoreMissing,
    StoreNewer,
    StoreNotDatabase,
    StoreOlder,
    StoreTruncated,
)
from db.failures import translated
from db.leaf import instant
from db.url import Address, parse_url

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005")
"""Every revision of the schema, oldest first (a test compares them with db/migrations/versions)."""
HEAD: Final = REVISIONS[-1]
MAGIC: Final = b"SQLite format 3\0"
Outcome = Literal["created", "upgraded", "current"]
Progress = Callable[[str, int, int], None]
"""progress(step, number, total) of an upgrade: when a step begins, and now and then while it lasts.

step: "tables", "rows", "search", "indexes" are changed; "write": all of it goes to the disk; "server":
PostgreSQL does everything in one step.
"""
_STEPS: Final = (
    ("tables", re.compile(r"ALTER TABLE\b", re.IGNORECASE)),
    ("search", re.compile(r"INSERT INTO dossier_search\b", re.IGNORECASE)),
    ("indexes", re.compile(r"CREATE (UNIQUE )?INDEX\b", re.IGNORECASE)),
    ("rows", re.compile(r"(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)),
)
"""Statements that take their time in a large store."""
_NOW_AND_THEN: Final = 2_000_000
"""Instructions of SQLite between two words of progress: a fifth of a second."""


def check_place(url: str, *, allow_network: bool = False) -> tuple[str, ...]:
    """Return warnings about the place of a file. Raises `StoreOnNetwork` (unless allowed)."""
    path = parse_url(url).path
    return () if path is None or allow_network else netfs.check_folder(path)


def ensure_current(
    url: str,
    create: bool = False,
    *,
    now: Callable[[], datetime] | None = None,
    timeout: float = 10.0,
    progress: Progress | None = None,
) -> Outcome:
    """Make a store ready for this program: create it (only with `create`), upgrade it, or leave it as it is.

    Nothing is ever created over an existing file. `progress` hears of an upgrade, which may take minutes.
    Raises `StoreMissing`, `StoreEmpty`, `StoreNotDatabase`, `StoreTruncated`, `StoreDamaged`, `StoreForeign`,
    `StoreNewer`, `StoreUnreachable`, `StoreReadOnly`.
    """
    address = parse_url(url)
    at = instant(now() if now else datetime.now(UTC))
    if address.path is not None:
        return _ensure_file(address.path, create, at, timeout, progress)
    return _ensure_server(address, create, at, timeout, progress)


# -- SQLite ------------------------------------------------------------------------------------------


def _ensure_file(path: Path, create: bool, at: str, timeout: float, progress: Progress | None) -> Outcome:
    if not path.exists():
        if not create:
            raise StoreMissing(location=str(path))
        _create_file(path, at)
        return "created"
    inspect_file(path)
    raw = connect_sqlite(path, Role.APPLICATION, timeout=timeout)
    try:
        with translated(path):
            revision = _revision(raw, str(path))
    finally:
        raw.close()
    return _upgrade_if_older(Address("sqlite", path, None), revision, progress)


def inspect_file(path: Path) -> None:
    """Look at a file's header before SQLite does.

    It would take an empty file for a new database, and another program's into WAL mode. Raises `StoreEmpty`,
    `StoreNotDatabase`, `StoreTruncated`, `StoreForeign` (file format: sqlite.org/fileformat2.html 1.3).
    """
    with translated(path):
        if path.is_dir():
            raise StoreNotDatabase(location=str(path))
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(100)
    if not header:
        raise StoreEmpty(location=str(path))
    if not MAGIC.startswith(header[:16]) or (size < 512 and not header.startswith(MAGIC)):
        raise StoreNotDatabase(location=str(path))
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    expected = page * int.from_bytes(header[28:32], "big")
    wal = path.with_name(f"{path.name}-wal")
    # With work in the WAL, the file's own count of pages is that of the last checkpoint or later.
    pending = wal.exists() and wal.stat().st_size > 0
    if len(header) < 100 or (size < expected and not pending) or size < page:
        raise StoreTruncated(location=str(path), expected=max(expected, page), found=size)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise StoreForeign(location=str(path))


def _create_file(path: Path, at: str) -> None:
    """Make the whole store beside its place and link it there: a crash leaves nothing half made."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
    try:
        _upgrade(Address("sqlite", draft, None), at, create=True)
        raw = connect_sqlite(draft, None)
        try:
            with translated(path):
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
        with translated(path):
            _publish(draft, path)
    finally:
        for suffix in ("", "-wal", "-shm"):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    try:
        # Unlike renaming, linking fails when somebody else was faster.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:
        # A file system without links (FAT is refused earlier).
        draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# -- PostgreSQL --------------------------------------------------------------------------------------


def _ensure_server(
    address: Address, create: bool, at: str, timeout: float, progress: Progress | None
) -> Outcome:
    raw = connect_postgresql(str(address.dsn), timeout=timeout)
    try:
        with translated(str(address.dsn)):
            tables = {
                row[0]
                for row in raw.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            }
            if not tables:
                if not create:
                    raise StoreMissing(location=address.location)
                revision = None
            elif not {"alembic_version", "history", "legal_move"} <= tables:
                raise StoreForeign(location=address.location)
            else:
                revision = _revision(raw, address.location)
    finally:
        raw.close()
    if revision is not None:
        return _upgrade_if_older(address, revision, progress)
    with translated(str(address.dsn)):
        _upgrade(address, at, create=True)
    return "created"


# -- both --------------------------------------------------------------------------------------------


def _revision(raw: Any, location: str) -> str:  # noqa: ANN401 - either driver's connection
    try:
        rows = raw.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            raise StoreForeign(location=location) from error
        raise
    if len(rows) != 1:
        raise StoreForeign(location=location)
    return str(rows[0][0])


def check_revision(raw: Any, location: str) -> None:  # noqa: ANN401 - either driver's connection
    """Refuse a store that this program would have to upgrade first, or doesn't know.

    Raises `StoreOlder`, `StoreNewer`, `StoreForeign`.
    """
    revision = _revision(raw, location)
    if revision != HEAD:
        kind = StoreOlder if revision in REVISIONS else StoreNewer
        raise kind(location=location, found=revision, known=HEAD)


def _upgrade_if_older(address: Address, revision: str, progress: Progress | None) -> Outcome:
    if revision == HEAD:
        return "current"
    if revision not in REVISIONS:
        raise StoreNewer(location=address.location, found=revision, known=HEAD)
    with translated(address.path or str(address.dsn)):
        if progress is None or address.path is None:
            if progress is not None:
                progress("server", 1, 1)
            _upgrade(address, None)
        else:
            _upgrade(address, None, watch=_Watch(progress, _steps_from(revision)))
    return "upgraded"


class _Watch:
    """Follows the statements of an upgrade of a SQLite file. total: how many steps it has."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._step = "rows"
        self.number = 0

    def follow(self, raw: Any) -> None:  # noqa: ANN401 - sqlite3's connection
        """Hear of every statement that a migration executes on this connection."""
        execute = raw.execute

        def told(statement: str, *values: Any) -> Any:  # noqa: ANN401 - as sqlite3's
            step = next((name for name, begins in _STEPS if begins.match(statement)), None)
            if step is not None:
                self.begin(step)
            return execute(statement, *values)

        raw.execute = told
        raw.set_progress_handler(self._still, _NOW_AND_THEN)

    def begin(self, step: str) -> None:
        """Say that the next step begins; where there are more than was thought, the last one goes on."""
        self._step, self.number = step, self.number + 1
        self._still()

    def _still(self) -> None:
        self._progress(self._step, min(self.number, self._total), self._total)

    def end(self) -> None:
        """Say that only the disk is waited for."""
        self.number = max(self.number, self._total - 1)
        self.begin("write")


def _steps_from(revision: str) -> int:
    """Return how many steps an upgrade from `revision` has, by trying it on an empty store."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kcflow-") as folder:
        empty = Address("sqlite", Path(folder) / "empty.db", None)
        _upgrade(empty, None, create=True, to=revision)
        watch = _Watch(lambda *_: None, 1)
        _upgrade(empty, None, watch=watch)
        return watch.number


def _upgrade(
    address: Address,
    at: str | None,
    *,
    create: bool = False,
    to: str = "head",
    watch: _Watch | None = None,
) -> None:
    from alembic import command

    engine = sqlalchemy_engine(address.path, address.dsn, create=create)
    try:
        with engine.begin() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            if watch is not None:
                watch.follow(connection.connection.driver_connection)
            command.upgrade(config, to)
            if watch is not None:
                watch.end()
            if at is not None:
                facts = {"application": "kcflow", "created": at, "machine": machine()}
                for key, value in facts.items():
                    connection.exec_driver_sql(
                        f"INSERT INTO meta (key, value) VALUES ('{key}', '{value}')"  # noqa: S608 - our own words
                    )
    finally:
        engine.dispose()


def alembic_config() -> Any:  # noqa: ANN401 - alembic is imported late
    """Return Alembic's configuration; no alembic.ini is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "db:migrations")
    return config


def machine() -> str:
    """Return a name for this machine that says nothing about it, "" when it has none (machine-id(5))."""
    try:
        text = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return sha256(f"kcflow {text}".encode()).hexdigest()[:32] if text else ""
