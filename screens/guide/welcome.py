"""The first start: there is no store yet, so one is made, with sample data or empty."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from kcflow import reference
from kcflow.i18n import has, t
from kcflow.text import vietnamese_sort_key, visible
from screens.base import DeskScreen, sentence
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.forms.choices import ChoiceField
from screens.forms.fields import words
from screens.taking import TakingList
from states.model import Label

_CHOICES = ("sample", "office", "quit")


class WelcomeScreen(DeskScreen[bool]):
    """Sample data to look around in, the empty store of one province's office, or nothing yet.

    Dismissed with True once a store was made, with False when nobody wants one.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(CloseDialog)
    help_key = "help.welcome"

    @dataclass
    class Progress(Message, bubble=False, namespace="welcome_screen"):
        """How far the making of the store is."""

        what: str
        done: int
        total: int

    @dataclass
    class Made(Message, bubble=False, namespace="welcome_screen"):
        """The store was made, or it failed with `error`."""

        error: Exception | None = None

    def __init__(self) -> None:
        """Ask what to begin with."""
        super().__init__()
        self._busy = False
        self._error: Exception | None = None

    def body(self) -> ComposeResult:
        """What this is, the three ways, the province, the progress."""
        with Container(id="welcome-middle"), Vertical(id="welcome-box", classes="panel"):
            yield Static("", id="welcome-text", markup=False)
            yield TakingList(id="welcome-choices", compact=True)
            with Container(id="welcome-office"):
                # The offices of today: names sorted as a Vietnamese reader expects.
                today = reference.provinces()
                names = sorted(
                    (each for each in today if each.valid_to is None),
                    key=lambda each: vietnamese_sort_key(each.name),
                )
                options = [(each.key, Label(each.name, each.name)) for each in names]
                yield ChoiceField("province", words("welcome.province"), options, blank=words("form.choose"))
                yield Button("", id="welcome-make")
            yield Static("", id="welcome-step", markup=False)
            yield ProgressBar(total=None, show_eta=False, id="welcome-progress")

    def on_mount(self) -> None:
        """Show the three ways."""
        self._write()
        self.query_one("#welcome-choices").focus()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        self.query_one(ChoiceField).relabel()
        self._write()
        if self._error is not None:
            self.say(sentence(self._error, self.lang), "error")

    def _write(self) -> None:
        lang = self.lang
        self.query_one("#welcome-box").border_title = t("welcome.title", lang)
        self.query_one("#welcome-text", Static).update(Content(t("welcome.text", lang)))
        self.query_one("#welcome-make", Button).label = t("welcome.make", lang)
        box = self.query_one("#welcome-choices", OptionList)
        at = box.highlighted or 0
        box.clear_options()
        box.add_options(
            [
                Option(
                    parts.lines(
                        [
                            parts.line((t(f"welcome.{name}", lang), parts.STRONG)),
                            parts.line((f"  {t(f'welcome.{name}_text', lang)}", parts.DIM)),
                        ]
                    ),
                    name,
                )
                for name in _CHOICES
            ]
        )
        box.highlighted = at
        self._show_busy()

    def _show_busy(self) -> None:
        busy = self._busy
        self.query_one("#welcome-choices").disabled = busy
        self.query_one("#welcome-make").disabled = busy
        self.query_one("#welcome-progress").display = busy
        self.query_one("#welcome-step").display = busy
        self.refresh_bindings()

    @on(OptionList.OptionSelected, "#welcome-choices")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id == "sample":
            self._make(None, sample=True)
        elif event.option_id == "office":
            self.query_one("#welcome-office").add_class("-open")
            self.query_one(ChoiceField).focus_entry()
        else:
            self.action_close_dialog()

    @on(Button.Pressed, "#welcome-make")
    def _make_office(self) -> None:
        field = self.query_one(ChoiceField)
        if field.value is None:
            field.fault(words("welcome.choose_province"))
            field.focus_entry()
        else:
            self._make(field.value, sample=False)

    @on(ChoiceField.Changed)
    def _province_chosen(self) -> None:
        if self.query_one(ChoiceField).value is not None:
            self.query_one("#welcome-make").focus()

    def _make(self, province: str | None, *, sample: bool) -> None:
        """Make the store in a thread; every step is told."""
        if self._busy:
            return
        self._busy, self._error = True, None
        self.say("")
        self._show_busy()
        self._show_step("begin", 0, 0)
        app = self.desk_app

        def tell(what: str, done: int, total: int) -> None:
            self.post_message(self.Progress(what, done, total))

        def run() -> None:
            try:
                app.make_store(province, sample, tell)
            except Exception as error:
                self.post_message(self.Made(error))
            else:
                self.post_message(self.Made())

        self.run_worker(run, thread=True, exclusive=True, group="make", exit_on_error=False)

    def on_welcome_screen_progress(self, message: Progress) -> None:
        """Show how far it is."""
        self._show_step(message.what, message.done, message.total)

    def _show_step(self, what: str, done: int, total: int) -> None:
        key = f"welcome.step.{what}"
        text = t(key, self.lang) if has(key, self.lang) else visible(what)
        self.query_one("#welcome-step", Static).update(Content(text))
        self.query_one(ProgressBar).update(total=total or None, progress=done)

    def on_welcome_screen_made(self, message: Made) -> None:
        """Go on to the application, or say what went wrong."""
        self._busy = False
        if message.error is None:
            self.dismiss(True)
            return
        self._error = message.error
        self._show_busy()
        self.query_one("#welcome-choices").focus()
        self.say(sentence(message.error, self.lang), "error")

    def why_not(self, action: str) -> str | None:
        """While a store is being made it is not left alone."""
        if action == "close_dialog" and self._busy:
            return t("welcome.busy", self.lang)
        return None

    def action_close_dialog(self) -> None:
        """Leave without a store."""
        if not self._busy:
            self.dismiss(False)
