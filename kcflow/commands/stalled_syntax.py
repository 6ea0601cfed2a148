"""The commands about what stands still."""

from __future__ import annotations

from typing import Final

from kcflow.commands import readers
from kcflow.commands.grammar import ORDERS, SOURCES, STALLED_KINDS, Grammar
from kcflow.labels import HOLDER, SUBJECT

YEAR: Final = readers.whole(1990, 2100)
DAYS: Final = readers.whole(0, 366)
AGE: Final = readers.whole(0, 36_600)
GROUPS: Final = ("office", "holder", "province", "region", "phase", "basis", "age", "waits_for")


def standing(grammar: Grammar) -> None:
    """stalled, year-end."""
    stalled = grammar.command(
        grammar.commands, "stalled", "stalled:stalled", "{rows: [StalledRow], next}", paged=True
    )
    stalled.option("--as-of", metavar="DATE", type=readers.day)
    stalled.many("--kind", "kinds", choices=STALLED_KINDS, text="stalled_kind")
    stalled.option("--near", metavar="DAYS", type=DAYS, default=5)
    stalled.option("--group-by", choices=GROUPS, text="stalled_group")
    stalled.option("--order", choices=("urgent", *ORDERS), default="urgent", text="stalled_order")
    stalled.option("--search", metavar="TEXT")
    stalled.option("--dossier-kind", choices=tuple(SUBJECT), text="stalled_dossier")
    stalled.many("--state", "states", metavar="STATE")
    stalled.many("--phase", "phases", metavar="PHASE")
    stalled.option("--waits-for", choices=tuple(HOLDER), metavar="HOLDER")
    stalled.option("--person", "holder", metavar="LOGIN", text="stalled_person")
    stalled.option("--held", choices=("yes", "no"), text="stalled_held")
    stalled.option("--due-kind", choices=("law", "policy"), text="stalled_due_kind")
    stalled.option("--basis", metavar="TEXT", text="stalled_basis")
    stalled.option("--age-from", metavar="DAYS", type=AGE, text="stalled_age_from")
    stalled.option("--age-to", metavar="DAYS", type=AGE, text="stalled_age_to")
    stalled.many("--province", "provinces", metavar="PROVINCE", text="list_province")
    stalled.many("--region", "regions", metavar="REGION", text="list_region")
    stalled.many("--office", "offices", metavar="OFFICE", text="list_office")
    stalled.option("--source", choices=SOURCES, text="list_source")
    stalled.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="list_year")
    stalled.option("--due-from", metavar="DATE", type=readers.day, text="list_due_from")
    stalled.option("--due-to", metavar="DATE", type=readers.day, text="list_due_to")
    stalled.option("--amount-from", metavar="DONG", type=readers.amount, text="list_amount_from")
    stalled.option("--amount-to", metavar="DONG", type=readers.amount, text="list_amount_to")
    stalled.flag("--csv", text="stalled_csv")
    grammar.file(stalled.option("--xlsx", metavar="FILE", text="stalled_xlsx"))
    stalled.flag("--force", text="export_force")
    year_end = grammar.command(
        grammar.commands, "year-end", "stalled:year_end", "{rows: [YearEndDate], next: null}"
    )
    year_end.option("--year", "budget_year", metavar="YYYY", type=YEAR, text="year_end_year")
