"""Statements of the lists in SQLite, put together from what is kept compiled.

There are too many shapes of a question to keep each: what is kept is every statement once, with marks where
the conditions belong, and every condition by itself (db.build compiles both from the models). So no list and
no count loads SQLAlchemy, which takes a third of a second and 36 MB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

ANY: Final = "*"
"""Stands in a shape for whatever is asked."""
OTHER: Final = "**"
"""The same, where the statement depends on it: something that no index knows; states; a scope of offices."""
EVERY_KIND: Final = "every_kind"
"""Stands in a shape of what lists every kind of dossier, not proposals alone."""
PROPOSALS: Final = "dossier.id > 0"
"""As every list has it, and what stands in its place where every kind is listed."""
ANYTHING: Final = "dossier.id <> 0"
WHERE: Final = "kc_where"
"""Mark: conditions on the dossier."""
ROWS: Final = "kc_rows"
"""Mark: conditions on a row of the history."""
HIDDEN: Final = "kc_hidden"
"""Mark: the number of a search's hit is not a hidden dossier's."""
SETS: Final = "kc_sets"
"""Mark, with what the number is in brackets: each condition as a set of numbers."""
VIA: Final = "kc_via"
"""Mark: the index through which is read."""
NUMBER: Final = "kc_number"
"""Mark: the number that is, or isn't, in a set."""
LINE: Final = "kc_line"
"""Mark: the columns of a line."""
OWN_NUMBER: Final = "dossier.id"
HIT: Final = "+dossier_search.rowid"
"""A hit's number; with the plus, FTS5 doesn't search anew for each member of a set."""

IN_SETS: Final[Mapping[str, frozenset[str]]] = {
    "ix_dossier_province": frozenset({"scope_provinces"}),
    "ix_dossier_unit_office": frozenset({"offices", "scope_offices"}),
    "ix_dossier_source": frozenset({"source", "scope_sources"}),
    "ix_dossier_year": frozenset({"plan_year"}),
    "ix_dossier_requested": frozenset({"requested_from", "requested_to"}),
    "ix_dossier_contents": frozenset({"contents"}),
    "ix_dossier_due": frozenset({"due_from", "due_before"}),
    "ix_dossier_state": frozenset(
        {
            *("states", "hide_states", "lifecycles", "endings", "open_only", "waits_for"),
            *("entered_from", "entered_before"),
        }
    ),
}
"""Which index knows the set of dossiers that meet a condition."""
COVERED: Final[Mapping[str, frozenset[str]]] = {
    f"ix_dossier_{name}": frozenset({*own, "scope_provinces", EVERY_KIND, "ids", "not_ids"})
    for name, own in {
        "province": (
            "offices",
            "scope_offices",
            "plan_year",
            "source",
            "scope_sources",
            "requested_from",
            "requested_to",
            "contents",
        ),
        "unit_office": ("offices", "scope_offices"),
        "source": ("source", "scope_sources"),
        "year": ("plan_year",),
        "requested": ("requested_from", "requested_to"),
        "contents": ("contents",),
        "due": (
            "offices",
            "scope_offices",
            "due_from",
            "due_before",
            "due_kind",
            "waits_for",
            "states",
            "hide_states",
            *("hide_drafts", "nobody", "somebody"),
            "lifecycles",
            "open_only",
            "plan_year",
            "source",
            "scope_sources",
        ),
        "state": (
            "offices",
            "scope_offices",
            "states",
            "hide_states",
            *("hide_drafts", "nobody", "somebody", "entered_from", "entered_before", "standing"),
            "lifecycles",
            "open_only",
            "endings",
            "waits_for",
            "due_from",
            "due_before",
            "requested_from",
            "requested_to",
            "plan_year",
            "source",
            "scope_sources",
        ),
        "approved": (),
        "code": (),
        "title": (),
    }.items()
}
"""What each index can say about a dossier without looking at it."""
KNOWN: Final = frozenset[str]({ANY}).union(*IN_SETS.values())
"""Conditions that an index knows."""
_LEADING: Final = {
    "ix_dossier_due": frozenset({"due_from", "due_before"}),
    "ix_dossier_state": frozenset({"states"}),
}
"""Conditions by which an index that covers most others finds a part of itself."""
SHAPED: Final = frozenset(
    {
        *("list", "ids", "count", "flow", "flow_due", "lines", "visible", "may_read_file"),
        *("text_edge", "text_page", "text_hits", "text_ids", "feed", "feed_ids", "feed_rows", "rows_of"),
        *("groups", "groups_law", "money_left", "as_of"),
        *("dwell_stays", "dwell_holds", "dwell_returns", "dwell_entries", "dwell_standing"),
    }
)
"""Statements that are kept with marks; the first that each is given is a shape."""
_SETS = re.compile(rf"{SETS}\(([^)]*)\)")

