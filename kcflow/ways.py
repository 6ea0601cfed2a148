"""The half of the application that goes from one proposal to the next: open, jump, back, forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kcflow.i18n import t

if TYPE_CHECKING:
    from textual.app import App

    from kcflow.services.desk import Desk
    from kcflow.services.views import DossierCard
    from screens.base import Severity
    from screens.dossier.proposal import Shown, Vanished
    from screens.dossier.visited import Visited
    from screens.shell import ShellScreen

    _App = App[int]
else:
    _App = object


class Ways(_App):
    """Opens proposals, and remembers the way that led to them."""

    visited: Visited
    lang: str
    _walked_to: str | None = None

    if TYPE_CHECKING:
        _shell: ShellScreen
        desk: Desk | None

        def open_board(self, code: str) -> None:
            """Show everything about one plan, round, contract or adjustment."""

        def uncover(self, kind: type) -> None:
            """Come back to a screen of this kind that lies open under others of one dossier."""

        def _say(self, text: str, severity: Severity = "info") -> None:
            """Say something in the screen in front."""

    def open_dossier(self, code: str, codes: Sequence[str] = (), known: DossierCard | None = None) -> None:
        """Show everything about one proposal; `codes` are those of the list it was opened from.

        `known` may be its card, read a moment ago: it is shown until it has been read anew.
        """
        from screens.dossier.proposal import ProposalScreen
        from screens.money.codes import has_board

        if has_board(code):
            self.open_board(code)
            return
        self.uncover(ProposalScreen)
        if isinstance(self.screen, ProposalScreen):
            self.screen.show(code, codes)
        else:
            self.push_screen(ProposalScreen(code, codes, known), lambda _: self._shell.look_for_changes())

    def jump(self) -> None:
        """Ask for a code (or its last digits, or words) and open that proposal."""
        if self.may_leave():
            from screens.dossier.jump import JumpDialog

            self.push_screen(JumpDialog(self.visited.latest()), self._jumped)

    def _jumped(self, code: str | None) -> None:
        if code is not None:
            self.open_dossier(code)

    def go_back(self) -> None:
        """Open what was open before."""
        self._walk(-1)

    def go_forward(self) -> None:
        """Undo `go_back`."""
        self._walk(1)

    def _walk(self, by: int) -> None:
        if not self.may_leave():
            return
        visited = self.visited
        # From a list, the way back leads to the proposal that was left last.
        on_list = self.screen is self._shell and by < 0 and visited.present is not None
        code = visited.present if on_list else visited.step(by)
        if code is None:
            self._say(t("visited.no_earlier" if by < 0 else "visited.no_later", self.lang), "warn")
            return
        self._walked_to = code
        self.open_dossier(code)

    def may_leave(self) -> bool:
        """Whether another proposal may come in front: no form lies open that would be covered."""
        from screens.dossier.proposal import ProposalScreen
        from screens.money.board import BoardScreen

        if self.desk is None:
            return False
        if self.screen is self._shell or isinstance(self.screen, ProposalScreen | BoardScreen):
            return True
        if getattr(self.screen, "may_be_covered", False):
            return True
        self._say(t("visited.close_first", self.lang), "warn")
        return False

    def on_proposal_shown(self, message: Shown) -> None:
        """Remember what is open, for the way back."""
        self.visited.open(message.code)
        self.visited.read(message.code, message.title)

    def on_proposal_vanished(self, message: Vanished) -> None:
        """What is gone leaves the history; on the way through it, the one before it comes back."""
        self.visited.forget(message.code)
        if message.code == self._walked_to and self.visited.present is not None:
            self.open_dossier(self.visited.present)
            self._say(t("visited.gone", self.lang, code=message.code), "warn")

    # Keys

    def action_jump(self) -> None:
        """Open a proposal by its code."""
        self.jump()

    def action_go_back(self) -> None:
        """Open what was open before."""
        self.go_back()

    def action_go_forward(self) -> None:
        """Undo going back."""
        self.go_forward()
