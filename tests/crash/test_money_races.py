"""Two people on the last money of a plan, a contract, a stop: one wins, the other hears why; and kill -9."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from kcflow.services.money_views import BatchResult
from kcflow.services.views import PaperInput
from tests.crash.crew import Crew
from tests.crash.invariants import rows
from tests.crash.money_invariants import money_problems
from tests.crash.money_race import Attempt, prepared
from tests.crash.test_races import closed
from tests.crash.worker import outcome
from tests.seeds import copied
from tests.services.money.machine import Again
from tests.services.money.works import STARTED, TRIEU, Works
from tests.services.money.world import AGENCY, MINISTRY, two_in_every_office

Outcome = dict[str, Any]
Race = Callable[[Works, str, list[Attempt]], list[Outcome]]
SECOND = "cuc-2"
PAID, STOPPED = date(2024, 4, 5), date(2024, 6, 10)
PLAN = "KH-KCQG-24"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a founded store."""
    with copied(str(request.param), tmp_path, two_in_every_office) as place:
        yield place


@pytest.fixture
def works(url: str) -> Iterator[Works]:
    """A founded store."""
    with open_store(url) as store:
        yield Works(store)


@pytest.fixture(params=["threads", pytest.param("processes", marks=pytest.mark.slow)])
def race(request: pytest.FixtureRequest, tmp_path: Path) -> Race:
    """Let several attempts begin at one moment, each on a connection of its own; return how each ended."""
    if request.param == "threads":
        return in_threads
    crew: Crew = request.getfixturevalue("crew")
    gate = tmp_path / "gate"

    def in_processes(works: Works, url: str, attempts: list[Attempt]) -> list[Outcome]:
        job = {"url": url, "day": works.day.isoformat(), "gate": str(gate)}
        with closed(gate):
            racers = [crew.start("money", attempt=attempt, **job) for attempt in attempts]
            for racer in racers:
                crew.until(racer, "ready")
        return [crew.until(racer, "ended").of("outcome")[0] for racer in racers]

    return in_processes


def in_threads(works: Works, url: str, attempts: list[Attempt]) -> list[Outcome]:
    """Threads, each with a store of its own."""
    barrier = threading.Barrier(len(attempts))

    def attempt(each: Attempt) -> Outcome:
        with open_store(url) as store:
            act = prepared(Again(store, works.day, works.shared), each)
            barrier.wait()
            return outcome(act)

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(attempt, attempts))


def one_won(works: Works, ends: list[Outcome], *reasons: str) -> int:
    """Exactly one won, the other was told why by one of `reasons` or that somebody was faster; who won."""
    assert [end["won"] for end in ends].count(True) == 1, ends
    for end in ends:
        if not end["won"]:
            assert end["conflict"] or set(end["reasons"]) & set(reasons) or end["code"] in reasons, end
            for said in (end["vi"], end["en"]):
                assert said.strip()
                assert "{" not in said
                assert "errors." not in said
    assert money_problems(works.store) == []
    return [end["won"] for end in ends].index(True)


def act(login: str, code: str, action: str, **given: object) -> Attempt:
    """An attempt of `login`."""
    return {"login": login, "code": code, "action": action, "given": given}


def proposed(works: Works, *amounts: int, total: int) -> list[str]:
    """A plan of `total` whose rest suffices for one, and a proposed round over each of as many proposals."""
    codes = works.approved(len(amounts), amount=max(amounts))
    works.plan(total=total)
    rounds = [works.round({code: dong}) for code, dong in zip(codes, amounts, strict=True)]
    for code in rounds:
        works.to("proposed", code)
    return rounds


def test_the_last_money_of_a_plan(works: Works, url: str, race: Race) -> None:
    """Two rounds are proposed; the plan has one đồng too little for both."""
    rounds = proposed(works, 150 * TRIEU, 150 * TRIEU, total=300 * TRIEU - 1)
    ends = race(works, url, [act(SECOND, code, "issue") for code in rounds])
    won = one_won(works, ends, "plan_over", "items_refused")
    fund = works.money(AGENCY).board(PLAN).row.fund
    assert fund is not None
    assert fund.allocated == 150 * TRIEU
    states = [works.state(code) for code in rounds]
    assert states == (["issued", "proposed"] if won == 0 else ["proposed", "issued"])


def test_a_plan_is_lowered_while_a_round_is_issued(works: Works, url: str, race: Race) -> None:
    (code,) = proposed(works, 150 * TRIEU, total=300 * TRIEU)
    lowered: Attempt = {**act(MINISTRY, PLAN, "supplement"), "total": 150 * TRIEU - 1}
    ends = race(works, url, [act(SECOND, code, "issue"), lowered])
    won = one_won(works, ends, "plan_below", "plan_over", "items_refused")
    fund = works.money(AGENCY).board(PLAN).row.fund
    assert fund is not None
    expected = (300 * TRIEU, 150 * TRIEU) if won == 0 else (150 * TRIEU - 1, 0)
    assert (fund.ceiling, fund.allocated) == expected


