"""What every list of dossiers does: its columns, the strip below, and the acts on a row or on many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from kcflow.i18n import t
from kcflow.services.views import BulkItem, DossierCard, DossierRow
from screens.clock.commands import CLOCK
from screens.clock.opening import OnTheClock, Subject
from screens.commands import Act, DossierHistory, bindings
from screens.lists.detail import DetailStrip
from screens.lists.list_commands import BulkAct, OpenRow
from screens.lists.list_sources import DeskRows, IndexedRows, ListPlaces
from screens.lists.neighbours import PagedPlaces
from screens.lists.rows import DOSSIER_COLUMNS, default_columns, dossier_cells, dossier_columns
from screens.lists.shaped import ShapedPane, number
from screens.money.codes import has_board
from screens.widgets.table import Column, TableRow, VirtualTable

_NEEDS_ROW = ("act", "open_row", "dossier_history")


class DossierPane(OnTheClock, ShapedPane):
    """A list of dossiers with the strip about the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Act, BulkAct, OpenRow, DossierHistory, *CLOCK)

    acts_shown: ClassVar[bool] = False
    """Whether each line says what can be done with it now."""

    def compose(self) -> ComposeResult:
        """The list and the strip."""
        yield VirtualTable(id="list")
        yield DetailStrip(classes="-empty")

    def column_names(self) -> tuple[str, ...]:
        """Every column of a dossier but the acts, which only the inbox reads."""
        return tuple(name for name in DOSSIER_COLUMNS if name != "doable")

    def default_names(self) -> tuple[str, ...]:
        """Those of a list that nobody arranged."""
        return default_columns(self.acts_shown, self.desk.one_province)

    def columns(self) -> list[Column]:
        """The chosen columns, or those that the width allows."""
        return dossier_columns(
            self.lang,
            self.chosen or self.default_names(),
            chosen=bool(self.chosen),
            inbox=self.acts_shown,
            sortable=bool(self.orders),
            code_width=self.code_width,
        )

    def draw(self, row: DossierRow) -> TableRow:
        """One row, in the present language (called in worker threads)."""
        return dossier_cells(row, self.desk.today.year, self.lang, self.chosen or self.default_names())

    def row_of(self, payload: object) -> DossierRow | None:
        """The dossier that a row of the list is about."""
        return payload if isinstance(payload, DossierRow) else None

    def current(self) -> DossierRow | None:
        """The dossier under the cursor."""
        return self.row_of(self.table.cursor_payload)

    def clock_subject(self) -> Subject | None:
        """The dossier under the cursor."""
        row = self.current() if self.is_mounted else None
        return Subject(row.code, row.title) if row is not None else None

    def show_detail(self, payload: object | None) -> None:
        """Read stage and acts of the dossier; until then show what is known."""
        strip = self.query_one(DetailStrip)
        if not isinstance(payload, DossierRow):
            strip.clear()
            return
        if payload.kind != "proposal":
            strip.show_other(payload, self.lang)
            return
        strip.start(payload, self.lang)
        code = payload.code
        self.ask(lambda desk: desk.dossier(code), partial(self._take_card, code), group="detail")

    def _take_card(self, code: str, card: DossierCard) -> None:
        if self.table.cursor_key == code:
            self.query_one(DetailStrip).show(card, self.lang)

    def why_not(self, action: str) -> str | None:
        """A row has to be there for what is done with one, or a selection."""
        if self.is_mounted:
            selected = bool(self.table.selected)
            if action in _NEEDS_ROW and self.current() is None and not (action == "act" and selected):
                return t("app.no_row", self.lang)
            if (reason := self.clock_why_not(action)) is not None:
                return reason
        return super().why_not(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done with many is offered once something is selected."""
        if action == "bulk_act" and not (self.is_mounted and self.table.selected):
            return False
        return super().check_action(action, parameters)

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter opens."""
        message.stop()
        self.action_open_row()

    def action_open_row(self) -> None:
        """Open the dossier under the cursor."""
        if (row := self.current()) is not None:
            card = self.query_one(DetailStrip).card
            self.desk_app.open_dossier(row.code, self._neighbours(row.code), card)

    def _neighbours(self, code: str) -> Sequence[str]:
        """The codes of the list, for going from one dossier to the next: all of them where it is indexed."""
        table, source = self.table, self.table.source
        if isinstance(source, IndexedRows):
            return ListPlaces(source, code, table.cursor_row, table.row_count)
        near = table.keys_near(table.cursor_row)
        if isinstance(source, DeskRows) and code in near:
            return PagedPlaces(source, near, table.cursor_row - near.index(code), table.row_count)
        return near

    def action_act(self) -> None:
        """Carry out an act: on what is selected, else on the dossier under the cursor."""
        if self.table.selected:
            self.action_bulk_act()
        elif (row := self.current()) is not None:
            if row.kind == "proposal":
                self.desk_app.open_advance(row.code, None, self.acted)
            else:  # its acts stand on its board, beside what they move
                self.desk_app.open_dossier(row.code)

    def action_bulk_act(self) -> None:
        """Carry out one act on everything that is selected, in the order of the list where it is known."""
        selected = self.table.selected
        if not selected:
            return
        seen = [row.key for row in self.table.rows_in_memory if row.key in selected]
        ordered = (*seen, *sorted(selected.difference(seen)))
        codes = tuple(code for code in ordered if not has_board(code))
        if not codes:
            self.say(t("lists.bulk_proposals_only", self.lang), "warn")
            return
        self.desk_app.open_bulk(codes, self._acted_on_many)

    def _acted_on_many(self, items: tuple[BulkItem, ...] | None) -> None:
        """What wasn't done stays selected."""
        if items is None:
            return
        left = [item.code for item in items if item.receipt is None]
        self.table.select(left)
        done = number(len(items) - len(left), self.lang)
        self.say(
            t("lists.bulk_done", self.lang, done=done, left=number(len(left), self.lang)),
            "warn" if left else "good",
        )

    def action_dossier_history(self) -> None:
        """Show the history of the dossier under the cursor."""
        if (row := self.current()) is not None:
            self.desk_app.open_history_of(row.code)
