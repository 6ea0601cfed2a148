"""Lists: dossiers, what is stalled, inboxes, the history feed.

Pages end at a key and begin after one, never at an offset; every question is limited to what the reader may
see. Each shape of a question (which filters, which order) is compiled once; lists are single parameters.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from db import plan, search
from db.leaf import instant
from db.reader import LINE_FIELDS, Reader, Row, dossier_line, history_row
from db.rows import Cursor, DossierLine, FlowLine, HistoryRow
from db.statements import Shape
from states.records import record

Order = Literal[
    "code",
    "-code",
    "title",
    "-title",
    "province",
    "-province",
    "unit",
    "-unit",
    "source",
    "-source",
    "year",
    "-year",
    "requested",
    "-requested",
    "approved",
    "-approved",
    "state",
    "-state",
    "waits_for",
    "-waits_for",
    "due",
    "-due",
    "entered",
    "-entered",
    "newest",
    "-newest",
]
"""What a list is sorted by, then by code; "-" is the other way round, "newest" begins with the last created.

Titles sort as the search sees them (without marks) by their first 60 characters; provinces, units and states
(with their lifecycle) by their codes. What has no deadline, no approved amount, or (by whom it waits for) has
ended stands last, whichever way round, by code.
"""


@record(frozen=True, slots=True)
class Scope:
    """What the reader may see; None is no limit, and every limit that is given must be met.

    provinces: keys ("63:02"). offices: codes of implementing units. sources: "kcqg", "kcdp".
    hide_states: states whose dossiers are not shown (other people's drafts).
    """

    provinces: frozenset[str] | None = None
    offices: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    hide_states: frozenset[str] = frozenset()


@record(frozen=True, slots=True)
class Authority:
    """Who may take dossiers on, by the assignments of a day; a state stands with its lifecycle: "kcqg@2 x".

    by_none: the states that no national office with a person takes on. at: by role, the states that it takes
    on. of: by role, where somebody holds it: keys of provinces, for "unit" codes of offices.
    """

    by_none: frozenset[str]
    at: tuple[tuple[str, frozenset[str]], ...]
    of: tuple[tuple[str, frozenset[str]], ...]


@record(frozen=True, slots=True)
class Standing:
    """How open dossiers stand still on `day` (kcflow.services.stalled), and which of these ways are wanted.

    near: the day after the last one that counts as near. outside: holders beyond this system. held, stuck:
    ids on hold for such a holder, and of what no rule lets go. kinds: any of "law", "policy", "waiting",
    "stuck", "near".
    """

    day: date
    near: date
    outside: frozenset[str]
    held: frozenset[int]
    stuck: frozenset[int]
    nobody: Authority
    kinds: frozenset[str]


@record(frozen=True, slots=True)
class DossierFilter:
    """What is asked for; None is anything.

    `text` is a folded query: every word begins a word of the code, the title, the unit or a beneficiary, or
    `places` has the dossier's province for it. `due_from` and `due_before` bound the deadline (before:
    excluded), `requested_from` and `requested_to` the requested support (both included). `contents` is a bit
    mask: any of these codes (code 4 is 1 << 4).
    """

    text: str | None = None
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For words of `text`: the keys of the provinces whose name has a word that begins so."""
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
    contents: int | None = None
    requested_from: int | None = None
    requested_to: int | None = None
    every_kind: bool = False
    """Every kind of dossier; else proposals alone."""
    ids: frozenset[int] | None = None
    not_ids: frozenset[int] | None = None
    due_basis: str | None = None
    entered_from: date | None = None
    entered_before: date | None = None
    nobody: Authority | None = None
    """Only what nobody holds a role to take on."""
    somebody: Authority | None = None
    """Only what somebody does."""
    standing: Standing | None = None
    left: str | None = None
    """Only what has money left at a stage of its budget year's end ("unpaid": db.build_standing.LEFT)."""


@record(frozen=True, slots=True)
class HistoryFilter:
    """What is asked of the history; None is anything.

    `on_*` bound the date of the act (both included), `at_*` the time of entry (`at_to` excluded);
    `clock_acts` are what notes did about time (`refs.clock.act`).
    """

    dossier: str | None = None
    actor: str | None = None
    office: str | None = None
    role: str | None = None
    actions: frozenset[str] | None = None
    clock_acts: frozenset[str] | None = None
    on_from: date | None = None
    on_to: date | None = None
    at_from: datetime | None = None
    at_to: datetime | None = None


