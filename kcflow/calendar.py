"""Việt Nam's calendar of working days: kcflow/data/calendar*.json, overlaid by the office's own table.

calendar.json holds what the package `holidays` says (`scripts.freeze_calendar` writes it): the Labour Code's
holidays (Điều 112), the days off in place of a weekend (Đ111.3), and the swaps of working days that the
Government announced. It misses some; calendar_announced.json has those, each with its document
(docs/calendar.md lists them), and wins. What an office records, with the announcing document, always wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from states.clock import WorkCalendar
from states.records import record

FIRST_YEAR = 2013
LAST_YEAR = 2027
"""The years that the file was checked for; it goes further, for offices that record a later year."""
FILE = Path(__file__).with_name("data") / "calendar.json"
ANNOUNCED = FILE.with_name("calendar_announced.json")


@record(frozen=True, slots=True)
class CalendarRow:
    """One day of the office's own table. `document` is the paper that announced it; `name` has passed
    `kcflow.text.strict`."""

    day: date
    kind: Literal["off", "working"]
    name: str
    document: str


@record(frozen=True, slots=True)
class ShippedDay:
    """A day of the calendar as it comes with the program, and the paper that says so.

    `document` is the announcement, or the article of the Labour Code; "" when the paper is not known.
    """

    day: date
    kind: Literal["off", "working"]
    name: str
    name_en: str
    document: str
    estimated: bool
    """The Prime Minister has yet to set it (Labour Code Đ112.3)."""


def vietnam_calendar(overlay: Iterable[CalendarRow] = ()) -> WorkCalendar:
    """The calendar of working days, 2013–2027, with the rows of `overlay` put over it.

    A row wins over the file, and a later row over an earlier one of the same day. A year after the last
    known one becomes known when the office has recorded at least one row of it (so it has the year's
    announcement at hand) and every year before it, as far as the file goes. Cached: the same rows give the
    same object.
    """
    return _build(tuple(overlay))


@lru_cache(maxsize=8)
def _build(overlay: tuple[CalendarRow, ...]) -> WorkCalendar:
    last = LAST_YEAR
    recorded = {row.day.year for row in overlay}
    while last + 1 in recorded and last < _frozen()[0]:
        last += 1
    off, working, english = _from_file(last)
    for row in overlay:
        off.pop(row.day, None)
        working.pop(row.day, None)
        weekend = row.day.weekday() >= 5
        if row.kind == "off" and not weekend:
            off[row.day] = row.name
        elif row.kind == "working" and weekend:
            working[row.day] = row.name
    return WorkCalendar(FIRST_YEAR, last, off, working, english)


@cache
def _frozen() -> tuple[int, dict[date, tuple[str, str]], dict[date, tuple[str, str]]]:
    """(last year of the file, weekdays off, weekend days worked), days with both names."""
    data = json.loads(FILE.read_text("utf-8"))

    def days(part: str) -> dict[date, tuple[str, str]]:
        return {date.fromisoformat(day): (vi, en) for day, (vi, en) in data[part].items()}

    parts = {"off": days("days_off"), "working": days("working_days")}
    for day, (kind, vi, en, _) in _announced()["days"].items():
        parts[kind][date.fromisoformat(day)] = (vi, en)
    return data["last_year"], parts["off"], parts["working"]


@cache
def _announced() -> dict[str, dict[str, Any]]:
    """ "days": those that the package lacks or names wrongly; "documents": the papers of other days."""
    found: dict[str, dict[str, Any]] = json.loads(ANNOUNCED.read_text("utf-8"))
    return found


def _from_file(last: int) -> tuple[dict[date, str], dict[date, str], dict[str, str]]:
    """(weekdays off, weekend days worked, English names by the Vietnamese ones) up to the year `last`."""
    _, off, working = _frozen()
    return (
        {day: vi for day, (vi, _) in off.items() if day.year <= last},
        {day: vi for day, (vi, _) in working.items() if day.year <= last},
        {vi: en for days in (off, working) for day, (vi, en) in days.items() if day.year <= last},
    )


def shipped(year: int) -> tuple[ShippedDay, ...]:
    """The days of `year` that differ from the plain week as the program knows them, in order; years that it
    doesn't know have none."""
    _, off, working = _frozen()
    days = [(day, False, names) for day, names in off.items()]
    days += [(day, True, names) for day, names in working.items()]
    return tuple(
        ShippedDay(day, "working" if worked else "off", vi, en, _document(day, vi), _ESTIMATED in vi)
        for day, worked, (vi, en) in sorted(days)
        if day.year == year
    )


_ESTIMATED = "dự kiến"
_SWAPPED = ("thay cho ngày", "làm bù")
_OBSERVED = "nghỉ bù"
_CODES = (
    (date(2021, 1, 1), "Bộ luật Lao động 2019", 112, 111),
    (date(2013, 5, 1), "Bộ luật Lao động 2012", 115, 115),
    (date(1995, 1, 1), "Bộ luật Lao động 1994", 73, 73),
)
"""Since when a Labour Code is in force, its articles on holidays and on those that fall on a day of rest."""


def _document(day: date, name: str) -> str:
    """The announcement of `day`, else the article of the Labour Code of that day."""
    papers = _announced()
    if row := papers["days"].get(day.isoformat()):
        return str(row[3])
    if named := papers["documents"].get(day.isoformat()):
        return str(named)
    if any(word in name for word in _SWAPPED):
        return ""
    code, article, observed = next(found[1:] for found in _CODES if day >= found[0])
    return f"Khoản 3 Điều {observed} {code}" if _OBSERVED in name else f"Điều {article} {code}"


Judged = Literal["already_off", "already_worked", "year_unknown", "opens_year"]
"""What `judge` finds; "year_unknown" is an error, the others are worth a warning."""


def judge(row: CalendarRow, calendar: WorkCalendar) -> Judged | None:
    """What is odd about putting `row` over `calendar` (the one in force), None: it simply has an effect.

    "already_off": a day off that is off anyway (a Sunday, a holiday); "already_worked": a day worked that is
    worked anyway; "opens_year": the first row of the year after the last known one, which makes that year
    known with the days that the file estimates for it; "year_unknown": a year that can't be made known.
    """
    if not calendar.first_year <= row.day.year <= calendar.last_year:
        known = row.day.year == calendar.last_year + 1 <= _frozen()[0]
        return "opens_year" if known else "year_unknown"
    if calendar.is_working(row.day) == (row.kind == "working"):
        return "already_worked" if row.kind == "working" else "already_off"
    return None
