"""The statements of db.stalled: what is on hold, who is charged, groups of what stands still."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from db.build_lists import HISTORY_COLUMNS, LINE_COLUMNS, Condition, D, H, conditions, kind_asked
from db.build_standing import LEFT
from db.compose import ANY, VIA
from db.core import Among, given, table
from db.models_clock import ClockMark, Hold
from db.statements import Shape
from db.url import Dialect

C = table(ClockMark)
P = table(Hold)
_OPEN: Condition = D.c.ending == sa.literal_column("''")
PLACE = (D.c.lifecycle, D.c.state, D.c.waits_for, D.c.province, D.c.unit_office)
"""What decides who may take a dossier on."""


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.type_coerce(column, sa.Text)


def _of_now(mark: Any) -> Condition:  # noqa: ANN401 - a table's columns
    """A clock mark or hold speaks of the dossier's present stay."""
    here: Condition = sa.and_(D.c.code == mark.dossier, D.c.entered_seq == mark.entered_seq, _OPEN)
    return here


def _in_force() -> Condition:
    day: Any = sa.type_coerce(given("day"), sa.Text)
    lifted = sa.or_(P.c.lifted_on.is_(None), _text(P.c.lifted_on) > day)
    return sa.and_(_text(P.c.from_on) <= day, _text(P.c.until_on) >= day, lifted)


def _held_on(_: Dialect) -> sa.Executable:
    """Ids of open dossiers on hold on :day, with the party."""
    return sa.select(D.c.id, P.c.party).join_from(P, D, _of_now(P.c)).where(_in_force())


def _holders(_: Dialect) -> sa.Executable:
    """Ids of open dossiers that somebody is charged with, and who."""
    made = sa.select(D.c.id, C.c.holder).join_from(C, D, _of_now(C.c)).where(C.c.holder.is_not(None))
    # Without statistics SQLite would go through all dossiers.
    return made.with_hint(C, "INDEXED BY ix_clock_holder", "sqlite")


def _when() -> sa.ColumnElement[Any]:
    """Where a deadline lies: "late" before :day, "near" before :near, "later", or "none"."""
    due = _text(D.c.due_on)
    return sa.case(
        (D.c.due_on.is_(None), sa.literal_column("'none'")),
        (due < given("day"), sa.literal_column("'late'")),
        (due < given("near"), sa.literal_column("'near'")),
        else_=sa.literal_column("'later'"),
    )


def _age() -> sa.ColumnElement[Any]:
    """Since when it stands in its state: the first of :age1, …, :age5 that isn't later, else 0."""
    entered = _text(D.c.entered_on)
    steps: list[Any] = [
        (entered >= given(f"age{number}"), sa.literal_column(str(number))) for number in range(1, 6)
    ]
    return sa.case(*steps, else_=sa.literal_column("0"))


BY: Mapping[str, Callable[[], sa.ColumnElement[Any]]] = {
    "": lambda: sa.literal_column("''"),
    "basis": lambda: sa.func.coalesce(D.c.due_basis, sa.literal_column("''")),
    "age": _age,
}
"""What groups need beside `PLACE`."""


def _last_rows(_: Dialect) -> sa.Executable:
    """The last row of the history of each of some dossiers."""
    last = sa.and_(H.c.dossier == D.c.code, H.c.seq == D.c.version)
    return sa.select(*HISTORY_COLUMNS).join_from(D, H, last).where(Among(D.c.code, "codes"))


def _columns(*numbers: int) -> list[sa.ColumnElement[Any]]:
    """Columns of the result by their places: PostgreSQL groups by no constant."""
    return [sa.literal_column(str(number)) for number in numbers]


def _by(made: sa.Select[Any], via: str) -> sa.Select[Any]:
    return made.with_hint(D, f"INDEXED BY {via}", "sqlite") if via else made


def _groups(_: Dialect, shape: Shape, by: str, via: str) -> sa.Executable:
    """Open dossiers by where they stand, their deadline's place and `by`: how many, đồng, first date."""
    key, when = BY[by]().label("kc_key"), _when().label("kc_when")
    total = sa.cast(sa.func.sum(D.c.requested), sa.BigInteger)
    made = sa.select(*PLACE, when, key, sa.func.count(), total, sa.func.min(_text(D.c.due_on)))
    made = made.where(_OPEN, *kind_asked(shape), *conditions(shape)).group_by(*PLACE, *_columns(6, 7))
    return _by(made, via)


