"""A fault at every writing system call of real moves: nothing acknowledged is lost, nothing is half done.

After each fault the same requests are tried again, as a clerk would: each move is then there exactly once.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.store import Store, open_store
from tests.crash.conftest import Seed
from tests.crash.crew import Crew, Event, Work
from tests.crash.invariants import problems
from tests.crash.money_invariants import money_problems
from tests.crash.worker import prepare
from tests.crash.world import LAST_DAY, Reopened, seed, seed_round, url_of
from tests.services.world import AGENCY, MINISTRY

pytestmark = pytest.mark.slow

KILL_BEFORE, KILL_AFTER, KILL_HALF, FAIL_EIO, FAIL_ENOSPC, DISK_FULL = range(1, 7)
"""The modes of failio.c."""
STEP = {KILL_BEFORE: 1, KILL_AFTER: 2, KILL_HALF: 3, FAIL_EIO: 1, FAIL_ENOSPC: 2}
"""A mode is tried at every n-th call; each begins at another one, so that together they meet more."""


@dataclass(frozen=True)
class Play:
    """A few moves that carry a file, papers and amounts, one of many rows, on a store of their own."""

    seed: Seed
    given: str
    """The proposal that the round gives money to."""
    folder: Path
    steps: list[dict[str, Any]]
    known: Reopened

    def start(
        self, faulty: Crew, how: int, at: int, name: str = "store", **more: object
    ) -> tuple[Path, Work]:
        """Begin it under a fault, on a fresh store in the folder `name`."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        file = self.seed.copy(folder)
        day = LAST_DAY.isoformat()
        job = {"url": url_of(file), "day": day, "steps": self.steps, "how": how, "at": at}
        return file, faulty.start("moves", **job, under=str(folder), **more)

    def run(self, faulty: Crew, how: int, at: int, **more: object) -> tuple[Path, Work]:
        """Carry it out to its end."""
        file, work = self.start(faulty, how, at, "store", **more)
        return file, faulty.until(work, "ended")


def step(number: int, login: str, code: str, action: str, on: str, **given: object) -> dict[str, Any]:
    return {
        "login": login,
        "code": code,
        "action": action,
        "on": on,
        "given": given,
        "request": f"00000000-0000-4000-8000-{number:012x}",
    }


@pytest.fixture(scope="module")
def play(memory: Path, seeded: Seed) -> Play:
    folder = memory / "faults"
    folder.mkdir()
    letter = folder / "quyết định.pdf"
    letter.write_bytes(b"%PDF-1.7 " + bytes(range(256)) * 30)
    code = seeded.code
    own = Seed(seeded.copy(folder / "seed"), code)
    with open_store(url_of(own.file)) as store:
        given, (round_,) = seed_round(store, 280_000_000)
        known = Reopened(store)
        known.desk(AGENCY).dossiers()
    steps = [
        step(1, MINISTRY, code, "approve", "2024-01-18", amount=280_000_000, document_file=str(letter)),
        step(2, AGENCY, code, "record_mof_opinion", "2024-01-18"),
        step(3, f"{AGENCY}-2", round_, "issue", "2024-02-20", document_file=str(letter)),
    ]
    return Play(own, given, folder, steps, known)


def check(play: Play, file: Path, work: Work) -> None:
    """The store opens again, holds what was acknowledged and nothing by halves, and goes on."""
    assert work.status in (0, -9), work.events
    for failed in work.of("failed"):
        check_sentence(failed)
    with open_store(url_of(file)) as store:
        assert money_problems(store) == []
        with store.read() as reader:
            for ack in work.of("ack"):
                row = reader.request_row(ack["request"])
                assert row is not None, f"{ack} was acknowledged and is lost"
                assert row.hash == ack["hash"]
        world = Reopened(store, known=play.known)
        with store.read() as reader:
            done = {each["request"] for each in play.steps if reader.request_row(each["request"])}
        acknowledged = {ack["request"] for ack in work.of("ack")}
        for each in play.steps:
            again = each["request"] in done
            entered = _given(each) if again else prepare(world, each)
            receipt = world.do(each["login"], each["code"], each["action"], entered)
            assert receipt.repeated == again
        assert len(done - acknowledged) <= 1, "only the move under way can be done without its answer"
        desk = world.desk(AGENCY)
        card = desk.dossier(play.given)
        assert (card.row.state, card.money.allocated) == ("allocated", 280_000_000)
        assert desk.dossier(play.seed.code).money.approved == 280_000_000
        assert desk.money.board(play.steps[-1]["code"]).row.state == "issued"
        assert money_problems(store) == []


def _given(each: dict[str, Any]) -> Any:
    from kcflow.services.views import MoveInput

    return MoveInput(request=each["request"])


def check_sentence(failed: Event) -> None:
    for text in (failed["vi"], failed["en"]):
        assert text.endswith(".")
        assert "Traceback" not in text
        assert "{" not in text


def test_every_call(play: Play, faulty: Crew) -> None:
    file, whole = play.run(faulty, DISK_FULL + 1, 0)
    calls = whole.of("counted")[0]["calls"]
    assert [event["event"] for event in whole.events].count("ack") == len(play.steps)
    check(play, file, whole)
    assert calls >= 20
    points = [(how, at) for how, every in STEP.items() for at in range(1 + how % every, calls + 1, every)]
    for how in (KILL_BEFORE, FAIL_EIO):
        assert {at for mode, at in points if mode == how} == set(range(1, calls + 1))
    # One process is at work while the store that the last one left is looked at.
    begun = play.start(faulty, *points[0], name="0")
    for number, (how, at) in enumerate(points):
        file, work = begun
        if number + 1 < len(points):
            begun = play.start(faulty, *points[number + 1], name=str((number + 1) % 2))
        faulty.until(work, "ended")
        killed = how in (KILL_BEFORE, KILL_AFTER, KILL_HALF)
        assert work.status == (-9 if killed else 0), f"mode {how}, call {at}: {work.events}"
        check(play, file, work)


def test_full_disk_then_freed(play: Play, faulty: Crew) -> None:
    file, work = play.run(faulty, DISK_FULL, 0, freed=True)
    failed = work.of("failed")
    assert [each["code"] for each in failed] == ["store_full"]
    assert "đầy" in failed[0]["vi"]
    assert "full" in failed[0]["en"]
    assert len(work.of("ack")) == len(play.steps)
    check(play, file, work)


def test_the_checks_see_a_wrong_store(tmp_path: Path) -> None:
    """Without faults they find nothing; a state or an amount without its row they find."""
    import sqlite3

    file = tmp_path / "x.db"
    code = seed(url_of(file))
    with Store(url_of(file)) as store:
        assert problems(store) == []
    raw = sqlite3.connect(file)
    raw.execute("DROP TRIGGER dossier_update")
    raw.execute("UPDATE dossier SET state = 'approved', approved = 5 WHERE code = ?", (code,))
    raw.commit()
    raw.close()
    with Store(url_of(file)) as store:
        found = problems(store, code)
    assert any("its last row leads to" in each for each in found)
    assert any("money" in each for each in found)
