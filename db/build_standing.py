"""Conditions on how dossiers stand still: who may take them on, holds, dates, money left at a year's end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from db.core import Among, given, table
from db.models import Dossier

D = table(Dossier)
Condition = sa.ColumnElement[bool]
_ZERO: sa.ColumnElement[Any] = sa.literal_column("0")


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.type_coerce(column, sa.Text)


_PROPOSAL_ROW: Condition = D.c.id >= sa.literal_column("1")
PLACED = ("department", "finance_department", "provincial_committee")
"""Roles that are held for provinces."""


def _nobody() -> Condition:
    """No person holds a role that takes the dossier on (db.queries.Authority).

    :by_none are the states, with their lifecycle, that no national office takes on; of the others, :at_… are
    the states that a role takes on and :of_… the provinces, or units, in which somebody holds it.
    """
    state: Any = D.c.lifecycle.op("||")(sa.literal_column("' '")).op("||")(D.c.state)
    unit = sa.and_(Among(state, "at_unit"), Among(D.c.unit_office, "of_unit"))
    placed = (sa.and_(Among(state, f"at_{role}"), Among(D.c.province, f"of_{role}")) for role in PLACED)
    return sa.and_(Among(state, "by_none"), *(sa.not_(each) for each in (unit, *placed)))


def _standing() -> Condition:
    """The dossier stands still in one of the ways that are wanted (db.queries.Standing)."""
    due = _text(D.c.due_on)
    stuck = sa.or_(Among(D.c.id, "stuck_ids", numbers=True), _nobody())
    waits = sa.or_(Among(D.c.waits_for, "outside"), Among(D.c.id, "held_ids", numbers=True))
    on_time = sa.and_(due >= given("day"), due < given("near"), _wanted("want_near"))
    late = sa.and_(due < given("day"), sa.or_(_wanted("want_late"), D.c.due_kind == given("late_kind")))
    ours = sa.and_(sa.not_(waits), sa.or_(late, on_time))
    moving = sa.and_(sa.not_(stuck), sa.or_(sa.and_(waits, _wanted("want_waiting")), ours))
    return sa.or_(sa.and_(stuck, _wanted("want_stuck")), moving)


def _wanted(name: str) -> Condition:
    made: Condition = given(name) == sa.literal_column("1")
    return made


LEFT: Mapping[str, sa.ColumnElement[Any]] = {
    "unpaid": D.c.allocated - D.c.advanced,
    "unaccepted": D.c.allocated - D.c.accepted,
    "unsettled": sa.case((D.c.settled == _ZERO, D.c.allocated - D.c.returned), else_=_ZERO),
    "unused": D.c.allocated - D.c.settled - D.c.returned,
    "uncleared": D.c.advanced - D.c.settled - D.c.returned,
}
"""Đồng of a proposal that are left at a stage of its budget year's end, more than 0 where any are.

Allocated and not paid out, not accepted, with nothing settled; allocated, or paid out, and neither settled
nor returned.
"""


def _left(name: str) -> Condition:
    made: Condition = LEFT[name] > _ZERO
    return made


CONDITIONS: Mapping[str, Callable[[], Condition]] = {
    "hide_drafts": lambda: sa.not_(sa.and_(Among(D.c.state, "hide_states"), _PROPOSAL_ROW)),
    "not_ids": lambda: sa.not_(Among(D.c.id, "not_ids", numbers=True)),
    "due_basis": lambda: D.c.due_basis == given("due_basis"),
    "entered_from": lambda: _text(D.c.entered_on) >= given("entered_from"),
    "entered_before": lambda: _text(D.c.entered_on) < given("entered_before"),
    "nobody": _nobody,
    "somebody": lambda: sa.not_(_nobody()),
    "standing": _standing,
    **{f"left_{name}": lambda name=name: _left(name) for name in LEFT},  # type: ignore[misc]
}
"""By their names in a shape."""
