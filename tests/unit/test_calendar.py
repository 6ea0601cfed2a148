"""Việt Nam's calendar against the table of days off (domain.md §7.1) and an office's own rows."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest
from holidays import country_holidays

from kcflow.calendar import FILE, FIRST_YEAR, LAST_YEAR, CalendarRow, vietnam_calendar
from scripts.freeze_calendar import LAST_FROZEN, computed, text
from states.clock import CalendarUnknown, due_for
from states.model import DeadlineRule


def test_ten_working_days_from_24_april_2026_end_on_13_may() -> None:
    rule = DeadlineRule("working_days", "law", "Luật 83/2015 Đ49.2", days=10)
    due = due_for([rule], date(2026, 4, 24), budget_year=2026, ends_on=None, calendar=vietnam_calendar())
    assert due is not None
    assert due.on == date(2026, 5, 13)


def test_the_years_it_knows() -> None:
    calendar = vietnam_calendar()
    assert calendar.is_working(date(2013, 1, 2))
    assert calendar.is_working(date(2027, 12, 31))
    for day in (date(2012, 12, 31), date(2028, 1, 3)):
        with pytest.raises(CalendarUnknown) as unknown:
            calendar.is_working(day)
        assert unknown.value.year == day.year


def test_a_swap_of_another_year_does_not_leak() -> None:
    calendar = vietnam_calendar()
    assert min(calendar.days_off).year == 2013
    assert min(calendar.working_days).year >= 2013
    assert all(day.weekday() >= 5 for day in calendar.working_days)
    assert all(day.weekday() < 5 for day in calendar.days_off)


def test_names_in_both_languages() -> None:
    calendar = vietnam_calendar()
    assert calendar.why_off(date(2026, 4, 27)) == "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"
    assert calendar.why_off(date(2026, 4, 27), "en") == "Hung Kings' Commemoration Day (observed)"
    assert calendar.why_off(date(2026, 8, 31)) == "Ngày nghỉ (thay cho ngày 22/08/2026)"
    assert calendar.why_off(date(2026, 8, 31), "en") == "Day off in exchange for 22 Aug 2026"
    assert calendar.working_days[date(2026, 8, 22)] == "Ngày làm bù cho ngày nghỉ 31/08/2026"
    names = {*calendar.days_off.values(), *calendar.working_days.values()}
    assert names <= set(calendar.names_en)


def test_days_the_prime_minister_has_yet_to_set_say_so() -> None:
    calendar = vietnam_calendar()
    assert calendar.why_off(date(2027, 2, 8)) == "Mùng ba Tết Nguyên Đán (dự kiến)"
    assert calendar.why_off(date(2027, 9, 3), "en") == "National Day (estimated)"
    assert calendar.why_off(date(2027, 1, 1)) == "Tết Dương lịch"
    assert calendar.why_off(date(2026, 2, 17)) == "Tết Nguyên Đán"


def row(day: date, kind: str, name: str = "Theo thông báo") -> CalendarRow:
    return CalendarRow(day, "off" if kind == "off" else "working", name, "Công văn 1/VPCP")


def test_the_offices_rows_win() -> None:
    calendar = vietnam_calendar(
        [
            row(date(2026, 6, 15), "off", "Nghỉ hoán đổi"),
            row(date(2026, 6, 20), "working", "Làm bù 15/06"),
            row(date(2026, 8, 31), "working"),
            row(date(2026, 8, 22), "off"),
            row(date(2027, 2, 8), "off", "Nghỉ Tết"),
        ]
    )
    assert calendar.why_off(date(2026, 6, 15)) == calendar.why_off(date(2026, 6, 15), "en") == "Nghỉ hoán đổi"
    assert calendar.is_working(date(2026, 6, 20))
    assert calendar.is_working(date(2026, 8, 31))
    assert calendar.why_off(date(2026, 8, 22)) == "thứ bảy"
    assert calendar.why_off(date(2027, 2, 8)) == "Nghỉ Tết"
    # Nothing of it stays behind in the calendar without rows.
    assert vietnam_calendar().is_working(date(2026, 6, 15))


def test_a_later_row_corrects_an_earlier_one() -> None:
    day = date(2026, 1, 2)
    assert vietnam_calendar([row(day, "off"), row(day, "working")]).is_working(day)
    assert not vietnam_calendar([row(day, "working"), row(day, "off")]).is_working(day)


def test_a_further_year_is_known_once_it_is_recorded() -> None:
    calendar = vietnam_calendar([row(date(2028, 1, 24), "off", "Tết")])
    assert calendar.last_year == 2028
    assert calendar.why_off(date(2028, 1, 24)) == "Tết"
    assert calendar.why_off(date(2028, 1, 25)) == "Giao thừa Tết Nguyên Đán (dự kiến)"
    assert calendar.is_working(date(2028, 12, 29))
    with pytest.raises(CalendarUnknown):
        vietnam_calendar([row(date(2029, 2, 12), "off")]).is_working(date(2029, 3, 1))


def test_it_is_built_once() -> None:
    assert vietnam_calendar() is vietnam_calendar([])
    rows = [row(date(2026, 1, 2), "off")]
    assert vietnam_calendar(rows) is vietnam_calendar(list(rows))


def test_no_year_goes_further_than_the_file() -> None:
    calendar = vietnam_calendar(
        [row(date(year, 9, 2), "off") for year in range(LAST_YEAR + 1, LAST_FROZEN + 2)]
    )
    assert calendar.last_year == LAST_FROZEN
    with pytest.raises(CalendarUnknown):
        calendar.is_working(date(LAST_FROZEN + 1, 9, 2))


def test_the_file_says_what_the_package_says() -> None:
    """`python -m scripts.freeze_calendar` writes it anew after the package was updated."""
    assert FILE.read_text("utf-8") == text(computed())


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_FROZEN + 1))
def test_each_year_alone_is_in_the_file(year: int) -> None:
    asked = json.loads(FILE.read_text("utf-8"))
    alone = country_holidays("VN", years=year, language="vi")
    weekdays = {day.isoformat() for day in alone if day.year == year and day.weekday() < 5}
    assert {day for day in asked["days_off"] if day.startswith(str(year))} == weekdays
    assert len(weekdays) >= 7


def test_the_package_is_never_loaded() -> None:
    code = (
        "import sys; from datetime import date; from kcflow.calendar import vietnam_calendar\n"
        "assert vietnam_calendar().why_off(date(2026, 4, 27)); sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
