"""The virtual table over a million made-up rows: `python -m screens.widgets.table`."""

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.widgets.row_source import Stop, TablePage, TableRow
from screens.widgets.table import Column, VirtualTable

_WORDS = ("tea", "coffee", "silk", "bamboo", "rattan", "lacquer", "paper", "brick", "rice", "fish", "honey")
_HELP = "arrows, pages, end · space selects · shift+→ picks a column, < > widens, s sorts · ctrl+q leaves"


class Million:
    """Numbers with a made-up name; the order is turned by counting down."""

    def __init__(self, count: int = 1_000_000, ascending: bool = True) -> None:
        """Make `count` rows."""
        self._count = count
        self._ascending = ascending

    def _row(self, index: int) -> TableRow:
        number = index if self._ascending else self._count - 1 - index
        name = " ".join(_WORDS[number // step % len(_WORDS)] for step in (1, 11, 121))
        late = number % 7 == 0
        state = Content.assemble(("! late", ".table--bad")) if late else "on time"
        return TableRow(str(number), (f"{number:,}", name, state, f"{number * 37 % 100_000:,}"))

    def page(self, after: object | None, limit: int) -> TablePage:
        """Return the rows after the number `after`."""
        return self.page_at(after + 1 if isinstance(after, int) else 0, limit)

    def page_at(self, offset: int, limit: int) -> TablePage:
        """Return the rows from number `offset`."""
        end = min(offset + limit, self._count)
        rows = tuple(self._row(index) for index in range(offset, end))
        return TablePage(rows, end - 1 if end < self._count else None)

    def count(self) -> int:
        """Return the number of rows."""
        return self._count

    def prepare(self, stop: Stop) -> None:
        """Nothing to learn: a real source would read its index here."""


class Demo(App[None]):
    """The table, and a line that says what is selected."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Static { dock: bottom; height: 1; padding: 0 1; background: $panel; color: $text; }"

    def compose(self) -> ComposeResult:
        """The table over the line."""
        yield VirtualTable(
            (
                Column("number", "Number", 11, "right", sortable=True),
                Column("name", "Name", 0),
                Column("state", "State", 10),
                Column("amount", "Amount", 9, "right", min_terminal_width=60),
            )
        )
        yield Static(_HELP, markup=False)

    def on_mount(self) -> None:
        """Show the numbers from the first."""
        self._show(True)

    def _show(self, ascending: bool) -> None:
        table = self.query_one(VirtualTable)
        table.sorted_by = ("number", ascending)
        table.set_source(Million(ascending=ascending), keep_selection=True)

    def on_virtual_table_sort_requested(self, message: VirtualTable.SortRequested) -> None:
        """Turn the order."""
        self._show(message.ascending)

    def on_virtual_table_selection_changed(self, message: VirtualTable.SelectionChanged) -> None:
        """Say how many rows are selected."""
        shown = f"{len(message.keys):,} selected · escape: none" if message.keys else _HELP
        self.query_one(Static).update(Content(shown))


def main() -> None:
    """Run the demo."""
    Demo().run()
