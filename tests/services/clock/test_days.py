"""The office's own days: looked ahead at, set, withdrawn; what they move and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from db import clock, queries
from kcflow.services.clock_views import DayInput
from kcflow.services.errors import BadInput, KcflowError, NoPermission
from tests.services.clock.watch import WATCH, WATCH_ALL, differing, dues, rule, supervisor, watched
from tests.services.world import SCT, World

STORM = "Công điện 15/CĐ-UBND"


@pytest.fixture
def watching(world: World) -> World:
    return watched(world)


def day(month: int, number: int, kind: Literal["off", "working"] = "off", year: int = 2023) -> DayInput:
    return DayInput(date(year, month, number), kind, "Nghỉ bão" if kind == "off" else "Làm bù", STORM)


def submitted(world: World) -> str:
    """Handed in on 10/5/2023: ten working days end on 24/5."""
    code = world.draft()
    world.act("ttkc-63-02", code, "submit_to_department", date(2023, 5, 10))
    return code


def test_days_move_what_counts_days(watching: World) -> None:
    code, waiting = submitted(watching), watching.draft()
    before = dues(watching)
    own = supervisor(watching).clock
    off = [day(5, 15), day(5, 16)]
    plan = own.days_plan(off)
    assert [(shift.code, shift.before, shift.after) for shift in plan.shifts] == [
        (code, date(2023, 5, 24), date(2023, 5, 26))
    ]
    assert dues(watching) == before
    done = own.set_days(off, "Bão số 1")
    assert done.moved == 1
    assert dues(watching)[code][0] == date(2023, 5, 26)
    assert dues(watching)[waiting] == before[waiting], "a date that the law names doesn't move"
    assert differing(watching) == []

    # A Saturday worked instead brings it back by one; a day that is over by then moves nothing.
    assert own.set_days([day(5, 20, "working"), day(5, 29)], "Làm bù").moved == 1
    assert dues(watching)[code][0] == date(2023, 5, 25)
    with watching.store.read() as reader:
        last = queries.history_of(reader, code)[-1].leaf
    assert (last["reason"], last["refs"]["clock"]["cause"]) == ("Làm bù", "calendar")
    assert last["refs"]["clock"]["before"]["on"] == "2023-05-26"

    year = own.calendar(2023)
    mine = {each.day: each for each in year.days if each.own}
    assert set(mine) == {date(2023, 5, 15), date(2023, 5, 16), date(2023, 5, 20), date(2023, 5, 29)}
    assert mine[date(2023, 5, 20)].document == STORM
    assert mine[date(2023, 5, 20)].set_by_name == "Giám sát CUC"
    assert year.working_days == 249 - 3 + 1

    # Withdrawn and set in one step; all of it back again in the end.
    ids = [each.id or 0 for each in mine.values()]
    changed = own.set_days([day(5, 15, "off")], "Chỉ nghỉ một ngày", ids)
    assert changed.moved == 0, "other days, the same date"
    assert dues(watching)[code][0] == date(2023, 5, 25)
    assert [each.day for each in own.calendar(2023).days if each.own] == [date(2023, 5, 15)]


def test_set_and_withdrawn_leaves_every_date_as_it_was(watching: World) -> None:
    submitted(watching)
    own, before = supervisor(watching).clock, dues(watching)
    supervisor(watching, WATCH).clock.set_rule(rule(by="calendar_days", days=9), "Chín ngày")
    between = dues(watching)
    assert between != before
    assert {due[0] for due in between.values()} == {date(2023, 5, 19)}
    own.set_days([day(5, 19), day(5, 22)], "Bão")
    assert {due[0] for due in dues(watching).values()} == {date(2023, 5, 23)}
    with watching.store.read() as reader:
        ids = [row.id or 0 for row in clock.office_days(reader)]
    assert own.days_plan([], ids).moved == 1
    own.set_days([], "Không có bão", ids)
    assert dues(watching) == between
    with pytest.raises(BadInput) as twice:
        own.set_days([], "Lần nữa", ids)
    assert twice.value.code == "day_withdrawn"
    assert own.calendar(2023).working_days == supervisor(watching).clock.calendar(2023).working_days
    assert not any(each.own for each in own.calendar(2023).days)
    assert differing(watching) == []


def test_a_year_becomes_known_and_stays_so_while_dates_need_it(watching: World) -> None:
    own = supervisor(watching).clock
    with pytest.raises(BadInput) as unknown:
        own.calendar(2028)
    assert unknown.value.code == "calendar_unknown"
    holiday = DayInput(date(2028, 1, 3), "off", "Nghỉ bù Tết Dương lịch", "TB 1/TB-BNV")
    plan = own.days_plan([holiday])
    assert any("2028" in each.vi for each in plan.warnings)
    own.set_days([holiday], "Lịch 2028")
    assert own.calendar(2028).estimated
    watching.day = date(2027, 12, 24)
    code = watching.draft(plan_year=2028, starts_on=date(2028, 3, 1), ends_on=date(2028, 11, 30))
    watching.act("ttkc-63-02", code, "submit_to_department", date(2027, 12, 24))
    assert dues(watching)[code] == (date(2027, 6, 14), "law", "TT 36/2013 Đ10.2b")
    watching.act(SCT, code, "return_by_department", date(2027, 12, 24))
    assert dues(watching)[code][0] == date(2028, 1, 10), "ten working days; 3 January is off"
    with watching.store.read() as reader:
        (row,) = clock.office_days(reader)
    with pytest.raises(BadInput) as needed:
        own.set_days([], "Rút", [row.id or 0])
    assert needed.value.code == "clock_unknown_years"
    assert "2028" in needed.value.text.vi
    assert differing(watching) == []


BAD: tuple[tuple[list[DayInput], str], ...] = (
    ([], "days_nothing"),
    ([day(5, 15), day(5, 15, "working")], "day_both"),
    ([day(5, 15), day(5, 15)], "day_twice"),
    ([day(5, 13)], "day_weekend"),
    ([day(5, 15, "working")], "day_worked"),
    ([day(5, 15, year=1923)], "day_year"),
    ([day(5, 15, year=2031)], "day_year"),
    ([DayInput(date(2023, 5, 15), "off", "", STORM)], "text_empty"),
    ([DayInput(date(2023, 5, 15), "off", "Nghỉ", "  ")], "text_empty"),
    ([DayInput(date(2023, 5, 15), "half", "Nghỉ", STORM)], "choice_unknown"),  # type: ignore[arg-type]
    ([day(6, 1)], "day_there"),
    ([day(6, 1, "working")], "day_other"),
)


def test_what_can_not_be_a_day(watching: World) -> None:
    code, own = submitted(watching), supervisor(watching).clock
    own.set_days([day(6, 1)], "Có sẵn")
    before = dues(watching)
    for wrong, expected in BAD:
        for ask in (lambda: own.days_plan(wrong), lambda: own.set_days(wrong, "Lý do")):  # noqa: B023
            with pytest.raises(KcflowError) as refused:
                ask()
            assert refused.value.code == expected, wrong
            for said in (refused.value.text.vi, refused.value.text.en):
                assert "{" not in said
                assert "errors." not in said
            if wrong:
                assert refused.value.params.get("on", wrong[0].day) == wrong[0].day
    with pytest.raises(BadInput) as silent:
        own.set_days([day(6, 2)], "")
    assert silent.value.code == "text_empty"
    with pytest.raises(BadInput) as gone:
        own.set_days([], "Rút", [77])
    assert gone.value.code == "day_unknown"
    with watching.store.read() as reader:
        assert len(clock.office_days(reader)) == 1
    assert dues(watching) == before
    assert code in before
    # A day that is off anyway may get its document: a warning, and nothing moves.
    labour = own.days_plan([day(5, 1)])
    assert labour.moved == 0
    assert any("đã là ngày nghỉ" in each.vi for each in labour.warnings)
    assert any("đã qua" in each.vi for each in labour.warnings)


def test_who_may_set_days(watching: World) -> None:
    for login in (WATCH, SCT, "ktnn", "cuc"):
        with pytest.raises(NoPermission) as refused:
            watching.desk(login).clock.set_days([day(5, 15)], "Thử")
        assert "Cục" in refused.value.text.vi
    assert supervisor(watching, WATCH_ALL).clock.set_days([day(5, 15)], "Được").moved == 0
