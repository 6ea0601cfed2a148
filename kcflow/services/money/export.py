"""Boards and money stories as workbooks: the annex of a decision (NĐ 30/2020), a proposal's movements."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kcflow import reference
from kcflow.atomic import write_atomic
from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.money.codes import KINDS, PLAN, ROUND
from kcflow.services.money.dossiers import may_read
from kcflow.services.money.lines import mover_of
from kcflow.services.money.others import area_name, board
from kcflow.services.money_views import Board, Line, MoneyEvent, MoneyStory
from kcflow.services.texts import error_label
from kcflow.text import visible

Format = Any
Worksheet = Any
"""XlsxWriter's classes, which have no types of their own."""

MILLION: Final = 1_000_000
SUFFIX: Final = ".xlsx"


# -- cells -----------------------------------------------------------------------------------


class _Book:
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
class _Column:
    """One column of a table: heading, width in characters, what stands in a row."""

    heading: str
    width: int
    value: Callable[[Any], object]
    right: bool = False


def _table(book: _Book, sheet: Worksheet, top: int, columns: Sequence[_Column], rows: Sequence[Any]) -> int:
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


def _million(amount: int) -> Decimal:
    return Decimal(amount) / MILLION


# -- a plan, a round, a contract -------------------------------------------------------------


def _decision(context: Context, found: Board) -> str:
    """ "số 12/QĐ-BCT ngày 20/02/2024" of the decision over the list; "" while there is none."""
    mover = mover_of(context.shared.lifecycle(found.row.lifecycle))
    for entry in reversed(found.timeline):
        document = entry.document
        if mover is not None and entry.action == mover.name and document is not None and document.number:
            return f"{document.number}|{document.date.isoformat() if document.date else ''}"
    return ""


def _columns(book: _Book, found: Board) -> list[_Column]:
    say = book.say
    names = {content.code: content.label(book.lang) for content in reference.contents()}
    order = {line.code: number for number, line in enumerate(found.lines, start=1)}

    def contents(line: Line) -> str:
        return "; ".join(f"{code}. {names[code]}" if code in names else str(code) for code in line.contents)

    columns = [
        _Column(say("ordinal"), 6, lambda line: order[line.code], right=True),
        _Column(say("code"), 15, lambda line: line.code),
        _Column(say("title"), 48, lambda line: line.title),
        _Column(say("unit"), 30, lambda line: line.unit_name),
        _Column(say("province"), 16, lambda line: line.province_name),
        _Column(say("contents"), 30, contents),
        _Column(say("dong"), 19, lambda line: line.dong, right=True),
        _Column(say("trieu"), 14, lambda line: _million(line.dong), right=True),
    ]
    if found.row.kind == ROUND:
        columns.append(_Column(say("round"), 7, lambda _: found.row.number, right=True))
    columns.append(_Column(say("note"), 24, lambda line: line.note))
    return columns


def _board(context: Context, found: Board, lang: str) -> bytes:
    row = found.row
    book = _Book(lang, row.title, context.shared.now())
    sheet = book.sheet(row.code)
    columns = _columns(book, found)
    last = len(columns) - 1
    centred: dict[str, object] = {"align": "center", "bold": True}
    number, _, day = _decision(context, found).partition("|")
    if number:
        when = date_text(date.fromisoformat(day), lang) if day else "…"
        under = book.say("decision", number=number, date=when)
    else:
        under = book.say("draft", state=row.state_label(lang))
    heads: list[tuple[str, dict[str, object]]] = [
        (row.office_name, {"bold": True}),
        (book.say(f"heading_{row.kind}"), {**centred, "font_size": 14}),
        (f"{row.title} ({row.code})", centred),
        (under, {"align": "center", "italic": True}),
    ]
    for top, (text, options) in enumerate(heads):
        sheet.merge_range(top, 0, top, last, "", book.style(**options))
        book.put(sheet, top, 0, text, **options)
    after = _table(book, sheet, 5, columns, found.lines)
    sheet.repeat_rows(5)
    sheet.freeze_panes(6, 0)
    _total(book, sheet, after, columns, sum(line.dong for line in found.lines))
    after += 2
    facts: list[tuple[str, int | None]] = [
        (book.say("ceiling"), row.fund.ceiling if row.fund else None),
        (book.say("left"), found.left),
    ]
    for label, amount in facts:
        if amount is not None:
            book.put(sheet, after, 2, label)
            book.put(sheet, after, 6, amount)
            after += 1
    if row.kind == PLAN and found.content.get("lines"):
        _division(book, found, context)
    return book.data()


def _total(book: _Book, sheet: Worksheet, row: int, columns: Sequence[_Column], total: int) -> None:
    for index in range(len(columns)):
        book.put(sheet, row, index, None, border=1, bold=True)
    book.put(sheet, row, 2, book.say("sum"), border=1, bold=True)
    book.put(sheet, row, 6, total, border=1, bold=True, align="right")
    book.put(sheet, row, 7, _million(total), border=1, bold=True, align="right")


