"""Lists: dossiers, what is stalled, inboxes, the history feed.

Pages end at a key and begin after one, never at an offset; every question is limited to what the reader may
see. Each shape of a question (which filters, which order) is compiled once; lists are single parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import sqlalchemy as sa

from db.base import FromLeaf
from db.leaf import instant
from db.reader import HISTORY_COLUMNS, LINE_COLUMNS, D, H, Reader, dossier_line, history_row
from db.rows import Cursor, DossierLine, HistoryRow
from db.statements import Among, Statement, compile_for, given
from db.url import Dialect

Order = Literal["code", "-code", "due", "title", "entered", "-entered", "state", "newest"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the reader may see; None is no limit, and every limit that is given must be met.

    provinces: keys ("63:02"). offices: codes of implementing units. sources: "kcqg", "kcdp".
    hide_states: states whose dossiers are not shown (other people's drafts).
    """

    provinces: frozenset[str] | None = None
    offices: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    hide_states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """What is asked for; None is anything.

    `text` is a folded query: every word begins a word of the code, the title, the unit or a beneficiary.
    `due_from` and `due_before` bound the deadline (before: excluded).
    """

    text: str | None = None
    states: frozenset[str] | None = None
    lifecycles: frozenset[str] | None = None
    provinces: frozenset[str] | None = None
    offices: frozenset[str] | None = None
    plan_year: int | None = None
    budget_year: int | None = None
    source: str | None = None
    kind: str | None = None
    waits_for: frozenset[str] | None = None
    endings: frozenset[str] | None = None
    open_only: bool = False
    due_from: date | None = None
    due_before: date | None = None
    due_kind: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What is asked of the history; None is anything.

    `on_*` bound the date of the act (both included), `at_*` the time of entry (`at_to` excluded).
    """

    dossier: str | None = None
    actor: str | None = None
    office: str | None = None
    role: str | None = None
    actions: frozenset[str] | None = None
    on_from: date | None = None
    on_to: date | None = None
    at_from: datetime | None = None
    at_to: datetime | None = None


NO_FILTER = DossierFilter()
ALL_HISTORY = HistoryFilter()
Shape = tuple[str, ...]
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
_WORDS = re.compile(r"[^\W_]+")

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
_ORDERS: Mapping[str, tuple[tuple[sa.ColumnElement[Any], ...], bool]] = {
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


# -- from questions to parameters -----------------------------------------------------------------------


def _value(reader: Reader, value: Any) -> Any:  # noqa: ANN401 - any filter's value
    if isinstance(value, frozenset):
        return reader.many(sorted(value))
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _asked(reader: Reader, question: Any, prefix: str = "") -> dict[str, Any]:  # noqa: ANN401 - a filter
    found = {}
    for name in question.__dataclass_fields__:
        value = getattr(question, name)
        if value is None or value is False or name == "text" or (name == "hide_states" and not value):
            continue
        found[name if name == "hide_states" else prefix + name] = _value(reader, value)
    return found


def _question(reader: Reader, scope: Scope, filter_: DossierFilter) -> tuple[Shape, dict[str, Any]]:
    params = _asked(reader, scope, "scope_") | _asked(reader, filter_)
    shape = tuple(sorted(params))
    words = _WORDS.findall(filter_.text.lower()) if filter_.text else []
    if words and reader.dialect == "sqlite":
        shape += ("text",)
        params["text"] = " ".join(f'"{word}"*' for word in words)
    elif words:
        shape += (f"text{len(words)}",)
        params |= {f"text{number}": rf"\m{word}" for number, word in enumerate(words)}
    params.pop("open_only", None)
    return shape, params


def _conditions(shape: Shape) -> list[Condition]:
    conditions = [_DOSSIER[name]() for name in shape if not name.startswith("text")]
    search = next((name for name in shape if name.startswith("text")), None)
    if search == "text":
        conditions.append(sa.text(_SEARCH).bindparams(given("text")))  # type: ignore[arg-type]
    elif search:
        # The expression of the trigram index, word for word.
        words = sa.literal_column("(lower(dossier.code) || ' ' || dossier.folded)", sa.Text)
        conditions += [
            words.op("~", is_comparison=True)(given(f"text{number}"))
            for number in range(int(search.removeprefix("text")))
        ]
    return conditions


# -- dossiers -------------------------------------------------------------------------------------------


@lru_cache(512)
def _list(dialect: Dialect, shape: Shape, order: str, after: bool) -> Statement:
    keys, ascending = _ORDERS[order]
    made = sa.select(*LINE_COLUMNS, *keys).where(*_conditions(shape))
    if after:
        end = sa.tuple_(*(given(f"after{number}") for number in range(len(keys))))
        made = made.where(sa.tuple_(*keys) > end if ascending else sa.tuple_(*keys) < end)
    made = made.order_by(*(key if ascending else key.desc() for key in keys)).limit(given("limit"))
    return compile_for(dialect, made)


def list_dossiers(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter = NO_FILTER,  # noqa: A002 - the word for it
    order: Order = "code",
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[DossierLine], Cursor | None]:
    """Return one page of dossiers and where it ended (None: nothing follows).

    order: "due" has those without a deadline last; a leading "-" is descending; "newest" has the last created
    first.
    """
    shape, params = _question(reader, scope, filter)
    if after is not None:
        params |= {f"after{number}": value for number, value in enumerate(after)}
    statement = _list(reader.dialect, shape, order, after is not None)
    rows = reader.rows(statement, params | {"limit": limit + 1})
    more = len(rows) > limit
    width = len(LINE_COLUMNS)
    lines = [dossier_line(row[:width]) for row in rows[:limit]]
    return lines, tuple(rows[limit - 1][width:]) if more and limit else None


@lru_cache(256)
def _count(dialect: Dialect, shape: Shape) -> Statement:
    capped: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(D)
    capped = capped.where(*_conditions(shape)).limit(given("cap"))
    return compile_for(dialect, sa.select(sa.func.count()).select_from(capped.subquery()))


def count_dossiers(reader: Reader, scope: Scope, filter: DossierFilter = NO_FILTER, cap: int = 1001) -> int:  # noqa: A002
    """Return how many dossiers there are, at most `cap`: more is not worth waiting for."""
    shape, params = _question(reader, scope, filter)
    row = reader.one(_count(reader.dialect, shape), params | {"cap": cap})
    return int(row[0]) if row else 0


@lru_cache(128)
def _by_state(dialect: Dialect, shape: Shape) -> Statement:
    made = sa.select(D.c.lifecycle, D.c.state, sa.func.count()).where(*_conditions(shape))
    return compile_for(dialect, made.group_by(D.c.state, D.c.lifecycle))


def count_by_state(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
) -> dict[tuple[str, str], int]:
    """Return how many dossiers stand in each (lifecycle, state)."""
    shape, params = _question(reader, scope, filter)
    return {(row[0], row[1]): row[2] for row in reader.rows(_by_state(reader.dialect, shape), params)}


def _narrowed(filter_: DossierFilter, **limits: Any) -> DossierFilter:  # noqa: ANN401
    values = {name: getattr(filter_, name) for name in DossierFilter.__dataclass_fields__}
    return DossierFilter(**{**values, **limits, "open_only": True})


def _late(filter_: DossierFilter, as_of: date, near_days: int | None) -> DossierFilter:
    until = as_of if near_days is None else as_of + timedelta(days=near_days + 1)
    before = until if filter_.due_before is None else min(until, filter_.due_before)
    return _narrowed(filter_, due_before=before)


def stalled(
    reader: Reader,
    scope: Scope,
    as_of: date,
    near_days: int | None = None,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[DossierLine], Cursor | None]:
    """Return open dossiers whose deadline has passed on `as_of`, the latest first, by deadline and code.

    near_days: also those due on `as_of` or within so many days after it (a deadline on the day itself is
    still kept).
    """
    return list_dossiers(reader, scope, _late(filter, as_of, near_days), "due", after, limit)


def count_stalled(
    reader: Reader,
    scope: Scope,
    as_of: date,
    near_days: int | None = None,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
    cap: int = 1001,
) -> int:
    """Return how many `stalled` there are, at most `cap`."""
    return count_dossiers(reader, scope, _late(filter, as_of, near_days), cap)


def inbox(
    reader: Reader,
    scope: Scope,
    holders: frozenset[str],
    filter: DossierFilter = NO_FILTER,  # noqa: A002
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[DossierLine], Cursor | None]:
    """Return open dossiers that wait for one of `holders`, by deadline (none: last) and code."""
    both = holders if filter.waits_for is None else holders & filter.waits_for
    return list_dossiers(reader, scope, _narrowed(filter, waits_for=both), "due", after, limit)


def visible(reader: Reader, scope: Scope, code: str) -> bool:
    """Say whether a dossier is there and in scope."""
    params = _asked(reader, scope, "scope_")
    return bool(reader.rows(_visible(reader.dialect, tuple(sorted(params))), params | {"code": code}))


@lru_cache(64)
def _visible(dialect: Dialect, shape: Shape) -> Statement:
    return compile_for(dialect, sa.select(D.c.id).where(D.c.code == given("code"), *_conditions(shape)))


# -- history --------------------------------------------------------------------------------------------


@lru_cache(256)
def _feed(dialect: Dialect, shape: Shape, scope: Shape, oldest_first: bool) -> Statement:
    made = sa.select(*HISTORY_COLUMNS).where(*(_HISTORY[name]() for name in shape))
    if "scope_offices" in scope:
        # Few dossiers: from them to their rows. Otherwise: down the feed, looking each dossier up.
        made = made.where(H.c.dossier.in_(sa.select(D.c.code).where(*_conditions(scope))))
    elif scope:
        own: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(D)
        made = made.where(own.where(D.c.code == H.c.dossier, *_conditions(scope)).correlate(H).exists())
    if oldest_first:
        return compile_for(dialect, made.order_by(H.c.seq))
    return compile_for(dialect, made.order_by(H.c.id.desc()).limit(given("limit")))


def history(
    reader: Reader,
    scope: Scope,
    filter: HistoryFilter = ALL_HISTORY,  # noqa: A002
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[HistoryRow], int | None]:
    """Return one page of the history, newest entry first, and where it ended (None: nothing follows)."""
    params = _asked(reader, filter) | ({} if after is None else {"after": after})
    limits = _asked(reader, scope, "scope_")
    statement = _feed(reader.dialect, tuple(sorted(params)), tuple(sorted(limits)), False)
    rows = reader.rows(statement, params | limits | {"limit": limit + 1})
    return [history_row(row) for row in rows[:limit]], rows[limit - 1][0] if len(rows) > limit > 0 else None


def history_of(reader: Reader, code: str) -> list[HistoryRow]:
    """Return a dossier's whole history, oldest first (ask `visible` first)."""
    return [
        history_row(row)
        for row in reader.rows(_feed(reader.dialect, ("dossier",), (), True), {"dossier": code})
    ]
