"""The year's plan: one for each source, year and area; divided, approved by one decision, supplemented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kcflow.services.errors import KcflowError, NoPermission, RefusedByRules
from kcflow.services.money_views import PlanInput
from kcflow.services.views import MoveInput, Receipt
from tests.services.money.world import HA_GIANG, MINISTRY, SCT, THAI_NGUYEN, UBND, MoneyWorld

TRIEU = 1_000_000
PLAN = "KH-KCQG-24"


def refused(code: str, work: Callable[[], object]) -> str:
    with pytest.raises(KcflowError) as caught:
        work()
    assert caught.value.code == code, caught.value.text
    return caught.value.text.vi


def decision(world: MoneyWorld, **more: Any) -> MoveInput:
    return MoveInput(
        document_kind="quyet_dinh_giao_du_toan",
        document_number="9/QĐ-BTC",
        document_date=world.day,
        signer="Nguyễn Văn Ký",
        **more,
    )


def test_one_plan_for_a_source_year_and_area(world: MoneyWorld) -> None:
    money = world.money()
    assert money.check_plan(PlanInput("kcqg", 2024, 10)).code == PLAN
    assert money.others("annual_plan") == ()
    assert money.open_plan(PlanInput("kcqg", 2024, 1_000 * TRIEU)).code == PLAN
    assert PLAN in refused("plan_exists", lambda: money.open_plan(PlanInput("kcqg", 2024, 5)))
    assert money.open_plan(PlanInput("kcqg", 2025, 5)).code == "KH-KCQG-25"
    local = world.money(SCT).open_plan(PlanInput("kcdp", 2024, 5, HA_GIANG))
    assert local.code == "KH-KCDP-24-6302"
    for login, entered in (
        (SCT, PlanInput("kcqg", 2026, 5)),
        (SCT, PlanInput("kcdp", 2024, 5, THAI_NGUYEN)),
        ("cuc", PlanInput("kcdp", 2026, 5, HA_GIANG)),
    ):
        with pytest.raises(NoPermission):
            world.money(login).open_plan(entered)
    row = money.board(PLAN).row
    assert (row.title, row.office, row.area_name.en) == ("Kế hoạch KCQG năm 2024", "CUC", "Whole country")
    assert [each.code for each in world.money("sct-63-19").others("annual_plan")] == ["KH-KCQG-25", PLAN]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": 0}, "item_zero"),
        ({"total": -5}, "item_negative"),
        ({"total": 0.5}, "item_not_integer"),
        ({"total": 2**63}, "item_huge"),
        ({"lines": (("63:99", 5),)}, "plan_area_unknown"),
        ({"lines": (("north", 5), ("north", 6))}, "plan_area_twice"),
        ({"lines": (("north", -1),)}, "item_negative"),
        ({"basis": "a\u202eb"}, "text_bidi"),
    ],
)
def test_what_a_plan_can_not_be(world: MoneyWorld, changes: dict[str, Any], code: str) -> None:
    values: dict[str, Any] = {"source": "kcqg", "plan_year": 2024, "total": 5} | changes
    refused(code, lambda: world.money().open_plan(PlanInput(**values)))
    assert world.money().others("annual_plan") == ()


def test_parts_that_do_not_add_up_are_kept_and_told(world: MoneyWorld) -> None:
    money = world.money()

    def told(receipt: Receipt) -> list[str]:
        return [warning.text.vi for warning in receipt.warnings]

    parts = ((HA_GIANG, 60), ("SCT-63-19", 30), ("south", 9))
    opened = money.open_plan(PlanInput("kcqg", 2024, 100, lines=parts))
    assert "1 đ" in told(opened)[0]
    assert "thiếu" in told(opened)[0]
    assert [note.vi for note in money.board(PLAN).notes] == told(opened)
    over = money.change_plan(PLAN, PlanInput("kcqg", 2024, 97, lines=parts))
    assert "vượt" in told(over)[0]
    assert "2 đ" in told(over)[0]
    even = money.change_plan(PLAN, PlanInput("kcqg", 2024, 99, lines=parts, basis="NQ 12"))
    assert told(even) == []
    board = money.board(PLAN)
    assert (board.notes, board.content["basis"]) == ((), "NQ 12")
    assert board.row.fund is not None
    assert board.row.fund.ceiling == 99
    refused(
        "nothing_changed", lambda: money.change_plan(PLAN, PlanInput("kcqg", 2024, 99, "", parts, "NQ 12"))
    )
    refused("plan_fixed", lambda: money.change_plan(PLAN, PlanInput("kcqg", 2025, 99)))
    with pytest.raises(NoPermission):
        world.money(SCT).change_plan(PLAN, PlanInput("kcqg", 2024, 98))


def test_one_decision_approves_the_plan_and_its_proposals(world: MoneyWorld) -> None:
    early = world.approved(1, amount=1)[0]
    first, second = world.submitted(2)
    plan, money = world.plan({first: 280 * TRIEU}, total=300 * TRIEU, approve=False), world.money()
    assert [each.code for each in money.candidates(plan)] == [first, second]
    board = money.put(plan, {second: 20 * TRIEU + 1, early: 1})
    found = {each.code: [reason.code for reason in each.problems] for each in board.lines}
    assert (board.left, board.total) == (-2, 300 * TRIEU + 2)
    assert found[first] == []
    assert found[second] == ["plan_over"]
    assert {"wrong_state", "plan_over"} <= set(found[early])
    money.put(plan, {second: 20 * TRIEU, early: None})
    world.bring(plan, "submitted")
    assert plan in {row.code for row in world.money(MINISTRY).waiting()}
    done = world.bring(plan, "approved")
    assert [line.dong for line in done.lines] == [280 * TRIEU, 20 * TRIEU]
    for code, dong in ((first, 280 * TRIEU), (second, 20 * TRIEU)):
        row = world.desk("ktnn").dossier(code).row
        assert (row.state, row.approved) == ("approved", dong)
    board = money.board(plan)
    assert (board.decided, board.left, board.row.fund and board.row.fund.approved) == (True, 0, 300 * TRIEU)


def test_a_supplement_changes_the_ceiling_but_not_below_what_is_given(world: MoneyWorld) -> None:
    codes, plan = world.planned(2)
    money = world.money()
    lower = PlanInput("kcqg", 2024, 600 * TRIEU - 1)
    sentence = refused("plan_below", lambda: money.change_plan(plan, lower, decision(world)))
    assert "600.000.000 đ" in sentence
    assert sentence.rstrip(".").endswith("thiếu 1 đ")
    more = PlanInput("kcqg", 2024, 2_000 * TRIEU)
    with pytest.raises(RefusedByRules):
        money.change_plan(plan, more)
    with pytest.raises(RefusedByRules):
        world.money(SCT).change_plan(plan, more, decision(world))
    request = "6a1b6f0e-8a53-4c0e-9a0e-6f2d5f1d2c3b"
    assert money.check_plan(more, plan, decision(world)).action == "supplement"
    done = money.change_plan(plan, more, decision(world, request=request))
    assert (done.action, done.to_state) == ("supplement", "approved")
    board = money.board(plan)
    assert board.row.fund is not None
    assert (board.row.fund.ceiling, board.left) == (2_000 * TRIEU, 1_400 * TRIEU)
    assert [entry.action for entry in board.timeline][-2:] == ["supplement", "edit"]
    assert any(paper.number == "9/QĐ-BTC" for paper in board.papers)
    assert money.change_plan(plan, more, decision(world, request=request)).repeated
    money.change_plan(plan, PlanInput("kcqg", 2024, 600 * TRIEU), decision(world))
    assert money.board(plan).left == 0
    assert world.desk("ktnn").doctor(full=True)
    assert all(check.ok for check in world.desk("ktnn").doctor(full=True)), codes


def test_a_province_approves_its_own_plan(world: MoneyWorld) -> None:
    codes = world.submitted(2, source="kcdp")
    plan = world.plan(dict.fromkeys(codes, 100 * TRIEU), source="kcdp", area=HA_GIANG)
    board = world.money(UBND).board(plan)
    assert (board.row.state, board.total, board.row.area_name.vi) == ("approved", 200 * TRIEU, "Hà Giang")
    assert {world.desk(SCT).dossier(code).row.state for code in codes} == {"approved"}
