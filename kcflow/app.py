"""The terminal application: paints the shell first, opens the store behind it, holds the screens together.

Importing the store costs twice what the first paint does, so nothing here imports `db`; screens are
imported when they are shown.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.worker import get_current_worker

from kcflow.config import Config
from kcflow.i18n import set_language, t
from kcflow.services.errors import StoreProblem
from screens import theme
from screens.base import DeskNode, DeskTop, sentence
from screens.commands import Help, Language, Offer, Palette, Quit, Refresh, Theme, bindings
from screens.shell import ShellScreen

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import ImportResult, OptionView, Receipt

Result = TypeVar("Result")
Opener = Callable[[Config], "Desk"]
"""Opens the store; runs in a worker thread. Raises KcflowError."""
StoreMaker = Callable[[Config, "str | None", bool, "Callable[[str, int, int], None] | None"], None]
"""Creates the store of an office: (config, province, sample, progress). Raises KcflowError."""


def _open_desk(config: Config) -> Desk:
    from kcflow.bootstrap import open_desk

    return open_desk(config)


def _make_store(
    config: Config, province: str | None, sample: bool, progress: Callable[[str, int, int], None] | None
) -> None:
    from kcflow.bootstrap import init_store

    init_store(config, province, sample, progress=progress)


class KcflowApp(App[int]):
    """The desk of the khuyến công offices."""

    TITLE = "kcflow"
    CSS_PATH = theme.COMMON_CSS
    ENABLE_COMMAND_PALETTE = False
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = bindings(Help, Language, Palette, Quit, Refresh, Theme)

    @dataclass
    class StoreOpened(Message, bubble=False, namespace="kcflow_app"):
        """The store is open."""

        desk: Desk

    @dataclass
    class StoreFailed(Message, bubble=False, namespace="kcflow_app"):
        """The store can't be opened."""

        error: Exception

    @dataclass
    class PersonChanged(Message, bubble=False, namespace="kcflow_app"):
        """Somebody works as another person now (or can't: `error`)."""

        desk: Desk | None
        error: Exception | None = None

    def __init__(
        self, config: Config, *, opener: Opener = _open_desk, maker: StoreMaker = _make_store
    ) -> None:
        """Make the application; `opener` and `maker` stand for the store in tests."""
        super().__init__()
        self.config = config
        self.desk: Desk | None = None
        self.lang = config.lang
        self._opener = opener
        self._maker = maker
        self._shell = ShellScreen()
        self.last_words = ""
        set_language(self.lang)
        theme.register(self)
        # The style sheet was made before the themes were known; its first use needs their colours.
        self.stylesheet.set_variables(self.get_css_variables())

    # Start

    def on_mount(self) -> None:
        """Paint the shell, then open the store."""
        self.push_screen(self._shell)
        self.call_after_refresh(self.open_store)

    def open_store(self) -> None:
        """Open the store in a thread; the shell shows what comes of it."""
        self._shell.show_opening()

        def run() -> None:
            try:
                desk = self._opener(self.config)
            except Exception as error:
                self.post_message(self.StoreFailed(error))
            else:
                self.post_message(self.StoreOpened(desk))

        self.run_worker(run, thread=True, exclusive=True, group="store", exit_on_error=False)

    def on_kcflow_app_store_opened(self, message: StoreOpened) -> None:
        """Let the shell fill itself."""
        self.desk = message.desk
        self._shell.desk_opened()

    def on_kcflow_app_store_failed(self, message: StoreFailed) -> None:
        """Offer to make a store where there is none; say what is wrong otherwise."""
        if isinstance(message.error, StoreProblem) and message.error.code == "store_missing":
            from screens.welcome import WelcomeScreen

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
        self._shell.person_changed()

    # What screens ask for

    def open_dossier(self, code: str, codes: Sequence[str] = ()) -> None:
        """Show everything about one proposal; `codes` are those of the list it was opened from."""
        from screens.proposal import ProposalScreen

        self.push_screen(ProposalScreen(code, codes), lambda _: self.data_changed())

    def open_advance(
        self, code: str, action: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Carry out an act on a dossier; without `action` the person chooses one first."""
        from screens.choose import ChooseAct

        def chosen(choice: tuple[OptionView, int] | None) -> None:
            if choice is not None:
                from screens.advance import AdvanceDialog

                self.push_screen(AdvanceDialog(code, choice[0], choice[1]), self._finisher(done))

        self.push_screen(ChooseAct(code, action), chosen)

    def open_draft(
        self, source: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Write a new draft."""
        from screens.draft import DraftScreen

        self.push_screen(DraftScreen(source), self._finisher(done))

    def open_register(
        self, path: str | None = None, done: Callable[[ImportResult | None], None] | None = None
    ) -> None:
        """Import a registration workbook."""
        from screens.register import RegisterScreen

        self.push_screen(RegisterScreen(path), self._finisher(done))

    def open_history_of(self, code: str) -> None:
        """Show the history of one dossier."""
        self._shell.show_history_of(code)

    def open_people(self) -> None:
        """Choose the person to work as."""
        from screens.people import WorkAsDialog

        self.push_screen(WorkAsDialog(), lambda login: self.work_as(login) if login else None)

    def _finisher(self, done: Callable[[Result | None], None] | None) -> Callable[[Result | None], None]:
        """What happens after a dialog: tell the asker, and read anew if something was done."""

        def finish(result: Result | None) -> None:
            if done is not None:
                done(result)
            if result is not None:
                self.data_changed()

        return finish

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

    # Keys of the whole application

    def action_help(self) -> None:
        """Say what this screen is, its keys and its terms."""
        from screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_language(self) -> None:
        """Switch the language at once."""
        self.lang = "en" if self.lang == "vi" else "vi"
        set_language(self.lang)
        self.language_changed()

    def action_palette(self) -> None:
        """Show every command by name."""
        from screens.palette import PaletteDialog

        if not isinstance(self.screen, PaletteDialog):
            under = self.screen
            self.push_screen(PaletteDialog(under), self._run_offer)

    async def _run_offer(self, offer: Offer | None) -> None:
        if offer is not None:
            await self.run_action(offer.command.action, offer.node)

    def action_refresh_data(self) -> None:
        """Read everything that is open anew."""
        self.data_changed()

    def action_leave(self) -> None:
        """Leave the application."""
        self.exit(0)

    def action_help_quit(self) -> None:
        """Say how to leave, to those who press ^C."""
        if isinstance(self.screen, DeskTop):
            self.screen.say(t("app.how_to_quit", self.lang))

    def action_next_theme(self) -> None:
        """Show the next look."""
        names = [known.name for known in theme.THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    # The last door for errors

    def _fatal_error(self) -> None:
        """Leave with one sentence in place of a traceback, which goes to the log."""
        error = sys.exc_info()[1] or self._exception
        if error is not None:
            self.last_words = sentence(error, self.lang)
        self._close_messages_no_wait()


HANGUP_EXIT = 129
"""128 + SIGHUP: the terminal is gone."""


def _leave_with_the_terminal() -> None:
    """End the program when its terminal hangs up (a dropped line, a closed window).

    Textual would go on reading a terminal that is gone and keep a processor busy for ever. What was
    acknowledged is in the store; a move that was not is rolled back with the connection.
    """
    terminal = select.poll()
    terminal.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)  # 0: hang-up and errors only
    terminal.poll()
    os._exit(HANGUP_EXIT)


def run(config: Config) -> int:
    """Run the application until its person leaves; returns the exit code (design §2)."""
    if hasattr(select, "poll") and sys.__stdin__ is not None and sys.__stdin__.isatty():
        threading.Thread(target=_leave_with_the_terminal, daemon=True, name="hang-up").start()
    app = KcflowApp(config)
    result = app.run()
    if app.desk is not None:
        app.desk.close()
    if app.last_words:
        print(app.last_words, file=sys.stderr)  # noqa: T201
    return result if result is not None else app.return_code or 0
