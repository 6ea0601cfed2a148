"""The statements of db.queries: one for each shape of a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from db import build_standing
from db.base import FromLeaf
from db.compose import ANY, EVERY_KIND, HIDDEN, HIT, KNOWN, OTHER, ROWS, SETS, WHERE
from db.core import Among, Proposals, given, table
from db.ddl import MARKS
from db.models import Dossier, History, LegalMove, Paper
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


_CLOCK_ACT: sa.ColumnElement[Any] = FromLeaf("refs", "clock", "act")
# Written out, not as a parameter: only then may a partial index serve it.
_OPEN: Condition = D.c.ending == sa.literal_column("''")
_MAY_BE_OPEN: Condition = D.c.state.in_(
    sa.select(table(LegalMove).c.to_state).where(table(LegalMove).c.ending == sa.literal_column("''"))
)
"""In such states every open dossier stands: a fifth of all that there are."""
_PROPOSALS: Condition = Proposals(D.c.id)
"""Lists have no other kind of dossier."""
_FROM_FIRST: Condition = D.c.id > sa.literal_column("0")
"""The same where the table itself is read in its order: it begins behind the others."""
_THERE: Condition = D.c.id != sa.literal_column("0")
"""A dossier of any kind (db.compose puts it in the place of the others)."""
_SEARCH = "dossier.id IN (SELECT rowid FROM dossier_search WHERE dossier_search MATCH :text)"
_PROBE = (
    "EXISTS (SELECT 1 FROM dossier_words w WHERE w.id = dossier.id"
    " AND kc_terms(w.code || ' ' || w.folded || ' ' || w.marks, :terms))"
)
"""The same, one dossier at a time: for few dossiers and many hits."""
S = sa.table("dossier_search", sa.column("rowid"))
_SEARCH_ALL = (
    f"({_SEARCH} OR dossier.id < 0"
    f" AND kc_terms(dossier.code || ' ' || dossier.folded || ' ' || {MARKS}, :terms))"
)
"""The search knows proposals only: other kinds of dossier are compared one by one."""
N = sa.table("dossier_search_docsize", sa.column("id", sa.Integer))
"""The search's own list of all dossiers (SQLite): the ids in their order, twelve bytes each."""
TITLE_KEY = 60
"""Characters of the folded text by which titles are sorted: an index over all of it would be large."""


DOSSIER: Mapping[str, Callable[[], Condition]] = {
    "scope_provinces": lambda: Among(D.c.province, "scope_provinces"),
    "scope_offices": lambda: Among(D.c.unit_office, "scope_offices"),
    "scope_sources": lambda: Among(D.c.source, "scope_sources"),
    "hide_states": lambda: sa.not_(Among(D.c.state, "hide_states")),
    "states": lambda: Among(D.c.state, "states"),
    "lifecycles": lambda: Among(D.c.lifecycle, "lifecycles"),
    "offices": lambda: Among(D.c.unit_office, "offices"),
    "waits_for": lambda: Among(D.c.waits_for, "waits_for"),
    "endings": lambda: Among(D.c.ending, "endings"),
    "plan_year": lambda: D.c.plan_year == given("plan_year"),
    "budget_year": lambda: D.c.budget_year == given("budget_year"),
    "source": lambda: D.c.source == given("source"),
    "kind": lambda: D.c.kind == given("kind"),
    "due_kind": lambda: D.c.due_kind == given("due_kind"),
    "contents": lambda: D.c.contents.op("&")(given("contents")) != sa.literal_column("0"),
    "requested_from": lambda: D.c.requested >= given("requested_from"),
    "requested_to": lambda: D.c.requested <= given("requested_to"),
    "ids": lambda: Among(D.c.id, "ids", numbers=True),
    "open_only": lambda: _OPEN,
    EVERY_KIND: lambda: _THERE,
    **build_standing.CONDITIONS,
    "due_from": lambda: _text(D.c.due_on) >= given("due_from"),
    "due_before": lambda: _text(D.c.due_on) < given("due_before"),
    ANY: lambda: _mark(WHERE),
    OTHER: lambda: _mark(WHERE),
}


