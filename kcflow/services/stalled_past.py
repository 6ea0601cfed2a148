"""What stood still on a day of the past: state, deadline, holder, holds as the history had them that evening.

The last row of a day up to then says where a dossier stood. Papers, corrections and notes entered for an
earlier day don't count: they carry the state of the day of their entry. Every open dossier of that day is
read, so this takes its time on a large store; a list is read once and its pages are cut from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from db import clock, index, queries
from db import stalled as stored
from db.leaf import ADDED, LATE_ENTRIES
from db.queries import Scope
from db.rows_clock import ClockRow, HoldRow
from kcflow.labels import OUTSIDE_HOLDERS
from kcflow.services.browse import stored_filter
from kcflow.services.context import Context, Shared
from kcflow.services.stalled import (
    CAP,
    URGENT,
    Last,
    Mark,
    in_force,
    people_names,
    row_of,
)
from kcflow.services.standing import KINDS, Moment, moment
from kcflow.services.views import ListFilter, Page, StalledKind, StalledRow

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierLine, HistoryRow

_NEVER: Final = date.max


@dataclass(frozen=True)
class Stood:
    """A dossier as it stood: its line of that day, how it stood still, the number of the last row."""

    line: DossierLine
    kind: StalledKind


@dataclass(frozen=True)
class _List:
    """A list that was read once."""

    found: Sequence[Stood]
    now: Moment
    marks: dict[int, Mark]


_kept: tuple[ref[Shared], object, _List] | None = None
"""The list that was asked for last: the next page is cut from it while nothing is written."""


def line_of_then(line: DossierLine, leaf: dict[str, Any], ending: str) -> DossierLine:
    """A dossier's line as `leaf` left it."""
    due = leaf["due"] or {}
    return replace(
        line,
        state=leaf["to"],
        version=leaf["seq"],
        budget_year=leaf["budget_year"],
        entered_on=date.fromisoformat(leaf["entered_on"]),
        due_on=date.fromisoformat(due["on"]) if due else None,
        due_kind=due.get("kind"),
        due_basis=due.get("basis"),
        waits_for=leaf["waits_for"],
        return_to=leaf["return_to"],
        ending=ending,
        last_on=date.fromisoformat(leaf["on"]),
        last_actor=leaf["actor"],
    )


# -- what supervisors had done ---------------------------------------------------------------


def _mark_of(code: str, rows: Sequence[HistoryRow], holds: Sequence[HoldRow], day: date) -> Mark:
    """What supervisors had done by the evening of `day` about a dossier in the state it had then."""
    then = [row for row in rows if row.on <= day and (row.action not in LATE_ENTRIES or _act(row))]
    if not then:
        return Mark()
    entered = max(row.seq for row in then if row.leaf["from"] != row.leaf["to"])
    since = [row for row in then if row.seq >= entered and _act(row)]
    holder: str | None = None
    reminders, reminded_on, level = 0, None, 0
    for row in since:
        note = row.leaf["refs"]["clock"]
        if note["act"] == "reassign":
            holder = note["holder"]
        elif note["act"] == "remind":
            reminders, reminded_on = reminders + 1, row.on
        elif note["act"] == "escalate":
            level = note["level"]
    own = {row.seq for row in since}
    hold = next((each for each in holds if each.seq in own and in_force(each, day)), None)
    marked = ClockRow(code, since[-1].seq, entered, holder, reminders, reminded_on, level) if since else None
    return Mark(marked, hold)


def _act(row: HistoryRow) -> str | None:
    """What a clock note did, None for any other row."""
    noted = (row.leaf.get("refs") or {}).get("clock")
    return str(noted["act"]) if noted else None


def _marks(reader: Reader, day: date) -> dict[int, Mark]:
    there = stored.marked(reader)
    holds = clock.holds(reader, sorted(there.values()), present=False) if there else {}
    return {
        number: _mark_of(code, queries.history_of(reader, code), holds.get(code, ()), day)
        for number, code in there.items()
    }


# -- the list --------------------------------------------------------------------------------


def _fits(line: DossierLine, asked: queries.DossierFilter, hidden: Collection[str]) -> bool:
    """Whether a line of that day passes what may change."""
    if line.kind == "proposal" and line.state in hidden:
        return False
    return (
        (asked.states is None or line.state in asked.states)
        and (asked.waits_for is None or line.waits_for in asked.waits_for)
        and (asked.due_from is None or (line.due_on is not None and line.due_on >= asked.due_from))
        and (asked.due_before is None or (line.due_on is not None and line.due_on < asked.due_before))
        and (asked.due_kind is None or line.due_kind == asked.due_kind)
        and (asked.due_basis is None or line.due_basis == asked.due_basis)
        and (asked.entered_from is None or line.entered_on >= asked.entered_from)
        and (asked.entered_before is None or line.entered_on < asked.entered_before)
    )


def _charged(mark: Mark, wanted: ListFilter) -> bool:
    holder = mark.clock.holder if mark.clock else None
    if wanted.holder is not None and (holder or "") != wanted.holder:
        return False
    return wanted.held is None or wanted.held == (mark.hold is not None)


