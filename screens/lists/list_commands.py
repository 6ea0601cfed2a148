"""The commands of lists: what can be done with rows, filters, columns, views and selections."""

from __future__ import annotations

from screens.commands import Command


class OpenRow(Command):
    """Open the dossier under the cursor."""

    key = "d"
    order = 11


class BulkAct(Command):
    """Carry out one act on every selected dossier."""

    key = "b"
    order = 12


class GoToFound(Command):
    """From the search to what was found."""

    key = "enter"
    order = 9


class FilterList(Command):
    """Choose what the list shows."""

    key = "f"
    order = 21
    action = "filter"


class SavedViews(Command):
    """Show the list by a saved view."""

    key = "v"
    order = 26


class SaveView(Command):
    """Keep filter, order and columns under a name."""

    key = "V"
    show = False
    order = 23


class FilterChips(Command):
    """Go to the chips of the filter, to take one away."""

    key = "F"
    show = False
    order = 24


class ClearFilters(Command):
    """Show everything again."""

    key = "escape"
    order = 25


class OrderList(Command):
    """Another order of the rows."""

    key = "o"
    order = 31
    action = "order"


class ChooseColumns(Command):
    """Choose the columns and their order."""

    key = "C"
    show = False
    order = 33


class CopyLine(Command):
    """Copy the line under the cursor."""

    key = "y"
    show = False
    order = 34


class CopyTable(Command):
    """Copy what is selected, else the table."""

    key = "Y"
    show = False
    order = 35


class NextCategory(Command):
    """The next kind of stalled dossiers."""

    key = "c"
    order = 15


class GroupList(Command):
    """Group what stands still."""

    key = "G"
    order = 30


class ExportList(Command):
    """Write the list as a workbook."""

    key = "x"
    show = False
    order = 36


class YearEnd(Command):
    """The dates that end the budget year."""

    key = "e"
    show = False
    order = 27


class FullRecord(Command):
    """The full record of the row under the cursor."""

    key = "enter"
    order = 9
    show = False


class OpenRecorded(Command):
    """Open the dossier that the row of the history belongs to."""

    key = "enter,d"
    order = 9


class RemoveChip(Command):
    """Take the chip under the cursor away."""

    key = "x,delete,backspace"
    order = 10


class ClearChips(Command):
    """Take every chip away."""

    key = "escape"
    order = 12


class ApplyFilter(Command):
    """Show the list by these filters."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class ResetFilter(Command):
    """Empty every filter."""

    key = "ctrl+r"
    priority = True
    order = 20


class ChoiceDone(Command):
    """Take what was chosen."""

    key = "f10,ctrl+s"
    action = "apply_filter"
    priority = True
    order = 10


class ChoiceReset(Command):
    """Begin anew, as at first."""

    key = "ctrl+r"
    action = "reset_filter"
    priority = True
    order = 20


class BulkNext(Command):
    """Go on: to the decision, to its preview."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class BulkDo(Command):
    """Carry it out."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class BulkBack(Command):
    """Go a step back."""

    key = "ctrl+b"
    priority = True
    order = 14


class BulkMode(Command):
    """All or nothing, or each by itself."""

    key = "m"
    order = 11


class BulkDrop(Command):
    """Leave out what can't be done."""

    key = "ctrl+d"
    priority = True
    order = 12


class BulkCopy(Command):
    """Copy the table."""

    key = "y"
    order = 15


class OpenBudget(Command):
    """The year's money."""

    key = "dollar_sign"
    order = 65
