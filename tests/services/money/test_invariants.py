"""Nothing that people do through the services breaks the money (tests.services.money.machine tries)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from db.store import open_store
from tests.postgres import fresh_database
from tests.services.money.machine import Again, MoneyMachine, seed
from tests.services.money.works import Works

Founded = tuple[Path, Works]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A closed store that every example copies, and the world that made it."""
    file = tmp_path_factory.mktemp("money") / "seed.db"
    works = Works(open_store(f"sqlite:///{file}", create=True))
    seed(works)
    works.store.close()
    return file, works


def _run(machine: type[MoneyMachine], examples: int, steps: int) -> None:
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


def _on_copies(founded: Founded, folder: Path) -> type[MoneyMachine]:
    """A machine whose every example has a copy of the seed."""
    file, known = founded

    def make() -> tuple[Works, Callable[[], None]]:
        copy = Path(shutil.copyfile(file, folder / "store.db"))
        store = open_store(f"sqlite:///{copy}")

        def end() -> None:
            store.close()
            for left in folder.glob("store.db*"):
                left.unlink()

        return Again(store, known.day, known.shared), end

    return type("OnCopies", (MoneyMachine,), {"make": staticmethod(make)})


def _on_servers() -> type[MoneyMachine]:
    """A machine whose every example has a database of its own."""

    def make() -> tuple[Works, Callable[[], None]]:
        kept = fresh_database()
        works = Works(open_store(kept.__enter__()))
        seed(works)

        def end() -> None:
            works.store.close()
            kept.__exit__(None, None, None)

        return works, end

    return type("OnServers", (MoneyMachine,), {"make": staticmethod(make)})


def test_money_cannot_be_broken(founded: Founded, tmp_path: Path) -> None:
    _run(_on_copies(founded, tmp_path), examples=8, steps=30)


@pytest.mark.slow
def test_money_cannot_be_broken_for_long(founded: Founded, tmp_path: Path) -> None:
    _run(_on_copies(founded, tmp_path), examples=30, steps=60)


@pytest.mark.slow
def test_money_cannot_be_broken_on_a_server() -> None:
    _run(_on_servers(), examples=3, steps=30)
