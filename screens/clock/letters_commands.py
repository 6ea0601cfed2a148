"""The keys of the morning's letters."""

from __future__ import annotations

from screens.base import DeskNode
from screens.commands import Command


class OpenLetters(Command):
    """The morning's letters."""

    key = "M"
    show = False
    order = 68


class ReadLetter(Command):
    """The letter under the cursor in full."""

    key = "d"
    order = 9


class LettersMade(Command):
    """The letters made so far, or those of today."""

    key = "c"
    order = 10


class OpensLetters(DeskNode):
    """The half of a pane that leads to the morning's letters. It binds `OpenLetters`."""

    def action_open_letters(self) -> None:
        """Show who is told what this morning."""
        from screens.clock.letters import LettersScreen

        self.app.push_screen(LettersScreen())
