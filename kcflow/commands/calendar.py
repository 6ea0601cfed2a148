"""calendar: the special days of a year; the office's own set and withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Literal

from kcflow.commands.context import Context
from kcflow.commands.rules import show_plan, show_result
from kcflow.commands.tables import Column, paragraph, table
from kcflow.formats import date_text
from kcflow.services.clock_views import DayInput

if TYPE_CHECKING:
    from kcflow.services.clock_views import CalendarYear, DayView


def year(context: Context) -> int:
    """The days of a year that differ from the plain week."""
    found = context.desk.clock.calendar(context.args.year or context.desk.today.year)
    context.emit(found, lambda: _lines(context, found))
    return 0


def _lines(context: Context, found: CalendarYear) -> Iterator[str]:
    say = context.say
    yield say("calendar.year", year=str(found.year), n=found.working_days)
    columns: list[Column[DayView]] = [
        Column(say("column.day"), lambda row: date_text(row.day, context.lang)),
        Column(say("column.weekday"), lambda row: say(f"weekday.{row.day.isoweekday()}")),
        Column(say("column.kind"), lambda row: say(f"calendar.{row.kind}")),
        Column(say("column.name"), lambda row: context.label(row.name), flexible=True),
        Column("#", lambda row: str(row.id or ""), right=True),
        Column(say("column.document"), lambda row: row.document, flexible=True),
    ]
    if any(row.own for row in found.days):
        columns.append(
            Column(say("column.set_by"), lambda row: row.set_by_name or "", flexible=True, optional=True)
        )
    yield from table(columns, found.days, context.room)
    if found.estimated:
        yield from paragraph(say("calendar.estimated"), context.room)


def _days(context: Context, kind: Literal["off", "working"]) -> Iterator[DayInput]:
    args = context.args
    given: list[tuple[date, str | None]] = getattr(args, kind)
    for day, name in given:
        yield DayInput(day, kind, name or args.name or "", args.document)


def set_(context: Context) -> int:
    """Set days off and days worked instead, and withdraw others, in one step."""
    args, clock = context.args, context.desk.clock
    days = [*_days(context, "off"), *_days(context, "working")]
    if args.dry_run:
        return show_plan(context, clock.days_plan(days, args.withdraw))
    return show_result(context, clock.set_days(days, args.reason or "", args.withdraw), "calendar.set")


def withdraw(context: Context) -> int:
    """Withdraw own days."""
    args, clock = context.args, context.desk.clock
    if args.dry_run:
        return show_plan(context, clock.days_plan((), args.days))
    return show_result(context, clock.set_days((), args.reason or "", args.days), "calendar.withdrawn")
