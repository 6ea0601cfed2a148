"""Commands of contracts, payments, acceptance, settlement, adjustments, stops and ceilings."""

from __future__ import annotations

from typing import Any, Final

from kcflow.commands import readers
from kcflow.commands.grammar import AUTHORITIES, CONCLUSIONS, SOURCES, Command, Commands, Grammar, Section
from states.fields import ADVANCE_TYPES

YEAR: Final = readers.whole(1990, 2100)
COUNT: Final = readers.whole(1, 1_000_000_000)
TYPES: Final = tuple(choice.code for choice in ADVANCE_TYPES)
BATCH: Final = "BatchResult"
ONE: Final = "Receipt; Preview with --dry-run"
SETTLEMENT_ACTS: Final = (
    ("submit", "submit_settlement"),
    ("return", "return_settlement"),
    ("liquidate", "liquidate"),
)
"""Name of the command and of the act in a contract's lifecycle."""
OTHERS: Final = "{rows: [OtherRow], next: null}"


def move_options(grammar: Grammar, command: Command, *, amount: bool = False) -> None:
    """Options of an act: its paper, its date, its reason, and --dry-run."""
    command.flag("--dry-run", text="advance_dry_run")
    command.option("--on", metavar="DATE", type=readers.day)
    command.option("--reason", metavar="TEXT")
    command.option("--document-kind", metavar="KIND")
    command.option("--document-number", metavar="NUMBER")
    command.option("--document-date", metavar="DATE", type=readers.day)
    command.option("--signer", metavar="NAME")
    command.option("--authority", choices=AUTHORITIES)
    command.option("--conclusion", choices=CONCLUSIONS)
    grammar.file(command.option("--attach", metavar="FILE"))
    command.many("--paper", "papers", metavar="KIND=NUMBER@DATE", type=readers.paper)
    command.option("--request-id", metavar="UUID")
    command.option("--expect-version", metavar="N", type=COUNT)
    command.parser.set_defaults(amount=None, round=None)
    if amount:
        command.option("--amount", metavar="AMOUNT", type=readers.amount)


def _items(command: Command, nargs: str, *, signed: bool = False) -> None:
    reader, text = (
        (readers.difference, "contract_differences") if signed else (readers.item, "contract_items")
    )
    options: dict[str, Any] = {"nargs": nargs, "type": reader, "text": text}
    command.argument("items", "CODE=AMOUNT", **options)


def _listed(grammar: Grammar, parent: Commands, path: str, run: str) -> None:
    listing = grammar.command(parent, path, run, OTHERS)
    listing.option("--source", choices=SOURCES, text="list_source")
    listing.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="list_year")
    listing.flag("--open", text="others_open")


def _exported(grammar: Grammar, parent: Commands, path: str, text: str) -> None:
    export = grammar.command(parent, path, "worksheets:export", "{path}")
    export.argument("code", "CODE", text=text)
    grammar.file(export.argument("file", "FILE", text="export_file"))
    export.flag("--force", text="export_force")


def _shown(grammar: Grammar, parent: Commands, path: str, run: str) -> None:
    grammar.command(parent, path, run, "Board").argument("code", "CODE", text="other_code")


def contracts(grammar: Grammar) -> None:
    """contract, settle."""
    _, parent = grammar.group(grammar.commands, "contract")
    _listed(grammar, parent, "contract list", "contracts:list_")
    _shown(grammar, parent, "contract show", "contracts:show")
    _exported(grammar, parent, "contract export", "other_code")
    new = grammar.command(parent, "contract open", "contracts:open_", "Receipt; BatchResult with --dry-run")
    _items(new, "+")
    new.option("--title", metavar="TEXT", text="contract_title")
    new.option("--note", metavar="TEXT")
    new.option("--on", metavar="DATE", type=readers.day)
    new.flag("--dry-run", text="advance_dry_run")
    new.option("--request-id", metavar="UUID")
    put = grammar.command(parent, "contract put", "contracts:put", "Board")
    put.argument("code", "CODE", text="other_code")
    _items(put, "+")
    put.flag("--dry-run", text="advance_dry_run")
    for name in ("sign", "amend", "cancel", "terminate", "close"):
        command = grammar.command(parent, f"contract {name}", "contracts:act", BATCH)
        command.argument("code", "CODE", text="other_code")
        command.parser.set_defaults(act=name, items=[])
        if name == "amend":
            _items(command, "+", signed=True)
        move_options(grammar, command)
    _, parent = grammar.group(grammar.commands, "settle")
    for name, act in SETTLEMENT_ACTS:
        command = grammar.command(parent, f"settle {name}", "contracts:act", BATCH)
        command.argument("code", "CODE", text="other_code")
        command.parser.set_defaults(act=act, items=[])
        if name == "liquidate":
            command.many("--settled", "items", metavar="CODE=AMOUNT", type=readers.item)
        move_options(grammar, command)


