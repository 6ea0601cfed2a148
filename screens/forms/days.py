"""Days as people type them into a form: 14/6, 14/6/24, 14.6.2024, 140624 or 14062024."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType

from kcflow.formats import date_text, parse_date
from screens.forms.entries import Entry

_PARTED = re.compile(r"(\d{1,2})([/. -])(\d{1,2})(?:\2(\d{4}|\d{2}))?", re.ASCII)
_UNPARTED = re.compile(r"(\d{2})()(\d{2})(\d{4}|\d{2})", re.ASCII)
_WHOLE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}", re.ASCII)
_CENTURY = "20"


def is_short(text: str) -> bool:
    """Whether the day isn't written in full, so that what was understood has to be said."""
    return _WHOLE.fullmatch(text.strip()) is None


def read_day(text: str, today: date | None) -> date:
    """Read what `parse_date` reads, and what people type faster; raises ValueError for all else.

    Between day, month and year may stand a slash, dot, dash, space, or nothing. A year of two digits is one
    of this century; a day without a year is one of the year of `today`.
    """
    text = text.strip()
    found = _PARTED.fullmatch(text) or _UNPARTED.fullmatch(text)
    if found is None:
        return parse_date(text)
    day, _, month, year = found.groups()
    if year is None:
        if today is None:
            raise ValueError("a day without a year")
        year = str(today.year)
    return parse_date(f"{day}/{month}/{year if len(year) == 4 else _CENTURY + year}")


class DateEntry(Entry):
    """A day; up and down move it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "shift_day(1)", show=False),
        Binding("down", "shift_day(-1)", show=False),
    ]

    def __init__(self, value: str, anchor: date | None) -> None:
        """Start with `value`; the arrows start an empty field at `anchor`."""
        super().__init__(value, max_length=10)
        self._anchor = anchor

    def action_shift_day(self, days: int) -> None:
        """Move to another day."""
        try:
            day = read_day(self.value, self._anchor) + timedelta(days=days)
        except (ValueError, OverflowError):
            if self.value.strip() or self._anchor is None:
                return
            day = self._anchor
        self.value = date_text(day)
        self.cursor_position = len(self.value)
