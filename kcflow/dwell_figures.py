"""Where time goes, for the screen and for `kcflow dwell`: periods by name, sums, words.

A month is a whole one of the calendar, or the part of it that lies in the period.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kcflow.formats import count_text, date_text, percent
from kcflow.i18n import t
from kcflow.labels import SOURCE
from kcflow.services.dwell_views import Dwell, DwellReport, Month, PartyShare
from states.model import Label
from states.records import record

PARTS: Final = ("states", "parties", "returns", "months")
PERIODS: Final = ("year", "this", "last", "all")
"""Periods with a name: the last twelve months, this year, the year before, all of it."""


def year_before(day: date, *, last: bool = False) -> date:
    """The same day a year before; `last`: the end of a month is the end of that month a year before."""
    year = day.year - 1
    end = monthrange(year, day.month)[1]
    ends = last and day.day == monthrange(day.year, day.month)[1]
    return date(year, day.month, end if ends else min(day.day, end))


def months_back(last: date, count: int) -> date:
    """The first day of the earliest of `count` months up to that of `last`."""
    month = max(last.year * 12 + last.month - count, 12)
    return date(month // 12, month % 12 + 1, 1)


def twelve_months(last: date) -> date:
    """The first day of the twelve months up to `last`: the same months a year before are all others."""
    return months_back(last, 12)


def period_of(name: str, today: date) -> tuple[date | None, date | None]:
    """First and last day of one of `PERIODS`."""
    match name:
        case "year":
            return twelve_months(today), today
        case "this":
            return date(today.year, 1, 1), today
        case "last":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            return None, None


def period_text(from_on: date | None, to_on: date | None, lang: str) -> str:
    """A period in words."""
    first, last = (date_text(day, lang) if day else "" for day in (from_on, to_on))
    if first and last:
        return t("dwell.period.span", lang, from_on=first, to_on=last)
    if first:
        return t("dwell.period.from", lang, from_on=first)
    return t("dwell.period.to", lang, to_on=last) if last else t("dwell.period.all", lang)


def days_text(days: int, lang: str) -> str:
    """A number of days with its word."""
    return t("dwell.days", lang, days=days)


def lifecycle_text(name: str, lang: str) -> str:
    """What a lifecycle of proposals is called: by its source of money."""
    return SOURCE.get(name, Label(name, name))(lang)


def share_text(share: PartyShare, lang: str) -> str:
    """ "25,6%" of all the days."""
    return percent(share.permille, 1000, lang)


def median_text(row: Dwell, lang: str) -> str:
    """The median, "–" where nothing ended."""
    return count_text(row.median, lang) if row.stays else "–"


def p90_text(row: Dwell, lang: str) -> str:
    """The ninetieth percentile, "–" where nothing ended."""
    return count_text(row.p90, lang) if row.stays else "–"


def longest_text(row: Dwell, lang: str) -> str:
    """The longest stay, "–" where nothing ended."""
    return count_text(row.longest, lang) if row.stays else "–"


def by_lifecycle(rows: Iterable[Dwell]) -> dict[str, list[Dwell]]:
    """The rows of each lifecycle, in their order."""
    found: dict[str, list[Dwell]] = {}
    for row in rows:
        found.setdefault(row.lifecycle, []).append(row)
    return found


@record(frozen=True, slots=True)
class Throughput:
    """Entries into one phase, month by month; `months` numbers them (year × 12 + month − 1)."""

    lifecycle: str
    phase_label: Label
    months: tuple[int, ...]
    now: tuple[int, ...]
    before: tuple[int, ...]

    def last(self, count: int) -> Throughput:
        """Its last months only."""
        cut = slice(max(0, len(self.months) - count), None)
        return Throughput(self.lifecycle, self.phase_label, self.months[cut], self.now[cut], self.before[cut])


def throughput(months: Iterable[Month]) -> tuple[Throughput, ...]:
    """The months of each phase as one thing, in the phases' order."""
    found: dict[tuple[str, str], list[Month]] = {}
    for month in months:
        found.setdefault((month.lifecycle, month.phase), []).append(month)
    return tuple(
        Throughput(
            name,
            own[0].phase_label,
            tuple(each.year * 12 + each.month - 1 for each in own),
            tuple(each.entered for each in own),
            tuple(each.year_before for each in own),
        )
        for (name, _), own in found.items()
    )


def change_text(now: int, before: int, lang: str) -> str:
    """By how much `now` differs from the year before, with its sign: "+12", "−3", "±0"."""
    difference = now - before
    sign = "+" if difference > 0 else "−" if difference else "±"
    return f"{sign}{count_text(abs(difference), lang)}"


def total_text(found: DwellReport, lang: str) -> str:
    """How many stays were counted, and their days."""
    return t("dwell.total", lang, n=found.stays, size=count_text(found.total_days, lang))


def state_sentence(row: Dwell, lang: str) -> str:
    """Everything about one state in words."""
    if not row.stays:
        return t("dwell.said.nothing_ended", lang, state=row.state_label(lang), n=row.open)
    return t(
        "dwell.said.state",
        lang,
        state=row.state_label(lang),
        stays=count_text(row.stays, lang),
        median=count_text(row.median, lang),
        p90=count_text(row.p90, lang),
        longest=count_text(row.longest, lang),
        late_count=count_text(row.late, lang),
        open_count=count_text(row.open, lang),
        party=row.waits_for_label(lang),
    )


def shown_parts(part: str | None) -> Sequence[str]:
    """The parts that are shown: one, or all."""
    return (part,) if part else PARTS
