"""The tables of money: funds and what charges them, the sheet before a decision, published figures."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from db.base import CLUSTERED, INTEGER, STRICT, TEXT, Base, Instant, check, column, index_where


class Fund(Base, table=True):
    """The money of a plan, a round or a contract: its ceiling and what was charged to it, as running totals.

    Moved by the history's own triggers. A sum over the charges would let two transactions that can't see
    each other spend the same money; a total in one row makes the second wait for the first.
    """

    __tablename__ = "fund"
    __table_args__ = (
        check("ceiling >= 0 AND charges >= 0", "ceiling"),
        check("approved >= 0 AND approved <= ceiling", "approved"),
        check("allocated >= 0 AND allocated - returned <= ceiling", "allocated"),
        check("contracted >= 0 AND contracted <= ceiling", "contracted"),
        check("advanced >= 0 AND advanced - returned <= contracted", "advanced"),
        check("accepted >= 0 AND accepted <= contracted", "accepted"),
        check("settled >= 0 AND settled <= accepted", "settled"),
        check("returned >= 0", "returned"),
        CLUSTERED,
    )
    dossier: str = column(TEXT, primary_key=True)
    ceiling: int = column(INTEGER)
    approved: int = column(INTEGER)
    allocated: int = column(INTEGER)
    contracted: int = column(INTEGER)
    advanced: int = column(INTEGER)
    accepted: int = column(INTEGER)
    settled: int = column(INTEGER)
    returned: int = column(INTEGER)
    charges: int = column(INTEGER)


class Charge(Base, table=True):
    """What one move charged to one fund; `no` counts the charges of the fund, from 1.

    dong: what was added to the fund's `kind`; less than 0 when money was released.
    """

    __tablename__ = "charge"
    __table_args__ = (
        sa.UniqueConstraint("owner", "no"),
        # On SQLite nobody else writes meanwhile: what its guard has looked up stays true, without an index.
        index_where(
            "owner_kind = 'allocation_round' AND kind = 'allocated' AND dong > 0",
            "uq_charge_round",
            *("owner", "dossier"),
            unique=True,
            only="postgresql",
        ),
        CLUSTERED,
    )
    dossier: str = column(TEXT, primary_key=True)
    seq: int = column(INTEGER, primary_key=True)
    owner: str = column(TEXT, primary_key=True)
    owner_kind: str = column(TEXT)
    no: int = column(INTEGER)
    kind: str = column(TEXT)
    dong: int = column(INTEGER)


class Worksheet(Base, table=True):
    """Who is to get what by a decision that is not made yet: freely changed, no history."""

    __tablename__ = "worksheet"
    __table_args__ = (
        check("dong > 0 AND dong <= 9007199254740991", "dong"),
        check("length(note) <= 2000", "note"),
        CLUSTERED,
    )
    owner: str = column(TEXT, sa.ForeignKey("dossier.code"), primary_key=True)
    dossier: str = column(TEXT, sa.ForeignKey("dossier.code"), primary_key=True)
    dong: int = column(INTEGER)
    ordinal: int = column(INTEGER)
    note: str | None = column(TEXT, null=True)


class BudgetFigure(Base, table=True):
    """A figure that somebody published, as printed: withdrawn, never changed.

    area: key of a province ("63:02"), or north, central, south, vn. unit_dong: the printed precision
    (100,000,000 for tenths of a tỷ).
    """

    __tablename__ = "budget_figure"
    __table_args__ = (
        check("dong >= 0 AND dong <= 9007199254740991 AND unit_dong > 0", "dong"),
        check("source IN ('kcqg', 'kcdp', 'total')", "source"),
        check("round IS NULL OR round > 0", "round"),
        sa.Index(None, "plan_year"),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    plan_year: int = column(INTEGER)
    area: str = column(TEXT)
    source: str = column(TEXT)
    stage: str = column(TEXT)
    round: int | None = column(INTEGER, null=True)
    dong: int = column(INTEGER)
    unit_dong: int = column(INTEGER)
    basis: str = column(TEXT)
    entered_by: str = column(TEXT, sa.ForeignKey("person.login"))
    entered_at: datetime = column(Instant)
    withdrawn_at: datetime | None = column(Instant, null=True)
