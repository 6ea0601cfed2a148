"""Việt Nam's calendar of working days: kcflow/data/calendar.json, overlaid by the office's own table.

The file holds what the package `holidays` says (`scripts.freeze_calendar` writes it): the Labour Code's
holidays (Điều 112), the days off in place of a weekend (Đ111.3), and the swaps of working days that the
Government announced. It may miss a swap, so what an office records, with the announcing document, always
wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from states.clock import WorkCalendar
from states.records import record

FIRST_YEAR = 2013
LAST_YEAR = 2027
"""The years that the file was checked for; it goes further, for offices that record a later year."""
FILE = Path(__file__).with_name("data") / "calendar.json"


@record(frozen=True, slots=True)
class CalendarRow:
    """One day of the office's own table. `document` is the paper that announced it; `name` has passed
    `kcflow.text.strict`."""

    day: date
    kind: Literal["off", "working"]
    name: str
    document: str


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

    return data["last_year"], days("days_off"), days("working_days")


def _from_file(last: int) -> tuple[dict[date, str], dict[date, str], dict[str, str]]:
    """(weekdays off, weekend days worked, English names by the Vietnamese ones) up to the year `last`."""
    _, off, working = _frozen()
    return (
        {day: vi for day, (vi, _) in off.items() if day.year <= last},
        {day: vi for day, (vi, _) in working.items() if day.year <= last},
        {vi: en for days in (off, working) for day, (vi, en) in days.items() if day.year <= last},
    )
