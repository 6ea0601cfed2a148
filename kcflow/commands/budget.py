"""budget: the year's money for an area, with the base of every share; figures that others published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kcflow.commands.context import Context
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column, paragraph, table
from kcflow.formats import compact, date_text, dong, in_unit, local
from kcflow.services.money_figures import FigureInput
from kcflow.text import fold

if TYPE_CHECKING:
    from kcflow.services.money_figures import BudgetSummary, FigureView, Share, StageFigure, SummaryGroup


def area(asked: str) -> str:
    """ "vn", "north", "central", "south", or a province's key, from any name of it in either language."""
    from kcflow.money_labels import AREAS

    wanted = fold(asked.strip())
    for key, label in AREAS.items():
        if wanted in (key, fold(label.vi), fold(label.en)):
            return key
    return province_keys(asked)[0]


def summary(context: Context) -> int:
    """The year's money."""
    args = context.args
    year = args.plan_year or context.desk.today.year
    found = context.desk.money.summary(year, area(args.area), args.source, args.content, args.by)
    context.emit(found, lambda: _lines(context, found))
    return 0


def _money(context: Context, value: int) -> str:
    if context.args.exact:
        return dong(value, context.lang)
    return f"{in_unit(value, 'ty', context.lang)} {'tỷ' if context.lang == 'vi' else 'billion'}"


def share_text(context: Context, share: Share | None) -> str:
    """ "25,6% của Kế hoạch KCQG": a percentage with what it is a part of; "" for none."""
    if share is None:
        return ""
    point = "," if context.lang == "vi" else "."
    percent = f"{share.permille // 10}{point}{share.permille % 10}%"
    base = f"{context.label(share.base_label)} {_money(context, share.base_dong)}"
    if share.published:
        base += f" ({context.say('column.reported').lower()})"
    return context.say("budget.share", percent=percent, base=base)


def _group(context: Context, group: SummaryGroup) -> Iterator[str]:
    figures = [figure for figure in group.figures if figure.recorded or figure.reported is not None]
    yield context.say("budget.group", name=context.label(group.label), count=group.proposals)

    def reported(figure: StageFigure) -> str:
        return "" if figure.reported is None else _money(context, figure.reported)

    columns: list[Column[StageFigure]] = [
        Column(context.say("column.stage"), lambda figure: context.label(figure.label)),
        Column(context.say("column.recorded"), lambda figure: _money(context, figure.recorded), right=True),
        Column(context.say("column.reported"), reported, right=True),
        Column(context.say("column.share"), lambda figure: share_text(context, figure.share), flexible=True),
    ]
    yield from table(columns, figures, context.room)


def _lines(context: Context, found: BudgetSummary) -> Iterator[str]:
    yield context.say("budget.summary", area=context.label(found.area_label), year=str(found.plan_year))
    for group in (found.total, *found.groups):
        yield ""
        yield from _group(context, group)
    if found.rounds and context.args.by != "round":
        for group in found.rounds:
            yield ""
            yield from _group(context, group)
    yield ""
    for tie in found.ties:
        mark = {"exact": "✓", "rounding": "≈", "off": "✗"}[tie.verdict]
        yield from paragraph(f"{mark} {context.label(tie.sentence)}", context.room)
    for note in found.notes:
        yield from paragraph(f"· {context.label(note)}", context.room)
    sources = {f.reported_basis for g in (found.total, *found.groups, *found.rounds) for f in g.figures}
    for basis in sorted(basis for basis in sources if basis):
        told = context.say("budget.published_by", basis=basis)
        yield from paragraph(f"· {told}", context.room)


# -- published figures -------------------------------------------------------------------------


def figures(context: Context) -> int:
    """Published figures of a year."""
    rows = context.desk.money.figures(context.args.plan_year)
    context.rows(rows, lambda rows: _figure_lines(context, tuple(rows)))
    return 0


def _figure_lines(context: Context, rows: tuple[FigureView, ...]) -> Iterator[str]:
    def state(row: FigureView) -> str:
        return context.say("budget.withdrawn") if row.withdrawn else date_text(local(row.entered_at).date())

    columns: list[Column[FigureView]] = [
        Column("#", lambda row: str(row.id), right=True),
        Column(context.say("column.area"), lambda row: context.label(row.area_label)),
        Column(context.say("column.source"), lambda row: row.source),
        Column(context.say("column.stage"), lambda row: context.label(row.stage_label)),
        Column(context.say("column.round"), lambda row: str(row.round or "")),
        Column(context.say("column.reported"), lambda row: compact(row.dong, context.lang), right=True),
        Column(context.say("column.basis"), lambda row: row.basis, flexible=True),
        Column(context.say("column.entered"), state),
    ]
    return table(columns, rows, context.room)


def add_figure(context: Context) -> int:
    """Keep a published figure."""
    args = context.args
    figure = FigureInput(
        plan_year=args.plan_year,
        area=area(args.area),
        source=args.source,
        stage=args.stage,
        dong=args.amount,
        unit_dong=args.precision,
        basis=args.basis,
        round=args.round,
    )
    kept = context.desk.money.add_figures([figure])
    context.emit({"kept": kept}, lambda: [context.say("budget.figure_kept")])
    return 0


def withdraw_figure(context: Context) -> int:
    """Take a published figure back."""
    context.desk.money.withdraw_figure(context.args.figure)
    context.emit({"kept": 0}, lambda: [context.say("budget.figure_withdrawn")])
    return 0
