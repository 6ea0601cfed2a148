"""adjust: ask for a change of an approved proposal, and what the levels that decide do with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kcflow.commands import readers
from kcflow.commands.batches import board_lines, carry_out, other_rows
from kcflow.commands.context import Context
from kcflow.commands.receipts import show_receipt
from kcflow.commands.tables import Column, pairs, paragraph, table
from kcflow.labels import DATE_FIELDS, MONEY_FIELDS

if TYPE_CHECKING:
    from kcflow.services.money_views import AdjustmentInput, AdjustmentKind, AdjustmentPlan

KIND = "adjustment"
LETTER = "cong_van_don_vi"


def list_(context: Context) -> int:
    """The adjustments that this person may see."""
    args = context.args
    found = context.desk.money.others(KIND, args.source, args.plan_year, open_only=args.open)
    context.rows(found, lambda rows: other_rows(context, rows))
    return 0


def show(context: Context) -> int:
    """One adjustment."""
    board = context.desk.money.board(context.args.code)
    context.emit(board, lambda: board_lines(context, board))
    return 0


def kinds(context: Context) -> int:
    """The kinds of change, with the fields that each may change and who decides."""
    say = context.say
    columns: list[Column[AdjustmentKind]] = [
        Column(say("column.kind"), lambda kind: kind.name),
        Column(say("money.title"), lambda kind: context.label(kind.label), flexible=True),
        Column(say("money.fields"), lambda kind: ", ".join(kind.fields), flexible=True),
        Column(say("money.decides"), lambda kind: context.label(kind.decides_label), flexible=True),
        Column(say("column.basis"), lambda kind: kind.basis),
    ]
    context.rows(
        context.desk.money.adjustment_kinds(context.args.source),
        lambda rows: table(columns, rows, context.room),
    )
    return 0


def ask(context: Context) -> int:
    """Ask for a change, or with --dry-run only say what it would change and who would decide."""
    args, money = context.args, context.desk.money
    entered = _entered(context)
    if not args.dry_run:
        return show_receipt(context, money.ask_adjustment(entered, args.request_id))
    plan = money.check_adjustment(entered)
    context.emit(plan, lambda: plan_lines(context, plan))
    context.note("say.dry_run")
    return 0


def _entered(context: Context) -> AdjustmentInput:
    from kcflow.services.money_views import AdjustmentInput

    args, letter = context.args, None
    if args.letter is not None:
        letter = replace(args.letter, kind=LETTER, signer=args.signer)
    after = {name: _typed(name, value) for name, value in args.after}
    return AdjustmentInput(args.code, args.change, after, args.reason or "", letter, args.on)


def _typed(name: str, value: str) -> str | int:
    """A new value as every command reads it: amounts with their unit, days as people write them."""
    if name == "approved" or name in MONEY_FIELDS:
        return readers.named(f"--set {name}", readers.amount)(value)
    if name in DATE_FIELDS and value:
        return readers.named(f"--set {name}", readers.day)(value).isoformat()
    return value


def plan_lines(context: Context, plan: AdjustmentPlan) -> Iterator[str]:
    """What would change, from what to what, and who decides it."""
    say = context.say
    yield from paragraph(f"{plan.proposal}  {plan.title}", context.room)
    items = [
        (say("money.change"), context.label(plan.change_label)),
        (say("money.decides"), context.label(plan.decides_label)),
        (say("column.basis"), plan.basis),
    ]
    items += [
        (context.label(name), f"{context.label(old)} → {context.label(new)}")
        for name, old, new in plan.changes
    ]
    yield from pairs(items, context.room, "  ")


def act(context: Context) -> int:
    """An act of an adjustment."""
    return carry_out(context, context.args.code, context.args.action)
