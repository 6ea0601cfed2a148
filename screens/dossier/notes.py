"""Write a note into a proposal's history: it stays there, with who wrote it and when."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.views import Receipt
from kcflow.text import visible
from screens.base import DeskModal
from screens.commands import CloseDialog, bindings
from screens.dossier.paper_box import Confirm
from screens.forms.fields import MemoField, words
from screens.forms.keeping import KEEP, KeepsForm


class NoteDialog(KeepsForm, DeskModal[Receipt]):
    """Ask for the note, and write it once; an unsent one is offered the next time."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog, *KEEP)
    title_key = "note.title"
    help_key = "help.note"
    keep_as = "note"

    def __init__(self, code: str, title: str) -> None:
        """Write a note on the dossier `code`, whose title is shown."""
        super().__init__()
        self._code, self._dossier_title = code, title

    def body(self) -> ComposeResult:
        """What it is about, the words, the button."""
        about = visible(f"{self._code}  {self._dossier_title}")
        yield Static(Content(about), classes="dialog-head", markup=False)
        yield Static(t("note.explain", self.lang), id="note-explain", classes="dim", markup=False)
        yield MemoField("note", words("note.text"), required=True, max_length=LENGTHS["reason"])
        with Horizontal(classes="buttons"):
            yield Button(t("note.save", self.lang), id="note-save")

    def on_mount(self) -> None:
        """Begin with the words."""
        self.query_one(MemoField).focus_entry()
        self.start_keeping()

    def keep_code(self) -> str:
        """A note belongs to its dossier."""
        return self._code

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        self.query_one("#note-explain", Static).update(t("note.explain", self.lang))
        self.query_one(MemoField).relabel()
        self.query_one("#note-save", Button).label = t("note.save", self.lang)

    @on(Button.Pressed, "#note-save")
    def action_confirm(self) -> None:
        """Write it, once."""
        field = self.query_one(MemoField)
        text = field.value
        if not field.check() or text is None:
            field.focus_entry()
            return
        code, request = self._code, self.request
        self.send(lambda desk: desk.note(code, text, request), self.finish)

    def action_close_dialog(self) -> None:
        """Close, unless the answer is on its way."""
        if not self.sending:
            self.dismiss(None)
