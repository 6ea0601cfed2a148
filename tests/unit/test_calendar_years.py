"""Every year of the calendar against three words: what was announced (by hand, from the announcements and the
Labour Code), what the package `holidays` says, and what docs/calendar.md tells people."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from holidays import country_holidays

from kcflow.calendar import FIRST_YEAR, LAST_YEAR, CalendarRow, judge, shipped, vietnam_calendar
from states.clock import CalendarUnknown, WorkCalendar

GUIDE = Path(__file__).parents[2] / "docs" / "calendar.md"

OFF = {
    2013: "1/1 11-15/2 19/4 29-30/4 1/5 2/9",
    2014: "1/1 28-31/1 3-5/2 9/4 30/4 1-2/5 1-2/9",
    2015: "1-2/1 16-20/2 23/2 28-30/4 1/5 2/9",
    2016: "1/1 8-12/2 18/4 2-3/5 2/9",
    2017: "2/1 26-27/1 30-31/1 1/2 6/4 1-2/5 4/9",
    2018: "1/1 14-16/2 19-20/2 25/4 30/4 1/5 3/9 31/12",
    2019: "1/1 4-8/2 15/4 29-30/4 1/5 2/9",
    2020: "1/1 23-24/1 27-29/1 2/4 30/4 1/5 2/9",
    2021: "1/1 10-12/2 15-16/2 21/4 30/4 3/5 2-3/9",
    2022: "3/1 31/1 1-4/2 11/4 2-3/5 1-2/9",
    2023: "2/1 20/1 23-26/1 1-3/5 1/9 4/9",
    2024: "1/1 8-9/2 12-14/2 18/4 29-30/4 1/5 2-3/9",
    2025: "1/1 27-31/1 7/4 30/4 1-2/5 1-2/9",
    2026: "1-2/1 16-20/2 27/4 30/4 1/5 31/8 1-2/9 24/11",
    2027: "1/1 4-5/2 8-10/2 16/4 30/4 3/5 2-3/9 24/11",
}
"""Weekdays off as public servants had them; for 2027 as the Labour Code and the years before suggest."""
WORKED = {
    2013: "5/1 23/2 4/5",
    2014: "25/1 8/2 26/4 6/9 27/12",
    2015: "14/2 25/4",
    2019: "5/1 4/5",
    2024: "4/5",
    2025: "26/4",
    2026: "10/1 22/8",
}
BEYOND_THE_PACKAGE = {
    # The package knows the day off of 15/2/2013, but no day that was worked instead.
    "Công văn 9570/VPCP-KGVX ngày 23/11/2012": {date(2013, 1, 5), date(2013, 2, 23)},
    # The package begins Tết on 29/1/2014 and ends it on 4/2.
    "Công văn 10525/VPCP-KGVX ngày 12/12/2013": {
        date(2014, 1, 25),
        date(2014, 1, 28),
        date(2014, 2, 5),
        date(2014, 2, 8),
    },
    "Công văn 12729/VPCP-KGVX ngày 25/12/2025": {date(2026, 1, 2), date(2026, 1, 10)},
}
"""The days on which the shipped calendar isn't what the package says, by the document that announced them."""
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


def days(year: int, text: str) -> set[date]:
    """The dates of "8-9/2 18/4"."""
    found = set()
    for span in text.split():
        numbers, month = span.split("/")
        first, _, last = numbers.partition("-")
        found |= {date(year, int(month), day) for day in range(int(first), int(last or first) + 1)}
    return found


def of_year(found: object, year: int) -> set[date]:
    return {day for day in found if day.year == year}  # type: ignore[attr-defined]


