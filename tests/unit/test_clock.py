"""The clock against the worked cases of the law and against counting day by day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.clock import (
    CalendarUnknown,
    Due,
    Lateness,
    WorkCalendar,
    days_between,
    derivation,
    due_for,
    lateness,
    working_days_late,
)
from states.model import DeadlineRule

# April and May 2026, with the swap of August: the law's own examples need no package.
CALENDAR = WorkCalendar(
    2024,
    2027,
    {
        date(2026, 4, 27): "Giỗ Tổ Hùng Vương (nghỉ bù)",
        date(2026, 4, 30): "Ngày Chiến thắng",
        date(2026, 5, 1): "Ngày Quốc tế Lao động",
        date(2026, 8, 31): "Nghỉ hoán đổi",
        date(2026, 9, 1): "Quốc khánh",
        date(2026, 9, 2): "Quốc khánh",
    },
    {date(2026, 8, 22): "Làm bù"},
    {"Ngày Chiến thắng": "Reunification Day", "Làm bù": "Worked instead"},
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def due(*rules: DeadlineRule, on: date, budget_year: int = 2026, ends_on: date | None = None) -> Due | None:
    return due_for(rules, on, budget_year=budget_year, ends_on=ends_on, calendar=CALENDAR)


def rule(by: Any, **fields: Any) -> DeadlineRule:
    return DeadlineRule(by, **{"kind": "law", "basis": "TT 36/2013", **fields})


def on_of(found: Due | None) -> date:
    assert found is not None
    return found.on


# -- the calendar ----------------------------------------------------------------------------


@given(DAYS, st.integers(0, 60))
def test_adding_working_days_equals_walking(start: date, n: int) -> None:
    day, left = start, n
    while left or (n == 0 and not CALENDAR.is_working(day)):
        day += timedelta(days=1)
        if day.year > 2027:
            with pytest.raises(CalendarUnknown):
                CALENDAR.add_working_days(start, n)
            return
        left -= bool(left) and CALENDAR.is_working(day)
    assert CALENDAR.add_working_days(start, n) == day


@given(DAYS, DAYS)
def test_working_days_between_equals_counting(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    days = (first + timedelta(days=i) for i in range(1, (last - first).days + 1))
    counted = sum(map(CALENDAR.is_working, days))
    assert CALENDAR.working_days_between(first, last) == counted
    assert CALENDAR.working_days_between(last, first) == -counted


@pytest.mark.parametrize(
    ("day", "vi", "en"),
    [
        (date(2026, 4, 30), "Ngày Chiến thắng", "Reunification Day"),
        (date(2026, 5, 1), "Ngày Quốc tế Lao động", "Ngày Quốc tế Lao động"),
        (date(2026, 5, 2), "thứ bảy", "Saturday"),
        (date(2026, 5, 3), "chủ nhật", "Sunday"),
        (date(2026, 5, 4), None, None),
        (date(2026, 8, 22), None, None),
    ],
)
def test_why_off_names_the_day(day: date, vi: str | None, en: str | None) -> None:
    assert CALENDAR.why_off(day) == vi
    assert CALENDAR.why_off(day, "en") == en
    assert CALENDAR.is_working(day) is (vi is None)


def test_a_year_without_its_days_off_is_an_error() -> None:
    with pytest.raises(CalendarUnknown) as before:
        CALENDAR.is_working(date(2023, 12, 29))
    assert before.value.year == 2023
    with pytest.raises(CalendarUnknown) as after:
        CALENDAR.add_working_days(date(2027, 12, 20), 30)
    assert after.value.year == 2028
    with pytest.raises(CalendarUnknown):
        CALENDAR.why_off(date(2028, 1, 3))
    with pytest.raises(CalendarUnknown):
        CALENDAR.working_days_between(date(2027, 1, 1), date(2028, 1, 1))
    with pytest.raises(CalendarUnknown):
        due(rule("calendar_days", days=15), on=date(2027, 12, 25))


def test_a_negative_period_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)


# -- deadlines -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "on", "expected"),
    [
        # domain.md §7.2, the worked cases.
        (rule("working_days", days=10), date(2026, 4, 24), date(2026, 5, 13)),
        (rule("calendar_days", days=15), date(2026, 10, 16), date(2026, 11, 2)),
        (rule("fixed_date", month=1, day=22, plan_year=1), date(2026, 12, 1), date(2027, 1, 22)),
        # A make-up Saturday is worked, and a period can end on it.
        (rule("working_days", days=4), date(2026, 8, 18), date(2026, 8, 22)),
        (rule("calendar_days", days=4), date(2026, 8, 18), date(2026, 8, 22)),
        # An end on a holiday and the holiday and weekend behind it.
        (rule("calendar_days", days=6), date(2026, 4, 24), date(2026, 5, 4)),
        # "Trước ngày" is the day before; a date that the law names stays where it is, weekend or not.
        (
            rule("fixed_date", month=6, day=15, plan_year=-1, inclusive=False),
            date(2025, 5, 1),
            date(2025, 6, 14),
        ),
        (rule("fixed_date", month=1, day=1, inclusive=False), date(2025, 6, 1), date(2025, 12, 31)),
        (rule("fixed_date", month=5, day=2), date(2026, 4, 1), date(2026, 5, 2)),
        # Already passed when the state is entered: late at once.
        (rule("fixed_date", month=1, day=22), date(2026, 6, 1), date(2026, 1, 22)),
        # 29 February, in a leap year and in another one.
        (rule("fixed_date", month=2, day=29, plan_year=-2), date(2024, 1, 2), date(2024, 2, 29)),
        (rule("fixed_date", month=2, day=29), date(2026, 1, 2), date(2026, 2, 28)),
        (rule("fixed_date", month=2, day=29, inclusive=False), date(2026, 1, 2), date(2026, 2, 28)),
        (
            rule("fixed_date", month=2, day=29, plan_year=-2, inclusive=False),
            date(2024, 1, 2),
            date(2024, 2, 28),
        ),
        # Monthly: strictly after the act, over the year's end, and at the end of a shorter month.
        (rule("monthly", day=25, inclusive=False), date(2026, 3, 23), date(2026, 3, 24)),
        (rule("monthly", day=25, inclusive=False), date(2026, 3, 24), date(2026, 4, 24)),
        (rule("monthly", day=25), date(2026, 12, 25), date(2027, 1, 25)),
        (rule("monthly", day=31), date(2026, 4, 1), date(2026, 4, 30)),
        (rule("monthly", day=31), date(2026, 4, 30), date(2026, 5, 31)),
        (rule("monthly", day=1, inclusive=False), date(2026, 2, 10), date(2026, 2, 28)),
        (rule("monthly", day=1, inclusive=False), date(2026, 2, 28), date(2026, 3, 31)),
        (rule("monthly", day=1, inclusive=False), date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_due_dates(rules: DeadlineRule, on: date, expected: date) -> None:
    assert on_of(due(rules, on=on)) == expected


def test_term_end_is_the_schedules_end_or_nothing() -> None:
    assert on_of(due(rule("term_end"), on=date(2026, 3, 2), ends_on=date(2026, 11, 29))) == date(2026, 11, 29)
    assert due(rule("term_end"), on=date(2026, 3, 2)) is None
    assert due(on=date(2026, 3, 2)) is None


def test_the_earliest_rule_holds_and_the_other_is_named() -> None:
    report = rule("monthly", day=25, inclusive=False, basis="TT 36/2013 Đ23.3a")
    found = due(report, rule("term_end", basis="Đề án"), on=date(2026, 11, 3), ends_on=date(2026, 11, 20))
    assert on_of(found) == date(2026, 11, 20)
    assert found is not None
    assert found.basis == "Đề án"
    assert [(s.day, s.params["basis"]) for s in found.steps if s.code == "other"] == [
        (date(2026, 11, 24), "TT 36/2013 Đ23.3a")
    ]
    assert "24/11/2026" in derivation(found, "vi")[-1]


def test_on_the_same_day_law_stands_before_policy() -> None:
    policy = rule("fixed_date", month=5, day=13, kind="policy", basis="Sở")
    law = rule("working_days", days=10, basis="Luật 83/2015 Đ49.2")
    found = due(policy, law, on=date(2026, 4, 24))
    assert found is not None
    assert (found.kind, found.basis) == ("law", "Luật 83/2015 Đ49.2")


# -- derivations -----------------------------------------------------------------------------


def test_derivation_of_ten_working_days() -> None:
    found = due(rule("working_days", days=10, basis="Luật 83/2015 Đ49.2"), on=date(2026, 4, 24))
    assert found is not None
    assert derivation(found, "vi") == (
        "10 ngày làm việc từ 24/04/2026 (không tính ngày đầu, Điều 147 Bộ luật Dân sự 2015): "
        "28/04/2026 là ngày 1.",
        "Ngày làm việc: 28/04–29/04 (ngày 1–2); 04/05–08/05 (ngày 3–7); 11/05–13/05 (ngày 8–10).",
        "Không tính: 27/04 Giỗ Tổ Hùng Vương (nghỉ bù); 30/04–01/05 Ngày Chiến thắng, Ngày Quốc tế Lao động; "
        "6 ngày thứ bảy, chủ nhật.",
        "Hạn 13/05/2026, là ngày 10 (theo luật: Luật 83/2015 Đ49.2).",
    )
    english = " ".join(derivation(found, "en"))
    assert "28 Apr 2026 is day 1" in english
    assert "Reunification Day" in english
    assert english.endswith("Due 13 May 2026, day 10 (by law: Luật 83/2015 Đ49.2).")


def test_derivation_names_the_days_that_move_an_end() -> None:
    found = due(rule("calendar_days", days=15, basis="TT 36/2013 Đ18.1"), on=date(2026, 10, 16))
    assert found is not None
    assert derivation(found, "vi") == (
        "15 ngày theo lịch từ 16/10/2026 (không tính ngày đầu, Điều 147 Bộ luật Dân sự 2015).",
        "Ngày thứ 15 là 31/10/2026.",
        "Ngày nghỉ: 31/10 thứ bảy; 01/11 chủ nhật; thời hạn kéo sang ngày làm việc tiếp theo "
        "(khoản 5 Điều 148 Bộ luật Dân sự 2015).",
        "Hạn 02/11/2026 (theo luật: TT 36/2013 Đ18.1).",
    )
    assert "Saturday" in derivation(found, "en")[2]


def test_derivation_counts_a_make_up_saturday() -> None:
    found = due(rule("working_days", days=10), on=date(2026, 8, 18))
    assert found is not None
    lines = derivation(found, "vi")
    assert lines[1] == "Ngày làm việc: 19/08–22/08 (ngày 1–4); 24/08–28/08 (ngày 5–9); 03/09 (ngày 10)."
    assert lines[2] == "Không tính: 31/08–02/09 Nghỉ hoán đổi, Quốc khánh; 3 ngày thứ bảy, chủ nhật."
    assert lines[3] == "Có tính: 22/08 Làm bù."
    assert "22 Aug Worked instead" in derivation(found, "en")[3]


@pytest.mark.parametrize(
    ("rules", "vi", "en"),
    [
        (
            rule("fixed_date", month=1, day=1, inclusive=False),
            "Quy định “trước ngày 01/01/2026”: ngày cuối cùng là 31/12/2025.",
            "The rule says “before 01 Jan 2026”: the last day is 31 Dec 2025.",
        ),
        (
            rule("fixed_date", month=1, day=22),
            "Quy định “chậm nhất ngày 22/01/2026”, tính cả ngày đó.",
            "The rule says “by 22 Jan 2026”, that day included.",
        ),
        (
            rule("fixed_date", month=2, day=29),
            "Quy định “chậm nhất ngày 29/02/2026”; tháng đó hết vào 28/02/2026 "
            "(khoản 3 Điều 148 Bộ luật Dân sự 2015).",
            "The rule says “by 29 Feb 2026”; that month ends on 28 Feb 2026 (Civil Code 2015, Art. 148.3).",
        ),
        (
            rule("monthly", day=25, inclusive=False),
            "Trước ngày 25 hằng tháng; ngày cuối cùng đầu tiên sau 05/01/2026 là 24/01/2026.",
            "Before day 25 of every month; the first last day after 05 Jan 2026 is 24 Jan 2026.",
        ),
        (
            rule("term_end"),
            "Tiến độ của đề án kết thúc ngày 30/11/2026.",
            "The proposal's schedule ends on 30 Nov 2026.",
        ),
    ],
)
def test_derivation_of_named_dates(rules: DeadlineRule, vi: str, en: str) -> None:
    found = due(rules, on=date(2026, 1, 5), ends_on=date(2026, 11, 30))
    assert found is not None
    assert derivation(found, "vi")[0] == vi
    assert derivation(found, "en")[0] == en
    assert len(derivation(found, "vi")) == len(derivation(found, "en")) == 2


@given(st.dates(date(2026, 1, 1), date(2026, 9, 30)), st.integers(1, 60))
def test_the_steps_cover_every_day_of_the_span(on: date, days: int) -> None:
    found = due(rule("working_days", days=days), on=on)
    assert found is not None
    runs: list[tuple[Any, Any, Any, Any]] = [
        (s.counted, s.params["last"], s.day, s.params["to"]) for s in found.steps if s.code == "run"
    ]
    assert runs[0][0] == 1
    assert runs[-1][1] == days
    assert runs[-1][3] == found.on
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(runs))
    worked = sum((to - day).days + 1 for _, _, day, to in runs)
    off = sum(step.code == "off" for step in found.steps)
    weekends: Any = sum(step.params["count"] for step in found.steps if step.code == "weekends")
    assert worked == days
    assert worked + off + weekends == (found.on - on).days


def test_a_long_span_is_summarised_but_keeps_its_days_off() -> None:
    found = due(rule("working_days", days=45), on=date(2026, 4, 1))
    assert found is not None
    runs, off = derivation(found, "vi")[1:3]
    assert "…" in runs
    assert runs.count(";") == 5
    assert runs.endswith("08/06 (ngày 45).")
    assert "Giỗ Tổ Hùng Vương" in off
    assert "Ngày Quốc tế Lao động" in off


# -- lateness --------------------------------------------------------------------------------


def test_lateness_in_both_kinds_of_days() -> None:
    assert lateness(date(2026, 4, 24), date(2026, 5, 4), CALENDAR) == Lateness(10, 3)
    assert lateness(date(2026, 5, 4), date(2026, 4, 24), CALENDAR) == Lateness(-10, -3)
    assert days_between(date(2026, 8, 21), date(2026, 9, 3), CALENDAR) == Lateness(13, 7)
    assert working_days_late(date(2026, 4, 24), date(2026, 5, 4), CALENDAR) == 3
    assert working_days_late(date(2026, 4, 24), date(2026, 4, 26), CALENDAR) == 0
    assert working_days_late(date(2026, 5, 4), date(2026, 4, 24), CALENDAR) == 0
