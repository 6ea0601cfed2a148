"""Lists: dossiers, what is stalled, inboxes, the history feed.

Pages end at a key and begin after one, never at an offset; every question is limited to what the reader may
see. Each shape of a question (which filters, which order) is compiled once; lists are single parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from db.leaf import instant
from db.reader import LINE_FIELDS, Reader, dossier_line, history_row
from db.rows import Cursor, DossierLine, HistoryRow
from db.statements import Shape

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
_WORDS = re.compile(r"[^\W_]+")


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


# -- dossiers -------------------------------------------------------------------------------------------


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
    statement = reader.sql("list", shape, order, after is not None)
    rows = reader.rows(statement, params | {"limit": limit + 1})
    more = len(rows) > limit
    width = len(LINE_FIELDS)
    lines = [dossier_line(row[:width]) for row in rows[:limit]]
    return lines, tuple(rows[limit - 1][width:]) if more and limit else None


def count_dossiers(reader: Reader, scope: Scope, filter: DossierFilter = NO_FILTER, cap: int = 1001) -> int:  # noqa: A002
    """Return how many dossiers there are, at most `cap`: more is not worth waiting for."""
    shape, params = _question(reader, scope, filter)
    row = reader.one(reader.sql("count", shape), params | {"cap": cap})
    return int(row[0]) if row else 0


def count_by_state(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
) -> dict[tuple[str, str], int]:
    """Return how many dossiers stand in each (lifecycle, state)."""
    shape, params = _question(reader, scope, filter)
    return {(row[0], row[1]): row[2] for row in reader.rows(reader.sql("by_state", shape), params)}


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
    return bool(reader.rows(reader.sql("visible", tuple(sorted(params))), params | {"code": code}))


# -- history --------------------------------------------------------------------------------------------


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
    statement = reader.sql("feed", tuple(sorted(params)), tuple(sorted(limits)), False)
    rows = reader.rows(statement, params | limits | {"limit": limit + 1})
    return [history_row(row) for row in rows[:limit]], rows[limit - 1][0] if len(rows) > limit > 0 else None


def history_of(reader: Reader, code: str) -> list[HistoryRow]:
    """Return a dossier's whole history, oldest first (ask `visible` first)."""
    return [
        history_row(row) for row in reader.rows(reader.sql("feed", ("dossier",), (), True), {"dossier": code})
    ]