def _division(book: _Book, found: Board, context: Context) -> None:
    """How a plan's total is divided by province, office or region."""
    parts = found.content["lines"]
    assert isinstance(parts, list)  # noqa: S101 - as plans write it
    sheet = book.sheet(book.say("division"))
    keys = {province.key for province in reference.provinces()}

    def place(part: dict[str, Any]) -> str:
        area = str(part["area"])
        if area in keys:
            return area_name(area)(book.lang)
        return (
            context.shared.office_name(area) if area in context.shared.offices else book.say(f"region_{area}")
        )

    columns = [
        _Column(book.say("area"), 48, place),
        _Column(book.say("dong"), 20, lambda part: part["dong"], right=True),
        _Column(book.say("trieu"), 16, lambda part: _million(part["dong"]), right=True),
    ]
    after = _table(book, sheet, 0, columns, parts)
    total = sum(part["dong"] for part in parts)
    for index, value in enumerate((book.say("sum"), total, _million(total))):
        book.put(sheet, after, index, value, border=1, bold=True)
    for number, note in enumerate(found.notes, start=1):
        book.put(sheet, after + number, 0, note(book.lang), italic=True)


# -- a proposal's money story ----------------------------------------------------------------


def _event_columns(book: _Book) -> list[_Column]:
    say, lang = book.say, book.lang

    def paper(event: MoneyEvent) -> str:
        found = event.document
        if found is None:
            return ""
        return " ".join(
            part for part in (found.number, date_text(found.date, lang) if found.date else "") if part
        )

    def more(event: MoneyEvent) -> str:
        return "; ".join(f"{label(lang)}: {value}" for label, value in event.fields)

    return [
        _Column(say("on"), 12, lambda event: event.on),
        _Column(say("act"), 34, lambda event: event.label(lang)),
        _Column(say("dong"), 19, lambda event: event.dong, right=True),
        _Column(say("after"), 19, lambda event: event.after, right=True),
        _Column(say("owner"), 20, lambda event: event.owner or ""),
        _Column(say("document"), 26, paper),
        _Column(say("person"), 26, lambda event: event.actor_name),
        _Column(say("note"), 40, more),
    ]


def _story(context: Context, found: MoneyStory, lang: str) -> bytes:
    book = _Book(lang, found.title, context.shared.now())
    sheet = book.sheet(found.code)
    book.put(sheet, 0, 0, f"{found.code}  {found.title}", bold=True, font_size=14)
    row = 2
    for figure in found.figures:
        book.put(sheet, row, 1, figure.label(lang))
        book.put(sheet, row, 2, figure.recorded, align="right")
        if figure.share is not None:
            tenths = figure.share.permille
            whole = f"{tenths // 10}{',' if lang == 'vi' else '.'}{tenths % 10}%"
            text = book.say("share", percent=whole, base=figure.share.base_label(lang))
            book.put(sheet, row, 3, text)
        row += 1
    for key, amount in (
        ("left_to_allocate", found.left_to_allocate),
        ("left_to_pay", found.left_to_pay),
        ("refund_due", found.refund_due),
    ):
        book.put(sheet, row, 1, book.say(key), italic=True)
        book.put(sheet, row, 2, amount, italic=True, align="right")
        row += 1
    columns = _event_columns(book)
    row = _table(book, sheet, row + 1, columns, found.events) + 1
    if found.reports:
        book.put(sheet, row, 0, book.say("reports"), bold=True)
        kept = [columns[0], columns[1], *columns[5:]]
        listed = [_Column(c.heading, columns[i].width, c.value, c.right) for i, c in enumerate(kept)]
        row = _table(book, sheet, row + 1, listed, found.reports) + 1
    for ceiling in found.ceilings:
        book.put(sheet, row, 0, ceiling(lang), italic=True)
        row += 1
    return book.data()


# -- writing ---------------------------------------------------------------------------------


def _target(path: Path, *, overwrite: bool) -> Path:
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


def write(context: Context, code: str, path: Path, lang: str, overwrite: bool = False) -> Path:
    """Write a plan's, round's or contract's list, or a proposal's money story, as an .xlsx file.

    Returns where it is (".xlsx" is added to a name without an ending). A file that is there is replaced only
    with `overwrite`. Raises `NotFound`, `BadInput` (also when the disk refuses it); nothing half-written.
    """
    target = _target(path, overwrite=overwrite)
    with context.store.read() as reader:
        row = reader.dossier(code.strip().upper())
    if row is not None and row.kind in KINDS and may_read(context, row):
        data = _board(context, board(context, code), lang)
    else:
        from kcflow.services.money import story

        data = _story(context, story.story(context, code), lang)
    try:
        write_atomic(target, data, mode=0o644)
    except OSError as failed:
        why = failed.strerror or type(failed).__name__
        raise BadInput("export_failed", error_label("export_failed", path=str(target), why=why)) from None
    return target
