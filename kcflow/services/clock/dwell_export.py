"""Where time goes as a workbook: a sheet for each part, figures as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kcflow.dwell_figures import lifecycle_text, period_text, total_text
from kcflow.i18n import t
from kcflow.services.context import Context
from kcflow.services.dwell_views import DwellReport, Month, PartyShare
from kcflow.services.sheets import Book, Column, save, table, target_of


def write(context: Context, found: DwellReport, path: Path, lang: str, overwrite: bool = False) -> Path:
    """Write what was counted as an .xlsx file; returns where it is (".xlsx" is added where it is missing).

    A file that is there is replaced only with `overwrite`. Raises `BadInput`; nothing half-written.
    """
    target = target_of(path, overwrite=overwrite)
    return save(target, workbook(context, found, lang))


def workbook(context: Context, found: DwellReport, lang: str) -> bytes:
    """The finished file."""
    book = Book(lang, t("dwell.title", lang), context.shared.now())
    _sheet(book, found, "states", _states(book, found), found.dwell)
    _sheet(book, found, "parties", _parties(book), found.parties)
    _sheet(book, found, "returns", _returns(book), found.ping_pong)
    _sheet(book, found, "months", _months(book), found.months)
    return book.data()


def _sheet(book: Book, found: DwellReport, part: str, columns: Sequence[Column], rows: Sequence[Any]) -> None:
    """What is counted over the table of one part."""
    lang = book.lang
    sheet = book.sheet(t(f"dwell.part.{part}", lang))
    book.put(
        sheet, 0, 0, f"{t('dwell.title', lang)}: {t(f'dwell.part.{part}', lang)}", bold=True, font_size=14
    )
    book.put(sheet, 1, 0, period_text(found.from_on, found.to_on, lang))
    book.put(sheet, 2, 0, total_text(found, lang), italic=True)
    table(book, sheet, 4, columns, rows)
    sheet.freeze_panes(5, 0)
    sheet.repeat_rows(4)


def _states(book: Book, found: DwellReport) -> list[Column]:
    lang = book.lang

    def head(name: str) -> str:
        return t(f"dwell.sheet.{name}", lang)

    columns = [
        Column(head("source"), 12, lambda row: lifecycle_text(row.lifecycle, lang)),
        Column(head("phase"), 26, lambda row: row.phase_label(lang)),
        Column(head("state"), 34, lambda row: row.state_label(lang)),
    ]
    if any(row.office for row in found.dwell):
        columns.append(Column(head("unit"), 36, lambda row: row.office_name))
    return [
        *columns,
        Column(head("waits_for"), 22, lambda row: row.waits_for_label(lang)),
        Column(head("stays"), 10, lambda row: row.stays, right=True),
        Column(head("median"), 12, lambda row: row.median if row.stays else None, right=True),
        Column(head("p90"), 12, lambda row: row.p90 if row.stays else None, right=True),
        Column(head("longest"), 12, lambda row: row.longest if row.stays else None, right=True),
        Column(head("total_days"), 14, lambda row: row.total_days, right=True),
        Column(head("late"), 12, lambda row: row.late, right=True),
        Column(head("open"), 12, lambda row: row.open, right=True),
    ]


def _parties(book: Book) -> list[Column]:
    def head(name: str) -> str:
        return t(f"dwell.sheet.{name}", book.lang)

    def share(row: PartyShare) -> str:
        point = "," if book.lang == "vi" else "."
        return f"{row.permille // 10}{point}{row.permille % 10}%"

    return [
        Column(head("waits_for"), 34, lambda row: row.label(book.lang)),
        Column(head("total_days"), 16, lambda row: row.days, right=True),
        Column(head("share"), 14, share, right=True),
    ]


def _returns(book: Book) -> list[Column]:
    def head(name: str) -> str:
        return t(f"dwell.sheet.{name}", book.lang)

    return [
        Column(head("returned_by"), 36, lambda row: row.office_name),
        Column(head("act"), 34, lambda row: row.action_label(book.lang)),
        Column(head("returns"), 12, lambda row: row.returns, right=True),
        Column(head("dossiers"), 12, lambda row: row.dossiers, right=True),
        Column(head("more_than_once"), 16, lambda row: row.more_than_once, right=True),
        Column(head("most"), 14, lambda row: row.most, right=True),
        Column(head("most_code"), 18, lambda row: row.most_code),
    ]


def _months(book: Book) -> list[Column]:
    lang = book.lang

    def head(name: str) -> str:
        return t(f"dwell.sheet.{name}", lang)

    def month(row: Month) -> object:
        return date(row.year, row.month, 1)

    return [
        Column(head("source"), 12, lambda row: lifecycle_text(row.lifecycle, lang)),
        Column(head("phase"), 34, lambda row: row.phase_label(lang)),
        Column(head("month"), 14, month),
        Column(head("entered"), 14, lambda row: row.entered, right=True),
        Column(head("year_before"), 18, lambda row: row.year_before, right=True),
    ]
