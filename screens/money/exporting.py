"""Write a board as a workbook: where to, and what was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from kcflow.i18n import t
from kcflow.services.errors import KcflowError
from kcflow.text import visible
from screens.base import DeskModal
from screens.commands import CloseDialog, bindings
from screens.dossier.paper_box import Confirm
from screens.forms.fields import TextField, words
from screens.forms.sending import SendsOnce
from screens.trouble import with_reasons

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

_THERE = "export_exists"


class ExportDialog(SendsOnce, DeskModal[str]):
    """Asks for the path, writes, gives the path; a file that is there is replaced only on the second wish."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog)
    title_key = "money.export_title"
    help_key = "help.export"

    what_key: ClassVar[str] = "money.export_what"
    """Catalogue key of what stands in the file."""

    def __init__(self, code: str) -> None:
        """Write the board of `code`."""
        super().__init__()
        self._code = code
        self._replace = ""
        """The path that was said to be there already."""

    def body(self) -> ComposeResult:
        """The path, and what stands in the file."""
        path = TextField("path", words("money.path"), required=True, max_length=1000)
        path.enter_goes_on = False
        yield path
        yield Static(t(self.what_key, self.lang), id="export-what", classes="dim", markup=False)
        with Horizontal(classes="buttons"):
            yield Button(t("money.export_write", self.lang), id="export-write")

    def on_mount(self) -> None:
        """Propose a file in the folder of documents."""
        folder = Path(self.settings.documents).expanduser() if self.settings.documents else Path.cwd()
        field = self.query_one("#field-path", TextField)
        field.text = str(folder / f"{self._code}.xlsx")
        field.focus_entry()

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        self.query_one("#field-path", TextField).relabel()
        self.query_one("#export-what", Static).update(t(self.what_key, self.lang))
        self.query_one("#export-write", Button).label = t("money.export_write", self.lang)

    @on(Input.Submitted)
    @on(Button.Pressed, "#export-write")
    def action_confirm(self) -> None:
        """Write it."""
        field = self.query_one("#field-path", TextField)
        if not field.check() or field.value is None:
            field.focus_entry()
            return
        lang, path = self.lang, Path(field.value).expanduser()
        overwrite = self._replace == str(path)
        self.send(
            lambda desk: self.write(desk, path, lang, overwrite),
            lambda written: self.finish(visible(str(written))),
            lambda error: self._failed(error, str(path)),
        )

    def write(self, desk: Desk, path: Path, lang: str, overwrite: bool) -> Path:
        """Write the workbook (in a worker thread). Raises what the desk raises."""
        return desk.money.export(self._code, path, lang, overwrite)

    def _failed(self, error: Exception, path: str) -> None:
        """Say what is wrong; where only a file stands in the way, once more replaces it."""
        said = with_reasons(error, self.lang)
        if isinstance(error, KcflowError) and error.code == _THERE:
            self._replace = path
            said = f"{said} {t('money.export_again', self.lang)}"
        self.say(said, "error")