def _groups_law(_: Dialect, shape: Shape, by: str, via: str) -> sa.Executable:
    """Of those that are late on :day, how many by law, by where they stand and `by`."""
    key = BY[by]().label("kc_key")
    made = sa.select(*PLACE, key, sa.func.count()).where(
        _OPEN,
        _text(D.c.due_on) < given("day"),
        D.c.due_kind == sa.literal_column("'law'"),
        *kind_asked(shape),
        *conditions(shape),
    )
    return _by(made.group_by(*PLACE, *_columns(6)), via)


def _money_left(_: Dialect, shape: Shape) -> sa.Executable:
    """Of the open proposals of a budget year, by source: how many have money left at each stage of its end.

    Pairs of (number, đồng) in the order of `build_standing.LEFT`.
    """
    pairs: list[sa.ColumnElement[Any]] = []
    for amount in LEFT.values():
        there = amount > _zero()
        pairs.append(sa.func.sum(sa.case((there, sa.literal_column("1")), else_=_zero())))
        pairs.append(sa.cast(sa.func.sum(sa.case((there, amount), else_=_zero())), sa.BigInteger))
    made = sa.select(D.c.source, *pairs).where(_OPEN, D.c.id > _zero(), *conditions(shape))
    return made.group_by(D.c.source)


def _as_of(dialect: Dialect, shape: Shape) -> sa.Executable:
    """Dossiers that had not ended by :day, each with its last leaf of a day up to then (none: not begun; "":
    it stands as it did).

    Papers, corrections and notes entered for an earlier day carry a later state, so they don't count; what a
    supervisor did does: it moves the due date.
    """
    act = (
        "json_extract(x.leaf, '$.refs.clock.act')"
        if dialect == "sqlite"
        else "((x.leaf)::jsonb #>> '{refs,clock,act}')"
    )
    counts: Any = sa.text(f"(x.action NOT IN ('record_papers', 'correct', 'note') OR {act} IS NOT NULL)")
    x = H.alias("x")
    last = sa.select(x.c.leaf).where(x.c.dossier == D.c.code, x.c.on_date <= given("day"), counts)
    leaf = last.order_by(x.c.seq.desc()).limit(sa.literal_column("1")).correlate(D).scalar_subquery()
    after = _text(D.c.last_on) > given("day")
    note: Any = sa.select(sa.literal_column("1")).where(
        *(x.c.dossier == D.c.code, x.c.seq > D.c.entered_seq, x.c.on_date > given("day")),
        x.c.action == sa.literal_column("'note'"),
    )
    noted = sa.and_(D.c.version > D.c.entered_seq, note.correlate(D).exists())
    # Most have not moved since: their history need not be looked at.
    then = sa.case((sa.or_(after, noted), leaf), else_=sa.literal_column("''"))
    return sa.select(*LINE_COLUMNS, then).where(sa.or_(_OPEN, after), *kind_asked(shape), *conditions(shape))


def _marked(_: Dialect) -> sa.Executable:
    """Dossiers about which supervisors ever did something."""
    return sa.select(D.c.id, D.c.code).where(D.c.code.in_(sa.select(C.c.dossier)))


def _zero() -> sa.ColumnElement[Any]:
    return sa.literal_column("0")


def _places(_: Dialect, column: str) -> sa.Executable:
    """Every province, or unit, that any dossier has: from each to the next, not by reading them all."""
    first = sa.select(sa.func.min(D.c[column]).label("place"))
    found = first.cte("kc_places", recursive=True)
    following = sa.select(sa.func.min(D.c[column])).where(D.c[column] > found.c.place).scalar_subquery()
    found = found.union_all(sa.select(following).where(found.c.place.is_not(None)))
    return sa.select(found.c.place).where(found.c.place.is_not(None))


BUILDERS: Mapping[str, Callable[..., sa.Executable]] = {
    "held_on": _held_on,
    "holders": _holders,
    "groups": _groups,
    "groups_law": _groups_law,
    "money_left": _money_left,
    "as_of": _as_of,
    "marked": _marked,
    "places": _places,
    "last_rows": _last_rows,
}
"""What builds each statement: (dialect, *shape) -> Core statement."""

KEPT: tuple[tuple[Any, ...], ...] = (
    ("held_on",),
    ("holders",),
    *((name, (ANY,), by, VIA) for name in ("groups", "groups_law") for by in BY),
    ("money_left", (ANY,)),
    ("as_of", (ANY,)),
    ("marked",),
    ("last_rows",),
    *(("places", column) for column in ("province", "unit_office")),
)
"""What is kept compiled."""
