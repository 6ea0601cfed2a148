"""An office's own deadlines: set, replaced, closed, undone; what is looked ahead at; what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from db import clock, queries
from kcflow.services.clock_views import ChangePlan, HoldInput, RuleInput
from kcflow.services.errors import BadInput, KcflowError, NoPermission, NotFound
from kcflow.services.views import Receipt
from tests.services.clock.watch import WATCH, WATCH_ALL, WATCH_TN, differing, dues, rule, supervisor, watched
from tests.services.world import SCT, THAI_NGUYEN, UNIT, World

DEFAULT = "Quy định nội bộ (mặc định kcflow)"
OWN = "QĐ 12/QĐ-SCT"
SUBMITTED = date(2023, 5, 10)


@pytest.fixture
def watching(world: World) -> World:
    return watched(world)


def submitted(world: World, unit: str = "TTKC-63-02", on: date = SUBMITTED) -> str:
    """A proposal handed in to its Sở on 10/5/2023: ten working days end on 24/5."""
    code = world.draft(unit_office=unit)
    receipt: Receipt = world.act(unit.lower(), code, "submit_to_department", on)
    return receipt.code


def stored_rules(world: World) -> list[tuple[int | None, date, date | None, bool]]:
    with world.store.read() as reader:
        return [
            (row.id, row.valid_from, row.valid_to, row.closed_at is not None)
            for row in clock.office_rules(reader)
        ]


def test_a_rule_is_looked_at_then_set(watching: World) -> None:
    here, there = submitted(watching), submitted(watching, "TTKC-63-19")
    assert dues(watching)[here] == (date(2023, 5, 24), "policy", DEFAULT)
    watching.day = date(2023, 5, 20)
    desk = supervisor(watching, WATCH).clock
    before = dues(watching)

    plan = desk.rule_plan(rule())
    (shift,) = plan.shifts
    assert (shift.code, shift.before, shift.after) == (here, date(2023, 5, 24), date(2023, 5, 17))
    assert (plan.moved, plan.become_late, plan.stop_being_late) == (1, 1, 0)
    assert shift.becomes_late
    assert dues(watching) == before, "looking ahead writes nothing"
    assert stored_rules(watching) == []

    done = desk.set_rule(rule(), "Rút ngắn thẩm định")
    assert (done.moved, done.become_late) == (plan.moved, plan.become_late)
    assert dues(watching) == {**before, here: (date(2023, 5, 17), "policy", OWN)}
    assert dues(watching)[there] == before[there], "another province's"
    assert differing(watching) == []
    with watching.store.read() as reader:
        last = queries.history_of(reader, here)[-1].leaf
        row = reader.dossier(here)
    assert row is not None
    assert (last["action"], last["system"], last["reason"]) == ("note", True, "Rút ngắn thẩm định")
    told = last["refs"]["clock"]
    assert (told["act"], told["cause"], told["ref"]) == ("recount", "rule", str(done.id))
    assert told["before"] == {"on": "2023-05-24", "kind": "policy", "basis": DEFAULT}
    assert (row.entered_on, row.last_on, row.last_actor) == (SUBMITTED, SUBMITTED, UNIT), "no clock restarts"

    later = submitted(watching, on=date(2023, 5, 20))
    assert dues(watching)[later] == (date(2023, 5, 26), "policy", OWN), "moves go by it from now on"
    with pytest.raises(BadInput) as same:
        desk.set_rule(rule(), "Lần nữa")
    assert same.value.code == "rule_same"


def test_a_rule_by_months_ends_with_the_corresponding_day(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2023, 5, 20)
    desk = supervisor(watching, WATCH).clock
    # 10/6/2023 is a Saturday: Monday.
    done = desk.set_rule(rule(by="months", months=1, days=0), "Một tháng")
    assert dues(watching)[code] == (date(2023, 6, 12), "policy", OWN)
    assert differing(watching) == []
    (own,) = [each for each in desk.rules() if each.id == done.id]
    assert (own.by, own.months, own.days, own.text.vi) == (
        "months",
        1,
        0,
        "1 tháng kể từ ngày vào trạng thái",
    )
    (line,) = [each for each in desk.why(code).rules if each.counts]
    assert "1 tháng từ 10/05/2023: hết ngày 10/06/2023 (ngày tương ứng" in line.lines[0].vi
    desk.hold(code, HoldInput("enterprise", date(2023, 5, 22), "Chờ vốn", date(2023, 5, 20)))
    assert dues(watching)[code][0] == date(2023, 6, 13), "three days on hold"
    assert differing(watching) == []
    desk.close_rule(done.id or 0, "Đặt nhầm", undo=True)
    assert dues(watching)[code][2] == DEFAULT


def test_a_second_rule_ends_the_first_and_undoing_brings_back_the_lifecycles(watching: World) -> None:
    early, late = submitted(watching), submitted(watching, on=date(2023, 5, 15))
    desk = supervisor(watching, WATCH).clock
    watching.day = date(2023, 5, 16)
    first_dues = dues(watching)
    first = desk.set_rule(rule(days=5), "Lần một")
    plan = desk.rule_plan(rule(days=7, valid_from=date(2023, 5, 12)))
    assert "số 1" in plan.warnings[0].vi
    second = desk.set_rule(rule(days=7, valid_from=date(2023, 5, 12)), "Lần hai")
    assert stored_rules(watching) == [
        (first.id, date(2023, 1, 1), date(2023, 5, 11), True),
        (second.id, date(2023, 5, 12), None, False),
    ]
    assert dues(watching)[early][0] == date(2023, 5, 17), "it came while the first one held"
    assert dues(watching)[late][0] == date(2023, 5, 24)
    assert differing(watching) == []

    # From an earlier day than one that was closed before: the newest word counts.
    third = desk.set_rule(rule(days=3, basis="QĐ 15", valid_from=date(2022, 12, 1)), "Lần ba")
    assert stored_rules(watching)[1] == (second.id, date(2023, 5, 12), date(2022, 11, 30), True)
    assert dues(watching)[early] == (date(2023, 5, 15), "policy", "QĐ 15")
    assert differing(watching) == []

    assert third.id is not None
    closed = desk.close_rule_plan(third.id)
    assert closed.moved == 0
    assert closed.warnings[0].vi.startswith("2 hồ sơ")
    undone = desk.close_rule_plan(third.id, undo=True)
    assert undone.moved == 2
    assert desk.close_rule(third.id, "Đặt nhầm", undo=True).moved == 2
    assert differing(watching) == []
    assert dues(watching)[early][0] == date(2023, 5, 17), "the first one held on 10 May"
    assert dues(watching)[late] == first_dues[late]
    assert stored_rules(watching)[2] == (third.id, date(2022, 12, 1), date(2022, 11, 30), True)
    for id_, code in ((third.id, "rule_closed"), (99, "rule_unknown")):
        with pytest.raises(BadInput) as refused:
            desk.close_rule(id_, "Nữa")
        assert refused.value.code == code


def test_a_rule_that_is_closed_goes_on_for_what_came_while_it_held(watching: World) -> None:
    desk = supervisor(watching, WATCH).clock
    watching.day = date(2023, 5, 9)
    done = desk.set_rule(rule(valid_from=None), "Từ hôm nay")
    code = submitted(watching)
    assert dues(watching)[code] == (date(2023, 5, 17), "policy", OWN)
    watching.day = date(2023, 5, 15)
    assert done.id is not None
    assert desk.close_rule(done.id, "Hết hiệu lực").moved == 0
    assert stored_rules(watching) == [(done.id, date(2023, 5, 9), date(2023, 5, 14), True)]
    assert dues(watching)[code] == (date(2023, 5, 17), "policy", OWN)
    later = submitted(watching, on=date(2023, 5, 15))
    assert dues(watching)[later][2] == DEFAULT
    assert differing(watching) == []


def test_rules_of_the_country_the_province_and_the_law(watching: World) -> None:
    here, there = submitted(watching), submitted(watching, "TTKC-63-19")
    national = supervisor(watching, WATCH_ALL).clock
    national.set_rule(rule(office="CUC", days=8, basis="HD 1/CUC"), "Cả nước")
    assert (dues(watching)[here][0], dues(watching)[there][0]) == (date(2023, 5, 22), date(2023, 5, 22))
    supervisor(watching, WATCH).clock.set_rule(rule(days=12), "Riêng Hà Giang")
    assert dues(watching)[here] == (date(2023, 5, 26), "policy", OWN), "the province's own comes first"
    assert dues(watching)[there][0] == date(2023, 5, 22)
    # The law's 15/6 stays beside any own rule, and comes first where the own rule is later.
    plan = supervisor(watching, WATCH).clock.rule_plan(rule(days=60, basis="QĐ 20"))
    assert any("luật định" in each.vi for each in plan.warnings)
    supervisor(watching, WATCH).clock.set_rule(rule(days=60, basis="QĐ 20"), "Rất lâu")
    assert dues(watching)[here] == (date(2023, 6, 14), "law", "TT 36/2013 Đ10.2b")
    ahead = supervisor(watching, WATCH).clock.rule_plan(rule(days=1, valid_from=date(2023, 7, 1)))
    assert ahead.moved == 0
    assert any("01/07/2023" in each.vi for each in ahead.warnings)
    assert differing(watching) == []


def test_the_list_says_every_rule_in_words(watching: World) -> None:
    desk = supervisor(watching, WATCH).clock
    desk.set_rule(rule(by="monthly", day=25, inclusive=False, state="provincial_appraisal"), "Hằng tháng")
    own = desk.set_rule(rule(), "Năm ngày")
    shown = desk.rules(office="SCT-63-02", lifecycle="kcqg")
    by_state: dict[str, list[Any]] = {}
    for view in shown:
        by_state.setdefault(view.state, []).append(view)
    given, law, mine = by_state["submitted_to_department"]
    assert given.text.vi == "10 ngày làm việc kể từ ngày vào trạng thái"
    assert (given.replaced, law.replaced, mine.replaced) == (True, False, False)
    assert law.text.vi == "trước ngày 15/6 năm trước năm kế hoạch"
    assert (mine.id, mine.office, mine.text.en) == (
        own.id,
        "SCT-63-02",
        "5 working days from entering the state",
    )
    assert mine.set_by_name == "Giám sát SCT-63-02"
    assert by_state["provincial_appraisal"][1].text.vi == "trước ngày 25 hằng tháng"
    assert by_state["in_progress"][0].text.vi == "trước ngày 25 hằng tháng"
    assert by_state["awaiting_liquidation"][0].text.vi == "chậm nhất ngày 22/1 năm sau năm kế hoạch"
    for view in desk.rules(closed=True):
        assert "{" not in view.text.vi + view.text.en
        assert "rule." not in view.text.vi + view.text.en
    # Elsewhere it neither stands nor replaces anything; closed ones only when asked for.
    assert not any(view.id for view in desk.rules(office="SCT-63-19"))
    assert not any(view.replaced for view in desk.rules(office="SCT-63-19"))
    assert not any(view.replaced for view in desk.rules())
    assert own.id is not None
    desk.close_rule(own.id, "Thôi", undo=True)
    assert own.id not in {view.id for view in desk.rules()}
    closed = [view for view in desk.rules(closed=True) if view.id == own.id]
    assert [view.in_force for view in closed] == [False]
    with pytest.raises(NotFound):
        desk.rules(lifecycle="kcxx")


BAD: tuple[tuple[Mapping[str, Any], str], ...] = (
    ({"basis": "  "}, "text_empty"),
    ({"days": 0}, "rule_days"),
    ({"days": -3}, "rule_days"),
    ({"days": 367}, "rule_days"),
    ({"days": True}, "rule_days"),
    ({"by": "calendar_days", "days": 10**9}, "rule_days"),
    ({"by": "fixed_date", "day": 30, "month": 2}, "rule_date"),
    ({"by": "fixed_date", "day": 31, "month": 4}, "rule_date"),
    ({"by": "fixed_date", "day": 1, "month": 13}, "rule_date"),
    ({"by": "fixed_date", "day": 0, "month": 0}, "rule_date"),
    ({"by": "fixed_date", "day": 1, "month": 1, "plan_year": 2}, "rule_plan_year"),
    ({"by": "monthly", "day": 32}, "rule_month_day"),
    ({"by": "months", "months": 0}, "rule_months"),
    ({"by": "months", "months": 13}, "rule_months"),
    ({"by": "months", "days": 3}, "rule_months"),
    ({"by": "weekly"}, "rule_by"),
    ({"state": "nowhere"}, "rule_state"),
    ({"state": "archived"}, "rule_final"),
    ({"lifecycle": "kcxx"}, "rule_lifecycle"),
    ({"office": "NOWHERE"}, "office_unknown"),
    ({"office": "TTKC-63-02"}, "rule_office"),
    ({"office": "SCT-63-19"}, "rule_other_office"),
    ({"office": "CUC"}, "rule_other_office"),
    ({"state": "ministry_screening"}, "rule_above"),
    ({"valid_to": date(2022, 12, 31)}, "rule_validity"),
    ({"valid_from": date(1723, 1, 1)}, "rule_validity_absurd"),
    ({"valid_to": date(9999, 12, 31)}, "rule_validity_absurd"),
)


def test_what_can_not_be_a_rule(watching: World) -> None:
    """Each is told in one sentence, in both languages, before anything is written or looked ahead at."""
    submitted(watching)
    desk, before = supervisor(watching, WATCH).clock, dues(watching)
    for changes, code in BAD:
        wrong: RuleInput = replace(rule(), **changes)
        for ask in (lambda: desk.rule_plan(wrong), lambda: desk.set_rule(wrong, "Lý do")):  # noqa: B023
            with pytest.raises(KcflowError) as refused:
                ask()
            assert refused.value.code == code, changes
            for said in (refused.value.text.vi, refused.value.text.en):
                assert "{" not in said
                assert "errors." not in said
                assert said.count(". ") <= 1
    with pytest.raises(BadInput) as silent:
        desk.set_rule(rule(), " ")
    assert silent.value.code == "text_empty"
    assert stored_rules(watching) == []
    assert dues(watching) == before
    assert desk.rule_plan(rule(by="fixed_date", day=29, month=2, days=0)).moved == 1, "29/2 is a day"


def test_who_may_set_rules(watching: World) -> None:
    for login in (WATCH_TN, WATCH_ALL, SCT, UNIT, "ktnn"):
        with pytest.raises(NoPermission) as refused:
            watching.desk(login).clock.set_rule(rule(), "Thử")
        assert "Sở Công Thương Hà Giang" in refused.value.text.vi
    own = [office.code for office in supervisor(watching, WATCH).clock.rule_offices()]
    assert own[0] == "SCT-63-02"
    assert set(own) == {"SCT-63-02", "STC-63-02", "UBND-63-02"}
    assert [one.code for one in supervisor(watching, WATCH_ALL).clock.rule_offices()] == ["CUC", "BCT"]
    supervisor(watching, WATCH_TN).clock.set_rule(rule(office="SCT-63-19"), "Của mình")
    assert watching.shared.offices["SCT-63-19"].province == THAI_NGUYEN
    with pytest.raises(NoPermission):
        supervisor(watching, WATCH).clock.close_rule(1, "Của người khác")
    assert [view.office for view in watching.desk(UNIT).clock.rules() if view.id] == ["SCT-63-19"]


def test_a_plan_tells_what_becomes_late_first(watching: World) -> None:
    codes = [submitted(watching, on=on) for on in (date(2023, 5, 10), date(2023, 5, 15), date(2023, 5, 18))]
    watching.day = date(2023, 5, 22)
    desk = supervisor(watching, WATCH).clock
    plan: ChangePlan = desk.rule_plan(rule(days=3))
    assert [shift.code for shift in plan.shifts] == [codes[0], codes[1], codes[2]]
    assert [shift.becomes_late for shift in plan.shifts] == [True, True, False]
    assert (plan.moved, plan.become_late, plan.looked_at) == (3, 2, 3)
    desk.set_rule(rule(days=3), "Gấp")
    longer = desk.rule_plan(rule(days=20))
    assert (longer.stop_being_late, longer.become_late) == (2, 0)