def advance(code: str, dong: int) -> Attempt:
    """The first advance of a proposal, in the form that a job can carry."""
    return act(AGENCY, code, "advance_first", amount=dong, fields={"advance_type": "vocational_training"})


def test_two_advances_on_one_contract(works: Works, url: str, race: Race) -> None:
    _, (code, other) = works.started(100 * TRIEU, 100 * TRIEU)
    works.day = PAID
    for each in (code, other):
        works.desk(AGENCY).record_papers(each, [PaperInput("mau_11", "5/KH", PAID, "Trần Văn B")])
    ends = race(works, url, [advance(code, 40 * TRIEU), advance(code, 40 * TRIEU)])
    one_won(works, ends, "advance_over_ratio")
    assert works.row(code).advanced == 40 * TRIEU
    # Two proposals of the contract hinder each other no longer than they must.
    ends = race(works, url, [advance(code, 10 * TRIEU), advance(other, 70 * TRIEU)])
    assert [end["won"] for end in ends] == [True, True], ends
    assert money_problems(works.store) == []


def test_two_confirm_one_stop(works: Works, url: str, race: Race) -> None:
    _, (code,) = works.started(100 * TRIEU)
    works.act(AGENCY, code, "propose_stop", STOPPED, kind="de_xuat_cuc")
    ends = race(works, url, [act(login, code, "confirm_stop") for login in (MINISTRY, "bct-2")])
    one_won(works, ends, "wrong_state", "final_state")
    assert (works.row(code).state, works.row(code).allocated) == ("stopped", 0)


def test_rounds_and_single_acts_at_once(works: Works, url: str, race: Race) -> None:
    """A decision over many, a stop that frees money of the same plan, and an approval: one order of locks."""
    _, (stopped,) = works.started(100 * TRIEU, total=900 * TRIEU)
    codes = works.approved(6, amount=50 * TRIEU)
    waiting = works.submitted(1, requested=50 * TRIEU)
    round_ = works.round(dict.fromkeys(codes, 50 * TRIEU))
    works.to("proposed", round_)
    works.act(AGENCY, stopped, "propose_stop", max(works.day, STARTED), kind="de_xuat_cuc")
    ends = race(
        works,
        url,
        [
            act(SECOND, round_, "issue"),
            act(MINISTRY, stopped, "confirm_stop"),
            act(MINISTRY, waiting[0], "approve", amount=50 * TRIEU),
        ],
    )
    assert [end["won"] for end in ends] == [True] * 3, ends
    assert money_problems(works.store) == []


MANY = 200


@pytest.mark.slow
def test_killed_while_a_round_is_issued(works: Works, url: str, crew: Crew, tmp_path: Path) -> None:
    """kill -9 at eight moments of issuing a round of 200: all of it is there, or nothing."""
    codes = works.submitted(MANY)
    works.plan(dict.fromkeys(codes, 10 * TRIEU), total=MANY * 300 * TRIEU)
    gate = tmp_path / "gate"
    took, unanswered = 0.0, 0
    for part in (1.5, 0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0):
        code = works.round(dict.fromkeys(codes, TRIEU))
        works.to("proposed", code)
        request = str(uuid.uuid4())
        attempt: Attempt = {**act(SECOND, code, "issue"), "request": request}
        job = {"url": url, "day": works.day.isoformat(), "gate": str(gate), "attempt": attempt}
        with closed(gate):
            issuing = crew.until(crew.start("money", **job), "ready")
        began = time.perf_counter()
        if part > 1:
            crew.until(issuing, "ended")
            took = time.perf_counter() - began
        else:
            time.sleep(part * took)
            with suppress(ProcessLookupError):  # it was done already
                crew.kill(issuing)
            crew.until(issuing, "ended")
        unanswered += not issuing.has("outcome")
        assert given(works, code) in (0, MANY)
        assert works.state(code) == ("issued" if given(works, code) else "proposed")
        assert money_problems(works.store) == []
        # Whoever asks again gets it done, once.
        done = again(works, attempt)
        assert (done, given(works, code)) == ("issued", MANY)
        works.day = date.fromordinal(works.day.toordinal() + 1)
    assert unanswered >= 1, "no kill came before the answer"


def given(works: Works, code: str) -> int:
    """How many proposals a round has given money to."""
    with works.store.read() as reader:
        return int(rows(reader, f"SELECT count(*) FROM charge WHERE owner = '{code}'")[0][0])


def again(works: Works, attempt: Attempt) -> str:
    """Ask once more with the same request; the state of the round then."""
    option = next(
        (o for o in works.money(SECOND).board(attempt["code"]).options if o.name == attempt["action"]), None
    )
    if option is not None and works.state(attempt["code"]) == "proposed":
        move = works.move(option, works.day, request=attempt["request"])
        done: BatchResult = works.money(SECOND).act(attempt["code"], attempt["action"], move)
        assert done.done
    return works.state(attempt["code"])
