"""Stores with the tiny lifecycle installed, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.directory import install_lifecycle
from db.store import Store, open_store
from tests.postgres import fresh_database
from tests.store.world import TINY

NOW = datetime(2024, 7, 1, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the tiny lifecycle; tests copy it."""
    path = tmp_path_factory.mktemp("seed") / "seed.db"
    url = f"sqlite:///{path}"
    with open_store(url, create=True, now=lambda: NOW) as store, store.administer() as admin:
        install_lifecycle(admin, TINY)
    return path


@pytest.fixture
def sqlite_file(sqlite_seed: Path, tmp_path: Path) -> Path:
    """A store file of its own."""
    return Path(shutil.copyfile(sqlite_seed, tmp_path / "store.db"))


@pytest.fixture
def sqlite_store(sqlite_file: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{sqlite_file}", now=lambda: NOW, timeout=5) as store:
        yield store


@pytest.fixture
def pg_store() -> Iterator[Store]:
    with fresh_database() as url, open_store(url, now=lambda: NOW, timeout=5) as store:
        with store.administer() as admin:
            install_lifecycle(admin, TINY)
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """Every test that asks for it runs on both databases."""
    name = "sqlite_store" if request.param == "sqlite" else "pg_store"
    made: Store = request.getfixturevalue(name)
    return made
