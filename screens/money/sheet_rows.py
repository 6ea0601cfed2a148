"""Rows of a worksheet and of its candidates, as the tables want them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from kcflow.formats import in_unit
from kcflow.i18n import t
from kcflow.services.money_views import Candidate, Line
from screens.lists.rows import toned
from screens.widgets.columns import Column
from screens.widgets.state_mark import mark
from screens.widgets.table import TableRow

__all__ = ["TableRow", "candidate_columns", "candidate_row", "line_columns", "line_row"]


def _label(name: str, lang: str) -> str:
    return t(f"money.column.{name}", lang)


def _money(amount: int | None, lang: str) -> str:
    return in_unit(amount, "trieu", lang) if amount is not None else "–"


def _problems(count: int, lang: str) -> str | Content:
    return toned(f"✗ {count}", "bad") if count else toned(f"{mark('done')} {t('money.fine', lang)}", "good")


def line_columns(lang: str, decided: bool) -> list[Column]:
    """What a line says; once it is decided, how far its proposal has come since."""
    return [
        Column("code", _label("code", lang), 13),
        Column("title", _label("title", lang), 0, weight=3),
        Column("province", _label("province", lang), 12, min_terminal_width=95),
        Column("approved", _label("approved", lang), 10, "right", min_terminal_width=110),
        Column("allocated", _label("allocated", lang), 10, "right", min_terminal_width=120),
        Column("dong", _label("dong", lang), 12, "right"),
        Column("state", _label("state", lang), 0, weight=2)
        if decided
        else Column("problems", _label("problems", lang), 9),
    ]


def line_row(line: Line, lang: str, decided: bool) -> TableRow:
    """One line of the worksheet."""
    cells = (
        line.code,
        line.title,
        line.province_name,
        _money(line.approved, lang),
        _money(line.allocated, lang),
        _money(line.dong, lang),
        line.state_label(lang) if decided else _problems(len(line.problems), lang),
    )
    return TableRow(line.code, cells, "", line)


def candidate_columns(lang: str) -> list[Column]:
    """What a candidate says."""
    return [
        Column("code", _label("code", lang), 13),
        Column("title", _label("title", lang), 0, weight=3),
        Column("province", _label("province", lang), 12, min_terminal_width=95),
        Column("approved", _label("approved", lang), 10, "right", min_terminal_width=110),
        Column("allocated", _label("allocated", lang), 10, "right", min_terminal_width=120),
        Column("rest", _label("rest", lang), 12, "right"),
        Column("stands", _label("stands", lang), 19),
    ]


def candidate_row(found: Candidate, in_list: Mapping[str, int], lang: str) -> TableRow:
    """One candidate: whether it is in the list, in another, or what it lacks."""
    style = ""
    if found.code in in_list:
        stands: str | Content = toned(
            f"{mark('done')} {t('money.in_list', lang, amount=_money(in_list[found.code], lang))}", "good"
        )
    elif found.elsewhere is not None:
        stands = toned(f"! {found.elsewhere}", "warn")
    elif found.problems:
        stands = toned(f"✗ {t('money.lacks', lang, n=len(found.problems))}", "bad")
        style = "dim"
    else:
        stands = f"{mark('ahead')} {t('money.can', lang)}"
    cells = (
        found.code,
        found.title,
        found.province_name,
        _money(found.approved, lang),
        _money(found.allocated, lang),
        _money(found.left, lang),
        stands,
    )
    return TableRow(found.code, cells, style, found)
