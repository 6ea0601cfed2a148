"""Attempts on money that two people make at once, and the stores in which they do."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from db.store import Store
from kcflow.services.context import Shared
from kcflow.services.money_views import PlanInput
from kcflow.services.views import MoveInput, Receipt
from tests.crash.worker import outcome
from tests.services.money.machine import Again
from tests.services.money.works import Works

Attempt = Mapping[str, Any]
"""What somebody tries: login, code, action, given; `total`: of the plan `code`, by a supplement."""


def prepared(world: Works, attempt: Attempt) -> Callable[[], Receipt]:
    """Look at the store, fill in what the act asks for, and wait to be called."""
    login, code, name, given = (attempt[key] for key in ("login", "code", "action", "given"))
    desk = world.desk(login)
    proposal = code.startswith(("KCQG-", "KCDP-"))
    options = desk.options(code, MoveInput(on=world.day)) if proposal else desk.money.board(code).options
    option = next(each for each in options if each.name == name)
    move = world.move(option, world.day, request=attempt.get("request"), **given)
    if "total" in attempt:
        entered = PlanInput("kcqg", 2024, attempt["total"])
        return lambda: desk.money.change_plan(code, entered, move)
    if proposal:
        return lambda: desk.advance(code, name, move)

    def decide() -> Receipt:
        done = desk.money.act(code, name, move).receipt
        assert done is not None
        return done

    return decide


def race(job: dict[str, Any], tell: Callable[..., None], known: Shared) -> None:
    """A job of tests.crash.worker: look, wait at the gate, act, tell how it ended."""
    with Store(job["url"]) as store:
        act = prepared(Again(store, date.fromisoformat(job["day"]), known), job["attempt"])
        with Path(job["gate"]).open("rb") as gate:
            tell("ready")
            fcntl.flock(gate, fcntl.LOCK_SH)
        tell("outcome", **outcome(act))