def stood(
    context: Context, reader: Reader, day: date, near_days: int, wanted: ListFilter
) -> tuple[Moment, dict[int, Mark], Iterator[Stood]]:
    """Everything that passes `wanted` and stood still on `day`, in no order; with the marks of that day."""
    marks = _marks(reader, day)
    held = {
        number: mark.hold.party
        for number, mark in marks.items()
        if mark.hold is not None and mark.hold.party in OUTSIDE_HOLDERS
    }
    now = replace(moment(context, reader, day, near_days), held=held)
    asked = stored_filter(context, wanted, day)
    lasting = replace(
        asked,
        open_only=False,
        every_kind=True,
        # What a dossier was that day is asked below, not what it is.
        states=None,
        waits_for=None,
        due_from=None,
        due_before=None,
        due_kind=None,
        due_basis=None,
        entered_from=None,
        entered_before=None,
    )
    scope = replace(context.scope, hide_states=frozenset())

    def each() -> Iterator[Stood]:
        for line, leaf in stored.as_of(reader, scope, day, lasting):
            if leaf is None:
                continue
            then = line
            if leaf:
                state = context.shared.lifecycle(line.lifecycle).state_by_name[leaf["to"]]
                then = line_of_then(line, leaf, state.ending)
            kind = now.kind_of(then)
            fits = _fits(then, asked, context.scope.hide_states)
            if kind is not None and fits and _charged(marks.get(line.id, Mark()), wanted):
                yield Stood(then, kind)

    return now, marks, each()


_KEYS: Final[dict[str, Callable[[DossierLine], Any]]] = {
    "code": lambda line: line.code,
    "title": lambda line: line.title,
    "province": lambda line: line.province,
    "unit": lambda line: line.unit_office,
    "source": lambda line: line.source,
    "year": lambda line: line.plan_year,
    "requested": lambda line: line.requested,
    "approved": lambda line: line.approved,
    "state": lambda line: (line.state, line.lifecycle),
    "waits_for": lambda line: line.waits_for,
    "due": lambda line: line.due_on,
    "entered": lambda line: line.entered_on,
    "newest": lambda line: -line.id,
}
_PARTS: Final = {"near": 0, "law": 1, "policy": 1, "stuck": 2, "waiting": 4}


def _in_order(found: list[Stood], order: str, held: Collection[int]) -> list[Stood]:
    """As the list of today is ordered (kcflow.services.stalled); what has no value stands last."""
    if order == URGENT:

        def part(each: Stood) -> tuple[int, date, str]:
            on_hold = each.kind == "waiting" and each.line.id in held
            return 3 if on_hold else _PARTS[each.kind], each.line.due_on or _NEVER, each.line.code

        return sorted(found, key=part)
    value, down = _KEYS[order.removeprefix("-")], order.startswith("-")
    there = [each for each in found if value(each.line) is not None]
    rest = [each for each in found if value(each.line) is None]
    there.sort(key=lambda each: (value(each.line), each.line.code), reverse=down)
    return there + sorted(rest, key=lambda each: each.line.code)


def page(
    context: Context,
    day: date,
    after: object | None,
    limit: int,
    near_days: int,
    kinds: Collection[str],
    wanted: ListFilter,
    order: str,
) -> Page[StalledRow]:
    """One page of what stood still on `day`. `after`: (code, place) of the last row of the page before."""
    with context.store.read() as reader:
        question = (day, near_days, tuple(sorted(kinds)), wanted, order, context.scope)
        whole = _whole(context, reader, question)
        at = _place(whole.found, after)
        shown = whole.found[at : at + limit]
        rows = tuple(_rows(context, reader, whole, shown))
    end = at + len(shown)
    return Page(rows, (shown[-1].line.code, end) if shown and end < len(whole.found) else None)


def _whole(
    context: Context, reader: Reader, question: tuple[date, int, Collection[str], ListFilter, str, Scope]
) -> _List:
    global _kept
    day, near_days, kinds, wanted, order, _ = question
    key = (question, index.last_row(reader), context.today)
    kept = _kept
    if kept is not None and kept[0]() is context.shared and kept[1] == key:
        return kept[2]
    now, marks, every = stood(context, reader, day, near_days, wanted)
    found = [each for each in every if each.kind in kinds]
    made = _List(_in_order(found, order, now.held), now, marks)
    _kept = (ref(context.shared), key, made)
    return made


def _place(found: Sequence[Stood], after: object | None) -> int:
    """Where the page after `after` begins, also when rows of that day were entered meanwhile."""
    if not isinstance(after, tuple) or len(after) != 2:
        return 0
    code, at = after
    if 0 < at <= len(found) and found[at - 1].line.code == code:
        return int(at)
    return next((place for place, each in enumerate(found, 1) if each.line.code == code), int(at))


def _rows(context: Context, reader: Reader, place: _List, shown: Sequence[Stood]) -> Iterator[StalledRow]:
    amounts = reader.amounts([each.line.code for each in shown])
    names = people_names(reader, (place.marks.get(each.line.id, Mark()) for each in shown))
    for each in shown:
        line = each.line
        until = line.version
        sums: dict[str, Any] = dict.fromkeys(ADDED, 0)
        approved: int | None = None
        for amount in amounts.get(line.code, ()):
            if amount.seq <= until and amount.kind in sums:
                sums[amount.kind] += amount.dong
            elif amount.seq <= until:
                approved = amount.dong
        line = replace(line, approved=approved, **sums)
        acts = [
            row
            for row in queries.history_of(reader, line.code)
            if row.seq <= until and row.action not in LATE_ENTRIES
        ]
        last = Last(acts[-1].action, acts[-1].on, acts[-1].actor_name)
        mark = place.marks.get(line.id, Mark())
        yield row_of(context, place.now, line, each.kind, mark, last, names, False)


def counts(context: Context, day: date, near_days: int, wanted: ListFilter) -> dict[str, int]:
    """How many stood still in each way on `day`, at most `CAP` each."""
    found = dict.fromkeys(KINDS, 0)
    with context.store.read() as reader:
        for each in stood(context, reader, day, near_days, wanted)[2]:
            found[each.kind] += 1
    return {kind: min(count, CAP) for kind, count in found.items()}
