"""How much a proposal gets by a plan, round or contract, and a note to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from kcflow.formats import dong
from kcflow.i18n import t
from screens.base import DeskModal
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import Confirm
from screens.forms.amounts import MoneyField
from screens.forms.entries import Entry
from screens.forms.fields import Field, TextField, words


@dataclass(frozen=True)
class Asked:
    """The proposal, what it has at most left, what it gets so far (None: nothing), and its note."""

    code: str
    title: str
    most: int
    now: int | None
    note: str = ""


class AmountDialog(DeskModal["tuple[int, str]"]):
    """Gives (đồng, note)."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog)
    title_key = "money.amount_title"
    help_key = "help.board"

    def __init__(self, asked: Asked) -> None:
        """Ask about one proposal."""
        super().__init__()
        self._asked = asked

    def body(self) -> ComposeResult:
        """The proposal, the amount, what is left, a note."""
        yield Static("", id="amount-about", markup=False)
        first = self._asked.now if self._asked.now is not None else self._asked.most or None
        amount = MoneyField("amount", words("money.amount"), first, required=True)
        amount.enter_goes_on = False
        yield amount
        note = TextField("note", words("money.note"), self._asked.note, max_length=200)
        note.enter_goes_on = False
        yield note
        with Horizontal(classes="buttons"):
            yield Button(t("money.put", self.lang), id="amount-put")

    def on_mount(self) -> None:
        """The whole amount is marked: what is typed takes its place."""
        self._write()
        field = self.query_one("#field-amount", MoneyField)
        field.focus_entry()
        self.call_after_refresh(field.query_one(Entry).select_all)

    def _write(self) -> None:
        asked, lang = self._asked, self.lang
        said = [parts.line((asked.code, "bold $accent"), "  ", asked.title)]
        said.append(parts.line((t("money.has_left", lang, amount=dong(asked.most, lang)), parts.DIM)))
        self.query_one("#amount-about", Static).update(Content("\n").join(said))

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        for field in self.query(Field).results(Field):
            field.relabel()
        self.query_one("#amount-put", Button).label = t("money.put", self.lang)
        self._write()

    @on(Input.Submitted)
    @on(Button.Pressed, "#amount-put")
    def action_confirm(self) -> None:
        """Give them back, if they can be read."""
        amount, note = (
            self.query_one("#field-amount", MoneyField),
            self.query_one("#field-note", TextField),
        )
        if amount.check() and note.check() and amount.value is not None:
            self.dismiss((amount.value, note.value or ""))
