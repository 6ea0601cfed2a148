"""One row of the history in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from kcflow.i18n import t
from kcflow.services.views import HistoryView
from screens.base import DeskModal
from screens.commands import bindings
from screens.dossier.record import record_pairs
from screens.guide.pairs import Pairs, PairsScroll
from screens.lists.list_commands import OpenRecorded


class RecordDialog(DeskModal[None]):
    """One row of the history with everything that it holds; from the feed also a way to its dossier."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(OpenRecorded)
    title_key = "history.record"
    help_key = "help.record"
    CSS = """
    RecordDialog > .modal { width: 110; height: 90%; }
    """

    def __init__(self, view: HistoryView, *, opens: bool = False) -> None:
        """Show `view`; `opens`: its dossier isn't on the screen below, and may be opened."""
        super().__init__()
        self.view = view
        self._opens = opens

    def body(self) -> Iterable[Widget]:
        """The record, scrolled by the arrow keys."""
        yield PairsScroll(Pairs(record_pairs(self.view, self.lang)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is open below isn't opened again."""
        if action == "open_recorded" and not self._opens:
            return False
        return super().check_action(action, parameters)

    def action_open_recorded(self) -> None:
        """Open the proposal, or the board of the plan, round, contract or adjustment."""
        self.dismiss(None)
        self.desk_app.open_dossier(self.view.dossier)

    def frame_title(self) -> str:
        """Dossier and number of the row."""
        return t(self.title_key, self.lang, dossier=self.view.dossier, seq=self.view.seq)

    def on_language_changed(self) -> None:
        """Write the record anew."""
        super().on_language_changed()
        self.query_one(Pairs).show(record_pairs(self.view, self.lang))
