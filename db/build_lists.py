"""The statements of db.queries: one for each shape of a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from db.base import FromLeaf
from db.core import Among, given, table
from db.models import Dossier, History
from db.rows import DossierLine
from db.statements import Shape
from db.url import Dialect

D = table(Dossier)
H = table(History)
LINE_COLUMNS = tuple(D.c[field.name] for field in fields(DossierLine))
HISTORY_COLUMNS = (H.c.id, H.c.hash, H.c.leaf)
Condition = sa.ColumnElement[bool]


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    # Dates are text in the store and in the parameters; without this Core would expect Python dates.
    return sa.type_coerce(column, sa.Text)


def _since(at: sa.BindParameter[Any]) -> Condition:
    entered: sa.ColumnElement[Any] = FromLeaf("at")
    return entered >= at


# Written out, not as a parameter: only then may a partial index serve it.
_OPEN: Condition = D.c.ending == sa.literal_column("''")
_SEARCH = "dossier.id IN (SELECT rowid FROM dossier_search WHERE dossier_search MATCH :text)"


_DOSSIER: Mapping[str, Callable[[], Condition]] = {
    "scope_provinces": lambda: Among(D.c.province, "scope_provinces"),
    "scope_offices": lambda: Among(D.c.unit_office, "scope_offices"),
    "scope_sources": lambda: Among(D.c.source, "scope_sources"),
    "hide_states": lambda: sa.not_(Among(D.c.state, "hide_states")),
    "states": lambda: Among(D.c.state, "states"),
    "lifecycles": lambda: Among(D.c.lifecycle, "lifecycles"),
    "provinces": lambda: Among(D.c.province, "provinces"),
    "offices": lambda: Among(D.c.unit_office, "offices"),
    "waits_for": lambda: Among(D.c.waits_for, "waits_for"),
    "endings": lambda: Among(D.c.ending, "endings"),
    "plan_year": lambda: D.c.plan_year == given("plan_year"),
    "budget_year": lambda: D.c.budget_year == given("budget_year"),
    "source": lambda: D.c.source == given("source"),
    "kind": lambda: D.c.kind == given("kind"),
    "due_kind": lambda: D.c.due_kind == given("due_kind"),
    "open_only": lambda: _OPEN,
    "due_from": lambda: D.c.due_on.is_not(None) & (_text(D.c.due_order) >= given("due_from")),
    "due_before": lambda: _text(D.c.due_order) < given("due_before"),
}
ORDERS: Mapping[str, tuple[tuple[sa.ColumnElement[Any], ...], bool]] = {
    "code": ((D.c.code,), True),
    "-code": ((D.c.code,), False),
    "due": ((D.c.due_order, D.c.code), True),
    "title": ((D.c.folded, D.c.code), True),
    "entered": ((_text(D.c.entered_on), D.c.code), True),
    "-entered": ((_text(D.c.entered_on), D.c.code), False),
    "state": ((D.c.state, D.c.code), True),
    "newest": ((D.c.id,), False),
}
_HISTORY: Mapping[str, Callable[[], Condition]] = {
    "dossier": lambda: H.c.dossier == given("dossier"),
    "actor": lambda: H.c.actor == given("actor"),
    "office": lambda: H.c.office == given("office"),
    "role": lambda: H.c.role == given("role"),
    "actions": lambda: Among(H.c.action, "actions"),
    "on_from": lambda: H.c.on_date >= given("on_from"),
    "on_to": lambda: H.c.on_date <= given("on_to"),
    "at_from": lambda: _since(given("at_from")),
    "at_to": lambda: ~_since(given("at_to")),
    "after": lambda: H.c.id < given("after"),
}


def conditions(shape: Shape) -> list[Condition]:
    """Return the conditions named in a shape."""
    made = [_DOSSIER[name]() for name in shape if not name.startswith("text")]
    search = next((name for name in shape if name.startswith("text")), None)
    if search == "text":
        made.append(sa.text(_SEARCH).bindparams(given("text")))  # type: ignore[arg-type]
    elif search:
        # The expression of the trigram index, word for word.
        words = sa.literal_column("(lower(dossier.code) || ' ' || dossier.folded)", sa.Text)
        made += [
            words.op("~", is_comparison=True)(given(f"text{number}"))
            for number in range(int(search.removeprefix("text")))
        ]
    return made


def page(_: Dialect, shape: Shape, order: str, after: bool) -> sa.Executable:
    """One page of dossiers in an order, from its beginning or after a key."""
    keys, ascending = ORDERS[order]
    made = sa.select(*LINE_COLUMNS, *keys).where(*conditions(shape))
    if after:
        end = sa.tuple_(*(given(f"after{number}") for number in range(len(keys))))
        made = made.where(sa.tuple_(*keys) > end if ascending else sa.tuple_(*keys) < end)
    return made.order_by(*(key if ascending else key.desc() for key in keys)).limit(given("limit"))


def count(_: Dialect, shape: Shape) -> sa.Executable:
    """How many dossiers, at most :cap."""
    capped: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(D)
    capped = capped.where(*conditions(shape)).limit(given("cap"))
    return sa.select(sa.func.count()).select_from(capped.subquery())


def by_state(_: Dialect, shape: Shape) -> sa.Executable:
    """How many dossiers in each state."""
    made = sa.select(D.c.lifecycle, D.c.state, sa.func.count()).where(*conditions(shape))
    return made.group_by(D.c.state, D.c.lifecycle)


def visible(_: Dialect, shape: Shape) -> sa.Executable:
    """Whether one dossier is in scope."""
    return sa.select(D.c.id).where(D.c.code == given("code"), *conditions(shape))


def feed(_: Dialect, shape: Shape, scope: Shape, oldest_first: bool) -> sa.Executable:
    """The history, newest first by pages, or one dossier's from its beginning."""
    made = sa.select(*HISTORY_COLUMNS).where(*(_HISTORY[name]() for name in shape))
    if "scope_offices" in scope:
        # Few dossiers: from them to their rows. Otherwise: down the feed, looking each dossier up.
        made = made.where(H.c.dossier.in_(sa.select(D.c.code).where(*conditions(scope))))
    elif scope:
        own: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(D)
        made = made.where(own.where(D.c.code == H.c.dossier, *conditions(scope)).correlate(H).exists())
    if oldest_first:
        return made.order_by(H.c.seq)
    return made.order_by(H.c.id.desc()).limit(given("limit"))
