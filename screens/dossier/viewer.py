"""Look at an attached document: with the system's viewer, or saved where somebody wants it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from kcflow import opening
from kcflow.i18n import t
from kcflow.services.views import PaperView
from kcflow.text import visible
from screens.base import DeskModal
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier.attaching import size_text
from screens.dossier.paper_box import Confirm
from screens.forms.fields import Field, TextField, words
from screens.forms.sending import SendsOnce
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

_PATH_MOST = 4000
COPIES = opening.Copies()
"""Every document that was looked at since the program began."""


@dataclass(frozen=True)
class Viewed:
    """A private copy of a document, and why no viewer shows it (None: one does)."""

    path: Path
    content: bytes
    failure: str | None


def view(desk: Desk, paper: PaperView) -> Viewed | None:
    """Fetch the file of `paper` and show it; None when no copy can be written. Raises KcflowError."""
    if paper.file is None:
        raise ValueError("the paper has no file")
    content = desk.attachment(paper.file)
    try:
        path = COPIES.put(content, paper.file_name, paper.file)
    except OSError:
        return None
    try:
        opening.show(path)
    except opening.OpeningFailed as error:
        return Viewed(path, content, error.code)
    return Viewed(path, content, None)


class SavedDialog(SendsOnce, DeskModal[Path]):
    """Say why nothing opened, where the document lies, and offer to save a copy elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog)
    title_key = "viewer.title"
    help_key = "help.viewer"
    CSS = """
    SavedDialog > .modal { width: 84; max-width: 100%; }
    SavedDialog #viewer-said { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, viewed: Viewed, label: Label) -> None:
        """Offer `viewed`, a paper called `label`."""
        super().__init__()
        self._viewed, self._label = viewed, label

    def body(self) -> ComposeResult:
        """What happened, where to."""
        yield Static(self._said(), id="viewer-said", markup=False)
        yield TextField(
            "target", words("viewer.target"), str(self._proposed()), required=True, max_length=_PATH_MOST
        )
        with Horizontal(classes="buttons"):
            yield Button(t("viewer.save", self.lang), id="viewer-save")

    def _proposed(self) -> Path:
        home = Path.home()
        folder = next((each for each in (home / "Downloads", home) if each.is_dir()), Path.cwd())
        return folder / self._viewed.path.name

    def _said(self) -> Content:
        lang, viewed = self.lang, self._viewed
        size = size_text(len(viewed.content), lang)
        lines = [
            parts.line((self._label(lang), parts.STRONG), f"  {visible(viewed.path.name)} · {size}"),
            parts.line((t(f"viewer.why.{viewed.failure or 'failed'}", lang), parts.WARN)),
            parts.line((t("viewer.lies", lang, path=str(viewed.path)), parts.DIM)),
        ]
        return Content("\n").join(lines)

    def on_mount(self) -> None:
        """Begin with the place."""
        self.query_one(TextField).focus_entry()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one("#viewer-said", Static).update(self._said())
        self.query_one("#viewer-save", Button).label = t("viewer.save", self.lang)
        for field in self.query(Field).results(Field):
            field.relabel()

    @on(Button.Pressed, "#viewer-save")
    def action_confirm(self) -> None:
        """Save the copy; nothing that is there already is written over."""
        field = self.query_one(TextField)
        target = field.value
        if not field.check() or target is None:
            field.focus_entry()
            return
        viewed = self._viewed
        self.send(
            lambda _: opening.save_as(viewed.content, target, viewed.path.name), self.finish, self._not_saved
        )

    def _not_saved(self, error: Exception) -> None:
        field = self.query_one(TextField)
        if isinstance(error, opening.SavingFailed):
            field.fault(words(f"viewer.{error.code}", path=visible(str(error.path))))
        else:
            field.fault(words("viewer.unwritable", path=visible(field.text)))
        field.focus_entry()