def _mark(text: str) -> Condition:
    """A place for conditions (SQLite: db.compose)."""
    made: Any = sa.text(text)
    condition: Condition = made
    return condition


@dataclass(frozen=True)
class Segment:
    """A part of an order: the dossiers that meet `where`, by `keys`, all up or all down.

    index: the SQLite index that has them in this order; "" is the table itself. gathered: conditions that say
    nothing new, but let SQLite gather them faster.
    """

    keys: tuple[sa.ColumnElement[Any], ...]
    up: bool = True
    index: str = "ix_dossier_code"
    where: tuple[Condition, ...] = ()
    gathered: tuple[Condition, ...] = ()


KEYS: Mapping[str, sa.ColumnElement[Any]] = {
    "title": sa.func.substr(D.c.folded, sa.literal_column("1"), sa.literal_column(str(TITLE_KEY))),
    "province": D.c.province,
    "unit": D.c.unit_office,
    "source": D.c.source,
    "year": D.c.plan_year,
    "requested": D.c.requested,
    "approved": D.c.approved,
    "state": D.c.state,
    "waits_for": D.c.waits_for,
    "due": _text(D.c.due_on),
    "entered": _text(D.c.entered_on),
}
"""What each order sorts by, before the code."""
_EMPTY = {"approved": D.c.approved, "due": D.c.due_on, "waits_for": None}
"""Orders that keep some dossiers for the end, whichever way round: those without a value, and ended ones."""


def _segments(name: str, up: bool) -> tuple[Segment, ...]:
    key, index = KEYS[name], f"ix_dossier_{_INDEXES.get(name, name)}"
    if name == "state":
        # States of one name in two lifecycles are two states.
        return (Segment((key, D.c.lifecycle, D.c.code), up, index),)
    if name not in _EMPTY:
        return (Segment((key, D.c.code), up, index),)
    column = _EMPTY[name]
    there = _OPEN if column is None else column.is_not(None)
    gone: Condition = D.c.ending != sa.literal_column("''") if column is None else column.is_(None)
    gathered = (_MAY_BE_OPEN,) if column is None else ()
    return (Segment((key, D.c.code), up, index, (there,), gathered), Segment((D.c.code,), where=(gone,)))


_INDEXES = {"unit": "unit_office", "waits_for": "state", "entered": "state"}
ORDERS: Mapping[str, tuple[Segment, ...]] = {
    "code": (Segment((D.c.code,)),),
    "-code": (Segment((D.c.code,), up=False),),
    **{name: _segments(name, up=True) for name in KEYS},
    **{f"-{name}": _segments(name, up=False) for name in KEYS},
    "newest": (Segment((D.c.id,), up=False, index=""),),
    "-newest": (Segment((D.c.id,), index=""),),
}
HISTORY: Mapping[str, Callable[[], Condition]] = {
    "dossier": lambda: H.c.dossier == given("dossier"),
    "actor": lambda: H.c.actor == given("actor"),
    "office": lambda: H.c.office == given("office"),
    "role": lambda: H.c.role == given("role"),
    "actions": lambda: Among(H.c.action, "actions"),
    # Only a note's leaf is looked into; on a server its index finds the notes.
    "clock_acts": lambda: (H.c.action == sa.literal_column("'note'")) & Among(_CLOCK_ACT, "clock_acts"),
    "on_from": lambda: H.c.on_date >= given("on_from"),
    "on_to": lambda: H.c.on_date <= given("on_to"),
    "at_from": lambda: _since(given("at_from")),
    "at_to": lambda: ~_since(given("at_to")),
    "after": lambda: H.c.id < given("after"),
    "ids": lambda: Among(H.c.id, "ids", numbers=True),
    ANY: lambda: _mark(ROWS),
}


