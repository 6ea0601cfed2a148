"""round: allocation rounds, from their opening to the decision that gives the money out."""

from __future__ import annotations

from kcflow.commands import worksheets
from kcflow.commands.context import Context
from kcflow.commands.worksheets import act, candidates, export, import_, put, show

KIND = "allocation_round"


def list_(context: Context) -> int:
    """The rounds that this person may see."""
    return worksheets.list_(context, KIND)


def open_(context: Context) -> int:
    """Open a round under the year's approved plan."""
    from kcflow.services.money_views import RoundInput

    args, money = context.args, context.desk.money
    entered = RoundInput(
        source=args.source,
        plan_year=args.plan_year,
        ceiling=args.ceiling,
        number=args.number,
        area=worksheets.area_of(context, args.plan_year) or "",
        contents=tuple(args.contents),
        note=args.note or "",
    )
    return worksheets.done(
        context, lambda: money.open_round(entered, args.request_id), lambda: money.check_round(entered)
    )


def change(context: Context) -> int:
    """Change ceiling, contents or note of a round that is prepared; what isn't named stays."""
    from kcflow.services.money_views import RoundInput

    args, money = context.args, context.desk.money
    board = money.board(args.code)
    row, note = board.row, board.content.get("note")
    contents = () if args.all_contents else row.contents if args.contents is None else tuple(args.contents)
    entered = RoundInput(
        source=row.source,
        plan_year=row.plan_year,
        ceiling=args.ceiling if args.ceiling is not None else row.fund.ceiling if row.fund else 0,
        area=row.area,
        contents=contents,
        note=str(note or "") if args.note is None else args.note,
    )
    return worksheets.done(
        context,
        lambda: money.change_round(row.code, entered),
        lambda: money.check_round(entered, row.code),
    )


__all__ = ["act", "candidates", "change", "export", "import_", "list_", "open_", "put", "show"]
