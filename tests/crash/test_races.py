"""Several people on one step, on the last money, on one field: one wins, the others are told."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from kcflow.services.errors import ConflictError
from tests.crash.crew import Crew
from tests.crash.invariants import problems
from tests.crash.money_invariants import money_problems
from tests.crash.worker import outcome
from tests.crash.world import LAST_DAY, WAITING, Reopened, seed_round, two_proposals
from tests.seeds import copied
from tests.services.world import AGENCY, MINISTRY, UNIT

Outcome = dict[str, Any]
Race = Callable[[str, list[dict[str, Any]]], list[Outcome]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a store of `two_proposals`."""
    with copied(str(request.param), tmp_path, two_proposals) as place:
        yield place


@contextmanager
def closed(gate: Path) -> Iterator[None]:
    """A gate behind which racers wait, and that opens for all of them at once."""
    gate.touch()
    with gate.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(params=["threads", pytest.param("processes", marks=pytest.mark.slow)])
def race(request: pytest.FixtureRequest, tmp_path: Path) -> Race:
    """Let several attempts begin at one moment; return how each ended."""
    if request.param == "threads":
        return in_threads
    crew: Crew = request.getfixturevalue("crew")
    gate = tmp_path / "gate"

    def in_processes(url: str, attempts: list[dict[str, Any]]) -> list[Outcome]:
        day = LAST_DAY.isoformat()
        with closed(gate):
            works = [crew.start("race", url=url, day=day, gate=str(gate), **each) for each in attempts]
            for work in works:
                crew.until(work, "ready")
        return [crew.until(work, "ended").of("outcome")[0] for work in works]

    return in_processes


def in_threads(url: str, attempts: list[dict[str, Any]]) -> list[Outcome]:
    """Threads that share one store."""
    barrier = threading.Barrier(len(attempts))
    with open_store(url) as store:
        world = Reopened(store)

        def attempt(login: str, code: str, action: str, given: dict[str, Any]) -> Outcome:
            entered = world.prepared(login, code, action, **given)
            barrier.wait()
            return outcome(lambda: world.do(login, code, action, entered))

        for each in attempts:
            world.desk(each["login"])
        with ThreadPoolExecutor(len(attempts)) as pool:
            return list(pool.map(lambda each: attempt(**each), attempts))


@pytest.mark.parametrize("many", [2, 8])
def test_one_step(url: str, race: Race, many: int) -> None:
    code = WAITING
    with open_store(url) as store:
        version = Reopened(store).desk(AGENCY).dossier(code).row.version
    seen = [{"amount": 100_000_000 + n, "expected_version": version if n % 2 else None} for n in range(many)]
    attempts = [{"login": MINISTRY, "code": code, "action": "approve", "given": given} for given in seen]
    ends = race(url, attempts)
    assert [end["won"] for end in ends].count(True) == 1
    for given, end in zip(seen, ends, strict=True):
        if end["won"]:
            continue
        if given["expected_version"]:
            # The winner's name, the place where the proposal is now.
            assert end["conflict"], end
        if end["conflict"]:
            assert "Văn thư Bộ Công Thương" in end["vi"]
            assert "Văn thư Bộ Công Thương" in end["en"]
        else:
            assert "wrong_state" in end["reasons"], end
    with open_store(url) as store:
        assert problems(store) == []
        card = Reopened(store).desk(AGENCY).dossier(code)
        won = next(given for given, end in zip(seen, ends, strict=True) if end["won"])
        assert (card.row.version, card.money.approved) == (version + 1, won["amount"])


@pytest.mark.parametrize("many", [2, 8])
def test_the_last_money(url: str, race: Race, many: int) -> None:
    """Rounds that each would give more than half of what is approved: one is issued."""
    with open_store(url) as store:
        code, rounds = seed_round(store, *[150_000_000] * many)
    second = f"{AGENCY}-2"
    ends = race(url, [{"login": second, "code": each, "action": "issue", "given": {}} for each in rounds])
    assert [end["won"] for end in ends].count(True) == 1
    for end in ends:
        assert end["won"] or end["conflict"] or end["reasons"] == ["items_refused"], end
    with open_store(url) as store:
        assert money_problems(store) == []
        world = Reopened(store)
        money = world.desk(AGENCY).dossier(code).money
        assert (money.approved, money.allocated, len(money.rounds)) == (280_000_000, 150_000_000, 1)
        for each, end in zip(rounds, ends, strict=True):
            board = world.desk(AGENCY).money.board(each)
            assert board.row.state == ("issued" if end["won"] else "proposed")
            if not end["won"]:
                assert [problem.code for problem in board.lines[0].problems] == ["amount_over_approved"]


