"""The statements of money: funds, charges, sheets, published figures, dossiers that are no proposals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from db.build_lists import LINE_COLUMNS, D
from db.core import Among, given, table
from db.models_money import BudgetFigure, Charge, Fund, Worksheet
from db.rows_money import ChargeRow, FigureRow, FundRow, WorkRow
from db.statements import Shape
from db.url import Dialect

F, C, W, B = table(Fund), table(Charge), table(Worksheet), table(BudgetFigure)
FIGURE = ("plan_year", "area", "source", "stage", "round", "dong", "unit_dong", "basis", "entered_by")
OTHERS = ("source", "plan_year", "province", "unit_office", "state")
"""What dossiers of another kind may be asked by."""


def _all(of: sa.Table, row: type[Any]) -> sa.Select[Any]:
    return sa.select(*(of.c[field.name] for field in fields(row)))


def _charges_to(_: Dialect, kind: bool) -> sa.Executable:
    found = _all(C, ChargeRow).where(C.c.owner == given("owner"))
    return (found.where(C.c.kind == given("kind")) if kind else found).order_by(C.c.no)


def _put_work(dialect: Dialect) -> sa.Executable:
    names = ("owner", "dossier", "dong", "ordinal", "note")
    into: Any = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(W)
    made = into.inline().values({name: given(name) for name in names})
    put: sa.Executable = made.on_conflict_do_update(
        index_elements=[W.c.owner, W.c.dossier],
        set_={name: made.excluded[name] for name in ("dong", "ordinal", "note")},
    )
    return put


def _add_figure(_: Dialect) -> sa.Executable:
    # As text: the column's own type would ask for a datetime.
    values = {name: given(name) for name in FIGURE}
    values["entered_at"] = sa.type_coerce(given("entered_at"), sa.Text)  # type: ignore[assignment]
    return B.insert().values(values).returning(B.c.id)


def _withdraw_figure(_: Dialect) -> sa.Executable:
    at = sa.type_coerce(given("at"), sa.Text)
    return sa.update(B).where(B.c.id == given("id"), B.c.withdrawn_at.is_(None)).values(withdrawn_at=at)


def _others(_: Dialect, shape: Shape) -> sa.Executable:
    """Dossiers of one kind, newest first: their ids are negative, the newest one's the least."""
    asked = [D.c[name] == given(name) for name in shape]
    below = D.c.id < sa.literal_column("0")
    return sa.select(*LINE_COLUMNS).where(below, D.c.kind == given("kind"), *asked).order_by(D.c.id)


BUILDERS: Mapping[str, Callable[..., sa.Executable]] = {
    "funds": lambda _: _all(F, FundRow).where(Among(F.c.dossier, "codes")),
    "charges_to": _charges_to,
    "charges_of": lambda _: (
        _all(C, ChargeRow).where(C.c.dossier == given("dossier")).order_by(C.c.seq, C.c.owner)
    ),
    "worksheet": lambda _: (
        _all(W, WorkRow).where(W.c.owner == given("owner")).order_by(W.c.ordinal, W.c.dossier)
    ),
    "work_totals": lambda _: (
        sa.select(W.c.owner, sa.func.count(), sa.cast(sa.func.sum(W.c.dong), sa.BigInteger))
        .where(Among(W.c.owner, "owners"))
        .group_by(W.c.owner)
    ),
    "put_work": _put_work,
    "clear_work": lambda _: sa.delete(W).where(W.c.owner == given("owner")),
    "drop_work": lambda _: sa.delete(W).where(W.c.owner == given("owner"), W.c.dossier == given("dossier")),
    "figures": lambda _: _all(B, FigureRow).where(B.c.plan_year == given("plan_year")).order_by(B.c.id),
    "add_figure": _add_figure,
    "withdraw_figure": _withdraw_figure,
    "others": _others,
    # Proposals (whose ids are positive) before what they are charged to.
    "lock_dossiers": lambda _: (
        sa.select(D.c.code)
        .where(Among(D.c.code, "codes"))
        .order_by(D.c.id < sa.literal_column("0"), D.c.code)
        .with_for_update(key_share=True)
    ),
    "lock_funds": lambda _: (
        sa.select(F.c.dossier)
        .where(Among(F.c.dossier, "codes"))
        .order_by(F.c.dossier)
        .with_for_update(key_share=True)
    ),
}
"""What builds each statement: (dialect, *shape) -> Core statement."""

KEPT: tuple[tuple[Any, ...], ...] = (
    *((name,) for name in BUILDERS if name not in ("charges_to", "others", "lock_dossiers", "lock_funds")),
    *(("charges_to", kind) for kind in (False, True)),
    *(("others", shape) for shape in ((), ("plan_year",), ("plan_year", "source"))),
    *(("others", shape) for shape in (("state",), ("plan_year", "province", "source"))),
)
"""What is kept compiled."""
