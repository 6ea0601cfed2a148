"""What the services of time give and take: why something is due, holds, own rules, days, groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Literal

from kcflow.services.views import PersonView
from states.model import Label
from states.records import record

# -- why is this here -----------------------------------------------------------------------------


@record(frozen=True, slots=True)
class PauseView:
    """A hold: both days included; `lifted_on` is the first day that counted again."""

    seq: int
    from_on: date
    until_on: date
    lifted_on: date | None
    party: str
    party_label: Label
    reason: str
    by_name: str


@record(frozen=True, slots=True)
class RuleLine:
    """One rule of the state: the day it gives and how that was counted; `holds` marks the one that counts."""

    kind: Literal["law", "policy"]
    basis: str
    on: date | None
    """None: the rule gives no date here."""
    counts: bool
    lines: tuple[Label, ...]
    office: str | None = None
    """Name of the office whose own rule it is; None: the lifecycle's."""


@record(frozen=True, slots=True)
class FormerDue:
    """A due date that was replaced, when, by whom, why."""

    on: date | None
    kind: str | None
    basis: str | None
    replaced_on: date
    by_name: str
    reason: str


@record(frozen=True, slots=True)
class Why:
    """Why a dossier stands in the list, to be read line by line."""

    code: str
    title: str
    kind: str
    """Kind of dossier: "proposal", "allocation_round", …"""
    state_label: Label
    waits_for: str
    waits_for_label: Label
    holder_name: str | None
    entered_on: date
    """Date of the act: the days count from it."""
    entered_at: datetime
    """When it was entered into the program (UTC)."""
    entered_by: str
    due_on: date | None
    due_kind: str | None
    due_basis: str | None
    today: date
    overdue_days: int
    overdue_working_days: int
    lines: tuple[Label, ...]
    """The derivation, from the start to the result and how late it is today."""
    rules: tuple[RuleLine, ...]
    pauses: tuple[PauseView, ...]
    former: tuple[FormerDue, ...]
    reminders: int = 0
    level: int = 0
    level_label: Label | None = None
    agrees: bool = True
    """Whether the stored date is what is counted now."""


# -- acting on time --------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class HoldInput:
    """`party` a key of HOLDER; days both included; `on` the date of the act (None: today)."""

    party: str
    until: date
    reason: str
    on: date | None = None


@record(frozen=True, slots=True)
class ClockState:
    """What was done about a dossier in its present state, and what may be done."""

    holder: str | None
    holder_name: str | None
    reminders: int
    reminded_on: date | None
    level: int
    level_label: Label | None
    hold: PauseView | None
    """The hold in force today, or announced."""
    possible: Mapping[str, Label | None]
    """Each of hold, lift, remind, reassign, escalate: None when it can be done, else why not."""


@record(frozen=True, slots=True)
class Told:
    """Whom a reminder or an escalation would reach, before it is written."""

    people: tuple[PersonView, ...]
    level: int = 0
    """The level that an escalation would reach; 0 for a reminder."""
    level_label: Label | None = None


# -- own rules and days -----------------------------------------------------------------------------


@record(frozen=True, slots=True)
class RuleInput:
    """An office's own deadline for a state, as entered; see `states.model.DeadlineRule`."""

    office: str
    lifecycle: str
    state: str
    by: str
    basis: str
    days: int = 0
    month: int = 0
    day: int = 0
    plan_year: int = 0
    inclusive: bool = True
    valid_from: date | None = None
    """None: today."""
    valid_to: date | None = None
    months: int = 0


@record(frozen=True, slots=True)
class RuleView:
    """A rule of a state: the lifecycle's (`id` None) or an office's own."""

    id: int | None
    lifecycle: str
    lifecycle_label: Label
    state: str
    state_label: Label
    kind: Literal["law", "policy"]
    by: str
    text: Label
    """The rule in words: "10 ngày làm việc kể từ ngày vào trạng thái"."""
    basis: str
    office: str | None = None
    office_name: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    set_by_name: str | None = None
    set_at: datetime | None = None
    in_force: bool = True
    replaced: bool = False
    """A policy rule of the lifecycle in whose place an office's own stands."""
    days: int = 0
    month: int = 0
    day: int = 0
    plan_year: int = 0
    inclusive: bool = True
    months: int = 0
    """The figures behind `text`, as in `RuleInput`."""


@record(frozen=True, slots=True)
class DayInput:
    """A day of the office's calendar as entered; `document` the paper that announced it."""

    day: date
    kind: Literal["off", "working"]
    name: str
    document: str


@record(frozen=True, slots=True)
class DayView:
    """A day that differs from the plain week: whose word it is, and since when."""

    day: date
    kind: Literal["off", "working"]
    name: Label
    document: str
    own: bool
    """Set by the office (else shipped with the program)."""
    id: int | None = None
    set_by_name: str | None = None
    set_at: datetime | None = None


@record(frozen=True, slots=True)
class CalendarYear:
    """A year: its special days in order, how many working days."""

    year: int
    days: tuple[DayView, ...]
    working_days: int
    estimated: bool
    """Days that the Prime Minister has not announced yet are estimates."""


@record(frozen=True, slots=True)
class Shift:
    """One dossier whose due date a change moves."""

    code: str
    title: str
    state_label: Label
    unit_name: str
    before: date | None
    before_kind: str | None
    after: date | None
    after_kind: str | None
    becomes_late: bool
    stops_being_late: bool


@record(frozen=True, slots=True)
class ChangePlan:
    """What a change of a rule, a day or a hold would do, before it is saved. Writes nothing."""

    shifts: tuple[Shift, ...]
    """The first `SHIFTS_SHOWN`, those that become or stop being late before others, then by date."""
    moved: int
    become_late: int
    stop_being_late: int
    looked_at: int
    warnings: tuple[Label, ...] = ()


@record(frozen=True, slots=True)
class ChangeResult:
    """What was saved: how many due dates moved, in one transaction."""

    moved: int
    become_late: int
    stop_being_late: int
    id: int | None = None


SHIFTS_SHOWN = 200

# -- groups, the end of the year ----------------------------------------------------------------------

GROUPS: tuple[str, ...] = ("office", "holder", "province", "region", "phase", "basis", "age", "waits_for")


@record(frozen=True, slots=True)
class StalledGroup:
    """How many stand still in one group, by list; `asked` is the limit that shows just these."""

    key: str
    label: Label
    law: int
    policy: int
    waiting: int
    near: int
    oldest_on: date | None
    """The earliest due date in it."""
    money: int
    """Σ of the requested support, đồng."""
    asked: Mapping[str, object] = field(default_factory=dict)
    """Fields of `ListFilter` that show just this group; empty: there is no such limit."""
    stuck: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.law + self.policy + self.waiting + self.near + self.stuck


@record(frozen=True, slots=True)
class YearEndDate:
    """One of the dates that end a budget year: what has to be done by it, and how many still haven't."""

    on: date
    inclusive: bool
    label: Label
    basis: str
    left_days: int
    open: int
    money: int
    asked: Mapping[str, object] = field(default_factory=dict)
