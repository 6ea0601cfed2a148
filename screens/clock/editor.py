"""What the editors of deadlines and of the calendar share: a head, a list, the row in full."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.clock_views import ChangePlan, ChangeResult
from screens.base import DeskScreen
from screens.clock.change import EDITORS_CSS, Change, ChangeDialog, saved
from screens.dossier import proposal_parts as parts
from screens.forms.sending import SendsOnce
from screens.widgets.hanging import Hanging
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable


class EditorScreen(SendsOnce, DeskScreen[None]):
    """The half that knows no rule and no day."""

    CSS_PATH = EDITORS_CSS
    help_key = "help.rules"
    may_be_covered = True
    selectable: ClassVar[bool] = False
    """Whether several rows can be meant at once."""

    _rows: tuple[TableRow, ...] = ()

    # For subclasses

    def columns(self) -> list[Column]:
        """The columns of the list."""
        raise NotImplementedError

    def rows(self) -> list[TableRow]:
        """Everything that is listed."""
        raise NotImplementedError

    def head(self) -> Hanging:
        """What is listed."""
        raise NotImplementedError

    def strip(self) -> Hanging | None:
        """The row under the cursor in full."""
        raise NotImplementedError

    def empty_text(self) -> str:
        """What an empty list says."""
        raise NotImplementedError

    # Layout

    def body(self) -> ComposeResult:
        """Head, list, strip."""
        yield Static("", id="editor-head", markup=False)
        reading = t("app.reading", self.lang)
        yield VirtualTable((), id="list", selectable=self.selectable, loading_text=reading)
        yield Static("", id="editor-strip", markup=False)

    def on_mount(self) -> None:
        """Read what there is."""
        self.table.focus()
        self.refresh_data()

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one(VirtualTable)

    @property
    def payload(self) -> object | None:
        """What stands under the cursor."""
        return self.table.cursor_payload if self.is_mounted else None

    # Writing

    def write(self, *, anew: bool = False) -> None:
        """Write what was read; the cursor stays on its row unless the list is another one (`anew`)."""
        self.query_one("#editor-head", Static).update(self.head())
        self._rows = tuple(self.rows())
        table = self.table
        table.empty_text = self.empty_text()
        table.set_columns(self.columns())
        if anew or table.cursor_key is None:
            table.set_source(self)
        else:
            table.reload()
        self._write_strip()
        self.refresh_bindings()

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """Every row at once (called in worker threads)."""
        return TablePage(self._rows)

    def _write_strip(self) -> None:
        self.query_one("#editor-strip", Static).update(self.strip() or parts.lines(()))

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Say the row in full."""
        message.stop()
        self._write_strip()
        self.refresh_bindings()

    # Changing

    def look_ahead(self, change: Change) -> None:
        """Count what `change` would do, show it, and ask for the reason."""
        self.send(change.plan, partial(self._confirm, change), stopped=lambda: None)
        self.say(t("change.counting", self.lang))

    def _confirm(self, change: Change, plan: ChangePlan) -> None:
        self.app.push_screen(ChangeDialog(change, plan), self.take_saved)

    def take_saved(self, result: ChangeResult | None) -> None:
        """Read anew what was changed, and say what it did."""
        if result is not None:
            self.table.action_clear_selection()
            self.desk_app.data_changed()
            self.say(saved(result, self.lang), "good")

    def action_close_dialog(self) -> None:
        """Back."""
        if not self.sending:
            self.dismiss(None)
