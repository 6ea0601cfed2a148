"""Plans, rounds, contracts and adjustments as text, and one decision over many proposals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kcflow.commands.context import Context
from kcflow.commands.moves import REFUSED, move_input
from kcflow.commands.receipts import receipt_lines
from kcflow.commands.tables import Column, pairs, paragraph, table
from kcflow.formats import date_text, dong
from kcflow.labels import ROLE

if TYPE_CHECKING:
    from kcflow.services.money_views import BatchLine, BatchResult, Board, Line, OtherRow


def carry_out(context: Context, code: str, action: str, amounts: dict[str, int] | None = None) -> int:
    """Carry out an act of `code`, or with --dry-run only look. Exit code 1 when the rules refuse it."""
    money, move = context.desk.money, move_input(context)
    if context.args.dry_run:
        result = money.preview(code, action, move, amounts)
        context.emit(result, lambda: batch_lines(context, result))
        context.note("say.dry_run")
        refused = bool(result.reasons) or any(line.reasons for line in result.lines)
        return REFUSED if refused else 0
    result = money.act(code, action, move, amounts)
    context.emit(result, lambda: batch_lines(context, result))
    return 0


def batch_lines(context: Context, result: BatchResult) -> Iterator[str]:
    """What was done, or would be: the decision's own receipt, then one line for each proposal."""
    if result.receipt is not None:
        yield from receipt_lines(context, result.receipt)
    yield from context.reason_lines(result.reasons)
    if result.lines:
        columns: list[Column[BatchLine]] = [
            Column(context.say("column.code"), lambda line: line.code),
            Column(context.say("column.title"), lambda line: line.title, flexible=True),
            Column(context.say("column.amount"), lambda line: dong(line.dong, context.lang), right=True),
        ]
        yield from table(columns, result.lines, context.room)
        yield context.say("money.sum_of", total=dong(result.total, context.lang), count=len(result.lines))
    for line in result.lines:
        if line.reasons:
            yield line.code
            yield from context.reason_lines(line.reasons)


def other_rows(context: Context, rows: Sequence[OtherRow]) -> Iterator[str]:
    """Plans, rounds, contracts or adjustments as a table."""
    lang = context.lang
    columns: list[Column[OtherRow]] = [
        Column(context.say("column.code"), lambda row: row.code),
        Column(context.say("money.title"), lambda row: row.title, flexible=True),
        Column(context.say("column.state"), lambda row: context.label(row.state_label), flexible=True),
        Column(
            context.say("column.waits_for"), lambda row: context.label(row.waits_for_label), optional=True
        ),
        Column(context.say("column.due"), lambda row: date_text(row.due_on, lang) if row.due_on else ""),
        Column(
            context.say("column.amount"),
            lambda row: dong(_amount(row), lang) if row.fund else "",
            right=True,
        ),
    ]
    return table(columns, rows, context.room)


def _amount(row: OtherRow) -> int:
    """A contract's đồng: what was signed, else what is drafted in its worksheet."""
    return (row.fund.contracted if row.fund else 0) or row.items_total


def board_lines(context: Context, board: Board) -> Iterator[str]:
    """One plan, round, contract or adjustment: what it is, its proposals, what can be done."""
    row, lang = board.row, context.lang
    yield from paragraph(f"{row.code}  {row.title}", context.room)
    items = [
        (context.say("column.state"), context.label(row.state_label)),
        (context.say("column.waits_for"), context.label(row.waits_for_label)),
        (context.say("column.due"), date_text(row.due_on, lang) if row.due_on else ""),
        (context.say("money.ceiling"), dong(row.fund.ceiling, lang) if row.fund else ""),
        (context.say("money.sum"), dong(board.total, lang) if board.lines else ""),
        (context.say("money.left"), "" if board.left is None else dong(board.left, lang)),
        (context.say("money.change"), context.label(row.change_label)),
        (context.say("money.decides"), context.label(ROLE.get(str(board.content.get("decides"))))),
        (context.say("column.basis"), str(board.content.get("basis") or "")),
        (context.say("column.reason"), str(board.content.get("reason") or "")),
    ]
    items += [
        (context.label(name), f"{context.label(old)} → {context.label(new)}")
        for name, old, new in board.before
    ]
    yield from pairs(items, context.room, "  ")
    if board.lines:
        columns: list[Column[Line]] = [
            Column(context.say("column.code"), lambda line: line.code),
            Column(context.say("column.title"), lambda line: line.title, flexible=True),
            Column(context.say("column.state"), lambda line: context.label(line.state_label), flexible=True),
            Column(context.say("column.amount"), lambda line: dong(line.dong, lang), right=True),
        ]
        yield from table(columns, board.lines, context.room)
    for line in board.lines:
        if line.problems:
            yield line.code
            yield from context.reason_lines(line.problems)
    for option in board.options:
        if option.possible:
            yield f"  {option.name}  {context.label(option.label)}"
