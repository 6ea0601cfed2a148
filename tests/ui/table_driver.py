"""An application with one virtual table, and what the tests of the table look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from screens import theme
from screens.style_sheet import StyleSheet
from screens.widgets.columns import Column
from screens.widgets.row_pages import RowSource
from screens.widgets.table import VirtualTable
from tests.ui.snapshots import screen_text, wait_for

M = TypeVar("M", bound=Message)
COLUMNS = (Column("code", "Mã", 9), Column("title", "Đề án", 0), Column("money", "Kinh phí", 12, "right"))


class TableApp(App[None]):
    """A table and nothing else; it keeps every message."""

    CSS_PATH = theme.COMMON_CSS

    def __init__(self, source: RowSource | None, columns: tuple[Column, ...] = COLUMNS) -> None:
        super().__init__()
        theme.register(self)
        self.stylesheet = StyleSheet(variables=self.get_css_variables())
        self.table = VirtualTable(
            columns, empty_text="Không có đề án nào.", loading_text="Đang đọc…", failed_text="Không đọc được."
        )
        self.source = source
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        """The table."""
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        self.table.set_source(self.source)

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        self.heard.append(message)

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        self.heard.append(message)

    def on_virtual_table_selection_changed(self, message: VirtualTable.SelectionChanged) -> None:
        self.heard.append(message)

    def on_virtual_table_load_failed(self, message: VirtualTable.LoadFailed) -> None:
        self.heard.append(message)

    def on_virtual_table_select_all_requested(self, message: VirtualTable.SelectAllRequested) -> None:
        self.heard.append(message)

    def on_virtual_table_select_range_requested(self, message: VirtualTable.SelectRangeRequested) -> None:
        self.heard.append(message)

    def on_virtual_table_sort_requested(self, message: VirtualTable.SortRequested) -> None:
        self.heard.append(message)

    def on_virtual_table_columns_changed(self, message: VirtualTable.ColumnsChanged) -> None:
        self.heard.append(message)

    def on_virtual_table_loaded(self, message: VirtualTable.Loaded) -> None:
        self.heard.append(message)


@asynccontextmanager
async def opened(
    source: RowSource | None, size: tuple[int, int] = (80, 24), columns: tuple[Column, ...] = COLUMNS
) -> AsyncIterator[tuple[Pilot[None], VirtualTable, TableApp]]:
    """Run the app until its first rows are read."""
    app = TableApp(source, columns)
    async with app.run_test(size=size) as pilot:
        await settled(pilot, app.table)
        yield pilot, app.table, app


async def settled(pilot: Pilot[None], table: VirtualTable) -> None:
    """Wait until nothing is being read."""
    await wait_for(pilot, lambda: table.settled, "the table has read what it needs")


def heard(app: TableApp, kind: type[M]) -> list[M]:
    """The messages of a kind."""
    return [message for message in app.heard if isinstance(message, kind)]


def last(app: TableApp, kind: type[M]) -> M:
    """The last message of a kind."""
    return heard(app, kind)[-1]


def lines(app: App[None]) -> list[str]:
    """The lines of the screen."""
    return screen_text(app).splitlines()


async def hold(pilot: Pilot[None], table: VirtualTable, *steps: tuple[int, int]) -> None:
    """Press the mouse at the first place, move it over the others and let go at the last."""
    await pilot.mouse_down(table, offset=steps[0])
    for step in steps[1:]:
        await pilot.hover(table, offset=step)
    await pilot.mouse_up(table, offset=steps[-1])
    await pilot.pause()