def test_no_update_is_lost(url: str) -> None:
    threads, times = 4, 60
    with open_store(url) as store:
        world = Reopened(store)
        code = world.draft()
        desk = world.desk(UNIT)
        desk.edit(code, {"note": "0"})

        def count(_: int) -> None:
            done = 0
            while done < times:
                with store.read() as reader:
                    seen = reader.dossiers([code])[0]
                one_more = str(int(seen.content["note"]) + 1)
                try:
                    desk.edit(code, {"note": one_more}, expected_version=seen.version)
                except ConflictError:
                    continue
                done += 1

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(count, range(threads)))
        assert desk.dossier(code).content["note"] == str(threads * times)
        assert len(desk.history_of(code)) == 2 + threads * times
        assert problems(store) == []


def test_a_request_raced_by_its_own_retry(url: str) -> None:
    """A double Enter or an impatient retry: one row, and both hear of it."""
    code = WAITING
    with open_store(url) as store:
        world = Reopened(store)
        desk = world.desk(MINISTRY)
        entered = world.prepared(
            MINISTRY, code, "approve", amount=5, request="00000000-0000-4000-8000-000000000001"
        )
        barrier = threading.Barrier(8)

        def once(_: int) -> str:
            barrier.wait()
            return desk.advance(code, "approve", entered).hash

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(once, range(8)))) == 1
        assert problems(store) == []


def test_new_codes_are_never_given_twice(url: str) -> None:
    with open_store(url) as store:
        world = Reopened(store)
        world.desk(UNIT)
        barrier = threading.Barrier(8)

        def several(_: int) -> list[str]:
            barrier.wait()
            return [world.draft() for _ in range(5)]

        with ThreadPoolExecutor(8) as pool:
            codes = [code for found in pool.map(several, range(8)) for code in found]
        assert len(set(codes)) == 40
        assert problems(store) == []


def test_bulk_against_single(url: str) -> None:
    """A decision over two proposals and one over one of them: each proposal is decided once."""
    first = WAITING
    with open_store(url) as store:
        world = Reopened(store, date(2023, 4, 3))
        second = world.draft()
        world.to("submitted_to_minister", second)
        desk = world.desk(MINISTRY)
        entered = world.prepared(MINISTRY, second, "approve", amount=7)
        barrier = threading.Barrier(2)

        def bulk() -> bool:
            barrier.wait()
            try:
                return all(item.receipt for item in desk.advance_many([first, second], "approve", entered))
            except ConflictError:
                return False

        def single() -> bool:
            barrier.wait()
            return bool(outcome(lambda: desk.advance(second, "approve", entered))["won"])

        with ThreadPoolExecutor(2) as pool:
            ends = [end.result() for end in (pool.submit(bulk), pool.submit(single))]
        assert ends.count(True) == 1
        rows = [row for row in desk.history_of(second) if row.action == "approve"]
        assert len(rows) == 1
        assert (desk.dossier(first).row.state == "approved") == ends[0]
        assert problems(store) == []


def test_readers_see_whole_moves(url: str) -> None:
    """A list read while somebody writes never shows a state without its row."""
    with open_store(url) as store:
        world = Reopened(store)
        code = world.draft()
        desk = world.desk(UNIT)
        over = threading.Event()

        def write() -> None:
            for number in range(30):
                desk.edit(code, {"note": str(number)})
            over.set()

        def look() -> int:
            looks = 0
            while not over.is_set() or not looks:
                assert problems(store, code) == []
                looks += 1
            return looks

        with ThreadPoolExecutor(2) as pool:
            writing, looking = pool.submit(write), pool.submit(look)
            writing.result()
            assert looking.result() >= 1
