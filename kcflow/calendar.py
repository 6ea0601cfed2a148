"""Việt Nam's calendar of working days: the package `holidays`, overlaid by the office's own table.

The package knows the Labour Code's holidays (Điều 112), the days off in place of a weekend (Đ111.3), and the
swaps of working days that the Government announced, but it may miss a swap. So what an office records, with
the announcing document, always wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from kcflow.formats import date_text, parse_date
from states.clock import WorkCalendar

FIRST_YEAR = 2013
LAST_YEAR = 2027
"""The years that the package's table was checked for."""
FIRST_ESTIMATED = 2027
"""From this year on the days of Tết and 2/9 are the package's estimate: the Prime Minister sets them year by
year (Labour Code Đ112.3)."""

_SET_EACH_YEAR = re.compile(r"(Nguyên Đán|29 Tết|Quốc khánh)")
_SWAPPED = re.compile(r"thay cho ngày (\d{2}/\d{2}/\d{4})")


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One day of the office's own table. `document` is the paper that announced it; `name` has passed
    `kcflow.text.strict`."""

    day: date
    kind: Literal["off", "working"]
    name: str
    document: str


def vietnam_calendar(overlay: Iterable[CalendarRow] = ()) -> WorkCalendar:
    """The calendar of working days, 2013–2027, with the rows of `overlay` put over it.

    A row wins over the package, and a later row over an earlier one of the same day. A year after the last
    known one becomes known when the office has recorded at least one row of it (so it has the year's
    announcement at hand) and every year before it. Cached: the same rows give the same object.
    """
    return _build(tuple(overlay))


@lru_cache(maxsize=8)
def _build(overlay: tuple[CalendarRow, ...]) -> WorkCalendar:
    last = LAST_YEAR
    recorded = {row.day.year for row in overlay}
    while last + 1 in recorded:
        last += 1
    off, working, english = _from_package(last)
    for row in overlay:
        off.pop(row.day, None)
        working.pop(row.day, None)
        weekend = row.day.weekday() >= 5
        if row.kind == "off" and not weekend:
            off[row.day] = row.name
        elif row.kind == "working" and weekend:
            working[row.day] = row.name
    return WorkCalendar(FIRST_YEAR, last, off, working, english)


def _from_package(last: int) -> tuple[dict[date, str], dict[date, str], dict[str, str]]:
    """(weekdays off, weekend days worked, English names by the Vietnamese ones) up to the year `last`."""
    # Reading its registry of countries takes longer than a whole move, so nothing else pays for it.
    from holidays import country_holidays

    years = range(FIRST_YEAR, last + 1)
    vietnamese = country_holidays("VN", years=years, language="vi")
    translated = country_holidays("VN", years=years, language="en_US")
    off: dict[date, str] = {}
    working: dict[date, str] = {}
    english: dict[str, str] = {}
    for day in sorted(vietnamese):
        if day.weekday() >= 5:
            continue
        name, name_en = vietnamese[day], translated[day]
        if day.year >= FIRST_ESTIMATED and _SET_EACH_YEAR.search(name):
            name, name_en = f"{name} (dự kiến)", f"{name_en} (estimated)"
        off[day] = name
        english[name] = name_en
        if swapped := _SWAPPED.search(name):
            worked = parse_date(swapped[1])
            working[worked] = f"Ngày làm bù cho ngày nghỉ {date_text(day)}"
            english[working[worked]] = f"Worked in exchange for {date_text(day, 'en')}"
            # The package writes the month first in English, which a reader in Việt Nam would misread.
            english[name] = f"Day off in exchange for {date_text(worked, 'en')}"
    for day in vietnamese.weekend_workdays:
        working.setdefault(day, "Ngày làm bù")
    english["Ngày làm bù"] = "Worked in exchange for a day off"
    return off, {day: name for day, name in working.items() if FIRST_YEAR <= day.year <= last}, english
