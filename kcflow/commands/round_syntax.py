"""Commands of allocation rounds (`round`) and of the year's plan (`budget plan`)."""

from __future__ import annotations

from typing import Final

from kcflow.commands import readers
from kcflow.commands.contract_syntax import move_options
from kcflow.commands.grammar import MONEY_UNITS, SOURCES, Command, Commands, Grammar, Section

YEAR: Final = readers.whole(2005, 2100)
NUMBER: Final = readers.whole(1, 999)
CONTENT: Final = readers.whole(1, 9)
OTHERS: Final = "{rows: [OtherRow], next: null}"
BATCH: Final = "BatchResult"
ROUND_ACTS: Final = (
    ("send", "send_to_finance"),
    ("correction", "request_finance_correction"),
    ("answer", "answer_finance"),
    ("opinion", "record_finance_opinion"),
    ("propose", "propose"),
    ("issue", "issue"),
    ("return", "return_proposed"),
    ("rework", "rework"),
    ("cancel", "cancel"),
)
"""Name of the command and of the act in the lifecycle."""
PLAN_ACTS: Final = (
    ("submit", "submit"),
    ("return", "return_plan"),
    ("approve", "approve_plan"),
    ("close", "close"),
    ("cancel", "cancel"),
)


def part(text: str) -> tuple[str, int]:
    """AREA=AMOUNT: a province, office or region with its đồng."""
    area, amount = readers.pair(text)
    return area, readers.amount(amount)


def _code(command: Command) -> None:
    command.argument("code", "CODE", text="sheet_code")


def _list(grammar: Grammar, parent: Commands, path: str, run: str) -> None:
    listing = grammar.command(parent, path, run, OTHERS)
    listing.option("--source", choices=SOURCES, text="list_source")
    listing.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="list_year")
    listing.option("--province", metavar="PROVINCE", text="money_province")
    listing.option("--state", metavar="STATE", text="other_state")
    listing.flag("--open", text="others_open")


def _head(command: Command) -> None:
    command.option("--source", choices=SOURCES, required=True)
    command.option("--year", "plan_year", metavar="YYYY", type=YEAR, required=True, text="budget_year")
    command.option("--province", metavar="PROVINCE", text="money_province")


def _dry_run(command: Command) -> None:
    command.flag("--dry-run", text="advance_dry_run")


def _sheet(grammar: Grammar, parent: Commands, group: str, module: str) -> None:
    """candidates, put, import, export: the same for a round and a plan."""
    listed = grammar.command(
        parent, f"{group} candidates", f"{module}:candidates", "{rows: [Candidate], next: null}"
    )
    _code(listed)
    listed.option("--search", metavar="TEXT")
    listed.flag("--all", text="candidates_all")
    put = grammar.command(parent, f"{group} put", f"{module}:put", "Board")
    _code(put)
    put.argument("items", "CODE=AMOUNT", nargs="+", type=readers.item, text="contract_items")
    put.many("--note", "notes", metavar="CODE=TEXT", type=readers.pair, text="item_note")
    _dry_run(put)
    annex = grammar.command(parent, f"{group} import", f"{module}:import_", "Board; AnnexPlan with --dry-run")
    _code(annex)
    grammar.file(annex.argument("file", "FILE", text="annex_file"))
    annex.option("--sheet", metavar="NAME", text="annex_sheet")
    annex.option("--unit", choices=MONEY_UNITS, text="annex_unit")
    annex.flag("--add", text="annex_add")
    _dry_run(annex)
    export = grammar.command(parent, f"{group} export", f"{module}:export", "{path}")
    _code(export)
    grammar.file(export.argument("file", "FILE", text="export_file"))
    export.flag("--force", text="export_force")


def rounds(grammar: Grammar) -> None:
    """round."""
    _, parent = grammar.group(grammar.commands, "round")
    _list(grammar, parent, "round list", "rounds:list_")
    _code(grammar.command(parent, "round show", "rounds:show", "Board"))
    new = grammar.command(parent, "round open", "rounds:open_", "Receipt")
    _head(new)
    new.option("--ceiling", metavar="AMOUNT", type=readers.amount, required=True)
    new.option("--number", metavar="N", type=NUMBER, text="round_number")
    new.many("--content", "contents", metavar="N", type=CONTENT, text="round_content")
    new.option("--note", metavar="TEXT")
    _dry_run(new)
    new.option("--request-id", metavar="UUID")
    change = grammar.command(parent, "round change", "rounds:change", "Receipt")
    _code(change)
    change.option("--ceiling", metavar="AMOUNT", type=readers.amount)
    change.many("--content", "contents", metavar="N", type=CONTENT, default=None, text="round_content")
    change.flag("--all-contents")
    change.option("--note", metavar="TEXT")
    _dry_run(change)
    _sheet(grammar, parent, "round", "rounds")
    for name, act in ROUND_ACTS:
        command = grammar.command(parent, f"round {name}", "rounds:act", BATCH)
        _code(command)
        command.parser.set_defaults(act=act)
        move_options(grammar, command)


def plans(grammar: Grammar, budget: Commands) -> None:
    """Add `plan` to the group `budget`."""
    _, parent = grammar.group(budget, "budget plan")
    _list(grammar, parent, "budget plan list", "plans:list_")
    _code(grammar.command(parent, "budget plan show", "plans:show", "Board"))
    new = grammar.command(parent, "budget plan open", "plans:open_", "Receipt")
    _head(new)
    new.option("--total", metavar="AMOUNT", type=readers.amount, required=True, text="plan_total")
    new.many("--line", "lines", metavar="AREA=AMOUNT", type=part, text="plan_line")
    new.option("--basis", metavar="TEXT", text="plan_basis")
    _dry_run(new)
    new.option("--request-id", metavar="UUID")
    change = grammar.command(parent, "budget plan change", "plans:change", "Receipt")
    _code(change)
    change.option("--total", metavar="AMOUNT", type=readers.amount, text="plan_total")
    change.many("--line", "lines", metavar="AREA=AMOUNT", type=part, default=None, text="plan_line")
    change.flag("--no-lines")
    change.option("--basis", metavar="TEXT", text="plan_basis")
    move_options(grammar, change)
    _sheet(grammar, parent, "budget plan", "plans")
    for name, act in PLAN_ACTS:
        command = grammar.command(parent, f"budget plan {name}", "plans:act", BATCH)
        _code(command)
        command.parser.set_defaults(act=act)
        move_options(grammar, command)


SECTIONS: Final[tuple[Section, ...]] = (rounds,)
