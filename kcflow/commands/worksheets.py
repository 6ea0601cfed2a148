"""What plans and rounds have in common on the command line: lists, boards, candidates, annexes, export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kcflow.commands.batches import board_lines, carry_out
from kcflow.commands.context import Context
from kcflow.commands.moves import REFUSED
from kcflow.commands.places import province_key
from kcflow.commands.readers import each_once
from kcflow.commands.receipts import show_receipt
from kcflow.commands.tables import Column, pairs, paragraph, table
from kcflow.formats import UNITS, date_text, dong

if TYPE_CHECKING:
    from kcflow.services.money_views import AnnexPlan, AnnexRow, Board, Candidate, OtherRow
    from kcflow.services.views import Receipt


def area_of(context: Context, plan_year: int | None) -> str | None:
    """Key of the province that was named, in the list in force in that year; None for none."""
    asked: str | None = context.args.province
    if asked is None:
        return None
    return province_key(asked, date(plan_year, 1, 1) if plan_year else context.desk.today)


def list_(context: Context, kind: str) -> int:
    """Those of one kind that this person may see."""
    args = context.args
    area = area_of(context, args.plan_year)
    found = context.desk.money.others(kind, args.source, args.plan_year, area, args.state, args.open)
    context.rows(found, lambda rows: row_lines(context, rows))
    return 0


def row_lines(context: Context, rows: Sequence[OtherRow]) -> Iterator[str]:
    """Plans or rounds as a table: ceiling, what the list holds, what is given."""
    say, lang = context.say, context.lang

    def given(row: OtherRow) -> int:
        if row.fund is None:
            return 0
        return row.fund.approved if row.kind == "annual_plan" else row.fund.allocated

    columns: list[Column[OtherRow]] = [
        Column(say("column.code"), lambda row: row.code),
        Column(say("column.mark"), lambda row: say(f"mark.{row.mark}")),
        Column(say("column.state"), lambda row: context.label(row.state_label), flexible=True),
        Column(say("money.ceiling"), lambda row: dong(row.value or 0, lang), right=True),
        Column(say("money.listed"), lambda row: dong(row.items_total, lang), right=True, optional=True),
        Column(say("money.given"), lambda row: dong(given(row), lang), right=True),
        Column(say("column.due"), lambda row: date_text(row.due_on, lang) if row.due_on else ""),
        Column(
            say("column.waits_for"),
            lambda row: context.label(row.waits_for_label),
            flexible=True,
            optional=True,
        ),
        Column(say("money.title"), lambda row: row.title, flexible=True, optional=True),
    ]
    return table(columns, rows, context.room)


def show(context: Context) -> int:
    """One plan or round with its list."""
    return _show_board(context, context.desk.money.board(context.args.code))


def _show_board(context: Context, board: Board) -> int:
    context.emit(board, lambda: whole_board(context, board))
    return 0


def whole_board(context: Context, board: Board) -> Iterator[str]:
    """The board as everywhere, with what the plan above has left and what a reader must know."""
    yield from board_lines(context, board)
    if board.plan_left is not None:
        yield from pairs(
            [(context.say("money.plan_left"), dong(board.plan_left, context.lang))], context.room
        )
    for note in board.notes:
        yield from paragraph(context.label(note), context.room, "  ", context.say("word.warning") + " ")


def done(context: Context, receipt: Callable[[], Receipt], rehearsed: Callable[[], Receipt]) -> int:
    """Write the receipt of what was done; with --dry-run of what would be, without the marks of a record."""
    if not context.args.dry_run:
        return show_receipt(context, receipt())
    show_receipt(context, replace(rehearsed(), hash="", request=""))
    context.note("say.dry_run")
    return 0


def candidates(context: Context) -> int:
    """Proposals that could be taken in; with --all also those that still lack something."""
    args = context.args
    found = context.desk.money.candidates(args.code, args.search or "")
    wanted = found if args.all else tuple(each for each in found if not each.problems)
    context.rows(wanted, lambda rows: _candidate_lines(context, rows))
    return 0


def _candidate_lines(context: Context, rows: Sequence[Candidate]) -> Iterator[str]:
    say, lang = context.say, context.lang
    columns: list[Column[Candidate]] = [
        Column(say("column.code"), lambda row: row.code),
        Column(say("money.left"), lambda row: dong(row.left, lang), right=True),
        Column(say("money.elsewhere"), lambda row: row.elsewhere or ""),
        Column(say("column.state"), lambda row: context.label(row.state_label), flexible=True, optional=True),
        Column(say("column.province"), lambda row: row.province_name, flexible=True, optional=True),
        Column(say("column.title"), lambda row: row.title, flexible=True),
    ]
    yield from table(columns, rows, context.room)
    for row in rows:
        if row.problems:
            yield row.code
            yield from context.reason_lines(row.problems)


def put(context: Context) -> int:
    """Put proposals into the list, or with --dry-run only see how it would stand; 0 takes one out."""
    args, money = context.args, context.desk.money
    amounts = {code: amount or None for code, amount in each_once(args.items).items()}
    notes = dict(args.notes)
    if args.dry_run:
        _show_board(context, money.check_put(args.code, amounts, notes))
        context.note("say.dry_run")
        return 0
    return _show_board(context, money.put(args.code, amounts, notes))


def import_(context: Context) -> int:
    """Read an annex into the list, whole or not at all; with --dry-run only read. Exit code 1: wrong rows."""
    args, money = context.args, context.desk.money
    plan = money.annex_read(args.code, args.file, args.sheet, UNITS[args.unit] if args.unit else None)
    if not args.dry_run:
        return _show_board(context, money.annex_write(plan, replace=not args.add))
    context.emit(plan, lambda: annex_lines(context, plan))
    context.note("say.dry_run")
    wrong = bool(plan.problems) or any(row.problems for row in plan.rows)
    return REFUSED if wrong else 0


def annex_lines(context: Context, plan: AnnexPlan) -> Iterator[str]:
    """What was read of an annex: rows, sum, what is wrong and what is doubtful."""
    say, lang = context.say, context.lang
    columns: list[Column[AnnexRow]] = [
        Column(say("money.row"), lambda row: str(row.row_number), right=True),
        Column(say("column.code"), lambda row: row.code or "?"),
        # What can't be read is no nought.
        Column(
            say("column.amount"),
            lambda row: dong(row.dong, lang) if row.dong or not row.problems else "?",
            right=True,
        ),
        Column(say("column.title"), lambda row: row.title, flexible=True),
    ]
    yield from paragraph(f"{plan.sheet}: {context.label(plan.unit_found)}", context.room)
    yield from table(columns, plan.rows, context.room)
    yield say("money.sum_of", total=dong(plan.total, lang), count=len(plan.rows))
    mark = say("word.warning") + " "
    for row in plan.rows:
        for problem in row.problems:
            yield from paragraph(
                context.label(problem), context.room, "", f"{say('money.row')} {row.row_number}: "
            )
        for warning in row.warnings:
            yield from paragraph(
                context.label(warning), context.room, "", f"{say('money.row')} {row.row_number}: {mark}"
            )
    for problem in plan.problems:
        yield from paragraph(context.label(problem), context.room, "", "- ")
    for warning in plan.warnings:
        yield from paragraph(context.label(warning), context.room, "", mark)


def export(context: Context) -> int:
    """Write a plan, round, contract or a proposal's money story as a workbook."""
    args = context.args
    path = context.desk.money.export(args.code, Path(args.file), context.lang, args.force)
    context.emit({"path": str(path)}, lambda: [str(path)])
    return 0


def act(context: Context) -> int:
    """An act of a plan or round with all that it moves, or with --dry-run only a look."""
    return carry_out(context, context.args.code, context.args.act)
