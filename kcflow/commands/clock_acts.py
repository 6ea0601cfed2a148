"""why, hold, lift, remind, reassign, escalate: one dossier's time, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kcflow.commands.context import Context
from kcflow.commands.receipts import show_receipt
from kcflow.commands.rules import show_plan
from kcflow.commands.tables import pairs, paragraph
from kcflow.commands.words import both
from kcflow.formats import date_text
from kcflow.services.clock_views import HoldInput
from kcflow.services.errors import BadInput

if TYPE_CHECKING:
    from kcflow.services.clock_views import PauseView, RuleLine, Told, Why


def why(context: Context) -> int:
    """Why it is due when it is, line by line."""
    found = context.desk.clock.why(context.args.code, context.args.as_of)
    context.emit(found, lambda: why_lines(context, found))
    return 0


def why_lines(context: Context, found: Why) -> Iterator[str]:
    """The derivation, every rule of the state, the pauses and the former dates."""
    say, room, lang = context.say, context.room, context.lang
    yield from paragraph(f"{found.code}  {found.title}", room)
    due = ""
    if found.due_on is not None:
        due = f"{date_text(found.due_on, lang)} ({say(f'deadline.{found.due_kind}')}; {found.due_basis})"
    level = say("why.level", level=found.level, label=context.label(found.level_label)) if found.level else ""
    items = [
        (say("column.state"), context.label(found.state_label)),
        (say("column.waits_for"), context.label(found.waits_for_label)),
        (say("column.holder"), found.holder_name or ""),
        (say("column.due"), due or say("why.no_due")),
        (say("column.reminders"), str(found.reminders or "")),
        (say("column.level"), level),
    ]
    yield from pairs(items, room, "  ")
    yield say("why.derivation")
    for line in found.lines:
        yield from paragraph(context.label(line), room, "  ", "· ")
    if not found.agrees:
        yield from paragraph(say("why.disagrees"), room, "  ", "! ")
    if found.rules:
        yield say("why.rules")
        for rule in found.rules:
            yield from _rule(context, rule)
    if found.pauses:
        yield say("why.pauses")
        for pause in found.pauses:
            yield from paragraph(_pause(context, pause), room, "  ", "· ")
    if found.former:
        yield say("why.former")
        for former in found.former:
            said = say(
                "why.former_line",
                due=date_text(former.on, lang) if former.on else say("why.no_due"),
                on=date_text(former.replaced_on, lang),
                who=former.by_name,
                reason=former.reason,
            )
            yield from paragraph(said, room, "  ", "· ")


def _rule(context: Context, rule: RuleLine) -> Iterator[str]:
    say = context.say
    kind = say(f"deadline.{rule.kind}") + (f", {rule.office}" if rule.office else "")
    day = date_text(rule.on, context.lang) if rule.on else "—"
    holds = f" {say('why.holds')}" if rule.counts else ""
    yield from paragraph(f"{day}  {rule.basis} ({kind}){holds}", context.room, "  ", "* " if holds else "- ")
    if not rule.counts:
        for line in rule.lines:
            yield from paragraph(context.label(line), context.room, "      ", "· ")


def _pause(context: Context, pause: PauseView) -> str:
    lang = context.lang
    text = context.say(
        "why.pause",
        begins=date_text(pause.from_on, lang),
        until=date_text(pause.until_on, lang),
        party=context.label(pause.party_label),
        who=pause.by_name,
        reason=pause.reason,
    )
    if pause.lifted_on is not None:
        text += context.say("why.lifted", on=date_text(pause.lifted_on, lang))
    return text


# -- acts ----------------------------------------------------------------------------------------------


def hold(context: Context) -> int:
    """Pause the office's own clocks of a dossier."""
    args, clock = context.args, context.desk.clock
    entered = HoldInput(args.party, args.until, args.reason or "", args.on)
    if args.dry_run:
        show_plan(context, clock.hold_plan(args.code, entered))
        return _dry(context)
    return show_receipt(context, clock.hold(args.code, entered, args.request_id))


def lift(context: Context) -> int:
    """End a hold before its day."""
    args, clock = context.args, context.desk.clock
    if args.dry_run:
        show_plan(context, clock.lift_plan(args.code, args.on))
        return _dry(context)
    return show_receipt(context, clock.lift(args.code, args.reason or "", args.on, args.request_id))


def remind(context: Context) -> int:
    """Remind who holds a dossier."""
    args, clock = context.args, context.desk.clock
    if args.dry_run:
        return _told(context, clock.told(args.code, "remind", args.to))
    return show_receipt(context, clock.remind(args.code, args.reason or "", args.to, args.request_id))


def reassign(context: Context) -> int:
    """Charge a person with a dossier, or nobody in particular."""
    args, clock = context.args, context.desk.clock
    if (args.holder is None) != args.nobody:
        raise BadInput("usage", both("usage.reassign"))
    if args.dry_run:
        to = (args.holder,) if args.holder else ()
        return _told(context, clock.told(args.code, "reassign", to))
    return show_receipt(context, clock.reassign(args.code, args.holder, args.reason or "", args.request_id))


def escalate(context: Context) -> int:
    """Tell the next level above."""
    args, clock = context.args, context.desk.clock
    if args.dry_run:
        return _told(context, clock.told(args.code, "escalate"))
    return show_receipt(context, clock.escalate(args.code, args.reason or "", args.request_id))


def _told(context: Context, told: Told) -> int:
    def lines() -> Iterator[str]:
        if told.level:
            label = context.label(told.level_label)
            yield context.say("why.level", level=told.level, label=label)
        for person in told.people:
            yield f"{person.name} ({person.login})"
        if not told.people:
            yield context.say("why.nobody")

    context.emit(told, lines)
    return _dry(context)


def _dry(context: Context) -> int:
    context.note("say.dry_run")
    return 0
