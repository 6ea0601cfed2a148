"""Commands of the year's money: budget summary, budget figures."""

from __future__ import annotations

from typing import Final

from kcflow.commands import readers
from kcflow.commands.grammar import SOURCES, Commands, Grammar
from kcflow.commands.round_syntax import plans

YEAR: Final = readers.whole(2005, 2100)
COUNT: Final = readers.whole(1, 1_000_000_000)
GROUPINGS: Final = ("source", "province", "office", "content", "round")
STAGES: Final = (
    *("planned", "requested", "approved", "allocated", "contracted"),
    *("advanced", "accepted", "settled", "returned"),
)


def summaries(grammar: Grammar, parent: Commands) -> None:
    """Add `summary` and `figures` to the group `budget`."""
    summary = grammar.command(parent, "budget summary", "budget:summary", "BudgetSummary")
    summary.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="budget_year")
    summary.option("--region", "area", metavar="AREA", default="vn", text="budget_area")
    summary.option("--source", choices=SOURCES, text="list_source")
    summary.option("--content", metavar="N", type=readers.whole(1, 9), text="budget_content")
    summary.option("--by", choices=GROUPINGS, default="source", text="budget_by")
    summary.flag("--exact", text="budget_exact")
    _, figures = grammar.group(parent, "budget figures")
    listed = grammar.command(figures, "budget figures list", "budget:figures", "{rows: [FigureView], next}")
    listed.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="budget_year")
    add = grammar.command(figures, "budget figures add", "budget:add_figure", "{kept: N}")
    add.argument("amount", "AMOUNT", type=readers.amount, text="figure_amount")
    add.option("--year", "plan_year", metavar="YYYY", type=YEAR, required=True, text="budget_year")
    add.option("--region", "area", metavar="AREA", required=True, text="budget_area")
    add.option("--source", choices=(*SOURCES, "total"), required=True, text="figure_source")
    add.option("--stage", choices=STAGES, required=True, text="figure_stage")
    add.option("--round", metavar="N", type=COUNT, text="figure_round")
    add.option("--precision", metavar="AMOUNT", type=readers.amount, default=1, text="figure_precision")
    add.option("--basis", metavar="TEXT", required=True, text="figure_basis")
    withdraw = grammar.command(figures, "budget figures withdraw", "budget:withdraw_figure", "{kept: 0}")
    withdraw.argument("figure", "N", type=COUNT, text="figure_number")


def budget(grammar: Grammar) -> None:
    """budget."""
    _, parent = grammar.group(grammar.commands, "budget")
    summaries(grammar, parent)
    plans(grammar, parent)
