"""Pauses against counting day by day on a wall calendar, over Tết, 2/9, swaps, year ends and leap days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kcflow.calendar import vietnam_calendar
from kcflow.labels import HOLDER
from states.clock import CalendarUnknown, Due, Pause, Step, derivation, due_for, each_due
from states.model import DeadlineKind, DeadlineRule

CALENDAR = vietnam_calendar()
ONE = timedelta(days=1)
CORNERS = [
    *sorted(CALENDAR.working_days),
    *sorted(CALENDAR.days_off)[::3],
    *(date(year, 12, 31) for year in range(2013, 2027)),
    date(2016, 2, 29),
    date(2020, 2, 29),
    date(2024, 2, 29),
]
DAYS = st.one_of(
    st.dates(date(2013, 1, 1), date(2026, 10, 31)),
    st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(CORNERS), st.integers(-12, 12)),
).filter(lambda day: date(2013, 1, 1) <= day <= date(2026, 10, 31))
PERIODS = st.integers(1, 45)
UNITS = st.sampled_from(["working_days", "calendar_days"])


def rule(by: Any, **fields: Any) -> DeadlineRule:
    return DeadlineRule(by, **{"kind": "policy", "basis": "QĐ 1/QĐ-SCT", **fields})


@st.composite
def pauses_near(draw: st.DrawFn, on: date) -> tuple[Pause, ...]:
    """Up to three pauses about `on`, in any order, also such as touch, overlap, or end before it begins."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start = on + timedelta(days=draw(st.integers(-15, 60)))
        end = start + timedelta(days=draw(st.integers(0, 25)))
        found.append(Pause(start, end, draw(st.sampled_from(["finance_ministry", "enterprise"]))))
    return tuple(found)


CASES = DAYS.flatmap(lambda on: st.tuples(st.just(on), PERIODS, pauses_near(on)))


def due(given_rule: DeadlineRule, on: date, pauses: Sequence[Pause] = ()) -> Due:
    found = due_for(
        [given_rule], on, budget_year=on.year, ends_on=None, calendar=CALENDAR, pauses=tuple(pauses)
    )
    assert found is not None
    return found


def held(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.start <= day <= pause.end for pause in pauses)


def walked(by: str, days: int, on: date, pauses: Sequence[Pause]) -> date:
    """The reference: one day after the other, as a clerk does it with a pencil."""
    day, left = on, days
    while left:
        day += ONE
        if not held(day, pauses) and (by == "calendar_days" or CALENDAR.is_working(day)):
            left -= 1
    while held(day, pauses) or not CALENDAR.is_working(day):
        day += ONE
    return day


@given(UNITS, CASES)
@example("working_days", (date(2026, 2, 13), 5, (Pause(date(2026, 2, 14), date(2026, 2, 22), "enterprise"),)))
@example("working_days", (date(2026, 8, 18), 3, (Pause(date(2026, 8, 22), date(2026, 8, 22), "enterprise"),)))
@example("calendar_days", (date(2026, 8, 28), 5, (Pause(date(2026, 9, 3), date(2026, 9, 4), "enterprise"),)))
@example("calendar_days", (date(2024, 2, 26), 3, (Pause(date(2024, 2, 29), date(2024, 2, 29), "treasury"),)))
def test_a_paused_period_ends_where_walking_ends(by: str, case: tuple[date, int, tuple[Pause, ...]]) -> None:
    on, days, pauses = case
    assert due(rule(by, days=days), on, pauses).on == walked(by, days, on, pauses)


@given(UNITS, CASES)
def test_no_period_ends_in_a_pause_or_on_a_day_off(
    by: str, case: tuple[date, int, tuple[Pause, ...]]
) -> None:
    on, days, pauses = case
    found = due(rule(by, days=days), on, pauses).on
    assert CALENDAR.is_working(found)
    assert not held(found, pauses)


