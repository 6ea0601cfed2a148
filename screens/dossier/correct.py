"""Say that a row of the history is wrong: the wrong row stays, a new one points at it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Static

from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.views import HistoryView, Receipt
from screens.base import DeskModal
from screens.commands import CloseDialog, bindings
from screens.dossier import timeline_parts as parts
from screens.dossier.paper_box import Confirm
from screens.forms.fields import MemoField, words
from screens.forms.keeping import KEEP, KeepsForm


class CorrectDialog(KeepsForm, DeskModal[Receipt]):
    """Ask what is wrong with a row, and record it (NĐ 30/2020 Đ18.3)."""

    CSS_PATH = Path(__file__).with_name("papers.tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog, *KEEP)
    title_key = "correct.title"
    help_key = "help.correct"
    keep_as = "correct"

    def __init__(self, code: str, row: HistoryView) -> None:
        """Correct `row` of the dossier `code`."""
        super().__init__()
        self._code, self._row = code, row

    def body(self) -> ComposeResult:
        """The row, the reason, the button."""
        yield Static(parts.moment(self._row, self.lang), id="correct-row", markup=False)
        yield Static(t("correct.explain", self.lang), id="correct-explain", classes="dim", markup=False)
        yield MemoField("reason", words("correct.reason"), required=True, max_length=LENGTHS["reason"])
        with Horizontal(classes="buttons"):
            yield Button(t("correct.save", self.lang), id="correct-save")

    def on_mount(self) -> None:
        """Begin with the reason."""
        self.query_one(MemoField).focus_entry()
        self.start_keeping()

    def keep_code(self) -> str:
        """A correction belongs to its row."""
        return f"{self._code} #{self._row.seq}"

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        self.query_one("#correct-row", Static).update(parts.moment(self._row, self.lang))
        self.query_one("#correct-explain", Static).update(t("correct.explain", self.lang))
        self.query_one(MemoField).relabel()
        self.query_one("#correct-save", Button).label = t("correct.save", self.lang)

    @on(Button.Pressed, "#correct-save")
    def action_confirm(self) -> None:
        """Record it, once."""
        field = self.query_one(MemoField)
        reason = field.value
        if not field.check() or reason is None:
            field.focus_entry()
            return
        code, seq, request = self._code, self._row.seq, self.request
        self.send(lambda desk: desk.correct(code, seq, reason, request=request), self.finish)