SEARCHES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "text": (_SEARCH, ("text",)),
    "text?": (_PROBE, ("terms",)),
    "text*": (_SEARCH_ALL, ("text", "terms")),
}
"""How a search is asked of SQLite: at once, dossier by dossier, of every kind of dossier."""


def conditions(shape: Shape) -> list[Condition]:
    """Return the conditions named in a shape."""
    made = [DOSSIER[name]() for name in shape if not name.startswith("text")]
    search = next((name for name in shape if name.startswith("text")), None)
    if search is not None and search in SEARCHES:
        text, names = SEARCHES[search]
        made.append(sa.text(text).bindparams(*map(given, names)))  # type: ignore[arg-type]
    elif search:
        # The expression of the trigram index, word for word.
        words = sa.literal_column("(lower(dossier.code) || ' ' || dossier.folded)", sa.Text)
        for number in range(int(search.removeprefix("text"))):
            word: Condition = words.op("~", is_comparison=True)(given(f"text{number}"))
            made.append(word | Among(D.c.province, f"place{number}"))
    return made


def row_conditions(shape: Shape) -> list[Condition]:
    """Return the conditions on rows of the history that are named in a shape."""
    return [HISTORY[name]() for name in shape]


def _bound(segment: Segment, name: str, *, beyond: bool) -> list[Condition]:
    """Dossiers that come after the keys :name0, :name1, …, or (not `beyond`) up to them."""
    end = sa.tuple_(*(given(f"{name}{number}") for number in range(len(segment.keys))))
    here = sa.tuple_(*segment.keys)
    if beyond:
        bound: Condition = here > end if segment.up else here < end
    else:
        bound = here <= end if segment.up else here >= end
    # SQLite seeks by the first key alone when that is an expression, not by a row of values.
    first, edge = segment.keys[0], given(f"{name}0")
    return [bound, first >= edge if segment.up == beyond else first <= edge]


def _sorted(segment: Segment) -> list[sa.ColumnElement[Any]]:
    return [key if segment.up else key.desc() for key in segment.keys]


def _where(segment: Segment, shape: Shape, bounds: str) -> list[Condition]:
    """Conditions of a page; bounds: "" or letters, "a" begins after :after…, "u" ends at :until…"""
    made = [
        *segment.where,
        *kind_asked(shape, _PROPOSALS if segment.index else _FROM_FIRST),
        *conditions(shape),
    ]
    made += _bound(segment, "after", beyond=True) if "a" in bounds else []
    return made + (_bound(segment, "until", beyond=False) if "u" in bounds else [])


def kind_asked(shape: Shape, proposals: Condition = _PROPOSALS) -> list[Condition]:
    """Return the condition that leaves other kinds of dossier out, unless they are asked for."""
    return [] if EVERY_KIND in shape else [proposals]


def _by(made: sa.Select[Any], index: str) -> sa.Select[Any]:
    """Tell SQLite the one index that it may use; "" is none."""
    return made.with_hint(D, f"INDEXED BY {index}" if index else "NOT INDEXED", "sqlite")


def page(
    dialect: Dialect, shape: Shape, order: str, number: int, bounds: str, via: str = ""
) -> sa.Executable:
    """One page of a segment of an order.

    via (SQLite): "order" reads along the order's own index and takes what fits; the name of an index gathers
    through that one what fits, and sorts it; "sets" goes along the order's index, with every condition met
    by a set of ids; "text" gathers what the search finds.
    """
    segment = ORDERS[order][number]
    made: sa.Select[Any] = sa.select(*LINE_COLUMNS, *segment.keys)
    if dialect != "sqlite" or via == "order":
        made = made.where(*_where(segment, shape, bounds))
        return _by(made, segment.index).order_by(*_sorted(segment)).limit(given("limit"))
    made = made.where(D.c.id.in_(_gathered(segment, shape, bounds, via).limit(given("limit"))))
    return _by(made, "").order_by(*_sorted(segment))


