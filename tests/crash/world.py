"""The services' small world (tests.services.world) over a store that exists already, for other processes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

from db.store import Store, open_store
from kcflow.services.context import Shared
from kcflow.services.desk import Desk
from kcflow.services.views import MoveInput, PaperInput, Receipt
from tests.services.world import AGENCY, MINISTRY, World

LAST_DAY = date(2024, 1, 18)
"""The day on which the seed was left: everything up to MOF's opinion is done."""


class Reopened(World):
    """A founded store opened again; `known` is a world over a like store, whose lifecycles are reused."""

    def __init__(self, store: Store, day: date = LAST_DAY, known: World | None = None) -> None:
        self.store = store
        self.day = day
        self._ticks = itertools.count()
        if known is None:
            self.shared = Shared(store, self.now)
        else:
            self.shared = replace(known.shared, store=store, now=self.now)
        self._desks: dict[str, Desk] = {}

    def prepared(self, login: str, code: str, action: str, **given: object) -> MoveInput:
        """What `act`, or `carry_out` of a plan or round, would enter, without doing it."""
        desk = self.desk(login)
        options = desk.options(code, MoveInput(on=self.day)) if _own(code) else desk.money.board(code).options
        option = next(o for o in options if o.name == action)
        if option.act_document_need == "required":
            given = {
                "document_number": f"{next(self._ticks)}/VB",
                "document_date": self.day,
                "signer": "Nguyễn Văn Ký",
                "document_kind": option.act_documents[0][0],
                **given,
            }
        papers = tuple(
            PaperInput(kinds[0][0], f"{next(self._ticks)}/VB", self.day, "Nguyễn Văn Ký")
            for kinds in option.missing_documents
            if kinds[0][0] != given.get("document_kind")
        )
        return MoveInput(on=self.day, **{"papers": papers, **given})  # type: ignore[arg-type]

    def do(self, login: str, code: str, action: str, entered: MoveInput) -> Receipt:
        """Carry out what was prepared, on a proposal or on a plan or round; its receipt."""
        desk = self.desk(login)
        if _own(code):
            return desk.advance(code, action, entered)
        done = desk.money.act(code, action, entered).receipt
        assert done is not None
        return done


def _own(code: str) -> bool:
    """Whether a code is a proposal's."""
    return code.startswith(("KCQG-", "KCDP-"))


WAITING = "KCQG-24-0001"
"""The first proposal of `two_proposals`."""


def two_proposals(store: Store) -> None:
    """Found an empty store with two proposals, of which the first waits for its approval."""
    world = World(store)
    assert world.draft() == WAITING
    world.draft(title="Chế biến miến dong Quản Bạ")
    world.to("submitted_to_minister", WAITING)


def seed(url: str) -> str:
    """Make a store of `two_proposals`; return the code of the one that waits."""
    with open_store(url, create=True) as store:
        two_proposals(store)
    return WAITING


def seed_round(store: Store, *amounts: int) -> tuple[str, list[str]]:
    """Add a proposal that a plan has approved with 280 triệu, and a round over it for each of `amounts`.

    Each round waits for its decision. Returns the proposal's code and those of the rounds.
    """
    world = Reopened(store, date(2023, 4, 3))
    code = world.draft()
    world.to("submitted_to_minister", code)
    world.act(MINISTRY, code, "approve", date(2023, 12, 28), amount=280_000_000, by_plan=True)
    world.second(AGENCY)
    return code, [world.open_round(AGENCY, {code: amount}, LAST_DAY) for amount in amounts]


def url_of(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"
