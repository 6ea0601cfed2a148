"""Carry out an act: what it is, what it needs, and what will come of it, before anything is written."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Static

from kcflow.i18n import t
from kcflow.services.errors import ConflictError, KcflowError
from kcflow.services.views import MoveInput, OptionView, Preview, Receipt
from screens.base import DeskModal, StatusLine
from screens.commands import CloseDialog, Command, bindings
from screens.dossier import act_inputs, advance_parts, citing
from screens.dossier.missing_paper import MissingPaper
from screens.dossier.paper_box import AddPaper, Confirm, PaperBox, my_roles
from screens.forms.fields import Field, words
from screens.forms.keeping import KEEP, KeepsForm
from screens.widgets.hanging import Hanging
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

_BY_RECEIPT = ("confirm", "fresh_data", "add_paper", "copy_receipt")
"""What the footer has only before there is a receipt, or only after."""
_SETTLE_SECONDS = 0.12
"""How long the fields stay still before the consequences are worked out anew."""


class FreshData(Command):
    """Look at the dossier as it stands now; what was typed stays."""

    key = "f5"
    priority = True
    order = 15


class CopyReceipt(Command):
    """Copy the receipt of what was just done."""

    key = "y"
    order = 12


class AdvanceDialog(KeepsForm, DeskModal[Receipt]):
    """Ask for what an act needs, show who will hold the file and by when, and do it once.

    The consequences on the right come from the same rules that decide, worked out while somebody types.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Confirm, FreshData, AddPaper, CopyReceipt, CloseDialog, *KEEP
    )
    title_key = "advance.title"
    help_key = "help.advance"
    keep_as = "advance"

    def __init__(self, code: str, option: OptionView, version: int) -> None:
        """Carry out `option` on the dossier `code`, whose version the person has seen."""
        super().__init__()
        self._code, self.option, self._version = code, option, version
        self._preview: Preview | None = None
        self._failure: Exception | None = None
        self._armed = False
        self._mending = False  # whether the status line counts the fields to mend
        self._receipt: Receipt | None = None
        self._timer: Timer | None = None
        self._looked_at: tuple[str, MoveInput] | None = None
        """What the rules were asked about last."""
        self._papers = 0
        self._gone = False
        self._kinds: tuple[tuple[str, Label], ...] = ()

    # Layout

    def body(self) -> ComposeResult:
        """Head, inputs beside consequences, what went wrong, buttons; or the receipt."""
        lang = self.lang
        with Container(id="advance-work"):
            yield Static("", id="advance-head", markup=False)
            with Container(id="advance-panes"):
                with Vertical(id="advance-form"):
                    yield from self._fields()
                with Vertical(id="advance-after"):
                    yield Static(
                        Content(t("advance.working_out", lang)), id="advance-consequence", markup=False
                    )
                    yield Static("", id="advance-missing", markup=False)
            yield Static("", id="advance-trouble", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(t("advance.reload", lang), id="advance-reload")
                yield Button(t("advance.add_paper", lang), id="advance-add")
                yield Button(t("advance.confirm", lang), id="advance-confirm")
        with Container(id="advance-done"):
            yield Static("", id="advance-receipt", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(t("advance.copy", lang), id="advance-copy")
                yield Button(t("advance.close", lang), id="advance-close")

    def _fields(self) -> ComposeResult:
        """Only what this act asks for."""
        option, today, roles = self.option, self.desk.today, my_roles(self.desk)
        yield from act_inputs.inputs(option, today, roles, self.lang)
        for number, kinds in enumerate(option.missing_documents, start=1):
            yield MissingPaper(f"missing{number}", kinds, today, roles)

    def on_mount(self) -> None:
        """Begin with the first field, and work out what will happen."""
        self._write_head()
        self.query(Field).first().focus_entry()
        self._look()
        self.start_keeping()

    # Kept over a crash

    def keep_code(self) -> str:
        """What was typed belongs to this act on this dossier."""
        return f"{self._code} {self.option.name}"

    def kept_texts(self) -> dict[str, str]:
        """Every text of the form by the key of its field."""
        return {field.key: field.kept() for field in act_inputs.there(self)}

    async def make_room(self, keys: Collection[str]) -> None:
        """Open the fields of the papers that were entered, and add the further ones."""
        for missing in self.query(MissingPaper):
            if any(key.startswith(missing.prefix) for key in keys):
                await missing.open(focus=False)
        wanted = {key.partition("-")[0] for key in keys if key.startswith("extra")}
        if wanted:
            self._kinds = self._kinds or await asyncio.to_thread(self.desk.document_kinds)
        while len(wanted) > self._papers:
            await self._new_box(wants_focus=False)

    def on_missing_paper_expanded(self, message: MissingPaper.Expanded) -> None:
        """Empty fields that were only opened are nothing typed."""
        message.stop()
        self.filled(*(field.key for field in message.box.query(Field).results(Field)))

    def frame_title(self) -> str:
        """The dossier that the act is about."""
        return t("advance.title", self.lang, code=self._code)

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        lang = self.lang
        act_inputs.relabel(self)
        for missing in self.query(MissingPaper):
            missing.relabel()
        for name in ("reload", "copy", "close", "add_paper"):
            self.query_one(f"#advance-{name.removesuffix('_paper')}", Button).label = t(
                f"advance.{name}", lang
            )
        self._write_head()
        self._write_after()
        self._write_trouble()
        if self._receipt is not None:
            self._write_receipt(self._receipt)

    def _write_head(self) -> None:
        self.query_one("#advance-head", Static).update(
            advance_parts.head(self.option, self._preview, self.lang)
        )

    def _write_after(self) -> None:
        """What will happen, and what is still missing."""
        preview, lang = self._preview, self.lang
        if preview is None or self._receipt is not None:
            return
        self.query_one("#advance-consequence", Static).update(self.consequence(preview))
        wrong = [
            f"{field.label(lang)}: {problem(lang)}"
            for field in act_inputs.there(self)
            if field.value is None and (problem := field.problem()) is not None and field.kept().strip()
        ]
        self.query_one("#advance-missing", Static).update(advance_parts.missing(preview, wrong, lang))
        # Where the panes stand one under another, the list is out of sight while somebody types.
        count = len(preview.option.reasons)
        line = t("advance.count_missing" if count else "advance.nothing_missing", lang, count=count)
        self.query_one(StatusLine).quiet(line if self.has_class("-narrow") else "")

    # What will happen

    def consequence(self, preview: Preview) -> Hanging:
        """What will be so after the act."""
        return advance_parts.consequence(preview, self.lang)

    def what_was_done(self, receipt: Receipt) -> Hanging:
        """What did happen."""
        return advance_parts.receipt(receipt, self._preview, self.lang)

    @on(Field.Changed)
    def _something_changed(self) -> None:
        self._disarm()
        if self._mending:
            self._say_wrong(act_inputs.count_wrong(self))
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SETTLE_SECONDS, self._look)

    def move(self) -> MoveInput:
        """What was entered so far."""
        return act_inputs.read_move(self, request=self.request, expected_version=self._version)

    def _look(self) -> None:
        """Ask the rules what would happen with what stands in the fields now."""
        if self._receipt is not None or self.sending:
            return
        name, move = self.option.name, self.move()
        if (name, move) == self._looked_at:
            return
        self._looked_at = (name, move)
        self.ask(
            lambda desk: self.would(desk, name, move),
            self._looked,
            failed=self._not_looked,
            group="preview",
        )

    def would(self, desk: Desk, name: str, move: MoveInput) -> Preview:
        """What the act would do (in a worker thread). Raises what the desk raises."""
        return desk.preview(self._code, name, move)

    def carry_out(self, desk: Desk, name: str, move: MoveInput) -> Receipt:
        """Do it (in a worker thread). Raises what the desk raises."""
        return desk.advance(self._code, name, move)

    def acts_now(self, desk: Desk) -> tuple[int, tuple[OptionView, ...]]:
        """The version and the acts of the dossier as it stands (in a worker thread)."""
        card = desk.dossier(self._code)
        return card.row.version, card.options

    def _looked(self, preview: Preview) -> None:
        self._preview = preview
        self._write_head()
        self._write_after()

    def _not_looked(self, error: KcflowError) -> None:
        self._looked_at = None
        if self._failure is None:
            self._trouble(error)

    # Doing it

    @on(Button.Pressed, "#advance-confirm")
    def action_confirm(self) -> None:
        """Do it, if nothing that was typed is wrong; an act that ends something is confirmed once more."""
        if self.sending or self._gone or self._receipt is not None:
            return
        wrong = act_inputs.wrong_fields(self)
        if wrong:
            self._mending = True
            self._say_wrong(len(wrong))
            wrong[0].focus_entry()
            return
        if self.option.danger and not self._armed:
            self._armed = True
            self._write_trouble()
            self.query_one("#advance-confirm").focus()
            return
        self._failure = None
        self._write_trouble()
        name, move = self.option.name, self.move()
        self.send(lambda desk: self.carry_out(desk, name, move), self._done, self._trouble)

    def _say_wrong(self, count: int) -> None:
        self._mending = count > 0
        self.say(t("advance.mend_first", self.lang, count=count) if count else "", "warn")

    def _disarm(self) -> None:
        if self._armed:
            self._armed = False
            self._write_trouble()

    def _trouble(self, error: Exception) -> None:
        """Say what went wrong in its place; every field keeps what was typed."""
        self._armed = False
        self._failure = error
        self._write_trouble()
        if isinstance(error, ConflictError):
            self.query_one("#advance-reload").focus()

    def _write_trouble(self) -> None:
        lang, error = self.lang, self._failure
        said = advance_parts.trouble(error, lang, gone=self._gone, armed=self._armed)
        box = self.query_one("#advance-trouble", Static)
        box.update(said)
        box.display = bool(said.lines)
        self.query_one("#advance-reload").display = isinstance(error, ConflictError) and not self._gone
        button = self.query_one("#advance-confirm", Button)
        button.label = t("advance.confirm_again" if self._armed else "advance.confirm", lang)
        button.disabled = self._gone
        if said.lines:
            self.call_after_refresh(box.scroll_visible, animate=False)
        self.refresh_bindings()

    # Fresh data after somebody else was faster

    def key_r(self) -> None:
        """Load fresh data, where no field takes the letter."""
        if isinstance(self._failure, ConflictError):
            self.action_fresh_data()

    @on(Button.Pressed, "#advance-reload")
    def action_fresh_data(self) -> None:
        """Read the dossier as it stands now; what was typed stays."""
        if self._receipt is None and not self.sending:
            self.ask(self.acts_now, self._fresh, failed=self._trouble, group="fresh")

    def _fresh(self, now: tuple[int, tuple[OptionView, ...]]) -> None:
        self._version, options = now
        found = next((option for option in options if option.name == self.option.name), None)
        if found is None:
            self._gone = True
        else:
            self.option = found
            self._failure = None
            self.say(t("advance.fresh", self.lang), "good")
        self._write_trouble()
        self._looked_at = None
        self._look()

    # More papers

    @on(Button.Pressed, "#advance-add")
    def action_add_paper(self) -> None:
        """Add the fields of a paper that comes with the act."""
        if self._receipt is not None:
            return
        self.ask(lambda desk: self._kinds or desk.document_kinds(), self._kinds_known, group="kinds")

    def _kinds_known(self, kinds: tuple[tuple[str, Label], ...]) -> None:
        self.call_later(self._add_paper, kinds)

    async def _add_paper(self, kinds: tuple[tuple[str, Label], ...]) -> None:
        self._kinds = kinds
        await self._new_box(wants_focus=True)

    async def _new_box(self, *, wants_focus: bool) -> None:
        self._papers += 1
        name, title = f"extra{self._papers}", words("advance.extra_paper", number=self._papers)
        roles = my_roles(self.desk)
        box = PaperBox(
            name, self._kinds, self.desk.today, title=title, choose=True, roles=roles, wants_focus=wants_focus
        )
        await self.query_one("#advance-form").mount(box)
        self.filled(*(field.key for field in box.query(Field).results(Field)))

    # Done

    def _done(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self.form_done()
        self.add_class("-done")
        self.say("")
        self.query_one(StatusLine).quiet("")
        self._write_receipt(receipt)
        self.query_one("#advance-close").focus()
        self.refresh_bindings()

    def _write_receipt(self, receipt: Receipt) -> None:
        self.query_one("#advance-receipt", Static).update(self.what_was_done(receipt))

    @on(Button.Pressed, "#advance-copy")
    def action_copy_receipt(self) -> None:
        """Copy the receipt: it proves what was written."""
        if self._receipt is not None:
            self.desk_app.copy(citing.of_receipt(self._receipt, self.lang), t("copy.receipt", self.lang))

    @on(Button.Pressed, "#advance-close")
    def action_close_dialog(self) -> None:
        """Close; with the receipt, if it was done."""
        if not self.sending:
            self.dismiss(self._receipt)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once there is a receipt it can be copied; what leads to one has no more use then.

        Fresh data is offered only where somebody else was faster.
        """
        if action == "fresh_data" and not isinstance(self._failure, ConflictError):
            return False
        if (action == "copy_receipt") == (self._receipt is None) and action in _BY_RECEIPT:
            return False
        return super().check_action(action, parameters)