def test_every_year_has_its_line() -> None:
    assert list(OFF) == list(YEARS)
    assert set(WORKED) <= set(YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_a_year_is_what_was_announced(year: int) -> None:
    calendar = vietnam_calendar()
    assert of_year(calendar.days_off, year) == days(year, OFF[year])
    assert of_year(calendar.working_days, year) == days(year, WORKED.get(year, ""))


@pytest.mark.parametrize("year", YEARS)
def test_a_year_is_what_the_package_says_but_for_the_documented_days(year: int) -> None:
    package = country_holidays("VN", years=range(year, year + 2), language="vi")
    first = date(year, 1, 1)
    span = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    works = {day: package.is_working_day(day) for day in span}
    calendar = vietnam_calendar()
    different = {day for day in span if calendar.is_working(day) is not works[day]}
    assert different == {day for found in BEYOND_THE_PACKAGE.values() for day in found if day.year == year}


def test_a_day_beyond_the_package_names_its_document() -> None:
    papers = {day.day: day.document for year in YEARS for day in shipped(year)}
    for document, beyond in BEYOND_THE_PACKAGE.items():
        assert {papers[day] for day in beyond} == {document}


@pytest.mark.parametrize("year", YEARS)
def test_every_swap_gives_a_day_for_a_day(year: int) -> None:
    """Who works on a Saturday is off on one weekday, named in both rows, and the other way round."""
    calendar = vietnam_calendar()
    for row in shipped(year):
        if row.kind == "working":
            assert row.name.startswith("Ngày làm bù cho ngày nghỉ ")
            other = date(*(int(part) for part in reversed(row.name.rsplit(" ", 1)[1].split("/"))))
            if other.year >= FIRST_YEAR:
                name = f"Ngày nghỉ (thay cho ngày {row.day:%d/%m/%Y})"
                assert calendar.days_off[other] == name
        elif "thay cho ngày" in row.name:
            other = date(*(int(part) for part in reversed(row.name[:-1].rsplit(" ", 1)[1].split("/"))))
            assert calendar.is_working(other)
            assert other.weekday() >= 5


@pytest.mark.parametrize("year", YEARS)
def test_the_shipped_days_are_those_of_the_calendar(year: int) -> None:
    calendar = vietnam_calendar()
    rows = shipped(year)
    assert [row.day for row in rows] == sorted(row.day for row in rows)
    assert {row.day for row in rows if row.kind == "off"} == of_year(calendar.days_off, year)
    assert {row.day for row in rows if row.kind == "working"} == of_year(calendar.working_days, year)
    assert all(calendar.why_off(row.day, "en") == row.name_en for row in rows if row.kind == "off")
    assert any(row.estimated for row in rows) is (year >= 2027)
    # Only days that someone swapped may lack a paper: what the Labour Code gives always has its article.
    assert all(row.document or "thay cho" in row.name or "làm bù" in row.name for row in rows)


def test_papers_are_those_of_the_law_of_the_day() -> None:
    papers = {row.day: row.document for year in (2013, 2016, 2023) for row in shipped(year)}
    assert papers[date(2013, 4, 30)] == "Điều 73 Bộ luật Lao động 1994"
    assert papers[date(2013, 5, 1)] == "Điều 115 Bộ luật Lao động 2012"
    assert papers[date(2016, 5, 3)] == "Khoản 3 Điều 115 Bộ luật Lao động 2012"
    assert papers[date(2023, 1, 2)] == "Khoản 3 Điều 111 Bộ luật Lao động 2019"


@pytest.mark.parametrize("year", [1, 1926, 2012, 2028, 2126, 9999])
def test_another_century_is_refused(year: int) -> None:
    calendar = vietnam_calendar()
    for ask in (
        lambda: calendar.is_working(date(year, 6, 1)),
        lambda: calendar.why_off(date(year, 6, 6)),
        lambda: calendar.add_working_days(date(year, 6, 1), 0),
        lambda: calendar.working_days_between(date(2026, 1, 1), date(year, 6, 1)),
    ):
        with pytest.raises(CalendarUnknown) as refused:
            ask()
        assert refused.value.year == year


# -- what is odd about an office's row ---------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "kind", "found"),
    [
        (date(2026, 6, 1), "off", None),
        (date(2026, 6, 6), "working", None),
        (date(2026, 6, 6), "off", "already_off"),
        (date(2026, 9, 2), "off", "already_off"),
        (date(2026, 9, 2), "working", None),
        (date(2026, 8, 22), "off", None),
        (date(2026, 8, 22), "working", "already_worked"),
        (date(2026, 6, 1), "working", "already_worked"),
        (date(2012, 12, 31), "off", "year_unknown"),
        (date(2028, 1, 3), "off", "opens_year"),
        (date(2029, 1, 3), "off", "year_unknown"),
        (date(2126, 1, 3), "off", "year_unknown"),
    ],
)
def test_a_row_is_judged(day: date, kind: str, found: str | None) -> None:
    row = CalendarRow(day, "off" if kind == "off" else "working", "Nghỉ", "CV 1/VPCP")
    calendar = vietnam_calendar()
    assert judge(row, calendar) == found
    changed = vietnam_calendar([row])
    if found in ("already_off", "already_worked"):
        assert changed.is_working(day) == calendar.is_working(day)
    elif found is None:
        assert changed.is_working(day) != calendar.is_working(day)
    else:
        assert (changed.last_year == day.year) is (found == "opens_year")


def test_a_row_is_judged_by_the_rows_in_force() -> None:
    first = CalendarRow(date(2028, 1, 3), "off", "Nghỉ", "CV 1/VPCP")
    known = vietnam_calendar([first])
    assert judge(CalendarRow(date(2028, 9, 2), "off", "Nghỉ", "CV 2"), known) == "already_off"
    assert judge(CalendarRow(date(2029, 1, 2), "off", "Nghỉ", "CV 3"), known) == "opens_year"
    assert judge(CalendarRow(date(2041, 1, 2), "off", "Nghỉ", "CV 3"), known) == "year_unknown"


# -- the guide ---------------------------------------------------------------------------------


def spans(found: set[date]) -> str:
    """ "8–9/2; 18/4" for people."""
    parts: list[list[date]] = []
    for day in sorted(found):
        if parts and day - parts[-1][-1] == timedelta(days=1) and day.month == parts[-1][-1].month:
            parts[-1].append(day)
        else:
            parts.append([day])
    return "; ".join(
        (f"{p[0].day}–{p[-1].day}" if len(p) > 1 else f"{p[0].day}") + f"/{p[0].month}" for p in parts
    )


def count(calendar: WorkCalendar, year: int) -> int:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return calendar.working_days_between(first, last) + calendar.is_working(first)


def table() -> list[str]:
    """The rows of the guide's table."""
    calendar = vietnam_calendar()
    return [
        f"| {year} | {spans(of_year(calendar.days_off, year))}"
        f" | {spans(of_year(calendar.working_days, year)) or '–'} | {count(calendar, year)} |"
        for year in YEARS
    ]


def test_the_guide_lists_every_year_and_every_difference() -> None:
    lines = GUIDE.read_text("utf-8").splitlines()
    at = lines.index(table()[0])
    assert lines[at : at + len(YEARS)] == table()
    for document, beyond in BEYOND_THE_PACKAGE.items():
        line = next(line for line in lines if document in line)
        assert all(f"{day.day}/{day.month}/{day.year}" in line for day in beyond)
