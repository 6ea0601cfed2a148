"""Stores with the tiny lifecycle installed, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store
from tests.seeds import seed_file
from tests.store.seeds import NOW, opened, with_tiny


@pytest.fixture
def sqlite_seed() -> Path:
    """A closed store with the tiny lifecycle; tests copy it."""
    return seed_file(with_tiny)


@pytest.fixture
def sqlite_file(sqlite_seed: Path, tmp_path: Path) -> Path:
    """A store file of its own."""
    return Path(shutil.copyfile(sqlite_seed, tmp_path / "store.db"))


@pytest.fixture
def sqlite_store(sqlite_file: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{sqlite_file}", now=lambda: NOW, timeout=5) as store:
        yield store


@pytest.fixture
def pg_store(tmp_path: Path) -> Iterator[Store]:
    with opened("postgresql", tmp_path, with_tiny) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Every test that asks for it runs on both databases."""
    return str(request.param)


@pytest.fixture
def store(request: pytest.FixtureRequest, dialect: str) -> Store:
    """Every test that asks for it runs on both databases."""
    made: Store = request.getfixturevalue("sqlite_store" if dialect == "sqlite" else "pg_store")
    return made
