"""The command about where time goes."""

from __future__ import annotations

from typing import Final

from kcflow.commands import readers
from kcflow.commands.grammar import SOURCES, Grammar

PARTS: Final = ("states", "parties", "returns", "months")
YEAR: Final = readers.whole(2005, 2100)


def dwell(grammar: Grammar) -> None:
    """dwell."""
    command = grammar.command(grammar.commands, "dwell", "dwell:dwell", "DwellReport")
    command.option("--from", "from_on", metavar="DATE", type=readers.day, text="dwell_from")
    command.option("--to", "to_on", metavar="DATE", type=readers.day, text="dwell_to")
    command.option("--part", choices=PARTS, text="dwell_part")
    command.flag("--by-office", text="dwell_by_office")
    command.option("--lifecycle", metavar="KEY", text="dwell_lifecycle")
    command.option("--source", choices=SOURCES, text="list_source")
    command.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="list_year")
    command.many("--region", "regions", metavar="REGION", text="list_region")
    command.many("--province", "provinces", metavar="PROVINCE", text="list_province")
    command.many("--office", "offices", metavar="OFFICE", text="list_office")
    command.flag("--csv", text="dwell_csv")
    grammar.file(command.option("--xlsx", metavar="FILE", text="dwell_xlsx"))
    command.flag("--force", text="export_force")
