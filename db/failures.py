"""From what SQLite, PostgreSQL and the operating system report to the store's own errors."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from db.errors import (
    IntegrityRefused,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreNotDatabase,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
)

STALE = frozenset({"KC06", "KC07", "KC08"})
"""Guards that say: somebody moved the dossier first."""
DONE = "KC05"
"""The guard that says: this request was carried out before."""
_BY_SQLITE: dict[int, type[StoreUnusable]] = {
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: StoreDamaged,
    sqlite3.SQLITE_NOTADB: StoreNotDatabase,
    sqlite3.SQLITE_CANTOPEN: StoreUnreachable,
}
_BY_CLASS: dict[str, type[StoreUnusable]] = {
    "53": StoreFull,  # insufficient resources: disk full, out of memory
    "08": StoreUnreachable,
    "57": StoreUnreachable,  # the server is going down
    "28": StoreUnreachable,  # wrong user or password
    "3D": StoreUnreachable,  # no such database
    "55": StoreBusy,  # lock not available
    "40": StoreBusy,  # serialisation, deadlock
    "XX": StoreDamaged,
}


def _place(location: Path | str) -> str:
    text = str(location)
    if "://" not in text:
        return text
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def from_sqlite(error: sqlite3.Error, location: Path | str) -> StoreError:
    """Return the store's error for one of sqlite3's."""
    text = str(error)
    if text[:2] == "KC" and text[2:4].isdigit():
        return IntegrityRefused(text[:4], text)
    number = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if number in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG):
        return IntegrityRefused("KC99", text)
    if number == sqlite3.SQLITE_AUTH:
        return IntegrityRefused("KC00", text)
    if "malformed JSON" in text:
        return IntegrityRefused("KC02", text)
    if isinstance(error, sqlite3.ProgrammingError) or number == sqlite3.SQLITE_ERROR:
        return StoreFailed(location=_place(location), detail=text)
    kind = _BY_SQLITE.get(number, StoreFailed)
    if number == sqlite3.SQLITE_CANTOPEN and _only_readable(Path(location)):
        kind = StoreReadOnly  # SQLite can't make the files that stand beside the store
    return kind(location=_place(location), detail=text)


def _only_readable(path: Path) -> bool:
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def from_psycopg(error: Any, location: str) -> StoreError:  # noqa: ANN401 - psycopg may not be loaded
    """Return the store's error for one of psycopg's."""
    state = error.sqlstate or ""
    text = error.diag.message_primary or str(error).strip().splitlines()[0]
    if state.startswith("KC"):
        return IntegrityRefused(text[:4], text)
    if state.startswith("23") or state.startswith("42"):
        return IntegrityRefused("KC99", text)
    if state.startswith("22"):
        # A leaf that can't even be read as JSON or date.
        return IntegrityRefused("KC02", text)
    if state == "25006":
        return StoreReadOnly(location=_place(location), detail=text)
    kind = _BY_CLASS.get(state[:2], StoreFailed if state else StoreUnreachable)
    return kind(location=_place(location), detail=text)


def translate(error: BaseException, location: Path | str) -> StoreError | None:
    """Return the store's error for a driver's or the system's, None for any other exception."""
    if isinstance(error, sqlite3.Error):
        return from_sqlite(error, location)
    if type(error).__module__.startswith("psycopg"):
        return from_psycopg(error, str(location))
    if isinstance(error, PermissionError):
        return StoreReadOnly(location=_place(location), detail=error.strerror or "")
    if isinstance(error, OSError):
        return StoreUnreachable(location=_place(location), detail=error.strerror or str(error))
    return None


@contextmanager
def translated(location: Path | str) -> Iterator[None]:
    """Raise the store's errors instead of the driver's and the system's."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        ours = translate(error, location)
        if ours is None:
            raise
        raise ours from error
