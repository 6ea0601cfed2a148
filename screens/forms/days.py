"""Days as people type them into a form: a year of two digits is one of this century."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType

from kcflow.formats import date_text, parse_date
from screens.forms.entries import Entry

_SHORT = re.compile(r"\s*(\d{1,2}/\d{1,2}/)(\d{2})\s*", re.ASCII)
_CENTURY = "20"


def has_short_year(text: str) -> bool:
    """Whether the year has two digits, so that what was understood has to be said."""
    return _SHORT.fullmatch(text) is not None


def read_day(text: str) -> date:
    """Read what `parse_date` reads, and 1/1/24 as 01/01/2024. Raises ValueError."""
    short = _SHORT.fullmatch(text)
    return parse_date(f"{short[1]}{_CENTURY}{short[2]}" if short is not None else text)


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
            day = read_day(self.value) + timedelta(days=days)
        except (ValueError, OverflowError):
            if self.value.strip() or self._anchor is None:
                return
            day = self._anchor
        self.value = date_text(day)
        self.cursor_position = len(self.value)