@given(UNITS, CASES, st.data())
def test_a_further_pause_never_hastens(
    by: str, case: tuple[date, int, tuple[Pause, ...]], data: st.DataObject
) -> None:
    on, days, pauses = case
    more = data.draw(pauses_near(on))
    before = due(rule(by, days=days), on, pauses).on
    assert due(rule(by, days=days), on, pauses + more).on >= before


@given(CASES)
def test_a_pause_of_days_that_would_not_count_changes_nothing(
    case: tuple[date, int, tuple[Pause, ...]],
) -> None:
    """ERPNext adds the length of the pause, weekends and holidays too."""
    on, days, pauses = case
    free = due(rule("working_days", days=days), on).on
    for pause in pauses:
        inside = [pause.start + timedelta(days=n) for n in range((pause.end - pause.start).days + 1)]
        if not any(on < day <= free and CALENDAR.is_working(day) for day in inside):
            assert due(rule("working_days", days=days), on, [pause]).on == free


@given(CASES)
def test_a_pause_costs_its_own_working_days_and_no_more(case: tuple[date, int, tuple[Pause, ...]]) -> None:
    on, days, pauses = case
    found = due(rule("working_days", days=days), on, pauses).on
    span = [on + timedelta(days=n) for n in range(1, (found - on).days + 1)]
    assert sum(CALENDAR.is_working(day) and not held(day, pauses) for day in span) == days


LAWFUL = st.one_of(
    st.builds(lambda by, days: rule(by, days=days, kind="law", basis="Luật"), UNITS, PERIODS),
    st.builds(
        lambda month, day, inclusive, kind: rule(
            "fixed_date", month=month, day=day, inclusive=inclusive, kind=kind
        ),
        st.integers(1, 12),
        st.integers(1, 31),
        st.booleans(),
        st.sampled_from(get_args(DeadlineKind)),
    ),
    st.builds(
        lambda day, inclusive, kind: rule("monthly", day=day, inclusive=inclusive, kind=kind),
        st.integers(1, 31),
        st.booleans(),
        st.sampled_from(get_args(DeadlineKind)),
    ),
    st.builds(lambda kind: rule("term_end", kind=kind), st.sampled_from(get_args(DeadlineKind))),
)


@given(LAWFUL, CASES)
def test_the_law_and_named_dates_never_move(
    given_rule: DeadlineRule, case: tuple[date, int, tuple[Pause, ...]]
) -> None:
    on, _, pauses = case
    asked: dict[str, Any] = {
        "budget_year": on.year,
        "ends_on": on + timedelta(days=40),
        "calendar": CALENDAR,
    }
    assert due_for([given_rule], on, **asked, pauses=pauses) == due_for([given_rule], on, **asked)


@given(
    CASES, st.lists(st.one_of(LAWFUL, st.builds(lambda n: rule("working_days", days=n), PERIODS)), max_size=4)
)
def test_each_rule_by_itself_and_the_earliest_of_them(
    case: tuple[date, int, tuple[Pause, ...]], rules: list[DeadlineRule]
) -> None:
    on, _, pauses = case
    asked: dict[str, Any] = {
        "budget_year": on.year,
        "ends_on": None,
        "calendar": CALENDAR,
        "pauses": pauses,
    }
    each = each_due(rules, on, **asked)
    assert [found for found, _ in each] == rules
    for alone, found in each:
        assert found == due_for([alone], on, **asked)
    dates = [found.on for _, found in each if found is not None]
    earliest = due_for(rules, on, **asked)
    assert (earliest.on if earliest else None) == min(dates, default=None)


