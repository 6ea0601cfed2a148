"""The dialogs and screens that other screens ask the application for; each is imported when it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from kcflow.config import Config

if TYPE_CHECKING:
    from textual.app import App

    from kcflow.services.desk import Desk
    from kcflow.services.views import BulkItem, ImportResult, ListFilter, OptionView, Receipt
    from screens.shell import ShellScreen

    _App = App[int]
else:
    _App = object

Result = TypeVar("Result")
Opener = Callable[[Config], "Desk"]
"""Opens the store; runs in a worker thread. Raises KcflowError."""
StoreMaker = Callable[[Config, "str | None", bool, "Callable[[str, int, int], None] | None"], None]
"""Creates the store of an office: (config, province, sample, progress). Raises KcflowError."""


def open_desk(config: Config) -> Desk:
    """Open the store of `config`; blocking. Raises KcflowError."""
    from kcflow.bootstrap import open_desk

    return open_desk(config)


def make_store(
    config: Config, province: str | None, sample: bool, progress: Callable[[str, int, int], None] | None
) -> None:
    """Create the store of an office; blocking. Raises KcflowError."""
    from kcflow.bootstrap import init_store

    init_store(config, province, sample, progress=progress)


class Doors(_App):
    """The half of the application that opens things."""

    if TYPE_CHECKING:
        _shell: ShellScreen

        def data_changed(self) -> None:
            """Let every open screen read its data anew."""

        def work_as(self, login: str) -> None:
            """Work as `login` from now on."""

        def may_leave(self) -> bool:
            """Whether nothing lies open that would be lost."""

    def open_advance(
        self, code: str, action: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Carry out an act on a dossier; without `action` the person chooses one first."""
        from screens.dossier.choose import ChooseAct

        def chosen(choice: tuple[OptionView, int] | None) -> None:
            if choice is not None:
                from screens.dossier.advance import AdvanceDialog

                self.push_screen(AdvanceDialog(code, choice[0], choice[1]), self._finisher(done))

        self.push_screen(ChooseAct(code, action), chosen)

    def open_draft(
        self, source: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Write a new draft."""
        from screens.forms.draft import DraftScreen

        self.push_screen(DraftScreen(source), self._finisher(done))

    def open_register(
        self, path: str | None = None, done: Callable[[ImportResult | None], None] | None = None
    ) -> None:
        """Import a registration workbook."""
        from screens.forms.register import RegisterScreen

        self.push_screen(RegisterScreen(path), self._finisher(done))

    def open_board(self, code: str) -> None:
        """Show everything about one plan, round, contract or adjustment."""
        from screens.money.board import BoardScreen

        self.uncover(BoardScreen)
        if isinstance(self.screen, BoardScreen):
            self.screen.show(code)
        else:
            self.push_screen(BoardScreen(code), lambda _: self._shell.look_for_changes())

    def uncover(self, kind: type) -> None:
        """Come back to a screen of this kind that lies open under others of one dossier: none opens twice."""
        from screens.dossier.proposal import ProposalScreen
        from screens.money.board import BoardScreen

        for above, screen in enumerate(reversed(self.screen_stack)):
            if isinstance(screen, kind):
                for _ in range(above):
                    self.pop_screen()
                return
            if not isinstance(screen, ProposalScreen | BoardScreen):
                return

    def open_history_of(self, code: str) -> None:
        """Show the history of one dossier."""
        self._shell.show_history_of(code)

    def open_people(self) -> None:
        """Choose the person to work as."""
        from screens.lists.people import WorkAsDialog

        self.push_screen(WorkAsDialog(), lambda login: self.work_as(login) if login else None)

    def open_bulk(
        self, codes: Sequence[str], done: Callable[[tuple[BulkItem, ...] | None], None] | None = None
    ) -> None:
        """Carry out one act on several dossiers, with a preview."""
        from screens.lists.bulk import BulkDialog

        self.push_screen(BulkDialog(tuple(codes)), self._finisher(done))

    def open_settings(self) -> None:
        """Change settings and keys."""
        from screens.guide.keys import KeysScreen
        from screens.guide.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen | KeysScreen):
            self.push_screen(SettingsScreen())

    def show_dossiers(self, wanted: ListFilter) -> None:
        """Show the list of proposals by a filter, whatever is in front now."""
        self._shell.show_dossiers(wanted)

    def show_stalled(self, wanted: ListFilter) -> None:
        """Show what stands still by a filter, whatever is in front now."""
        self._shell.show_stalled(wanted)

    async def in_shell(self, action: str, said: str = "") -> None:
        """Go back to the shell from whatever proposal is in front, run an action of it, and say `said`."""
        if self.may_leave():
            self._shell.come_forward()
            await self.run_action(action, self._shell)
            if said:
                self._shell.say(said)

    def _finisher(self, done: Callable[[Result | None], None] | None) -> Callable[[Result | None], None]:
        """What happens after a dialog: tell the asker, and read anew if something was done."""

        def finish(result: Result | None) -> None:
            if done is not None:
                done(result)
            if result is not None:
                self.data_changed()

        return finish
