"""The statements of time: clocks and holds, the office's own rules and days, duties, letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.build_lists import D
from db.core import Among, given, table
from db.models_clock import ClockMark, Digest, Duty, Hold, OfficeDay, OfficeRule
from db.rows_clock import ClockRow, DigestRow, DutyRow, HoldRow, OfficeDayRow, OfficeRuleRow
from db.statements import Shape
from db.url import Dialect

K, P, R = table(ClockMark), table(Hold), table(OfficeRule)
O, U, G = table(OfficeDay), table(Duty), table(Digest)  # noqa: E741
RULE = (
    *("office", "lifecycle", "state", "by", "days", "month", "day", "plan_year", "inclusive", "months"),
    *("basis", "valid_from", "valid_to", "set_by", "set_at"),
)
DAY = ("day", "kind", "name", "document", "set_by", "set_at")
DUTY = ("organisation", "level", "person", "valid_from", "valid_to")
DIGEST = ("day", "person", "address", "subject", "body", "items", "made_at", "state", "message_id")
MARKED = ("state", "attempts", "last_error", "tried_at", "sent_at", "message_id")
"""What becomes of a letter."""


def _all(of: sa.Table, row: type[Any]) -> sa.Select[Any]:
    return sa.select(*(of.c[field.name] for field in fields(row)))


def _text(name: str) -> Any:  # noqa: ANN401 - a parameter
    # As text: the column's own type would ask for a date or a time.
    return sa.type_coerce(given(name), sa.Text)


def _values(of: sa.Table, names: tuple[str, ...]) -> dict[str, Any]:
    numbers = {name: isinstance(of.c[name].type, sa.Integer) for name in names}
    return {name: given(name) if numbers[name] else _text(name) for name in names}


def _insert(of: sa.Table, names: tuple[str, ...]) -> sa.Executable:
    return of.insert().values(_values(of, names)).returning(of.c.id)


def _present(of: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(D.c.code == of.c.dossier, D.c.entered_seq == of.c.entered_seq)


def _clocks(_: Dialect) -> sa.Executable:
    return _all(K, ClockRow).join_from(K, D, _present(K)).where(Among(K.c.dossier, "codes"))


def _holds(_: Dialect, present: bool) -> sa.Executable:
    made = _all(P, HoldRow)
    made = made.join_from(P, D, _present(P)) if present else made
    return made.where(Among(P.c.dossier, "codes")).order_by(P.c.dossier, P.c.from_on, P.c.seq)


def _ids_held(_: Dialect) -> sa.Executable:
    day = _text("day")
    until, since = sa.type_coerce(P.c.until_on, sa.Text), sa.type_coerce(P.c.from_on, sa.Text)
    lifted = sa.type_coerce(P.c.lifted_on, sa.Text)
    made = sa.select(D.c.id).join_from(P, D, _present(P))
    return made.where(until >= day, since <= day, lifted.is_(None) | (lifted > day)).order_by(D.c.id)


def _close_office_rule(_: Dialect) -> sa.Executable:
    values = {"valid_to": _text("valid_to"), "closed_by": given("by"), "closed_at": _text("at")}
    return sa.update(R).where(R.c.id == given("id"), R.c.closed_at.is_(None)).values(values)


def _withdraw_office_day(_: Dialect) -> sa.Executable:
    values = {"withdrawn_by": given("by"), "withdrawn_at": _text("at")}
    return sa.update(O).where(O.c.id == given("id"), O.c.withdrawn_at.is_(None)).values(values)


def _duties(_: Dialect, on: bool) -> sa.Executable:
    made = _all(U, DutyRow).order_by(U.c.organisation, U.c.level, U.c.valid_from, U.c.id)
    if not on:
        return made
    begun = sa.type_coerce(U.c.valid_from, sa.Text) <= _text("on")
    ended = sa.type_coerce(U.c.valid_to, sa.Text)
    return made.where(begun, ended.is_(None) | (ended >= _text("on")))


def _reminded_since(_: Dialect) -> sa.Executable:
    reminded = sa.type_coerce(K.c.reminded_on, sa.Text)
    made = sa.select(D.c.code).join_from(K, D, _present(K))
    return made.where(reminded >= _text("day"), D.c.ending == sa.literal_column("''")).order_by(D.c.code)


def _raised_beyond(_: Dialect) -> sa.Executable:
    due = sa.type_coerce(D.c.due_on, sa.Text)
    made = sa.select(D.c.code).join_from(K, D, _present(K)).where(K.c.level > 0)
    later = due.is_(None) | (due >= _text("day"))
    return made.where(D.c.ending == sa.literal_column("''"), later).order_by(D.c.code)


def _digests(_: Dialect, asked: Shape) -> sa.Executable:
    made = _all(G, DigestRow).order_by(G.c.id.desc()).limit(given("limit"))
    for name in asked:
        made = made.where(
            Among(G.c.state, "states")
            if name == "states"
            else sa.type_coerce(G.c[name], sa.Text) == _text(name)
        )
    return made


def _add_digest(dialect: Dialect) -> sa.Executable:
    """Insert a letter unless the person has that day's already; returns its id or nothing."""
    values = _values(G, DIGEST)
    if dialect == "postgresql":
        made = postgresql.insert(G).values(values)
        added: sa.Executable = made.on_conflict_do_nothing(index_elements=[G.c.day, G.c.person]).returning(
            G.c.id
        )
        return added
    # The guard refuses a second one before a conflict could be passed over; a file has one writer at a time.
    there = sa.exists().where(sa.type_coerce(G.c.day, sa.Text) == _text("day"), G.c.person == given("person"))
    chosen = sa.select(*values.values()).where(~there)
    return G.insert().inline().from_select(DIGEST, chosen, include_defaults=False).returning(G.c.id)


