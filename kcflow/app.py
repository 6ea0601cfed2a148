"""The terminal application: paints the shell first, opens the store behind it, holds the screens together.

Importing the store costs twice what the first paint does, so nothing here imports `db`; screens are
imported when they are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import constants
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.worker import get_current_worker

from kcflow import keep
from kcflow.config import Config
from kcflow.doors import Doors, Opener, StoreMaker, make_store, open_desk
from kcflow.i18n import set_language, t
from kcflow.services.errors import StoreProblem
from kcflow.settings_schema import RULES
from kcflow.settled import Settled
from kcflow.terminal import answer_escape_soon, follow_signals, leave_with_the_terminal, refusal_of_terminal
from kcflow.text import visible
from kcflow.ways import Ways
from screens import theme
from screens.alt_keys import teach_alt_keys
from screens.base import DeskNode, DeskTop, Severity, sentence
from screens.commands import (
    GoBack,
    GoForward,
    Help,
    Jump,
    Language,
    OpenSettings,
    Palette,
    Quit,
    Refresh,
    StopWaiting,
    Theme,
    bindings,
)
from screens.dossier.visited import Visited
from screens.key_lane import KeyLane
from screens.offers import Offer
from screens.shell import ShellScreen
from screens.style_sheet import StyleSheet

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

FAULT_EXIT = 70
"""A fault of kcflow, written to the log."""
DEFAULT_ESCAPE_DELAY = RULES["escape_delay"].default
HAND_OVER = 0.001
"""Seconds that a thread may keep the interpreter while another waits: keys and paints don't wait for 5 ms."""


