"""Proposals whose money is spent: allocated, under contract, under way, accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from db import directory
from db.store import open_store
from kcflow.services.desk import Desk
from kcflow.services.errors import KcflowError
from kcflow.services.money_views import AdjustmentInput, BatchResult, ContractInput, MoneyStory
from kcflow.services.views import DossierRow, MoveInput, PaperInput, Receipt
from tests.services.money.world import AGENCY, SCT, UNIT, MoneyWorld

TRIEU = 1_000_000
ASSIGNED, SIGNED, STARTED = date(2024, 2, 27), date(2024, 3, 20), date(2024, 3, 25)
DONE, ACCEPTED, SUBMITTED, LIQUIDATED = (
    *(date(2024, 7, 30), date(2024, 8, 1)),
    *(date(2024, 8, 10), date(2024, 8, 12)),
)
SETTLEMENT = ("mau_7", "mau_8a")


class Works(MoneyWorld):
    """A `MoneyWorld` that goes on after the round."""

    def assigned(self, *amounts: int, total: int | None = None, **draft: Any) -> list[str]:
        """Proposals of one unit with these đồng allocated, whose plan is assigned.

        total: the ceiling of the year's plan; None: what the proposals need.
        """
        codes = self.submitted(len(amounts), **draft)
        given = dict(zip(codes, amounts, strict=True))
        self.plan(dict.fromkeys(codes, 300 * TRIEU), total=total)
        self.to("issued", self.round(given))
        self.many(AGENCY, codes, "assign_plan", ASSIGNED)
        return codes

    def contract(self, lines: Mapping[str, int], login: str = AGENCY) -> str:
        """A contract that is drawn up."""
        return self.money(login).open_contract(ContractInput(tuple(lines.items()))).code

    def signed(self, *amounts: int, **draft: Any) -> tuple[str, list[str]]:
        """A signed contract over proposals with these đồng each, and its proposals."""
        codes = self.assigned(*amounts, **draft)
        contract = self.contract(dict(zip(codes, amounts, strict=True)))
        self.carry_out(AGENCY, contract, "sign", SIGNED)
        return contract, codes

    def started(self, *amounts: int, **draft: Any) -> tuple[str, list[str]]:
        """The same with the work under way."""
        contract, codes = self.signed(*amounts, **draft)
        self.many(UNIT, codes, "start_implementation", STARTED)
        return contract, codes

    def finished(self, *amounts: int, **draft: Any) -> tuple[str, list[str]]:
        """The same with the work done, to be accepted."""
        contract, codes = self.started(*amounts, **draft)
        self.many(UNIT, codes, "report_completion", DONE)
        return contract, codes

    def accepted(self, *amounts: int, **draft: Any) -> tuple[str, list[str]]:
        """The same accepted in full."""
        contract, codes = self.finished(*amounts, **draft)
        for code, amount in zip(codes, amounts, strict=True):
            self.act(SCT, code, "accept", ACCEPTED, amount=amount)
        return contract, codes

    def hand_in(self, contract: str) -> BatchResult:
        """Hand in the settlement of a contract."""
        papers = tuple(PaperInput(kind, "1/QT", SUBMITTED, "Trần Văn B") for kind in SETTLEMENT)
        return self.carry_out(UNIT, contract, "submit_settlement", SUBMITTED, papers=papers)

    def settle(self, contract: str, amounts: Mapping[str, int] | None = None) -> BatchResult:
        """Hand in and liquidate the settlement."""
        self.hand_in(contract)
        return self.carry_out(AGENCY, contract, "liquidate", LIQUIDATED, amounts)

    def pay(self, code: str, action: str, amount: int, on: date, **given: object) -> Receipt:
        """One payment, with its own paper; `fields` and `papers` as given, nothing added."""
        self.day = max(self.day, on)
        given.setdefault("document_number", "15/UNC")
        given.setdefault("document_date", on)
        given.setdefault("signer", "Nguyễn Văn Chi")
        move = MoveInput(on=on, amount=amount, **given)  # type: ignore[arg-type]
        return self.desk(AGENCY).advance(code, action, move)

    def desk_of_account(self, account: str, login: str) -> Desk:
        """The desk of `login`, worked at the account of the person `account`."""
        with self.store.administer() as admin:
            directory.set_os_login(admin, account, account)
        return Desk.for_account(self.shared, (account, account), login)

    def papers_of_unit(self, code: str, on: date, *kinds: str) -> None:
        """Papers that the unit records on their own."""
        self.day = max(self.day, on)
        papers = [PaperInput(kind, "7/BC", on, "Trần Văn B") for kind in kinds]
        self.desk(UNIT).record_papers(code, papers)

    def row(self, code: str) -> DossierRow:
        """A proposal's row, as the auditor sees it."""
        return self.desk("ktnn").dossier(code).row

    def story(self, code: str, login: str = AGENCY) -> MoneyStory:
        """A proposal's money story."""
        return self.money(login).story(code)

    def state(self, code: str) -> str:
        """State of a plan, round, contract or adjustment."""
        return self.money("ktnn").board(code).row.state

    def written(self) -> int:
        """How many rows the history has."""
        return self.desk("ktnn").written()

    def ask(self, code: str, change: str, login: str = UNIT, **after: Any) -> str:
        """An adjustment that is asked for by the unit's letter."""
        letter = PaperInput("cong_van_don_vi", "12/TTKC", self.day, "Trần Văn B")
        entered = AdjustmentInput(code, change, after, "Cơ sở đổi kế hoạch đầu tư", letter)
        return self.money(login).ask_adjustment(entered).code

    def refused(self, *codes: str, of: type[KcflowError]) -> Refusal:
        """Expects a refusal with all of these codes (a reason's, or the error's own), and nothing written."""
        return Refusal(self, codes, of)


class Refusal:
    """`with world.refused("money_zero", of=BadInput) as told: …`; `told.text` is the sentence afterwards."""

    def __init__(self, world: Works, codes: Sequence[str], of: type[KcflowError]) -> None:
        self._world, self._codes, self._of = world, codes, of
        self.text = ""

    def __enter__(self) -> Refusal:
        self._before = self._world.written()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        assert error is not None, "nothing was refused"
        if not isinstance(error, self._of):
            return False
        reasons = getattr(error, "reasons", ())
        told = {reason.code for reason in reasons} | {error.code}
        assert set(self._codes) <= told, told
        assert self._world.written() == self._before, "a refused act has written a row"
        sentences = [error.text, *(reason.text for reason in reasons)]
        self.text = " ".join(text.vi for text in sentences)
        for text in sentences:
            for shown in (text.vi, text.en):
                assert shown
                assert "{" not in shown
                assert not shown.startswith(("errors.", "refusals."))
        return True


@pytest.fixture
def works(money_url: str) -> Iterator[Works]:
    """A founded store with two provinces and a second person in every office."""
    with open_store(money_url) as store:
        yield Works(store)
