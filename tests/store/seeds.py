"""What the stores of these tests begin with, made once and copied (tests.seeds)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from db.directory import install_lifecycle
from db.store import Store
from tests.seeds import Fill, copied
from tests.store.world import TINY

NOW = datetime(2024, 7, 1, 8, 30, tzinfo=UTC)


def with_tiny(store: Store) -> None:
    """The tiny lifecycle and nothing else."""
    store.now = lambda: NOW
    with store.administer() as admin:
        install_lifecycle(admin, TINY)


@contextmanager
def opened(dialect: str, folder: Path, fill: Fill) -> Iterator[Store]:
    """Open a store of one's own that `fill` has filled; its clock stands at `NOW`."""
    with copied(dialect, folder, fill) as url, Store(url, now=lambda: NOW, timeout=5) as store:
        yield store
