"""The keys of the proposal screen."""

from __future__ import annotations

from screens.commands import Command


class RecordPapers(Command):
    """Enter papers that came to the dossier."""

    key = "d"
    order = 12


class WriteNote(Command):
    """Write a note into the history."""

    key = "t"
    order = 13


class EditDraft(Command):
    """Change the fields of the proposal."""

    key = "e"
    order = 14


class OpenDocument(Command):
    """Open the attached file under the cursor."""

    key = "o"
    order = 15


class CopyCitation(Command):
    """Copy the citation of what is under the cursor."""

    key = "y"
    order = 16


class OpenStory(Command):
    """The whole money story of the proposal."""

    key = "m"
    order = 14


class CorrectRow(Command):
    """Say that a row of the history is wrong, by a new row."""

    key = "c"
    order = 33


class PreviousProposal(Command):
    """The proposal before this one in the list."""

    key = "left_square_bracket"
    show = False
    order = 40
    action = "neighbour(-1)"


class NextProposal(Command):
    """The proposal after this one in the list."""

    key = "right_square_bracket"
    show = False
    order = 41
    action = "neighbour(1)"


class Reload(Command):
    """Read the proposal anew."""

    key = "r,f5"
    show = False
    order = 42


class ScrollDown(Command):
    """A page down in what has no cursor."""

    key = "space,ctrl+down"
    show = False
    order = 43
    action = "scroll_page(1)"


class ScrollUp(Command):
    """A page up in what has no cursor."""

    key = "backspace,ctrl+up"
    show = False
    order = 44
    action = "scroll_page(-1)"
