"""Plans, rounds, contracts and adjustments as text, and one decision over many proposals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kcflow.commands.context import Context
from kcflow.commands.contract_syntax import SETTLEMENT_ACTS
from kcflow.commands.moves import REFUSED, move_input
from kcflow.commands.receipts import receipt_lines
from kcflow.commands.round_syntax import PLAN_ACTS, ROUND_ACTS
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
    """A contract's value; what the list of anything else comes to."""
    return (row.value or 0) if row.kind == "contract" else row.items_total


def _money(context: Context, board: Board) -> list[tuple[str, str]]:
    """What there is to give, what the list comes to, what is left or by how much it is over."""
    row, lang, say = board.row, context.lang, context.say
    if row.fund is None:
        return []
    if row.kind == "contract" and board.decided:
        return [
            (say("money.contract_value"), dong(row.value or 0, lang)),
            (say("money.advanced"), dong(row.given or 0, lang)),
            (say("money.left_to_pay"), dong(max(0, row.left or 0), lang)),
        ]
    left = board.left or 0
    return [
        (say("money.limit" if row.kind == "contract" else "money.ceiling"), dong(row.fund.ceiling, lang)),
        (say("money.sum"), dong(board.total, lang) if board.lines else ""),
        (say("money.over" if left < 0 else "money.left"), dong(abs(left), lang)),
    ]


def command_of(row: OtherRow, act: str) -> str:
    """The command by which an act of `row` is carried out, as it is typed."""
    words = {
        "allocation_round": {action: f"round {name}" for name, action in ROUND_ACTS},
        "annual_plan": {action: f"budget plan {name}" for name, action in PLAN_ACTS}
        | {"supplement": "budget plan change"},
        "contract": {action: f"settle {name}" for name, action in SETTLEMENT_ACTS},
    }.get(row.kind, {})
    if row.kind == "adjustment":
        return f"kcflow adjust act {row.code} {act}"
    return f"kcflow {words.get(act, f'{row.kind} {act}')} {row.code}"


def board_lines(context: Context, board: Board) -> Iterator[str]:
    """One plan, round, contract or adjustment: what it is, its proposals, what can be done."""
    row, lang = board.row, context.lang
    yield from paragraph(f"{row.code}  {row.title}", context.room)
    items = [
        (context.say("column.state"), context.label(row.state_label)),
        (context.say("column.waits_for"), context.label(row.waits_for_label)),
        (context.say("column.due"), date_text(row.due_on, lang) if row.due_on else ""),
        *_money(context, board),
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
    doable = [(command_of(row, option.name), option.label) for option in board.options if option.possible]
    if doable:
        yield context.say("money.doable")
        yield from pairs([(typed, context.label(label)) for typed, label in doable], context.room, "  ")
