"""Textual's own DataTable with the columns of kcflow's list: `python -m benchmarks.datatable_app 1000`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from textual.app import App
from textual.widget import Widget
from textual.widgets import DataTable, Footer

from benchmarks.bigstore_words import Draw, requested, texts
from kcflow.formats import dong

COLUMNS = (("Mã", 12), ("Đề án", 30), ("Tỉnh", 12), ("Trạng thái", 26), ("Đề nghị", 14), ("Hạn", 10))
CODE = "KCQG-24-{:04}"


class Table(App[None]):
    """A table of so many rows, and a footer."""

    BINDINGS = [("ctrl+q", "quit", "Quit")]  # noqa: RUF012 - as in Textual's own examples

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> Iterable[Widget]:
        """The table, filled at once, as its documentation does."""
        table: DataTable[str] = DataTable(cursor_type="row")
        for label, width in COLUMNS:
            table.add_column(label, width=width)
        for number in range(1, self._rows + 1):
            title, _ = texts(1, number, "Hà Giang")
            sum_ = dong(requested(Draw(1, number)))
            table.add_row(CODE.format(number), title, "Hà Giang", "● Đã nộp lưu trữ", sum_, "15/06/2024")
        yield table
        yield Footer()


if __name__ == "__main__":
    Table(int(sys.argv[1])).run()
