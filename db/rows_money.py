"""What leaves the store about money: whole đồng, frozen dataclasses."""

from __future__ import annotations

from datetime import datetime

from states.records import record


@record(frozen=True, slots=True)
class FundRow:
    """The money of a plan, a round or a contract: its ceiling and the running totals of what charged it."""

    dossier: str
    """Code of the plan, round or contract."""
    ceiling: int
    approved: int
    allocated: int
    contracted: int
    advanced: int
    accepted: int
    settled: int
    returned: int
    charges: int
    """How many charges it has had."""


@record(frozen=True, slots=True)
class ChargeRow:
    """What one move of a dossier charged to one fund; dong is less than 0 where money was released."""

    dossier: str
    seq: int
    owner: str
    """Code of the plan, round or contract that was charged."""
    owner_kind: str
    """"annual_plan", "allocation_round" or "contract"."""
    no: int
    """Which charge of its owner it is, from 1."""
    kind: str
    """Which of the fund's totals it moved: "approved", "allocated", …"""
    dong: int


@record(frozen=True, slots=True)
class WorkRow:
    """Who is to get what by a decision that is not made yet."""

    owner: str
    dossier: str
    dong: int
    ordinal: int
    note: str | None = None


@record(frozen=True, slots=True)
class FigureRow:
    """A figure that somebody published; `withdrawn_at` once it was taken back."""

    id: int
    plan_year: int
    area: str
    """Key of a province ("63:02"), or "north", "central", "south", "vn"."""
    source: str
    """"kcqg", "kcdp" or "total"."""
    stage: str
    """"planned", "approved", "allocated", …"""
    round: int | None
    dong: int
    unit_dong: int
    """The printed precision: 100,000,000 for tenths of a tỷ."""
    basis: str
    entered_by: str
    entered_at: datetime
    withdrawn_at: datetime | None = None