def payments(grammar: Grammar) -> None:
    """payment, report-progress, accept, stop."""
    _, parent = grammar.group(grammar.commands, "payment")
    grammar.command(parent, "payment show", "payments:show", "MoneyStory").argument("code", "CODE")
    _exported(grammar, parent, "payment export", "code")
    for name, run in (
        ("first", "first"),
        ("next", "next_"),
        ("remaining", "remaining"),
        ("refund", "refund"),
        ("ratio", "ratio"),
    ):
        command = grammar.command(parent, f"payment {name}", f"payments:{run}", ONE)
        command.argument("code", "CODE")
        if name in ("first", "remaining"):
            command.option("--type", choices=TYPES, metavar="TYPE", text="advance_type", required=True)
        if name in ("first", "next"):
            command.option("--volume", metavar="PERCENT", type=readers.share)
        if name == "first":
            command.option("--ratio", metavar="PERCENT", type=readers.share, text="advance_ratio")
        if name != "ratio":
            command.option("--treasury-on", metavar="DATE", type=readers.day)
        move_options(grammar, command, amount=name != "ratio")
    report = grammar.command(grammar.commands, "report-progress", "payments:report", ONE)
    report.argument("code", "CODE")
    report.option("--month", metavar="MM/YYYY", type=readers.month, text="report_month", required=True)
    report.option("--volume", metavar="PERCENT", type=readers.share, required=True)
    report.option("--value", metavar="AMOUNT", type=readers.amount, text="report_value")
    report.option("--used", metavar="AMOUNT", type=readers.amount, text="report_used")
    report.option("--confirmed-by", metavar="NAME")
    move_options(grammar, report)
    accept = grammar.command(grammar.commands, "accept", "payments:accept", ONE)
    accept.argument("code", "CODE")
    accept.flag("--part", text="accept_part")
    move_options(grammar, accept, amount=True)
    _, parent = grammar.group(grammar.commands, "stop")
    for name in ("propose", "confirm", "reject"):
        command = grammar.command(parent, f"stop {name}", "payments:stop", ONE)
        command.argument("code", "CODE")
        command.parser.set_defaults(act=f"{name}_stop")
        move_options(grammar, command)


def adjustments(grammar: Grammar) -> None:
    """adjust."""
    _, parent = grammar.group(grammar.commands, "adjust")
    kinds = grammar.command(
        parent, "adjust kinds", "adjustments:kinds", "{rows: [AdjustmentKind], next: null}"
    )
    kinds.option("--source", choices=SOURCES, default="kcqg", text="adjust_source")
    _listed(grammar, parent, "adjust list", "adjustments:list_")
    _shown(grammar, parent, "adjust show", "adjustments:show")
    ask = grammar.command(parent, "adjust ask", "adjustments:ask", "Receipt; AdjustmentPlan with --dry-run")
    ask.argument("code", "CODE")
    ask.option("--change", metavar="KIND", text="adjust_change", required=True)
    ask.many("--set", "after", metavar="FIELD=VALUE", type=readers.pair, text="adjust_set")
    ask.option("--reason", metavar="TEXT", required=True)
    ask.option("--letter", metavar="NUMBER@DATE", type=readers.letter, text="adjust_letter")
    ask.option("--signer", metavar="NAME")
    ask.option("--on", metavar="DATE", type=readers.day)
    ask.flag("--dry-run", text="advance_dry_run")
    ask.option("--request-id", metavar="UUID")
    act = grammar.command(parent, "adjust act", "adjustments:act", BATCH)
    act.argument("code", "CODE", text="other_code")
    act.argument("action", "ACTION")
    move_options(grammar, act)


def ceilings(grammar: Grammar) -> None:
    """ceiling."""
    _, parent = grammar.group(grammar.commands, "ceiling")
    listing = grammar.command(parent, "ceiling list", "ceilings:list_", "{rows: [Ceiling], next: null}")
    listing.option("--on", metavar="DATE", type=readers.day)
    listing.option("--province", metavar="PROVINCE", text="ceiling_province")
    new = grammar.command(parent, "ceiling set", "ceilings:set_", "Ceiling")
    new.argument("item", "ITEM", text="ceiling_item")
    new.option("--most", metavar="AMOUNT", type=readers.amount, text="ceiling_most")
    new.option("--share", metavar="PERCENT", type=readers.share, text="ceiling_share")
    new.option("--basis", metavar="TEXT", text="ceiling_basis", required=True)
    new.option("--from", "valid_from", metavar="DATE", type=readers.day, text="ceiling_from", required=True)


SECTIONS: Final[tuple[Section, ...]] = (contracts, payments, adjustments, ceilings)
