"""Counting stored deadlines anew: what a rule, a day or a hold would move, and the rows that move it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from db import clock
from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.clock.count import Rulebook, count, waits_for_contract
from kcflow.services.clock_views import SHIFTS_SHOWN, ChangePlan, ChangeResult, Shift
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.leaves import base_leaf, due_leaf
from kcflow.services.money.facts import stored_facts
from kcflow.services.texts import both
from states.clock import CalendarUnknown, Due
from states.facts import Assignment
from states.model import Label, Lifecycle
from states.records import record

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import PaperRow

    Touched = Callable[[StoredDossier], bool]

PAGE: Final = 1000
"""How many dossiers are counted at a time."""


@record(frozen=True, slots=True)
class Shifted:
    """A dossier that is due on another day, by another kind of rule or on another basis than is stored."""

    row: StoredDossier
    lifecycle: Lifecycle
    after: Due | None

    @property
    def moves(self) -> bool:
        """Whether the day moves, or only who says so."""
        return self.row.due_on != (self.after.on if self.after else None)

    def is_late(self, today: date) -> tuple[bool, bool]:
        """Whether it is late on that day before, and after."""
        before, after = self.row.due_on, self.after.on if self.after else None
        return before is not None and before < today, after is not None and after < today


def _stored(row: StoredDossier) -> tuple[date | None, str | None, str | None]:
    return row.due_on, row.due_kind, row.due_basis


def _counted(due: Due | None) -> tuple[date | None, str | None, str | None]:
    return (due.on, due.kind, due.basis) if due else (None, None, None)


class Recount:
    """One pass over open dossiers of every kind; `looked_at` counts them, `unknown` those left as they are.

    A dossier whose date would fall into a year that the calendar doesn't know keeps the one it has.
    """

    def __init__(
        self,
        context: Context,
        reader: Reader,
        rulebook: Rulebook | None = None,
        *,
        codes: Iterable[str] | None = None,
        lifecycles: Collection[str] | None = None,
        states: Collection[str] | None = None,
        touched: Touched | None = None,
    ) -> None:
        self._context = context
        self._reader = reader
        self._rulebook = rulebook or context.shared.rulebook(reader)
        self._codes = None if codes is None else list(dict.fromkeys(codes))
        self._limits = {"lifecycles": lifecycles, "states": states}
        self._touched = touched
        self.looked_at = 0
        self.unknown: set[int] = set()

    def __iter__(self) -> Iterator[Shifted]:
        """Those whose stored deadline isn't what is counted, by id (or in the order of `codes`)."""
        for page in self._pages():
            yield from self._of_page(page)

    def _of_page(self, page: list[str]) -> Iterator[Shifted]:
        reader = self._reader
        holds = clock.holds(reader, page)
        papers, rounds, every = cache(reader.papers), cache(reader.rounds), tuple(page)

        def papers_of(code: str) -> Sequence[PaperRow]:
            return papers(every).get(code, ())

        def rounds_of(code: str) -> Iterable[int]:
            return rounds(every).get(code, ())

        for row in reader.dossiers(page):
            if row.ending:
                continue
            self.looked_at += 1
            if self._touched is not None and not self._touched(row):
                continue
            lifecycle = self._context.shared.lifecycle(row.lifecycle)
            facts = stored_facts(self._context, reader, row, papers=papers_of, rounds=rounds_of)
            own = holds.get(row.code, ())
            try:
                due = count(self._context, reader, row, lifecycle, facts, self._rulebook, own).due
            except CalendarUnknown as unknown:
                self.unknown.add(unknown.year)
                continue
            if _counted(due) != _stored(row):
                yield Shifted(row, lifecycle, due)

    def _pages(self) -> Iterator[list[str]]:
        if self._codes is not None:
            for at in range(0, len(self._codes), PAGE):
                yield self._codes[at : at + PAGE]
            return
        after: int | None = None
        while True:
            found = clock.open_codes(self._reader, **self._limits, after=after, limit=PAGE)
            if found:
                yield [code for _, code in found]
            if len(found) < PAGE:
                return
            after = found[-1][0]


def shifts(
    context: Context,
    reader: Reader,
    rulebook: Rulebook | None = None,
    codes: Iterable[str] | None = None,
    *,
    lifecycles: Collection[str] | None = None,
    states: Collection[str] | None = None,
    touched: Touched | None = None,
) -> Recount:
    """Open dossiers of every kind whose stored deadline is not what `rulebook` (None: the store's) gives.

    codes: only these. lifecycles: keys ("kcqg@2014"). states: names. touched: says of a dossier whether the
    change can move its date at all; others are not counted. Iterate it once; afterwards it knows how many
    were looked at.
    """
    return Recount(
        context, reader, rulebook, codes=codes, lifecycles=lifecycles, states=states, touched=touched
    )


def plan(
    context: Context,
    reader: Reader,
    rulebook: Rulebook | None = None,
    codes: Iterable[str] | None = None,
    *,
    lifecycles: Collection[str] | None = None,
    states: Collection[str] | None = None,
    touched: Touched | None = None,
    warnings: Iterable[Label] = (),
) -> ChangePlan:
    """What `write` would do with the same arguments: which dates move, what becomes or stops being late."""
    today = context.today
    found = shifts(context, reader, rulebook, codes, lifecycles=lifecycles, states=states, touched=touched)
    shown: list[tuple[tuple[bool, date, str], Shift]] = []
    moved = become = stop = 0
    for each in found:
        was, is_ = each.is_late(today)
        moved += 1
        become += is_ and not was
        stop += was and not is_
        key = (was == is_, (each.after.on if each.after else None) or date.max, each.row.code)
        shown.append((key, shift_view(context, each)))
        if len(shown) > 2 * SHIFTS_SHOWN:
            shown = sorted(shown, key=_key)[:SHIFTS_SHOWN]
    told = tuple(warnings)
    if found.unknown:
        told += (_unknown(found.unknown),)
    best = sorted(shown, key=_key)[:SHIFTS_SHOWN]
    return ChangePlan(tuple(view for _, view in best), moved, become, stop, found.looked_at, told)