class KcflowApp(Settled, Ways, Doors, KeyLane, App[int]):
    """The desk of the khuyến công offices."""

    TITLE = "kcflow"
    CSS_PATH: ClassVar[list[str | PurePath]] = [theme.COMMON_CSS, theme.SHELL_CSS]
    ENABLE_COMMAND_PALETTE = False
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Help, Language, Palette, Quit, Refresh, Theme, Jump, GoBack, GoForward, OpenSettings, StopWaiting
    )

    @dataclass(eq=False, repr=False)
    class StoreOpened(Message, bubble=False, namespace="kcflow_app"):
        """The store is open."""

        desk: Desk

    @dataclass(eq=False, repr=False)
    class StoreUpgrading(Message, bubble=False, namespace="kcflow_app"):
        """An older store is being brought up to date: step `number` of `steps`."""

        step: str
        number: int
        steps: int

    @dataclass(eq=False, repr=False)
    class StoreFailed(Message, bubble=False, namespace="kcflow_app"):
        """The store can't be opened."""

        error: Exception

    @dataclass(eq=False, repr=False)
    class PersonChanged(Message, bubble=False, namespace="kcflow_app"):
        """Somebody works as another person now (or can't: `error`)."""

        desk: Desk | None
        error: Exception | None = None

    @dataclass(eq=False, repr=False)
    class NotCopied(Message, bubble=False, namespace="kcflow_app"):
        """No clipboard took the text."""

    def __init__(self, config: Config, *, opener: Opener = open_desk, maker: StoreMaker = make_store) -> None:
        """Make the application; `opener` and `maker` stand for the store in tests."""
        super().__init__()
        self.config = config
        self.desk: Desk | None = None
        self.lang = config.lang
        self._opener = opener
        self._maker = maker
        self._shell = ShellScreen()
        self.visited = Visited()
        self.last_words = ""
        self.faulty = False
        set_language(self.lang)
        theme.register(self)
        self._shell.tab = config.settings.first_tab
        self.use_settings(config.settings)
        # Textual's was made before the themes were known; its first use needs their colours.
        self.stylesheet = StyleSheet(variables=self.get_css_variables())

    # Start

    def get_default_screen(self) -> ShellScreen:
        """The shell stands below all others: a screen of Textual's under it would be laid out for nobody."""
        return self._shell

    def on_mount(self) -> None:
        """End when the system says so."""
        if not self.is_headless:
            follow_signals(self.leave_by_signal)

    def on_ready(self) -> None:
        """The shell has been painted: open the store."""
        self.open_store()
        if self.settings.keys:
            self.use_keys()

    def open_store(self) -> None:
        """Open the store in a thread; the shell shows what comes of it."""
        self._shell.show_opening()

        def run() -> None:
            try:
                desk = self._opener(replace(self.config, upgrading=self._upgrading))
            except Exception as error:
                self.post_message(self.StoreFailed(error))
            else:
                self.post_message(self.StoreOpened(desk))

        self.run_worker(run, thread=True, exclusive=True, group="store", exit_on_error=False)

    def _upgrading(self, step: str, number: int, steps: int) -> None:
        self.post_message(self.StoreUpgrading(step, number, steps))

    def on_kcflow_app_store_upgrading(self, message: StoreUpgrading) -> None:
        """Say how far it is: a large store takes minutes."""
        self._shell.show_upgrading(message.step, message.number, message.steps)

    def on_kcflow_app_store_opened(self, message: StoreOpened) -> None:
        """Let the shell fill itself."""
        self.desk = message.desk
        self._shell.desk_opened()
        self.say_settings_trouble()

    def on_kcflow_app_store_failed(self, message: StoreFailed) -> None:
        """Offer to make a store where there is none; say what is wrong otherwise."""
        if isinstance(message.error, StoreProblem) and message.error.code == "store_missing":
            from screens.guide.welcome import WelcomeScreen

            self._shell.show_notice("")
            self.push_screen(WelcomeScreen(), self._welcomed)
        else:
            self._shell.show_notice(sentence(message.error, self.lang))

    def _welcomed(self, made: bool | None) -> None:
        if made:
            self.open_store()
        else:
            self.exit(0)

    def make_store(
        self, province: str | None, sample: bool, progress: Callable[[str, int, int], None] | None = None
    ) -> None:
        """Create the store; blocking, for worker threads. Raises KcflowError."""
        self._maker(self.config, province, sample, progress)

    # Who works

    def work_as(self, login: str) -> None:
        """Work as `login` from now on; the history will name both."""
        desk = self.desk
        if desk is None:
            return

        def run() -> None:
            try:
                other = desk.work_as(login)
            except Exception as error:
                answer = self.PersonChanged(None, error)
            else:
                answer = self.PersonChanged(other)
            if not get_current_worker().is_cancelled:
                self.post_message(answer)

        self.run_worker(run, thread=True, exclusive=True, group="person", exit_on_error=False)

    def on_kcflow_app_person_changed(self, message: PersonChanged) -> None:
        """Show everything as the new person sees it."""
        if message.desk is None:
            if message.error is not None and isinstance(self.screen, DeskTop):
                self.screen.say(sentence(message.error, self.lang), "error")
            return
        self.desk = message.desk
        self.visited.clear()  # another person may not know those proposals, nor their titles
        self._shell.person_changed()

    # What screens ask for

    def copy(self, text: str, said: str) -> None:
        """Put `text` on the clipboard (OSC 52, and the system's where there is one) and say `said`."""
        from kcflow import opening

        text = "\t".join(visible(part, multiline=True) for part in text.split("\t"))  # tabs divide columns
        self.copy_to_clipboard(text)
        if self._driver is not None and (sequence := opening.passed_through(text)) is not None:
            self._driver.write(sequence)
        self._say(said, "good")
        too_long = len(text.encode()) * 4 // 3 > opening.OSC52_MOST

        def run() -> None:
            if not opening.copy_with_tools(text) and too_long:
                self.post_message(self.NotCopied())

        self.run_worker(run, thread=True, exclusive=True, group="clipboard", exit_on_error=False)

    def on_kcflow_app_not_copied(self) -> None:
        """The terminal would drop a text as long as this."""
        self._say(t("copy.too_long", self.lang), "warn")

    def _say(self, text: str, severity: Severity = "info") -> None:
        if isinstance(self.screen, DeskTop):
            self.screen.say(text, severity)

    def data_changed(self) -> None:
        """Let every open screen read its data anew."""
        for screen in self.screen_stack:
            if isinstance(screen, DeskTop) and self.desk is not None:
                screen.refresh_data()

    def language_changed(self) -> None:
        """Let every open screen write its texts anew."""
        for screen in self.screen_stack:
            if isinstance(screen, DeskNode):
                screen.on_language_changed()
                screen.refresh_bindings()
                screen.refresh()  # the wish for a larger terminal stands on the screen itself

    # Keys of the whole application

    def action_help(self) -> None:
        """Say what this screen is, its keys and its terms."""
        from screens.guide.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_language(self) -> None:
        """Switch the language at once."""
        self.lang = "en" if self.lang == "vi" else "vi"
        set_language(self.lang)
        self.language_changed()

    def action_palette(self) -> None:
        """Show every command by name."""
        from screens.guide.palette import PaletteDialog

        if not isinstance(self.screen, PaletteDialog):
            under = self.screen
            self.push_screen(PaletteDialog(under), self._run_offer)

    async def _run_offer(self, offer: Offer | None) -> None:
        if offer is not None:
            await self.run_action(offer.command.action, offer.node)

    def action_refresh_data(self) -> None:
        """Read everything that is open anew; what was said about the last time is over."""
        self._say("")
        self.data_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing while a screen waits for any key at all."""
        if self.screen_stack and getattr(self.screen, "takes_all_keys", False):
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Leave the application; those who wish so are asked once."""
        asked = t("app.leave_again", self.lang)
        if self.settings.confirm_quit and isinstance(self.screen, DeskTop) and self.screen.said() != asked:
            self._say(asked, "warn")
            return
        self.exit(0)

    def action_help_quit(self) -> None:
        """Say how to leave, to those who press ^C."""
        if isinstance(self.screen, DeskTop):
            self.screen.say(t("app.how_to_quit", self.lang))

    # The last door for errors

    def _fatal_error(self) -> None:
        """Leave with one sentence in place of a traceback, which goes to the log."""
        error = sys.exc_info()[1] or self._exception
        if error is not None:
            self.last_words = sentence(error, self.lang)
        self.faulty = True
        keep.write_all()
        self._close_messages_no_wait()

    def leave_by_signal(self, name: str, code: int) -> None:
        """Somebody outside ended the program: leave the terminal sane, and say so."""
        for screen in self.screen_stack:
            if (note := getattr(screen, "note_texts", None)) is not None:
                note()
        keep.write_all()
        self.last_words = t("app.ended_by", self.lang, name=name)
        self.exit(code)


def run(config: Config) -> int:
    """Run the application until its person leaves; returns the exit code (design §2).

    Raises BadInput where the terminal can't paint.
    """
    if (refusal := refusal_of_terminal()) is not None:
        raise refusal
    leave_with_the_terminal()
    if constants.ESCAPE_DELAY * 1000 == DEFAULT_ESCAPE_DELAY:  # else the environment has said its own
        constants.ESCAPE_DELAY = config.settings.escape_delay / 1000  # type: ignore[misc]
    teach_alt_keys()
    answer_escape_soon()
    sys.setswitchinterval(HAND_OVER)
    app = KcflowApp(config)
    result = app.run(mouse=config.settings.mouse)
    if app.desk is not None:
        app.desk.close()
    if app.last_words:
        print(app.last_words, file=sys.stderr)  # noqa: T201
    if app.faulty:
        return FAULT_EXIT
    return result if result is not None else app.return_code or 0
