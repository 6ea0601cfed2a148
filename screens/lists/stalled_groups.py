"""What stands still in groups: a line for each office, person, province …, and one group opened at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kcflow.formats import in_unit
from kcflow.i18n import t
from kcflow.services.clock_views import GROUPS, StalledGroup
from kcflow.services.views import ListFilter
from screens.base import DeskModal
from screens.dossier import proposal_parts as parts
from screens.lists.rows import short_date, toned
from screens.lists.shaped import number
from screens.lists.stalled_kinds import KINDS, SIGNS, TONES
from screens.lists.wishes import Chip
from screens.taking import TakingList
from screens.widgets.cells import ELLIPSIS
from screens.widgets.table import Column, TableRow

COUNTED = tuple(kind for kind in KINDS if kind != "stuck")
"""The kinds that a group counts: what is stuck is found by walking through everything."""
CHIP = "grouping:"
"""Key of the chip that says how the list is grouped."""


def columns(by: str, lang: str) -> list[Column]:
    """The columns of a list of groups."""
    return [
        Column("group", t(f"stalled.group.{by}", lang), 0, both_ends=True),
        *(_counted(kind, lang) for kind in COUNTED),
        Column("oldest", t("app.column.oldest", lang), 9, "right"),
        Column("money", t("app.column.requested", lang), 12, "right"),
    ]


def _counted(kind: str, lang: str) -> Column:
    label = t(f"stalled.short_{kind}", lang)
    if SIGNS[kind] != ELLIPSIS:  # in the head of a column it would say that the word is cut
        label = f"{SIGNS[kind]} {label}"
    return Column(kind, label, max(6, cell_len(label)), "right")


def draw(group: StalledGroup, year: int, lang: str) -> TableRow:
    """One group as a row."""
    counts: list[str | Content] = [
        toned(number(n, lang), TONES[kind]) if (n := getattr(group, kind)) else toned("–", "dim")
        for kind in COUNTED
    ]
    cells: tuple[str | Content, ...] = (
        group.label(lang),
        *counts,
        short_date(group.oldest_on, year, lang),
        in_unit(group.money, "trieu", lang),
    )
    return TableRow(group.key, cells, "", group)


def of_kind(groups: Iterable[StalledGroup], kind: str) -> list[StalledGroup]:
    """The groups that have something of a kind ("" and what isn't counted: all of them)."""
    return [group for group in groups if kind not in COUNTED or getattr(group, kind)]


def chip(by: str, lang: str) -> Chip:
    """Says how the list is grouped."""
    return Chip(CHIP, t("stalled.grouped_by", lang, by=t(f"stalled.group.{by}", lang)))


def limited(wanted: ListFilter, asked: Mapping[str, object]) -> ListFilter:
    """`wanted` with the limit that shows just one group; what isn't a field of the filter is left out."""
    names = {one.name for one in fields(ListFilter)}
    values: dict[str, Any] = {one.name: getattr(wanted, one.name) for one in fields(ListFilter)}
    for name, value in asked.items():
        if name in names:
            values[name] = tuple(value) if isinstance(value, list) else value
    return ListFilter(**values)


class GroupDialog(DeskModal[str]):
    """Grouped by what? Gives one of `GROUPS`, or "" for no groups."""

    title_key = "stalled.group_title"
    help_key = "help.groups"
    CSS = """
    GroupDialog > .modal { width: 60; }
    GroupDialog OptionList { height: auto; margin: 1 0; }
    """

    def __init__(self, present: str) -> None:
        """Start at `present`."""
        super().__init__()
        self._present = present

    def body(self) -> Iterable[Widget]:
        """A line for each."""
        yield TakingList(id="groupings", compact=True)

    def on_mount(self) -> None:
        """Start at the present one, or at the first."""
        self._write()
        box = self.query_one(OptionList)
        names = (*GROUPS, "")
        box.highlighted = names.index(self._present) if self._present in GROUPS else 0
        box.focus()

    def _write(self) -> None:
        box, lang = self.query_one(OptionList), self.lang
        at = box.highlighted
        box.clear_options()
        for name in GROUPS:
            here = " ◄" if name == self._present else ""
            said = [
                parts.line((t(f"stalled.group.{name}", lang), parts.STRONG), (here, "$primary")),
            ]
            box.add_option(Option(parts.lines(said), name))
        box.add_option(Option(parts.lines([parts.line((t("stalled.no_groups", lang), parts.DIM))]), "none"))
        box.highlighted = at

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self._write()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """This one."""
        message.stop()
        name = message.option.id or ""
        self.dismiss(name if name in GROUPS else "")
