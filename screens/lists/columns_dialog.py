"""Which columns a list has, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.i18n import t
from screens.base import DeskModal
from screens.commands import Command, bindings
from screens.lists.list_commands import ChoiceDone, ChoiceReset
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable


class ShowColumn(Command):
    """Show the column, or leave it out."""

    key = "space"
    priority = True
    order = 11


class ColumnUp(Command):
    """Move the column to the left."""

    key = "minus,shift+up"
    priority = True
    order = 12


class ColumnDown(Command):
    """Move the column to the right."""

    key = "plus,shift+down"
    priority = True
    order = 13


class ColumnsDialog(DeskModal["tuple[str, ...]"]):
    """The columns of a list, those that it shows first and in its order; gives the names that are ticked."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        ChoiceDone, ShowColumn, ColumnUp, ColumnDown, ChoiceReset
    )
    title_key = "columns.title"
    help_key = "help.columns"
    CSS = """
    ColumnsDialog > .modal { width: 60; }
    ColumnsDialog VirtualTable { height: auto; min-height: 4; max-height: 18; }
    """

    def __init__(
        self,
        known: Sequence[str],
        label_of: Callable[[str], str],
        shown: Sequence[str],
        default: Sequence[str],
    ) -> None:
        """Offer the columns `known`; `default` is what a list that nobody arranged has."""
        super().__init__()
        self._known, self._label_of, self._default = tuple(known), label_of, tuple(default)
        self._begin(shown)

    def _begin(self, shown: Sequence[str]) -> None:
        self.shown = set(shown)
        self.names = [*shown, *(name for name in self._known if name not in self.shown)]

    def body(self) -> Iterable[Widget]:
        """The columns, one under another."""
        yield VirtualTable(self._columns(), id="columns", selectable=False)
        yield Static(Content(t("columns.hint", self.lang)), id="columns-hint", classes="dim", markup=False)

    def _columns(self) -> list[Column]:
        return [Column("shown", "", 3), Column("name", t("columns.name", self.lang), 0)]

    def on_mount(self) -> None:
        """Show them."""
        table = self.query_one(VirtualTable)
        table.set_source(self)
        table.focus()

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All of them; brackets and a tick say what is shown."""
        return TablePage(
            tuple(
                TableRow(
                    name,
                    ("[✓]" if name in self.shown else "[ ]", self._label_of(name)),
                    "" if name in self.shown else "dim",
                )
                for name in self.names
            )
        )

    def _present(self) -> str | None:
        return self.query_one(VirtualTable).cursor_key

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter and a click tick, too."""
        message.stop()
        self.action_show_column()

    def action_show_column(self) -> None:
        """Tick it, or take the tick away; one column always stays."""
        name = self._present()
        if name is None:
            return
        if self.shown == {name}:
            self.say(t("columns.one_stays", self.lang), "warn")
            return
        self.say("")
        self.shown ^= {name}
        self.query_one(VirtualTable).reload()

    def action_column_up(self) -> None:
        """Move it one place to the left."""
        self._move(-1)

    def action_column_down(self) -> None:
        """Move it one place to the right."""
        self._move(1)

    def _move(self, by: int) -> None:
        name = self._present()
        if name is None:
            return
        at = self.names.index(name)
        if 0 <= at + by < len(self.names):
            self.names[at], self.names[at + by] = self.names[at + by], name
            self.query_one(VirtualTable).reload()

    def action_apply_filter(self) -> None:
        """Show the list with these."""
        self.dismiss(tuple(name for name in self.names if name in self.shown))

    def action_reset_filter(self) -> None:
        """Those of a list that nobody arranged."""
        self._begin(self._default)
        self.query_one(VirtualTable).reload()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        table = self.query_one(VirtualTable)
        table.set_columns(self._columns())
        table.reload()
        self.query_one("#columns-hint", Static).update(Content(t("columns.hint", self.lang)))
