"""Values as cells of a CSV file: dates as YYYY-MM-DD, people's text as nothing but text."""

from __future__ import annotations

from datetime import date
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with, or a spreadsheet takes people's text for a formula."""


def cell(value: str | int | date | None) -> str | int:
    """What stands in the file for a value; nothing for None."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        # One row stays one line, and a spreadsheet computes nothing that somebody wrote into a title.
        plain = " ".join(value.split("\n"))
        return f"'{plain}" if plain.startswith(_FORMULA) else plain
    return "" if value is None else value
