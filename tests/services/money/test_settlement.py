"""The settlement of a contract: handed in, turned back, liquidated with all proposals; refunds until back."""

from __future__ import annotations

from datetime import date

import pytest

from kcflow.services.errors import RefusedByRules
from kcflow.services.views import MoveInput, PaperInput
from tests.services.money.works import LIQUIDATED, SETTLEMENT, SUBMITTED, TRIEU, Works, works
from tests.services.money.world import AGENCY, SCT, UNIT

__all__ = ["works"]

PAID = date(2024, 4, 5)
PLAN = (PaperInput("mau_11", "5/KH", PAID, "Trần Văn B"),)
TRAINING = {"fields": {"advance_type": "vocational_training"}, "papers": PLAN}
RETURNED = date(2024, 9, 3)


def test_a_settlement_takes_all_proposals_with_what_was_accepted(works: Works) -> None:
    contract, (first, second) = works.accepted(100 * TRIEU, 80 * TRIEU)
    with works.refused("wrong_state", of=RefusedByRules):
        works.money(AGENCY).act(contract, "liquidate", MoveInput())
    done = works.settle(contract)
    assert [(line.code, line.dong) for line in done.lines] == [(first, 100 * TRIEU), (second, 80 * TRIEU)]
    assert {works.row(code).state for code in (first, second)} == {"settled"}
    board = works.money(AGENCY).board(contract)
    assert (board.row.state, board.row.fund and board.row.fund.settled) == ("liquidated", 180 * TRIEU)
    told = works.story(second)
    assert (told.events[-1].kind, told.events[-1].dong) == ("settled", 80 * TRIEU)
    assert (told.refund_due, told.left_to_pay) == (0, 80 * TRIEU)
    document = told.events[-1].document
    assert document is not None
    assert document.kind == "mau_6"


def test_a_second_settlement_is_refused(works: Works) -> None:
    contract, (code,) = works.accepted(100 * TRIEU)
    works.settle(contract)
    paper = {"document_kind": "mau_6", "document_number": "9/TL", "document_date": LIQUIDATED}
    again = MoveInput(signer="Nguyễn Văn Ký", **paper)  # type: ignore[arg-type]
    with works.refused("wrong_state", of=RefusedByRules):
        works.money(AGENCY).act(contract, "liquidate", again)
    with works.refused("wrong_state", of=RefusedByRules):
        works.desk(AGENCY).advance(code, "liquidate", MoveInput(amount=1))
    assert works.row(code).state == "settled"
    assert works.story(code).figures[6].recorded == 100 * TRIEU


def test_what_is_settled_lies_within_what_was_accepted(works: Works) -> None:
    contract, (first, second) = works.accepted(100 * TRIEU, 80 * TRIEU)
    (stranger,) = works.drafts(1)
    works.hand_in(contract)
    for amounts, code in (
        ({second: 80 * TRIEU + 1}, "settled_over_accepted"),
        ({second: 0}, "amount_not_positive"),
        ({second: -1}, "amount_not_positive"),
        ({stranger: TRIEU}, "wrong_state"),
    ):
        with works.refused(code, of=RefusedByRules) as told:
            works.carry_out(AGENCY, contract, "liquidate", LIQUIDATED, amounts)
        assert next(iter(amounts)) in told.text
    assert works.row(first).state == "awaiting_liquidation"


def test_money_rejected_is_tracked_until_it_is_back(works: Works) -> None:
    contract, (first, second) = works.started(100 * TRIEU, 80 * TRIEU)
    for code in (first, second):
        works.pay(code, "advance_first", 56 * TRIEU, PAID, **TRAINING)
    works.many(UNIT, [first, second], "report_completion", date(2024, 7, 30))
    works.act(SCT, first, "accept", date(2024, 8, 1), amount=100 * TRIEU)
    works.act(SCT, second, "accept", date(2024, 8, 1), amount=50 * TRIEU)
    # 6 triệu beyond the accepted value are no debt before the settlement says so.
    assert works.story(second).refund_due == 0
    done = works.settle(contract, {second: 40 * TRIEU})
    states = {line.code: line.receipt and line.receipt.to_state for line in done.lines}
    assert states == {first: "settled", second: "refund_due"}
    told = works.story(second)
    # Ten working days from the settlement (TT 26/2026/TT-BTC Đ20.1), in any case before 15/02.
    assert (told.refund_due, told.refund_by, told.left_to_pay) == (16 * TRIEU, date(2024, 8, 26), 0)
    with works.refused("refund_over_due", of=RefusedByRules):
        works.pay(second, "record_refund", 16 * TRIEU + 1, RETURNED)
    works.pay(second, "record_refund", 10 * TRIEU, RETURNED)
    assert (works.row(second).state, works.story(second).refund_due) == ("refund_due", 6 * TRIEU)
    works.pay(second, "record_refund", 6 * TRIEU, RETURNED)
    told = works.story(second)
    assert (works.row(second).state, told.refund_due, told.refund_by) == ("settled", 0, None)
    assert told.figures[7].recorded == 16 * TRIEU
    with works.refused("wrong_state", of=RefusedByRules):
        works.pay(second, "record_refund", 1, RETURNED)
    # The first is still owed what was not paid yet.
    assert works.story(first).left_to_pay == 44 * TRIEU


