"""How plans, rounds, contracts and adjustments look in a list."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from kcflow.formats import in_unit, signed
from kcflow.i18n import t
from kcflow.services.money_views import OtherRow
from kcflow.text import fold
from screens.lists.rows import short_date, toned
from screens.money.codes import ADJUSTMENT
from screens.widgets.columns import Column
from screens.widgets.state_mark import mark
from screens.widgets.table import TableRow

_MARKS = {
    "late": ("late", "bad"),
    "near": ("near", "warn"),
    "ok": ("ok", ""),
    "none": ("ok", ""),
    "returned": ("returned", "warn"),
    "completed": ("done", "good"),
    "ended": ("stopped", "dim"),
}
CODE = 17
"""Cells of the longest code, "PB-KCDP-24-6302-1"."""


def tone(row: OtherRow) -> str:
    """The tone of the mark."""
    return _MARKS[row.mark][1]


def state_text(row: OtherRow, lang: str) -> str:
    """Mark and word."""
    return f"{mark(_MARKS[row.mark][0])} {row.state_label(lang)}".lstrip()


def state_cell(row: OtherRow, lang: str) -> Content:
    """Mark and word: colour says nothing that they don't."""
    return toned(state_text(row, lang), tone(row))


def title(row: OtherRow, lang: str) -> str:
    """Its title; an adjustment says what kind of change it is."""
    if row.kind == ADJUSTMENT and row.change_label is not None:
        # Its own title is the kind of change, a colon, and the proposal's title.
        return f"{row.change_label(lang)} · {row.subject or ''} {row.title.partition(': ')[2]}"
    return row.title


def columns(lang: str) -> list[Column]:
    """Code to money, as width allows."""

    def label(name: str) -> str:
        return t(f"money.column.{name}", lang)

    return [
        Column("code", label("code"), CODE),
        Column("title", label("title"), 0, weight=4),
        Column("area", label("area"), 14, min_terminal_width=150),
        Column("state", label("state"), 0, weight=3),
        Column("waits_for", label("waits_for"), 20, min_terminal_width=170),
        Column("due", label("due"), 9, "right"),
        Column("days", label("days"), 9, "right", min_terminal_width=110),
        Column("ceiling", label("ceiling"), 12, "right", min_terminal_width=90),
        Column("given", label("given"), 12, "right", min_terminal_width=110),
        Column("left", label("left"), 12, "right"),
    ]


def draw(row: OtherRow, year: int, lang: str) -> TableRow:
    """One of them as a row."""

    def money(amount: int | None) -> str:
        return in_unit(amount, "trieu", lang) if amount is not None else "–"

    rest = row.left
    days: str | Content = "–"
    if row.days_left is not None:
        near = {"late": "bad", "near": "warn"}.get(row.mark, "")
        words = t("app.days", lang, n=signed(row.days_left, lang)) if row.days_left else t("form.today", lang)
        days = toned(words, near)
    cells = (
        row.code,
        title(row, lang),
        row.area_name(lang),
        state_cell(row, lang),
        row.waits_for_label(lang) if not row.ending else "–",
        short_date(row.due_on if not row.ending else None, year, lang),
        days,
        money(row.value),
        money(row.given),
        toned(money(rest), "bad" if rest is not None and rest < 0 else ""),
    )
    return TableRow(row.code, cells, "dim" if row.ending else "", row)


def found(rows: Iterable[OtherRow], words: str) -> list[OtherRow]:
    """Those whose code, title, area or state hold all the words, diacritics aside."""
    wanted = fold(words).split()
    return [
        row
        for row in rows
        if all(
            word
            in fold(f"{row.code} {row.title} {row.subject or ''} {row.area_name.vi} {row.state_label.vi}")
            for word in wanted
        )
    ]
