"""Việc của tôi: what this person can or must do now, by due date."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from kcflow.i18n import t
from kcflow.services.views import DossierCard, DossierRow
from screens.commands import Act, DossierHistory, OpenRow, bindings
from screens.detail import DetailStrip
from screens.listpane import DeskRows, Pane
from screens.rows import dossier_cells, dossier_columns
from screens.widgets.table import Column, RowSource, TableRow, VirtualTable


class DossierPane(Pane):
    """A list of dossiers with the strip about the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Act, OpenRow, DossierHistory)

    def compose(self) -> ComposeResult:
        """The list and the strip."""
        yield VirtualTable(id="list", selectable=False)
        yield DetailStrip(classes="-empty")

    def columns(self) -> list[Column]:
        """The same columns in every list of dossiers."""
        return dossier_columns(self.lang)

    def draw(self, row: DossierRow) -> TableRow:
        """One row, in the present language (called in worker threads)."""
        return dossier_cells(row, self.desk.today.year, self.lang)

    def current(self) -> DossierRow | None:
        """The dossier under the cursor."""
        payload = self.table.cursor_payload
        return payload if isinstance(payload, DossierRow) else None

    def show_detail(self, payload: object | None) -> None:
        """Read stage and acts of the dossier; until then show what is known."""
        strip = self.query_one(DetailStrip)
        if not isinstance(payload, DossierRow):
            strip.clear()
            return
        strip.start(payload, self.lang)
        code = payload.code
        self.ask(lambda desk: desk.dossier(code), partial(self._take_card, code), group="detail")

    def _take_card(self, code: str, card: DossierCard) -> None:
        if self.table.cursor_key == code:
            self.query_one(DetailStrip).show(card, self.lang)

    def why_not(self, action: str) -> str | None:
        """A row has to be there for what is done with one."""
        if action in ("act", "open_row", "dossier_history") and self.is_mounted and self.current() is None:
            return t("app.no_row", self.lang)
        return None

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter opens."""
        message.stop()
        self.action_open_row()

    def action_open_row(self) -> None:
        """Open the dossier under the cursor."""
        if (row := self.current()) is not None:
            self.desk_app.open_dossier(row.code, self.table.keys_near(self.table.cursor_row))

    def action_act(self) -> None:
        """Choose an act on the dossier under the cursor and carry it out."""
        if (row := self.current()) is not None:
            self.desk_app.open_advance(row.code, None, self.acted)

    def action_dossier_history(self) -> None:
        """Show the history of the dossier under the cursor."""
        if (row := self.current()) is not None:
            self.desk_app.open_history_of(row.code)


class InboxPane(DossierPane):
    """What this person can or must do now."""

    empty_key = "inbox.empty"

    def source(self) -> RowSource:
        """The inbox, by due date."""
        return DeskRows(self.desk, lambda desk, after, limit: desk.inbox(after, limit), self.draw)
