"""Write kcflow/data/calendar.json, Việt Nam's days off and days worked instead, from the package `holidays`.

    python -m scripts.freeze_calendar

The program itself never imports the package: its registry of 250 countries takes longer to read than a whole
list. A test compares the file with what the installed package says.
"""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.metadata import version
from typing import Any

from holidays import country_holidays

from kcflow.calendar import FILE, FIRST_YEAR
from kcflow.formats import date_text, parse_date

LAST_FROZEN = 2040
"""Years after the last checked one are in the file, too: an office may make them known by its own rows."""
FIRST_ESTIMATED = 2027
"""From this year on the days of Tết and 2/9 are the package's estimate: the Prime Minister sets them year by
year (Labour Code Đ112.3)."""

_SET_EACH_YEAR = re.compile(r"(Nguyên Đán|29 Tết|Quốc khánh)")
_SWAPPED = re.compile(r"thay cho ngày (\d{2}/\d{2}/\d{4})")

Names = tuple[str, str]
"""Vietnamese and English."""


def computed(last: int = LAST_FROZEN) -> dict[str, Any]:
    """The content of the file for the years up to `last`, by the installed package."""
    years = range(FIRST_YEAR, last + 1)
    vietnamese = country_holidays("VN", years=years, language="vi")
    translated = country_holidays("VN", years=years, language="en_US")
    off: dict[date, Names] = {}
    working: dict[date, Names] = {}
    for day in sorted(vietnamese):
        if day.weekday() >= 5:
            continue
        name, name_en = vietnamese[day], translated[day]
        if day.year >= FIRST_ESTIMATED and _SET_EACH_YEAR.search(name):
            name, name_en = f"{name} (dự kiến)", f"{name_en} (estimated)"
        if swapped := _SWAPPED.search(name):
            worked = parse_date(swapped[1])
            working[worked] = (
                f"Ngày làm bù cho ngày nghỉ {date_text(day)}",
                f"Worked in exchange for {date_text(day, 'en')}",
            )
            # The package writes the month first in English, which a reader in Việt Nam would misread.
            name_en = f"Day off in exchange for {date_text(worked, 'en')}"
        off[day] = (name, name_en)
    for day in vietnamese.weekend_workdays:
        working.setdefault(day, ("Ngày làm bù", "Worked in exchange for a day off"))
    return {
        "source": f"holidays {version('holidays')}",
        "first_year": FIRST_YEAR,
        "last_year": last,
        "days_off": {day.isoformat(): list(names) for day, names in sorted(off.items())},
        "working_days": {
            day.isoformat(): list(names)
            for day, names in sorted(working.items())
            if FIRST_YEAR <= day.year <= last
        },
    }


def text(content: dict[str, Any]) -> str:
    """`content` as JSON, one day a line, so that a change is read at a glance."""
    lines = []
    for key, value in content.items():
        if isinstance(value, dict):
            days = ",\n".join(
                f'    "{day}": {json.dumps(names, ensure_ascii=False)}' for day, names in value.items()
            )
            lines.append(f'  "{key}": {{\n{days}\n  }}')
        else:
            lines.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(computed()), encoding="utf-8")
