"""Receipts: what an act did, in a few lines worth keeping."""

from __future__ import annotations

from collections.abc import Iterator

from kcflow.commands.context import Context
from kcflow.commands.papers_text import derivation_lines, due_line
from kcflow.commands.tables import pairs, paragraph
from kcflow.formats import date_text
from kcflow.services.views import Receipt


def show_receipt(context: Context, receipt: Receipt) -> int:
    """Write one receipt; return 0."""
    context.emit(receipt, lambda: receipt_lines(context, receipt))
    return 0


def receipt_lines(context: Context, receipt: Receipt) -> Iterator[str]:
    """A receipt as text."""
    say = context.say
    if receipt.repeated:
        yield say("say.repeated")
    yield from paragraph(f"{receipt.code}  {receipt.title}", context.room)
    arrow = f"{context.label(receipt.from_label) or '—'} → {context.label(receipt.to_label)}"
    items = [
        (say("column.act"), context.label(receipt.action_label)),
        (say("column.clock"), context.label(receipt.clock.text) if receipt.clock else ""),
        (say("column.states"), arrow if receipt.from_state != receipt.to_state else ""),
        (say("column.state"), arrow and context.label(receipt.to_label)),
        (say("column.waits_for"), context.label(receipt.waits_for_label)),
        (say("column.due"), due_line(context, receipt.due) if receipt.due else ""),
        (say("column.on"), date_text(receipt.on, context.lang)),
        (
            say("column.receipt"),
            f"{receipt.mark} ({say('column.seq')} {receipt.seq})" if receipt.hash else "",
        ),
        (say("column.request"), receipt.request),
    ]
    yield from pairs(items, context.room, "  ")
    if receipt.due:
        yield from derivation_lines(context, receipt.due, "  ")
    for warning in receipt.warnings:
        yield from paragraph(context.label(warning.text), context.room, "  ", say("word.warning") + " ")
