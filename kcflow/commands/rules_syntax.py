"""Commands about an office's own deadlines and the calendar: rules, calendar."""

from __future__ import annotations

from datetime import date
from typing import Final

from kcflow.commands import readers
from kcflow.commands.grammar import Command, Grammar
from kcflow.commands.words import both
from kcflow.services.errors import BadInput

COUNT: Final = readers.whole(1, 1_000_000_000)
YEAR: Final = readers.whole(1990, 2100)
PLAN_YEARS: Final = (-1, 0, 1)


def day_month(text: str) -> tuple[int, int]:
    """A day of every year: "15/6" as (day, month). Whether there is such a day the service says."""
    day, slash, month = text.strip().partition("/")
    good = all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (day, month))
    if not slash or not good:
        raise BadInput("day_month", both("usage.day_month", found=text[:60]))
    return int(day), int(month)


def whole(text: str) -> int:
    """A whole number, also a negative one: whether it can be the service says."""
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise BadInput("whole", both("usage.whole", found=text[:60]))
    return int(text)


def named_day(text: str) -> tuple[date, str | None]:
    """A day with its name: DATE or DATE=NAME."""
    day, equals, name = text.partition("=")
    return readers.day(day.strip()), name.strip() if equals else None


def _why(command: Command) -> None:
    command.option("--reason", metavar="TEXT")
    command.flag("--dry-run", text="clock_dry_run")


def own(grammar: Grammar) -> None:
    """rules, calendar."""
    listed = "{rows: [RuleView], next: null}"
    changed = "ChangeResult; ChangePlan with --dry-run"
    rules = grammar.command(grammar.commands, "rules", "rules:list_", listed)
    rules.option("--office", metavar="OFFICE", text="rules_office")
    rules.option("--lifecycle", metavar="NAME", text="rules_lifecycle")
    rules.flag("--closed", text="rules_closed")
    children = grammar.children(rules)
    setting = grammar.command(children, "rules set", "rules:set_", changed)
    setting.option("--office", metavar="OFFICE", required=True, text="rules_of")
    setting.option("--lifecycle", metavar="NAME", required=True, text="rules_lifecycle")
    setting.option("--state", metavar="STATE", required=True, text="rules_state")
    setting.option("--working-days", metavar="N", type=whole, text="rules_working_days")
    setting.option("--calendar-days", metavar="N", type=whole, text="rules_calendar_days")
    setting.option("--months", metavar="N", type=whole, text="rules_months")
    setting.option("--date", metavar="D/M", type=day_month, text="rules_date")
    setting.option("--monthly", metavar="D", type=whole, text="rules_monthly")
    setting.option(
        "--plan-year", metavar="-1|0|1", type=int, choices=PLAN_YEARS, default=0, text="rules_year"
    )
    setting.flag("--before", text="rules_before")
    setting.option("--basis", metavar="TEXT", required=True, text="rules_basis")
    setting.option("--from", "valid_from", metavar="DATE", type=readers.day, text="rules_from")
    setting.option("--to", "valid_to", metavar="DATE", type=readers.day, text="rules_to")
    _why(setting)
    close = grammar.command(children, "rules close", "rules:close", changed)
    close.argument("rule", "ID", type=COUNT, text="rules_id")
    close.flag("--undo", text="rules_undo")
    _why(close)
    check = grammar.command(children, "rules check", "rules:check", "ChangePlan; ChangeResult with --mend")
    check.flag("--mend", text="rules_mend")
    check.option("--reason", metavar="TEXT")
    calendar = grammar.command(grammar.commands, "calendar", "calendar:year", "CalendarYear")
    calendar.option("--year", metavar="YYYY", type=YEAR, text="calendar_year")
    children = grammar.children(calendar)
    days = grammar.command(children, "calendar set", "calendar:set_", changed)
    days.many("--off", "off", metavar="DATE[=NAME]", type=named_day, text="calendar_off")
    days.many("--working", "working", metavar="DATE[=NAME]", type=named_day, text="calendar_working")
    days.option("--name", metavar="TEXT", text="calendar_name")
    days.option("--document", metavar="TEXT", required=True, text="calendar_document")
    days.many("--withdraw", "withdraw", metavar="ID", type=COUNT, text="calendar_withdraw")
    _why(days)
    withdraw = grammar.command(children, "calendar withdraw", "calendar:withdraw", changed)
    withdraw.argument("days", "ID", nargs="+", type=COUNT, text="calendar_id")
    _why(withdraw)
