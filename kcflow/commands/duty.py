"""duty and people email: who is told what is late in an office, and where a person's letters go."""

from __future__ import annotations

from kcflow.commands.context import Context
from kcflow.commands.tables import Column, pairs, table
from kcflow.commands.words import both
from kcflow.formats import date_text
from kcflow.services.errors import BadInput
from kcflow.services.letter_views import DutyView


def duties(context: Context) -> int:
    """Heads and leaders of offices."""
    lang = context.lang
    columns: list[Column[DutyView]] = [
        Column(context.say("column.office"), lambda d: d.office),
        Column(context.say("column.name"), lambda d: d.office_name, flexible=True),
        Column(context.say("column.duty"), lambda d: context.label(d.level_label)),
        Column(context.say("column.duty_holder"), lambda d: f"{d.person_name} ({d.person})"),
        Column(context.say("column.since"), lambda d: date_text(d.valid_from, lang)),
    ]
    if context.args.former:
        columns.append(
            Column(context.say("column.until"), lambda d: date_text(d.valid_to, lang) if d.valid_to else "")
        )
    context.rows(
        context.desk.clock.duties(former=context.args.former),
        lambda rows: table(columns, rows, context.room),
        empty="say.no_duties",
    )
    return 0


def _show(context: Context, duty: DutyView) -> int:
    items = [
        (context.say("column.office"), f"{duty.office_name} ({duty.office})"),
        (context.say("column.duty"), context.label(duty.level_label)),
        (context.say("column.duty_holder"), f"{duty.person_name} ({duty.person})"),
        (context.say("column.since"), date_text(duty.valid_from, context.lang)),
    ]
    if duty.valid_to is not None:
        items.append((context.say("column.until"), date_text(duty.valid_to, context.lang)))
    context.emit(duty, lambda: pairs(items, context.room))
    return 0


def give(context: Context) -> int:
    """Make a person head or leader of an office."""
    args = context.args
    return _show(context, context.desk.clock.give_duty(args.login, args.level, args.office))


def end(context: Context) -> int:
    """End a duty."""
    args = context.args
    return _show(context, context.desk.clock.end_duty(args.login, args.level, args.office))


def email(context: Context) -> int:
    """Show or set where a person's letters go."""
    args = context.args
    if args.none and args.address is not None:
        raise BadInput("usage", both("usage.email_both"))
    if args.none or args.address is not None:
        found = context.desk.clock.set_address(args.login, args.address)
    else:
        found = context.desk.clock.address(args.login)
    items = [
        (context.say("column.person"), f"{found.name} ({found.login})"),
        (context.say("column.address"), found.address or context.say("word.no_address")),
    ]
    context.emit(found, lambda: pairs(items, context.room))
    return 0