SEGMENTS = {name: 2 for order in ("approved", "due", "waits_for") for name in (order, f"-{order}")}
"""Orders that come in parts (build_lists.ORDERS): what has no value, or has ended, stands at the end."""
NO_FILTER = DossierFilter()
ALL_HISTORY = HistoryFilter()
words_of = search.words_of


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
        if (
            value is None
            or value is False
            or name in ("text", "places")
            or (name == "hide_states" and not value)
        ):
            continue
        found[name if name == "hide_states" else prefix + name] = _value(reader, value)
    return found


_MARKS = ("open_only", "every_kind", "nobody", "somebody", "standing", "left")
"""Parts of a shape that are no parameters."""


def _authority(reader: Reader, found: Authority) -> dict[str, Any]:
    made = {"by_none": reader.many(sorted(found.by_none))}
    for prefix, by_role in (("at", found.at), ("of", found.of)):
        made |= {f"{prefix}_{role}": reader.many(sorted(values)) for role, values in by_role}
    return made


def _standing(reader: Reader, found: Standing) -> dict[str, Any]:
    late = found.kinds & {"law", "policy"}
    return _authority(reader, found.nobody) | {
        "day": found.day.isoformat(),
        "near": found.near.isoformat(),
        "outside": reader.many(sorted(found.outside)),
        "held_ids": reader.numbers(sorted(found.held)),
        "stuck_ids": reader.numbers(sorted(found.stuck)),
        "want_late": int(len(late) == 2),
        "late_kind": next(iter(late)) if len(late) == 1 else "",
        **{f"want_{kind}": int(kind in found.kinds) for kind in ("near", "waiting", "stuck")},
    }


def question(reader: Reader, scope: Scope, filter_: DossierFilter) -> tuple[Shape, dict[str, Any]]:
    """Return the shape of a question about dossiers and its parameters."""
    shape, params = _question(reader, scope, filter_)
    for found in (filter_.nobody, filter_.somebody):
        params |= _authority(reader, found) if found is not None else {}
    params |= _standing(reader, filter_.standing) if filter_.standing is not None else {}
    if filter_.every_kind:
        # Other kinds of dossier have states of the same names as hidden drafts, and no search knows them.
        others = {"hide_states": "hide_drafts", "text": "text*"}
        shape = tuple(others.get(name, name) for name in shape)
    shape = tuple(f"left_{filter_.left}" if name == "left" else name for name in shape)
    for name in _MARKS:
        params.pop(name, None)
    return shape, params