def _gathered(segment: Segment, shape: Shape, bounds: str, via: str) -> sa.Select[Any]:
    """Ids in the order of a segment, gathered through `via`."""
    if via == "sets" and not segment.index and KNOWN.issuperset(shape):
        key = N.c.id if segment.up else N.c.id.desc()
        bound = [N.c.id > given("after0") if segment.up else N.c.id < given("after0")] if bounds else []
        return sa.select(N.c.id).where(*bound, *_sets(shape, N.c.id)).order_by(key).correlate(None)
    made: sa.Select[Any] = sa.select(D.c.id)
    if via == "sets":
        made = made.where(*_where(segment, (), bounds), *_sets(shape))
    else:
        made = made.where(*_where(segment, shape, bounds))
    made = made.where(*(() if OTHER in shape else segment.gathered))
    along = segment.index or "ix_dossier_contents"
    index = {"sets": along, "text": ""}.get(via, via)
    return _by(made, index).order_by(*_sorted(segment)).correlate(None)


def _sets(shape: Shape, number: sa.ColumnElement[Any] = D.c.id) -> list[Condition]:
    """Each condition as a set of ids that an index knows, so that no dossier need be looked at (SQLite)."""
    return [_mark(f"{SETS}({number})")] if shape else []


def among(shape: Shape, number: sa.ColumnElement[Any], index: str) -> Condition:
    """A number is that of a dossier which meets conditions that an index knows (SQLite)."""
    there = _by(sa.select(D.c.id).where(*conditions(shape)), index)
    return number.in_(there.correlate(None))


def not_hidden(number: sa.ColumnElement[Any]) -> Condition:
    """A number is not that of a dossier in a hidden state (SQLite)."""
    hidden = _by(sa.select(D.c.id).where(Among(D.c.state, "hide_states")), "ix_dossier_state")
    return number.not_in(hidden.correlate(None))


def edge(_: Dialect, order: str, number: int, bounds: str) -> sa.Executable:
    """The keys of the dossier :budget places further in a segment, whatever else is asked."""
    segment = ORDERS[order][number]
    made: sa.Select[Any] = sa.select(*segment.keys).where(*_where(segment, (), bounds))
    made = _by(made, segment.index).order_by(*_sorted(segment))
    return made.limit(sa.literal_column("1")).offset(given("budget"))


def _matches() -> Condition:
    made: Any = sa.text("dossier_search MATCH :text").bindparams(given("text"))
    matches: Condition = made
    return matches


def text_count(_: Dialect) -> sa.Executable:
    """How many dossiers a search finds, at most :cap (SQLite)."""
    found: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(S).where(_matches())
    return sa.select(sa.func.count()).select_from(found.limit(given("cap")).subquery())


def _hits(bounds: str, order: str) -> list[Condition]:
    made, down = [_matches()], order == "newest"
    if "a" in bounds:
        made.append(S.c.rowid < given("after0") if down else S.c.rowid > given("after0"))
    if "u" in bounds:
        made.append(S.c.rowid >= given("until0") if down else S.c.rowid <= given("until0"))
    return made


def _along_hits(made: sa.Select[Any], order: str) -> sa.Select[Any]:
    return made.order_by(S.c.rowid.desc() if order == "newest" else S.c.rowid)


def text_edge(_: Dialect, shape: Shape, order: str, bounds: str) -> sa.Executable:
    """The hit :budget places further on that isn't hidden, "newest" first or "-newest" (SQLite)."""
    hidden = [_mark(HIDDEN)] if ANY in shape else []
    made = _along_hits(sa.select(S.c.rowid).where(*_hits(bounds, order), *hidden), order)
    return made.limit(sa.literal_column("1")).offset(given("budget"))


