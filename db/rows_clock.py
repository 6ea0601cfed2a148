"""What stands beside the history about time: who holds a dossier, holds, the office's rules and days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from states.records import record

DayKind = Literal["off", "working"]
DigestState = Literal["pending", "sent", "failed"]


@record(frozen=True, slots=True)
class ClockRow:
    """What supervisors did about a dossier since it entered its state; a dossier that moves on has none.

    Made by the history's trigger from clock notes (`refs.clock` of a "note" row).
    """

    dossier: str
    seq: int
    """The last note of a supervisor, or of a letter's escalation; a recount writes no such row."""
    entered_seq: int
    """The dossier's `entered_seq` when it was written: another one means that the dossier has moved on."""
    holder: str | None
    """Login of the person who is charged with it; None: anybody of the office."""
    reminders: int
    reminded_on: date | None
    level: int
    """How far it was escalated, 0: not."""


@record(frozen=True, slots=True)
class HoldRow:
    """A pause of the office's own clocks: from `from_on` to `until_on`, both included.

    Lifted early, `lifted_on` is the first day that counts again.
    """

    dossier: str
    seq: int
    entered_seq: int
    party: str
    """Whom the time is charged to: a key of `kcflow.labels.HOLDER`."""
    from_on: date
    until_on: date
    lifted_on: date | None = None
    lifted_seq: int | None = None


@record(frozen=True, slots=True)
class OfficeRuleRow:
    """An office's own deadline for a state: a `states.model.DeadlineRule` of kind "policy" with a validity.

    Dated rows, closed and never removed. `lifecycle` is a name ("kcqg"), all versions. A rule counts for
    dossiers that enter the state from `valid_from` to `valid_to` (both included).
    """

    id: int | None
    office: str
    lifecycle: str
    state: str
    by: str
    days: int
    month: int
    day: int
    plan_year: int
    inclusive: bool
    basis: str
    valid_from: date
    valid_to: date | None
    set_by: str
    set_at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None
    months: int = 0


@record(frozen=True, slots=True)
class OfficeDayRow:
    """A day of the office's own calendar with the document that announced it; withdrawn, never removed."""

    id: int | None
    day: date
    kind: DayKind
    name: str
    document: str
    set_by: str
    set_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


@record(frozen=True, slots=True)
class DutyRow:
    """Who is told what is late in an office: its head ("trưởng phòng") or leader ("lãnh đạo")."""

    id: int | None
    organisation: str
    level: str
    """ "head" or "leader"."""
    person: str
    valid_from: date
    valid_to: date | None = None


@record(frozen=True, slots=True)
class DigestRow:
    """One letter of one morning to one person, kept until and after it is sent."""

    id: int | None
    day: date
    person: str
    address: str
    subject: str
    body: str
    items: int
    made_at: datetime
    state: DigestState = "pending"
    attempts: int = 0
    last_error: str | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
