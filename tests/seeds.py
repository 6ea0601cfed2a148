"""Stores that many tests begin with: made once in a worker, then copied.

with copied("postgresql", tmp_path, fill) as url:
    store = open_store(url)
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from db.store import Store, open_store
from tests.postgres import fresh_database

Fill = Callable[[Store], None]
"""Writes what a store begins with: a function of a module, so that one seed is made and not many."""


@cache
def _seeds() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kcflow-seeds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def seed_file(fill: Fill) -> Path:
    """The file of a closed store that `fill` has filled; copy it, never write to it."""
    path = _seeds() / f"{fill.__module__}.{fill.__qualname__}.db"
    with open_store(f"sqlite:///{path}", create=True) as store:
        fill(store)
    return path


def sample(store: Store) -> None:
    """The sample, as `scripts.walk.make_sample` plays it."""
    from kcflow.sample import play
    from scripts.walk import ACCOUNT

    play(store, ACCOUNT, lambda *_: None)


@contextmanager
def copied(dialect: str, folder: Path, fill: Fill) -> Iterator[str]:
    """Give the URL of a store of one's own ("sqlite" in `folder`, or "postgresql") that `fill` has filled."""
    if dialect == "sqlite":
        yield f"sqlite:///{shutil.copyfile(seed_file(fill), folder / 'store.db')}"
    else:
        with fresh_database(fill=fill) as url:
            yield url
