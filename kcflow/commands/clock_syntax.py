"""Commands about one dossier's time: why, hold, lift, remind, reassign, escalate."""

from __future__ import annotations

from kcflow.commands import readers
from kcflow.commands.grammar import Command, Grammar


def _act(grammar: Grammar, name: str, shape: str) -> Command:
    command = grammar.command(grammar.commands, name, f"clock_acts:{name}", shape)
    command.argument("code", "CODE")
    return command


def _said(command: Command) -> None:
    command.option("--reason", metavar="TEXT")
    command.flag("--dry-run", text="clock_dry_run")
    command.option("--request-id", metavar="UUID")


def acts(grammar: Grammar) -> None:
    """why, hold, lift, remind, reassign, escalate."""
    why = _act(grammar, "why", "Why")
    why.option("--as-of", metavar="DATE", type=readers.day, text="why_as_of")
    moved = "Receipt; ChangePlan with --dry-run"
    hold = _act(grammar, "hold", moved)
    hold.option("--party", metavar="PARTY", required=True, text="hold_party")
    hold.option("--until", metavar="DATE", type=readers.day, required=True, text="hold_until")
    hold.option("--on", metavar="DATE", type=readers.day, text="hold_on")
    _said(hold)
    lift = _act(grammar, "lift", moved)
    lift.option("--on", metavar="DATE", type=readers.day, text="lift_on")
    _said(lift)
    told = "Receipt; Told with --dry-run"
    remind = _act(grammar, "remind", told)
    remind.many("--to", "to", metavar="LOGIN", text="remind_to")
    _said(remind)
    reassign = _act(grammar, "reassign", told)
    reassign.argument("holder", "LOGIN", nargs="?", text="reassign_holder")
    reassign.flag("--nobody", text="reassign_nobody")
    _said(reassign)
    _said(_act(grammar, "escalate", told))
