"""Where time goes, counted by the store in groups: stays in states, holds, returns, entries by month."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from db.queries import DossierFilter, Scope, question
from db.reader import Reader
from states.records import record


@record(frozen=True, slots=True)
class StayGroup:
    """Stays of the same length in a state; `office` is the implementing unit's, "" where none was asked."""

    lifecycle: str
    state: str
    office: str
    days: int
    """Calendar days from the day of entry to the day of the act that ended it."""
    count: int
    late: int
    """Of these, how many ended after the deadline in force then."""


@record(frozen=True, slots=True)
class HoldGroup:
    """Days on hold, within stays that ended, charged to one party."""

    lifecycle: str
    state: str
    party: str
    days: int


@record(frozen=True, slots=True)
class ReturnGroup:
    """What one office gave back by one act."""

    office: str
    lifecycle: str
    action: str
    returns: int
    dossiers: int
    more_than_once: int
    most: int
    most_code: str


@record(frozen=True, slots=True)
class EntryGroup:
    """How many dossiers went from a state (None: they were created) to another in a month."""

    month: str
    """YYYY-MM."""
    lifecycle: str
    from_state: str | None
    to_state: str
    count: int


Period = tuple[date | None, date | None]
"""First and last day, both included; None is no bound."""


def _days(period: Period) -> dict[str, str]:
    first, last = period
    return {"on_from": (first or date.min).isoformat(), "on_to": (last or date.max).isoformat()}


def stays(
    reader: Reader, scope: Scope, filter_: DossierFilter, period: Period, *, by_office: bool
) -> list[StayGroup]:
    """Count the stays that ended in the period, by state and length."""
    shape, params = question(reader, scope, filter_)
    statement = reader.sql("dwell_stays", shape, any(period), by_office)
    return [StayGroup(*row) for row in reader.rows(statement, params | _days(period))]


def holds(reader: Reader, scope: Scope, filter_: DossierFilter, period: Period) -> list[HoldGroup]:
    """Add up the days on hold within the stays that ended in the period."""
    shape, params = question(reader, scope, filter_)
    rows = reader.rows(reader.sql("dwell_holds", shape, any(period)), params | _days(period))
    return [HoldGroup(row[0], row[1], row[2], int(row[3])) for row in rows]


def returns(
    reader: Reader, scope: Scope, filter_: DossierFilter, period: Period, actions: Collection[str]
) -> list[ReturnGroup]:
    """Count the acts named `actions` in the period, by office."""
    shape, params = question(reader, scope, filter_)
    params |= {"actions": reader.many(sorted(actions)), **_days(period)}
    rows = reader.rows(reader.sql("dwell_returns", shape, any(period)), params)
    # Its sum is a Decimal on PostgreSQL.
    return [ReturnGroup(row[0], row[1], row[2], int(row[3]), row[4], row[5], row[6], row[7]) for row in rows]


def entries(
    reader: Reader, scope: Scope, filter_: DossierFilter, first: date, last: date
) -> list[EntryGroup]:
    """Count the rows that entered a state, by month."""
    shape, params = question(reader, scope, filter_)
    rows = reader.rows(reader.sql("dwell_entries", shape), params | _days((first, last)))
    return [EntryGroup(*row) for row in rows]


def standing(
    reader: Reader, scope: Scope, filter_: DossierFilter, *, by_office: bool
) -> dict[tuple[str, str, str], int]:
    """Count what stands in each (lifecycle, state, office or "") now."""
    shape, params = question(reader, scope, filter_)
    rows = reader.rows(reader.sql("dwell_standing", shape, by_office), params)
    return {(row[0], row[1], row[2]): row[3] for row in rows}
