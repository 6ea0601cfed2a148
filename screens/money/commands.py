"""The keys of the money pane and of the boards."""

from __future__ import annotations

from screens.commands import Command


class OpenBoard(Command):
    """Open the plan, round, contract or adjustment under the cursor."""

    key = "enter"
    order = 8


class NextKind(Command):
    """The next kind: what waits for me, plans, rounds, contracts, adjustments."""

    key = "c"
    action = "kind(1)"
    order = 12


class PreviousKind(Command):
    """The kind before."""

    key = "C"
    action = "kind(-1)"
    show = False
    order = 13


class NewBoard(Command):
    """Open a plan, a round, a contract, or ask for an adjustment."""

    key = "n"
    order = 14


class LeaveSearch(Command):
    """Show everything again, from the list."""

    key = "escape"
    show = False
    order = 26


class ExportBoard(Command):
    """Write it as a workbook."""

    key = "x"
    order = 40


class ReadAnnex(Command):
    """Read the annex of a decision into the worksheet."""

    key = "i"
    order = 41


class EditBoard(Command):
    """Change total, ceiling, contents or note."""

    key = "e"
    order = 30


class FindCandidates(Command):
    """Search for proposals that could be put in."""

    key = "slash"
    order = 16


class PutIn(Command):
    """Put the proposal under the cursor in, with all that it has left."""

    key = "enter,space"
    order = 8


class ChangeAmount(Command):
    """Another amount for the proposal under the cursor."""

    key = "m"
    order = 10


class TakeOut(Command):
    """Take the proposal under the cursor out of the worksheet."""

    key = "delete,backspace"
    order = 11


class PutAll(Command):
    """Put in everything that lacks nothing."""

    key = "plus"
    order = 15


class OpenLine(Command):
    """Open the proposal under the cursor."""

    key = "o"
    order = 31


class OpenAbove(Command):
    """Open the plan above the round, or the proposal of the adjustment."""

    key = "u"
    order = 33
