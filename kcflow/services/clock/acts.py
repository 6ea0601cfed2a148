"""What a supervisor does about time: hold, lift, remind, reassign, escalate; each is one row of history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from db.errors import Conflict
from db.rows_clock import HoldRow
from kcflow.labels import HOLDER
from kcflow.services import door
from kcflow.services.clock.count import count
from kcflow.services.clock.levels import Roster
from kcflow.services.clock.notes import clock_note
from kcflow.services.clock.recount import Shifted, shift_view
from kcflow.services.clock.standing import (
    Standing,
    bad,
    check_chargeable,
    next_level,
    reminded,
    role_in,
    standing,
)
from kcflow.services.clock_views import ChangePlan, HoldInput
from kcflow.services.context import Context
from kcflow.services.leaves import base_leaf, deadline_leaf, due_leaf
from kcflow.services.moves import already, conflict, receipt
from kcflow.services.texts import both
from kcflow.services.views import Receipt
from states.clock import Due
from states.model import Label

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import HistoryRow

PARTIES: Final = tuple(name for name in HOLDER if name != "nobody")
"""Whom a hold can be charged to."""
SKEW: Final = timedelta(minutes=5)
"""How far the clocks of two computers of one store may differ."""


class _Entry:
    """One act in its transaction: what was there before, and the row that is written."""

    def __init__(self, context: Context, writer: Writer, code: str, act: str, request: str) -> None:
        self.context, self.writer, self.act, self.request = context, writer, act, request
        self.here = here = standing(context, writer, code)
        self.done = already(context, writer, request, here.row.code, "note", act)
        if self.done is None:
            self.role = role_in(context, here)
            self._in_order()

    def _in_order(self) -> None:
        """Refuse to write while this computer's clock lies before what is written already."""
        last = self.writer.last_row(self.here.row.code)
        now = self.context.shared.now()
        if last is not None and now < last.at - SKEW:
            raise bad("clock_backwards", now=now, last=last.at, code=self.here.row.code)

    def repeated(self, done: HistoryRow) -> Receipt:
        """What the same request did before."""
        return self._receipt(done, repeated=True)

    def leaf(self, reason: str, **said: object) -> dict[str, Any]:
        """The row of the act; the deadline stays as it is."""
        here, context = self.here, self.context
        leaf = base_leaf(
            context,
            here.lifecycle,
            here.row,
            action="note",
            to_state=here.row.state,
            role=self.role.role,
            office=self.role.office,
            office_name=self.role.office_name,
            on=context.today,
            at=context.shared.now(),
            request=self.request,
        )
        leaf.update(reason=reason, refs={"clock": {"act": self.act, **said}})
        return leaf

    def write_due(self, leaf: dict[str, Any], due: Due | None) -> Receipt:
        """Write the row with the new deadline, beside the one that it replaces."""
        leaf["deadline"] = deadline_leaf(self.here.row, self.context.today)
        leaf["due"] = due_leaf(due.on, due.kind, due.basis) if due else None
        return self.write(leaf)

    def write(self, leaf: dict[str, Any]) -> Receipt:
        """Write the row."""
        return self._receipt(self.writer.append(leaf))

    def _receipt(self, stored: HistoryRow, *, repeated: bool = False) -> Receipt:
        made = receipt(self.here.lifecycle, stored, self.here.row.title, repeated=repeated)
        return replace(made, clock=clock_note(self.context.shared, stored.leaf))


def _reason(text: str) -> str:
    said = door.text("reason", text, required=True, multiline=True)
    assert said is not None  # noqa: S101 - it is required
    return said


# -- hold and lift -------------------------------------------------------------------------------


def _checked(context: Context, reader: Reader, here: Standing, hold: HoldInput) -> HoldRow:
    """The hold as it would be written. Raises `BadInput`, one sentence for each thing that is wrong."""
    row, today = here.row, context.today
    party = hold.party.strip().lower()
    if party not in PARTIES:
        raise bad("hold_party", "party", party=hold.party, known=", ".join(PARTIES))
    begins = hold.on or today
    if begins > today:
        raise bad("hold_ahead", "on", on=begins, today=today)
    if hold.until < begins:
        raise bad("hold_reversed", "until", on=begins, until=hold.until)
    if hold.until < today:
        raise bad("hold_past", "until", until=hold.until, today=today)
    if begins < row.entered_on:
        raise bad("hold_before_entry", "on", on=begins, entered=row.entered_on, code=row.code)
    last = context.shared.rulebook(reader).calendar.last_year
    if hold.until.year > last:
        raise bad("hold_unknown_year", "until", until=hold.until, year=last)
    for other in here.holds:
        end = other.until_on if other.lifted_on is None else other.lifted_on - timedelta(days=1)
        if other.from_on <= hold.until and begins <= end:
            label = HOLDER.get(other.party, Label(other.party, other.party))
            raise bad("hold_overlaps", "until", on=other.from_on, until=end, party=label, code=row.code)
    return HoldRow(row.code, row.version + 1, row.entered_seq, party, begins, hold.until)


def _due_with(context: Context, reader: Reader, here: Standing, holds: Sequence[HoldRow]) -> Due | None:
    return count(context, reader, here.row, here.lifecycle, here.facts, holds=holds).due


def hold_plan(context: Context, code: str, hold: HoldInput) -> ChangePlan:
    """What a hold would do to the due date. Writes nothing. Raises `NotFound`, `NoPermission`, `BadInput`."""
    with context.store.read() as reader:
        here = standing(context, reader, code)
        role_in(context, here)
        entered = _checked(context, reader, here, hold)
        due = _due_with(context, reader, here, (*here.holds, entered))
        return _plan(context, here, due, entered.from_on)


