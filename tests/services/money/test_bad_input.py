"""Bad input, case by case as the work order names it: one clear sentence in both languages, nothing written.

What an annex can get wrong stands in test_annex.py; what the command line makes of it, in tests/cli.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest

from db.store import open_store
from kcflow.services.errors import KcflowError
from kcflow.services.money_figures import FigureInput
from kcflow.services.money_views import ContractInput, PlanInput, RoundInput
from kcflow.services.views import MoveInput, PaperInput
from tests.crash.invariants import rows
from tests.services.money.works import TRIEU, Works
from tests.services.money.world import AGENCY, HA_GIANG, MINISTRY, SCT, UNIT

PLAN = "KH-KCQG-24"
PAID = date(2024, 4, 5)
TRAINING = {"advance_type": "vocational_training"}


@dataclass
class Year:
    """A year in which everything stands somewhere: nothing here is ever changed by a test."""

    works: Works
    paid: str
    """A proposal under way, 100 triệu under contract."""
    contract: str
    settled: str
    settled_contract: str
    approved: str
    """260 triệu approved, nothing allocated, content 1."""
    waiting: tuple[str, str]
    later: str
    local: str
    elsewhere: str
    sheet: str
    """A round of 200 triệu that is being prepared, empty."""
    checked: str
    """A round that the Ministry of Finance checks."""
    issued: str
    local_round: str
    over_ceiling: str
    """A round of 200 triệu, with one đồng more on its list."""
    over_approved: str
    uncovered: str
    """A round of content 3, with a proposal of content 1 on its list."""

    def put(self, amounts: dict[str, Any]) -> object:
        return self.works.money(AGENCY).put(self.sheet, amounts)

    def advance(self, action: str, login: str = AGENCY, **given: Any) -> object:
        given = {"on": PAID, "document_number": "1/UNC", "document_date": PAID, "signer": "Chi", **given}
        return self.works.desk(login).advance(self.paid, action, MoveInput(**given))

    def decide(self, code: str, action: str, amounts: dict[str, Any] | None = None) -> object:
        """An act of a round or contract by the agency, with whatever papers it asks for."""
        money = self.works.money(AGENCY)
        option = next((o for o in money.board(code).options if o.name == action), None)
        move = self.works.move(option, self.works.day) if option else MoveInput()
        return money.act(code, action, move, amounts)

    def stored(self) -> list[Any]:
        """Everything that money or moves stand in."""
        with self.works.store.read() as reader:
            tables = (
                "history",
                "dossier",
                "fund",
                "charge",
                "worksheet",
                "amount",
                "budget_figure",
                "log_head",
            )
            return [rows(reader, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    works = Works(open_store(f"sqlite:///{tmp_path_factory.mktemp('bad') / 'store.db'}", create=True))
    paid, settled, approved, checked = works.approved(4, amount=260 * TRIEU)
    waiting, second = works.submitted(2)
    (later,), (local,) = works.approved(1, year=2025), works.approved(1, source="kcdp")
    (elsewhere,) = works.approved(1, source="kcdp", place="63-19")
    works.plan(total=900 * TRIEU)
    works.plan(source="kcdp", area=HA_GIANG)
    issued = works.round({paid: 100 * TRIEU, settled: 100 * TRIEU})
    works.to("issued", issued)
    works.many(AGENCY, [paid, settled], "assign_plan", date(2024, 2, 27))
    contracts = [works.contract({each: 100 * TRIEU}) for each in (paid, settled)]
    for each in contracts:
        works.carry_out(AGENCY, each, "sign", date(2024, 3, 20))
    works.many(UNIT, [paid, settled], "start_implementation", date(2024, 3, 25))
    works.many(UNIT, [settled], "report_completion", date(2024, 4, 1))
    works.act(SCT, settled, "accept", date(2024, 4, 2), amount=100 * TRIEU)
    works.day = max(works.day, PAID)
    papers = tuple(PaperInput(kind, "1/QT", works.day, "Trần Văn B") for kind in ("mau_7", "mau_8a"))
    works.carry_out(UNIT, contracts[1], "submit_settlement", works.day, papers=papers)
    works.carry_out(AGENCY, contracts[1], "liquidate", works.day)
    under_check = works.round({checked: 50 * TRIEU})
    works.to("finance_check", under_check)
    sheet = works.round(ceiling=200 * TRIEU)
    over = (
        works.round({approved: 200 * TRIEU + 1}, ceiling=200 * TRIEU),
        works.round({approved: 260 * TRIEU + 1}, ceiling=300 * TRIEU),
        works.round({approved: TRIEU}, contents=(3,)),
    )
    local_round = works.round(source="kcdp", area=HA_GIANG)
    yield Year(
        *(
            works,
            paid,
            contracts[0],
            settled,
            contracts[1],
            approved,
            (waiting, second),
            later,
            local,
            elsewhere,
        ),
        *(sheet, under_check, issued, local_round, *over),
    )
    works.store.close()


def refused(year: Year, codes: set[str], work: Callable[[], object], *parts: str) -> None:
    """It is refused by all of `codes`, in sentences that hold `parts` in Vietnamese; nothing was written."""
    before = year.stored()
    with pytest.raises(KcflowError) as told:
        work()
    assert year.stored() == before
    reasons = getattr(told.value, "reasons", ())
    assert codes <= {told.value.code, *(reason.code for reason in reasons)}
    texts = [told.value.text, *(reason.text for reason in reasons)]
    for shown in (each for text in texts for each in (text.vi, text.en)):
        assert len(shown.strip().splitlines()) == 1
        assert not any(raw in shown for raw in ("{", "errors.", "refusals.", "None", "KC4"))
    said = " ".join(text.vi for text in texts)
    assert [part for part in parts if part not in said] == []


# -- rounds ----------------------------------------------------------------------------------


def test_one_dong_over(year: Year) -> None:
    for code, refusal, part in (
        (year.over_ceiling, "items_over_ceiling", "1 đ"),
        (year.over_approved, "items_refused", year.approved),
    ):
        refused(year, {refusal}, partial(year.decide, code, "send_to_finance"), part)
    (line,) = year.works.money(AGENCY).board(year.over_approved).lines
    assert [problem.code for problem in line.problems] == ["amount_over_approved"]
    assert "1 đ" in line.problems[0].text.vi
    fund = year.works.money(AGENCY).board(PLAN).row.fund
    assert fund is not None
    left = fund.ceiling - fund.allocated
    entered = RoundInput("kcqg", 2024, left + 1)
    refused(year, {"round_over_plan"}, lambda: year.works.money(AGENCY).open_round(entered), " 1 đ")


@pytest.mark.parametrize("action", ["propose", "issue"])
def test_a_round_without_the_finance_opinion(year: Year, action: str) -> None:
    refused(year, {"wrong_state", "mof_opinion_missing"}, lambda: year.decide(year.checked, action))


def test_the_finance_opinion_without_its_paper(year: Year) -> None:
    money = year.works.money(AGENCY)
    act = lambda: money.act(year.checked, "record_finance_opinion", MoveInput())  # noqa: E731
    refused(year, {"act_document_missing"}, act)


def test_no_allocation_beside_a_round(year: Year) -> None:
    desk = year.works.desk(AGENCY)
    refused(
        year,
        {"via_parent"},
        lambda: desk.advance(year.approved, "allocate", MoveInput(amount=TRIEU, round=9)),
    )


def test_a_content_that_the_round_does_not_cover(year: Year) -> None:
    refused(year, {"items_refused"}, lambda: year.decide(year.uncovered, "send_to_finance"), year.approved)
    (line,) = year.works.money(AGENCY).board(year.uncovered).lines
    assert [problem.code for problem in line.problems] == ["content_not_covered"]


def test_who_has_no_place_in_a_round(year: Year) -> None:
    refused(
        year, {"item_twice"}, lambda: year.put({year.approved: TRIEU, f" {year.approved.lower()}": TRIEU})
    )
    refused(year, {"item_misfit"}, lambda: year.put({year.approved: TRIEU, year.later: TRIEU}), "2025")
    refused(year, {"item_misfit"}, lambda: year.put({year.local: TRIEU}), year.local)
    sct = year.works.money(SCT)
    with pytest.raises(KcflowError) as told:
        sct.put(year.local_round, {year.elsewhere: TRIEU})
    assert told.value.code in ("item_misfit", "not_found_near"), "another province's is hidden"
    refused(
        year, {told.value.code}, lambda: sct.put(year.local_round, {year.elsewhere: TRIEU}), year.elsewhere
    )


def test_a_ceiling_below_what_is_given(year: Year) -> None:
    fund = year.works.money(AGENCY).board(PLAN).row.fund
    assert fund is not None
    entered = PlanInput("kcqg", 2024, max(fund.approved, fund.allocated) - 1)
    ministry = year.works.money(MINISTRY)
    refused(year, {"plan_below"}, lambda: ministry.change_plan(PLAN, entered, MoveInput()), " 1 đ")
    money = year.works.money(AGENCY)
    lowered = RoundInput("kcqg", 2024, 200 * TRIEU - 1)
    refused(year, {"not_editable"}, lambda: money.change_round(year.issued, lowered))


def test_many_approved_at_once_beyond_the_plan(year: Year) -> None:
    """Each would fit alone: those before it count."""
    desk = year.works.desk(MINISTRY)
    option = next(each for each in desk.options(year.waiting[0], MoveInput()) if each.name == "approve")
    move = year.works.move(option, year.works.day, amount=460 * TRIEU)
    before = year.stored()
    first, second = desk.advance_many(year.waiting, "approve", move, all_or_nothing=True)
    assert year.stored() == before
    assert (first.receipt, first.reasons, second.receipt) == (None, (), None)
    assert [reason.code for reason in second.reasons] == ["plan_over"]
    assert "21.000.000 đ" in second.reasons[0].text.vi, "with the 1 triệu that the plan has approved"


# -- payments, acceptance, settlement, adjustments ---------------------------------------------


def test_an_advance_over_its_ratio_or_without_its_papers(year: Year) -> None:
    plan = (PaperInput("mau_11", "5/KH", PAID, "Trần Văn B"),)
    over: dict[str, Any] = {"amount": 70 * TRIEU + 1, "fields": TRAINING}
    refused(
        year, {"advance_over_ratio"}, lambda: year.advance("advance_first", papers=plan, **over), "1 đ", "70"
    )
    within: dict[str, Any] = {"amount": 70 * TRIEU, "fields": TRAINING}
    refused(year, {"advance_papers_missing"}, lambda: year.advance("advance_first", **within), "Mẫu 11")


def test_acceptance_above_the_contract(year: Year) -> None:
    given: dict[str, Any] = {"login": SCT, "document_kind": "mau_5a", "conclusion": "agreed"}
    over = lambda: year.advance("accept_part", amount=100 * TRIEU + 1, **given)  # noqa: E731
    refused(year, {"acceptance_over_contract"}, over, "1 đ")


def test_a_second_settlement(year: Year) -> None:
    refused(year, {"wrong_state"}, lambda: year.decide(year.settled_contract, "liquidate"))
    again = MoveInput(amount=1)
    desk = year.works.desk(AGENCY)
    refused(year, {"wrong_state"}, lambda: desk.advance(year.settled, "liquidate", again))


# -- amounts that are none -------------------------------------------------------------------

NO_AMOUNTS: tuple[Any, ...] = (-1, 0, 2**53, 2**63, 2**200, 0.5, 43.735, True, "5")
DOORS: dict[str, Callable[[Year, Any], object]] = {
    "put": lambda year, dong: year.put({year.approved: dong}),
    "open_round": lambda year, dong: year.works.money(AGENCY).open_round(RoundInput("kcqg", 2024, dong)),
    "open_plan": lambda year, dong: year.works.money(AGENCY).open_plan(PlanInput("kcqg", 2026, dong)),
    "plan_line": lambda year, dong: year.works.money(AGENCY).open_plan(
        PlanInput("kcqg", 2026, 5, lines=(("north", dong),))
    ),
    "change_round": lambda year, dong: year.works.money(AGENCY).change_round(
        year.sheet, RoundInput("kcqg", 2024, dong)
    ),
    "contract": lambda year, dong: year.works.money(AGENCY).open_contract(
        ContractInput(((year.approved, dong),))
    ),
    "amend": lambda year, dong: year.decide(year.contract, "amend", {year.paid: dong}),
    "advance": lambda year, dong: year.advance("advance_first", amount=dong, fields=TRAINING),
    "accept": lambda year, dong: year.advance("accept_part", SCT, document_kind="mau_5a", amount=dong),
    "adjust": lambda year, dong: year.works.ask(year.paid, "raise_support", approved=dong),
    "figure": lambda year, dong: year.works.money(AGENCY).add_figures(
        [FigureInput(2024, "north", "kcqg", "planned", dong, 1, "Báo cáo")]
    ),
}


TAKEN = {("amend", -1), ("adjust", "5"), ("figure", 0)}
"""What a door does take: less of a contract, an amount as text, a figure of nothing."""


@pytest.mark.parametrize(
    ("door", "dong"),
    [
        pytest.param(door, dong, id=f"{door}-{dong!r}")
        for door in DOORS
        for dong in NO_AMOUNTS
        if (door, dong) not in TAKEN
    ],
)
def test_amounts_that_are_none(year: Year, door: str, dong: Any) -> None:
    refused(year, set(), lambda: DOORS[door](year, dong))
