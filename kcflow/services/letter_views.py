"""The morning's letters, who has which duty, where letters go."""

from __future__ import annotations

from datetime import date, datetime

from states.model import Label
from states.records import record


@record(frozen=True, slots=True)
class DigestView:
    """One letter: to whom, what it says, and what became of it."""

    day: date
    person: str
    person_name: str
    address: str | None
    """None: the person has no address, the letter can't be sent."""
    subject: str
    body: str
    items: int
    state: str
    """ "planned", "pending", "sent", "failed", "no_address"."""
    attempts: int = 0
    error: Label | None = None
    sent_at: datetime | None = None


@record(frozen=True, slots=True)
class DigestResult:
    """What one run did; `day_off` names the day off on which nothing is sent."""

    day: date
    sent: int
    pending: int
    failed: int
    already: int
    no_address: tuple[str, ...]
    escalated: int
    day_off: Label | None = None
    trouble: Label | None = None
    """Why the mail server took no more; what is pending goes with the next run."""


@record(frozen=True, slots=True)
class DutyView:
    """Who is told what is late in an office: its head ("trưởng phòng") or leader ("lãnh đạo")."""

    id: int
    level: str
    """ "head" or "leader"."""
    level_label: Label
    office: str
    office_name: str
    person: str
    person_name: str
    valid_from: date
    valid_to: date | None


@record(frozen=True, slots=True)
class AddressView:
    """Where a person's letters go; None: nowhere yet."""

    login: str
    name: str
    address: str | None
