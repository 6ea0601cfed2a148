"""How the parts of a dossier's line look in every list: mark and state, due date, days left."""

from __future__ import annotations

from datetime import date

from textual.content import Content

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import DossierRow
from screens.widgets.columns import Column
from screens.widgets.state_mark import mark
from screens.widgets.table import TableRow

MINUS = "−"
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
    return Content.assemble((text, f".table--{tone}" if tone else ""))


def row_tone(row: DossierRow) -> str:
    """The tone of a dossier's mark."""
    return _MARKS[row.mark][1]


def state_cell(row: DossierRow, lang: str) -> Content:
    """Mark and word: colour says nothing that they don't."""
    kind, tone = _MARKS[row.mark]
    return toned(f"{mark(kind)} {row.state_label(lang)}", tone)


def short_date(day: date | None, year: int, lang: str) -> str:
    """A day in at most nine cells; the year is left out when it is `year`. None is "–"."""
    if day is None:
        return "–"
    if lang == "vi":
        return f"{day:%d/%m}" if day.year == year else f"{day:%d/%m/%y}"
    text = date_text(day, "en")
    return text[:-5] if day.year == year else f"{text[:-4]}{text[-2:]}"


def signed(days: int) -> str:
    """A number of days with a real minus sign."""
    return f"{MINUS}{-days}" if days < 0 else str(days)


def days_left(row: DossierRow, lang: str) -> Content:
    """How many days are left, or by how many it is late."""
    if row.days_left is None:
        return toned("–", "dim")
    tone = {"late": "bad", "near": "warn"}.get(row.mark, "")
    return toned(t("app.days", lang, n=signed(row.days_left)), tone)


def dossier_columns(lang: str) -> list[Column]:
    """The columns of a list of dossiers, from narrow to wide terminals."""

    def label(name: str) -> str:
        return t(f"app.column.{name}", lang)

    return [
        Column("code", label("code"), 12),
        Column("title", label("title"), 0, weight=3),
        Column("province", label("province"), 12, min_terminal_width=100),
        Column("unit", label("unit"), 0, min_terminal_width=150),
        Column("requested", label("requested"), 12, "right", min_terminal_width=150),
        Column("state", label("state"), 0, weight=2),
        Column("waits_for", label("waits_for"), 20, min_terminal_width=135),
        Column("due", label("due"), 9 if lang == "en" else 8, "right"),
        Column("left", label("left"), 9, "right"),
    ]


def dossier_cells(row: DossierRow, year: int, lang: str) -> TableRow:
    """One dossier as a row for `dossier_columns`."""
    from kcflow.formats import in_unit

    cells = (
        row.code,
        row.title,
        row.province_name,
        row.unit_name,
        in_unit(row.requested, "trieu", lang),
        state_cell(row, lang),
        row.waits_for_label(lang),
        short_date(row.due_on, year, lang),
        days_left(row, lang),
    )
    return TableRow(row.code, cells, "dim" if row.ending else "", row)
