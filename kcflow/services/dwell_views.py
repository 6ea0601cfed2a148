"""Where time goes: what is asked, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from states.model import Label
from states.records import record


@record(frozen=True, slots=True)
class DwellFilter:
    """Which stays are counted: those that ended in the period (both days included)."""

    from_on: date | None = None
    to_on: date | None = None
    lifecycle: str | None = None
    """A name ("kcqg", all its versions) or a key ("kcqg@2014")."""
    source: str | None = None
    plan_year: int | None = None
    provinces: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    """Codes of implementing units."""
    by_office: bool = False


@record(frozen=True, slots=True)
class Dwell:
    """How long dossiers stayed in a state: calendar days; `office` is the unit's, "" for all."""

    lifecycle: str
    state: str
    state_label: Label
    phase_label: Label
    waits_for: str
    waits_for_label: Label
    office: str
    office_name: str
    stays: int
    median: int
    p90: int
    longest: int
    total_days: int
    late: int
    """Stays that ended after their date."""
    open: int
    """Dossiers that stand there now."""
    asked: Mapping[str, object] = field(default_factory=dict)
    """Fields of `ListFilter` that show what stands there now."""


@record(frozen=True, slots=True)
class PartyShare:
    """How much of all the days was waited for one party; holds are charged to theirs."""

    party: str
    label: Label
    days: int
    permille: int


@record(frozen=True, slots=True)
class PingPong:
    """How often an office gave files back, and how often the same file came back more than once."""

    office: str
    office_name: str
    action: str
    action_label: Label
    returns: int
    dossiers: int
    more_than_once: int
    most: int
    most_code: str


@record(frozen=True, slots=True)
class Month:
    """How many entered a phase in a month, and in the same month of the year before."""

    year: int
    month: int
    phase: str
    phase_label: Label
    entered: int
    year_before: int
    lifecycle: str = ""
    """Its name, for all versions."""


@record(frozen=True, slots=True)
class DwellReport:
    """Where time goes; every share is of `total_days`."""

    dwell: tuple[Dwell, ...]
    parties: tuple[PartyShare, ...]
    ping_pong: tuple[PingPong, ...]
    months: tuple[Month, ...]
    stays: int
    total_days: int
    from_on: date | None
    to_on: date | None