def text_page(_: Dialect, shape: Shape, order: str, bounds: str) -> sa.Executable:
    """One page of what a search finds, newest first or last, without gathering all of it (SQLite).

    Each hit's dossier is looked at, except for what is hidden: that may be all of the newest.
    """
    others = tuple(name for name in shape if not name.startswith("text") and name != "hide_states")
    hidden = [_mark(HIDDEN)] if ANY in shape else []
    made: sa.Select[Any] = sa.select(*LINE_COLUMNS, S.c.rowid).join_from(S, D, D.c.id == S.c.rowid)
    made = _by(made.where(*_hits(bounds, order), *hidden, *conditions(others)), "")
    return _along_hits(made, order).limit(given("limit"))


def _matched(shape: Shape, order: str, bounds: str) -> sa.Select[Any]:
    """Ids of what a search finds: its hits one after the other, every other condition a set of ids."""
    number: sa.ColumnElement[Any] = sa.literal_column(HIT, sa.Integer)
    made: sa.Select[Any] = sa.select(S.c.rowid).where(*_hits(bounds, order))
    made = made.where(*_sets(tuple(name for name in shape if not name.startswith("text")), number))
    return _along_hits(made, order) if order else made


def text_hits(_: Dialect, shape: Shape, order: str, bounds: str) -> sa.Executable:
    """The same page as `text_page`, without a look at any other dossier than the page's."""
    found = _matched(shape, order, bounds).limit(given("limit")).correlate(None)
    made: sa.Select[Any] = sa.select(*LINE_COLUMNS, D.c.id).where(D.c.id.in_(found))
    return _by(made, "").order_by(D.c.id.desc() if order == "newest" else D.c.id)


def text_ids(_: Dialect, shape: Shape, order: str) -> sa.Executable:
    """The ids of all that a search finds, newest first or last, at most :cap, as `ids` gives them."""
    return _packed(_matched(shape, order, "").limit(given("cap")), S.c.rowid.name)


def _packed(found: sa.Select[Any], name: str) -> sa.Select[Any]:
    """Ids as one text with commas: a million rows, one by one, take three times as long, and each of them
    asks for the interpreter.
    """
    return sa.select(sa.func.group_concat(found.subquery().c[name]))


def ids(dialect: Dialect, shape: Shape, order: str, number: int, bounds: str, via: str = "") -> sa.Executable:
    """The ids of a segment of an order, at most :cap; on SQLite packed."""
    segment = ORDERS[order][number]
    if dialect == "sqlite":
        return _packed(_gathered(segment, shape, bounds, via).limit(given("cap")), D.c.id.name)
    made: sa.Select[Any] = sa.select(D.c.id).where(*_where(segment, shape, ""))
    return made.order_by(*_sorted(segment)).limit(given("cap"))


def keys_of(_: Dialect, order: str, number: int) -> sa.Executable:
    """The keys of the dossier with the id :id in a segment of an order."""
    return sa.select(*ORDERS[order][number].keys).where(D.c.id == given("id"))


def lines(_: Dialect, shape: Shape) -> sa.Executable:
    """Dossiers as lists show them, in no order."""
    return sa.select(*LINE_COLUMNS).where(*kind_asked(shape), *conditions(shape))


def count(dialect: Dialect, shape: Shape, via: str = "") -> sa.Executable:
    """How many dossiers, at most :cap (none: SQLite takes -1, PostgreSQL null)."""
    if via == "hits":
        return sa.select(sa.func.count()).select_from(_matched(shape, "", "").limit(given("cap")).subquery())
    found: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(D)
    found = found.where(*kind_asked(shape), *(_sets(shape) if via == "sets" else conditions(shape)))
    if dialect == "sqlite" and via not in ("", "text"):
        found = _by(found, "ix_dossier_code" if via == "sets" else via)
    elif via == "text":
        found = _by(found, "")
    return sa.select(sa.func.count()).select_from(found.limit(given("cap")).subquery())


