"""Workbooks that kcflow writes: cells, tables and where the file goes. What people wrote stays text."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kcflow.atomic import write_atomic
from kcflow.i18n import t
from kcflow.services.errors import BadInput
from kcflow.services.texts import error_label
from kcflow.text import visible

Format = Any
Worksheet = Any
"""XlsxWriter's classes, which have no types of their own."""

SUFFIX: Final = ".xlsx"


class Book:
    """One workbook in memory. What people wrote is always text: never a formula, a link or a number."""

    def __init__(self, lang: str, title: str, made: datetime) -> None:
        import xlsxwriter  # type: ignore[import-untyped] # not needed before somebody exports

        self.lang = lang
        self._bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._bytes, options)
        self._book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def say(self, key: str, **params: object) -> str:
        """A text of the export in the workbook's language."""
        return t(f"export.{key}", self.lang, **params)

    def style(self, **options: object) -> Format:
        """A cell format: Times New Roman as NĐ 30/2020 asks, and `options`."""
        wanted = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", **options}
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, A4 across, as wide as the page."""
        sheet = self._book.add_worksheet(name[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: object, **options: object) -> None:
        """One cell: text as text, đồng and dates as numbers that Excel can work with."""
        if value is None:
            sheet.write_blank(row, column, None, self.style(**options))
        elif isinstance(value, date):
            kept = {"num_format": "dd/mm/yyyy", **options}
            sheet.write_datetime(row, column, value, self.style(**kept))
        elif isinstance(value, int | Decimal):
            kept = {"num_format": "#,##0" if isinstance(value, int) else "#,##0.######", **options}
            sheet.write_number(row, column, value, self.style(**kept))
        else:
            sheet.write_string(row, column, visible(str(value), multiline=True), self.style(**options))

    def data(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._bytes.getvalue()


@dataclass(frozen=True)
class Column:
    """One column of a table: heading, width in characters, what stands in a row."""

    heading: str
    width: int
    value: Callable[[Any], object]
    right: bool = False


def table(book: Book, sheet: Worksheet, top: int, columns: Sequence[Column], rows: Sequence[Any]) -> int:
    """A bordered table from row `top` on; returns the row after it."""
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        book.put(
            sheet,
            top,
            index,
            column.heading,
            bold=True,
            border=1,
            align="center",
            valign="vcenter",
            text_wrap=True,
        )
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            align = {"align": "right"} if column.right else {}
            book.put(sheet, top + number, index, column.value(row), border=1, text_wrap=True, **align)
    return top + 1 + len(rows)


def target_of(path: Path, *, overwrite: bool) -> Path:
    """Where the workbook goes. Raises `BadInput` for a folder, another kind of file, a file that is there."""
    target = path.expanduser()
    if not target.suffix:
        target = target.with_suffix(SUFFIX)
    if target.suffix.lower() != SUFFIX:
        raise BadInput("export_suffix", error_label("export_suffix", path=str(target)))
    if target.is_dir():
        raise BadInput("export_folder", error_label("export_folder", path=str(target)))
    if not overwrite and target.exists():
        raise BadInput("export_exists", error_label("export_exists", path=str(target)))
    return target


def save(target: Path, data: bytes) -> Path:
    """Write a finished workbook, whole or not at all. Raises `BadInput` when the disk refuses it."""
    try:
        write_atomic(target, data, mode=0o644)
    except OSError as failed:
        why = failed.strerror or type(failed).__name__
        raise BadInput("export_failed", error_label("export_failed", path=str(target), why=why)) from None
    return target
