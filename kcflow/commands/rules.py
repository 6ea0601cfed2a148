"""rules: every deadline in words, an office's own set and closed, and whether stored dates are right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kcflow.commands.context import Context
from kcflow.commands.tables import Column, paragraph, table
from kcflow.commands.words import both
from kcflow.formats import date_text
from kcflow.services.clock_views import RuleInput
from kcflow.services.errors import BadInput

if TYPE_CHECKING:
    from kcflow.services.clock_views import ChangePlan, ChangeResult, RuleView, Shift


def list_(context: Context) -> int:
    """Every rule by lifecycle and state."""
    args = context.args
    found = context.desk.clock.rules(args.office, args.lifecycle, args.closed)
    context.rows(found, lambda rows: _rules(context, rows))
    return 0


def _rules(context: Context, rows: Sequence[RuleView]) -> Iterator[str]:
    """Lifecycle, state (with the name that `rules set` takes), and its rules, each a paragraph."""
    lifecycle = state = ""
    for row in rows:
        if row.lifecycle != lifecycle:
            if lifecycle:
                yield ""
            yield f"{context.label(row.lifecycle_label)} ({row.lifecycle})"
            lifecycle, state = row.lifecycle, ""
        if row.state != state:
            yield f"  {context.label(row.state_label)} ({row.state})"
            state = row.state
        number = f"#{row.id} " if row.id else ""
        yield from paragraph(" · ".join(_parts(context, row)), context.room, "    ", number or "- ")


def _parts(context: Context, row: RuleView) -> Iterator[str]:
    """What a rule says, whose it is, since when, on which basis."""
    say, lang = context.say, context.lang
    yield context.label(row.text)
    yield row.office_name or say(f"rules.{row.kind}")
    if row.replaced:
        yield say("rules.replaced")
    if row.valid_from:
        first = date_text(row.valid_from, lang)
        yield f"{first} – {date_text(row.valid_to, lang)}" if row.valid_to else f"{first} –"
    yield row.basis


def set_(context: Context) -> int:
    """Set an office's own rule."""
    args, clock = context.args, context.desk.clock
    entered = RuleInput(
        args.office,
        args.lifecycle,
        args.state,
        basis=args.basis,
        valid_from=args.valid_from,
        valid_to=args.valid_to,
        plan_year=args.plan_year,
        **_way(args),
    )
    if args.dry_run:
        return show_plan(context, clock.rule_plan(entered))
    return show_result(context, clock.set_rule(entered, args.reason or ""), "rules.set")


def _way(args: Any) -> dict[str, Any]:  # noqa: ANN401 - argparse's namespace
    """How the rule counts. Raises `BadInput` unless exactly one way is given."""
    given = [
        name
        for name in ("working_days", "calendar_days", "months", "date", "monthly")
        if getattr(args, name) is not None
    ]
    if len(given) != 1:
        raise BadInput("rule_way", both("usage.rule_way"))
    (way,) = given
    named = way in ("date", "monthly")
    if (args.before and not named) or (args.plan_year and way != "date"):
        raise BadInput("rule_extra", both("usage.rule_extra"))
    if way == "date":
        day, month = args.date
        return {"by": "fixed_date", "day": day, "month": month, "inclusive": not args.before}
    if way == "monthly":
        return {"by": "monthly", "day": args.monthly, "inclusive": not args.before}
    if way == "months":
        return {"by": "months", "months": args.months}
    return {"by": way, "days": getattr(args, way)}


def close(context: Context) -> int:
    """End an own rule, or undo one that was set by mistake."""
    args, clock = context.args, context.desk.clock
    if args.dry_run:
        return show_plan(context, clock.close_rule_plan(args.rule, args.undo))
    done = clock.close_rule(args.rule, args.reason or "", args.undo)
    return show_result(context, done, "rules.undone" if args.undo else "rules.closed")


def check(context: Context) -> int:
    """Whether every stored deadline is what is counted; 1 when not."""
    args, clock = context.args, context.desk.clock
    if args.mend:
        return show_result(context, clock.mend(args.reason or ""), "rules.mended")
    found = clock.differences()
    if context.as_json or found.moved:
        show_plan(context, found, "rules.differ")
    else:
        context.write([context.say("rules.agree", n=found.looked_at)])
    return 1 if found.moved else 0


# -- what a change does ----------------------------------------------------------------------------


def show_plan(context: Context, plan: ChangePlan, title: str = "rules.plan") -> int:
    """Write what a change would do; return 0."""
    context.emit(plan, lambda: _plan(context, plan, title))
    return 0


def _plan(context: Context, plan: ChangePlan, title: str) -> Iterator[str]:
    say, lang = context.say, context.lang
    counts = {"late": plan.become_late, "not": plan.stop_being_late}
    yield from paragraph(say(title, n=plan.moved, m=plan.looked_at, **counts), context.room)
    for warning in plan.warnings:
        yield from paragraph(context.label(warning), context.room, "", f"{say('word.warning')} ")

    def effect(shift: Shift) -> str:
        if shift.becomes_late:
            return say("rules.becomes_late")
        return say("rules.no_longer_late") if shift.stops_being_late else ""

    columns: list[Column[Shift]] = [
        Column(say("column.code"), lambda shift: shift.code),
        Column(say("column.before"), lambda shift: date_text(shift.before, lang) if shift.before else "—"),
        Column(say("column.after"), lambda shift: date_text(shift.after, lang) if shift.after else "—"),
        Column(say("column.effect"), effect),
        Column(say("column.state"), lambda shift: context.label(shift.state_label), flexible=True),
        Column(say("column.unit_office"), lambda shift: shift.unit_name, flexible=True, optional=True),
        Column(say("column.title"), lambda shift: shift.title, flexible=True),
    ]
    if plan.shifts:
        yield from table(columns, plan.shifts, context.room)
    if plan.moved > len(plan.shifts):
        yield say("rules.more", n=plan.moved - len(plan.shifts))


def show_result(context: Context, done: ChangeResult, title: str) -> int:
    """Write what was saved; return 0."""
    counts = {"n": done.moved, "late": done.become_late, "not": done.stop_being_late}

    def lines() -> Iterator[str]:
        yield context.say(title, id=done.id or "")
        yield context.say("rules.moved", **counts)

    context.emit(done, lines)
    return 0