def test_a_pause_can_bring_the_law_in_front() -> None:
    """10 working days of the office would end first; held up, the date of the law does."""
    office = rule("working_days", days=10)
    law = rule("fixed_date", month=6, day=19, kind="law", basis="TT 36/2013")
    asked: dict[str, Any] = {"budget_year": 2026, "ends_on": None, "calendar": CALENDAR}
    on = date(2026, 6, 1)
    free = due_for([office, law], on, **asked)
    assert free is not None
    assert (free.on, free.kind) == (date(2026, 6, 15), "policy")
    pause = Pause(date(2026, 6, 3), date(2026, 6, 14), "finance_ministry")
    found = due_for([office, law], on, **asked, pauses=[pause])
    assert found is not None
    assert (found.on, found.kind) == (date(2026, 6, 19), "law")
    assert [step.day for step in found.steps if step.code == "other"] == [date(2026, 6, 25)]


def test_a_pause_that_leaves_the_known_years_is_refused() -> None:
    pause = Pause(date(2027, 12, 20), date(2028, 2, 1), "treasury")
    for by in ("working_days", "calendar_days"):
        with pytest.raises(CalendarUnknown) as refused:
            due(rule(by, days=10), date(2027, 12, 15), [pause])
        assert refused.value.year == 2028
    forever = Pause(date(2026, 6, 3), date.max, "treasury")
    with pytest.raises(CalendarUnknown):
        due(rule("working_days", days=0), date(2026, 6, 3), [forever])
    for by in ("working_days", "calendar_days"):
        with pytest.raises(CalendarUnknown):
            due(rule(by, days=10), date(2026, 6, 1), [forever])
    with pytest.raises(CalendarUnknown):
        due(rule("calendar_days", days=10**9), date(2026, 6, 1))


def test_no_days_at_all_ends_on_the_first_day_that_is_worked_and_not_held() -> None:
    pause = Pause(date(2026, 6, 1), date(2026, 6, 5), "treasury")
    assert due(rule("working_days", days=0), date(2026, 6, 1), [pause]).on == date(2026, 6, 8)
    assert due(rule("calendar_days", days=0), date(2026, 6, 1), [pause]).on == date(2026, 6, 8)
    assert due(rule("working_days", days=0), date(2026, 6, 1)).on == date(2026, 6, 1)


# -- what the derivation says ------------------------------------------------------------------


def of(found: Due, code: str) -> list[Step]:
    return [step for step in found.steps if step.code == code]


@given(CASES)
def test_the_parts_of_a_derivation_add_up(case: tuple[date, int, tuple[Pause, ...]]) -> None:
    on, days, pauses = case
    found = due(rule("working_days", days=days), on, pauses)
    runs: list[Any] = [(s.counted, s.params["last"], s.day, s.params["to"]) for s in of(found, "run")]
    assert runs[0][0] == 1
    assert runs[-1][1] == days
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(runs))
    worked = sum((to - day).days + 1 for _, _, day, to in runs)
    passed: Any = sum(step.params["count"] for step in of(found, "weekends"))
    paused: Any = sum(step.params["count"] for step in of(found, "pause"))
    assert worked == days
    assert worked + len(of(found, "off")) + passed + paused == (found.on - on).days


@given(CASES)
def test_calendar_days_add_up_too(case: tuple[date, int, tuple[Pause, ...]]) -> None:
    on, days, pauses = case
    found = due(rule("calendar_days", days=days), on, pauses)
    paused: Any = sum(step.params["count"] for step in of(found, "pause"))
    assert not held(of(found, "end")[0].day, pauses), "day n is a day that counts"
    # The days that the end moved over, the first of which was day `days` itself, and the day it moved to.
    moved = len(of(found, "moved"))
    assert days + paused + moved == (found.on - on).days


