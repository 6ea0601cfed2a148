"""contract and settle: one contract over proposals of one unit, from its drawing up to its liquidation."""

from __future__ import annotations

from kcflow.commands.batches import batch_lines, board_lines, carry_out, other_rows
from kcflow.commands.context import Context
from kcflow.commands.readers import each_once
from kcflow.commands.receipts import show_receipt

KIND = "contract"


def list_(context: Context) -> int:
    """The contracts that this person may see."""
    args = context.args
    found = context.desk.money.others(KIND, args.source, args.plan_year, open_only=args.open)
    context.rows(found, lambda rows: other_rows(context, rows))
    return 0


def show(context: Context) -> int:
    """One contract."""
    board = context.desk.money.board(context.args.code)
    context.emit(board, lambda: board_lines(context, board))
    return 0


def open_(context: Context) -> int:
    """Draw up a contract, or with --dry-run only check it."""
    from kcflow.services.money_views import ContractInput

    args, money = context.args, context.desk.money
    entered = ContractInput(tuple(args.items), args.title or "", args.note or "", args.on)
    if args.dry_run:
        checked = money.check_contract(entered)
        context.emit(checked, lambda: batch_lines(context, checked))
        context.note("say.dry_run")
        return 0
    return show_receipt(context, money.open_contract(entered, args.request_id))


def put(context: Context) -> int:
    """Change what a contract gives its proposals, before it is signed or amended; 0 takes one out."""
    args, money = context.args, context.desk.money
    amounts = {code: dong or None for code, dong in each_once(args.items).items()}
    board = (money.check_put if args.dry_run else money.put)(args.code, amounts)
    context.emit(board, lambda: board_lines(context, board))
    if args.dry_run:
        context.note("say.dry_run")
    return 0


def act(context: Context) -> int:
    """An act of a contract, with amounts by proposal where they are given.

    sign, amend (by how much more, or less), cancel, terminate; submit_settlement, return_settlement,
    liquidate (what is settled, where it isn't what was accepted).
    """
    return carry_out(context, context.args.code, context.args.act, each_once(context.args.items) or None)
