"""The stored deadline is a cache: whatever people do, it is what a fresh count gives, for every kind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from db.store import open_store
from tests.postgres import fresh_database
from tests.services.clock.machine import ClockMachine
from tests.services.clock.watch import differing, dues, watched
from tests.services.money.machine import Again, seed
from tests.services.money.works import Works

Founded = tuple[Path, Works]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A closed store that every example copies, and the world that made it."""
    file = tmp_path_factory.mktemp("clock") / "seed.db"
    works = Works(open_store(f"sqlite:///{file}", create=True))
    watched(works)
    seed(works)
    assert len({code.split("-")[0] for code in dues(works)}) >= 4, (
        "proposals of both kinds, a plan, a round, …"
    )
    assert differing(works) == []
    works.store.close()
    return file, works


def _run(machine: type[ClockMachine], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def _on_copies(founded: Founded, folder: Path) -> type[ClockMachine]:
    file, known = founded

    def make() -> tuple[Works, Callable[[], None]]:
        copy = Path(shutil.copyfile(file, folder / "store.db"))
        store = open_store(f"sqlite:///{copy}")

        def end() -> None:
            store.close()
            for left in folder.glob("store.db*"):
                left.unlink()

        return Again(store, known.day, replace(known.shared, store=store)), end

    return type("OnCopies", (ClockMachine,), {"make": staticmethod(make)})


def _on_servers() -> type[ClockMachine]:
    def make() -> tuple[Works, Callable[[], None]]:
        kept = fresh_database()
        works = Works(open_store(kept.__enter__()))
        watched(works)
        seed(works)

        def end() -> None:
            works.store.close()
            kept.__exit__(None, None, None)

        return works, end

    return type("OnServers", (ClockMachine,), {"make": staticmethod(make)})


def test_stored_is_counted(founded: Founded, tmp_path: Path) -> None:
    _run(_on_copies(founded, tmp_path), examples=5, steps=25)


@pytest.mark.slow
def test_stored_is_counted_for_long(founded: Founded, tmp_path: Path) -> None:
    _run(_on_copies(founded, tmp_path), examples=25, steps=60)


def test_stored_is_counted_on_a_server() -> None:
    _run(_on_servers(), examples=1, steps=25)
