"""The statements of db.dwell: stays, holds, returns and entries, counted in groups from the history.

A stay ends with a row whose state is another one than before. The row before that one says, like every leaf,
since when the dossier stood there: two rows tell a stay, whatever notes and papers lie between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from db.build_lists import Condition, D, H, conditions
from db.compose import ANY
from db.core import Among, Proposals, given
from db.statements import Shape
from db.url import Dialect

P = H.alias("p")
"""The row before."""
N = H.alias("n")
"""A row that ends a stay."""
HOLD = sa.table(
    "hold",
    *(sa.column(name, sa.Text) for name in ("dossier", "party", "from_on", "until_on", "lifted_on")),
    sa.column("entered_seq", sa.Integer),
)
_ONE: sa.ColumnElement[Any] = sa.literal_column("1")
_ZERO: sa.ColumnElement[Any] = sa.literal_column("0")


def _moves(row: Any) -> Condition:  # noqa: ANN401 - the history or an alias of it
    """A row with which a dossier leaves a state for another one."""
    moves: Condition = row.c.from_state != row.c.to_state
    return moves


def _days(dialect: Dialect, start: sa.ColumnElement[Any], end: sa.ColumnElement[Any]) -> Any:  # noqa: ANN401
    """Calendar days between two dates that are texts."""
    if dialect == "sqlite":
        julian = sa.func.julianday
        return sa.cast(julian(end, type_=sa.Float) - julian(start, type_=sa.Float), sa.Integer)
    return sa.cast(end, sa.Date) - sa.cast(start, sa.Date)


def _entered_on(dialect: Dialect) -> sa.ColumnElement[str]:
    """Since when the dossier stood in its state, by the row before."""
    if dialect == "sqlite":
        return sa.func.json_extract(P.c.leaf, sa.literal_column("'$.entered_on'"), type_=sa.Text)
    entered: sa.ColumnElement[str] = sa.cast(P.c.leaf, JSONB).op("->>")(sa.literal_column("'entered_on'"))
    return entered


def _late(dialect: Dialect) -> sa.ColumnElement[Any]:
    """1 for a row whose deadline, in force when it was done, had passed."""
    if dialect == "sqlite":
        met = sa.func.json_extract(H.c.leaf, sa.literal_column("'$.deadline.met'"), type_=sa.Integer)
        late: Condition = met == _ZERO
    else:
        deadline = sa.cast(H.c.leaf, JSONB).op("->")(sa.literal_column("'deadline'"))
        late = deadline.op("->>")(sa.literal_column("'met'")) == sa.literal_column("'false'")
    return sa.case((late, _ONE), else_=_ZERO)


def _in_period(bounded: bool) -> list[Condition]:
    """The date of the act lies in the period, both days included."""
    return [H.c.on_date >= given("on_from"), H.c.on_date <= given("on_to")] if bounded else []


def _of_dossiers(made: sa.Select[Any], shape: Shape) -> sa.Select[Any]:
    return made.where(Proposals(D.c.id), *conditions(shape))


def stays(dialect: Dialect, shape: Shape, bounded: bool, by_office: bool) -> sa.Executable:
    """(lifecycle, state, office or "", days, how many, how many late) of the stays that ended."""
    office: sa.ColumnElement[Any] = D.c.unit_office if by_office else sa.literal_column("''", sa.Text)
    days = _days(dialect, _entered_on(dialect), H.c.on_date).label("days")
    there: sa.ColumnElement[str] = H.c.from_state
    group = (H.c.lifecycle, there, days, *((office,) if by_office else ()))
    made: sa.Select[Any] = sa.select(
        H.c.lifecycle, there, office, days, sa.func.count(), sa.func.sum(_late(dialect))
    )
    before = (P.c.dossier == H.c.dossier) & (P.c.seq == H.c.seq - _ONE)
    made = made.join_from(H, D, D.c.code == H.c.dossier).join(P, before)
    made = _of_dossiers(made.where(*_in_period(bounded), _moves(H)), shape)
    return made.group_by(*group)


def holds(dialect: Dialect, shape: Shape, bounded: bool) -> sa.Executable:
    """(lifecycle, state, party, days on hold within the stays that ended)."""
    entry = P
    following = (
        sa.select(sa.func.min(N.c.seq))
        .where(N.c.dossier == HOLD.c.dossier, N.c.seq > HOLD.c.entered_seq, _moves(N))
        .correlate(HOLD)
        .scalar_subquery()
    )
    least = sa.func.min if dialect == "sqlite" else sa.func.least
    most = sa.func.max if dialect == "sqlite" else sa.func.greatest
    # The day after the last one: a hold has both its days, a stay only the first.
    if dialect == "sqlite":
        after: Any = sa.func.date(HOLD.c.until_on, sa.literal_column("'+1 day'"), type_=sa.Text)
    else:
        after = sa.func.to_char(
            sa.cast(HOLD.c.until_on, sa.Date) + _ONE, sa.literal_column("'YYYY-MM-DD'"), type_=sa.Text
        )
    lifted = sa.func.coalesce(HOLD.c.lifted_on, after)
    end = least(after, lifted, H.c.on_date, type_=sa.Text)
    start = most(HOLD.c.from_on, entry.c.on_date, type_=sa.Text)
    days = sa.func.sum(most(_ZERO, _days(dialect, start, end)))
    made: sa.Select[Any] = sa.select(H.c.lifecycle, H.c.from_state, HOLD.c.party, days)
    made = (
        made.join_from(HOLD, D, D.c.code == HOLD.c.dossier)
        .join(entry, (entry.c.dossier == HOLD.c.dossier) & (entry.c.seq == HOLD.c.entered_seq))
        .join(H, (H.c.dossier == HOLD.c.dossier) & (H.c.seq == following))
    )
    made = _of_dossiers(made.where(*_in_period(bounded)), shape)
    return made.group_by(H.c.lifecycle, H.c.from_state, HOLD.c.party)


def returns(_: Dialect, shape: Shape, bounded: bool) -> sa.Executable:
    """(office of the act, lifecycle, action, rows, dossiers, dossiers more than once, most, its code)."""
    group = (H.c.office, H.c.lifecycle, H.c.action)
    made: sa.Select[Any] = sa.select(*group, H.c.dossier, sa.func.count().label("times"))
    made = made.join_from(H, D, D.c.code == H.c.dossier)
    made = _of_dossiers(made.where(Among(H.c.action, "actions"), *_in_period(bounded)), shape)
    each = made.group_by(*group, H.c.dossier).subquery("each_file")
    worst = (
        sa.func.row_number()
        .over(
            partition_by=(each.c.office, each.c.lifecycle, each.c.action),
            order_by=(each.c.times.desc(), each.c.dossier),
        )
        .label("place")
    )
    ranked = sa.select(each, worst).subquery("ranked")
    again = sa.case((ranked.c.times > _ONE, _ONE), else_=_ZERO)
    first = sa.case((ranked.c.place == _ONE, ranked.c.dossier))
    return sa.select(
        ranked.c.office,
        ranked.c.lifecycle,
        ranked.c.action,
        sa.func.sum(ranked.c.times),
        sa.func.count(),
        sa.func.sum(again),
        sa.func.max(ranked.c.times),
        sa.func.min(first),
    ).group_by(ranked.c.office, ranked.c.lifecycle, ranked.c.action)


def entries(_: Dialect, shape: Shape) -> sa.Executable:
    """(month as YYYY-MM, lifecycle, from or None, to, how many) of the rows that enter a state."""
    month = sa.func.substr(H.c.on_date, _ONE, sa.literal_column("7"), type_=sa.Text)
    enters = H.c.from_state.is_(None) | _moves(H)
    made: sa.Select[Any] = sa.select(month, H.c.lifecycle, H.c.from_state, H.c.to_state, sa.func.count())
    made = made.join_from(H, D, D.c.code == H.c.dossier)
    made = _of_dossiers(made.where(*_in_period(bounded=True), enters), shape)
    return made.group_by(month, H.c.lifecycle, H.c.from_state, H.c.to_state)


def standing(_: Dialect, shape: Shape, by_office: bool) -> sa.Executable:
    """(lifecycle, state, office or "", how many stand there)."""
    office: sa.ColumnElement[Any] = D.c.unit_office if by_office else sa.literal_column("''", sa.Text)
    made: sa.Select[Any] = sa.select(D.c.lifecycle, D.c.state, office, sa.func.count())
    group = (D.c.lifecycle, D.c.state, *((D.c.unit_office,) if by_office else ()))
    return _of_dossiers(made, shape).group_by(*group)


BUILDERS: Mapping[str, Callable[..., sa.Executable]] = {
    "dwell_stays": stays,
    "dwell_holds": holds,
    "dwell_returns": returns,
    "dwell_entries": entries,
    "dwell_standing": standing,
}
"""What builds each statement: (dialect, *shape) -> Core statement."""

KEPT: tuple[tuple[Any, ...], ...] = (
    *(("dwell_stays", (ANY,), bounded, office) for bounded in (False, True) for office in (False, True)),
    *((name, (ANY,), bounded) for name in ("dwell_holds", "dwell_returns") for bounded in (False, True)),
    ("dwell_entries", (ANY,)),
    *(("dwell_standing", (ANY,), office) for office in (False, True)),
)
"""What is kept compiled."""
