"""The list of what stands still, gathered in groups, and one group opened at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kcflow.i18n import t
from kcflow.services.clock_views import StalledGroup
from kcflow.services.views import ListFilter, Page
from screens.lists import stalled_groups
from screens.lists.chips import ChipsLine
from screens.lists.list_sources import DeskRows
from screens.lists.searched import SearchedPane
from screens.lists.wishes import Chip, Wish
from screens.widgets.table import RowSource, VirtualTable

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class GroupedPane(SearchedPane):
    """A list that shows its dossiers, its groups, or the dossiers of one group."""

    def __init__(self) -> None:
        """Begin without groups."""
        super().__init__()
        self.kind = ""
        """The one way of standing still that is shown; "" is every one."""
        self.grouping = ""
        """By what the list is grouped; "" is not at all."""
        self.opened: StalledGroup | None = None
        """The group that is shown alone."""
        self._around = Wish()
        """What was asked for before a group was opened."""
        self._back_to: str | None = None

    @property
    def grouped(self) -> bool:
        """Whether groups are listed now."""
        return bool(self.grouping) and self.opened is None

    def _groups(self, wanted: ListFilter) -> RowSource:
        by, kind, year, lang = self.grouping, self.kind, self.desk.today.year, self.lang

        def fetch(desk: Desk, _after: object | None, _limit: int) -> Page[StalledGroup]:
            return Page(tuple(stalled_groups.of_kind(desk.clock.groups(by, None, wanted), kind)))

        return DeskRows(self.desk, fetch, lambda group: stalled_groups.draw(group, year, lang))

    def action_group_list(self) -> None:
        """Choose by what the list is grouped."""
        self.app.push_screen(stalled_groups.GroupDialog(self.grouping), self._grouped_by)

    def _grouped_by(self, by: str | None) -> None:
        if by is None or (by == self.grouping and self.opened is None):
            return
        self._leave_group()
        self._show_grouping(by)

    def _show_grouping(self, by: str) -> None:
        self.grouping, self.view_name = by, ""
        self._show_other_rows()
        self.focus_list()

    def _show_other_rows(self) -> None:
        """Groups in place of dossiers, or the other way round: rows of one have no cells for the other."""
        self.table.set_source(None)
        self._write_table()
        self.reread()

    def on_virtual_table_loaded(self, message: VirtualTable.Loaded) -> None:  # noqa: ARG002
        """Back among the groups the cursor stands on the one that was open."""
        key, self._back_to = self._back_to, None
        for at, row in enumerate(self.table.rows_in_memory) if key is not None else ():
            if row.key == key:
                self.table.move_to(at)

    def _leave_group(self) -> None:
        if self.opened is not None:
            self.opened, self.wish = None, self._around
            self._write_search()

    def action_open_row(self) -> None:
        """Open the dossier under the cursor, or the group."""
        group = self.table.cursor_payload
        if not isinstance(group, StalledGroup):
            super().action_open_row()
        elif not group.asked:
            self.say(t("stalled.group_unlimited", self.lang), "warn")
        else:
            self.opened, self._around = group, self.wish
            self.wish = replace(self.wish, filter=stalled_groups.limited(self.filter, group.asked))
            self._show_other_rows()

    def chips(self) -> tuple[Chip, ...]:
        """The parts of the filter, and the grouping."""
        found = super().chips()
        return (stalled_groups.chip(self.grouping, self.lang), *found) if self.grouping else found

    def write_chips(self) -> None:
        """The order of the dossiers says nothing about groups."""
        super().write_chips()
        if self.grouped:
            self.query_one(ChipsLine).show(self.chips(), self.view_name, "")

    def take_away(self, key: str) -> None:
        """Show the list without one part of the filter, or without groups."""
        if key == stalled_groups.CHIP:
            self.opened = None
            self._show_grouping("")
        else:
            super().take_away(key)
