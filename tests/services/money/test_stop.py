"""Stopping a proposal: proposed by one person, decided by another; what wasn't used goes to a later round."""

from __future__ import annotations

from datetime import date

from kcflow.services.errors import BadInput, RefusedByRules
from kcflow.services.views import MoveInput, PaperInput
from tests.services.money.works import TRIEU, Works, works
from tests.services.money.world import AGENCY, MINISTRY, SCT, UNIT

__all__ = ["works"]

PROPOSED, DECIDED, BACK = date(2024, 6, 3), date(2024, 6, 10), date(2024, 9, 3)
PLAN = (PaperInput("mau_11", "5/KH", date(2024, 4, 5), "Trần Văn B"),)


def _pay(works: Works, code: str, amount: int) -> None:
    fields = {"advance_type": "vocational_training"}
    works.pay(code, "advance_first", amount, date(2024, 4, 5), fields=fields, papers=PLAN)


def test_what_was_not_used_goes_to_another_proposal(works: Works) -> None:
    # Approved one by one before the year's plan, which has room for less than all of them.
    first, second, third = works.approved(3, amount=200 * TRIEU)
    plan = works.plan(total=400 * TRIEU)
    works.to("issued", works.round({first: 200 * TRIEU, second: 120 * TRIEU}))
    works.many(AGENCY, [first], "assign_plan", date(2024, 2, 27))
    contract = works.contract({first: 200 * TRIEU})
    works.carry_out(AGENCY, contract, "sign", date(2024, 3, 20))
    _pay(works, first, 50 * TRIEU)
    fund = works.money(AGENCY).board(plan).row.fund
    assert fund is not None
    assert fund.allocated == 320 * TRIEU
    with works.refused("round_over_plan", of=BadInput) as told:
        works.round({third: 150 * TRIEU})
    assert "70.000.000 đ" in told.text

    # The enterprise lacks its own capital: the commonest cause.
    works.act(AGENCY, first, "propose_stop", PROPOSED, kind="de_xuat_cuc", reason="Cơ sở thiếu vốn đối ứng")
    works.act(MINISTRY, first, "confirm_stop", DECIDED)
    row = works.row(first)
    # 50 triệu were paid out and have to come back; 150 triệu were never used.
    assert (row.state, row.allocated, works.story(first).refund_due) == (
        *("stop_refund_due", 50 * TRIEU),
        50 * TRIEU,
    )
    fund = works.money(AGENCY).board(plan).row.fund
    assert fund is not None
    assert fund.allocated == 170 * TRIEU
    event = works.story(first).events[-1]
    assert (event.kind, event.dong, event.after, event.owner) == (
        *("allocated", -150 * TRIEU),
        *(50 * TRIEU, plan),
    )
    # A later round gives another proposal what the stopped one left.
    works.to("issued", works.round({third: 150 * TRIEU}))
    assert works.row(third).allocated == 150 * TRIEU
    fund = works.money(AGENCY).board(plan).row.fund
    assert fund is not None
    assert fund.allocated == 320 * TRIEU


def test_the_refund_of_a_stopped_proposal_is_tracked_until_it_is_back(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    _pay(works, code, 70 * TRIEU)
    works.act(AGENCY, code, "propose_stop", PROPOSED, kind="de_xuat_cuc")
    works.act(MINISTRY, code, "confirm_stop", DECIDED)
    told = works.story(code)
    assert (told.refund_due, told.refund_by) == (70 * TRIEU, date(2025, 2, 14))
    with works.refused("refund_over_due", of=RefusedByRules):
        works.pay(code, "record_stop_refund", 70 * TRIEU + 1, BACK)
    works.pay(code, "record_stop_refund", 30 * TRIEU, BACK)
    assert (works.row(code).state, works.story(code).refund_due) == ("stop_refund_due", 40 * TRIEU)
    works.pay(code, "record_stop_refund", 40 * TRIEU, BACK)
    assert (works.row(code).state, works.story(code).refund_due) == ("stopped", 0)
    assert works.row(code).ending == "stopped"


def test_nothing_paid_nothing_to_refund(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    works.act(AGENCY, code, "propose_stop", PROPOSED, kind="de_xuat_cuc")
    works.act(MINISTRY, code, "confirm_stop", DECIDED)
    row = works.row(code)
    assert (row.state, row.allocated, works.story(code).refund_due) == ("stopped", 0, 0)


def test_accepted_work_is_kept(works: Works) -> None:
    contract, (code,) = works.started(100 * TRIEU)
    _pay(works, code, 70 * TRIEU)
    works.act(SCT, code, "accept_part", date(2024, 5, 20), amount=60 * TRIEU, conclusion="agreed")
    works.act(AGENCY, code, "propose_stop", PROPOSED, kind="de_xuat_cuc")
    works.act(MINISTRY, code, "confirm_stop", DECIDED)
    assert works.row(code).allocated == 70 * TRIEU
    assert works.story(code).refund_due == 10 * TRIEU
    assert works.state(contract) == "signed"


def test_who_proposes_does_not_decide(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    works.act(AGENCY, code, "propose_stop", PROPOSED, kind="de_xuat_cuc")
    for login in (AGENCY, UNIT, SCT):
        with works.refused("wrong_role", of=RefusedByRules):
            works.desk(login).advance(code, "confirm_stop", MoveInput(reason="x"))
    # The same person, working as the Minister's clerk, is still the same person.
    works.day = DECIDED
    as_minister = works.desk_of_account("cuc", MINISTRY)
    with works.refused("second_person", of=RefusedByRules):
        as_minister.advance(code, "confirm_stop", MoveInput(reason="x"))
    works.act(MINISTRY, code, "confirm_stop", DECIDED)
    assert works.row(code).state == "stopped"


def test_a_stop_needs_reason_and_papers_and_may_be_turned_back(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    with works.refused("reason_required", "document_missing", of=RefusedByRules):
        works.desk(AGENCY).advance(code, "propose_stop", MoveInput())
    works.act(AGENCY, code, "propose_stop", PROPOSED, kind="de_xuat_cuc")
    works.act(MINISTRY, code, "reject_stop", DECIDED)
    assert (works.row(code).state, works.row(code).allocated) == ("in_progress", 100 * TRIEU)


def test_content_is_not_edited_while_a_stop_is_decided(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    works.act(AGENCY, code, "propose_stop", PROPOSED, kind="de_xuat_cuc")
    assert not works.desk(UNIT).dossier(code).editable
