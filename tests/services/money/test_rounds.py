"""Allocation rounds: opened under a plan, filled from candidates, decided at once, seen in part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kcflow.services.drafts import MAX_DONG
from kcflow.services.errors import BadInput, KcflowError, NoPermission, NotFound, RefusedByRules
from kcflow.services.money_views import Board, Candidate, Line, RoundInput
from kcflow.services.views import MoveInput
from tests.services.money.world import HA_GIANG, ROUND_DAY, SCT, STC, UNIT, MoneyWorld

TRIEU = 1_000_000
PLAN, FIRST, SECOND = "KH-KCQG-24", "PB-KCQG-24-1", "PB-KCQG-24-2"


def refused(code: str, work: Callable[[], object]) -> str:
    """The Vietnamese sentence of a refusal with this code."""
    with pytest.raises(KcflowError) as caught:
        work()
    assert caught.value.code == code, caught.value.text
    return caught.value.text.vi


def line(board: Board, code: str) -> Line:
    return next(line for line in board.lines if line.code == code)


def codes_of(found: Line | Candidate) -> list[str]:
    return [reason.code for reason in found.problems]


# -- opening ---------------------------------------------------------------------------------


def test_a_round_needs_the_approved_plan_and_what_it_has_left(world: MoneyWorld) -> None:
    money, wanted = world.money(), RoundInput("kcqg", 2024, 200 * TRIEU)
    assert PLAN in refused("plan_missing", lambda: money.open_round(wanted))
    world.day = date(2023, 12, 1)
    world.plan(total=300 * TRIEU, approve=False)
    assert "phê duyệt" in refused("plan_not_approved", lambda: money.open_round(wanted))
    codes = world.submitted(1)
    money.put(PLAN, {codes[0]: 300 * TRIEU})
    world.bring(PLAN, "submitted", "approved")

    over = RoundInput("kcqg", 2024, 300 * TRIEU + 1)
    sentence = refused("round_over_plan", lambda: money.open_round(over))
    assert "300.000.001 đ" in sentence
    assert sentence.count("1 đ") >= 2
    assert money.open_round(wanted).code == FIRST
    assert money.open_round(wanted).code == SECOND, "several may be prepared at once"
    assert FIRST in refused("round_exists", lambda: money.open_round(RoundInput("kcqg", 2024, 1, number=1)))
    row = money.board(SECOND).row
    assert (row.number, row.plan, row.area, row.area_name.vi) == (2, PLAN, "", "Cả nước")
    assert (row.office, row.fund and row.fund.ceiling) == ("CUC", 200 * TRIEU)
    assert money.board(SECOND).above is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ceiling": 0}, "item_zero"),
        ({"ceiling": -1}, "item_negative"),
        ({"ceiling": 1.5}, "item_not_integer"),
        ({"ceiling": True}, "item_not_integer"),
        ({"ceiling": 2**63}, "item_huge"),
        ({"number": 0}, "round_number"),
        ({"contents": (99,)}, "content_unknown"),
        ({"source": "odA"}, "choice_unknown"),
        ({"plan_year": 1900}, "year_absurd"),
        ({"area": HA_GIANG}, "area_of_national"),
        ({"source": "kcdp"}, "worksheet_no_province"),
    ],
)
def test_what_a_round_can_not_be(world: MoneyWorld, changes: dict[str, Any], code: str) -> None:
    values: dict[str, Any] = {"source": "kcqg", "plan_year": 2024, "ceiling": TRIEU} | changes
    refused(code, lambda: world.money().open_round(RoundInput(**values)))


def test_only_the_one_who_allocates_opens_a_round(world: MoneyWorld) -> None:
    world.planned(1)
    with pytest.raises(NoPermission):
        world.money(SCT).open_round(RoundInput("kcqg", 2024, TRIEU))
    with pytest.raises(NoPermission):
        world.money(UNIT).put(world.round(), {})


def test_the_same_request_opens_one_round(world: MoneyWorld) -> None:
    world.planned(1)
    request = "3f2b8f66-61a1-4a70-9a52-0e2bd0c5f1aa"
    first = world.money().open_round(RoundInput("kcqg", 2024, TRIEU), request)
    again = world.money().open_round(RoundInput("kcqg", 2024, TRIEU), request)
    assert (again.code, again.repeated) == (first.code, True)
    assert len(world.money().others("allocation_round")) == 1


def test_a_rehearsal_keeps_nothing(world: MoneyWorld) -> None:
    codes, _ = world.planned(1)
    money = world.money()
    assert money.check_round(RoundInput("kcqg", 2024, TRIEU)).code == FIRST
    assert money.others("allocation_round") == ()
    code = world.round()
    assert money.check_put(code, {codes[0]: TRIEU}).total == TRIEU
    assert money.board(code).lines == ()
    assert money.check_round(RoundInput("kcqg", 2024, 5 * TRIEU), code).code == code
    fund = money.board(code).row.fund
    assert fund is not None
    assert fund.ceiling == TRIEU


# -- the worksheet ---------------------------------------------------------------------------


def test_amounts_are_put_changed_and_taken_out(world: MoneyWorld) -> None:
    (first, second), _ = world.planned(2)
    money, code = world.money(), world.round(ceiling=400 * TRIEU)
    board = money.put(code, {first.lower(): 100 * TRIEU, second: 300 * TRIEU}, {first: "Làm trước"})
    assert [(each.code, each.dong, each.note) for each in board.lines] == [
        (first, 100 * TRIEU, "Làm trước"),
        (second, 300 * TRIEU, ""),
    ]
    assert (board.total, board.left, board.plan_left) == (400 * TRIEU, 0, 600 * TRIEU)
    board = money.put(code, {first: 99 * TRIEU, second: None})
    assert [(each.code, each.dong, each.note) for each in board.lines] == [(first, 99 * TRIEU, "Làm trước")]
    assert (board.editable, board.decided, board.row.items, board.row.items_total) == (
        True,
        False,
        1,
        99 * TRIEU,
    )


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (0, "item_zero"),
        (-1, "item_negative"),
        (1.0, "item_not_integer"),
        (False, "item_not_integer"),
        ("5", "item_not_integer"),
        (MAX_DONG + 1, "item_huge"),
        (2**63, "item_huge"),
    ],
)
def test_amounts_that_are_none(world: MoneyWorld, amount: Any, code: str) -> None:
    codes = world.approved(1)
    world.plan()
    sheet = world.round()
    assert codes[0] in refused(code, lambda: world.money().put(sheet, {codes[0]: amount}))
    assert world.money().board(sheet).lines == ()


def test_who_has_no_place_in_a_round(world: MoneyWorld) -> None:
    mine = world.approved(1)[0]
    later = world.approved(1, year=2025)[0]
    local = world.approved(1, source="kcdp")[0]
    world.plan()
    code, money = world.round(), world.money()
    assert "2025" in refused("item_misfit", lambda: money.put(code, {mine: TRIEU, later: TRIEU}))
    assert local in refused("item_misfit", lambda: money.put(code, {local: TRIEU}))
    assert mine in refused("item_twice", lambda: money.put(code, {mine: TRIEU, mine.lower(): TRIEU}))
    with pytest.raises(NotFound):
        money.put(code, {"KCQG-24-9999": TRIEU})
    with pytest.raises(NotFound):
        money.put(code, {code: TRIEU})
    assert money.board(code).lines == (), "nothing of a refused change is kept"


def test_a_draft_may_be_over_and_says_by_how_much(world: MoneyWorld) -> None:
    (first, second), _ = world.planned(2)
    money, code = world.money(), world.round(ceiling=500 * TRIEU)
    board = money.put(code, {first: 300 * TRIEU, second: 200 * TRIEU + 1})
    assert board.left == -1
    assert codes_of(line(board, first)) == []
    assert codes_of(line(board, second)) == ["round_over_ceiling"]
    send = next(option for option in board.options if option.name == "send_to_finance")
    assert not send.possible
    with pytest.raises(RefusedByRules) as caught:
        money.act(
            code, "send_to_finance", MoveInput(document_number="1/BCT", document_date=world.day, signer="Ký")
        )
    said = " ".join(reason.text.vi for reason in caught.value.reasons)
    assert "1 đ" in said
    board = money.put(code, {second: 200 * TRIEU})
    assert (board.left, codes_of(line(board, second))) == (0, [])


def test_every_reason_against_a_line(world: MoneyWorld) -> None:
    waiting = world.submitted(1, title="Chưa phê duyệt", contents=(2,))[0]
    small = world.approved(1, amount=10 * TRIEU, title="Ít tiền", contents=(3,))[0]
    world.plan()
    code = world.round({waiting: TRIEU, small: 10 * TRIEU + 1}, contents=(3,), ceiling=TRIEU)
    board = world.money().board(code)
    assert {"wrong_state", "approved_missing", "content_not_covered"} <= set(codes_of(line(board, waiting)))
    over = {reason.code: reason.text.vi for reason in line(board, small).problems}
    assert {"round_over_ceiling"} <= set(over)
    assert "10.000.001 đ" in over["round_over_ceiling"], "with those before it counted"
    assert len(over) == 2, "and over what is approved for it"


def test_changing_a_round(world: MoneyWorld) -> None:
    codes, _ = world.planned(1)
    money, code = world.money(), world.round({codes[0]: 300 * TRIEU})
    lower = RoundInput("kcqg", 2024, 100 * TRIEU, contents=(1, 2), note="Giảm")
    (told,) = money.change_round(code, lower).warnings
    assert "200.000.000 đ" in told.text.vi
    board = money.board(code)
    assert (board.left, board.row.contents, board.content["note"]) == (-200 * TRIEU, (1, 2), "Giảm")
    refused("nothing_changed", lambda: money.change_round(code, lower))
    refused("round_fixed", lambda: money.change_round(code, RoundInput("kcqg", 2025, TRIEU)))
    refused("round_over_plan", lambda: money.change_round(code, RoundInput("kcqg", 2024, 10**12)))
    with pytest.raises(NoPermission):
        world.money("bct").change_round(code, RoundInput("kcqg", 2024, TRIEU))
    assert money.change_round(code, RoundInput("kcqg", 2024, 300 * TRIEU)).warnings == ()
    world.to("issued", code)
    refused("not_editable", lambda: money.change_round(code, lower))
    refused("worksheet_ended", lambda: money.put(code, {codes[0]: TRIEU}))


# -- candidates ------------------------------------------------------------------------------


def test_candidates_say_what_they_lack_and_where_else_they_stand(world: MoneyWorld) -> None:
    (good, other), _ = world.planned(2, contents=(3,), title="Hội chợ triển lãm")
    uncovered = world.approved(1, contents=(5,), title="Tư vấn phát triển")[0]
    waiting = world.submitted(1, contents=(3,), title="Đang trình")[0]
    draft = world.drafts(1, contents=(3,))[0]
    later = world.approved(1, year=2026, contents=(3,))[0]
    money = world.money()
    elsewhere = world.round({other: TRIEU}, contents=(3,))
    code = world.round({good: 200 * TRIEU}, contents=(3,))
    found = {each.code: each for each in money.candidates(code)}
    assert set(found) == {good, other, uncovered, waiting}
    assert {draft, later}.isdisjoint(found)
    assert (found[good].problems, found[good].left, found[good].elsewhere) == ((), 300 * TRIEU, None)
    assert found[other].elsewhere == elsewhere
    assert codes_of(found[uncovered]) == ["content_not_covered"]
    assert "approved_missing" in codes_of(found[waiting])
    assert [each.code for each in money.candidates(code, "hoi cho")] == [good, other]
    assert money.candidates(code, "khong co") == ()
    money.put(code, {other: None})

    world.to("issued", code)
    again = world.round(contents=(3,), ceiling=100 * TRIEU)
    found = {each.code: each for each in money.candidates(again)}
    assert (found[good].left, found[good].allocated) == (100 * TRIEU, 200 * TRIEU)
    money.put(again, {good: 100 * TRIEU})
    world.to("issued", again)
    assert good not in {each.code for each in money.candidates(world.round(contents=(3,)))}


def test_a_thousand_candidates_cost_a_few_queries(world: MoneyWorld) -> None:
    """One query each for rows, papers and rounds: as many for forty as for four."""
    few = world.approved(2, contents=(3,))
    world.plan(total=30_000 * TRIEU)
    code = world.round({few[0]: TRIEU}, ceiling=TRIEU)

    def counted() -> int:
        asked = 0
        from db.reader import Reader

        whole = Reader.rows

        def rows(self: Reader, *args: Any) -> Any:
            nonlocal asked
            asked += 1
            return whole(self, *args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Reader, "rows", rows)
            world.money().candidates(code)
        return asked

    before = counted()
    world.approved(30, contents=(3,), title="Thêm")
    assert len(world.money().candidates(code)) == 33
    assert counted() <= before


# -- the decision ----------------------------------------------------------------------------


def test_a_round_is_issued_at_once(world: MoneyWorld) -> None:
    (first, second), _ = world.planned(2)
    money, code = world.money(), world.round({first: 300 * TRIEU, second: 100 * TRIEU})
    world.to("proposed", code)
    assert not money.board(code).editable
    assert code not in {
        row.code for row in money.waiting() if "Ban hành" in " ".join(x.vi for x in row.doable)
    }
    assert code in {row.code for row in world.money("cuc-2").waiting()}
    done = world.bring(code, "issued")
    assert [(each.code, each.dong, each.receipt is not None) for each in done.lines] == [
        (first, 300 * TRIEU, True),
        (second, 100 * TRIEU, True),
    ]
    board = money.board(code)
    assert (board.decided, board.total, board.left, board.plan_left) == (True, 400 * TRIEU, 0, 600 * TRIEU)
    assert [(each.code, each.dong, each.on) for each in board.lines] == [
        (first, 300 * TRIEU, ROUND_DAY),
        (second, 100 * TRIEU, ROUND_DAY),
    ]
    assert board.row.fund is not None
    assert board.row.fund.allocated == 400 * TRIEU
    assert (board.row.mark, board.row.days_left, board.row.due_on) == ("completed", None, None)
    assert board.timeline[0].action == "create"


def test_the_list_is_corrected_while_the_finance_agency_asks_for_it(world: MoneyWorld) -> None:
    codes, _ = world.planned(1)
    code = world.round({codes[0]: 300 * TRIEU})
    world.bring(code, "finance_check", on=ROUND_DAY)
    refused("worksheet_closed", lambda: world.money().put(code, {codes[0]: TRIEU}))
    world.bring(code, "finance_correction")
    board = world.money().put(code, {codes[0]: TRIEU})
    assert (board.total, board.row.state, board.decided) == (TRIEU, "finance_correction", False)
    world.bring(code, "finance_check", "cleared", "proposed", "issued")
    assert world.money().board(code).total == TRIEU


def test_nothing_is_issued_while_the_finance_agency_does_not_agree(world: MoneyWorld) -> None:
    codes, _ = world.planned(1)
    code = world.round({codes[0]: 300 * TRIEU})
    world.bring(code, "finance_check", on=ROUND_DAY)
    opinion = MoveInput(
        on=ROUND_DAY,
        document_number="8/BTC",
        document_date=ROUND_DAY,
        signer="Lê Văn B",
        conclusion="not_agreed",
    )
    world.money().act(code, "record_finance_opinion", opinion)
    with pytest.raises(RefusedByRules) as told:
        world.money().act(code, "propose", MoveInput(on=ROUND_DAY))
    assert {reason.code for reason in told.value.reasons} == {"mof_not_agreed"}
    assert "propose" not in {o.name for o in world.money().board(code).options if o.possible}
    # The list is made again, and what they say then counts.
    world.money().act(code, "rework", MoveInput(on=ROUND_DAY, reason="Bộ Tài chính chưa nhất trí"))
    world.to("issued", code)
    assert world.money().board(code).row.state == "issued"


def test_an_act_from_another_state_says_nothing_of_a_list_that_is_gone(world: MoneyWorld) -> None:
    codes, _ = world.planned(1)
    code = world.round({codes[0]: 300 * TRIEU})
    world.to("issued", code)
    with pytest.raises(RefusedByRules) as told:
        world.money("cuc-2").act(code, "issue", MoveInput(on=ROUND_DAY))
    assert "final_state" in {reason.code for reason in told.value.reasons}
    assert not {"second_person", "items_over_ceiling", "items_refused", "items_changed"} & {
        reason.code for reason in told.value.reasons
    }


def test_a_province_has_rounds_of_its_own(world: MoneyWorld) -> None:
    codes = world.approved(2, source="kcdp")
    plan = world.plan(source="kcdp", area=HA_GIANG)
    assert plan == "KH-KCDP-24-6302"
    code = world.round(dict.fromkeys(codes, 100 * TRIEU), source="kcdp", area=HA_GIANG)
    assert code == "PB-KCDP-24-6302-1"
    strange = world.approved(1, source="kcdp", place="63-19")[0]
    with pytest.raises(NotFound):
        world.money(SCT).put(code, {strange: TRIEU})
    world.to("issued", code)
    assert world.money(STC).board(code).total == 200 * TRIEU
    assert [row.code for row in world.money(SCT).others("allocation_round")] == [code]
    assert [row.code for row in world.money("sct-63-19").others("allocation_round")] == []
    assert [row.code for row in world.money("ktnn").others("allocation_round", area=HA_GIANG)] == [code]
    with pytest.raises(NotFound):
        world.money("sct-63-19").board(code)


def test_a_province_sees_its_own_lines_of_a_national_round(world: MoneyWorld) -> None:
    here = world.approved(1)[0]
    there = world.approved(1, place="63-19")[0]
    world.plan()
    code = world.round({here: 100 * TRIEU, there: 200 * TRIEU})
    for drafted in (True, False):
        assert [each.code for each in world.money(SCT).board(code).lines] == [here]
        assert [each.code for each in world.money("sct-63-19").board(code).lines] == [there]
        assert [each.code for each in world.money(UNIT).board(code).lines] == [here]
        whole = world.money("ktnn").board(code)
        assert ({each.code for each in whole.lines}, whole.total) == ({here, there}, 300 * TRIEU)
        assert not whole.editable
        if drafted:
            world.to("issued", code)
    assert [row.code for row in world.money(UNIT).others("allocation_round")] == [code]


def test_lists_are_filtered(world: MoneyWorld) -> None:
    codes, plan = world.planned(1)
    first, second = world.round({codes[0]: TRIEU}), world.round()
    world.to("issued", first)
    money = world.money()

    def listed(**wanted: Any) -> list[str]:
        return [row.code for row in money.others("allocation_round", **wanted)]

    assert listed() == [second, first]
    assert listed(open_only=True) == [second]
    assert listed(state="issued") == [first]
    assert listed(plan_year=2023) == listed(source="kcdp") == listed(area=HA_GIANG) == []
    assert listed(area="") == [second, first]
    assert [row.code for row in money.others("annual_plan")] == [plan]
    assert money.others("contract") == money.others("adjustment") == ()
    assert "proposal" in refused("kind_unknown", lambda: money.others("proposal"))
    with pytest.raises(NotFound):
        money.board("PB-KCQG-24-9")
    with pytest.raises((NotFound, BadInput)):
        money.board(codes[0])


def test_two_who_open_the_next_round_at_once_get_two(
    world: MoneyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's round appears after the number was looked for: the next number is taken instead."""
    from kcflow.services.money import rounds

    world.planned(1)
    money, looked_for = world.money(), rounds._free_number

    def meanwhile(*args: Any) -> int:
        number = looked_for(*args)
        if number == 1:
            monkeypatch.setattr(rounds, "_free_number", looked_for)
            assert world.money("cuc-2").open_round(RoundInput("kcqg", 2024, TRIEU)).code == FIRST
        return number

    monkeypatch.setattr(rounds, "_free_number", meanwhile)
    assert money.open_round(RoundInput("kcqg", 2024, TRIEU)).code == SECOND


def test_a_round_is_not_moved_by_the_acts_of_proposals(world: MoneyWorld) -> None:
    """`advance` on a round's code would issue it without its proposals."""
    codes, _ = world.planned(1)
    code = world.round(dict.fromkeys(codes, 1_000_000))
    world.to("proposed", code)
    desk, before = world.desk("cuc-2"), world.desk("ktnn").written()
    option = next(o for o in desk.money.board(code).options if o.name == "issue")
    move = world.move(option, world.day)
    with pytest.raises(NotFound):
        desk.advance(code, "issue", move)
    with pytest.raises(NotFound):
        desk.advance_many([code], "issue", move)
    assert world.desk("ktnn").written() == before
