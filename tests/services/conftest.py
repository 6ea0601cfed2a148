"""Services over the real store: every test runs on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import open_store
from tests.seeds import copied
from tests.services.money.world import two_in_every_office
from tests.services.world import World, two_provinces


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def url(dialect: str, tmp_path: Path) -> Iterator[str]:
    """URL of a store with two provinces."""
    with copied(dialect, tmp_path, two_provinces) as place:
        yield place


@pytest.fixture
def money_url(dialect: str, tmp_path: Path) -> Iterator[str]:
    """URL of a store with two provinces and two people in every office."""
    with copied(dialect, tmp_path, two_in_every_office) as place:
        yield place


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """A founded store with two provinces."""
    with open_store(url) as store:
        yield World(store)