def test_a_pause_is_named_with_whom_it_is_charged_to() -> None:
    pause = Pause(date(2026, 6, 3), date(2026, 6, 14), "finance_ministry")
    found = due(rule("working_days", days=10, basis="QĐ 12/QĐ-SCT"), date(2026, 6, 1), [pause])
    assert derivation(found, "vi", HOLDER) == (
        "10 ngày làm việc từ 01/06/2026 (không tính ngày đầu, Điều 147 Bộ luật Dân sự 2015): "
        "02/06/2026 là ngày 1.",
        "Ngày làm việc: 02/06 (ngày 1); 15/06–19/06 (ngày 2–6); 22/06–25/06 (ngày 7–10).",
        "Tạm dừng 03/06–14/06 (Bộ Tài chính): 8 ngày làm việc không tính.",
        "Không tính: 6 ngày thứ bảy, chủ nhật.",
        "Hạn 25/06/2026, là ngày 10 (quy định của cơ quan: QĐ 12/QĐ-SCT).",
    )
    english = derivation(found, "en", HOLDER)
    assert english[2] == "On hold 03 Jun–14 Jun (Ministry of Finance): 8 working days not counted."
    assert derivation(found, "vi")[2].startswith("Tạm dừng 03/06–14/06 (finance_ministry)")


@pytest.mark.parametrize(
    ("by", "days", "pause", "vi", "en"),
    [
        (
            "working_days",
            10,
            Pause(date(2026, 6, 6), date(2026, 6, 7), "enterprise"),
            "không có ngày nào được tính trong đó.",
            "no day of the count falls into it.",
        ),
        (
            "working_days",
            10,
            Pause(date(2026, 6, 8), date(2026, 6, 8), "enterprise"),
            "Tạm dừng 08/06 (",
            "On hold 08 Jun (",
        ),
        (
            "calendar_days",
            15,
            Pause(date(2026, 6, 8), date(2026, 6, 8), "enterprise"),
            "1 ngày theo lịch không tính.",
            "1 calendar day not counted.",
        ),
        (
            "calendar_days",
            15,
            Pause(date(2025, 12, 20), date(2026, 6, 2), "enterprise"),
            "Tạm dừng 20/12/2025–02/06 (",
            "On hold 20 Dec 2025–02 Jun (",
        ),
    ],
)
def test_pauses_in_words(by: str, days: int, pause: Pause, vi: str, en: str) -> None:
    found = due(rule(by, days=days), date(2026, 6, 1), [pause])
    assert any(vi in line for line in derivation(found, "vi", HOLDER))
    assert any(en in line for line in derivation(found, "en", HOLDER))


def test_pauses_that_the_period_does_not_touch_are_not_named() -> None:
    before = Pause(date(2026, 5, 4), date(2026, 6, 1), "enterprise")
    after = Pause(date(2026, 6, 16), date(2026, 6, 30), "enterprise")
    plain = due(rule("working_days", days=10), date(2026, 6, 1))
    assert due(rule("working_days", days=10), date(2026, 6, 1), [after, before]) == plain
    assert plain.on == date(2026, 6, 15)


# -- named dates: exclusive, inclusive, on days off, 29/2 --------------------------------------------


@given(st.integers(2013, 2026), st.integers(1, 12), st.integers(1, 31), st.integers(0, 1))
def test_before_a_date_ends_the_day_before_and_by_a_date_on_it(
    year: int, month: int, day: int, later: int
) -> None:
    """Weekends and holidays don't matter; a day that the month lacks means the month's last day."""
    on = date(year, 1, 2)
    by = due(rule("fixed_date", month=month, day=day, plan_year=later), on)
    before = due(rule("fixed_date", month=month, day=day, plan_year=later, inclusive=False), on)
    try:
        named = date(year + later, month, day)
    except ValueError:
        first = date(year + later, month, 1)
        last = (first + timedelta(days=31)).replace(day=1) - ONE
        assert by.on == before.on == last
    else:
        assert by.on == named
        assert before.on == named - ONE


@pytest.mark.parametrize("on", [date(2026, 5, 2), date(2026, 9, 2), date(2026, 2, 17), date(2026, 1, 10)])
def test_a_named_date_on_a_day_off_stays(on: date) -> None:
    named = rule("fixed_date", month=on.month, day=on.day)
    assert due(named, date(2026, 1, 1)).on == on
