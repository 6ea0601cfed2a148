"""Moves, rules and days at one moment: whoever comes first, what is stored is what is counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import psycopg
import pytest

from db import clock
from db.moves import Writer
from db.rows import HistoryRow
from db.store import open_store
from kcflow.services.clock_views import ChangeResult, DayInput
from kcflow.services.errors import BadInput, StoreProblem
from tests.postgres import fresh_database
from tests.services.clock.watch import WATCH, WATCH_ALL, differing, dues, rule, supervisor, watched
from tests.services.world import UNIT, World

OWN = "QĐ 12/QĐ-SCT"
PATIENCE = 30.0


@pytest.fixture
def server() -> Iterator[str]:
    """URL of an empty store on a server: there, writers work side by side."""
    with fresh_database() as url:
        yield url


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def _somebody_waits(url: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).fetchone()
    return bool(row and row[0])


def _beside_a_move(
    url: str, monkeypatch: pytest.MonkeyPatch, change: Callable[[World], ChangeResult]
) -> tuple[World, str]:
    """Let `change` begin when a move has counted its deadline and not yet written it."""
    world = watched(World(open_store(url)))
    code = world.draft()
    counted, go, append = threading.Event(), threading.Event(), Writer.append

    def held(writer: Writer, leaf: Mapping[str, Any]) -> HistoryRow:
        if leaf["action"] == "submit_to_department":
            counted.set()
            assert go.wait(PATIENCE)
        return append(writer, leaf)

    monkeypatch.setattr(Writer, "append", held)
    world.day = date(2023, 5, 10)
    with ThreadPoolExecutor(2) as pool:
        move = pool.submit(world.act, UNIT, code, "submit_to_department", world.day)
        assert counted.wait(PATIENCE)
        changing = pool.submit(change, world)
        try:
            _until(lambda: changing.done() or _somebody_waits(url))
        finally:
            go.set()
        move.result()
        changing.result()
    return world, code


def test_a_rule_beside_a_move(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world, code = _beside_a_move(
        server, monkeypatch, lambda world: supervisor(world, WATCH).clock.set_rule(rule(), "Quy định mới")
    )
    assert dues(world)[code] == (date(2023, 5, 17), "policy", OWN)
    assert differing(world) == []
    world.store.close()


def test_days_beside_a_move(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storm = [DayInput(date(2023, 5, 15), "off", "Nghỉ bão", "CĐ 1")]
    world, code = _beside_a_move(
        server, monkeypatch, lambda world: supervisor(world).clock.set_days(storm, "Bão")
    )
    assert dues(world)[code][0] == date(2023, 5, 25)
    assert differing(world) == []
    world.store.close()


def test_two_set_rules_and_days_at_once(world: World) -> None:
    """On both databases: each is either done or told why not, and the last word counts."""
    watched(world)
    codes = [world.draft() for _ in range(3)]
    for code in codes[:2]:
        world.act(UNIT, code, "submit_to_department", date(2023, 5, 10))
    gate = threading.Barrier(5)

    def at_once(work: Callable[[], object]) -> object:
        gate.wait()
        while True:
            try:
                return work()
            except BadInput as refused:
                return refused.code
            except StoreProblem as busy:  # on a slow machine five writers may take longer than one waits
                assert busy.code == "store_busy"  # noqa: PT017

    here, all_ = supervisor(world, WATCH).clock, supervisor(world, WATCH_ALL).clock
    day = DayInput(date(2023, 5, 15), "off", "Nghỉ bão", "CĐ 1")
    with ThreadPoolExecutor(5) as pool:
        ends = list(
            pool.map(
                at_once,
                (
                    lambda: here.set_rule(rule(days=4), "Một"),
                    lambda: here.set_rule(rule(days=6), "Hai"),
                    lambda: all_.set_days([day], "Bão"),
                    lambda: all_.set_days([day], "Bão"),
                    lambda: world.act(UNIT, codes[2], "submit_to_department", date(2023, 5, 10)),
                ),
            )
        )
    assert sorted(end for end in ends if isinstance(end, str)) == ["day_there"]
    with world.store.read() as reader:
        assert len([row for row in clock.office_rules(reader) if row.closed_at is None]) == 1
        assert len(clock.office_days(reader)) == 1
    assert len({dues(world)[code] for code in codes}) == 1
    assert differing(world) == []