Kept = Mapping[str, Mapping[str, Any]]
"""What db/sql/sqlite.json holds: "statements" by name and arguments; the conditions "dossier" and "history"
by name; "texts" that marks stand for."""


def skeleton(name: str, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return under which arguments a statement is kept."""
    shape, rest = given[0], given[1:]
    if name in ("feed", "feed_ids"):
        return (ANY,), _scope(rest[0]), rest[1]
    if name == "feed_rows":
        return (_scope(shape) and (ANY,),)
    mark = OTHER if name in ("list", "ids") and _otherwise(shape, *rest) else ANY
    return (mark,), *(VIA if isinstance(each, str) and each.startswith("ix_") else each for each in rest)


def _otherwise(shape: tuple[str, ...], order: str, segment: int, _: str, via: str) -> bool:
    if order.endswith("newest"):
        # Along the dossiers' own numbers no dossier is needed where sets say it all.
        return via == "sets" and not KNOWN.issuperset(shape)
    # Who asks for some states need not be told in which a dossier may be open.
    return order.endswith("waits_for") and segment == 0 and via != "order" and "states" in shape


def _scope(scope: tuple[str, ...]) -> tuple[str, ...]:
    return ((OTHER,) if "scope_offices" in scope else (ANY,)) if scope else ()


def composed(kept: Kept, name: str, given: tuple[Any, ...]) -> tuple[str, Mapping[str, Any]] | None:
    """Return a list's statement and its fixed values; None when it is not kept."""
    if name not in SHAPED:
        return None
    found = kept["statements"].get(json.dumps([name, *skeleton(name, given)]))
    if found is None:
        return None
    sql, fixed = found
    history = name.startswith("feed")
    scope = given[1] if name in ("feed", "feed_ids") else given[0]
    texts, dossier = kept["texts"], kept["dossier"]
    sql = sql.replace(LINE, texts[LINE])
    if EVERY_KIND in scope:
        scope = [part for part in scope if part != EVERY_KIND]
        sql = sql.replace(PROPOSALS, ANYTHING)
    while mark := _SETS.search(sql):
        sql = _put(sql, mark.group(), _sets(kept, scope, mark.group(1)))
    if HIDDEN in sql:
        hides = "hide_states" in scope
        sql = _put(sql, HIDDEN, _sets(kept, ("hide_states",), "dossier_search.rowid") if hides else [])
        scope = [part for part in scope if part != "hide_states" and not part.startswith("text")]
    sql = _put(sql, WHERE, [dossier[part] for part in scope])
    if history:
        asked = given[0] if name != "feed_rows" else ()
        sql = _put(sql, ROWS, [kept["history"][part] for part in asked])
    via = given[-1]
    return sql.replace(VIA, via) if isinstance(via, str) else sql, fixed


def _put(sql: str, mark: str, conditions: Collection[str]) -> str:
    """Put conditions in the place of a mark; none at all leave no trace."""
    if conditions:
        return sql.replace(mark, " AND ".join(conditions))
    for trace in (f"{mark} AND ", f" AND {mark}", f" \nWHERE {mark}"):
        sql = sql.replace(trace, "")
    return sql


def _sets(kept: Kept, shape: Collection[str], number: str) -> list[str]:
    """Each condition as a set of numbers that an index knows, so that no dossier need be looked at."""
    texts, made = kept["texts"], []
    own: dict[str, list[str]] = {}
    for name in shape:
        if number == HIT and name.startswith("text"):
            continue  # a hit is what was searched for
        index = _knows(name, shape)
        if name == "hide_states" and index == "":
            made.append(texts[HIDDEN].replace(NUMBER, number))
        elif index or number != OWN_NUMBER:
            own.setdefault(index, []).append(kept["dossier"][name])
        else:
            made.append(kept["dossier"][name])
    for index, conditions in own.items():
        text = texts[SETS].replace(NUMBER, number).replace(WHERE, " AND ".join(conditions))
        made.append(text.replace(f"INDEXED BY {VIA}", f"INDEXED BY {index}" if index else "NOT INDEXED"))
    return made


def _knows(name: str, shape: Collection[str]) -> str:
    """Return the index whose set a condition is part of, "" for none: where one is asked for anyway that
    knows the condition, too, it goes with it and needs no set of its own.
    """
    for index, leading in _LEADING.items():
        if not leading.isdisjoint(shape) and name in COVERED[index]:
            return index
    if name == "hide_states":
        return ""
    return next((index for index, names in IN_SETS.items() if name in names), "")