def _mark_digest(_: Dialect) -> sa.Executable:
    return sa.update(G).where(G.c.id == given("id_")).values(_values(G, MARKED))


def _open_codes(_: Dialect, asked: Shape) -> sa.Executable:
    """Dossiers of every kind that have not ended, by id."""
    made = sa.select(D.c.id, D.c.code).where(D.c.ending == sa.literal_column("''"))
    if "after" in asked:
        made = made.where(D.c.id > given("after"))
    if "lifecycles" in asked:
        made = made.where(Among(D.c.lifecycle, "lifecycles"))
    if "states" in asked:
        made = made.where(Among(D.c.state, "states"))
    return made.order_by(D.c.id).limit(given("limit"))


def _rulebook_stamp(_: Dialect) -> sa.Executable:
    """Rows are added, and each is closed once: four counts change with everything that happens."""
    return sa.select(
        *(
            sa.select(sa.func.count(column)).select_from(of).scalar_subquery()
            for of, column in ((R, R.c.id), (R, R.c.closed_at), (O, O.c.id), (O, O.c.withdrawn_at))
        )
    )


BUILDERS: Mapping[str, Callable[..., sa.Executable]] = {
    "clocks": _clocks,
    "holds": _holds,
    "ids_of_holder": lambda _: (
        sa.select(D.c.id).join_from(K, D, _present(K)).where(K.c.holder == given("login")).order_by(D.c.id)
    ),
    "ids_held": _ids_held,
    "office_rules": lambda _: _all(R, OfficeRuleRow).order_by(R.c.id),
    "add_office_rule": lambda _: _insert(R, RULE),
    "close_office_rule": _close_office_rule,
    "office_days": lambda _: _all(O, OfficeDayRow).order_by(O.c.day, O.c.id),
    "add_office_day": lambda _: _insert(O, DAY),
    "withdraw_office_day": _withdraw_office_day,
    "reminded_since": _reminded_since,
    "raised_beyond": _raised_beyond,
    "duties": _duties,
    "give_duty": lambda _: _insert(U, DUTY),
    "end_duty": lambda _: sa.update(U).where(U.c.id == given("id_")).values(valid_to=_text("valid_to")),
    "digests": _digests,
    "add_digest": _add_digest,
    "mark_digest": _mark_digest,
    "open_codes": _open_codes,
    "rulebook_stamp": _rulebook_stamp,
}
"""What builds each statement: (dialect, *shape) -> Core statement."""

_SHAPED = ("holds", "duties", "digests", "open_codes")
KEPT: tuple[tuple[Any, ...], ...] = (
    *((name,) for name in BUILDERS if name not in _SHAPED),
    *((name, asked) for name in ("holds", "duties") for asked in (False, True)),
    *(("digests", asked) for asked in ((), ("day",), ("person",), ("day", "person"), ("states",))),
    *(("open_codes", asked) for asked in ((), ("after",), ("lifecycles",), ("after", "lifecycles"))),
    *(("open_codes", asked) for asked in (("lifecycles", "states"), ("after", "lifecycles", "states"))),
)
"""What is kept compiled; shapes as sorted names."""
