"""Rules by months: the corresponding day (Civil Code 2015 Đ148.3–5), by hand and against a walk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kcflow.calendar import vietnam_calendar
from kcflow.reference import document_kinds
from states.checks import check
from states.clock import CalendarUnknown, Due, Pause, derivation, due_for, months_after
from states.diagram import deadline_text
from states.guards import GUARDS
from states.loader import LifecycleError, builtin, load_text
from states.model import DeadlineKind, DeadlineRule
from tests.unit.test_pauses import pauses_near

CALENDAR = vietnam_calendar()
ONE = timedelta(days=1)
KINDS = {kind.code for kind in document_kinds()}
STARTS = st.one_of(
    st.dates(date(2013, 1, 1), date(2025, 12, 31)),
    st.builds(date, st.integers(2013, 2025), st.just(1), st.integers(28, 31)),
    st.sampled_from([date(2016, 2, 29), date(2020, 2, 29), date(2024, 2, 29), date(2023, 12, 31)]),
)
CASES = STARTS.flatmap(lambda on: st.tuples(st.just(on), st.integers(1, 12), pauses_near(on)))


def due(months: int, on: date, pauses: Sequence[Pause] = (), kind: DeadlineKind = "policy") -> Due:
    rule = DeadlineRule("months", kind, "QĐ 1/QĐ-SCT", months=months)
    found = due_for([rule], on, budget_year=on.year, ends_on=None, calendar=CALENDAR, pauses=tuple(pauses))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("on", "months", "ends", "on_day"),
    [
        # A year over a leap day is not 365 days.
        (date(2023, 6, 14), 12, date(2024, 6, 14), date(2024, 6, 14)),
        (date(2024, 2, 29), 12, date(2025, 2, 28), date(2025, 2, 28)),
        (date(2023, 1, 31), 1, date(2023, 2, 28), date(2023, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28), date(2025, 2, 28)),
        # Into Tết (25/1–2/2/2025) and onto a Saturday (14/6/2025).
        (date(2024, 1, 27), 12, date(2025, 1, 27), date(2025, 2, 3)),
        (date(2024, 6, 14), 12, date(2025, 6, 14), date(2025, 6, 16)),
    ],
)
def test_a_period_ends_with_the_corresponding_day(on: date, months: int, ends: date, on_day: date) -> None:
    assert months_after(on, months) == ends
    assert due(months, on).on == on_day


def walked(on: date, months: int, pauses: Sequence[Pause]) -> date:
    """As many days not on hold as there are to the corresponding day, then the next one worked."""

    def held(day: date) -> bool:
        return any(pause.start <= day <= pause.end for pause in pauses)

    end = on
    wanted = (on.month - 1 + months) % 12 + 1
    while end.month != wanted or end <= on or (end - on).days < 27 * months:
        end += ONE
    while end.day != on.day and (end + ONE).month == wanted:
        end += ONE
    left, day = (end - on).days, on
    while left:
        day += ONE
        left -= not held(day)
    while held(day) or not CALENDAR.is_working(day):
        day += ONE
    return day


@given(CASES)
@example((date(2024, 1, 31), 1, ()))
@example((date(2024, 1, 31), 1, (Pause(date(2024, 2, 1), date(2024, 2, 7), "enterprise"),)))
def test_any_period_is_what_a_walk_gives(case: tuple[date, int, tuple[Pause, ...]]) -> None:
    on, months, pauses = case
    found = due(months, on, pauses)
    assert found.on == walked(on, months, pauses)
    assert due(months, on, pauses, "law").on == walked(on, months, ()), "what the law sets, no hold moves"
    for lang in ("vi", "en"):
        assert derivation(found, lang)


@given(STARTS, st.integers(0, 120), st.integers(0, 120))
def test_months_add_up_but_for_days_that_a_month_lacks(on: date, a: int, b: int) -> None:
    whole, parts = months_after(on, a + b), months_after(months_after(on, a), b)
    assert (whole.year, whole.month) == (parts.year, parts.month)
    assert parts <= whole
    if on.day <= 28:
        assert parts == whole
        assert whole.day == on.day


def test_the_derivation_says_which_day_and_why() -> None:
    vi, en = (derivation(due(12, date(2024, 2, 29)), lang) for lang in ("vi", "en"))
    assert vi[0] == (
        "12 tháng từ 29/02/2024: hết ngày 28/02/2025 (tháng đó không có ngày tương ứng: ngày cuối tháng,"
        " khoản 3, 4 Điều 148 Bộ luật Dân sự 2015)."
    )
    assert en[0].startswith("12 months from 29 Feb 2024 end on 28 Feb 2025 (the month has no such day")
    assert en[-1] == "Due 28 Feb 2025 (office policy: QĐ 1/QĐ-SCT)."
    moved = derivation(due(1, date(2025, 5, 14)), "vi")
    assert "hết ngày 14/06/2025 (ngày tương ứng" in moved[0]
    assert "14/06 thứ bảy" in moved[1]
    held = derivation(due(1, date(2024, 5, 14), [Pause(date(2024, 5, 20), date(2024, 5, 24), "unit")]), "vi")
    assert "5 ngày theo lịch không tính" in held[1]
    assert held[-1].startswith("Hạn 19/06/2024")


def test_a_year_that_the_calendar_does_not_know_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        due(12, date(CALENDAR.last_year, 6, 1))
    with pytest.raises(CalendarUnknown):
        due(12, date(9999, 6, 1))


def test_the_archive_has_a_year_in_both_programmes() -> None:
    rules = {
        lifecycle.name: lifecycle.state_by_name["settled"].deadlines
        for lifecycle in builtin()
        if lifecycle.subject == "proposal"
    }
    assert set(rules) == {"kcqg", "kcdp"}
    for (rule,) in rules.values():
        assert (rule.by, rule.months, rule.kind, rule.basis) == ("months", 12, "law", "NĐ 30/2020 Đ30")
        assert deadline_text(rule, "vi") == "12 tháng (luật: NĐ 30/2020 Đ30)"


@pytest.mark.parametrize(
    ("wrong", "code"), [("0", "bad_months"), ("121", "bad_months"), ('"12"', "wrong_type")]
)
def test_a_file_with_a_wrong_number_of_months_is_refused(wrong: str, code: str) -> None:
    text = next(each for each in builtin() if each.name == "kcqg").source
    assert "months = 12" in text
    with pytest.raises(LifecycleError) as told:
        check(
            load_text(text.replace("months = 12", f"months = {wrong}")), guards=GUARDS, document_kinds=KINDS
        )
    assert told.value.code == code
    assert told.value.key == "months"
