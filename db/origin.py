"""Which store this is, so that one that was away is known again: copies share it, no two stores do."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from db.failures import translated

if TYPE_CHECKING:
    from db.reader import Reader


def of(reader: Reader) -> str:
    """When (to the microsecond) and on which machine the store was made."""
    return _named(reader.meta())


def of_file(path: Path) -> str:
    """The same of a file alone: the journal beside it may be another store's, and would be mixed into it.

    Raises the `StoreUnusable` errors.
    """
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with translated(path), closing(sqlite3.connect(address, uri=True)) as raw:
        return _named(dict(raw.execute("SELECT key, value FROM meta")))


def _named(meta: Mapping[str, str]) -> str:
    return f"{meta.get('created')} {meta.get('machine')}"
