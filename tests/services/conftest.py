"""Services over the real store: every test runs on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import open_store
from tests.postgres import fresh_database
from tests.services.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty place for a store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
    else:
        with fresh_database() as server:
            yield server


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """A founded store with two provinces."""
    store = open_store(url, create=True)
    try:
        yield World(store)
    finally:
        store.close()
