"""payment, report-progress, accept and stop: acts of one proposal about its money and its work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kcflow.commands.batches import other_rows
from kcflow.commands.context import Context
from kcflow.commands.moves import REFUSED, move_input, preview_lines
from kcflow.commands.receipts import show_receipt
from kcflow.commands.tables import Column, pairs, paragraph, table
from kcflow.formats import date_text, dong, percent
from kcflow.services.views import MoveInput

if TYPE_CHECKING:
    from kcflow.services.money_figures import StageFigure
    from kcflow.services.money_views import MoneyEvent, MoneyStory

REFUNDS = ("record_refund", "record_stop_refund", "return_advance")
"""Acts that record money paid back; which of them it is follows from the proposal's state."""


def _carry_out(context: Context, action: str, **fields: int | str | None) -> int:
    """Carry out, or with --dry-run preview, one act of one proposal with its typed inputs."""
    args, desk = context.args, context.desk
    entered = {name: value for name, value in fields.items() if value is not None}
    move: MoveInput = replace(move_input(context), fields=entered)
    if not args.dry_run:
        return show_receipt(context, desk.advance(args.code, action, move))
    preview = desk.preview(args.code, action, move)
    context.emit(preview, lambda: preview_lines(context, preview))
    context.note("say.dry_run")
    return 0 if preview.allowed else REFUSED


def first(context: Context) -> int:
    """The first advance (TT 36/2013 Đ13)."""
    args = context.args
    return _carry_out(
        context,
        "advance_first",
        advance_type=args.type,
        volume_permille=args.volume,
        advance_permille=args.ratio,
        treasury_on=_day(context),
    )


def next_(context: Context) -> int:
    """A further advance of a proposal of several years (Đ15)."""
    return _carry_out(context, "advance_next", volume_permille=context.args.volume, treasury_on=_day(context))


def remaining(context: Context) -> int:
    """The remaining part, after acceptance (Đ14)."""
    return _carry_out(context, "pay_remaining", advance_type=context.args.type, treasury_on=_day(context))


def refund(context: Context) -> int:
    """Money that was paid back."""
    known = {option.name for option in context.desk.options(context.args.code)}
    action = next((name for name in REFUNDS if name in known), REFUNDS[0])
    return _carry_out(context, action, treasury_on=_day(context))


def ratio(context: Context) -> int:
    """The decision on another ratio or other papers of an advance (Đ16)."""
    return _carry_out(context, "decide_advance_ratio")


def _day(context: Context) -> str | None:
    on = context.args.treasury_on
    return on.isoformat() if on is not None else None


def report(context: Context) -> int:
    """The month's progress report (Đ23.3a)."""
    args = context.args
    return _carry_out(
        context,
        "report_progress",
        report_month=args.month,
        volume_permille=args.volume,
        value_done=args.value,
        money_used=args.used,
        confirmed_by=args.confirmed_by,
    )


def accept(context: Context) -> int:
    """The acceptance of the work, whole or in part (Đ21.1)."""
    return _carry_out(context, "accept_part" if context.args.part else "accept")


def stop(context: Context) -> int:
    """Propose to stop a proposal, confirm it as another person, or turn it back."""
    return _carry_out(context, context.args.act)


# -- the story -------------------------------------------------------------------------------


def show(context: Context) -> int:
    """A proposal's whole money story."""
    told = context.desk.money.story(context.args.code)
    context.emit(told, lambda: story_lines(context, told))
    return 0


def story_lines(context: Context, told: MoneyStory) -> Iterator[str]:
    """The story as text: the stages with their bases, every movement, what is owed and missing."""
    say, lang = context.say, context.lang
    yield from paragraph(f"{told.code}  {told.title}", context.room)
    stages: list[Column[StageFigure]] = [
        Column(say("money.stage"), lambda figure: context.label(figure.label)),
        Column(say("column.amount"), lambda figure: dong(figure.recorded, lang), right=True),
        Column(say("money.share"), lambda figure: _share(context, figure)),
    ]
    yield from table(stages, told.figures, context.room)
    months = ", ".join(date_text(month, lang)[3:] for month in told.months_missing)
    due = dong(told.refund_due, lang) if told.refund_due else ""
    if due and told.refund_by is not None:
        due += f" ({say('column.due')} {date_text(told.refund_by, lang)})"
    items = [
        (say("money.rounds"), ", ".join(told.rounds)),
        (say("money.contract"), told.contract or ""),
        (say("money.left_to_allocate"), dong(told.left_to_allocate, lang) if told.left_to_allocate else ""),
        (say("money.left_to_pay"), dong(told.left_to_pay, lang) if told.left_to_pay else ""),
        (say("money.refund_due"), due),
        (say("money.months_missing"), months),
    ]
    yield from pairs(items, context.room)
    for heading, rows in ((say("money.events"), told.events), (say("money.reports"), told.reports)):
        if rows:
            yield heading
            yield from table(_event_columns(context), rows, context.room)
    if told.adjustments:
        yield say("money.adjustments")
        yield from other_rows(context, told.adjustments)
    for warning in told.ceilings:
        yield from paragraph(context.label(warning), context.room, "", say("word.warning") + " ")


def _share(context: Context, figure: StageFigure) -> str:
    part = figure.share
    if part is None:
        return ""
    base = context.label(part.base_label).lower()
    return context.say("money.share_of", percent=percent(part.permille, 1000, context.lang), base=base)


def _event_columns(context: Context) -> list[Column[MoneyEvent]]:
    say, lang = context.say, context.lang

    def document(event: MoneyEvent) -> str:
        paper = event.document
        if paper is None:
            return ""
        day = f", {date_text(paper.date, lang)}" if paper.date else ""
        return f"{paper.number or context.label(paper.label)}{day}"

    def entered(event: MoneyEvent) -> str:
        return "; ".join(f"{context.label(name)}: {context.label(value)}" for name, value in event.fields)

    return [
        Column(say("column.on"), lambda event: date_text(event.on, lang)),
        Column(say("column.act"), lambda event: context.label(event.label), flexible=True),
        Column(say("column.amount"), lambda event: dong(event.dong, lang), right=True),
        Column(say("money.after"), lambda event: dong(event.after, lang), right=True, optional=True),
        Column(
            say("money.ratio"),
            lambda event: percent(event.permille, 1000, lang) if event.permille is not None else "",
            right=True,
            optional=True,
        ),
        Column(say("money.owner"), lambda event: event.owner or "", optional=True),
        Column(say("column.paper"), document, flexible=True),
        Column(say("money.entered"), entered, flexible=True, optional=True),
    ]
