"""A list that people shape: columns, widths, order, a selection, and copies of what it shows.

What somebody arranged is remembered for each list on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from kcflow import settings
from kcflow.formats import count_text
from kcflow.i18n import t
from screens.commands import bindings
from screens.lists.list_commands import ChooseColumns, CopyLine, CopyTable
from screens.lists.list_sources import DeskRows, read_rows
from screens.lists.listpane import Pane
from screens.lists.rows import CODE_WIDTH
from screens.widgets.cells import literal
from screens.widgets.table import TableRow, VirtualTable
from states.records import record

CODE_WIDEST = 20
"""Cells that codes get at most; what is longer is cut."""
COPY_MOST = 10_000
"""Rows that are copied or selected at most at once."""


def number(n: int, lang: str) -> str:
    """A count as people write it: 1.000.000 (vi), 1,000,000 (en)."""
    return count_text(n, lang)


@record(frozen=True, slots=True)
class ListColumn:
    """A column before it is shown: the key of its label, its width (0: a part of the rest, by weight).

    least: the terminal's width from which a list that nobody arranged has it.
    """

    label: str
    width: int
    least: int = 0
    weight: int = 1
    right: bool = False

    def text(self, lang: str) -> str:
        """What it is called."""
        return t(f"app.column.{self.label}", lang)


class ShapedPane(Pane):
    """The shared half of the lists of dossiers, of what stands still, and of the history."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ChooseColumns, CopyLine, CopyTable)
    list_name: ClassVar[str] = ""
    """Under which name settings and views keep it."""
    orders: ClassVar[tuple[str, ...]] = ()
    """The orders that `o` goes through; the first is where a list starts."""
    noun: ClassVar[str] = "dossiers"
    """What its rows are called, in the texts `lists.row_of_…`."""

    def __init__(self) -> None:
        """Show the list as it was left."""
        super().__init__()
        self.order = self.orders[0] if self.orders else ""
        self.chosen: tuple[str, ...] = ()
        self.widths: dict[str, int] = {}
        self.view_name = ""
        self.code_width = CODE_WIDTH
        self._recall(settings.remembered(self.list_name))

    # What a subclass brings

    def column_names(self) -> tuple[str, ...]:
        """Every column that the list can have."""
        raise NotImplementedError

    def default_names(self) -> tuple[str, ...]:
        """The columns of a list that nobody arranged."""
        raise NotImplementedError

    def label_of(self, name: str) -> str:
        """What a column is called."""
        return t(f"app.column.{name}", self.lang)

    def order_of(self, column: str) -> str:  # noqa: ARG002
        """The order that sorts by a column; "" where there is none."""
        return ""

    def known_orders(self) -> tuple[str, ...]:
        """Every order, without its "-"."""
        return self.orders

    def reread(self) -> None:
        """Read the list from its start."""
        self._write_sorted()
        self.table.set_source(self.source())
        self.call_after_refresh(self.refresh_bindings)

    # The code's column

    def code_of(self, row: TableRow) -> str:
        """The code that stands in a row's column "code"."""
        return row.key

    def on_virtual_table_loaded(self, message: VirtualTable.Loaded) -> None:
        """Give the codes the room of the longest: they grow with the ten thousandth proposal of a year."""
        message.stop()
        widest = max((cell_len(self.code_of(row)) for row in self.table.rows_in_memory), default=0)
        if self.code_width < min(widest, CODE_WIDEST):
            self.code_width = min(widest, CODE_WIDEST)
            self._write_table()

    # The shape

    def _recall(self, saved: Mapping[str, object]) -> None:
        columns, widths, order = saved.get("columns"), saved.get("widths"), saved.get("order")
        names = self.column_names()
        if isinstance(columns, list):
            self.chosen = tuple(dict.fromkeys(name for name in columns if name in names))
        if isinstance(widths, dict):
            self.widths = {
                name: width for name, width in widths.items() if name in names and type(width) is int
            }
        if isinstance(order, str) and order.removeprefix("-") in self.known_orders():
            self.order = order

    def shape(self) -> dict[str, object]:
        """Columns, widths and order as JSON values."""
        return {"columns": list(self.chosen), "widths": dict(self.widths), "order": self.order}

    def _keep(self) -> None:
        shape = self.shape()
        self.run_worker(
            partial(settings.remember, self.list_name, shape),
            thread=True,
            group="keep",
            exit_on_error=False,
        )

    def _write_table(self) -> None:
        super()._write_table()
        self.table.set_widths(self.widths)
        self._write_sorted()

    def _write_sorted(self) -> None:
        plain = self.order.removeprefix("-")
        columns = self.table.columns if plain else ()
        column = next((one.key for one in columns if self.order_of(one.key) == plain), None)
        self.table.sorted_by = (column, not self.order.startswith("-")) if column is not None else None

    def show_order(self, order: str) -> None:
        """Show the rows in another order."""
        self.order = order
        self._keep()
        self.reread()

    def on_virtual_table_sort_requested(self, message: VirtualTable.SortRequested) -> None:
        """A header was clicked, or its key pressed."""
        message.stop()
        order = self.order_of(message.key)
        if order:
            self.show_order(order if message.ascending else f"-{order}")

    def on_virtual_table_columns_changed(self, message: VirtualTable.ColumnsChanged) -> None:
        """Remember the widths that somebody gave."""
        message.stop()
        self.widths = dict(self.table.widths)
        self._keep()

    def action_choose_columns(self) -> None:
        """Choose the columns and their order; ticked are those that stand there, in this width."""
        from screens.lists.columns_dialog import ColumnsDialog

        seen = self.chosen or tuple(column.key for column in self.table.visible_columns)
        dialog = ColumnsDialog(self.column_names(), self.label_of, seen, self.default_names())
        self.app.push_screen(dialog, lambda chosen: self._columns_chosen(chosen, seen))

    def _columns_chosen(self, chosen: tuple[str, ...] | None, seen: tuple[str, ...]) -> None:
        if chosen is None or chosen == seen:
            return
        self.chosen = () if chosen == self.default_names() else chosen
        self._keep()
        self._write_table()
        self.table.set_source(self.source(), keep_selection=True)

    # The selection

    def on_virtual_table_selection_changed(self, message: VirtualTable.SelectionChanged) -> None:
        """Say how many are selected."""
        message.stop()
        self._write_quiet()
        self.refresh_bindings()

    def on_virtual_table_select_all_requested(self, message: VirtualTable.SelectAllRequested) -> None:
        """Select every row, read as far as a selection may go."""
        message.stop()
        self._read_all(self._select_all, frozenset())

    def on_virtual_table_select_range_requested(self, message: VirtualTable.SelectRangeRequested) -> None:
        """Select rows of which some have left the memory."""
        message.stop()
        self._read_all(partial(self._select_range, message.first, message.last), frozenset())

    def _select_all(self, rows: list[TableRow]) -> None:
        self.table.select(row.key for row in rows)
        if len(rows) == COPY_MOST and self.table.row_count > COPY_MOST:
            self.say(t("lists.selected_first", self.lang, n=number(COPY_MOST, self.lang)), "warn")

    def _select_range(self, first: int, last: int, rows: list[TableRow]) -> None:
        if last >= COPY_MOST:
            self.say(t("lists.range_too_long", self.lang, n=number(COPY_MOST, self.lang)), "warn")
            return
        self.table.select(self.table.selected | {row.key for row in rows[first : last + 1]})

    def _read_all(self, done: Callable[[list[TableRow]], None], keys: frozenset[str]) -> None:
        source = self.source()
        if isinstance(source, DeskRows):
            self.say(t("app.reading", self.lang))

            def told(rows: list[TableRow]) -> None:
                self.say("")
                done(rows)

            self.ask(lambda _desk: read_rows(source, COPY_MOST, keys), told, group="all-rows")

    # Copies

    def action_copy_line(self) -> None:
        """Copy the line under the cursor, as it is shown."""
        if (key := self.table.cursor_key) is not None:
            self.desk_app.copy(self.table.row_text(key), t("lists.copied_line", self.lang))

    def action_copy_table(self) -> None:
        """Copy what is selected, else the list from its start: the columns that are shown, with heads."""
        selected = self.table.selected
        held = [row for row in self.table.rows_in_memory if row.key in selected]
        if selected and len(held) == len(selected):
            self._copy_rows(held)  # however far down a long list they stand
        else:
            self._read_all(self._copy_rows, selected)

    def _copy_rows(self, rows: list[TableRow]) -> None:
        shown = {column.key for column in self.table.visible_columns}
        places = [at for at, column in enumerate(self.table.columns) if column.key in shown]
        lines = ["\t".join(self.table.column_headers)]
        for row in rows:
            cells = (row.cells[at] for at in places)
            texts = (cell.plain if isinstance(cell, Content) else cell for cell in cells)
            lines.append("\t".join(literal(text) for text in texts))
        cut = len(rows) == COPY_MOST and self.table.row_count > COPY_MOST
        self.desk_app.copy(
            "\n".join(lines) + "\n",
            t("lists.copied_first" if cut else "lists.copied", self.lang, n=len(rows)),
        )

    # Keys

    def why_not(self, action: str) -> str | None:
        """A row has to be there to be copied, a filter to have chips."""
        if not self.is_mounted:
            return None
        if action in ("copy_line", "copy_table") and self.table.row_count == 0:
            return t("app.no_row", self.lang)
        return super().why_not(action)

    def _write_quiet(self) -> None:
        lang, table = self.lang, self.table
        if not self._known:
            text = ""
        else:
            total = number(max(self._known, table.row_count), lang) + ("" if self._total_known else "+")
            text = t(f"lists.row_of_{self.noun}", lang, row=number(table.cursor_row + 1, lang), total=total)
        if table.selected:
            text += " · " + t("lists.selected", lang, n=number(len(table.selected), lang))
        self.quiet_text = text
        self.post_message(self.Quiet(self, text))

    @property
    def _total_known(self) -> bool:
        return self._complete or self.table.row_count > self._known
