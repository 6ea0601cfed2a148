"""kill -9 of two writers at work, twelve times: nothing acknowledged is lost, nothing is half done."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from db.store import Store, open_store
from kcflow.services.views import DraftInput
from tests.crash.conftest import Seed
from tests.crash.crew import Crew, Work
from tests.crash.invariants import problems
from tests.crash.world import Reopened, url_of
from tests.services.world import UNIT

pytestmark = pytest.mark.slow

ROUNDS = 12


def drafts(url: str) -> list[str]:
    """Two proposals that both writers edit, and one for each alone."""
    with Store(url) as store:
        desk = Reopened(store).desk(UNIT)
        return [desk.create(DraftInput("kcqg", 2024, f"Đề án {n}", "TTKC-63-02")).code for n in range(4)]


def test_kill_two_writers(seeded: Seed, memory: Path, crew: Crew) -> None:
    file = seeded.copy(memory / "kill")
    url = url_of(file)
    shared = drafts(url)
    dice = Random(20240118)  # noqa: S311 - which moment is hit matters, not that nobody can guess it
    told: dict[str, dict[str, Any]] = {}
    acknowledged: dict[str, str] = {}
    unanswered = 0
    for number in range(ROUNDS):
        writers = [
            crew.start("write", url=url, login=UNIT, writer=2 * number + w, codes=shared[w : w + 3])
            for w in (0, 1)
        ]
        enough = dice.randint(4, 40)
        while sum(len(writer.of("ack")) for writer in writers) < enough or not all(
            writer.has("ack") for writer in writers
        ):
            crew.hear()
        for writer in writers:
            crew.kill(writer)
        for writer in writers:
            assert crew.until(writer, "ended").status == -9
            told |= {event["request"]: event for event in writer.of("try")}
            acknowledged |= {event["request"]: event["hash"] for event in writer.of("ack")}
        unanswered += resolve(url, writers, told, acknowledged)
    assert len(told) >= ROUNDS * 4
    assert unanswered >= 1, "no kill met a writer between asking and hearing"
    with open_store(url) as store:
        assert problems(store) == []


def resolve(
    url: str, writers: list[Work], told: dict[str, dict[str, Any]], acknowledged: dict[str, str]
) -> int:
    """Look at the store after a kill and ask again for what was not answered; return how many those were."""
    with open_store(url) as store:
        assert problems(store) == []
        with store.read() as reader:
            for request, hash_ in acknowledged.items():
                row = reader.request_row(request)
                assert row is not None, f"{request} was acknowledged and is lost"
                assert row.hash == hash_
        open_ones = [
            event for writer in writers for event in writer.of("try") if event["request"] not in acknowledged
        ]
        desk = Reopened(store).desk(UNIT)
        for event in open_ones:
            with store.read() as reader:
                done = reader.request_row(event["request"])
            first = desk.edit(event["code"], {"note": event["note"]}, request=event["request"])
            again = desk.edit(event["code"], {"note": event["note"]}, request=event["request"])
            assert first.repeated == (done is not None)
            assert (again.repeated, again.hash) == (True, first.hash)
            acknowledged[event["request"]] = first.hash
        with store.read() as reader:
            rows = [reader.request_row(request) for request in told]
        assert None not in rows
    return len(open_ones)
