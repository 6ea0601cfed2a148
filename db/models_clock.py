"""The tables of time: what supervisors did, the offices' own rules and days, duties, the letters."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from db.base import CLUSTERED, INTEGER, STRICT, TEXT, Base, Day, Instant, check, column, index_where


class ClockMark(Base, table=True):
    """What supervisors did about a dossier since it entered its state, one row for each dossier.

    Written by the history's own triggers from clock notes. A dossier that moves on leaves its row as it is:
    `entered_seq` says of which stay it speaks.
    """

    __tablename__ = "clock"
    __table_args__ = (
        check("level BETWEEN 0 AND 3 AND reminders >= 0", "level"),
        index_where("holder IS NOT NULL", "ix_clock_holder", "holder", "dossier"),
        CLUSTERED,
    )
    dossier: str = column(TEXT, primary_key=True)
    seq: int = column(INTEGER)
    entered_seq: int = column(INTEGER)
    holder: str | None = column(TEXT, null=True)
    reminders: int = column(INTEGER)
    reminded_on: date | None = column(Day, null=True)
    level: int = column(INTEGER)


class Hold(Base, table=True):
    """A pause of the office's own clocks, both days included; `lifted_on` is the first day that counts again.

    The days of two holds of one stay never overlap.
    """

    __tablename__ = "hold"
    __table_args__ = (
        check("until_on >= from_on", "until"),
        check("(lifted_on IS NULL) = (lifted_seq IS NULL)", "lifted"),
        check("lifted_on IS NULL OR lifted_on BETWEEN from_on AND until_on", "lifted_on"),
        sa.Index(None, "until_on", "from_on"),
        CLUSTERED,
    )
    dossier: str = column(TEXT, primary_key=True)
    seq: int = column(INTEGER, primary_key=True)
    entered_seq: int = column(INTEGER)
    party: str = column(TEXT)
    from_on: date = column(Day)
    until_on: date = column(Day)
    lifted_on: date | None = column(Day, null=True)
    lifted_seq: int | None = column(INTEGER, null=True)


class OfficeRule(Base, table=True):
    """An office's own deadline for a state: closed, never changed.

    Closed before its first day it never counts: only then may `valid_to` lie before `valid_from`.
    """

    __tablename__ = "office_rule"
    __table_args__ = (
        check(
            "\"by\" IN ('fixed_date', 'working_days', 'calendar_days', 'months', 'monthly', 'term_end')", "by"
        ),
        check("\"by\" NOT IN ('working_days', 'calendar_days') OR days > 0", "days"),
        check("(\"by\" = 'months') = (months > 0) AND months >= 0", "months"),
        check("\"by\" <> 'fixed_date' OR (month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31)", "date"),
        check("\"by\" <> 'monthly' OR day BETWEEN 1 AND 31", "day"),
        check("plan_year BETWEEN -2 AND 2 AND inclusive IN (0, 1)", "plan_year"),
        check("trim(basis) <> ''", "basis"),
        check("valid_to IS NULL OR valid_to >= valid_from OR closed_at IS NOT NULL", "validity"),
        check("(closed_at IS NULL) = (closed_by IS NULL)", "closed"),
        check("closed_at IS NULL OR valid_to IS NOT NULL", "closed_to"),
        sa.Index(None, "lifecycle", "state"),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    office: str = column(TEXT, sa.ForeignKey("organisation.code"))
    lifecycle: str = column(TEXT)
    state: str = column(TEXT)
    by: str = column(TEXT)
    days: int = column(INTEGER)
    month: int = column(INTEGER)
    day: int = column(INTEGER)
    plan_year: int = column(INTEGER)
    inclusive: int = column(INTEGER)
    basis: str = column(TEXT)
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)
    set_by: str = column(TEXT, sa.ForeignKey("person.login"))
    set_at: datetime = column(Instant)
    closed_by: str | None = column(TEXT, sa.ForeignKey("person.login"), null=True)
    closed_at: datetime | None = column(Instant, null=True)
    months: int = column(INTEGER)


class OfficeDay(Base, table=True):
    """A day of the office's own calendar with its document: withdrawn, never changed; one in force a day."""

    __tablename__ = "office_day"
    __table_args__ = (
        check("kind IN ('off', 'working')", "kind"),
        check("trim(name) <> '' AND trim(document) <> ''", "document"),
        check("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", "withdrawn"),
        index_where("withdrawn_at IS NULL", "uq_office_day_day", "day", unique=True),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    day: date = column(Day)
    kind: str = column(TEXT)
    name: str = column(TEXT)
    document: str = column(TEXT)
    set_by: str = column(TEXT, sa.ForeignKey("person.login"))
    set_at: datetime = column(Instant)
    withdrawn_by: str | None = column(TEXT, sa.ForeignKey("person.login"), null=True)
    withdrawn_at: datetime | None = column(Instant, null=True)


class Duty(Base, table=True):
    """Who is told what is late in an office: its head or its leader, from/to; ended, never removed."""

    __tablename__ = "duty"
    __table_args__ = (
        check("level IN ('head', 'leader')", "level"),
        check("valid_to IS NULL OR valid_to >= valid_from", "validity"),
        sa.Index(None, "organisation"),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    organisation: str = column(TEXT, sa.ForeignKey("organisation.code"))
    level: str = column(TEXT)
    person: str = column(TEXT, sa.ForeignKey("person.login"))
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)


class Digest(Base, table=True):
    """One letter of one morning to one person; what it says never changes, only what became of it."""

    __tablename__ = "digest"
    __table_args__ = (
        sa.UniqueConstraint("day", "person"),
        check("state IN ('pending', 'sent', 'failed')", "state"),
        check("items >= 0 AND attempts >= 0", "items"),
        check("state <> 'sent' OR sent_at IS NOT NULL", "sent"),
        sa.Index(None, "person", "day"),
        index_where("state <> 'sent'", "ix_digest_state", "state", "id"),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    day: date = column(Day)
    person: str = column(TEXT, sa.ForeignKey("person.login"))
    address: str = column(TEXT)
    subject: str = column(TEXT)
    body: str = column(TEXT)
    items: int = column(INTEGER)
    made_at: datetime = column(Instant)
    state: str = column(TEXT)
    attempts: int = column(INTEGER, default=0)
    last_error: str | None = column(TEXT, null=True)
    tried_at: datetime | None = column(Instant, null=True)
    sent_at: datetime | None = column(Instant, null=True)
    message_id: str | None = column(TEXT, null=True)
