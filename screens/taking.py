"""Lists and inputs in which Enter takes what the cursor stands on: the footer shows the key."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList

from screens.commands import Command, bindings
from screens.forms.entries import Entry
from screens.widgets.table import VirtualTable


class TakeRow(Command):
    """Take what the cursor stands on."""

    key = "enter"
    order = 9


class TakingTable(VirtualTable):
    """A table to choose one row from."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TakeRow)

    def action_take_row(self) -> None:
        """Choose the row under the cursor."""
        self.action_choose()


class TakingEntry(Entry):
    """An input that finds rows of a table; Enter takes the one that was found."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TakeRow)

    async def action_take_row(self) -> None:
        """Hand over what was typed."""
        await self.action_submit()


class TakingList(OptionList):
    """A list of options to choose one from."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TakeRow)

    def action_take_row(self) -> None:
        """Choose the option under the cursor."""
        self.action_select()
