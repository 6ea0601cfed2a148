"""Which days are worked, and how many of them lie between two days."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

SATURDAY: Final = 5
_WEEKEND = {5: ("thứ bảy", "Saturday"), 6: ("chủ nhật", "Sunday")}


class CalendarUnknown(LookupError):
    """The calendar does not know `year`: no deadline is guessed from a year without its days off."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the calendar of working days does not know the year {year}")
        self.year = year


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, from 1 January of `first_year` to 31 December of `last_year`.

    The week is Monday to Friday. `days_off` are weekdays off, `working_days` Saturdays and Sundays that are
    worked instead; both with their name in Vietnamese, which `names_en` translates where it can.
    """

    first_year: int
    last_year: int
    days_off: Mapping[date, str]
    working_days: Mapping[date, str]
    names_en: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _table(self) -> tuple[int, array[int], array[int]]:
        """(ordinal of the first day, working days up to each day, ordinals of all working days).

        A day costs a look-up instead of a walk, and so does the n-th working day after it.
        """
        base = date(self.first_year, 1, 1).toordinal()
        counts, worked = array("l"), array("l")
        for ordinal in range(base, date(self.last_year, 12, 31).toordinal() + 1):
            if self._works(date.fromordinal(ordinal)):
                worked.append(ordinal)
            counts.append(len(worked))
        return base, counts, worked

    def _works(self, d: date) -> bool:
        if d.weekday() >= SATURDAY:
            return d in self.working_days
        return d not in self.days_off

    def _known(self, d: date) -> None:
        if not self.first_year <= d.year <= self.last_year:
            raise CalendarUnknown(d.year)

    def _up_to(self, d: date) -> int:
        """Working days from the calendar's first day to `d`, both included."""
        self._known(d)
        base, counts, _ = self._table
        return counts[d.toordinal() - base]

    def is_working(self, d: date) -> bool:
        """Whether offices work on `d`. Raises `CalendarUnknown`."""
        self._known(d)
        return self._works(d)

    def why_off(self, d: date, lang: str = "vi") -> str | None:
        """The name of the day off (a holiday's, or the weekend day's); None for a day that is worked.

        Raises `CalendarUnknown`.
        """
        self._known(d)
        if self._works(d):
            return None
        if d in self.days_off:
            return self._named(self.days_off[d], lang)
        return _WEEKEND[d.weekday()][lang == "en"]

    def _named(self, name: str, lang: str) -> str:
        return self.names_en.get(name, name) if lang == "en" else name

    def add_working_days(self, start: date, n: int) -> date:
        """The `n`-th working day after `start`; for 0, `start` itself or the next working day.

        Raises `CalendarUnknown` when either end lies outside the known years, ValueError for a negative `n`.
        """
        if n < 0:
            raise ValueError("a period has no negative number of days")
        before = self._up_to(start)
        if n == 0:
            if self._works(start):
                return start
            n = 1
        worked = self._table[2]
        if before + n > len(worked):
            raise CalendarUnknown(self.last_year + 1)
        return date.fromordinal(worked[before + n - 1])

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a`, up to and including `b`; negative when `b` comes first.

        Raises `CalendarUnknown`.
        """
        return self._up_to(b) - self._up_to(a)
