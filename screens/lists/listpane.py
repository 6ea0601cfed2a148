"""What the panes of the shell share: a long list, its status, and a strip about the row under the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from kcflow.i18n import t
from kcflow.services.views import Receipt
from screens.base import DeskNode, sentence
from screens.lists.list_sources import DeskRows
from screens.widgets.table import Column, RowSource, VirtualTable

__all__ = ["DETAIL_DELAY", "SEARCH_DELAY", "DeskRows", "Pane"]

DETAIL_DELAY = 0.08
"""Seconds that the cursor has to rest before the row's details are read: holding a key down reads none."""
SEARCH_DELAY = 0.06
"""Seconds between two searches while somebody types; the first letter is searched for at once."""


class Pane(DeskNode, Vertical):
    """One tab's content. Subclasses compose a `VirtualTable` with id "list"."""

    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; }
    Pane VirtualTable { height: 1fr; }
    """

    has_search: ClassVar[bool] = False
    empty_key: ClassVar[str] = ""

    @dataclass(eq=False, repr=False)
    class Quiet(Message, namespace="pane"):
        """What the status line says while there is nothing else to say."""

        pane: Pane
        text: str

    def __init__(self) -> None:
        """Make the pane; it reads when it is mounted."""
        super().__init__()
        self.quiet_text = ""
        self._detail_timer: Timer | None = None
        self._known = 0
        self._complete = False
        self._list_failed = False
        self._search_first = False
        self.ready = False

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one("#list", VirtualTable)

    # What a subclass brings

    def columns(self) -> list[Column]:
        """The columns, with labels in the present language."""
        raise NotImplementedError

    def source(self) -> RowSource:
        """What the list shows now."""
        raise NotImplementedError

    def show_detail(self, payload: object | None) -> None:
        """Show more about the row under the cursor (None: there is no row)."""

    def write_texts(self) -> None:
        """Write the pane's own texts in the present language."""

    def empty_text(self) -> str:
        """What to do when the list is empty."""
        return t(self.empty_key, self.lang)

    @property
    def wants_proposals(self) -> bool:
        """Whether it is empty because there is no proposal yet."""
        return False

    # Reading

    def on_mount(self) -> None:
        """Read for the first time."""
        self._write_table()
        self.write_texts()
        self.table.set_source(self.source())
        self.ready = True
        if self.display:
            self.take_focus()

    def take_focus(self, search: bool | None = None) -> None:
        """Put the focus on the list, or on the search; before the pane is mounted this is kept for then."""
        if search is not None:
            self._search_first = search
        if self.ready:
            searching, self._search_first = self._search_first, False
            if searching:
                self.focus_search()
            else:
                self.focus_list()

    def restart(self) -> None:
        """Another person works, who may see other columns: read the list from its start."""
        self.table.set_source(None)
        self._write_table()
        self.table.set_source(self.source())

    def refresh_data(self) -> None:
        """Read the list anew; the cursor stays on its row."""
        self.table.reload()

    def on_language_changed(self) -> None:
        """Write columns, rows and texts anew."""
        self._write_table()
        self.write_texts()
        self.table.reload()

    def _write_table(self) -> None:
        table = self.table
        table.set_columns(self.columns())
        table.empty_text = self.empty_text()
        table.loading_text = t("app.reading", self.lang)
        table.failed_text = t("app.not_read", self.lang)

    def focus_list(self) -> None:
        """Put the focus on the list."""
        self.table.focus()

    def focus_search(self) -> None:
        """Put the focus on the search, where there is one."""

    def acted(self, receipt: Receipt | None) -> None:
        """Say what was done, with the mark that is worth writing down."""
        if receipt is not None:
            self.say(
                t(
                    "app.acted",
                    self.lang,
                    code=receipt.code,
                    act=receipt.action_label(self.lang),
                    state=receipt.to_label(self.lang),
                    mark=receipt.mark,
                ),
                "good",
            )

    # What the table tells

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Read about the row once the cursor rests on it."""
        message.stop()
        if self._detail_timer is not None:
            self._detail_timer.stop()
            self._detail_timer = None
        self.forget("detail")
        payload = message.payload
        self.call_after_refresh(self.refresh_bindings)  # the row first, then which keys it greys
        self._write_quiet()
        if payload is None:
            self.show_detail(None)
        else:
            self._detail_timer = self.set_timer(DETAIL_DELAY, lambda: self._rested(payload))

    def _rested(self, payload: object) -> None:
        self._detail_timer = None
        self.show_detail(payload)

    @property
    def at_rest(self) -> bool:
        """Whether everything that belongs on the pane is there."""
        return self.table.settled and self._detail_timer is None and not self.waiting

    def on_virtual_table_loaded(self, message: VirtualTable.Loaded) -> None:
        """Say how much is shown."""
        message.stop()
        self._known, self._complete = message.count_known, message.complete
        if self._list_failed:
            self._list_failed = False
            self.say("")
        self.table.empty_text = self.empty_text()
        self._write_quiet()

    def on_virtual_table_load_failed(self, message: VirtualTable.LoadFailed) -> None:
        """Say why the list can't be read."""
        message.stop()
        self._list_failed = True
        self.say(sentence(message.error, self.lang), "error")
        self._write_quiet()

    def _write_quiet(self) -> None:
        if self._known:
            row = self.table.cursor_row + 1
            total = str(self._known) if self._complete else f"{self._known}+"
            self.quiet_text = t("app.row_of", self.lang, row=row, total=total)
        else:
            self.quiet_text = ""
        self.post_message(self.Quiet(self, self.quiet_text))
