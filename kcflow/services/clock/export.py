"""What stands still as a table for other programs: the columns of the workbook and of CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kcflow.formats import date_text
from kcflow.labels import DEADLINE_KIND, SOURCE, SUBJECT
from kcflow.services.errors import BadInput
from kcflow.services.texts import error_label
from kcflow.services.views import ListFilter, StalledRow

if TYPE_CHECKING:
    from kcflow.services.context import Context
    from states.model import Label

Cell = str | int | date | None
BATCH: Final = 500
MOST: Final = 1_048_000
"""Rows that a sheet has room for, under its headings."""


@dataclass(frozen=True)
class Field:
    """One column: its name in CSV (and of its heading in the catalogue), width, what a row has in it."""

    name: str
    width: int
    value: Callable[[StalledRow, str], Cell]


def _joined(labels: Sequence[Label], lang: str) -> str:
    return "; ".join(label(lang) for label in labels)


FIELDS: Final = (
    Field("code", 16, lambda s, _: s.row.code),
    Field("title", 48, lambda s, _: s.row.title),
    Field("kind", 14, lambda s, lang: SUBJECT[s.row.kind](lang)),
    Field("stalled", 20, lambda s, lang: s.kind_label(lang)),
    Field("state", 26, lambda s, lang: s.row.state_label(lang)),
    Field("phase", 22, lambda s, lang: s.row.phase_label(lang)),
    Field("waits_for", 20, lambda s, lang: s.row.waits_for_label(lang)),
    Field("waits_since", 12, lambda s, _: s.waits_since),
    Field("holder", 24, lambda s, _: s.holder_name),
    Field("days_in_state", 10, lambda s, _: s.days_in_state),
    Field("working_days_in_state", 10, lambda s, _: s.working_days_in_state),
    Field("due_on", 12, lambda s, _: s.row.due_on),
    Field("due_kind", 16, lambda s, lang: DEADLINE_KIND[s.row.due_kind](lang) if s.row.due_kind else None),
    Field("basis", 26, lambda s, _: s.row.due_basis),
    Field("overdue_days", 10, lambda s, _: s.overdue_days),
    Field("overdue_working_days", 10, lambda s, _: s.overdue_working_days),
    Field("money", 18, lambda s, _: s.money),
    Field("held_until", 12, lambda s, _: s.held_until),
    Field("held_party", 20, lambda s, lang: s.held_party_label(lang) if s.held_party_label else None),
    Field("last_act", 28, lambda s, lang: s.last_action_label(lang)),
    Field("last_on", 12, lambda s, _: s.last_on),
    Field("last_actor", 24, lambda s, _: s.last_actor),
    Field("next_acts", 40, lambda s, lang: _joined(s.next_actions, lang)),
    Field("next_roles", 26, lambda s, lang: _joined(s.next_roles, lang)),
    Field("reminders", 8, lambda s, _: s.reminders),
    Field("level", 8, lambda s, _: s.level),
    Field("stuck_reason", 40, lambda s, lang: s.stuck_reason(lang) if s.stuck_reason else None),
    Field("unit", 34, lambda s, _: s.row.unit_name),
    Field("province", 18, lambda s, _: s.row.province_name),
    Field("region", 24, lambda s, lang: s.row.region_label(lang)),
    Field("source", 10, lambda s, lang: SOURCE[s.row.source](lang) if s.row.source in SOURCE else None),
    Field("plan_year", 8, lambda s, _: s.row.plan_year),
)
"""Every column, what is asked first in front."""


def _every(
    context: Context,
    wanted: ListFilter,
    kinds: Sequence[str],
    order: str,
    as_of: date | None,
    near_days: int,
) -> Iterator[StalledRow]:
    from kcflow.services.stalled import stalled

    after: object | None = None
    while True:
        page = stalled(context, as_of, after, BATCH, near_days, kinds, wanted, order)
        yield from page.rows
        after = page.next
        if after is None:
            return


def write(
    context: Context,
    path: Path,
    lang: str,
    wanted: ListFilter,
    kinds: Sequence[str],
    overwrite: bool,
    order: str,
    as_of: date | None,
    near_days: int,
) -> Path:
    """Write all that stands still as an .xlsx file; returns where it is. Nothing is half-written.

    A file that is there is replaced only with `overwrite`. Raises `BadInput`, also for more rows than a sheet
    has room for and when the disk refuses it.
    """
    from kcflow.services.sheets import Book, Column, save, table, target_of

    target = target_of(path, overwrite=overwrite)
    rows: list[StalledRow] = []
    for row in _every(context, wanted, kinds, order, as_of, near_days):
        rows.append(row)
        if len(rows) > MOST:
            raise BadInput("export_too_long", error_label("export_too_long", most=MOST))
    book = Book(lang, book_title := _title(context, lang, as_of), context.shared.now())
    sheet = book.sheet(book.say("stalled_sheet"))
    columns = [
        Column(book.say(f"stalled.{each.name}"), each.width, lambda row, each=each: each.value(row, lang))  # type: ignore[misc]
        for each in FIELDS
    ]
    book.put(sheet, 0, 0, book_title, bold=True, font_size=14)
    table(book, sheet, 2, columns, rows)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    if rows:
        sheet.autofilter(2, 0, 2 + len(rows), len(columns) - 1)
    return save(target, book.data())


def _title(context: Context, lang: str, as_of: date | None) -> str:
    from kcflow.i18n import t

    return t("export.stalled_title", lang, day=date_text(as_of or context.today, lang))
