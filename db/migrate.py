"""Making a store, and bringing an older one up to date. Alembic is imported only when there is work to do."""

from __future__ import annotations

import os
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
    StoreTruncated,
)
from db.failures import translated
from db.leaf import instant
from db.url import Address, parse_url

REVISIONS: Final = ("0001", "0002")
"""Every revision of the schema, oldest first (a test compares them with db/migrations/versions)."""
HEAD: Final = REVISIONS[-1]
MAGIC: Final = b"SQLite format 3\0"
Outcome = Literal["created", "upgraded", "current"]


def check_place(url: str, *, allow_network: bool = False) -> tuple[str, ...]:
    """Return warnings about the place of a file. Raises `StoreOnNetwork` (unless allowed)."""
    path = parse_url(url).path
    return () if path is None or allow_network else netfs.check_folder(path)


def ensure_current(
    url: str, create: bool = False, *, now: Callable[[], datetime] | None = None, timeout: float = 10.0
) -> Outcome:
    """Make a store ready for this program: create it (only with `create`), upgrade it, or leave it as it is.

    Nothing is ever created over an existing file. Raises `StoreMissing`, `StoreEmpty`, `StoreNotDatabase`,
    `StoreTruncated`, `StoreDamaged`, `StoreForeign`, `StoreNewer`, `StoreUnreachable`, `StoreReadOnly`.
    """
    address = parse_url(url)
    at = instant(now() if now else datetime.now(UTC))
    if address.path is not None:
        return _ensure_file(address.path, create, at, timeout)
    return _ensure_server(address, create, at, timeout)


# -- SQLite ------------------------------------------------------------------------------------------


def _ensure_file(path: Path, create: bool, at: str, timeout: float) -> Outcome:
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
    return _upgrade_if_older(Address("sqlite", path, None), revision)


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


def _ensure_server(address: Address, create: bool, at: str, timeout: float) -> Outcome:
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
        return _upgrade_if_older(address, revision)
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


def _upgrade_if_older(address: Address, revision: str) -> Outcome:
    if revision == HEAD:
        return "current"
    if revision not in REVISIONS:
        raise StoreNewer(location=address.location, found=revision, known=HEAD)
    with translated(address.path or str(address.dsn)):
        _upgrade(address, None)
    return "upgraded"


def _upgrade(address: Address, at: str | None, *, create: bool = False) -> None:
    from alembic import command

    engine = sqlalchemy_engine(address.path, address.dsn, create=create)
    try:
        with engine.begin() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
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
