"""What the forms of money share: fields in one column, a line on what they add up to, sent once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from kcflow.i18n import t
from kcflow.services.views import Receipt
from screens.base import DeskScreen
from screens.commands import bindings
from screens.dossier import act_inputs
from screens.forms.fields import Field
from screens.forms.writing import WritesReceipt
from screens.widgets.hanging import Hanging


class MoneyForm(WritesReceipt, DeskScreen[Receipt]):
    """A form that writes one plan, round, contract or adjustment; gives its receipt."""

    CSS_PATH = Path(__file__).with_name("form.tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(*WritesReceipt.KEYS)

    help_key = "help.money"

    def __init__(self) -> None:
        """Nothing was warned of yet."""
        super().__init__()
        self._warned = False

    # For subclasses

    def heading(self) -> str:
        """The words above the fields."""
        raise NotImplementedError

    def fields(self) -> Iterable[Widget]:
        """The fields, in their order."""
        raise NotImplementedError

    def sums(self) -> Hanging:
        """What the fields come to as they stand: sums, what is left, who decides."""
        raise NotImplementedError

    # Layout

    def body(self) -> ComposeResult:
        """Title, fields, what they come to, the button."""
        yield Static("", id="form-title", classes="bar", markup=False)
        with VerticalScroll(id="form-fields", can_focus=False):
            yield from self.fields()
            yield Static("", id="form-sums", markup=False)
        with Horizontal(classes="buttons"):
            yield Button(t("money.save", self.lang), id="form-save")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.write()
        self.query(Field).first().focus_entry()
        self.start_keeping()

    def write(self) -> None:
        """Title and sums."""
        self.query_one("#form-title", Static).update(Content(self.heading()))
        self.query_one("#form-sums", Static).update(self.sums())

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        act_inputs.relabel(self)
        super().on_language_changed()
        self.query_one("#form-save", Button).label = t("money.save", self.lang)
        self.write()

    @on(Field.Changed)
    def _something_changed(self, event: Field.Changed) -> None:
        self._warned = False
        self.changed(event.field.key)
        self.query_one("#form-sums", Static).update(self.sums())

    def changed(self, key: str) -> None:
        """The field `key` holds something else."""

    # Sending

    @on(Button.Pressed, "#form-save")
    def _pressed(self) -> None:
        """The button does what the key does."""
        self.action_confirm()

    def action_close_dialog(self) -> None:
        """Go back; what was typed is given up only by the second press."""
        if self.sending:
            return
        if self.touched and not self._warned:
            self._warned = True
            self.say(t("draft.unsaved", self.lang), "warn")
            return
        self.form_done()
        self.dismiss(None)
