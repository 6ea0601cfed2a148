"""How the parts of a dossier's line look in every list: mark and state, due date, days left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from textual.content import Content

from kcflow.formats import date_text, signed
from kcflow.i18n import t
from kcflow.labels import SOURCE
from kcflow.services.views import DossierRow
from screens.widgets.columns import Column
from screens.widgets.state_mark import mark
from screens.widgets.table import TableRow
from states.records import record

_MARKS = {
    "late": ("late", "bad"),
    "near": ("near", "warn"),
    "ok": ("ok", ""),
    "none": ("ok", ""),
    "returned": ("returned", "warn"),
    "completed": ("done", "good"),
    "ended": ("stopped", "dim"),
}


def toned(text: str, tone: str) -> Content:
    """`text` in a tone of the table: "", "bad", "warn", "good" or "dim"."""
    return Content.styled(text, f".table--{tone}" if tone else "")


def row_tone(row: DossierRow) -> str:
    """The tone of a dossier's mark."""
    return _MARKS[row.mark][1]


def state_text(row: DossierRow, lang: str) -> str:
    """Mark and word."""
    return f"{mark(_MARKS[row.mark][0])} {row.state_label(lang)}"


def state_cell(row: DossierRow, lang: str) -> Content:
    """Mark and word: colour says nothing that they don't."""
    return toned(state_text(row, lang), row_tone(row))


def short_date(day: date | None, year: int, lang: str) -> str:
    """A day in at most nine cells; the year is left out when it is `year`. None is "–"."""
    if day is None:
        return "–"
    if lang == "vi":
        return f"{day:%d/%m}" if day.year == year else f"{day:%d/%m/%y}"
    text = date_text(day, "en")
    return text[:-5] if day.year == year else f"{text[:-4]}{text[-2:]}"


def days_left(row: DossierRow, lang: str, marked: bool = False) -> Content:
    """How many days are left, or by how many it is late; `marked` where no state carries the mark."""
    if row.days_left is None:
        return toned("–", "dim")
    tone = {"late": "bad", "near": "warn"}.get(row.mark, "")
    sign = f"{mark(_MARKS[row.mark][0])} " if tone and marked else ""
    if row.days_left == 0:
        return toned(sign + t("form.today", lang), tone)
    return toned(sign + t("app.days", lang, n=signed(row.days_left, lang)), tone)


@record(frozen=True, slots=True)
class ColumnSpec:
    """What a column of dossiers is, before it is shown: cells for both languages, from which width on.

    width: (vi, en), 0 takes a part of the rest; a code is as wide as the widest shown. least: the terminal's
    width from which a list that nobody arranged has it; None: only where it was chosen. order: what sorting
    by it is called, "" is not sortable.
    """

    width: tuple[int, int]
    least: int | None = 0
    weight: int = 1
    right: bool = False
    order: str = ""


DOSSIER_COLUMNS: dict[str, ColumnSpec] = {
    "code": ColumnSpec((0, 0), order="code"),
    "title": ColumnSpec((0, 0), weight=5, order="title"),
    "province": ColumnSpec((12, 12), 100, order="province"),
    "region": ColumnSpec((18, 17), None),
    "unit": ColumnSpec((0, 0), 150, weight=3, order="unit"),
    "source": ColumnSpec((8, 9), None, order="source"),
    "year": ColumnSpec((6, 6), None, right=True, order="year"),
    "requested": ColumnSpec((12, 12), 150, right=True, order="requested"),
    "approved": ColumnSpec((12, 12), 190, right=True, order="approved"),
    "allocated": ColumnSpec((12, 12), None, right=True),
    "phase": ColumnSpec((20, 20), None),
    "state": ColumnSpec((0, 0), weight=5, order="state"),
    "waits_for": ColumnSpec((20, 20), 135, order="waits_for"),
    "due": ColumnSpec((8, 9), right=True, order="due"),
    "left": ColumnSpec((9, 9), 90, right=True, order="due"),
    "since": ColumnSpec((11, 12), 200, right=True, order="entered"),
    "doable": ColumnSpec((0, 0), None, weight=4),
}
"""Every column that a list of dossiers can have, in the order in which they are offered."""
DOSSIER_ORDERS = ("newest", *dict.fromkeys(spec.order for spec in DOSSIER_COLUMNS.values() if spec.order))
"""Every order of the store's lists of dossiers; "-" before it turns it round."""
INBOX_LEAST = {
    "doable": 0,
    "state": 100,
    "province": 140,
    "left": 0,
    "waits_for": 180,
    "unit": None,
    "approved": None,
    "since": None,
}
"""The inbox says what can be done beside each line, and gives up for it what one can look up."""
CODE_WIDTH = 12
"""Cells of a code with four digits, as nearly all have."""


@lru_cache
def default_columns(inbox: bool = False, one_province: bool = False) -> tuple[str, ...]:
    """The columns of a list that nobody arranged, in their order; one province goes without saying."""
    names = [name for name in DOSSIER_COLUMNS if _least(name, inbox) is not None]
    if inbox:
        names.remove("doable")
        names.insert(names.index("due"), "doable")
    if one_province:
        names.remove("province")
    return tuple(names)


def _least(name: str, inbox: bool) -> int | None:
    return INBOX_LEAST.get(name, DOSSIER_COLUMNS[name].least) if inbox else DOSSIER_COLUMNS[name].least


def dossier_columns(
    lang: str,
    names: Sequence[str],
    *,
    chosen: bool = False,
    inbox: bool = False,
    sortable: bool = False,
    code_width: int = CODE_WIDTH,
) -> list[Column]:
    """The columns `names`: at any width where somebody chose them, else as the width allows."""
    found = []
    for name in names:
        spec = DOSSIER_COLUMNS[name]
        extra = 2 if inbox and name == "left" else 0  # for the mark
        found.append(
            Column(
                name,
                t(f"app.column.{name}", lang),
                code_width if name == "code" else spec.width[lang == "en"] + extra,
                "right" if spec.right else "left",
                0 if chosen else _least(name, inbox) or 0,
                spec.weight,
                sortable=sortable and bool(spec.order),
                both_ends=name == "unit",  # centres are told apart by their provinces
            )
        )
    return found


def dossier_cells(row: DossierRow, year: int, lang: str, names: Sequence[str]) -> TableRow:
    """One dossier as a row with the columns `names`."""
    from kcflow.formats import in_unit

    def money(amount: int | None) -> str:
        return in_unit(amount, "trieu", lang) if amount is not None else "–"

    def cell(name: str) -> str | Content:
        match name:
            case "code" | "title":
                return row.code if name == "code" else row.title
            case "province" | "unit":
                return row.province_name if name == "province" else row.unit_name
            case "region" | "phase":
                return (row.region_label if name == "region" else row.phase_label)(lang)
            case "source":
                return SOURCE[row.source](lang) if row.source in SOURCE else row.source
            case "year":
                return str(row.plan_year)
            case "requested" | "approved" | "allocated":
                amounts = {"requested": row.requested, "approved": row.approved, "allocated": row.allocated}
                return money(amounts[name])
            case "state":
                return state_cell(row, lang)
            case "waits_for":
                return row.waits_for_label(lang)
            case "due" | "since":
                return short_date(row.due_on if name == "due" else row.entered_on, year, lang)
            case "left":
                return days_left(row, lang, marked="doable" in names)
            case _:
                return " · ".join(label(lang) for label in row.doable) or "–"

    return TableRow(row.code, tuple(cell(name) for name in names), "dim" if row.ending else "", row)