def lift_plan(context: Context, code: str, on: date | None) -> ChangePlan:
    """What lifting the hold would do to the due date. Writes nothing. Raises as `hold_plan`."""
    with context.store.read() as reader:
        here = standing(context, reader, code)
        role_in(context, here)
        return _plan(context, here, _due_with(context, reader, here, _lifted(context, here, on)[1]))


def _plan(context: Context, here: Standing, due: Due | None, since: date | None = None) -> ChangePlan:
    """What another due date means. since: the first day of the hold that is looked at."""
    shifted = Shifted(here.row, here.lifecycle, due)
    if not shifted.moves:
        why = "clock.hold_law" if here.row.due_kind == "law" else "clock.hold_moves_nothing"
        if since is not None and here.row.due_on is not None and here.row.due_on < since:
            why = "clock.hold_over"
        due_on = here.row.due_on or both("clock.no_due")
        return ChangePlan((), 0, 0, 0, 1, (both(why, code=here.row.code, due=due_on),))
    was, is_ = shifted.is_late(context.today)
    view = shift_view(context, shifted)
    return ChangePlan((view,), 1, int(is_ and not was), int(was and not is_), 1)


def _lifted(context: Context, here: Standing, on: date | None) -> tuple[HoldRow, list[HoldRow]]:
    """The hold in force as it is when it is lifted, and all of the stay with it. Raises `BadInput`."""
    held, first = here.hold_on(context.today), on or context.today
    if held is None:
        raise bad("hold_none", code=here.row.code)
    if not held.from_on <= first <= held.until_on:
        raise bad("lift_outside", "on", on=first, since=held.from_on, until=held.until_on)
    lifted = replace(held, lifted_on=first)
    return lifted, [lifted if each.seq == held.seq else each for each in here.holds]


def hold(context: Context, code: str, entered: HoldInput, request: str | None) -> Receipt:
    """Pause the office's own clocks of a dossier; dates set by law don't move.

    Raises `BadInput`, `NoPermission`, `NotFound`, `ConflictError`.
    """
    wanted = door.request_id(request)
    try:
        with context.store.write() as writer:
            entry = _Entry(context, writer, code, "hold", wanted)
            if entry.done is not None:
                return entry.repeated(entry.done)
            said, row = _reason(entered.reason), _checked(context, writer, entry.here, entered)
            due = _due_with(context, writer, entry.here, (*entry.here.holds, row))
            days = {"from": row.from_on.isoformat(), "until": row.until_on.isoformat()}
            leaf = entry.leaf(said, party=row.party, **days)
            return entry.write_due(leaf, due)
    except Conflict as lost:
        raise conflict(context, lost) from None


def lift(context: Context, code: str, reason: str, on: date | None, request: str | None) -> Receipt:
    """End a hold before its day; `on` is the first day that counts again (None: today).

    Raises as `hold`.
    """
    wanted = door.request_id(request)
    try:
        with context.store.write() as writer:
            entry = _Entry(context, writer, code, "lift", wanted)
            if entry.done is not None:
                return entry.repeated(entry.done)
            said = _reason(reason)
            lifted, left = _lifted(context, entry.here, on)
            due = _due_with(context, writer, entry.here, left)
            leaf = entry.leaf(said, hold=lifted.seq, on=str(lifted.lifted_on))
            return entry.write_due(leaf, due)
    except Conflict as lost:
        raise conflict(context, lost) from None


# -- remind, reassign, escalate ------------------------------------------------------------------


def remind(context: Context, code: str, text: str, to: Sequence[str], request: str | None) -> Receipt:
    """Remind who holds a dossier, or the people `to` (logins): recorded, and in their next letter.

    It moves nothing, not even the days in the state. Raises as `hold`.
    """
    wanted = door.request_id(request)
    try:
        with context.store.write() as writer:
            entry = _Entry(context, writer, code, "remind", wanted)
            if entry.done is not None:
                return entry.repeated(entry.done)
            said, roster = _reason(text), Roster(context, writer, context.today)
            people = reminded(entry.here, roster, to)
            return entry.write(entry.leaf(said, to=list(people)))
    except Conflict as lost:
        raise conflict(context, lost) from None


def reassign(context: Context, code: str, holder: str | None, reason: str, request: str | None) -> Receipt:
    """Charge a person with a dossier (None: anybody of the office that it waits for). Raises as `hold`."""
    wanted = door.request_id(request)
    login = (holder or "").strip() or None
    try:
        with context.store.write() as writer:
            entry = _Entry(context, writer, code, "reassign", wanted)
            if entry.done is not None:
                return entry.repeated(entry.done)
            said, here = _reason(reason), entry.here
            roster = Roster(context, writer, context.today)
            check_chargeable(here, roster, login)
            name = roster.people[login].name if login else None
            return entry.write(entry.leaf(said, holder=login, holder_name=name, before=here.holder))
    except Conflict as lost:
        raise conflict(context, lost) from None


def escalate(context: Context, code: str, reason: str, request: str | None) -> Receipt:
    """Tell the next level above: recorded, and in their next letter. Raises as `hold`."""
    wanted = door.request_id(request)
    try:
        with context.store.write() as writer:
            entry = _Entry(context, writer, code, "escalate", wanted)
            if entry.done is not None:
                return entry.repeated(entry.done)
            said = _reason(reason)
            roster = Roster(context, writer, context.today)
            level, people = next_level(context, writer, entry.here, roster)
            return entry.write(entry.leaf(said, level=level, to=list(people)))
    except Conflict as lost:
        raise conflict(context, lost) from None
