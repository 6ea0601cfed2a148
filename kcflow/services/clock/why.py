"""Why a dossier is due when it is: every rule, every day left out, every pause, and what was due before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from db import clock, queries
from kcflow.labels import HOLDER, SYSTEM_ACTION
from kcflow.services.clock.count import Counted, Rulebook, count, is_completion, renewals
from kcflow.services.clock.notes import level_name
from kcflow.services.clock.standing import Standing, pause_view, standing
from kcflow.services.clock_views import FormerDue, RuleLine, Why
from kcflow.services.context import VIET_NAM, Context
from kcflow.services.leaves import due_view
from kcflow.services.moves import action_label
from kcflow.services.texts import both, reason, unknown_year
from states.clock import CalendarUnknown, Lateness, lateness
from states.model import Label

if TYPE_CHECKING:
    from db.rows import HistoryRow

REPLACING = frozenset({"note", "edit"})
"""Rows that replace a date without being an act of the procedure."""


def why(context: Context, code: str, as_of: date | None) -> Why:
    """Why a dossier of any kind is due when it is, looked at on `as_of` (None: today).

    Raises `NotFound`, `BadInput` (a day of a year that the calendar doesn't know).
    """
    day = as_of or context.today
    with context.store.read() as reader:
        here = standing(context, reader, code)
        row, book = here.row, context.shared.rulebook(reader)
        late = _lateness(here, book, day)
        history = queries.history_of(reader, row.code)
        entered = next(each for each in history if each.seq == row.entered_seq)
        stay = [each for each in history if each.seq > row.entered_seq]
        try:
            counted = (
                None
                if row.ending
                else count(context, reader, row, here.lifecycle, here.facts, holds=here.holds)
            )
            unknown = None
        except CalendarUnknown as error:
            counted, unknown = None, error.year
        every = clock.holds(reader, (row.code,)).get(row.code, ())
        due_on = counted.due.on if counted and counted.due else None
        return Why(
            code=row.code,
            title=row.title,
            kind=row.kind,
            state_label=here.lifecycle.state_by_name[row.state].label,
            waits_for=row.waits_for,
            waits_for_label=HOLDER[row.waits_for],
            holder_name=_holder_name(here, stay),
            entered_on=row.entered_on,
            entered_at=entered.at,
            entered_by=entered.actor_name,
            due_on=row.due_on,
            due_kind=row.due_kind,
            due_basis=row.due_basis,
            today=day,
            overdue_days=max(0, late.calendar_days) if late else 0,
            overdue_working_days=max(0, late.working_days) if late else 0,
            lines=tuple(_lines(here, entered, stay, counted, unknown, late, day)),
            rules=tuple(_rules(context, here, counted, book)) if counted else (),
            pauses=tuple(pause_view(reader, hold) for hold in every),
            former=tuple(_former(entered, stay)),
            reminders=here.mark.reminders if here.mark else 0,
            level=here.level,
            level_label=level_name(here.level),
            agrees=counted is None or due_on == row.due_on,
        )


def _lateness(here: Standing, book: Rulebook, day: date) -> Lateness | None:
    """How late an open dossier is on `day` (negative: how much is left); None without a date.

    Raises `CalendarUnknown` for a day of a year that isn't known.
    """
    book.calendar.is_working(day)
    due_on = here.row.due_on
    if due_on is None or here.row.ending or not _known(book, due_on):
        return None
    return lateness(due_on, day, book.calendar)


def _known(book: Rulebook, day: date) -> bool:
    return book.calendar.first_year <= day.year <= book.calendar.last_year


def _holder_name(here: Standing, stay: Sequence[HistoryRow]) -> str | None:
    charged = [clocked for each in stay if (clocked := _clock(each)).get("act") == "reassign"]
    return charged[-1]["holder_name"] if charged else here.holder


def _clock(row: HistoryRow) -> dict[str, str]:
    clocked: dict[str, str] = row.leaf["refs"].get("clock", {})
    return clocked


# -- the derivation ------------------------------------------------------------------------------


def _lines(
    here: Standing,
    entered: HistoryRow,
    stay: Sequence[HistoryRow],
    counted: Counted | None,
    unknown: int | None,
    late: Lateness | None,
    day: date,
) -> Iterator[Label]:
    """From the act that started the clock to how late it is: a line each."""
    row, lifecycle = here.row, here.lifecycle
    entered_day = entered.at.astimezone(VIET_NAM).date()
    given = "clock.why.entered_late" if entered_day > entered.on else "clock.why.entered"
    yield both(
        given,
        act=action_label(lifecycle, entered.action),
        on=entered.on,
        at=entered.at,
        who=entered.actor_name,
        office=entered.office_name,
    )
    if row.ending:
        yield both("clock.why.ended", state=lifecycle.state_by_name[row.state].label)
        return
    if unknown is not None:
        yield unknown_year(unknown)
    if counted is not None:
        yield from _start(here, stay, counted)
        if counted.due is None:
            yield both("clock.why.no_due" if counted.left_out or counted.rules else "clock.why.no_rule")
        else:
            view = due_view(counted.due)
            yield from view.derivation if view else ()
            if counted.pauses and not any(step.code == "pause" for step in counted.due.steps):
                yield both("clock.why.stays")
    if late is not None:
        yield _late(late, day)


def _start(here: Standing, stay: Sequence[HistoryRow], counted: Counted) -> Iterator[Label]:
    """What counts from a later day than the entry: a report, or the contract's last acceptance."""
    renewing = renewals(here.lifecycle, here.row.state)
    renewed = [each for each in stay if each.action in renewing]
    if renewed:
        act = action_label(here.lifecycle, renewed[-1].action)
        yield both("clock.why.renewed", act=act, on=renewed[-1].on, start=counted.start)
    completed = [each for each in stay if is_completion(each.leaf)]
    if completed:
        yield both("clock.why.completed", contract=_clock(completed[-1])["ref"], on=completed[-1].on)


def _late(late: Lateness, day: date) -> Label:
    if late.calendar_days > 0:
        return both("clock.why.late", today=day, days=late.calendar_days, working=max(0, late.working_days))
    if late.calendar_days == 0:
        return both("clock.why.last_day", today=day)
    return both("clock.why.left", today=day, days=-late.calendar_days, working=max(0, -late.working_days))


def _rules(context: Context, here: Standing, counted: Counted, book: Rulebook) -> Iterator[RuleLine]:
    """Every rule of the state with its own date; those that don't apply with the reason."""
    held = counted.due
    for one in counted.rules:
        try:
            due = counted.by(one, book.calendar)
            lines = due_view(due).derivation if due else (both("clock.why.no_date"),)  # type: ignore[union-attr]
        except CalendarUnknown as unknown:
            due, lines = None, (unknown_year(unknown.year),)
        counts = held is not None and due is not None and (due.on, due.basis) == (held.on, held.basis)
        office = context.shared.office_name(one.own.office) if one.own else None
        yield RuleLine(one.rule.kind, one.rule.basis, due.on if due else None, counts, lines, office)
    for rule, refusal in counted.left_out:
        told = reason(refusal, here.lifecycle, context.shared.office_name)
        yield RuleLine(rule.kind, rule.basis, None, False, (told.text,))


def _former(entered: HistoryRow, stay: Sequence[HistoryRow]) -> Iterator[FormerDue]:
    """The dates that were replaced since it entered its state, oldest first.

    A date that a report fulfilled was kept, not replaced.
    """
    before = entered.leaf["due"]
    for row in stay:
        due = row.leaf["due"]
        if row.action in REPLACING and (due or {}).get("on") != (before or {}).get("on"):
            yield FormerDue(
                on=date.fromisoformat(before["on"]) if before else None,
                kind=before["kind"] if before else None,
                basis=before["basis"] if before else None,
                replaced_on=row.at.astimezone(VIET_NAM).date(),
                by_name=row.actor_name,
                reason=row.reason or SYSTEM_ACTION[row.action].vi,
            )
        before = due