def _question(reader: Reader, scope: Scope, filter_: DossierFilter) -> tuple[Shape, dict[str, Any]]:
    if filter_.provinces is not None:
        both = filter_.provinces if scope.provinces is None else scope.provinces & filter_.provinces
        scope, filter_ = replace(scope, provinces=both), replace(filter_, provinces=None)
    words = words_of(filter_.text or "")
    places = dict(filter_.places)
    if words and reader.dialect == "sqlite":
        terms, scope, filter_ = search.terms(words, places, scope, filter_)
        params = _asked(reader, scope, "scope_") | _asked(reader, filter_)
        shape = (*sorted(params), "text")
        params |= {"text": search.match(terms), "terms": json.dumps(terms)}
        return shape, params
    params = _asked(reader, scope, "scope_") | _asked(reader, filter_)
    shape = tuple(sorted(params))
    if words:
        shape += (f"text{len(words)}",)
        params |= {f"text{number}": rf"\m{word}" for number, word in enumerate(words)}
        params |= {f"place{number}": reader.many(places.get(word, ())) for number, word in enumerate(words)}
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

    On SQLite a search that finds very many (`plan.FEW`), with nothing rare asked beside it, lists them
    newest first, whatever the order: sorting a hundred thousand hits at every keystroke would be felt.
    """
    shape, params = question(reader, scope, filter)
    if after is None:
        first, way = begin(reader, shape, params, order)
        after = (first, 0, way)
    # As it is made below.
    used, segment, via, keys = after[0], after[1], after[2], after[3:]
    found: list[tuple[int, str | None, Row]] = []
    parts = SEGMENTS.get(used, 1)
    while segment < parts and len(found) <= limit:
        asked = params | {f"after{number}": value for number, value in enumerate(keys)}
        rows, via = _page(reader, shape, asked, used, segment, via, limit + 1 - len(found))
        found += [(segment, via, row) for row in rows]
        segment, via, keys = segment + 1, None, ()
    width = len(LINE_FIELDS)
    lines = [dossier_line(row[:width]) for _, _, row in found[:limit]]
    if len(found) <= limit or not limit:
        return lines, None
    ended, way, last = found[limit - 1]
    return lines, (used, ended, way, *last[width:])


def _page(
    reader: Reader,
    shape: Shape,
    params: dict[str, Any],
    order: str,
    segment: int,
    via: str | None,
    limit: int,
) -> tuple[list[Row], str | None]:
    if reader.dialect == "sqlite":
        return plan.page(reader, shape, params, order, segment, via, limit)
    statement = reader.sql("list", shape, order, segment, "a" if "after0" in params else "", "")
    return reader.rows(statement, params | {"limit": limit}), None


def begin(reader: Reader, shape: Shape, params: dict[str, Any], order: str) -> tuple[str, str | None]:
    """Return the order in which a list will really come, and on SQLite the way of its first page."""
    return plan.begin(reader, shape, params, order) if reader.dialect == "sqlite" else (order, None)


def count_dossiers(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
    cap: int | None = 1001,
) -> int:
    """Return how many dossiers there are, at most `cap`: more is seldom worth waiting for. None: all."""
    shape, params = question(reader, scope, filter)
    if reader.dialect == "sqlite":
        return plan.count(reader, shape, params, cap)
    row = reader.one(reader.sql("count", shape, ""), params | {"cap": cap})
    return int(row[0]) if row else 0


def count_by_state(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
) -> dict[tuple[str, str], int]:
    """Return how many dossiers stand in each (lifecycle, state)."""
    shape, params = question(reader, scope, filter)
    return {(row[0], row[1]): row[2] for row in _by_state(reader, "flow", shape, params)}


def _by_state(reader: Reader, name: str, shape: Shape, params: dict[str, Any]) -> list[Row]:
    """Rows of (lifecycle, state, …); hidden states are counted and left out, not looked for in each."""
    hidden = frozenset[str]()
    if "hide_states" in shape:
        value: Any = params["hide_states"]
        hidden = frozenset(json.loads(value) if isinstance(value, str) else value)
        shape = tuple(part for part in shape if part != "hide_states")
        params = {key: value for key, value in params.items() if key != "hide_states"}
    via = plan.flow_via(reader, name, shape, params) if reader.dialect == "sqlite" else ""
    rows = reader.rows(reader.sql(name, plan.shape_via(shape, via), via), params)
    return [row for row in rows if row[1] not in hidden]


def flow(
    reader: Reader,
    scope: Scope,
    day: date,
    near_days: int,
    filter: DossierFilter = NO_FILTER,  # noqa: A002
) -> list[FlowLine]:
    """Return how many dossiers stand in each state on `day`, and how many of them are late or near."""
    shape, params = question(reader, scope, filter)
    asked = params | {"day": day.isoformat(), "near": (day + timedelta(days=near_days)).isoformat()}
    due = {(row[0], row[1]): row[2:] for row in _by_state(reader, "flow_due", shape, asked)}
    rows = _by_state(reader, "flow", shape, params)
    return [FlowLine(*row, *due.get((row[0], row[1]), (0, 0, 0))) for row in rows]


def may_read_file(reader: Reader, scope: Scope, sha256: str) -> bool:
    """Say whether a file is attached to a dossier in scope."""
    shape, params = question(reader, scope, NO_FILTER)
    return bool(reader.rows(reader.sql("may_read_file", shape), params | {"sha256": sha256}))


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


def feed_question(
    reader: Reader, scope: Scope, filter_: HistoryFilter
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters of a question about the history, and those of the scope."""
    return _asked(reader, filter_), _asked(reader, scope, "scope_")


def history(
    reader: Reader,
    scope: Scope,
    filter: HistoryFilter = ALL_HISTORY,  # noqa: A002
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[HistoryRow], int | None]:
    """Return one page of the history, newest entry first, and where it ended (None: nothing follows)."""
    params, limits = feed_question(reader, scope, filter)
    params |= {} if after is None else {"after": after}
    statement = reader.sql("feed", tuple(sorted(params)), tuple(sorted(limits)), False)
    rows = reader.rows(statement, params | limits | {"limit": limit + 1})
    return [history_row(row) for row in rows[:limit]], rows[limit - 1][0] if len(rows) > limit > 0 else None


def history_of(reader: Reader, code: str) -> list[HistoryRow]:
    """Return a dossier's whole history, oldest first (ask `visible` first)."""
    return [
        history_row(row) for row in reader.rows(reader.sql("feed", ("dossier",), (), True), {"dossier": code})
    ]
