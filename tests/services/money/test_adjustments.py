"""Adjustments: who decides follows from the kind of change; the proposal changes only with the decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kcflow.services.errors import BadInput, NotFound, RefusedByRules
from kcflow.services.money_views import AdjustmentInput
from kcflow.services.views import MoveInput, PaperInput
from tests.services.money.works import SIGNED, TRIEU, Works, works
from tests.services.money.world import AGENCY, MINISTRY, SCT, UBND, UNIT

__all__ = ["works"]

ASKED, DECIDED = date(2024, 6, 3), date(2024, 6, 14)
SECOND_AGENCY, SECOND_MINISTRY, SECOND_SCT = "cuc-2", "bct-2", "sct-63-02-2"


def _asked(works: Works, code: str, change: str, **after: Any) -> str:
    works.day = max(works.day, ASKED)
    return works.ask(code, change, **after)


def _reviewed(works: Works, number: str) -> None:
    """The unit's letter, the department's confirmation, received by the agency."""
    works.carry_out(SCT, number, "confirm_by_department", works.day, papers=())
    works.carry_out(AGENCY, number, "receive", works.day)


def _decided(works: Works, number: str, level: str, second: str) -> Any:
    """Decided by the agency or the ministry, proposed by one and confirmed by another."""
    _reviewed(works, number)
    first = AGENCY if level == "agency" else MINISTRY
    to_level = "take_decision" if level == "agency" else "submit_to_minister"
    works.carry_out(AGENCY, number, to_level, works.day)
    works.carry_out(first, number, f"propose_by_{level}", works.day)
    return works.carry_out(second, number, "apply", max(works.day, DECIDED))


def test_the_support_is_raised_by_the_minister(works: Works) -> None:
    contract, (code,) = works.signed(280 * TRIEU)
    before = works.row(code)
    works.day = ASKED
    plan = works.money(UNIT).check_adjustment(
        AdjustmentInput(code, "raise_support", {"approved": "350000000"}, "Thêm hai máy")
    )
    assert (plan.decides, plan.basis) == ("ministry", "TT 36/2013 Đ11.2a, Đ21.2b")
    assert [(old.vi, new.vi) for _, old, new in plan.changes] == [("300.000.000 đ", "350.000.000 đ")]
    number = _asked(works, code, "raise_support", approved=350 * TRIEU)
    assert number == "DC-24-0001"
    _reviewed(works, number)
    # The agency can't take what is the Minister's.
    with works.refused("decided_elsewhere", of=RefusedByRules) as told:
        works.carry_out(AGENCY, number, "take_decision", works.day)
    assert "Bộ Công Thương" in told.text
    works.carry_out(AGENCY, number, "submit_to_minister", works.day)
    works.carry_out(MINISTRY, number, "propose_by_ministry", works.day)
    # Who proposed doesn't decide; nor does the agency.
    with works.refused("second_person", of=RefusedByRules):
        works.carry_out(MINISTRY, number, "apply", DECIDED)
    with works.refused("decided_elsewhere", of=RefusedByRules):
        works.carry_out(AGENCY, number, "apply", DECIDED)
    assert works.row(code).approved == before.approved
    # An amendment of the contract can't raise the support: that takes a decision.
    with works.refused("adjust_form", of=BadInput) as told:
        works.carry_out(SECOND_MINISTRY, number, "apply", DECIDED, kind="phu_luc_hop_dong")
    assert "Phụ lục hợp đồng" in told.text
    assert works.row(code).approved == before.approved
    done = works.carry_out(SECOND_MINISTRY, number, "apply", DECIDED)
    assert [(line.code, line.dong) for line in done.lines] == [(code, 350 * TRIEU)]
    row = works.row(code)
    assert (row.approved, row.state, row.allocated) == (350 * TRIEU, before.state, before.allocated)
    assert works.state(number) == "applied"
    told_story = works.story(code)
    event = told_story.events[-1]
    assert (event.kind, event.dong, event.after) == ("approved", 350 * TRIEU, 350 * TRIEU)
    assert event.document is not None
    assert event.document.kind == "quyet_dinh_dieu_chinh"
    (adjustment,) = told_story.adjustments
    assert (adjustment.code, adjustment.subject, adjustment.change) == (number, code, "raise_support")
    # Its contract may promise the new amount, and the plan has charged the difference.
    board = works.money(AGENCY).board(contract)
    assert board.row.fund is not None
    assert board.row.fund.ceiling == 350 * TRIEU
    plan_fund = works.money(AGENCY).board("KH-KCQG-24").row.fund
    assert plan_fund is not None
    assert plan_fund.approved == 350 * TRIEU


def test_before_and_after_are_kept(works: Works) -> None:
    _, (code,) = works.signed(280 * TRIEU)
    number = _asked(works, code, "change_beneficiary", beneficiaries="HTX Chè Shan; HTX Lũng Phìn")
    board = works.money(AGENCY).board(number)
    ((_, old, new),) = board.before
    assert (old.vi, new.vi) == ("", "HTX Chè Shan; HTX Lũng Phìn")
    assert board.content["reason"] == "Cơ sở đổi kế hoạch đầu tư"
    _decided(works, number, "agency", SECOND_AGENCY)
    card = works.desk(AGENCY).dossier(code)
    assert card.content["beneficiaries"] == ["HTX Chè Shan", "HTX Lũng Phìn"]
    applied, edited = card.timeline[-2:]
    assert (applied.action, applied.via, edited.action) == ("apply_adjustment", number, "edit")
    ((field, _, before, after),) = edited.changes
    assert (field, before.vi, after.vi) == ("beneficiaries", "", "HTX Chè Shan; HTX Lũng Phìn")
    assert edited.actor == SECOND_AGENCY
    assert works.money(AGENCY).board(number).before == board.before


def test_a_change_of_content_is_applied_by_the_minister(works: Works) -> None:
    _, (code,) = works.signed(280 * TRIEU)
    number = _asked(works, code, "change_content", content_codes="1;3", objective="Nội dung mới")
    _decided(works, number, "ministry", SECOND_MINISTRY)
    content = works.desk(AGENCY).dossier(code).content
    assert (content["content_codes"], content["objective"]) == ([1, 3], "Nội dung mới")


def test_a_group_proposal_is_the_departments_for_place_and_beneficiary(works: Works) -> None:
    (code,) = works.assigned(280 * TRIEU, kinds=("group",))
    works.day = ASKED
    money = works.money(UNIT)
    change = AdjustmentInput(code, "change_beneficiary", {"beneficiaries": "HTX Chè Shan"}, "Cơ sở rút")
    plan = money.check_adjustment(change)
    assert (plan.decides, plan.basis) == ("department", "TT 36/2013 Đ11.4, Đ21.2")
    raised = AdjustmentInput(code, "raise_support", {"approved": 310 * TRIEU}, "x")
    assert money.check_adjustment(raised).decides == "ministry"
    number = works.money(UNIT).ask_adjustment(change).code
    with works.refused("decided_elsewhere", of=RefusedByRules):
        works.carry_out(SCT, number, "confirm_by_department", works.day)
    with works.refused("change_papers_missing", of=RefusedByRules) as told:
        works.carry_out(SCT, number, "propose_by_department", works.day, papers=())
    assert "đơn vị" in told.text.lower()
    # The letter is the unit's to record.
    letter = PaperInput("cong_van_don_vi", "12/TTKC", ASKED, "Trần Văn B")
    with works.refused("paper_not_yours", of=RefusedByRules):
        works.desk(SCT).record_papers(number, [letter])
    works.desk(UNIT).record_papers(number, [letter])
    works.carry_out(SCT, number, "propose_by_department", works.day)
    with works.refused("second_person", of=RefusedByRules):
        works.carry_out(SCT, number, "apply", works.day)
    works.carry_out(SECOND_SCT, number, "apply", works.day)
    assert works.desk(AGENCY).dossier(code).content["beneficiaries"] == ["HTX Chè Shan"]


def test_an_ordinary_proposal_is_not_the_departments(works: Works) -> None:
    (code,) = works.assigned(280 * TRIEU)
    number = _asked(works, code, "change_place", priority="Xã biên giới")
    with works.refused("decided_elsewhere", of=RefusedByRules):
        works.carry_out(SCT, number, "propose_by_department", works.day)


def test_local_money_is_adjusted_in_the_province(works: Works) -> None:
    (code,) = works.approved(1, source="kcdp")
    works.day = date(2024, 2, 20)
    number = works.ask(code, "reduce_support", approved=250 * TRIEU)
    board = works.money(SCT).board(number)
    assert board.content["decides"] == "provincial_committee"
    works.carry_out(SCT, number, "propose_by_department", works.day)
    with works.refused("decided_elsewhere", of=RefusedByRules):
        works.carry_out(SECOND_SCT, number, "apply", works.day)
    works.carry_out(UBND, number, "apply", works.day)
    assert works.row(code).approved == 250 * TRIEU


def test_an_extension_into_the_next_year(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    with works.refused("adjust_into_next_year", of=BadInput):
        _asked(works, code, "change_time", ends_on="2025-03-31")
    for day in ("2024-12-31", "2026-01-01"):
        with works.refused("adjust_not_next_year", of=BadInput):
            _asked(works, code, "extend_next_year", ends_on=day)
    number = _asked(works, code, "extend_next_year", ends_on="2025-03-31")
    _reviewed(works, number)
    works.carry_out(AGENCY, number, "submit_to_minister", works.day)
    works.carry_out(MINISTRY, number, "propose_by_ministry", works.day)
    # It waits for the level that decides, and only there somebody can do something.
    assert works.money("ktnn").board(number).row.waits_for == "ministry"
    assert number in [row.code for row in works.money(SECOND_MINISTRY).waiting()]
    assert number not in [row.code for row in works.money(AGENCY).waiting()]
    with works.refused("not_carry_over", of=RefusedByRules):
        works.carry_out(SECOND_MINISTRY, number, "apply", DECIDED)
    works.carry_out(SECOND_MINISTRY, number, "apply_carry_over", DECIDED)
    card = works.desk(AGENCY).dossier(code)
    assert (card.row.state, card.content["ends_on"]) == ("carried_over", "2025-03-31")
    works.act(MINISTRY, code, "resume_next_year", date(2025, 1, 14))
    assert works.row(code).state == "in_progress"
    # The year-end dates count from the budget year that it was moved to.
    works.many(UNIT, [code], "report_completion", date(2025, 3, 10), reason="x")
    works.act(SCT, code, "accept", date(2025, 3, 12), amount=100 * TRIEU)
    assert works.row(code).due_on == date(2025, 3, 27)


def test_what_cannot_be_asked(works: Works) -> None:
    (draft,) = works.drafts(1)
    works.day = date(2023, 4, 3)
    (code,) = works.assigned(280 * TRIEU)
    works.day = ASKED
    for change, after, error in (
        ("no_such_kind", {"approved": 1}, "change_unknown"),
        ("change_time", {"approved": 350 * TRIEU}, "adjust_field"),
        ("change_time", {"ends_on": "2024-02-30"}, "date_unreadable"),
        ("change_time", {"ends_on": "2024-02-01"}, "end_before_start"),
        ("change_time", {"ends_on": "2024-11-30"}, "nothing_changed"),
        ("change_time", {"ends_on": (ASKED - timedelta(1)).isoformat()}, "adjust_ends_past"),
        ("raise_support", {}, "nothing_changed"),
        ("raise_support", {"approved": 290 * TRIEU}, "adjust_not_raised"),
        ("reduce_support", {"approved": 310 * TRIEU}, "adjust_raised"),
        ("reduce_support", {"approved": 280 * TRIEU - 1}, "adjust_below_allocated"),
        ("raise_support", {"approved": 500 * TRIEU + 1}, "adjust_over_total"),
        ("raise_support", {"approved": 0}, "money_zero"),
        ("raise_support", {"approved": -5}, "money_negative"),
        ("raise_support", {"approved": 2**63}, "money_absurd"),
        ("raise_support", {"approved": 1.5}, "money_not_integer"),
        ("raise_support", {"approved": "350.000.000,5"}, "amount_unreadable"),
        ("raise_support", {"approved": "-1"}, "amount_unreadable"),
    ):
        with works.refused(error, of=BadInput):
            works.ask(code, change, **after)
    with works.refused("adjust_not_now", of=BadInput):
        works.ask(draft, "raise_support", approved=350 * TRIEU)
    with works.refused("not_found", of=NotFound):
        works.ask(code, "change_time", login="ttkc-63-19", ends_on="2024-12-15")
    with works.refused(of=BadInput):
        works.money(UNIT).ask_adjustment(AdjustmentInput(code, "change_time", {"ends_on": "2024-12-15"}, " "))


def test_one_open_adjustment_of_a_kind(works: Works) -> None:
    (code,) = works.assigned(280 * TRIEU)
    request = str(uuid4())
    works.day = ASKED
    entered = AdjustmentInput(code, "change_time", {"ends_on": "2024-12-15"}, "Mưa lũ")
    one = works.money(UNIT).ask_adjustment(entered, request)
    again = works.money(UNIT).ask_adjustment(entered, request)
    assert (again.code, again.repeated) == (one.code, True)
    with works.refused("adjust_open", of=BadInput) as told:
        works.money(UNIT).ask_adjustment(entered)
    assert one.code in told.text
    works.carry_out(UNIT, one.code, "withdraw", works.day)
    assert works.money(UNIT).ask_adjustment(entered).code != one.code


def test_a_refused_adjustment_changes_nothing(works: Works) -> None:
    (code,) = works.assigned(280 * TRIEU)
    number = _asked(works, code, "change_time", ends_on="2024-12-15")
    content = works.desk(AGENCY).dossier(code).content
    _reviewed(works, number)
    works.carry_out(AGENCY, number, "refuse", works.day)
    assert works.state(number) == "refused"
    assert works.desk(AGENCY).dossier(code).content == content
    with works.refused(of=RefusedByRules):
        works.money(AGENCY).act(number, "apply", MoveInput(reason="x"))


@pytest.mark.parametrize("action", ["apply_adjustment", "carry_over"])
def test_a_proposal_is_not_adjusted_beside_its_adjustment(works: Works, action: str) -> None:
    _, (code,) = works.signed(280 * TRIEU)
    with works.refused("via_parent", of=RefusedByRules) as told:
        works.act(MINISTRY, code, action, SIGNED)
    assert told.text
