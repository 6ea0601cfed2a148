"""The world with money, on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.store import open_store
from tests.services.money.world import MoneyWorld


@pytest.fixture
def world(money_url: str) -> Iterator[MoneyWorld]:
    """A founded store with two provinces and two people in every office."""
    with open_store(money_url) as store:
        yield MoneyWorld(store)