def test_a_settlement_turned_back_is_handed_in_again(works: Works) -> None:
    contract, (code,) = works.accepted(100 * TRIEU)
    works.hand_in(contract)
    assert works.row(code).state == "awaiting_liquidation"
    works.carry_out(AGENCY, contract, "return_settlement", SUBMITTED)
    assert (works.row(code).state, works.state(contract)) == ("accepted", "accepted")
    done = works.settle(contract)
    assert done.total == 100 * TRIEU


def test_a_late_settlement_gives_its_reason(works: Works) -> None:
    contract, _ = works.accepted(100 * TRIEU)
    papers = tuple(PaperInput(kind, "1/QT", SUBMITTED, "Trần Văn B") for kind in SETTLEMENT)
    late = date(2024, 9, 3)
    with works.refused("late_reason_required", of=RefusedByRules):
        works.carry_out(UNIT, contract, "submit_settlement", late, papers=papers)
    works.carry_out(UNIT, contract, "submit_settlement", late, papers=papers, reason="Chờ hóa đơn")
    assert works.state(contract) == "settlement_submitted"


def test_a_settlement_needs_its_papers(works: Works) -> None:
    contract, _ = works.accepted(100 * TRIEU)
    with works.refused("document_missing", of=RefusedByRules) as told:
        works.carry_out(UNIT, contract, "submit_settlement", SUBMITTED, papers=())
    assert "Mẫu 7" in told.text


def test_a_proposal_stopped_is_not_settled_with_the_others(works: Works) -> None:
    contract, (first, second) = works.finished(100 * TRIEU, 80 * TRIEU)
    works.act(AGENCY, second, "propose_stop", date(2024, 7, 31), kind="de_xuat_cuc")
    works.act("bct", second, "confirm_stop", date(2024, 7, 31))
    works.act(SCT, first, "accept", date(2024, 8, 1), amount=100 * TRIEU)
    done = works.settle(contract)
    assert [line.code for line in done.lines] == [first]
    assert works.state(contract) == "liquidated"


@pytest.mark.parametrize("place", ["preview", "act"])
def test_a_preview_says_what_would_be_settled(works: Works, place: str) -> None:
    contract, (first, _) = works.accepted(100 * TRIEU, 80 * TRIEU)
    works.hand_in(contract)
    before = works.written()
    seen = works.money(AGENCY).preview(contract, "liquidate", MoveInput(on=works.day), {first: 90 * TRIEU})
    assert [line.dong for line in seen.lines] == [90 * TRIEU, 80 * TRIEU]
    assert seen.total == 170 * TRIEU
    assert {reason.code for reason in seen.reasons} == {"act_document_missing"}
    assert works.written() == before
    if place == "act":
        done = works.carry_out(AGENCY, contract, "liquidate", LIQUIDATED, {first: 90 * TRIEU})
        assert done.total == seen.total


def test_a_contract_is_closed_when_nothing_is_open(works: Works) -> None:
    contract, (code,) = works.started(100 * TRIEU)
    works.pay(code, "advance_first", 70 * TRIEU, PAID, **TRAINING)
    works.many(UNIT, [code], "report_completion", date(2024, 7, 30))
    works.act(SCT, code, "accept", date(2024, 8, 1), amount=60 * TRIEU)
    works.settle(contract, {code: 50 * TRIEU})
    # 20 triệu have to come back, charged to the contract.
    with works.refused("not_all_ended", of=RefusedByRules):
        works.carry_out(AGENCY, contract, "close", RETURNED)
    works.pay(code, "record_refund", 20 * TRIEU, RETURNED)
    works.carry_out(AGENCY, contract, "close", RETURNED)
    assert works.money(AGENCY).board(contract).row.ending == "completed"


def test_a_contract_with_money_still_to_be_paid_is_not_closed(works: Works) -> None:
    contract, _ = works.accepted(100 * TRIEU)
    works.settle(contract)
    with works.refused("not_all_ended", of=RefusedByRules):
        works.carry_out(AGENCY, contract, "close", RETURNED)


def test_a_contract_of_which_all_was_stopped_is_terminated(works: Works) -> None:
    contract, (code,) = works.signed(100 * TRIEU)
    with works.refused("not_all_ended", of=RefusedByRules):
        works.carry_out(AGENCY, contract, "terminate", PAID)
    works.act(AGENCY, code, "propose_stop", PAID, kind="de_xuat_cuc")
    works.act("bct", code, "confirm_stop", PAID)
    works.carry_out(AGENCY, contract, "terminate", works.day)
    assert works.state(contract) == "terminated"
