"""How a list is read on SQLite: it keeps no statistics, so the way is chosen by counting a little first.

A page is read along its order when what is asked for is common, and gathered and sorted when it is rare; what
was thought common and isn't is found out after `BUDGET` dossiers. PostgreSQL decides for itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from db.compose import COVERED, EVERY_KIND
from db.reader import LINE_FIELDS, Reader, Row
from db.statements import Shape

if TYPE_CHECKING:
    from db.store import Store

FEW: Final = 2_000
"""So many dossiers are gathered and sorted in no time."""
SOME: Final = 30_000
"""So many can still be looked at one by one; of more, sets of ids are compared."""
BUDGET: Final = 3_000
"""Dossiers looked at along an order before another way is taken."""
WIDE_BUDGET: Final = 20_000
"""The same where the index itself knows most of them not to fit: those of other provinces."""
STREAMS: Final = {"plan_year": "ix_dossier_year", "source": "ix_dossier_source"}
"""Conditions whose index has what fits in the order of the codes already."""

DRIVERS: Final[Mapping[str, Shape]] = {
    "ix_dossier_unit_office": ("scope_offices", "offices"),
    "ix_dossier_province": ("scope_provinces",),
    "ix_dossier_state": ("states",),
    "ix_dossier_due": ("due_before", "due_from"),
    "ix_dossier_contents": ("contents",),
    "ix_dossier_requested": ("requested_from", "requested_to"),
    "ix_dossier_year": ("plan_year",),
    "ix_dossier_source": ("source", "scope_sources"),
}
"""Which conditions an index finds by itself."""
UNSORTED: Final = frozenset({"entered", "-entered", "waits_for", "-waits_for"})
"""Orders without an index of their own (it would cost every move a page or two): ix_dossier_state is read
through and the page's share of it kept."""

IN_NO_INDEX: Final = frozenset({"newest", "waits_for", "entered"})
"""Orders in which no index has the ids."""
Params = Mapping[str, Any]
_STATE: Final = LINE_FIELDS.index("state")
_NEWEST_SHOWN: Final = """
SELECT id FROM dossier NOT INDEXED
WHERE id > 0 AND state NOT IN (SELECT value FROM json_each(:states)) ORDER BY id DESC LIMIT 1
"""
_NEWEST: Final[WeakKeyDictionary[Store, dict[str, tuple[int | None, int]]]] = WeakKeyDictionary()
"""Of each store, by the states that are hidden: (the newest row of the history, `_newest_shown` then)."""


def _count(reader: Reader, shape: Shape, params: Params, cap: int, via: str) -> int:
    row = reader.one(reader.sql("count", shape, via), {**params, "cap": cap})
    return int(row[0]) if row else 0


def driver(reader: Reader, shape: Shape, params: Params, cap: int) -> tuple[str, int]:
    """Return the index through which the fewest must be looked at, and how many ("" and `cap`: none)."""
    best, fewest = "", cap
    kinds = (EVERY_KIND,) if EVERY_KIND in shape else ()
    for index, names in DRIVERS.items():
        own = tuple(name for name in shape if name in names)
        if not own:
            continue
        number = _count(reader, own + kinds, params, fewest, index)
        if number < fewest:
            best, fewest = index, number
    if "ids" in shape:
        # By their own numbers, like what a search finds.
        number = _count(reader, ("ids", *kinds), params, fewest, "text")
        if number < fewest:
            best, fewest = "text", number
    if "text" in shape:
        row = reader.one(reader.sql("text_count"), {**params, "cap": fewest})
        if row and row[0] < fewest:
            best, fewest = "text", int(row[0])
    return best, fewest


def begin(reader: Reader, shape: Shape, params: Params, order: str) -> tuple[str, str]:
    """Return the order in which a list will really come, and the way its first page is read.

    A search with too many hits to sort at every keystroke comes newest first.
    """
    few = driver(reader, shape, params, FEW)[0]
    if "text" in shape and not few and not order.endswith("newest"):
        order = "newest"
    return order, few or _common(shape, order)


def _without_text(shape: Shape) -> Shape:
    return tuple(name for name in shape if name != "text")


def shape_via(shape: Shape, via: str) -> Shape:
    """Return the shape as it is asked through `via`: few dossiers are looked up in the search one by one."""
    return (*_without_text(shape), "text?") if "text" in shape and via.startswith("ix_") else shape


def page(
    reader: Reader, shape: Shape, params: Params, order: str, segment: int, via: str | None, limit: int
) -> tuple[list[Row], str]:
    """Return at most `limit` rows of one segment, and the way that was taken (None: to be chosen).

    params: with `after0`, … where the page begins.
    """
    start = "a" if "after0" in params else ""
    asked = {**params, "limit": limit}
    if via is None:
        via = driver(reader, shape, params, FEW)[0] or _common(shape, order)
    if via in ("", "order"):
        bounds, until = start, _edge(reader, shape, params, order, segment, start)
        if until:
            bounds, asked = start + "u", asked | until
        if _along_hits(shape, order):
            statement = reader.sql("text_page", shape, order, bounds)
        else:
            statement = reader.sql("list", shape, order, segment, bounds, "order")
        rows = reader.rows(statement, asked)
        if len(rows) == limit or not until:
            return rows, "order"
        via = _fallback(reader, shape, params, order, segment)
    if via == "hits":
        if order == "newest" and (newest := _newest_hits(reader, shape, params, limit)) is not None:
            return newest, via
        return reader.rows(reader.sql("text_hits", shape, order, start), {**params, "limit": limit}), via
    statement = reader.sql("list", shape_via(shape, via), order, segment, start, via)
    return reader.rows(statement, {**params, "limit": limit}), via