def _key(shown: tuple[tuple[bool, date, str], Shift]) -> tuple[bool, date, str]:
    return shown[0]


def _unknown(years: Collection[int]) -> Label:
    return both("clock.unknown_years", years=", ".join(map(str, sorted(years))))


def shift_view(context: Context, shifted: Shifted) -> Shift:
    """A dossier whose date moves, for people."""
    row, after = shifted.row, shifted.after
    was, is_ = shifted.is_late(context.today)
    return Shift(
        code=row.code,
        title=row.title,
        state_label=shifted.lifecycle.state_by_name[row.state].label,
        unit_name=context.shared.office_name(row.unit_office),
        before=row.due_on,
        before_kind=row.due_kind,
        after=after.on if after else None,
        after_kind=after.kind if after else None,
        becomes_late=is_ and not was,
        stops_being_late=was and not is_,
    )


# -- writing -------------------------------------------------------------------------------------


def write(
    context: Context,
    writer: Writer,
    rulebook: Rulebook | None,
    *,
    cause: str,
    ref: str,
    reason: str,
    by: Assignment,
    codes: Iterable[str] | None = None,
    lifecycles: Collection[str] | None = None,
    states: Collection[str] | None = None,
    touched: Touched | None = None,
    on: date | None = None,
) -> ChangeResult:
    """Append one row of the history for each date that moves; in the transaction of what moves it.

    cause: "rule", "calendar", "hold" or "contract"; ref: which (an id, a code); reason: in words, from the
    person who acts; by: the role in which. on: date of the act (None: today).
    """
    found = shifts(context, writer, rulebook, codes, lifecycles=lifecycles, states=states, touched=touched)
    if writer.dialect == "postgresql":
        # Whoever came first may have moved some of them: all that will move is locked, then counted again.
        named = [each.row.code for each in found]
        writer.lock(named)
        found = shifts(context, writer, rulebook, named)
    today = context.today
    moved = become = stop = 0
    for some in batched(found, PAGE):
        late = [each.is_late(today) for each in some]
        moved += len(some)
        become += sum(is_ and not was for was, is_ in late)
        stop += sum(was and not is_ for was, is_ in late)
        writer.append_many(
            recount_leaf(context, each, cause=cause, ref=ref, reason=reason, by=by, on=on or today)
            for each in some
        )
    return ChangeResult(moved, become, stop)


def batched(items: Iterable[Shifted], size: int) -> Iterator[list[Shifted]]:
    """The items, `size` at a time."""
    each = iter(items)
    while some := list(islice(each, size)):
        yield some


def complete(
    context: Context,
    writer: Writer,
    rows: Iterable[StoredDossier],
    *,
    contract: str,
    on: date,
    by: Assignment,
) -> None:
    """Count anew by when the accepted proposals of a contract must hand in their settlement.

    rows: its proposals. Their days count from the last acceptance (TT 36/2013 Đ18.1): `on`, or the day of one
    that was accepted later and entered before. The proposals are locked already.
    """
    shared = context.shared
    waiting = [
        row
        for row in rows
        if waits_for_contract(shared.lifecycle(row.lifecycle).state_by_name[row.state].deadlines)
    ]
    day = max([on, *(row.entered_on for row in waiting)])
    reason = t("clock.reason.contract", "vi", contract=contract, day=date_text(day, "vi"))
    leaves = []
    for row in waiting:
        lifecycle = shared.lifecycle(row.lifecycle)
        facts = stored_facts(context, writer, row)
        due = count(context, writer, row, lifecycle, facts, completed_on=day).due
        if facts.others_accepted and (due.on if due else None) == row.due_on:
            continue  # its own acceptance was the last one
        shifted = Shifted(row, lifecycle, due)
        leaves.append(
            recount_leaf(context, shifted, cause="contract", ref=contract, reason=reason, by=by, on=day)
        )
    writer.append_many(leaves)


def recount_leaf(
    context: Context, shifted: Shifted, *, cause: str, ref: str, reason: str, by: Assignment, on: date
) -> dict[str, Any]:
    """The row that replaces a deadline: the former one stays in it."""
    row, after = shifted.row, shifted.after
    leaf = base_leaf(
        context,
        shifted.lifecycle,
        row,
        action="note",
        to_state=row.state,
        role=by.role,
        office=by.office,
        office_name=by.office_name,
        on=on,
        at=context.shared.now(),
        request=str(uuid4()),
    )
    leaf.update(
        system=True,
        reason=reason,
        due=due_leaf(after.on, after.kind, after.basis) if after else None,
        refs={
            "clock": {
                "act": "recount",
                "cause": cause,
                "ref": ref,
                "before": due_leaf(row.due_on, row.due_kind, row.due_basis),
            }
        },
    )
    return leaf


def refuse_unknown(years: Collection[int]) -> None:
    """Raise `BadInput` when a change gives dates in years that the calendar doesn't know."""
    if years:
        raise BadInput("clock_unknown_years", _unknown(years))