def visible(_: Dialect, shape: Shape) -> sa.Executable:
    """Whether one dossier is in scope."""
    return sa.select(D.c.id).where(D.c.code == given("code"), *conditions(shape))


def flow(_: Dialect, shape: Shape, via: str = "") -> sa.Executable:
    """How many dossiers stand in each state, and their requested đồng."""
    total = sa.cast(sa.func.sum(D.c.requested), sa.BigInteger)
    made = sa.select(D.c.lifecycle, D.c.state, sa.func.count(), total)
    return _by_state(made, shape, via)


def flow_due(_: Dialect, shape: Shape, via: str = "") -> sa.Executable:
    """By state: how many open dossiers are late on :day by law, by policy, and how many due until :near."""
    due = _text(D.c.due_on)
    late, by_law = due < given("day"), D.c.due_kind == sa.literal_column("'law'")

    def how_many(limit: Condition) -> sa.ColumnElement[Any]:
        return sa.func.sum(sa.case((limit, sa.literal_column("1")), else_=sa.literal_column("0")))

    made = sa.select(
        D.c.lifecycle, D.c.state, how_many(late & by_law), how_many(late & ~by_law), how_many(~late)
    ).where(_OPEN, due <= given("near"))
    return _by_state(made, shape, via)


def _by_state(made: sa.Select[Any], shape: Shape, via: str) -> sa.Select[Any]:
    made = made.where(*kind_asked(shape), *conditions(shape)).group_by(D.c.state, D.c.lifecycle)
    return made if via == "" else _by(made, "" if via == "text" else via)


def may_read_file(_: Dialect, shape: Shape) -> sa.Executable:
    """Whether a file is attached to a dossier in scope."""
    paper = table(Paper)
    made = sa.select(D.c.id).join_from(paper, D, D.c.code == paper.c.dossier)
    return made.where(paper.c.file == given("sha256"), *conditions(shape)).limit(sa.literal_column("1"))


def feed(_: Dialect, shape: Shape, scope: Shape, oldest_first: bool) -> sa.Executable:
    """The history, newest first by pages, or one dossier's from its beginning."""
    made = _feed(shape, scope, HISTORY_COLUMNS)
    if oldest_first:
        return made.order_by(H.c.seq)
    return made.order_by(H.c.id.desc()).limit(given("limit"))


def rows_of(_: Dialect, scope: Shape) -> sa.Executable:
    """The ids of all rows of the dossiers that meet some conditions, in no order."""
    return sa.select(H.c.id).join_from(D, H, H.c.dossier == D.c.code).where(*conditions(scope))


def feed_ids(_: Dialect, shape: Shape, scope: Shape, oldest_first: bool) -> sa.Executable:
    """The ids of the history's rows: the newest :cap of them, or the oldest."""
    made = _feed(shape, scope, (H.c.id,))
    return made.order_by(H.c.id if oldest_first else H.c.id.desc()).limit(given("cap"))


def feed_rows(_: Dialect, scope: Shape) -> sa.Executable:
    """The rows with certain ids, in no order."""
    made: sa.Select[Any] = sa.select(*HISTORY_COLUMNS).where(*row_conditions(("ids",)))
    return made.where(_own_dossier(scope)) if scope else made


def _feed(shape: Shape, scope: Shape, columns: tuple[sa.ColumnElement[Any], ...]) -> sa.Select[Any]:
    made: sa.Select[Any] = sa.select(*columns).where(*row_conditions(shape))
    if "scope_offices" in scope or OTHER in scope:
        # Few dossiers: from them to their rows. Otherwise: down the feed, looking each dossier up.
        made = made.where(H.c.dossier.in_(sa.select(D.c.code).where(*conditions(scope))))
    elif scope:
        made = made.where(_own_dossier(scope))
    return made


def _own_dossier(scope: Shape) -> Condition:
    own: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(D)
    return own.where(D.c.code == H.c.dossier, *conditions(scope)).correlate(H).exists()