def _newest_hits(reader: Reader, shape: Shape, params: Params, limit: int) -> list[Row] | None:
    """Return a page of a search, newest first, without the set of hidden dossiers; None: it is needed.

    They may be tens of thousands, and all of the newest: so the page begins under those, and if drafts lie
    among what follows, they are few, and there are other hits enough.
    """
    if "hide_states" not in shape:
        return None
    begin = params.get("after0") or _newest_shown(reader, params["hide_states"]) + 1
    there = tuple(name for name in shape if name != "hide_states")
    asked = {**params, "after0": begin, "limit": 2 * limit}
    rows = reader.rows(reader.sql("text_hits", there, "newest", "a"), asked)
    hidden = frozenset(json.loads(params["hide_states"]))
    shown = [row for row in rows if row[_STATE] not in hidden]
    return shown[:limit] if len(shown) >= limit or len(rows) < 2 * limit else None


def _newest_shown(reader: Reader, hide_states: str) -> int:
    """Return the id over which every proposal is hidden; known until the history grows, as each state is."""
    written = reader.raw.execute("SELECT max(id) FROM history").fetchone()[0]
    known = _NEWEST.setdefault(reader.store, {})
    if hide_states not in known or known[hide_states][0] != written:
        row = reader.raw.execute(_NEWEST_SHOWN, {"states": hide_states}).fetchone()
        known[hide_states] = (written, row[0] if row else 0)
    return known[hide_states][1]


def _along_hits(shape: Shape, order: str) -> bool:
    return "text" in shape and order in ("newest", "-newest")


def _common(shape: Shape, order: str) -> str:
    """The way of a list of very many."""
    if _along_hits(shape, order) and set(shape) <= {"text", "hide_states"}:
        return "hits"
    if order in UNSORTED:
        return "ix_dossier_state" if set(shape) <= COVERED["ix_dossier_state"] else "sets"
    return _stream(shape, order)


def _fallback(reader: Reader, shape: Shape, params: Params, order: str, segment: int) -> str:
    if order in ("due", "-due") and segment == 0 and set(shape) <= COVERED["ix_dossier_due"]:
        return "ix_dossier_due"
    if "states" in shape and set(shape) <= COVERED["ix_dossier_state"]:
        return "ix_dossier_state"
    if "text" in shape:
        # Looking thousands up in the search one by one takes seconds; comparing sets, a tenth of one.
        return "hits" if _along_hits(shape, order) else "sets"
    if set(shape) <= {"hide_states"}:
        return "sets"
    via = driver(reader, shape, params, SOME)[0] or covering(shape) or "sets"
    # That index has no codes: each dossier would be looked at to be sorted.
    return "sets" if via == "ix_dossier_contents" and order.strip("-") != "newest" else via


def _stream(shape: Shape, order: str) -> str:
    if order not in ("code", "-code") or "text" in shape:
        return ""
    return next((index for name, index in STREAMS.items() if name in shape), "")


def _edge(
    reader: Reader, shape: Shape, params: Params, order: str, segment: int, start: str
) -> dict[str, Any]:
    """Return the keys at which a reading along the order gives up, none when the list ends before."""
    if _along_hits(shape, order):
        row = reader.one(reader.sql("text_edge", shape, order, start), {**params, "budget": BUDGET})
    else:
        wide = "scope_provinces" in shape and order.strip("-") != "newest"
        budget = WIDE_BUDGET if wide else BUDGET
        row = reader.one(reader.sql("edge", order, segment, start), {**params, "budget": budget})
    return {f"until{number}": value for number, value in enumerate(row)} if row else {}


def count(reader: Reader, shape: Shape, params: Params, cap: int | None) -> int:
    """Return how many dossiers there are, at most `cap` (None: all)."""
    asked = -1 if cap is None else cap
    if not shape:
        return _count(reader, shape, params, asked, "ix_dossier_code")
    if shape == ("hide_states",):
        # They are few: all without them are counted faster than each is looked at.
        hidden = _count(reader, ("states",), {"states": params["hide_states"]}, -1, "ix_dossier_state")
        there = _count(reader, (), {}, -1 if cap is None else cap + hidden, "ix_dossier_code") - hidden
        return there if cap is None else min(cap, there)
    via = driver(reader, shape, params, FEW)[0]
    if not via and "text" in shape:
        via = "hits"
    via = via or covering(shape) or driver(reader, shape, params, SOME)[0] or "sets"
    return _count(reader, shape_via(shape, via), params, asked, via)


def flow_via(reader: Reader, name: str, shape: Shape, params: Params) -> str:
    """Return the index by which dossiers are counted by state: "flow" all, "flow_due" those with a date."""
    index = "ix_dossier_due" if name == "flow_due" else "ix_dossier_state"
    if "text" in shape:
        return driver(reader, shape, params, FEW)[0] or "text"
    return driver(reader, shape, params, SOME)[0] or index


def covering(shape: Shape) -> str:
    """Return an index that answers a whole question by itself, "" for none."""
    for index, names in DRIVERS.items():
        found = set(shape) & set(names)
        if found and set(shape) <= COVERED[index]:
            return index
    return "ix_dossier_state" if set(shape) <= COVERED["ix_dossier_state"] else ""
