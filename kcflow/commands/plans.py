"""budget plan: the year's plan of a source, its division, its approval and its supplements."""

from __future__ import annotations

from kcflow.commands import worksheets
from kcflow.commands.context import Context
from kcflow.commands.moves import move_input
from kcflow.commands.worksheets import act, candidates, export, import_, put, show

KIND = "annual_plan"


def list_(context: Context) -> int:
    """The plans that this person may see."""
    return worksheets.list_(context, KIND)


def open_(context: Context) -> int:
    """Open the plan of a source, year and area."""
    from kcflow.services.money_views import PlanInput

    args, money = context.args, context.desk.money
    entered = PlanInput(
        source=args.source,
        plan_year=args.plan_year,
        total=args.total,
        area=worksheets.area_of(context, args.plan_year) or "",
        lines=tuple(args.lines),
        basis=args.basis or "",
    )
    return worksheets.done(
        context, lambda: money.open_plan(entered, args.request_id), lambda: money.check_plan(entered)
    )


def change(context: Context) -> int:
    """Change a plan, once it is approved by a supplementary decision; what isn't named stays."""
    from kcflow.services.money_views import PlanInput

    args, money = context.args, context.desk.money
    board = money.board(args.code)
    row, content = board.row, board.content
    kept = content.get("lines")
    lines = tuple((part["area"], part["dong"]) for part in kept) if isinstance(kept, list) else ()
    if args.no_lines:
        lines = ()
    elif args.lines is not None:
        lines = tuple(args.lines)
    entered = PlanInput(
        source=row.source,
        plan_year=row.plan_year,
        total=args.total if args.total is not None else row.fund.ceiling if row.fund else 0,
        area=row.area,
        lines=lines,
        basis=str(content.get("basis") or "") if args.basis is None else args.basis,
    )
    move = move_input(context)
    return worksheets.done(
        context,
        lambda: money.change_plan(row.code, entered, move),
        lambda: money.check_plan(entered, row.code, move),
    )


__all__ = ["act", "candidates", "change", "export", "import_", "list_", "open_", "put", "show"]
